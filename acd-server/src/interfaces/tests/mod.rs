//! The interfaces on real sockets of the loopback, with a real journal, and a test in the loop's place.

mod board;
mod control;
mod facts;
mod http;
mod scrape;

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use acd_core::plan::Capacity;
use acd_core::{
    CallEvent, CallId, CallPhase, CallerIdentity, CallerLegEnd, DialledNumber, Input, Outcome, Pii, RingEnd,
    RingId, SeatId, TenantId, Timestamp, TrunkId,
};
use tonic::transport::Channel;

use super::{Interfaces, InterfacesConfig, StartInterfacesError, Token};
use crate::journal::{Batch, Journal, Life, Record, Retention};
use crate::observer::MachineFigures;
use crate::plan::PlanFile;

/// 2026-11-21T18:00:00+09:00.
const EVENING: Timestamp = Timestamp::from_millis(1_795_251_600_000);

/// Longer than anything here takes on a busy machine; nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(60);

const TOKEN: &str = "a-token-for-the-tests-alone";

const NUMBER: &str = "0751234567";

/// A data folder of a test's own, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!("acd-interfaces-{}-{count}", std::process::id())))
    }

    /// One life of a switch before, with these facts, a record each.
    fn live(&self, facts: &[CallEvent]) {
        let (journal, woken) = open(&self.0);
        for fact in facts {
            append(&journal, &woken, EVENING, std::slice::from_ref(fact));
        }
        journal.close().expect("a disk with room");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that a test never made is no failure of the test.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn open(dir: &Path) -> (Journal, Receiver<()>) {
    let (wake, woken) = mpsc::channel();
    let (opened, _) = Journal::open(dir).expect("a journal");
    let plan = PlanFile::built_in().core;
    // A test that has ended is woken in vain.
    let wake = Box::new(move || wake.send(()).unwrap_or_default());
    let life = Life { plan: &plan, at: EVENING, retention: Retention::default(), wake };
    (opened.start(life).expect("a writer"), woken)
}

/// Writes one record and waits until it is durable.
fn append(journal: &Journal, woken: &Receiver<()>, time: Timestamp, facts: &[CallEvent]) {
    let record = Record { time, input: Input::TimePassed, facts: facts.to_vec() };
    let batch = journal.append(Batch { records: vec![record], ..Batch::default() });
    while journal.durable() < batch {
        woken.recv_timeout(PATIENCE).expect("the journal wakes");
    }
}

/// A test in the loop's place.
struct Loop {
    interfaces: Interfaces,
    journal: Journal,
    committed: Receiver<()>,
    wakes: Arc<AtomicUsize>,
    runtime: tokio::runtime::Runtime,
    folder: Folder,
}

impl Loop {
    /// A switch whose interfaces want no token.
    fn start(folder: Folder) -> Self {
        Self::start_with(folder, None, None).expect("interfaces")
    }

    fn start_with(
        folder: Folder,
        token: Option<Token>,
        plan_path: Option<PathBuf>,
    ) -> Result<Self, StartInterfacesError> {
        let (journal, committed) = open(&folder.0);
        let wakes = Arc::new(AtomicUsize::new(0));
        let woken = Arc::clone(&wakes);
        let interfaces = Interfaces::start(InterfacesConfig {
            http: local(),
            grpc: local(),
            token,
            data_dir: folder.0.clone(),
            plan: Arc::new(PlanFile::built_in()),
            plan_path,
            sip: None,
            clock_shifted: false,
            wake: Arc::new(move || {
                woken.fetch_add(1, Ordering::SeqCst);
            }),
        })?;
        Ok(Self { interfaces, journal, committed, wakes, runtime: client_runtime(), folder })
    }

    /// What the loop does with a record: the journal and the observer get its facts.
    fn happen(&mut self, time: Timestamp, facts: &[CallEvent]) {
        self.interfaces.observer.facts(time, facts);
        append(&self.journal, &self.committed, time, facts);
    }

    /// The figures of a second, and what makes the observer say that it has seen all before.
    fn second(&mut self, time: Timestamp) {
        let mut changes = self.interfaces.observer.shared().changes();
        let machine = MachineFigures { clock_ahead_ms: time.as_millis() - EVENING.as_millis(), ..figures() };
        let wanted = machine.clock_ahead_ms;
        self.interfaces.observer.machine(time, machine);
        let shared = Arc::clone(self.interfaces.observer.shared());
        let seen = || shared.view().machine.as_ref().is_some_and(|seen| seen.clock_ahead_ms == wanted);
        self.runtime.block_on(async {
            let waiting = async {
                while !seen() {
                    changes.changed().await.expect("an observer");
                }
            };
            tokio::time::timeout(PATIENCE, waiting).await.expect("the observer keeps up");
        });
    }

    fn channel(&self) -> Channel {
        let address = format!("http://{}", self.interfaces.grpc());
        let endpoint = Channel::from_shared(address).expect("an address").timeout(PATIENCE);
        let _entered = self.runtime.enter();
        endpoint.connect_lazy()
    }

    fn get(&self, path: &str) -> (u16, String) {
        get(self.interfaces.http(), path)
    }
}

/// With a thread of its own, so that idle clients let go of a server that ends.
fn client_runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
}

