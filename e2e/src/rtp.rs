//! An RTP party: keeps what it hears, and speaks a tone or is silent. Written anew, by RFC 3550 5.1 alone.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::audio::tone;
use crate::g711;
use crate::limits::{DATAGRAM_BYTES_MAX, FACT_TIME_MAX, PACKETS_MAX};
use crate::wait::until;

/// Time between packets.
const PACKET_TIME: Duration = Duration::from_millis(20);

/// Samples of a packet.
const PACKET_SAMPLES: usize = 160;

/// Payload type of µ-law (RFC 3551).
const PCMU: u8 = 0;

/// Payload type of telephone events in the scenarios' SDP.
const TELEPHONE_EVENT: u8 = 101;

/// -10 dBm0.
const VOLUME: u8 = 10;

/// Who sends.
const SSRC: u32 = 0x7119_8000;

/// A packet that was heard.
#[derive(Clone, Debug)]
pub struct Packet {
    /// Its number.
    pub sequence: u16,
    /// Its place in time, in samples.
    pub timestamp: u32,
    /// The marker bit: a spurt of talk begins.
    pub marker: bool,
    /// What it carries (RFC 3551).
    pub payload_type: u8,
    /// Who sends.
    pub ssrc: u32,
    /// What it carries.
    pub payload: Vec<u8>,
}

impl Packet {
    fn parse(datagram: &[u8]) -> Option<Self> {
        let (head, payload) = datagram.split_first_chunk::<12>()?;
        let plain = head[0] == 0x80;
        // RTCP shares no port with it here, and nothing in these calls sends padding, extensions or sources.
        plain.then(|| Self {
            sequence: u16::from_be_bytes([head[2], head[3]]),
            timestamp: u32::from_be_bytes([head[4], head[5], head[6], head[7]]),
            marker: head[1] & 0x80 != 0,
            payload_type: head[1] & 0x7f,
            ssrc: u32::from_be_bytes([head[8], head[9], head[10], head[11]]),
            payload: payload.to_vec(),
        })
    }
}

/// All that a party has heard so far.
#[derive(Clone, Debug, Default)]
pub struct Heard(Vec<Packet>);

impl Heard {
    /// The packets in the order of their arrival.
    pub fn packets(&self) -> &[Packet] {
        &self.0
    }

    /// The sound, placed by timestamp within each source, silence where nothing came.
    pub fn samples(&self) -> Vec<i16> {
        let mut samples = Vec::new();
        let mut source: Option<(u32, u32, usize)> = None;
        for packet in self.0.iter().filter(|packet| packet.payload_type == PCMU) {
            let (_, first, base) = match source {
                Some(known) if known.0 == packet.ssrc => known,
                _ => *source.insert((packet.ssrc, packet.timestamp, samples.len())),
            };
            let place = base + packet.timestamp.wrapping_sub(first) as usize;
            // A jump of more than what may be kept is a new beginning, not a silence of hours.
            if place > samples.len() + PACKETS_MAX * PACKET_SAMPLES {
                source = Some((packet.ssrc, packet.timestamp, samples.len()));
                samples.extend(packet.payload.iter().copied().map(g711::decode));
                continue;
            }
            let end = place + packet.payload.len();
            if samples.len() < end {
                samples.resize(end, 0);
            }
            for (sample, byte) in samples[place..end].iter_mut().zip(&packet.payload) {
                *sample = g711::decode(*byte);
            }
        }
        samples
    }

    /// Packets that are missing between the first and the last of each source, by sequence number.
    pub fn missing(&self) -> usize {
        let mut missing = 0;
        for pair in self.0.windows(2) {
            let step = pair[1].sequence.wrapping_sub(pair[0].sequence);
            if pair[0].ssrc == pair[1].ssrc && (2..0x8000).contains(&step) {
                missing += usize::from(step) - 1;
            }
        }
        missing
    }
}

#[derive(Debug, Default)]
struct State {
    heard: Heard,
    to: Option<SocketAddr>,
    speaks: Option<Vec<u8>>,
    key: Option<Key>,
    sent: u16,
    over: bool,
}

/// A key that is being pressed (RFC 4733).
#[derive(Clone, Copy, Debug)]
struct Key {
    event: u8,
    /// The timestamp of its beginning, once it has begun.
    began: Option<u32>,
    packets: u16,
}

