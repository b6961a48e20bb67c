//! Whether trunks live, seen at the gateway's edge (R-L9): OPTIONS out, answers and silence in, what the core is told. In
//! virtual time.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use acd_core::{CallId, Input, RecordingFailure, TenantId, Timestamp, TrunkId, TrunkLoss};
use sip_gateway::bridge::{Bridge, BridgeParts, BridgeSettings, KeepAlive, Taps, Trunk, TrunkPeer};
use sip_gateway::media::{MediaConfig, MediaPlane, PromptLibrary, Tap};
use sip_gateway::registrar::{Registrar, RegistrarConfig};
use sip_gateway::sip::message::Uri;
use sip_gateway::sip::{Alive, ConnectionId, Listener, Peer, SipStack, StackConfig, Transport};
use sip_gateway::transport::Incoming;

const US: &str = "192.0.2.1:5060";
const FIRST: &str = "198.51.100.1:5060";
const SECOND: &str = "198.51.100.2:5060";
const EVERY: i64 = 30_000;

struct NoTaps;

impl Taps for NoTaps {
    fn open(&mut self, _: Timestamp, _: CallId, _: TenantId) -> Result<Box<dyn Tap>, RecordingFailure> {
        Err(RecordingFailure::Overrun)
    }
}

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

fn carrier() -> TrunkId {
    TrunkId::new("carrier").expect("a name")
}

fn settings(keep_alive: Option<KeepAlive>) -> BridgeSettings {
    let networks = vec!["198.51.100.0/24".parse().expect("a network")];
    BridgeSettings {
        media_address: "127.0.0.1".parse().expect("an address"),
        trunks: vec![Trunk { id: carrier(), networks, keep_alive, rehearsal: false }],
        seats: BTreeMap::new(),
        titles: BTreeMap::new(),
    }
}

fn keep_alive(peers: &[&str], tcp: bool) -> KeepAlive {
    let peer = |text: &&str| {
        let uri = Uri::parse(format!("sip:{text}").as_bytes()).expect("an address");
        TrunkPeer { uri, address: address(text), tcp }
    };
    KeepAlive { peers: peers.iter().map(peer).collect(), every: Duration::from_millis(30_000), tries: 3 }
}

/// A peer's manners.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Carrier {
    Answers(u16),
    Silent,
    Unreachable,
}

/// The gateway, its carriers, and a clock.
struct Lab {
    bridge: Bridge,
    now: i64,
    carriers: BTreeMap<SocketAddr, Carrier>,
    /// When which address was sent OPTIONS, retransmissions left out.
    asked: Vec<(i64, SocketAddr)>,
    told: Vec<(i64, Input)>,
    seen: std::collections::BTreeSet<String>,
}

impl Lab {
    fn new(seed: u8, keep_alive: Option<KeepAlive>) -> Self {
        let listener = |tcp| Listener { tcp, local: address(US), advertised: None };
        let stack =
            StackConfig { listeners: vec![listener(false), listener(true)], ..StackConfig::default() };
        let media = MediaConfig::new("127.0.0.1".parse().expect("an address"), 39_200..=39_299, 1);
        let parts = BridgeParts {
            stack: SipStack::new(stack, [seed; 32]),
            registrar: Registrar::new(Vec::new(), RegistrarConfig::default(), [2; 32]),
            media: MediaPlane::start(media, PromptLibrary::new(), Arc::new(|| {})).expect("a media thread"),
            taps: Box::new(NoTaps),
            next_call: CallId(1),
        };
        Self {
            bridge: Bridge::new(settings(keep_alive), parts),
            now: 0,
            carriers: BTreeMap::new(),
            asked: Vec::new(),
            told: Vec::new(),
            seen: std::collections::BTreeSet::new(),
        }
    }

    fn behaves(&mut self, carrier: &str, how: Carrier) {
        self.carriers.insert(address(carrier), how);
    }

    fn at(&self) -> Timestamp {
        Timestamp::from_millis(self.now)
    }

