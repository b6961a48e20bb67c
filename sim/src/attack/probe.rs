//! The legitimate ones during an attack: a seat that registers, a caller who calls, a peer that asks over TCP.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, UdpSocket};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::house::{PROBE_NUMBER, PROBE_SEAT};
use super::talks::invitation;
use crate::limits::{PROBE_EVERY, PROBE_TRY_MAX};
use crate::loopback::{CARRIER, OFFICE};
use crate::sip::{Credentials, Endpoint, Progress, Registration};

/// How long the registration is asked for, in seconds.
const REGISTRATION_S: u32 = 120;

/// What the legitimate ones met with since the last look.
#[derive(Clone, Debug, Default)]
pub(super) struct Service {
    /// REGISTERs that were accepted, from an address that is not bound at that moment, and the slowest of them.
    pub(super) registers: Times,
    /// INVITEs that were answered with 200, and the slowest of them.
    pub(super) invites: Times,
    /// OPTIONS over a new TCP connection that were answered with 200, and the slowest of them.
    pub(super) tcp_options: Times,
    /// What failed, a sentence each.
    pub(super) failures: Vec<String>,
}

/// How often, and how long at most.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Times {
    pub(super) count: u64,
    pub(super) slowest: Duration,
}

impl Times {
    fn note(&mut self, took: Duration) {
        self.count += 1;
        self.slowest = self.slowest.max(took);
    }
}

/// The task that tries again and again.
#[derive(Debug)]
pub(super) struct Probe {
    service: Arc<Mutex<Service>>,
    task: JoinHandle<()>,
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Probe {
    /// Begins to try.
    pub(super) async fn begin(switch: SocketAddr, seed: u64) -> Result<Self, String> {
        let text = |error: crate::sip::SipError| format!("probe: {error}");
        let (office, _calls) =
            Endpoint::bind(SocketAddr::new(OFFICE, 0), seed ^ 0x0ff1ce).await.map_err(text)?;
        let (carrier, _no_calls) =
            Endpoint::bind(SocketAddr::new(CARRIER, 0), seed ^ 0xca11).await.map_err(text)?;
        let sink = UdpSocket::bind(SocketAddr::new(CARRIER, 0)).await.map_err(|error| error.to_string())?;
        let credentials =
            Credentials { user: format!("seat{PROBE_SEAT}"), password: format!("demo-{PROBE_SEAT}") };
        let mut registration = Registration::new(office, switch, credentials);
        registration.register(REGISTRATION_S).await.map_err(text)?;
        let service = Arc::new(Mutex::new(Service::default()));
        let shared = Arc::clone(&service);
        let task = tokio::spawn(async move {
            loop {
                let registered = attempt("REGISTER", register(&mut registration)).await;
                let called = attempt("INVITE", call(&carrier, switch, &sink)).await;
                let asked = attempt("OPTIONS over TCP", ask_over_tcp(switch)).await;
                {
                    let mut service =
                        shared.lock().expect("invariant: nobody panics while holding the probe's figures");
                    let Service { registers, invites, tcp_options, failures } = &mut *service;
                    let results = [(registers, registered), (invites, called), (tcp_options, asked)];
                    for (times, result) in results {
                        match result {
                            Ok(took) => times.note(took),
                            Err(what) => failures.push(what),
                        }
                    }
                }
                sleep(PROBE_EVERY).await;
            }
        });
        Ok(Self { service, task })
    }

    /// What happened since the last look.
    pub(super) fn look(&self) -> Service {
        let mut service =
            self.service.lock().expect("invariant: nobody panics while holding the probe's figures");
        std::mem::take(&mut *service)
    }
}

async fn attempt(
    what: &str,
    trying: impl Future<Output = Result<Duration, String>>,
) -> Result<Duration, String> {
    match timeout(PROBE_TRY_MAX, trying).await {
        Ok(result) => result.map_err(|error| format!("a legitimate {what}: {error}")),
        Err(_) => Err(format!("a legitimate {what} had no answer in {} s", PROBE_TRY_MAX.as_secs())),
    }
}

/// Takes the registration back, which does not count, and registers anew.
async fn register(registration: &mut Registration) -> Result<Duration, String> {
    registration.register(0).await.map_err(|error| format!("taken back: {error}"))?;
    let began = Instant::now();
    registration.register(REGISTRATION_S).await.map_err(|error| error.to_string())?;
    Ok(began.elapsed())
}

/// Calls, and hangs up as soon as the guidance answers.
async fn call(carrier: &Endpoint, switch: SocketAddr, sink: &UdpSocket) -> Result<Duration, String> {
    let media = sink.local_addr().map_err(|error| error.to_string())?;
    let began = Instant::now();
    let invitation = invitation(carrier, switch, PROBE_NUMBER, "09099999999", media);
    let mut call = carrier.invite(invitation).await.map_err(|error| error.to_string())?;
    loop {
        match call.next().await.map_err(|error| error.to_string())? {
            Progress::Provisional(_) => {}
            Progress::Answered(dialog, _) => {
                let took = began.elapsed();
                dialog.hang_up().await.map_err(|error| error.to_string())?;
                // What the guidance had said by then is thrown away.
                while sink.try_recv(&mut [0; 256]).is_ok() {}
                return Ok(took);
            }
            Progress::Refused(status) => return Err(format!("was answered {status}")),
        }
    }
}

async fn ask_over_tcp(switch: SocketAddr) -> Result<Duration, String> {
    let text = |error: std::io::Error| error.to_string();
    let began = Instant::now();
    let socket = TcpSocket::new_v4().map_err(text)?;
    socket.bind(SocketAddr::new(OFFICE, 0)).map_err(text)?;
    let mut stream = socket.connect(switch).await.map_err(text)?;
    let from = stream.local_addr().map_err(text)?;
    let port = from.port();
    let options = format!(
        "OPTIONS sip:{switch} SIP/2.0\r\nVia: SIP/2.0/TCP {from};branch=z9hG4bKt{port}\r\n\
         From: <sip:probe@{from}>;tag=t{port}\r\nTo: <sip:{switch}>\r\nCall-ID: t{port}@{from}\r\n\
         CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    );
    stream.write_all(options.as_bytes()).await.map_err(text)?;
    let mut answer = [0; 2_048];
    let length = stream.read(&mut answer).await.map_err(text)?;
    if answer[..length].starts_with(b"SIP/2.0 200 ") {
        Ok(began.elapsed())
    } else {
        Err(format!("{length} bytes came back that are no 200"))
    }
}
