//! A full switch: what a call needs is reserved before the core is told of it, and what finds no room is an overload with a
//! beginning, an end and a number (R-L4, R-L9).

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use acd_core::{
    CallId, CallerLegEnd, Effect, Input, RecordingFailure, RefusalReason, SeatId, TenantId, Timestamp,
    TrunkId,
};
use sip_gateway::bridge::{Bridge, BridgeParts, BridgeSettings, SeatSettings, Taps, Trunk};
use sip_gateway::limits::TRANSACTIONS_MAX;
use sip_gateway::media::{MediaConfig, MediaPlane, PromptLibrary, Tap};
use sip_gateway::registrar::{Registrar, RegistrarConfig};
use sip_gateway::sip::{Listener, Peer, SipStack, StackConfig, Transport};
use sip_gateway::transport::Incoming;

const US: &str = "127.0.0.1:5060";
const CARRIER: &str = "127.0.0.2:5060";
const STRANGER: &str = "127.0.0.3:5060";
const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\n\
                     m=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";

struct NoTaps;

impl Taps for NoTaps {
    fn open(&mut self, _: Timestamp, _: CallId, _: TenantId) -> Result<Box<dyn Tap>, RecordingFailure> {
        Err(RecordingFailure::Overrun)
    }
}

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

/// A switch with so many seats.
fn bridge(ports: std::ops::RangeInclusive<u16>, seats: usize) -> Bridge {
    let loopback = "127.0.0.1".parse().expect("an address");
    let listener = Listener { tcp: false, local: address(US), advertised: None };
    let seat = |number: usize| (format!("seat{number}").parse().expect("a name"), SeatSettings::default());
    let settings = BridgeSettings {
        media_address: loopback,
        trunks: vec![Trunk {
            id: TrunkId::new("carrier").expect("a name"),
            networks: vec!["127.0.0.2/32".parse().expect("a network")],
            keep_alive: None,
            rehearsal: false,
        }],
        seats: (0..seats).map(seat).collect::<BTreeMap<SeatId, _>>(),
        titles: BTreeMap::new(),
    };
    let media = MediaConfig::new(loopback, ports, 1);
    let parts = BridgeParts {
        stack: SipStack::new(StackConfig { listeners: vec![listener], ..StackConfig::default() }, [1; 32]),
        registrar: Registrar::new(Vec::new(), RegistrarConfig::default(), [2; 32]),
        media: MediaPlane::start(media, PromptLibrary::new(), Arc::new(|| {})).expect("a media thread"),
        taps: Box::new(NoTaps),
        next_call: CallId(1),
    };
    Bridge::new(settings, parts)
}

/// An INVITE comes in; the answers' status codes.
fn invite(bridge: &mut Bridge, now: Timestamp, from: &str, number: usize, offer: &str) -> Vec<String> {
    let peer = Peer { transport: Transport::Udp, local: address(US), remote: address(from) };
    let text = format!(
        "INVITE sip:0300007119@{US} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bK{number}\r\n\
         From: <sip:0312345678@a>;tag=f{number}\r\nTo: <sip:0300007119@a>\r\nCall-ID: c{number}\r\n\
         CSeq: 1 INVITE\r\nContact: <sip:{from}>\r\nContent-Type: application/sdp\r\n\
         Content-Length: {}\r\n\r\n{offer}",
        offer.len()
    );
    bridge.handle_incoming(now, &Incoming::Message { peer, bytes: text.as_bytes() });
    sent(bridge)
}

/// Status codes of what goes out, with the Retry-After where there is one.
fn sent(bridge: &mut Bridge) -> Vec<String> {
    let mut sent = Vec::new();
    while let Some(transmit) = bridge.poll_transmit() {
        let text = String::from_utf8_lossy(&transmit.bytes).into_owned();
        let status = text.trim_start_matches("SIP/2.0 ").split(' ').next().expect("a start line");
        let after = text.lines().find_map(|line| line.strip_prefix("Retry-After: "));
        sent.push(after.map_or(status.to_owned(), |after| format!("{status} after {after}")));
    }
    sent
}

