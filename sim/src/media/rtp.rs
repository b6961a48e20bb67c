//! A person's RTP socket: the voice goes out in packets of 20 ms, the ear takes what comes.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::net::UdpSocket;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use super::{Ear, Heard, Listened, PACKET_SAMPLES, PersonId, Voice};
use crate::limits::{DATAGRAM_BYTES_MAX, PORT_TRIES_MAX};
use crate::sip::sdp::Remote;

/// What went wrong with a media socket.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// No port.
    #[error("no pair of free UDP ports on {0}: {1}")]
    NoPorts(IpAddr, std::io::Error),
}

/// One stream both ways. It is silent until [`Media::speak`], and ends when dropped.
#[derive(Debug)]
pub struct Media {
    local: SocketAddr,
    remote: watch::Sender<Option<Remote>>,
    ear: Arc<Mutex<Option<Ear>>>,
    speaker: watch::Receiver<Option<PersonId>>,
    sent: Arc<Mutex<u64>>,
    task: JoinHandle<()>,
}

impl Media {
    /// Binds an even port for RTP, and the odd one behind it so that no stranger gets the RTCP.
    ///
    /// # Errors
    /// If there is no pair of free ports.
    pub async fn open(
        ip: IpAddr,
        person: PersonId,
        recognises: impl IntoIterator<Item = PersonId>,
    ) -> Result<Self, MediaError> {
        let (socket, control) = bind_pair(ip).await.map_err(|error| MediaError::NoPorts(ip, error))?;
        let local = socket.local_addr().map_err(|error| MediaError::NoPorts(ip, error))?;
        let (ear, speaker) = Ear::new(recognises);
        let ear = Arc::new(Mutex::new(Some(ear)));
        let sent = Arc::new(Mutex::new(0));
        let (remote, wishes) = watch::channel(None);
        let task = tokio::spawn(run(Stream {
            socket,
            _control: control,
            voice: Voice::of(person),
            wishes,
            ear: Arc::clone(&ear),
            sent: Arc::clone(&sent),
        }));
        Ok(Self { local, remote, ear, speaker, sent, task })
    }

    /// Where our audio comes from, and where we want the other's.
    pub const fn local(&self) -> SocketAddr {
        self.local
    }

    /// Speaks to the far end from now on, as its session wants it.
    pub fn speak(&self, remote: Remote) {
        self.remote.send_replace(Some(remote));
    }

    /// The first person recognised.
    pub fn speaker(&self) -> watch::Receiver<Option<PersonId>> {
        self.speaker.clone()
    }

    /// What was heard since the last look.
    pub fn look(&self) -> Listened {
        let mut ear = self.ear.lock().expect("invariant: nobody panics while holding the ear");
        ear.as_mut().map_or_else(Listened::default, |ear| ear.look(Instant::now()))
    }

    /// Ends the stream; what was heard, and how many packets were spoken.
    pub fn close(self) -> (Heard, u64) {
        self.task.abort();
        let ear = self.ear.lock().expect("invariant: nobody panics while holding the ear").take();
        let sent = *self.sent.lock().expect("invariant: nobody panics while holding a number");
        (ear.map(Ear::into_heard).unwrap_or_default(), sent)
    }
}

impl Drop for Media {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Stream {
    socket: UdpSocket,
    _control: UdpSocket,
    voice: Voice,
    wishes: watch::Receiver<Option<Remote>>,
    ear: Arc<Mutex<Option<Ear>>>,
    sent: Arc<Mutex<u64>>,
}

async fn run(stream: Stream) {
    let mut mouth: Option<Mouth> = None;
    let mut wishes = stream.wishes.clone();
    let mut clock = interval(Duration::from_millis(20));
    clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
    loop {
        tokio::select! {
            _ = clock.tick() => {
                if wishes.has_changed().unwrap_or(false) {
                    let remote = *wishes.borrow_and_update();
                    mouth = remote.map(|remote| match mouth.take() {
                        Some(mouth) => mouth.towards(remote, &stream.voice),
                        None => Mouth::new(remote, &stream.voice, stream.socket.local_addr()),
                    });
                }
                if let Some(mouth) = &mut mouth
                    && let Some(packet) = mouth.packet()
                {
                    // A packet that the kernel does not take is lost, as on any network.
                    if stream.socket.send_to(&packet, mouth.remote.media).await.is_ok() {
                        *stream.sent.lock().expect("invariant: nobody panics while holding a number") += 1;
                    }
                }
            }
            received = stream.socket.recv_from(&mut buffer) => {
                let Ok((length, _)) = received else { continue };
                let mut ear = stream.ear.lock().expect("invariant: nobody panics while holding the ear");
                if let Some(ear) = ear.as_mut() {
                    ear.datagram(&buffer[..length], Instant::now());
                }
            }
        }
    }
}

/// The outgoing stream's state (RFC 3550 5.1).
struct Mouth {
    remote: Remote,
    spoken: Arc<[u8]>,
    at: usize,
    sequence: u16,
    timestamp: u32,
    source: u32,
    marked: bool,
}

impl Mouth {
    fn new(remote: Remote, voice: &Voice, local: std::io::Result<SocketAddr>) -> Self {
        // The port tells the streams of one machine apart, without another random choice.
        let source = local.map_or(1, |local| 0x5170_0000 | u32::from(local.port()));
        let spoken = voice.spoken(remote.payload_type);
        Self { remote, spoken, at: 0, sequence: 1, timestamp: 0, source, marked: false }
    }