/// A party with a socket and a thread; ends with the handle.
#[derive(Debug)]
pub struct Party {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    thread: Option<JoinHandle<()>>,
}

impl Party {
    /// Opens a socket at `ip` and listens, silent.
    ///
    /// # Panics
    /// If no socket can be had.
    pub fn listen(ip: Ipv4Addr) -> Self {
        let socket = UdpSocket::bind((ip, 0)).expect("a socket for RTP");
        let address = socket.local_addr().expect("a bound socket has an address");
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let thread = std::thread::spawn(move || run(&socket, &shared));
        Self { address, state, thread: Some(thread) }
    }

    /// The port for the SDP.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Speaks a tone from now on, to wherever it is heard from or was told to speak.
    pub fn speak(&self, frequency_hz: f64) {
        // A second of a whole number of periods joins itself without a click.
        let second = tone(frequency_hz, 0.3, 8_000);
        self.state().speaks = Some(second.into_iter().map(g711::encode).collect());
    }

    /// Sends nothing from now on.
    pub fn falls_silent(&self) {
        self.state().speaks = None;
    }

    /// Presses a key for 100 ms, as telephone events of payload type 101 (RFC 4733); once it is known where to.
    ///
    /// # Panics
    /// If there is no such key, or the one before is still down.
    pub fn press(&self, key: char) {
        let event =
            "0123456789*#".find(key).and_then(|at| u8::try_from(at).ok()).expect("a key of a telephone");
        until("the key before is up", FACT_TIME_MAX, || self.state().key.is_none().then_some(()));
        self.state().key = Some(Key { event, began: None, packets: 0 });
    }

    /// Says where to speak to, for one who speaks before hearing.
    pub fn speak_to(&self, to: SocketAddr) {
        self.state().to = Some(to);
    }

    /// What it has heard so far.
    pub fn heard(&self) -> Heard {
        self.state().heard.clone()
    }

    /// The last packets that it has heard, once there are so many.
    fn last_heard(&self, count: usize) -> Option<Heard> {
        let state = self.state();
        let packets = state.heard.packets();
        packets.get(packets.len().checked_sub(count)?..).map(|last| Heard(last.to_vec()))
    }

    /// How many packets it has sent.
    pub fn sent(&self) -> usize {
        usize::from(self.state().sent)
    }

    /// Forgets what it has heard.
    pub fn forget(&self) {
        self.state().heard = Heard::default();
    }

    /// Waits until a tone has been heard through half a second.
    ///
    /// # Panics
    /// If it is not heard in time.
    pub fn hears_tone(&self, frequency_hz: f64) {
        until(&format!("a tone of {frequency_hz} Hz"), FACT_TIME_MAX, || {
            let recent = self.last_heard(25)?.samples();
            (crate::audio::share_at(&recent, frequency_hz) > 0.8).then_some(())
        });
    }

