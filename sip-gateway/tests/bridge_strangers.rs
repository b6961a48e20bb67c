//! What strangers send to the whole gateway: it costs them answers and us nothing that callers need.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use acd_core::{CallId, Input, RecordingFailure, SeatId, TenantId, Timestamp, TrunkId};
use sip_gateway::bridge::{Bridge, BridgeParts, BridgeSettings, Taps, Trunk};
use sip_gateway::limits::{STRANGER_ANSWERS_PER_WINDOW, TRANSACTIONS_MAX};
use sip_gateway::media::{MediaConfig, MediaPlane, PromptLibrary, Tap};
use sip_gateway::registrar::{Credentials, Registrar, RegistrarConfig};
use sip_gateway::sip::digest::{Algorithm, Ha1};
use sip_gateway::sip::{Alive, Listener, Peer, SipStack, StackConfig, Transport};
use sip_gateway::transport::Incoming;

const US: &str = "127.0.0.1:5060";
const CARRIER: &str = "192.0.2.1:5060";
const STRANGER: &str = "203.0.113.9:5060";

struct NoTaps;

impl Taps for NoTaps {
    fn open(&mut self, _: Timestamp, _: CallId, _: TenantId) -> Result<Box<dyn Tap>, RecordingFailure> {
        Err(RecordingFailure::Overrun)
    }
}

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

fn bridge() -> Bridge {
    let seat = Credentials {
        seat: SeatId::new("seat101").expect("a name"),
        user: b"seat101".to_vec(),
        ha1: vec![Ha1::new(Algorithm::Md5, "seat101", "acd", "demo-101")],
    };
    let listener = Listener { tcp: false, local: address(US), advertised: None };
    let settings = BridgeSettings {
        media_address: "127.0.0.1".parse().expect("an address"),
        trunks: vec![Trunk {
            id: TrunkId::new("carrier").expect("a name"),
            networks: vec!["192.0.2.0/24".parse().expect("a network")],
            keep_alive: None,
            rehearsal: false,
        }],
        seats: BTreeMap::new(),
        titles: BTreeMap::new(),
    };
    let media = MediaConfig::new("127.0.0.1".parse().expect("an address"), 39_000..=39_099, 1);
    let parts = BridgeParts {
        stack: SipStack::new(StackConfig { listeners: vec![listener], ..StackConfig::default() }, [1; 32]),
        registrar: Registrar::new(vec![seat], RegistrarConfig::default(), [2; 32]),
        media: MediaPlane::start(media, PromptLibrary::new(), Arc::new(|| {})).expect("a media thread"),
        taps: Box::new(NoTaps),
        next_call: CallId(1),
    };
    Bridge::new(settings, parts)
}

const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// Hands over one datagram; the answers' status codes.
fn receive(bridge: &mut Bridge, now: Timestamp, from: &str, text: &str) -> Vec<String> {
    let peer = Peer { transport: Transport::Udp, local: address(US), remote: address(from) };
    bridge.handle_incoming(now, &Incoming::Message { peer, bytes: text.as_bytes() });
    sent(bridge)
}

/// Status codes, or methods, of what goes out.
fn sent(bridge: &mut Bridge) -> Vec<String> {
    let mut sent = Vec::new();
    while let Some(transmit) = bridge.poll_transmit() {
        let text = String::from_utf8_lossy(&transmit.bytes).into_owned();
        let first = text.trim_start_matches("SIP/2.0 ").split(' ').next().expect("a start line");
        sent.push(first.to_owned());
    }
    sent
}

fn request(method: &str, user: &str, number: usize, more: &str) -> String {
    format!(
        "{method} sip:0300007119@{US} SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bK{number}\r\n\
         From: <sip:{user}@a>;tag=f{number}\r\nTo: <sip:{user}@a>\r\nCall-ID: c{number}\r\nCSeq: 1 {method}\r\n\
         Contact: <sip:{user}@203.0.113.9>\r\n{more}Content-Length: 0\r\n\r\n"
    )
}

#[test]
fn no_flood_of_strangers_uses_up_the_transactions_of_callers() {
    let mut bridge = bridge();
    let guess = "Authorization: Digest username=\"seat101\", realm=\"acd\", nonce=\"00\", uri=\"sip:a\", \
                 response=\"00000000000000000000000000000000\"\r\n";
    let kinds = [
        ("REGISTER", "seat101", ""),
        ("REGISTER", "seat101", guess),
        ("OPTIONS", "anybody", ""),
        ("INVITE", "seat101", ""),
        ("INVITE", "seat101", guess),
        ("INVITE", "anybody", ""),
        ("MESSAGE", "anybody", ""),
    ];
    for number in 0..TRANSACTIONS_MAX * kinds.len() / 4 {
        let (method, user, more) = kinds[number % kinds.len()];
        receive(&mut bridge, START, STRANGER, &request(method, user, number, more));
    }
    assert_eq!(bridge.stack().alive(), Alive::default());
    assert_eq!(bridge.stack().counters().overloaded, 0);
    let answers = receive(&mut bridge, START, CARRIER, &request("INVITE", "0312345678", 999_999, ""));
    assert_eq!(answers, ["100"]);
    let inputs: Vec<Input> = std::iter::from_fn(|| bridge.poll_input()).collect();
    assert!(matches!(inputs[..], [Input::CallArrived { call: CallId(1), .. }]), "{inputs:?}");
    // And all of it was counted, with the reason.
    let registrar = bridge.registrar().counters();
    assert_eq!(registrar.wrong, 10);
    assert!(registrar.challenged > 1_000 && registrar.refused > 1_000, "{registrar:?}");
    let strangers = bridge.stranger_counters();
    assert_eq!(strangers.refused, u64::from(STRANGER_ANSWERS_PER_WINDOW));
    assert!(strangers.ignored > 1_000, "{strangers:?}");
}

#[test]
fn a_challenge_to_an_invite_is_sent_once_and_to_nobody_again() {
    let mut bridge = bridge();
    let invite = request("INVITE", "seat101", 1, "");
    assert_eq!(receive(&mut bridge, START, STRANGER, &invite), ["401"]);
    for seconds in 1..=40 {
        bridge.handle_timeout(START + Duration::from_secs(seconds));
        assert_eq!(sent(&mut bridge), [] as [&str; 0], "no ACK came, and nothing is repeated");
    }
    // A phone whose 401 was lost asks again, and is answered again.
    assert_eq!(receive(&mut bridge, START, STRANGER, &invite), ["401"]);
    assert_eq!(bridge.stack().alive(), Alive::default());
}
