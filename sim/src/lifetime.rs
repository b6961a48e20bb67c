//! `acd-sim lifetime`: many thousand short calls in a row, and the proof that nothing of them is left: no memory, leg,
//! timer, port or dialog, no line, and a journal that verifies and replays.

mod callers;
mod cast;
mod house;
mod outcome;
mod seats;
mod voices;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use reports::{Fold, Records};
use tokio::net::UdpSocket;
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, interval, sleep, timeout_at};

use crate::demo::facts;
use crate::folder;
use crate::limits::{FAILURES_LISTED_MAX, LEFTOVERS_WAIT, LIFETIME_CALLS_AT_ONCE, SETTLED};
use crate::loopback::{CARRIER, OFFICE};
use crate::process::{load_average, resident_kib, sockets};
use crate::sip::Endpoint;
use crate::switch::{self, Stopped, Switch};
use crate::watch::{self, Memory};
use callers::Caller;
use cast::Kind;
use outcome::{Rest, Summary};
use voices::Voices;

/// A folder with this file is a lifetime's own, which the next may empty.
const MARK: &str = "acd-sim-lifetime";

/// What to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// The program `acd`.
    pub acd: PathBuf,
    /// Where journal, log and summary are left.
    pub out: PathBuf,
    /// Decides every random choice.
    pub seed: u64,
    /// Calls after the warm-up.
    pub calls: u32,
    /// Calls before the first look, so that the look finds the switch's working memory.
    pub warm_up: u32,
    /// Calls a second.
    pub rate: u32,
}

/// Who calls and who answers.
struct Cast {
    carrier: Endpoint,
    callers: Arc<Voices>,
    seats: Arc<Voices>,
    office: SocketAddr,
    answering: JoinHandle<()>,
}

/// What a row of calls came to.
#[derive(Debug, Default)]
struct Row {
    ends: BTreeMap<String, u32>,
    failures: Vec<String>,
}

/// Lives. The first part is the summary for a person or, with `json`, as JSON; the second whether all holds.
///
/// # Errors
/// A sentence on why it could not be done at all.
pub async fn run(options: &Options, json: bool) -> Result<(String, bool), String> {
    folder::prepare(&options.out, MARK)?;
    let cast = Cast::new(options.seed).await?;
    let plan = house::write_plan(&options.out, cast.office)?;
    let arguments = ["--config", &plan.to_string_lossy()];
    let switch = Switch::start(&options.acd, &options.out, &arguments).await?;
    let mut summary = live(options, &switch, &cast).await?;
    let (stopped, ended) = switch.stop().await;
    summary.failures.extend(ended.err());
    let addresses = [cast.carrier.local(), cast.office];
    cast.leave().await;
    read_journal(&stopped, options, &mut summary).await?;
    // Dialogs that the journal has as open would be ended by BYE now (R-L9).
    let ears = listen(addresses).await?;
    let again = Switch::start(&options.acd, &options.out, &arguments).await?;
    summary.leftovers = leftovers(&ears).await;
    let (_, ended) = again.stop().await;
    summary.failures.extend(ended.err());
    let errors = switch::logged_errors(&options.out);
    summary.failures.extend(errors.into_iter().map(|line| format!("the switch logged: {line}")));
    let summary = summary.judged();
    let text = serde_json::to_string_pretty(&summary).map_err(|error| format!("summary: {error}"))?;
    let file = options.out.join("summary.json");
    std::fs::write(&file, &text).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok((if json { text } else { summary.render() }, summary.holds))
}

/// The calls, and the switch at rest before and after them.
async fn live(options: &Options, switch: &Switch, cast: &Cast) -> Result<Summary, String> {
    let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
    let mut row = Row::default();
    call(options, switch, cast, &mut rng, 0..options.warm_up, &mut row).await?;
    sleep(SETTLED).await;
    let before = at_rest(switch).await?;
    let memory = Memory::watch(switch.pid);
    memory.now()?;
    row.ends.clear();
    let began = Instant::now();
    let numbers = options.warm_up..options.warm_up + options.calls;
    call(options, switch, cast, &mut rng, numbers, &mut row).await?;
    let seconds = began.elapsed().as_secs_f64();
    let load_average = load_average();
    sleep(SETTLED).await;
    let after = at_rest(switch).await?;
    Ok(Summary {
        calls: options.calls,
        seconds,
        load_average,
        ends: row.ends,
        before,
        after,
        resident_peak_kib: memory.peak(),
        rtp_heard: cast.callers.heard() + cast.seats.heard(),
        failures: row.failures,
        ..Summary::default()
    })
}