    fn towards(self, remote: Remote, voice: &Voice) -> Self {
        let spoken = if remote.payload_type == self.remote.payload_type {
            self.spoken
        } else {
            voice.spoken(remote.payload_type)
        };
        Self { remote, spoken, marked: false, ..self }
    }

    /// The next 20 ms; `None` while the far end does not want to hear us.
    fn packet(&mut self) -> Option<Vec<u8>> {
        let timestamp = self.timestamp;
        self.timestamp = self.timestamp.wrapping_add(PACKET_SAMPLES as u32);
        if !self.remote.hears {
            self.marked = false;
            return None;
        }
        let marker = if self.marked { 0 } else { 0x80 };
        self.marked = true;
        let mut packet = Vec::with_capacity(12 + PACKET_SAMPLES);
        packet.extend([0x80, marker | self.remote.payload_type]);
        packet.extend(self.sequence.to_be_bytes());
        packet.extend(timestamp.to_be_bytes());
        packet.extend(self.source.to_be_bytes());
        // The loop is a whole number of packets long.
        packet.extend_from_slice(&self.spoken[self.at..self.at + PACKET_SAMPLES]);
        self.at = (self.at + PACKET_SAMPLES) % self.spoken.len();
        self.sequence = self.sequence.wrapping_add(1);
        Some(packet)
    }
}

async fn bind_pair(ip: IpAddr) -> std::io::Result<(UdpSocket, UdpSocket)> {
    let mut last = None;
    for _ in 0..PORT_TRIES_MAX {
        let first = UdpSocket::bind(SocketAddr::new(ip, 0)).await?;
        let port = first.local_addr()?.port();
        let odd = port % 2 == 1;
        let other = if odd { port - 1 } else { port.saturating_add(1) };
        match UdpSocket::bind(SocketAddr::new(ip, other)).await {
            Ok(second) if odd => return Ok((second, first)),
            Ok(second) => return Ok((first, second)),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| std::io::ErrorKind::AddrInUse.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::sdp::{PCMA, PCMU};

    async fn listened(payload_type: u8) -> (Heard, u64) {
        let ip: IpAddr = "127.0.0.1".parse().expect("an address");
        let seat = Media::open(ip, PersonId::Seat(105), []).await.expect("ports");
        let caller = Media::open(ip, PersonId::Caller(1), [PersonId::Seat(105)]).await.expect("ports");
        assert_eq!(caller.local().port() % 2, 0);
        seat.speak(Remote { media: caller.local(), payload_type, hears: true });
        let mut speaker = caller.speaker();
        let recognised = speaker.wait_for(Option::is_some);
        let recognised = tokio::time::timeout(Duration::from_secs(10), recognised).await.expect("in time");
        assert_eq!(*recognised.expect("an ear"), Some(PersonId::Seat(105)));
        let (_, sent) = seat.close();
        let (heard, _) = caller.close();
        (heard, sent)
    }

    #[tokio::test]
    async fn what_one_says_the_other_hears_in_both_codecs() {
        for payload_type in [PCMU, PCMA] {
            let (heard, sent) = listened(payload_type).await;
            assert!(sent >= heard.packets && heard.packets >= 10, "{sent} sent, {} heard", heard.packets);
            assert_eq!((heard.lost, heard.late, heard.strange), (0, 0, 0));
            assert!(Voice::of(PersonId::Seat(105)).heard_ms(&heard.samples) >= 200);
        }
    }

    #[test]
    fn a_held_stream_keeps_its_clock_and_marks_its_return() {
        let media = "127.0.0.1:4000".parse().expect("an address");
        let voice = Voice::of(PersonId::Seat(101));
        let wants = |hears| Remote { media, payload_type: PCMU, hears };
        let mut mouth = Mouth::new(wants(true), &voice, Ok(media));
        let first = mouth.packet().expect("a packet");
        let second = mouth.packet().expect("a packet");
        let mut mouth = mouth.towards(wants(false), &voice);
        assert_eq!(mouth.packet(), None);
        let mut mouth = mouth.towards(wants(true), &voice);
        let third = mouth.packet().expect("a packet");
        let marks: Vec<u8> = [&first, &second, &third].map(|packet| packet[1] >> 7).to_vec();
        assert_eq!(marks, [1, 0, 1]);
        let sequence = |packet: &[u8]| u16::from_be_bytes([packet[2], packet[3]]);
        let timestamp = |packet: &[u8]| u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]]);
        assert_eq!(sequence(&third), sequence(&second) + 1);
        assert_eq!(timestamp(&third), timestamp(&second) + 320);
    }
}
