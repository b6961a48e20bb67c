//! What arrives on a leg: order, loss and jitter (RFC 3550 A.1, A.3, A.8), and where one stream ends and another begins.

use super::limits::{SEQUENCE_DROPOUT, SEQUENCE_MISORDER, TIMESTAMP_JUMP_SAMPLES};
use super::rtp::Header;
use super::time::Moment;

/// A packet's place in its stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    /// The sequence number without its wraps.
    pub(super) sequence: u64,
    /// Changes whenever numbers or timestamps start anew: another SSRC, a jump of either.
    pub(super) generation: u32,
}

/// The receiver's side of one leg.
#[derive(Clone, Debug, Default)]
pub(super) struct Reception {
    stream: Option<Stream>,
    generation: u32,
    received_before: u64,
    lost_before: u64,
    jitter_before: u32,
}

#[derive(Clone, Debug)]
struct Stream {
    ssrc: u32,
    first: u64,
    highest: u64,
    received: u64,
    /// What would follow a packet that jumped; if it comes, the source has restarted.
    after_jump: Option<u16>,
    audio: Option<Audio>,
    /// Jitter times 16, in samples.
    jitter_scaled: u32,
    expected_at_report: u64,
    received_at_report: u64,
}

#[derive(Clone, Copy, Debug)]
struct Audio {
    timestamp: u32,
    arrival: Moment,
}

/// The figures of a report block (RFC 3550 6.4.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct ReceptionReport {
    pub(super) ssrc: u32,
    pub(super) fraction_lost: u8,
    pub(super) lost: u64,
    pub(super) highest_sequence: u32,
    pub(super) jitter_samples: u32,
}

impl Reception {
    /// Takes note of a packet. `None`: its number is so far off that it may be a stray; the next decides.
    pub(super) fn note(&mut self, header: &Header, is_audio: bool, now: Moment) -> Option<Place> {
        let same_source = self.stream.as_ref().is_some_and(|stream| stream.ssrc == header.ssrc);
        if !same_source {
            self.begin(header);
        }
        let stream = self.stream.as_mut()?;
        let ahead = header.sequence.wrapping_sub(stream.highest as u16);
        let sequence = if ahead < SEQUENCE_DROPOUT {
            stream.highest += u64::from(ahead);
            stream.highest
        } else if ahead > u16::MAX - SEQUENCE_MISORDER {
            stream.highest - u64::from(ahead.wrapping_neg())
        } else if stream.after_jump == Some(header.sequence) {
            self.begin(header);
            return self.note(header, is_audio, now);
        } else {
            stream.after_jump = Some(header.sequence.wrapping_add(1));
            return None;
        };
        stream.after_jump = None;
        stream.received += 1;
        if is_audio && stream.note_audio(header.timestamp, now) {
            self.generation += 1;
        }
        Some(Place { sequence, generation: self.generation })
    }

    fn begin(&mut self, header: &Header) {
        if let Some(ended) = self.stream.take() {
            self.received_before += ended.received;
            self.lost_before += ended.lost();
            self.jitter_before = ended.jitter_scaled;
            self.generation += 1;
        }
        // One wrap up, so that what overtook the first packet has a number too.
        let first = u64::from(header.sequence) + 0x1_0000;
        self.stream = Some(Stream {
            ssrc: header.ssrc,
            first,
            highest: first,
            received: 0,
            after_jump: None,
            audio: None,
            jitter_scaled: self.jitter_before,
            expected_at_report: 0,
            received_at_report: 0,
        });
    }

    /// Valid packets so far.
    pub(super) fn received(&self) -> u64 {
        self.received_before + self.stream.as_ref().map_or(0, |stream| stream.received)
    }

    /// Packets that never came, by sequence number.
    pub(super) fn lost(&self) -> u64 {
        self.lost_before + self.stream.as_ref().map_or(0, Stream::lost)
    }

    /// Interarrival jitter in microseconds.
    pub(super) fn jitter_micros(&self) -> u32 {
        let scaled = self.stream.as_ref().map_or(self.jitter_before, |stream| stream.jitter_scaled);
        (u64::from(scaled) * 125 / 16).try_into().unwrap_or(u32::MAX)
    }

    /// The figures for a report, counted from the report before; `None` if nothing has come.
    pub(super) fn report(&mut self) -> Option<ReceptionReport> {
        let stream = self.stream.as_mut().filter(|stream| stream.received > 0)?;
        let expected = stream.expected();
        let expected_now = expected - stream.expected_at_report;
        let lost_now = expected_now.saturating_sub(stream.received - stream.received_at_report);
        (stream.expected_at_report, stream.received_at_report) = (expected, stream.received);
        let fraction_lost = (lost_now * 256).checked_div(expected_now).unwrap_or(0).min(255) as u8;
        Some(ReceptionReport {
            ssrc: stream.ssrc,
            fraction_lost,
            lost: stream.lost(),
            highest_sequence: (stream.highest - 0x1_0000) as u32,
            jitter_samples: stream.jitter_scaled / 16,
        })
    }
}