/// What the core is told, in a few words.
fn told(bridge: &mut Bridge) -> Vec<String> {
    std::iter::from_fn(|| bridge.poll_input()).map(|input| in_words(&input)).collect()
}

fn in_words(input: &Input) -> String {
    if let Input::CallArrived { call, overloaded, .. } = input {
        format!("call {}{}", call.0, if *overloaded { " overloaded" } else { "" })
    } else if let Input::CallerLegEnded { call, end: CallerLegEnd::Released } = input {
        format!("call {} gone", call.0)
    } else if let Input::OverloadEnded { refused } = input {
        format!("room, {refused} turned away")
    } else {
        assert_eq!(input, &Input::OverloadBegan);
        "full".to_owned()
    }
}

fn refuse(bridge: &mut Bridge, call: u64, reason: RefusalReason, after: Option<u64>) -> Vec<String> {
    let retry_after = after.map(Duration::from_secs);
    bridge.execute(START, &Effect::RefuseCall { call: CallId(call), reason, retry_after });
    sent(bridge)
}

#[test]
fn a_caller_without_ports_is_told_as_such_and_gets_503_and_the_next_one_has_room_again() {
    // Four pairs and two seats: two callers, each with a pair for a seat.
    let mut bridge = bridge(39_400..=39_407, 2);
    assert_eq!(invite(&mut bridge, START, CARRIER, 1, OFFER), ["100"]);
    assert_eq!(invite(&mut bridge, START, CARRIER, 2, OFFER), ["100"]);
    assert_eq!(told(&mut bridge), ["call 1", "call 2"]);
    // Before the core says anything the ports are bound.
    assert_eq!(bridge.media().ports_in_use(), 2);

    invite(&mut bridge, START, CARRIER, 3, OFFER);
    invite(&mut bridge, START, CARRIER, 4, OFFER);
    assert_eq!(told(&mut bridge), ["call 3 overloaded", "call 4 overloaded"]);
    assert_eq!(refuse(&mut bridge, 3, RefusalReason::Overload, Some(5)), ["503 after 5"]);
    assert_eq!(refuse(&mut bridge, 4, RefusalReason::Overload, Some(5)), ["503 after 5"]);
    assert_eq!(told(&mut bridge), ["full", "call 3 gone", "call 4 gone"], "there is no room yet");

    // Whoever goes, for whatever reason, gives the ports back.
    assert_eq!(refuse(&mut bridge, 2, RefusalReason::LinesFull, None), ["486"]);
    assert_eq!(bridge.media().ports_in_use(), 1);
    assert_eq!(told(&mut bridge), ["call 2 gone", "room, 0 turned away"]);
    invite(&mut bridge, START, CARRIER, 5, OFFER);
    assert_eq!(told(&mut bridge), ["call 5"]);
}

#[test]
fn what_is_no_call_for_us_is_none_when_the_ports_are_gone() {
    let mut bridge = bridge(39_410..=39_411, 0);
    invite(&mut bridge, START, CARRIER, 1, OFFER);
    assert_eq!(told(&mut bridge), ["call 1"]);
    assert_eq!(invite(&mut bridge, START, STRANGER, 2, OFFER), ["403"]);
    let unknown = OFFER.replace("RTP/AVP 0", "RTP/AVP 18").replace("0 PCMU", "18 G729");
    assert_eq!(invite(&mut bridge, START, CARRIER, 3, &unknown), ["488"]);
    assert!(told(&mut bridge).is_empty());
}