    /// Lets the gateway work and the carriers react, all at this instant.
    fn settle(&mut self) {
        self.bridge.handle_timeout(self.at());
        while let Some(transmit) = self.bridge.poll_transmit() {
            let text = String::from_utf8(transmit.bytes.to_vec()).expect("SIP is text");
            if !text.starts_with("OPTIONS ") {
                continue;
            }
            let remote = transmit.peer.remote;
            if self.seen.insert(header(&text, "Call-ID: ")) {
                self.asked.push((self.now, remote));
            }
            match self.carriers.get(&remote).copied().unwrap_or(Carrier::Silent) {
                Carrier::Answers(status) => {
                    let lines: Vec<String> = ["Via: ", "From: ", "To: ", "Call-ID: ", "CSeq: "]
                        .iter()
                        .map(|name| format!("{name}{}", header(&text, name)))
                        .collect();
                    let answer =
                        format!("SIP/2.0 {status} X\r\n{}\r\nContent-Length: 0\r\n\r\n", lines.join("\r\n"));
                    let peer = transmit.peer;
                    self.bridge
                        .handle_incoming(self.at(), &Incoming::Message { peer, bytes: answer.as_bytes() });
                }
                Carrier::Silent => {}
                Carrier::Unreachable => {
                    let transport = transmit.peer.transport;
                    self.bridge.handle_incoming(self.at(), &Incoming::Unreachable { remote, transport });
                }
            }
        }
        while let Some(input) = self.bridge.poll_input() {
            self.told.push((self.now, input));
        }
    }

    fn run(&mut self, millis: i64) {
        let until = self.now + millis;
        self.settle();
        while let Some(due) = self.bridge.poll_timeout().filter(|due| due.as_millis() <= until) {
            self.now = self.now.max(due.as_millis());
            self.settle();
        }
        self.now = until;
        self.settle();
    }

    /// What the core was told since the last look.
    fn told(&mut self) -> Vec<Input> {
        std::mem::take(&mut self.told).into_iter().map(|(_, input)| input).collect()
    }

    fn asked_times(&self, carrier: &str) -> Vec<i64> {
        self.asked.iter().filter(|(_, remote)| *remote == address(carrier)).map(|(at, _)| *at).collect()
    }

    fn receives(&mut self, from: &str, transport: Transport, text: &str) {
        let peer = Peer { transport, local: address(US), remote: address(from) };
        self.bridge.handle_incoming(self.at(), &Incoming::Message { peer, bytes: text.as_bytes() });
        self.settle();
    }
}

fn header(text: &str, name: &str) -> String {
    text.lines().find_map(|line| line.strip_prefix(name)).expect("a header that every request has").to_owned()
}

fn request(method: &str, number: usize) -> String {
    format!(
        "{method} sip:0300007119@{US} SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.1;branch=z9hG4bK{number}\r\n\
         From: <sip:0312345678@a>;tag=f{number}\r\nTo: <sip:0300007119@a>\r\nCall-ID: c{number}\r\n\
         CSeq: 1 {method}\r\nContact: <sip:a@198.51.100.1>\r\nContent-Length: 0\r\n\r\n"
    )
}

fn lost(cause: TrunkLoss) -> Input {
    Input::TrunkLost { trunk: carrier(), cause }
}

fn restored() -> Input {
    Input::TrunkRestored { trunk: carrier() }
}

#[test]
fn a_trunk_that_answers_whatever_it_is_lives_and_is_asked_at_its_interval() {
    for status in [200, 404, 405, 481, 503] {
        let mut lab = Lab::new(1, Some(keep_alive(&[FIRST], false)));
        lab.behaves(FIRST, Carrier::Answers(status));
        lab.run(20 * EVERY);
        assert_eq!(lab.told(), []);
        let times = lab.asked_times(FIRST);
        assert!(times[0] < EVERY);
        let gaps: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(gaps.iter().all(|gap| (EVERY * 3 / 4..=EVERY).contains(gap)), "{gaps:?}");
        assert!(gaps.iter().any(|gap| *gap != gaps[0]), "drawn anew each time");
        assert_eq!(lab.bridge.keep_alive_counters().answered, times.len() as u64);
        assert_eq!(lab.bridge.trunks_alive().collect::<Vec<_>>(), [(carrier(), true)]);
    }
}

