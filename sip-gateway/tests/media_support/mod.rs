//! A media plane and phones on loopback sockets. RTP is written and read by hand here, so that no mistake of the plane's
//! own reader can hide.
#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use acd_core::{PlayId, PromptId};
use sip_gateway::media::{
    Codec, MediaCommand, MediaConfig, MediaEvent, MediaLeg, MediaPlane, MediaSession, Playout, Prompt,
    PromptLibrary, SilenceWatch,
};

/// Nothing here takes so long unless it is broken.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// µ-law silence.
pub(crate) const SILENCE: u8 = 0xFF;

pub(crate) fn prompt_id(name: &str) -> PromptId {
    PromptId::new(name).expect("a name")
}

/// `guidance`: 1,000 bytes that count; `message` and `music`: other bytes.
pub(crate) fn library() -> PromptLibrary {
    let mut library = PromptLibrary::new();
    let guidance: Vec<u8> = (0..1_000u32).map(|at| (at % 251) as u8).collect();
    for (name, audio) in [("guidance", guidance), ("message", vec![0x11; 480]), ("music", vec![0x22; 300])] {
        library.insert(prompt_id(name), Prompt::from_ulaw(&audio).expect("short"));
    }
    library
}

pub(crate) struct Bench {
    pub(crate) plane: MediaPlane,
    wakes: crossbeam_channel::Receiver<()>,
    next_leg: u64,
    plays: u32,
    /// Events that came while another was waited for.
    passed_over: VecDeque<MediaEvent>,
}

pub(crate) fn config() -> MediaConfig {
    let mut config = MediaConfig::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 30_000..=48_999, 42);
    config.threads = 1;
    config
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(config())
    }

    pub(crate) fn with(config: MediaConfig) -> Self {
        let (woken, wakes) = crossbeam_channel::unbounded();
        let wake = Arc::new(move || {
            let _ = woken.send(());
        });
        let plane = MediaPlane::start(config, library(), wake).expect("threads");
        Self { plane, wakes, next_leg: 1, plays: 0, passed_over: VecDeque::new() }
    }

    /// Opens a leg and a phone for it, which do not know each other yet.
    pub(crate) fn open(&mut self) -> (MediaLeg, Phone) {
        let ports = self.plane.bind().expect("free ports");
        let phone = Phone::new(ports.rtp_address());
        let leg = MediaLeg(self.next_leg);
        self.next_leg += 1;
        self.plane.command(MediaCommand::Open { leg, group: 7, ports });
        (leg, phone)
    }

    /// Opens a leg that is configured for its phone.
    pub(crate) fn call(&mut self) -> (MediaLeg, Phone) {
        let (leg, phone) = self.open();
        self.configure(leg, phone.session());
        (leg, phone)
    }

    pub(crate) fn configure(&mut self, leg: MediaLeg, session: MediaSession) {
        self.plane.command(MediaCommand::Configure { leg, session });
    }

    /// Plays; the first playout has the number 1.
    pub(crate) fn play(&mut self, leg: MediaLeg, playout: Playout) {
        self.plays += 1;
        self.plane.command(MediaCommand::Play { leg, play: PlayId(self.plays), playout });
    }

    pub(crate) fn bridge(&mut self, a: MediaLeg, b: MediaLeg) {
        self.plane.command(MediaCommand::Bridge { a, b });
    }

    pub(crate) fn close(&mut self, leg: MediaLeg) -> acd_core::LegQuality {
        self.plane.command(MediaCommand::Close { leg });
        let deadline = Instant::now() + PATIENCE;
        loop {
            let event = self.new_event(deadline);
            if let MediaEvent::Measured { leg: measured, quality } = event
                && measured == leg
            {
                return quality;
            }
            self.passed_over.push_back(event);
        }
    }

    /// Waits until the plane has carried out all commands so far: a leg of no use is opened and closed behind them.
    pub(crate) fn settle(&mut self) {
        let ports = self.plane.bind().expect("free ports");
        let leg = MediaLeg(u64::MAX);
        self.plane.command(MediaCommand::Open { leg, group: 7, ports });
        self.close(leg);
    }

    /// Waits until the plane has read so many packets of each socket that had come before: it reads one a turn, and
    /// from one settling to the next there is a whole turn.
    pub(crate) fn settle_packets(&mut self, packets: usize) {
        for _ in 0..=packets {
            self.settle();
        }
    }

    /// The next event.
    pub(crate) fn event(&mut self) -> MediaEvent {
        match self.passed_over.pop_front() {
            Some(event) => event,
            None => self.new_event(Instant::now() + PATIENCE),
        }
    }

    fn new_event(&mut self, deadline: Instant) -> MediaEvent {
        loop {
            if let Some(event) = self.plane.poll_event() {
                return event;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            self.wakes.recv_timeout(left).expect("an event in time");
        }
    }

    /// The next event that is not of an ordinary beginning.
    pub(crate) fn event_but_first_packet(&mut self) -> MediaEvent {
        loop {
            let event = self.event();
            if !matches!(event, MediaEvent::FirstPacket { .. }) {
                return event;
            }
        }
    }

    /// Events until now.
    pub(crate) fn events(&mut self) -> Vec<MediaEvent> {
        let mut events: Vec<_> = self.passed_over.drain(..).collect();
        events.extend(std::iter::from_fn(|| self.plane.poll_event()));
        events
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Packet {
    pub(crate) payload_type: u8,
    pub(crate) marker: bool,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) ssrc: u32,
    pub(crate) payload: Vec<u8>,
}

impl Packet {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0x80, self.payload_type | if self.marker { 0x80 } else { 0 }];
        bytes.extend(self.sequence.to_be_bytes());
        bytes.extend(self.timestamp.to_be_bytes());
        bytes.extend(self.ssrc.to_be_bytes());
        bytes.extend(&self.payload);
        bytes
    }

    pub(crate) fn read(bytes: &[u8]) -> Self {
        assert_eq!(bytes[0], 0x80, "version 2, nothing else");
        let word = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
        Self {
            payload_type: bytes[1] & 0x7F,
            marker: bytes[1] & 0x80 != 0,
            sequence: word(0) as u16,
            timestamp: word(4),
            ssrc: word(8),
            payload: bytes[12..].to_vec(),
        }
    }
}

