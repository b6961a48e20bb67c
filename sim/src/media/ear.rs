//! What a person hears: every packet counted, every sample kept, the voices recognised as they come.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use audio_codec_algorithms::{decode_alaw, decode_ulaw};
use tokio::sync::watch;

use super::{BLOCK_SAMPLES, PACKET_TIME, PersonId, SAMPLE_RATE, SILENCE_RMS, VOICE_SHARE, Voice};
use crate::limits::{HEARD_SAMPLES_MAX, LOST_PACKETS_FILLED_MAX};
use crate::sip::sdp::{PCMA, PCMU};

/// Blocks in a row in which a voice must be heard before it counts: a sung vowel is shorter.
const RECOGNISED_BLOCKS: u32 = 2;

/// Packets out of whose arrival a stream's beginning is taken: one second.
const ONSET_PACKETS: u16 = 50;

/// A listening ear.
#[derive(Debug)]
pub struct Ear {
    voices: BTreeMap<PersonId, Voice>,
    heard: Heard,
    sequence: Option<u16>,
    first_sequence: Option<u16>,
    last_at: Option<Instant>,
    block: Vec<i16>,
    candidate: Option<(PersonId, u32)>,
    speaker: watch::Sender<Option<PersonId>>,
    /// What had been told at the last look.
    told: Listened,
    gap_since_look: Duration,
}

/// What was heard between two looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Listened {
    /// Audio packets.
    pub packets: u64,
    /// Packets that never came, by sequence number.
    pub lost: u64,
    /// Packets that came late or twice.
    pub late: u64,
    /// The longest time between two packets, the time since the last one included.
    pub gap_max: Duration,
}

/// All that was heard.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// Audio packets.
    pub packets: u64,
    /// Packets that never came, by sequence number.
    pub lost: u64,
    /// Packets that came late or twice.
    pub late: u64,
    /// Datagrams that are no RTP of ours.
    pub strange: u64,
    /// The longest time between two packets.
    pub gap_max: Duration,
    /// When the stream began: the earliest that any packet of its first second allows, so that one that was late does
    /// not make it later.
    pub onset: Option<Instant>,
    /// The audio, 8 kHz, packets that were lost as silence.
    pub samples: Vec<i16>,
}

impl Ear {
    /// An ear that recognises these people; the first that was recognised is shown to the receiver.
    pub fn new(people: impl IntoIterator<Item = PersonId>) -> (Self, watch::Receiver<Option<PersonId>>) {
        let (speaker, receiver) = watch::channel(None);
        let voices = people.into_iter().map(|person| (person, Voice::of(person))).collect();
        let ear = Self {
            voices,
            heard: Heard::default(),
            sequence: None,
            first_sequence: None,
            last_at: None,
            block: Vec::with_capacity(BLOCK_SAMPLES),
            candidate: None,
            speaker,
            told: Listened::default(),
            gap_since_look: Duration::ZERO,
        };
        (ear, receiver)
    }

    /// Takes a datagram in.
    pub fn datagram(&mut self, datagram: &[u8], now: Instant) {
        let Some((payload_type, sequence, payload)) = parse(datagram) else {
            self.heard.strange += 1;
            return;
        };
        let decode = match payload_type {
            PCMU => decode_ulaw,
            PCMA => decode_alaw,
            // telephone-event and comfort noise are no sound.
            _ => return,
        };
        let missing = match self.sequence {
            None => 0,
            Some(last) => match sequence.wrapping_sub(last) {
                0 | 0x8000.. => {
                    self.heard.late += 1;
                    return;
                }
                step => step - 1,
            },
        };
        self.sequence = Some(sequence);
        let place = sequence.wrapping_sub(*self.first_sequence.get_or_insert(sequence));
        if place < ONSET_PACKETS {
            let onset = now.checked_sub(PACKET_TIME * u32::from(place));
            self.heard.onset = [self.heard.onset, onset].into_iter().flatten().min();
        }
        self.heard.packets += 1;
        self.heard.lost += u64::from(missing);
        if missing <= LOST_PACKETS_FILLED_MAX {
            self.keep((0..usize::from(missing) * payload.len()).map(|_| 0));
        }
        if let Some(last) = self.last_at.replace(now) {
            self.heard.gap_max = self.heard.gap_max.max(now - last);
            self.gap_since_look = self.gap_since_look.max(now - last);
        }
        self.keep(payload.iter().map(|byte| decode(*byte)));
    }

