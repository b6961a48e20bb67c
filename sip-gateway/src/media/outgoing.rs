//! What goes out on a leg: one SSRC for life, one row of sequence numbers and timestamps over guidance, waiting, bridge
//! and hold, so that the far end's jitter buffer never starts anew.

use super::limits::PACKET_MICROS;
use super::reception::Place;
use super::rtp::OutgoingHeader;
use super::time::Moment;

/// The sender's side of one leg.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    ssrc: u32,
    /// Number of the next packet, without its wraps.
    next_sequence: u64,
    /// Timestamp that follows the last packet without a pause.
    next_timestamp: u32,
    /// When the packet that follows without a pause is due; `None` before the first.
    due: Option<Moment>,
    packets: u64,
    octets: u64,
}

/// Number, timestamp and marker of one packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stamp {
    sequence: u64,
    pub(super) timestamp: u32,
    pub(super) marker: bool,
}

impl Stamp {
    /// The number on the wire.
    pub(super) const fn sequence(self) -> u16 {
        self.sequence as u16
    }

    /// The same with the source's marker beside ours.
    pub(super) const fn with_marker(mut self, marker: bool) -> Self {
        self.marker |= marker;
        self
    }
}

impl Outgoing {
    /// A stream that starts at random values (RFC 3550 5.1), of which two draws are given.
    pub(super) fn new(ssrc: u32, draw: u64) -> Self {
        Self {
            ssrc,
            next_sequence: 0x1_0000 + (draw & 0x7FFF),
            next_timestamp: (draw >> 32) as u32,
            due: None,
            packets: 0,
            octets: 0,
        }
    }

    /// The stream's name on the wire.
    pub(super) const fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// Packets sent.
    pub(super) const fn packets(&self) -> u64 {
        self.packets
    }

    /// Payload bytes sent.
    pub(super) const fn octets(&self) -> u64 {
        self.octets
    }

    /// The timestamp of this instant, for a sender report.
    pub(super) fn timestamp_at(&self, now: Moment) -> u32 {
        self.due.map_or(self.next_timestamp, |due| {
            if now >= due {
                self.next_timestamp.wrapping_add(now.samples_since(due) as u32)
            } else {
                self.next_timestamp.wrapping_sub(due.samples_since(now) as u32)
            }
        })
    }

    /// The stamp of a packet that follows the last one after a pause; the timestamp moves by the time that passed.
    pub(super) fn talkspurt(&self, now: Moment) -> Stamp {
        let pause = self.due.map_or(0, |due| now.samples_since(due));
        Stamp {
            sequence: self.next_sequence,
            timestamp: self.next_timestamp.wrapping_add(pause as u32),
            marker: true,
        }
    }

    /// The stamp of a packet that follows the last one at once.
    pub(super) const fn continued(&self) -> Stamp {
        Stamp { sequence: self.next_sequence, timestamp: self.next_timestamp, marker: false }
    }

    /// The header of a packet.
    pub(super) const fn header(&self, stamp: Stamp, payload_type: u8) -> OutgoingHeader {
        OutgoingHeader {
            payload_type,
            marker: stamp.marker,
            sequence: stamp.sequence(),
            timestamp: stamp.timestamp,
            ssrc: self.ssrc,
        }
    }

    /// Takes note of a packet that was sent: of how many samples it lasts, and of its payload's bytes.
    pub(super) fn note_sent(&mut self, stamp: Stamp, samples: usize, payload_bytes: usize, now: Moment) {
        self.packets += 1;
        self.octets += payload_bytes as u64;
        let after = stamp.timestamp.wrapping_add(samples as u32);
        if stamp.sequence >= self.next_sequence {
            self.next_sequence = stamp.sequence + 1;
            self.due = Some(now + PACKET_MICROS);
        }
        if (after.wrapping_sub(self.next_timestamp) as i32) > 0 {
            self.next_timestamp = after;
        }
    }
}

/// How the packets of a bridged source become packets of this leg: numbers and timestamps move by a constant, so that
/// what the source lost stays lost and what came out of order stays so. Anchored anew whenever the source changes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Relay {
    anchor: Option<Anchor>,
}

#[derive(Clone, Copy, Debug)]
struct Anchor {
    source: u64,
    generation: u32,
    /// Older packets of the source would get numbers that are taken.
    floor: u64,
    sequence_offset: i64,
    timestamp_offset: u32,
}

impl Relay {
    /// Forgets the source; the next packet begins a talkspurt.
    pub(super) const fn release(&mut self) {
        self.anchor = None;
    }