#[test]
fn silence_through_all_tries_is_a_loss_and_the_first_answer_ends_it() {
    let mut lab = Lab::new(2, Some(keep_alive(&[FIRST], false)));
    lab.behaves(FIRST, Carrier::Answers(200));
    lab.run(EVERY);
    let before = lab.asked.len();
    lab.behaves(FIRST, Carrier::Silent);
    lab.run(EVERY + 12_000);
    assert_eq!(lab.told(), [lost(TrunkLoss::NoAnswer)]);
    let tries = lab.asked_times(FIRST)[before..].to_vec();
    assert_eq!([tries[1] - tries[0], tries[2] - tries[1]], [4_000, 4_000], "one after the other, at once");
    assert_eq!(lab.bridge.trunks_alive().collect::<Vec<_>>(), [(carrier(), false)]);
    // It goes on being asked at the interval, and told of once.
    lab.run(10 * EVERY);
    assert_eq!(lab.told(), []);
    let counters = lab.bridge.keep_alive_counters();
    assert!((12..=18).contains(&counters.unanswered), "{counters:?}");
    lab.behaves(FIRST, Carrier::Answers(405));
    lab.run(EVERY + 4_000);
    assert_eq!(lab.told(), [restored()]);
    lab.run(10 * EVERY);
    assert_eq!(lab.told(), []);
}

#[test]
fn two_unanswered_tries_and_an_answer_are_no_loss() {
    let mut lab = Lab::new(3, Some(keep_alive(&[FIRST], false)));
    for _ in 0..5 {
        lab.behaves(FIRST, Carrier::Silent);
        let before = lab.bridge.keep_alive_counters().unanswered;
        while lab.bridge.keep_alive_counters().unanswered < before + 2 {
            lab.run(500);
        }
        lab.behaves(FIRST, Carrier::Answers(200));
        lab.run(EVERY);
    }
    assert_eq!(lab.told(), []);
}

#[test]
fn a_trunk_of_two_addresses_is_lost_when_both_are_and_lives_by_either() {
    let mut lab = Lab::new(4, Some(keep_alive(&[FIRST, SECOND], false)));
    lab.behaves(FIRST, Carrier::Silent);
    lab.behaves(SECOND, Carrier::Answers(200));
    lab.run(5 * EVERY);
    assert_eq!(lab.told(), []);
    lab.behaves(SECOND, Carrier::Unreachable);
    lab.run(2 * EVERY);
    assert_eq!(lab.told(), [lost(TrunkLoss::Transport)]);
    lab.behaves(FIRST, Carrier::Answers(200));
    lab.run(2 * EVERY);
    assert_eq!(lab.told(), [restored()]);
}

#[test]
fn what_cannot_be_sent_is_a_loss_at_once_over_udp_and_tcp() {
    for tcp in [false, true] {
        let mut lab = Lab::new(5, Some(keep_alive(&[FIRST], tcp)));
        lab.behaves(FIRST, Carrier::Unreachable);
        lab.run(EVERY);
        assert_eq!(lab.told(), [lost(TrunkLoss::Transport)]);
        lab.run(10 * EVERY);
        let counters = lab.bridge.keep_alive_counters();
        assert!(
            (10..=16).contains(&counters.unsent),
            "at the interval, and not again and again: {counters:?}"
        );
        lab.behaves(FIRST, Carrier::Answers(200));
        lab.run(EVERY);
        assert_eq!(lab.told(), [restored()]);
    }
}

#[test]
fn a_call_or_any_request_of_the_carrier_shows_that_it_lives() {
    for (from, transport, method) in [
        (FIRST, Transport::Udp, "OPTIONS"),
        (FIRST, Transport::Udp, "MESSAGE"),
        (FIRST, Transport::Udp, "BYE"),
        // A call may come from any address of the trunk's networks.
        ("198.51.100.77:40000", Transport::Udp, "INVITE"),
        ("198.51.100.1:40000", Transport::Tcp(ConnectionId(3)), "OPTIONS"),
    ] {
        let mut lab = Lab::new(6, Some(keep_alive(&[FIRST], transport.is_reliable())));
        lab.run(2 * EVERY);
        assert_eq!(lab.told(), [lost(TrunkLoss::NoAnswer)]);
        lab.receives(from, transport, &request(method, 1));
        assert_eq!(lab.told()[0], restored(), "{method}");
    }
}