    /// What was heard since the last look.
    pub fn look(&mut self, now: Instant) -> Listened {
        let silent = self.last_at.map_or(Duration::ZERO, |last| now - last);
        let gap_max = std::mem::take(&mut self.gap_since_look).max(silent);
        let all = Listened {
            packets: self.heard.packets,
            lost: self.heard.lost,
            late: self.heard.late,
            gap_max: Duration::ZERO,
        };
        let before = std::mem::replace(&mut self.told, all);
        Listened {
            packets: all.packets - before.packets,
            lost: all.lost - before.lost,
            late: all.late - before.late,
            gap_max,
        }
    }

    /// All that was heard.
    pub fn into_heard(self) -> Heard {
        self.heard
    }

    fn keep(&mut self, samples: impl Iterator<Item = i16>) {
        for sample in samples {
            if self.heard.samples.len() < HEARD_SAMPLES_MAX {
                self.heard.samples.push(sample);
            }
            self.block.push(sample);
            if self.block.len() == BLOCK_SAMPLES {
                self.recognise();
                self.block.clear();
            }
        }
    }

    fn recognise(&mut self) {
        if self.speaker.borrow().is_some() || is_silent(&self.block) {
            return;
        }
        let speaker = self
            .voices
            .iter()
            .find(|(_, voice)| voice.share(&self.block) >= VOICE_SHARE)
            .map(|(person, _)| *person);
        self.candidate = speaker.map(|person| match self.candidate {
            Some((before, blocks)) if before == person => (person, blocks + 1),
            Some(_) | None => (person, 1),
        });
        if let Some((person, RECOGNISED_BLOCKS..)) = self.candidate {
            self.speaker.send_replace(Some(person));
        }
    }
}

/// Payload type, sequence number and payload of an RTP packet (RFC 3550 5.1); `None`: it is none.
fn parse(datagram: &[u8]) -> Option<(u8, u16, &[u8])> {
    let [first, second, sequence_high, sequence_low, ..] = datagram else { return None };
    if first >> 6 != 2 {
        return None;
    }
    let mut start = 12 + 4 * usize::from(first & 0x0f);
    if first & 0x10 != 0 {
        let words = datagram.get(start + 2..start + 4)?;
        start += 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]]));
    }
    let mut end = datagram.len();
    if first & 0x20 != 0 {
        end = end.checked_sub(usize::from(*datagram.last()?))?;
    }
    let payload = datagram.get(start..end)?;
    Some((second & 0x7f, u16::from_be_bytes([*sequence_high, *sequence_low]), payload))
}

/// Whether a block is silence.
pub(crate) fn is_silent(samples: &[i16]) -> bool {
    rms(samples) < SILENCE_RMS
}

/// Root mean square, 0 to 32,768; 0 for no samples.
pub fn rms(samples: &[i16]) -> f64 {
    if samples.is_empty() {
        return 0.0;
    }
    let energy: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    (energy / samples.len() as f64).sqrt()
}

