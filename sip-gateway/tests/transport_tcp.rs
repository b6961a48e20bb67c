//! Connections of strangers: each ends by itself, is counted by its reason, and never shuts another out; nor does a flood
//! of datagrams.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use acd_core::Timestamp;
use sip_gateway::limits::{CONNECTION_MESSAGE_MAX, CONNECTIONS_PER_SOURCE_MAX, RECEIVE_BUDGET};
use sip_gateway::transport::{Incoming, TransportCounters, Transports};

const START: Timestamp = Timestamp::from_millis(1_000_000);

/// Turns of a test at most, each of which waits for a moment at most.
const TURNS_MAX: usize = 2_000;

struct Side {
    transports: Transports,
    messages: Vec<String>,
}

impl Side {
    fn new() -> Self {
        let any: SocketAddr = "127.0.0.1:0".parse().expect("an address");
        Self { transports: Transports::bind(&[], &[any]).expect("a port"), messages: Vec::new() }
    }

    fn connect(&self) -> TcpStream {
        let address = self.transports.tcp_addresses().next().expect("a listener");
        TcpStream::connect(address).expect("the backlog has room")
    }

    /// One turn: what has arrived is read, what is due is done.
    fn turn(&mut self, now: Timestamp) {
        self.transports.wait(Some(Duration::from_millis(10))).expect("a poller");
        let messages = &mut self.messages;
        self.transports.receive(now, |incoming| {
            if let Incoming::Message { bytes, .. } = incoming {
                messages.push(String::from_utf8_lossy(bytes).into_owned());
            }
        });
        self.transports.handle_timeout(now);
    }

    /// Works until it is so.
    fn until(&mut self, now: Timestamp, is_so: impl Fn(&Self) -> bool) {
        for _ in 0..TURNS_MAX {
            if is_so(self) {
                return;
            }
            self.turn(now);
        }
        panic!("it does not come about; counted {:?}", self.counters());
    }

    fn counters(&self) -> TransportCounters {
        self.transports.counters()
    }
}

/// Whether the far side has closed.
fn is_closed(stream: &mut TcpStream) -> bool {
    stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a time-out");
    !matches!(stream.read(&mut [0; 16]), Ok(1..))
}

#[test]
fn silent_and_slow_connections_are_closed_in_time_and_a_sound_one_stays() {
    let mut side = Side::new();
    let mut silent = side.connect();
    let mut slow = side.connect();
    let mut sound = side.connect();
    let options = "OPTIONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\n";
    sound.write_all(options.as_bytes()).expect("written");
    slow.write_all(b"O").expect("written");
    side.until(START, |side| side.counters().connections_accepted == 3 && side.messages.len() == 1);
    // A byte a second keeps nothing open: what counts is when the message began.
    for (second, byte) in (1..).zip(b"PTIONS si") {
        slow.write_all(&[*byte]).expect("written");
        side.turn(START + Duration::from_secs(second));
    }
    assert_eq!(side.transports.connections_len(), 3);
    let late = START + (CONNECTION_MESSAGE_MAX + Duration::from_secs(1));
    side.until(late, |side| side.transports.connections_len() == 1);
    assert!(is_closed(&mut silent) && is_closed(&mut slow));
    assert_eq!(side.counters().connections_closed, 2);
    sound.write_all(options.as_bytes()).expect("written");
    side.until(late, |side| side.messages.len() == 2);
}

#[test]
fn a_flood_of_datagrams_keeps_no_connection_waiting() {
    let any: SocketAddr = "127.0.0.1:0".parse().expect("an address");
    let mut side =
        Side { transports: Transports::bind(&[any], &[any]).expect("ports"), messages: Vec::new() };
    let victim = side.transports.udp_addresses().next().expect("a socket");
    let flooder = UdpSocket::bind(any).expect("a port");
    for _ in 0..RECEIVE_BUDGET * 2 {
        flooder.send_to(b"garbage", victim).expect("sent");
    }
    let mut sound = side.connect();
    sound.write_all(b"OPTIONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\n").expect("written");
    side.turn(START);
    let garbage = side.messages.iter().filter(|message| *message == "garbage").count();
    assert_eq!((garbage, side.messages.len()), (RECEIVE_BUDGET, RECEIVE_BUDGET + 1));
    side.until(START, |side| side.messages.len() == RECEIVE_BUDGET * 2 + 1);
}

#[test]
fn what_the_peer_ends_is_no_fault_and_what_is_no_sip_is_one() {
    let mut side = Side::new();
    drop(side.connect());
    side.until(START, |side| side.counters().connections_ended == 1);
    let mut odd = side.connect();
    odd.write_all("X: ".repeat(100_000).as_bytes()).ok();
    side.until(START, |side| side.counters().connections_closed == 1);
    assert_eq!(side.transports.connections_len(), 0);
    assert_eq!(side.counters().connections_ended, 1);
}

#[test]
fn one_source_cannot_take_all_connections() {
    let mut side = Side::new();
    let mut held = Vec::new();
    // In parts, since the backlog of a listener is small.
    for part in (0..CONNECTIONS_PER_SOURCE_MAX + 20).collect::<Vec<_>>().chunks(64) {
        held.extend(part.iter().map(|_| side.connect()));
        let all = held.len() as u64;
        side.until(START, |side| {
            let counters = side.counters();
            counters.connections_accepted + counters.connections_refused == all
        });
    }
    let counters = side.counters();
    let accepted = CONNECTIONS_PER_SOURCE_MAX as u64;
    assert_eq!((counters.connections_accepted, counters.connections_refused), (accepted, 20));
    drop(held);
    side.until(START, |side| side.transports.connections_len() == 0);
    let after = side.connect();
    side.until(START, |side| side.counters().connections_accepted == accepted + 1);
    drop(after);
}