#[test]
fn neither_a_stranger_nor_rubbish_shows_that_the_carrier_lives() {
    let mut lab = Lab::new(7, Some(keep_alive(&[FIRST], false)));
    lab.run(2 * EVERY);
    assert_eq!(lab.told(), [lost(TrunkLoss::NoAnswer)]);
    lab.receives("203.0.113.9:5060", Transport::Udp, &request("INVITE", 1));
    lab.receives("198.51.100.1:5061", Transport::Udp, &request("OPTIONS", 2));
    lab.receives(FIRST, Transport::Udp, "nonsense\r\n\r\n");
    lab.receives(FIRST, Transport::Udp, "\r\n\r\n");
    assert_eq!(lab.told(), []);
}

#[test]
fn a_request_while_ours_is_under_way_outweighs_the_missing_answer() {
    let mut settings = keep_alive(&[FIRST], false);
    settings.tries = 1;
    let mut lab = Lab::new(8, Some(settings));
    while lab.asked.is_empty() {
        lab.run(100);
    }
    lab.receives(FIRST, Transport::Udp, &request("OPTIONS", 1));
    lab.run(4_000);
    assert_eq!(lab.told(), []);
    lab.run(EVERY + 4_000);
    assert_eq!(lab.told(), [lost(TrunkLoss::NoAnswer)]);
}

#[test]
fn many_addresses_are_not_asked_at_once() {
    let peers: Vec<String> = (1..=16).map(|host| format!("198.51.100.{host}:5060")).collect();
    let peers: Vec<&str> = peers.iter().map(String::as_str).collect();
    let mut lab = Lab::new(9, Some(keep_alive(&peers, false)));
    for peer in &peers {
        lab.behaves(peer, Carrier::Answers(200));
    }
    lab.run(20 * EVERY);
    let mut by_second: BTreeMap<i64, usize> = BTreeMap::new();
    for (at, _) in &lab.asked {
        *by_second.entry(at / 1_000).or_default() += 1;
    }
    assert!(by_second.values().all(|count| *count <= 6), "{by_second:?}");
    assert_eq!(lab.told(), []);
}

#[test]
fn a_plan_without_addresses_asks_nobody_and_a_new_one_does() {
    let mut lab = Lab::new(10, None);
    lab.run(10 * EVERY);
    assert!(lab.asked.is_empty());
    assert_eq!(lab.bridge.trunks_alive().count(), 0);
    lab.bridge.reload(settings(Some(keep_alive(&[FIRST], false))), Vec::new());
    lab.run(2 * EVERY);
    assert_eq!(lab.told(), [lost(TrunkLoss::NoAnswer)]);
    // The same again changes nothing, other addresses have to speak for themselves.
    lab.bridge.reload(settings(Some(keep_alive(&[FIRST], false))), Vec::new());
    lab.bridge.reload(settings(Some(keep_alive(&[SECOND], false))), Vec::new());
    lab.run(2 * EVERY);
    assert_eq!(lab.told(), []);
    lab.behaves(SECOND, Carrier::Answers(200));
    lab.run(EVERY + 4_000);
    assert_eq!(lab.told(), [restored()]);
    lab.behaves(SECOND, Carrier::Silent);
    lab.run(2 * EVERY);
    assert_eq!(lab.told(), [lost(TrunkLoss::NoAnswer)]);
    // Nobody would ever end the outage of a trunk that is not asked any more.
    lab.bridge.reload(settings(None), Vec::new());
    lab.run(4_000);
    assert_eq!(lab.told(), [restored()]);
    let asked = lab.asked.len();
    lab.run(40_000);
    assert_eq!(lab.asked.len(), asked);
    assert_eq!(lab.bridge.stack().alive(), Alive::default());
}