    /// The stamp of a source's packet; `None` if it is too late to be sent.
    pub(super) fn stamp(
        &mut self,
        outgoing: &Outgoing,
        source: u64,
        place: Place,
        timestamp: u32,
        now: Moment,
    ) -> Option<Stamp> {
        if let Some(anchor) = self.anchor
            && anchor.source == source
            && anchor.generation == place.generation
        {
            if place.sequence < anchor.floor {
                return None;
            }
            return Some(Stamp {
                sequence: place.sequence.wrapping_add_signed(anchor.sequence_offset),
                timestamp: timestamp.wrapping_add(anchor.timestamp_offset),
                marker: false,
            });
        }
        let stamp = outgoing.talkspurt(now);
        self.anchor = Some(Anchor {
            source,
            generation: place.generation,
            floor: place.sequence,
            sequence_offset: stamp.sequence.wrapping_sub(place.sequence) as i64,
            timestamp_offset: stamp.timestamp.wrapping_sub(timestamp),
        });
        Some(stamp)
    }

    /// Takes note of a source's packet that this leg is not to have, so that it does not look lost.
    pub(super) const fn skip(&mut self, place: Place) {
        if let Some(anchor) = &mut self.anchor
            && anchor.generation == place.generation
            && place.sequence >= anchor.floor
        {
            anchor.floor = place.sequence + 1;
            anchor.sequence_offset -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::limits::PACKET_SAMPLES;

    fn place(sequence: u64) -> Place {
        Place { sequence, generation: 1 }
    }

    fn at(packets: u64) -> Moment {
        Moment::from_micros(packets * PACKET_MICROS)
    }

    fn send(outgoing: &mut Outgoing, stamp: Stamp, now: Moment) -> (u16, u32) {
        outgoing.note_sent(stamp, PACKET_SAMPLES, PACKET_SAMPLES, now);
        (stamp.sequence(), stamp.timestamp)
    }

    #[test]
    fn a_pause_moves_the_timestamp_and_not_the_number() {
        let mut outgoing = Outgoing::new(1, 0);
        let stamp = outgoing.talkspurt(at(0));
        assert_eq!(send(&mut outgoing, stamp, at(0)), (0, 0));
        let stamp = outgoing.continued();
        assert_eq!(send(&mut outgoing, stamp, at(1)), (1, 160));
        let stamp = outgoing.talkspurt(at(10));
        assert!(stamp.marker);
        assert_eq!(send(&mut outgoing, stamp, at(10)), (2, 1_600));
        assert_eq!(outgoing.timestamp_at(at(10)), 1_600);
        assert_eq!(outgoing.timestamp_at(at(12)), 1_920);
        assert_eq!((outgoing.packets(), outgoing.octets()), (3, 480));
    }

    #[test]
    fn loss_and_order_of_the_source_are_kept() {
        let mut outgoing = Outgoing::new(1, 0);
        let mut relay = Relay::default();
        let mut seen = Vec::new();
        for (step, sequence) in [500u64, 502, 501, 505].into_iter().enumerate() {
            let now = at(step as u64);
            let stamp = relay
                .stamp(&outgoing, 9, place(sequence), (sequence * 160) as u32, now)
                .expect("not older than the first");
            seen.push((send(&mut outgoing, stamp, now), stamp.marker));
        }
        assert_eq!(seen, [((0, 0), true), ((2, 320), false), ((1, 160), false), ((5, 800), false)]);
        assert_eq!(outgoing.continued().sequence(), 6);
        assert_eq!(relay.stamp(&outgoing, 9, place(499), 0, at(9)), None);
    }

    #[test]
    fn another_source_goes_on_where_the_last_one_ended() {
        let mut outgoing = Outgoing::new(1, 0);
        let mut relay = Relay::default();
        let stamp = relay.stamp(&outgoing, 9, place(500), 77, at(0)).expect("first");
        send(&mut outgoing, stamp, at(0));
        let other = relay.stamp(&outgoing, 8, place(3), 1_000_000, at(5)).expect("first");
        assert_eq!((other.sequence(), other.timestamp, other.marker), (1, 800, true));
    }

    #[test]
    fn what_is_kept_back_leaves_no_hole() {
        let mut outgoing = Outgoing::new(1, 0);
        let mut relay = Relay::default();
        let mut numbers = Vec::new();
        for sequence in 100..110u64 {
            if (103..106).contains(&sequence) {
                relay.skip(place(sequence));
                continue;
            }
            let stamp = relay.stamp(&outgoing, 9, place(sequence), 0, at(sequence)).expect("in order");
            numbers.push(send(&mut outgoing, stamp, at(sequence)).0);
        }
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(relay.stamp(&outgoing, 9, place(102), 0, at(200)), None, "its number is taken");
    }
}
