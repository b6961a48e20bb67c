//! Steps of the wall clock: what stamps skipped is in no length of time (`docs/decisions/skipped-time-is-nobodys.md`).

use std::time::Duration;

use acd_core::Timestamp;

use super::slots::ms_between;

/// The wall clock was stepped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClockStep {
    /// The first stamp after the step.
    pub at: Timestamp,
    /// By how many milliseconds (positive: forward).
    pub step_ms: i64,
    /// The time before that stamp that stamps skipped.
    pub skipped: Duration,
}

impl ClockStep {
    /// The last stamp before the step: from here to [`Self::at`] no time passed.
    pub fn from(&self) -> Timestamp {
        self.at - self.skipped
    }
}

/// What of [from, to) passed, piece by piece. `steps` are oldest first.
pub(super) fn lived(
    steps: &[ClockStep],
    from: Timestamp,
    to: Timestamp,
) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
    let first = steps.partition_point(|it| it.at <= from);
    let within = steps.get(first..).unwrap_or_default().iter().take_while(move |it| it.from() < to);
    let begins = std::iter::once(from).chain(within.clone().map(|it| it.at));
    let ends = within.map(ClockStep::from).chain(std::iter::once(to));
    begins.zip(ends).filter(|(from, to)| from < to)
}

/// The milliseconds of [from, to) that passed.
pub(crate) fn lived_ms(steps: &[ClockStep], from: Timestamp, to: Timestamp) -> u64 {
    lived(steps, from, to).map(|(from, to)| ms_between(from, to)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    fn step(at_ms: i64, skipped_ms: u64) -> ClockStep {
        let skipped = Duration::from_millis(skipped_ms);
        ClockStep { at: at(at_ms), step_ms: i64::try_from(skipped_ms).expect("small"), skipped }
    }

    #[test]
    fn what_was_skipped_is_left_out_wherever_an_interval_begins_and_ends() {
        // 100 to 200 and 300 to 350 were skipped; at 400 the clock was put back.
        let steps = [step(200, 100), step(350, 50), ClockStep { step_ms: -7, ..step(400, 0) }];
        let pieces = |from, to| -> Vec<(i64, i64)> {
            lived(&steps, at(from), at(to)).map(|(from, to)| (from.as_millis(), to.as_millis())).collect()
        };
        assert_eq!(pieces(0, 90), [(0, 90)]);
        assert_eq!(pieces(0, 150), [(0, 100)]);
        assert_eq!(pieces(0, 200), [(0, 100)]);
        assert_eq!(pieces(150, 250), [(200, 250)]);
        assert_eq!(pieces(200, 250), [(200, 250)]);
        assert_eq!(pieces(120, 180), []);
        assert_eq!(pieces(0, 500), [(0, 100), (200, 300), (350, 400), (400, 500)]);
        assert_eq!(lived_ms(&steps, at(0), at(500)), 350);
        assert_eq!(lived_ms(&steps, at(10), at(5)), 0);
    }
}