impl Stream {
    const fn expected(&self) -> u64 {
        self.highest - self.first + 1
    }

    const fn lost(&self) -> u64 {
        if self.received == 0 { 0 } else { self.expected().saturating_sub(self.received) }
    }

    /// Follows the source's clock; true if its timestamps have jumped.
    fn note_audio(&mut self, timestamp: u32, now: Moment) -> bool {
        let Some(before) = self.audio.replace(Audio { timestamp, arrival: now }) else {
            return false;
        };
        let stepped = i64::from(timestamp.wrapping_sub(before.timestamp) as i32);
        let passed = i64::try_from(now.samples_since(before.arrival)).unwrap_or(i64::MAX);
        let difference = stepped.abs_diff(passed);
        if difference > TIMESTAMP_JUMP_SAMPLES {
            return true;
        }
        // RFC 3550 A.8, in integers.
        self.jitter_scaled = self.jitter_scaled + difference as u32 - ((self.jitter_scaled + 8) >> 4);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(ssrc: u32, sequence: u16, timestamp: u32) -> Header {
        Header { payload_type: 0, marker: false, sequence, timestamp, ssrc, payload: 12..172 }
    }

    fn at(packets: u64) -> Moment {
        Moment::from_micros(packets * 20_000)
    }

    #[test]
    fn numbers_go_on_over_the_wrap_and_loss_is_counted() {
        let mut reception = Reception::default();
        for (step, sequence) in [65_533u16, 65_534, 0, 1].into_iter().enumerate() {
            let place = reception.note(&packet(1, sequence, sequence.into()), false, at(step as u64));
            assert!(place.is_some());
        }
        assert_eq!((reception.received(), reception.lost()), (4, 1));
        let late = reception.note(&packet(1, 65_535, 0), false, at(5)).expect("late, not stray");
        assert_eq!(late.sequence, 0x1_FFFF);
        assert_eq!(reception.lost(), 0);
    }

    #[test]
    fn a_jump_needs_two_packets_and_begins_a_generation() {
        let mut reception = Reception::default();
        let first = reception.note(&packet(1, 10, 0), true, at(0)).expect("first");
        assert_eq!(reception.note(&packet(1, 20_000, 160), true, at(1)), None);
        let again = reception.note(&packet(1, 20_001, 320), true, at(2)).expect("restart");
        assert_eq!(again.generation, first.generation + 1);
        assert_eq!(reception.lost(), 0);
    }

    #[test]
    fn another_source_or_clock_begins_a_generation() {
        let mut reception = Reception::default();
        let first = reception.note(&packet(1, 10, 1_000), true, at(0)).expect("first");
        let other = reception.note(&packet(2, 90, 5), true, at(1)).expect("other source");
        assert_eq!(other.generation, first.generation + 1);
        let jumped = reception.note(&packet(2, 91, 900_000), true, at(2)).expect("jump");
        assert_eq!(jumped.generation, other.generation + 1);
        // A pause of speech: the timestamp goes on with the time.
        let paused = reception.note(&packet(2, 92, 900_000 + 160 * 500), true, at(502)).expect("pause");
        assert_eq!(paused.generation, jumped.generation);
    }

    #[test]
    fn jitter_follows_the_rfc() {
        let mut reception = Reception::default();
        // Every second packet 10 ms (80 samples) late: |D| is 80 each time, so J tends to 80 samples = 10 ms.
        for step in 0..400u64 {
            let late = if step % 2 == 0 { 0 } else { 10_000 };
            let _ = reception.note(
                &packet(1, step as u16, step as u32 * 160),
                true,
                Moment::from_micros(step * 20_000 + late),
            );
        }
        let jitter = reception.jitter_micros();
        assert!((9_500..=10_500).contains(&jitter), "{jitter}");
    }

    #[test]
    fn a_report_covers_the_time_since_the_one_before() {
        let mut reception = Reception::default();
        assert_eq!(reception.report(), None);
        for sequence in [0u16, 1, 3] {
            let _ = reception.note(&packet(7, sequence, 0), false, at(0));
        }
        let report = reception.report().expect("received");
        assert_eq!((report.ssrc, report.fraction_lost, report.lost, report.highest_sequence), (7, 64, 1, 3));
        let _ = reception.note(&packet(7, 4, 0), false, at(0));
        let report = reception.report().expect("received");
        assert_eq!((report.fraction_lost, report.lost), (0, 1));
    }
}