    /// Waits until so many packets have been heard since the last look away.
    ///
    /// # Panics
    /// If they are not heard in time.
    pub fn hears_packets(&self, count: usize) {
        until(&format!("{count} packets"), FACT_TIME_MAX, || {
            (self.state().heard.packets().len() >= count).then_some(())
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Drop for Party {
    fn drop(&mut self) {
        self.state().over = true;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A test that panicked while it held the lock says so itself; what was heard is still there.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run(socket: &UdpSocket, shared: &Mutex<State>) {
    let began = Instant::now();
    let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
    let mut tick = 0_u32;
    loop {
        let due = began + PACKET_TIME * tick;
        let wait = due.saturating_duration_since(Instant::now());
        if wait.is_zero() {
            let mut state = lock(shared);
            if state.over {
                return;
            }
            speak(socket, &mut state, tick);
            tick += 1;
            continue;
        }
        // A zero time-out would mean to wait for ever.
        let _ = socket.set_read_timeout(Some(wait.max(Duration::from_micros(100))));
        if let Ok((length, from)) = socket.recv_from(&mut buffer)
            && let Some(packet) = Packet::parse(&buffer[..length])
        {
            let mut state = lock(shared);
            state.to = state.to.or(Some(from));
            if state.heard.0.len() < PACKETS_MAX {
                state.heard.0.push(packet);
            }
        }
    }
}

/// One packet of the key that is down, if one is: five of its growing length, and its end three times over (RFC 4733 2.5.1).
fn press(socket: &UdpSocket, state: &mut State, tick: u32) -> bool {
    const GROWING: u16 = 5;
    const ENDING: u16 = 3;
    let (Some(to), Some(mut key)) = (state.to, state.key) else { return false };
    let timestamp = *key.began.get_or_insert(tick * PACKET_SAMPLES as u32);
    let first = key.packets == 0;
    key.packets += 1;
    let is_end = key.packets > GROWING;
    let length = key.packets.min(GROWING) * PACKET_SAMPLES as u16;
    let mut packet = vec![0x80, if first { 0x80 | TELEPHONE_EVENT } else { TELEPHONE_EVENT }];
    packet.extend(state.sent.to_be_bytes());
    packet.extend(timestamp.to_be_bytes());
    packet.extend(SSRC.to_be_bytes());
    packet.extend([key.event, if is_end { 0x80 | VOLUME } else { VOLUME }]);
    packet.extend(length.to_be_bytes());
    let _ = socket.send_to(&packet, to);
    state.sent = state.sent.wrapping_add(1);
    state.key = (key.packets < GROWING + ENDING).then_some(key);
    true
}

fn speak(socket: &UdpSocket, state: &mut State, tick: u32) {
    if press(socket, state, tick) {
        return;
    }
    let (Some(to), Some(sound)) = (state.to, &state.speaks) else { return };
    let at = usize::try_from(tick).unwrap_or(0) * PACKET_SAMPLES % sound.len();
    let mut packet = vec![0x80, if state.sent == 0 { 0x80 | PCMU } else { PCMU }];
    packet.extend(state.sent.to_be_bytes());
    packet.extend((tick * PACKET_SAMPLES as u32).to_be_bytes());
    packet.extend(SSRC.to_be_bytes());
    packet.extend(sound[at..].iter().chain(sound.iter()).take(PACKET_SAMPLES));
    // A far end that is gone already is what some tests are about.
    let _ = socket.send_to(&packet, to);
    state.sent = state.sent.wrapping_add(1);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::share_at;

    #[test]
    fn two_parties_hear_each_other() {
        let (one, other) = (Party::listen(Ipv4Addr::LOCALHOST), Party::listen(Ipv4Addr::LOCALHOST));
        one.speak_to(other.address);
        one.speak(1_000.0);
        other.speak(440.0);
        one.hears_tone(440.0);
        other.hears_tone(1_000.0);
        assert_eq!(one.heard().missing(), 0);
        assert!(share_at(&other.heard().samples(), 1_000.0) > 0.9);
        assert!(other.heard().packets()[0].marker);
    }

    #[test]
    fn a_key_is_an_event_that_grows_and_ends_three_times() {
        let (one, other) = (Party::listen(Ipv4Addr::LOCALHOST), Party::listen(Ipv4Addr::LOCALHOST));
        one.speak_to(other.address);
        one.press('#');
        other.hears_packets(8);
        let heard = other.heard();
        assert!(heard.packets().iter().all(|packet| packet.payload_type == 101 && packet.payload[0] == 11));
        let ends: Vec<bool> = heard.packets().iter().map(|packet| packet.payload[1] & 0x80 != 0).collect();
        assert_eq!(ends, [false, false, false, false, false, true, true, true]);
        assert!(heard.packets().windows(2).all(|pair| pair[0].timestamp == pair[1].timestamp));
        assert_eq!(heard.packets()[7].payload[2..], [3, 32], "100 ms at 8 kHz");
    }

    #[test]
    fn a_missing_packet_is_counted_and_heard_as_silence() {
        let packet = |sequence: u16| Packet {
            sequence,
            timestamp: u32::from(sequence) * 160,
            marker: false,
            payload_type: PCMU,
            ssrc: 1,
            payload: vec![0x80; 160],
        };
        let heard = Heard(vec![packet(7), packet(8), packet(10)]);
        assert_eq!(heard.missing(), 1);
        let samples = heard.samples();
        assert_eq!(samples.len(), 640);
        assert!(samples[320..480].iter().all(|sample| *sample == 0) && samples[500] == 32_124);
    }
}