fn local() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// Status and body of a page.
fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).expect("a server");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: acd\r\nConnection: close\r\n\r\n").expect("a socket");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    (status, body.to_owned())
}

/// Figures in which everything that has labels has one.
fn figures() -> MachineFigures {
    let mut figures = MachineFigures {
        trunks_alive: vec![(TrunkId::new("carrier").expect("a name"), true)],
        ..MachineFigures::default()
    };
    figures.sip.requests_received.insert("INVITE", 3);
    figures.sip.responses_sent.insert(("INVITE", 486), 1);
    figures.loop_turns.record(Duration::from_micros(120));
    figures
}

fn tenant(name: &str) -> TenantId {
    TenantId::new(name).expect("a name")
}

fn seat(name: &str) -> SeatId {
    SeatId::new(name).expect("a name")
}

fn ring(call: u64) -> RingId {
    RingId { call: CallId(call), attempt: 1 }
}

fn opened(name: &str) -> CallEvent {
    CallEvent::CapacityChanged {
        tenant: tenant(name),
        capacity: Some(Capacity { seat_lines: 2, guidance_lines: 1 }),
    }
}

fn admitted(call: u64, of: &str) -> CallEvent {
    CallEvent::CallAdmitted {
        call: CallId(call),
        tenant: tenant(of),
        trunk: TrunkId::new("carrier").expect("a name"),
        dialled: DialledNumber::new("0770007119").expect("a name"),
        caller: CallerIdentity::Number(Pii::new(NUMBER.to_owned())),
        test: false,
        closed: false,
        lines_in_use: 1,
        capacity: 3,
    }
}

fn queued(call: u64, of: &str, since: Timestamp) -> CallEvent {
    CallEvent::CallerQueued {
        call: CallId(call),
        tenant: tenant(of),
        skill: None,
        since,
        put_back: false,
        awaits_adviser: false,
    }
}

/// A call of a tenant from its ring on, answered and ended.
fn answered(call: u64, of: &str) -> [CallEvent; 4] {
    let (ring, seat) = (ring(call), seat("seat101"));
    [
        CallEvent::RingStarted { ring, seat },
        CallEvent::RingEnded { ring, seat, end: RingEnd::Answered },
        CallEvent::CallAnswered { ring, seat },
        ended(call, of, Outcome::Answered),
    ]
}

fn ended(call: u64, of: &str, outcome: Outcome) -> CallEvent {
    CallEvent::CallEnded {
        call: CallId(call),
        tenant: tenant(of),
        outcome,
        phase: CallPhase::Talking,
        end: Some(CallerLegEnd::HungUp),
    }
}