/// R-L4: who is refused for another reason was not turned away for want of ports.
#[test]
fn a_caller_whom_the_core_would_refuse_anyway_begins_no_overload() {
    let mut bridge = bridge(39_412..=39_413, 0);
    invite(&mut bridge, START, CARRIER, 1, OFFER);
    invite(&mut bridge, START, CARRIER, 2, OFFER);
    invite(&mut bridge, START, CARRIER, 3, OFFER);
    assert_eq!(told(&mut bridge), ["call 1", "call 2 overloaded", "call 3 overloaded"]);
    assert_eq!(refuse(&mut bridge, 2, RefusalReason::LinesFull, None), ["486"]);
    assert_eq!(refuse(&mut bridge, 3, RefusalReason::UnknownNumber, None), ["404"]);
    assert_eq!(told(&mut bridge), ["call 2 gone", "call 3 gone"]);
}

#[test]
fn a_flood_that_fills_the_stack_is_one_overload_with_the_number_turned_away() {
    let mut bridge = bridge(39_414..=39_419, 0);
    // Refused calls whose ACK never comes, in two waves ten seconds apart.
    let second_wave = START + Duration::from_secs(10);
    for number in 1..=TRANSACTIONS_MAX {
        let now = if number <= TRANSACTIONS_MAX / 2 { START } else { second_wave };
        invite(&mut bridge, now, CARRIER, number, OFFER);
        refuse(&mut bridge, u64::try_from(number).expect("few"), RefusalReason::LinesFull, None);
        assert_eq!(told(&mut bridge), [format!("call {number}"), format!("call {number} gone")]);
    }
    let next = TRANSACTIONS_MAX + 1;
    for number in next..next + 100 {
        assert_eq!(invite(&mut bridge, second_wave, CARRIER, number, OFFER), ["503 after 5"]);
    }
    assert_eq!(told(&mut bridge), ["full"], "one fact for them all");
    // Who is no caller is not among them.
    assert_eq!(invite(&mut bridge, second_wave, STRANGER, next + 100, OFFER), ["503 after 5"]);
    let unknown = OFFER.replace("RTP/AVP 0", "RTP/AVP 18").replace("0 PCMU", "18 G729");
    assert_eq!(invite(&mut bridge, second_wave, CARRIER, next + 101, &unknown), ["503 after 5"]);
    assert!(told(&mut bridge).is_empty());

    // Timer H of the first wave (64 T1) makes room.
    bridge.handle_timeout(START + Duration::from_secs(31));
    assert!(told(&mut bridge).is_empty());
    bridge.handle_timeout(START + Duration::from_secs(33));
    assert_eq!(told(&mut bridge), ["room, 100 turned away"]);
    sent(&mut bridge);
    assert_eq!(invite(&mut bridge, START + Duration::from_secs(33), CARRIER, next + 102, OFFER), ["100"]);
    assert_eq!(told(&mut bridge), [format!("call {next}")]);
}

#[test]
fn single_places_that_come_free_in_a_flood_are_taken_and_do_not_end_the_overload() {
    // Sixteen pairs: the margin is two.
    let mut bridge = bridge(39_420..=39_451, 0);
    for number in 1..=16 {
        invite(&mut bridge, START, CARRIER, number, OFFER);
    }
    invite(&mut bridge, START, CARRIER, 17, OFFER);
    refuse(&mut bridge, 17, RefusalReason::Overload, Some(5));
    told(&mut bridge);
    refuse(&mut bridge, 1, RefusalReason::LinesFull, None);
    assert_eq!(told(&mut bridge), ["call 1 gone"]);
    invite(&mut bridge, START, CARRIER, 18, OFFER);
    assert_eq!(told(&mut bridge), ["call 18"], "it is taken, and the overload goes on");
    for call in 2..=3 {
        refuse(&mut bridge, call, RefusalReason::LinesFull, None);
    }
    assert_eq!(told(&mut bridge), ["call 2 gone", "call 3 gone"]);
    refuse(&mut bridge, 4, RefusalReason::LinesFull, None);
    assert_eq!(told(&mut bridge), ["call 4 gone", "room, 0 turned away"]);
}
