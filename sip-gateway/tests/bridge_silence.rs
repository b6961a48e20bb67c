//! Which seats' silence counts (R-Q7). A seat that is silent, and not on hold, ends each wait: by then one that was silent
//! before it would have been lost.

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use acd_core::{
    CallId, CallerIdentity, Effect, Input, LegId, RecordingFailure, RingId, SeatId, SeatLegEnd, SeatLoss,
    TenantId, Timestamp, WithheldReason,
};
use sip_gateway::bridge::{Bridge, BridgeParts, BridgeSettings, SeatContact, SeatSettings, Taps};
use sip_gateway::media::{MediaConfig, MediaPlane, PromptLibrary, Tap};
use sip_gateway::registrar::{Registrar, RegistrarConfig};
use sip_gateway::sip::message::Uri;
use sip_gateway::sip::{Listener, Peer, SipStack, StackConfig, Transport};
use sip_gateway::transport::Incoming;

const US: &str = "127.0.0.1:5060";
const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const TIMEOUT: Duration = Duration::from_millis(300);
/// Nothing here takes so long unless it is broken.
const PATIENCE: Duration = Duration::from_secs(20);

struct NoTaps;

impl Taps for NoTaps {
    fn open(&mut self, _: Timestamp, _: CallId, _: TenantId) -> Result<Box<dyn Tap>, RecordingFailure> {
        Err(RecordingFailure::Overrun)
    }
}

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

/// The ring of a call's seat: call 1 rings seat 1.
fn ring(call: u64) -> RingId {
    RingId { call: CallId(call), attempt: 1 }
}

fn phone_of(call: u64) -> SocketAddr {
    address(&format!("127.0.1.{call}:5060"))
}

fn seat(call: u64) -> SeatId {
    SeatId::new(&format!("seat{call}")).expect("a name")
}

struct Lab {
    bridge: Bridge,
    wakes: crossbeam_channel::Receiver<()>,
    phones: Vec<UdpSocket>,
}

impl Lab {
    /// Two seats with static contacts.
    fn new(ports: std::ops::RangeInclusive<u16>) -> Self {
        let settings = |call| {
            let address = phone_of(call);
            let uri = Uri::sip(Some(b"seat"), address.ip().into(), Some(address.port()));
            let static_contact = Some(SeatContact { uri, address, tcp: false });
            (seat(call), SeatSettings { static_contact, media_timeout: Some(TIMEOUT) })
        };
        let loopback = "127.0.0.1".parse().expect("an address");
        let settings = BridgeSettings {
            media_address: loopback,
            trunks: Vec::new(),
            seats: [1, 2].map(settings).into(),
            titles: BTreeMap::new(),
        };
        let listener = Listener { tcp: false, local: address(US), advertised: None };
        let (woken, wakes) = crossbeam_channel::unbounded();
        let wake = Arc::new(move || {
            let _ = woken.send(());
        });
        let mut media = MediaConfig::new(loopback, ports, 1);
        media.threads = 1;
        let parts = BridgeParts {
            stack: SipStack::new(
                StackConfig { listeners: vec![listener], ..StackConfig::default() },
                [1; 32],
            ),
            registrar: Registrar::new(Vec::new(), RegistrarConfig::default(), [2; 32]),
            media: MediaPlane::start(media, PromptLibrary::new(), wake).expect("a media thread"),
            taps: Box::new(NoTaps),
            next_call: CallId(1),
        };
        Self { bridge: Bridge::new(settings, parts), wakes, phones: Vec::new() }
    }

    fn order(&mut self, effect: &Effect) {
        self.bridge.execute(START, effect);
    }

    /// A seat is rung, answers, is joined to its caller, and sends one packet.
    fn talks(&mut self, call: u64) {
        let caller = CallerIdentity::Withheld(WithheldReason::Payphone);
        let tenant = TenantId::new("clinic").expect("a name");
        self.order(&Effect::RingSeat { ring: ring(call), seat: seat(call), tenant, caller });
        let invite = self.bridge.poll_transmit().expect("an INVITE");
        let invite = String::from_utf8_lossy(&invite.bytes).into_owned();
        let header = |name: &str| {
            invite.lines().find(|line| line.starts_with(name)).expect("a header of every INVITE").to_owned()
        };
        let phone = UdpSocket::bind((phone_of(call).ip(), 0)).expect("a socket for RTP");
        let at = phone.local_addr().expect("bound");
        let sdp = format!(
            "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {} RTP/AVP 0\r\n",
            at.port(),
            ip = at.ip()
        );
        let answer = format!(
            "SIP/2.0 200 OK\r\n{}\r\n{}\r\n{};tag=seat\r\n{}\r\n{}\r\nContact: <sip:{remote}>\r\n\
             Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sdp}",
            header("Via:"),
            header("From:"),
            header("To:"),
            header("Call-ID:"),
            header("CSeq:"),
            sdp.len(),
            remote = phone_of(call)
        );
        let peer = Peer { transport: Transport::Udp, local: address(US), remote: phone_of(call) };
        self.bridge.handle_incoming(START, &Incoming::Message { peer, bytes: answer.as_bytes() });
        assert_eq!(self.bridge.poll_input(), Some(Input::RingAnswered { ring: ring(call) }));
        while self.bridge.poll_transmit().is_some() {}
        self.order(&Effect::Bridge { ring: ring(call) });
        let port = header("m=audio ").split(' ').nth(1).and_then(|port| port.parse::<u16>().ok());
        let mut packet = vec![0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1];
        packet.resize(172, 0x55);
        phone.send_to(&packet, ("127.0.0.1", port.expect("a port"))).expect("loopback takes it");
        self.phones.push(phone);
    }

    /// Whose seat is lost next.
    fn next_lost(&mut self) -> RingId {
        loop {
            self.bridge.handle_media(START);
            while let Some(input) = self.bridge.poll_input() {
                if let Input::SeatLegEnded { ring, end: SeatLegEnd::Lost(SeatLoss::MediaSilent) } = input {
                    return ring;
                }
            }
            self.wakes.recv_timeout(PATIENCE).expect("a seat that sends no RTP is lost");
        }
    }
}

#[test]
fn a_seat_that_is_held_by_command_may_be_silent_until_it_is_resumed() {
    let mut lab = Lab::new(39_460..=39_479);
    lab.talks(1);
    lab.order(&Effect::Unbridge { ring: ring(1) });
    lab.talks(2);
    assert_eq!(lab.next_lost(), ring(2), "the other is on hold");
    lab.order(&Effect::Bridge { ring: ring(1) });
    assert_eq!(lab.next_lost(), ring(1), "it counts anew from the resume");
}

#[test]
fn a_seat_that_is_in_no_set_may_be_silent_until_it_is_in_one() {
    let mut lab = Lab::new(39_480..=39_499);
    lab.talks(1);
    let call = CallId(1);
    lab.order(&Effect::Connect { call, sets: Box::new([]) });
    lab.talks(2);
    lab.order(&Effect::Connect { call, sets: Box::new([]) });
    assert_eq!(lab.next_lost(), ring(2), "the other is on hold");
    let together: Box<[LegId]> = Box::new([LegId::Caller(call), LegId::Seat(ring(1))]);
    lab.order(&Effect::Connect { call, sets: Box::new([together]) });
    assert_eq!(lab.next_lost(), ring(1), "it counts anew from the resume");
}
