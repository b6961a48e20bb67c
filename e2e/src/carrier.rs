//! A carrier's switch that is asked by OPTIONS whether it lives: a UDP socket that answers, or does not. Written anew, by RFC
//! 3261 8.2.6 alone.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU32, Ordering};
use std::thread::JoinHandle;

use crate::limits::{DATAGRAM_BYTES_MAX, FACT_TIME_MAX, LOOK_AGAIN};
use crate::wait::until;

/// Says nothing.
const SILENT: u16 = 0;

#[derive(Debug, Default)]
struct State {
    /// The status of its answers.
    status: AtomicU16,
    asked: AtomicU32,
    over: AtomicBool,
}

/// A carrier with a socket and a thread; ends with the handle.
#[derive(Debug)]
pub struct Carrier {
    address: SocketAddr,
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

impl Carrier {
    /// Opens a socket at `ip`, silent.
    ///
    /// # Panics
    /// If no socket can be had.
    pub fn listen(ip: Ipv4Addr) -> Self {
        let socket = UdpSocket::bind((ip, 0)).expect("a socket for the carrier");
        socket.set_read_timeout(Some(LOOK_AGAIN)).expect("a time-out can be set");
        let address = socket.local_addr().expect("a bound socket has an address");
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        let thread = std::thread::spawn(move || run(&socket, &shared));
        Self { address, state, thread: Some(thread) }
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers every OPTIONS with this status from now on.
    pub fn answers(&self, status: u16) {
        self.state.status.store(status, Ordering::Relaxed);
    }

    /// Answers no more.
    pub fn is_silent(&self) {
        self.answers(SILENT);
    }

    /// Waits until it has been asked once more.
    ///
    /// # Panics
    /// If it is not asked in time.
    pub fn is_asked_again(&self) {
        let before = self.state.asked.load(Ordering::Relaxed);
        until("an OPTIONS at the carrier", FACT_TIME_MAX, || {
            (self.state.asked.load(Ordering::Relaxed) > before).then_some(())
        });
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(socket: &UdpSocket, state: &State) {
    let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
    while !state.over.load(Ordering::Relaxed) {
        let Ok((length, from)) = socket.recv_from(&mut buffer) else { continue };
        let request = String::from_utf8_lossy(&buffer[..length]).into_owned();
        if !request.starts_with("OPTIONS ") {
            continue;
        }
        let status = state.status.load(Ordering::Relaxed);
        if status != SILENT {
            // A switch that is gone already hears nothing.
            let _ = socket.send_to(answer(&request, status).as_bytes(), from);
        }
        state.asked.fetch_add(1, Ordering::Relaxed);
    }
}

/// The request's own Via, From, To, Call-ID and `CSeq`, in its order.
fn answer(request: &str, status: u16) -> String {
    let kept =
        |line: &&str| ["Via:", "From:", "To:", "Call-ID:", "CSeq:"].iter().any(|name| line.starts_with(name));
    let mut lines = vec![format!("SIP/2.0 {status} Answer")];
    for line in request.lines().filter(kept) {
        let tag = if line.starts_with("To:") { ";tag=carrier" } else { "" };
        lines.push(format!("{line}{tag}"));
    }
    lines.push("Content-Length: 0\r\n\r\n".to_owned());
    lines.join("\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_answers_options_as_it_is_told() {
        let carrier = Carrier::listen(Ipv4Addr::LOCALHOST);
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.set_read_timeout(Some(FACT_TIME_MAX)).unwrap();
        carrier.answers(405);
        let request =
            "OPTIONS sip:a SIP/2.0\r\nVia: v\r\nFrom: f\r\nTo: <t>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n\r\n";
        socket.send_to(request.as_bytes(), carrier.address()).unwrap();
        let mut buffer = [0; 1_000];
        let length = socket.recv(&mut buffer).unwrap();
        assert_eq!(
            String::from_utf8_lossy(&buffer[..length]),
            "SIP/2.0 405 Answer\r\nVia: v\r\nFrom: f\r\nTo: <t>;tag=carrier\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n\
             Content-Length: 0\r\n\r\n"
        );
    }
}