async fn call(
    options: &Options,
    switch: &Switch,
    cast: &Cast,
    rng: &mut ChaCha8Rng,
    numbers: std::ops::Range<u32>,
    row: &mut Row,
) -> Result<(), String> {
    let room = Arc::new(Semaphore::new(LIFETIME_CALLS_AT_ONCE));
    let mut calls = JoinSet::new();
    let mut clock = interval(Duration::from_secs(1) / options.rate.max(1));
    for index in numbers {
        clock.tick().await;
        let permit = Arc::clone(&room).acquire_owned().await.map_err(|error| error.to_string())?;
        let caller = Caller {
            endpoint: cast.carrier.clone(),
            voices: Arc::clone(&cast.callers),
            switch: switch.sip,
            kind: Kind::draw(rng),
            index,
            patience: Duration::from_millis(rng.random_range(100..=600)),
        };
        calls.spawn(async move {
            let kind = caller.kind;
            let end = caller.call().await;
            drop(permit);
            (kind, end)
        });
        while let Some(ended) = calls.try_join_next() {
            row.note(ended.map_err(|error| format!("a caller: {error}"))?);
        }
    }
    while let Some(ended) = calls.join_next().await {
        row.note(ended.map_err(|error| format!("a caller: {error}"))?);
    }
    Ok(())
}

impl Row {
    fn note(&mut self, (kind, end): (Kind, Result<callers::End, String>)) {
        match end {
            Ok(end) => *self.ends.entry(format!("{} {end:?}", kind.name())).or_default() += 1,
            Err(what) => {
                *self.ends.entry(format!("{} failed", kind.name())).or_default() += 1;
                if self.failures.len() < FAILURES_LISTED_MAX {
                    self.failures.push(what);
                }
            }
        }
    }
}

impl Cast {
    async fn new(seed: u64) -> Result<Self, String> {
        let text = |error: crate::sip::SipError| error.to_string();
        let (carrier, _no_calls) = Endpoint::bind(SocketAddr::new(CARRIER, 0), seed).await.map_err(text)?;
        let (endpoint, calls) =
            Endpoint::bind(SocketAddr::new(OFFICE, 0), seed ^ 0x5ea7).await.map_err(text)?;
        let office = endpoint.local();
        let seats = Arc::new(Voices::open(OFFICE).await?);
        let callers = Arc::new(Voices::open(CARRIER).await?);
        let answering = tokio::spawn(seats::answer(endpoint, calls, Arc::clone(&seats)));
        Ok(Self { carrier, callers, seats, office, answering })
    }

    /// Gives the addresses back.
    async fn leave(self) {
        self.answering.abort();
        // Aborted is what it is to be; then its endpoint is dropped.
        let _ = self.answering.await;
    }
}

async fn at_rest(switch: &Switch) -> Result<Rest, String> {
    // Before the figures are asked for, whose own connection would be one of them.
    let (resident_kib, sockets) = (resident_kib(switch.pid)?, sockets(switch.pid)?);
    let gauges = outcome::at_rest(watch::figures(switch.http).await);
    Ok(Rest { resident_kib, sockets, gauges })
}

/// What the journal says of all calls; it must verify and replay.
async fn read_journal(stopped: &Stopped, options: &Options, summary: &mut Summary) -> Result<(), String> {
    summary.failures.extend(stopped.verify().await.err());
    let mut records = Records::default();
    for line in stopped.export().await?.lines() {
        let fact = facts::parse(line)?;
        records.apply(fact.time, fact.seq, &fact.event);
        summary.facts += 1;
    }
    for (outcome, count) in records.outcomes() {
        let name = outcome.map_or_else(|| "none".to_owned(), |outcome| format!("{outcome:?}").to_lowercase());
        summary.outcomes.insert(name, count);
    }
    if records.dropped() + records.orphans() > 0 {
        summary.failures.push(format!(
            "{} calls were too many to fold, {} facts have no call",
            records.dropped(),
            records.orphans()
        ));
    }
    let journal = options.out.join("journal.db");
    summary.journal_bytes = std::fs::metadata(journal).map_or(0, |metadata| metadata.len());
    Ok(())
}

/// Sockets where callers and seats were.
async fn listen(addresses: [SocketAddr; 2]) -> Result<Vec<UdpSocket>, String> {
    let mut ears = Vec::new();
    for address in addresses {
        let until = Instant::now() + LEFTOVERS_WAIT;
        // The endpoint's task lets go of its socket a moment after the endpoint is dropped.
        loop {
            match UdpSocket::bind(address).await {
                Ok(socket) => break ears.push(socket),
                Err(error) if Instant::now() >= until => return Err(format!("{address}: {error}")),
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        }
    }
    Ok(ears)
}

/// Datagrams that come of the life before.
async fn leftovers(ears: &[UdpSocket]) -> u64 {
    let until = Instant::now() + LEFTOVERS_WAIT;
    let mut count = 0;
    for ear in ears {
        let mut buffer = [0; 2_048];
        while timeout_at(until, ear.recv_from(&mut buffer)).await.is_ok() {
            count += 1;
        }
        // What came to the other while this one was listened to waits in its queue.
        while ear.try_recv(&mut buffer).is_ok() {
            count += 1;
        }
    }
    count
}
