//! What a caller gets before the answer: 183 with SDP, then the 200 with the same SDP, or the refusal (R-L4, R-G2).

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use acd_core::{
    CallId, CallerLegEnd, Effect, Input, LegId, RecordingFailure, RefusalReason, ReleaseCause, TenantId,
    Timestamp, TrunkId,
};
use sip_gateway::bridge::{Bridge, BridgeParts, BridgeSettings, Taps, Trunk};
use sip_gateway::media::{MediaConfig, MediaPlane, PromptLibrary, Tap};
use sip_gateway::registrar::{Registrar, RegistrarConfig};
use sip_gateway::sip::{Listener, Peer, SipStack, StackConfig, Transport};
use sip_gateway::transport::Incoming;

const US: &str = "127.0.0.1:5060";
const CARRIER: &str = "127.0.0.2:5060";
const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const CALL: CallId = CallId(1);
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

/// A bridge with one call that has just come in.
fn bridge(offer: &str, ports: std::ops::RangeInclusive<u16>) -> Bridge {
    let loopback = "127.0.0.1".parse().expect("an address");
    let listener = Listener { tcp: false, local: address(US), advertised: None };
    let settings = BridgeSettings {
        media_address: loopback,
        trunks: vec![Trunk {
            id: TrunkId::new("carrier").expect("a name"),
            networks: vec!["127.0.0.2/32".parse().expect("a network")],
            keep_alive: None,
            rehearsal: false,
        }],
        seats: BTreeMap::new(),
        titles: BTreeMap::new(),
    };
    let media = MediaConfig::new(loopback, ports, 1);
    let parts = BridgeParts {
        stack: SipStack::new(StackConfig { listeners: vec![listener], ..StackConfig::default() }, [1; 32]),
        registrar: Registrar::new(Vec::new(), RegistrarConfig::default(), [2; 32]),
        media: MediaPlane::start(media, PromptLibrary::new(), Arc::new(|| {})).expect("a media thread"),
        taps: Box::new(NoTaps),
        next_call: CALL,
    };
    let mut bridge = Bridge::new(settings, parts);
    let peer = Peer { transport: Transport::Udp, local: address(US), remote: address(CARRIER) };
    let kind = if offer.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    let invite = format!(
        "INVITE sip:0300007119@{US} SIP/2.0\r\nVia: SIP/2.0/UDP {CARRIER};branch=z9hG4bK1\r\n\
         From: <sip:0312345678@a>;tag=f\r\nTo: <sip:0300007119@a>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\
         Contact: <sip:{CARRIER}>\r\n{kind}Content-Length: {}\r\n\r\n{offer}",
        offer.len()
    );
    bridge.handle_incoming(START, &Incoming::Message { peer, bytes: invite.as_bytes() });
    assert!(matches!(inputs(&mut bridge)[..], [Input::CallArrived { call: CALL, .. }]));
    sent(&mut bridge);
    bridge
}

fn inputs(bridge: &mut Bridge) -> Vec<Input> {
    std::iter::from_fn(|| bridge.poll_input()).collect()
}

/// Status and body of each answer.
fn sent(bridge: &mut Bridge) -> Vec<(String, String)> {
    let mut sent = Vec::new();
    while let Some(transmit) = bridge.poll_transmit() {
        let text = String::from_utf8_lossy(&transmit.bytes).into_owned();
        let status = text.trim_start_matches("SIP/2.0 ").split(' ').next().expect("a start line").to_owned();
        let body = text.split_once("\r\n\r\n").expect("an empty line").1.to_owned();
        sent.push((status, body));
    }
    sent
}

fn order(bridge: &mut Bridge, effect: &Effect) -> (Vec<(String, String)>, Vec<Input>) {
    bridge.execute(START, effect);
    (sent(bridge), inputs(bridge))
}

const PROGRESS: Effect = Effect::ProgressCaller { call: CALL };
const REFUSE: Effect = Effect::RefuseCall { call: CALL, reason: RefusalReason::LinesFull, retry_after: None };

fn refused() -> Input {
    Input::CallerLegEnded { call: CALL, end: CallerLegEnd::Released }
}

#[test]
fn a_refused_caller_hears_the_announcement_before_the_486() {
    let mut bridge = bridge(OFFER, 39_100..=39_119);
    let (answers, inputs) = order(&mut bridge, &PROGRESS);
    assert!(matches!(&answers[..], [(status, body)] if status == "183" && body.contains("m=audio 391")));
    assert_eq!(inputs, [Input::CallerProgressed { call: CALL }]);
    let (answers, inputs) = order(&mut bridge, &REFUSE);
    assert_eq!(answers.iter().map(|(status, _)| status.as_str()).collect::<Vec<_>>(), ["486"]);
    assert_eq!(inputs, [refused()]);
    assert_eq!(bridge.legs_len(), 0);
}

#[test]
fn the_200_after_early_media_has_the_sdp_of_the_183() {
    let mut bridge = bridge(OFFER, 39_120..=39_139);
    let (progress, _) = order(&mut bridge, &PROGRESS);
    let (answers, _) = order(&mut bridge, &Effect::AnswerCaller { call: CALL });
    assert_eq!(answers, [("200".to_owned(), progress[0].1.clone())]);
}

#[test]
fn a_caller_without_an_offer_or_a_port_hears_nothing_early() {
    let mut late = bridge("", 39_140..=39_159);
    assert_eq!(order(&mut late, &PROGRESS), (vec![], vec![Input::CallerProgressFailed { call: CALL }]));
    let (answers, inputs) = order(&mut late, &REFUSE);
    assert_eq!((answers[0].0.as_str(), &inputs[..]), ("486", &[refused()][..]));
}

#[test]
fn a_call_that_is_released_before_its_answer_is_refused() {
    let mut bridge = bridge(OFFER, 39_160..=39_179);
    order(&mut bridge, &PROGRESS);
    let release = Effect::ReleaseLeg { leg: LegId::Caller(CALL), cause: ReleaseCause::Commanded };
    let (answers, inputs) = order(&mut bridge, &release);
    assert_eq!((answers[0].0.as_str(), &inputs[..]), ("480", &[refused()][..]));
    assert_eq!(bridge.legs_len(), 0);
}