/// How much of the samples is sound, in milliseconds: whole blocks of 100 ms that are no silence.
pub fn sound_ms(samples: &[i16]) -> u64 {
    let blocks = samples.chunks_exact(BLOCK_SAMPLES).filter(|block| !is_silent(block)).count();
    (blocks * BLOCK_SAMPLES * 1_000 / SAMPLE_RATE) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::Range;

    fn packet(sequence: u16, payload: &[u8]) -> Vec<u8> {
        let mut packet = vec![0x80, 0];
        packet.extend(sequence.to_be_bytes());
        packet.extend([0; 8]);
        packet.extend(payload);
        packet
    }

    /// Says the voice's packets of this range.
    fn say(ear: &mut Ear, person: PersonId, packets: Range<u16>, first_sequence: u16) {
        let spoken = Voice::of(person).spoken(PCMU);
        for index in packets {
            let start = usize::from(index) * 160 % spoken.len();
            let packet = packet(first_sequence.wrapping_add(index), &spoken[start..start + 160]);
            ear.datagram(&packet, Instant::now());
        }
    }

    #[test]
    fn the_first_speaker_is_recognised_after_two_blocks() {
        let (mut ear, speaker) = Ear::new([PersonId::Seat(101), PersonId::Seat(102)]);
        say(&mut ear, PersonId::Seat(102), 0..9, 65_530);
        assert_eq!(*speaker.borrow(), None);
        say(&mut ear, PersonId::Seat(102), 9..10, 65_530);
        assert_eq!(*speaker.borrow(), Some(PersonId::Seat(102)));
        say(&mut ear, PersonId::Seat(101), 0..20, 4);
        assert_eq!(*speaker.borrow(), Some(PersonId::Seat(102)));
        assert_eq!(ear.into_heard().lost, 0);
    }

    #[test]
    fn lost_late_and_strange_packets_are_counted() {
        let (mut ear, _speaker) = Ear::new([]);
        say(&mut ear, PersonId::Seat(101), 0..2, 1);
        say(&mut ear, PersonId::Seat(101), 0..1, 5);
        say(&mut ear, PersonId::Seat(101), 0..1, 2);
        ear.datagram(b"garbage garbage", Instant::now());
        ear.datagram(&[0x80], Instant::now());
        let heard = ear.into_heard();
        assert_eq!((heard.packets, heard.lost, heard.late, heard.strange), (3, 2, 1, 2));
        assert_eq!(heard.samples.len(), 5 * 160);
        assert!(is_silent(&heard.samples[2 * 160..4 * 160]));
        assert!(!is_silent(&heard.samples[4 * 160..]));
    }

    #[test]
    fn a_look_tells_what_came_since_the_last_one() {
        let (mut ear, _speaker) = Ear::new([]);
        let start = Instant::now();
        ear.datagram(&packet(1, &[0; 160]), start);
        ear.datagram(&packet(4, &[0; 160]), start + Duration::from_millis(300));
        let looked = ear.look(start + Duration::from_millis(310));
        let gap_max = Duration::from_millis(300);
        assert_eq!(looked, Listened { packets: 2, lost: 2, late: 0, gap_max });
        ear.datagram(&packet(5, &[0; 160]), start + Duration::from_millis(320));
        let looked = ear.look(start + Duration::from_millis(400));
        let gap_max = Duration::from_millis(80);
        assert_eq!(looked, Listened { packets: 1, lost: 0, late: 0, gap_max });
    }

    #[test]
    fn a_stream_begins_where_its_earliest_packet_says_and_not_where_a_late_one_does() {
        let (mut ear, _speaker) = Ear::new([]);
        let start = Instant::now() + Duration::from_secs(1);
        let millis = Duration::from_millis;
        ear.datagram(&packet(65_535, &[0; 160]), start + millis(9));
        ear.datagram(&packet(0, &[0; 160]), start + millis(20));
        ear.datagram(&packet(1, &[0; 160]), start + millis(43));
        // After the first second another stream may follow.
        ear.datagram(&packet(60, &[0; 160]), start + millis(100));
        assert_eq!(ear.into_heard().onset, Some(start));
    }

    #[test]
    fn headers_with_sources_extension_and_padding_are_read_past() {
        let mut packet = vec![0xb1, 0x80, 0, 7];
        packet.extend([0; 8]);
        packet.extend([1, 1, 1, 1]);
        packet.extend([0, 0, 0, 1, 9, 9, 9, 9]);
        packet.extend([0x55, 0x66, 0, 2]);
        assert_eq!(parse(&packet), Some((0, 7, &[0x55, 0x66][..])));
        packet.truncate(14);
        assert_eq!(parse(&packet), None);
    }
}