/// A far end.
pub(crate) struct Phone {
    pub(crate) rtp: UdpSocket,
    pub(crate) rtcp: UdpSocket,
    pub(crate) plane: SocketAddr,
    pub(crate) codec: Codec,
    pub(crate) next: Packet,
}

impl Phone {
    pub(crate) fn new(plane: SocketAddr) -> Self {
        Self::at(plane, plane.ip())
    }

    pub(crate) fn at(plane: SocketAddr, ip: IpAddr) -> Self {
        let socket = || {
            let socket = UdpSocket::bind(SocketAddr::new(ip, 0)).expect("a free port");
            socket.set_read_timeout(Some(PATIENCE)).expect("a time");
            socket
        };
        let next = Packet {
            payload_type: 0,
            marker: true,
            sequence: 65_500,
            timestamp: u32::MAX - 500,
            ssrc: 0x1234_5678,
            payload: vec![0x55; 160],
        };
        Self { rtp: socket(), rtcp: socket(), plane, codec: Codec::Pcmu, next }
    }

    pub(crate) fn session(&self) -> MediaSession {
        MediaSession {
            remote: self.rtp.local_addr().expect("bound"),
            remote_rtcp: self.rtcp.local_addr().expect("bound"),
            codec: self.codec,
            payload_type: self.codec.static_payload_type(),
            telephone_event: Some(101),
            send: true,
            receive: true,
            symmetric: false,
            silence: SilenceWatch::Off,
        }
    }

    pub(crate) fn send_packet(&self, packet: &Packet) {
        self.rtp.send_to(&packet.bytes(), self.plane).expect("loopback takes it");
    }

    /// The next packet of a stream without gaps, filled with a byte.
    pub(crate) fn say(&mut self, byte: u8) {
        self.next.payload_type = self.codec.static_payload_type();
        self.next.payload = vec![byte; 160];
        self.send_packet(&self.next);
        self.skip();
    }

    /// A packet that never arrives.
    pub(crate) fn skip(&mut self) {
        self.next.marker = false;
        self.next.sequence = self.next.sequence.wrapping_add(1);
        self.next.timestamp = self.next.timestamp.wrapping_add(160);
    }

    /// One packet of a key: the event's timestamp, whether it is its first and its last, duration in samples.
    pub(crate) fn press(&mut self, event: u8, timestamp: u32, first: bool, last: bool, duration: u16) {
        let [high, low] = duration.to_be_bytes();
        let packet = Packet {
            payload_type: 101,
            marker: first,
            timestamp,
            payload: vec![event, if last { 0x8A } else { 0x0A }, high, low],
            ..self.next.clone()
        };
        self.send_packet(&packet);
        self.next.sequence = self.next.sequence.wrapping_add(1);
    }

    pub(crate) fn hear(&self) -> Packet {
        let mut buffer = [0; 2_048];
        let (length, from) = self.rtp.recv_from(&mut buffer).expect("a packet in time");
        assert_eq!(from, self.plane);
        Packet::read(&buffer[..length])
    }

    pub(crate) fn hear_many(&self, packets: usize) -> Vec<Packet> {
        (0..packets).map(|_| self.hear()).collect()
    }

    /// What has come already.
    pub(crate) fn heard(&self) -> Vec<Packet> {
        let mut buffer = [0; 2_048];
        self.rtp.set_nonblocking(true).expect("possible");
        let packets = std::iter::from_fn(|| {
            self.rtp.recv(&mut buffer).ok().map(|length| Packet::read(&buffer[..length]))
        })
        .collect();
        self.rtp.set_nonblocking(false).expect("possible");
        packets
    }

    /// Hears packets until one carries only this byte.
    pub(crate) fn hear_until(&self, byte: u8) -> Packet {
        loop {
            let packet = self.hear();
            if packet.payload.iter().all(|&heard| heard == byte) {
                return packet;
            }
        }
    }
}

/// One stream: numbers follow each other and no timestamp goes back.
pub(crate) fn assert_one_stream(packets: &[Packet]) {
    for pair in packets.windows(2) {
        assert_eq!(pair[0].ssrc, pair[1].ssrc);
        assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1), "{pair:?}");
        let step = pair[1].timestamp.wrapping_sub(pair[0].timestamp) as i32;
        assert!(step >= 160, "timestamp moved by {step}");
        assert!(pair[1].marker || step == 160, "a pause of {step} without a marker");
    }
}
