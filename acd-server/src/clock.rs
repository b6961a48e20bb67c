//! The one clock: it stamps every input in whole milliseconds, and that stamp drives timers, journal and reports.
//!
//! Stamps run with the monotonic clock, anchored to the wall clock once, so that nobody who sets the time stops a
//! ringing timer. A difference that arises later is slewed: stamps run a fiftieth faster or slower until they agree,
//! which no ear and no form can tell. A step of the wall clock by more than a second is reported, since operations
//! must know of it; forward it is followed at once, backward it is slewed like the rest, since stamps never go back.
//!
//! What is a length of time and no time of day (SIP's timers, registrations, patience) runs by [`Clock::steady`], which
//! knows no steps: whoever sets the clock an hour on ends no session and no registration.

use std::time::{Duration, Instant, SystemTime};

use acd_core::Timestamp;

use crate::limits::{CLOCK_SLEW_DIVISOR, CLOCK_STEP_MIN_US};

/// Both clocks, read together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reading {
    /// Since an instant of the machine's choice; never goes back.
    pub monotonic: Duration,
    /// Microseconds since the Unix epoch; may jump.
    pub wall_us: i64,
}

/// An input's stamp.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stamp {
    /// The instant, truncated to whole milliseconds; never before the stamp that came before.
    pub time: Timestamp,
    /// The wall clock was stepped since the stamp before.
    pub step: Option<Step>,
}

/// A step of the wall clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// By how many milliseconds (positive: forward).
    pub step_ms: i64,
    /// How far the stamps jumped with it, in whole milliseconds.
    pub skipped: Duration,
}

/// The clock without its sources: readings in, stamps out.
#[derive(Clone, Debug)]
pub struct Discipline {
    /// Stamps are the monotonic reading and this.
    offset_us: i64,
    /// What the wall clock showed beyond the monotonic one at the last reading.
    wall_offset_us: i64,
    monotonic_us: i64,
    /// Up to here the time that passed has been used for slewing; a loop's stamps are too close for a fiftieth each.
    slewed_us: i64,
    last: Timestamp,
}

impl Discipline {
    /// Anchors stamps to the wall clock, or to `not_before` if that is later: the last stamp of the life before, which
    /// no stamp of this one may precede.
    pub fn new(reading: Reading, not_before: Option<Timestamp>) -> Self {
        let monotonic_us = micros(reading.monotonic);
        let earliest_us = not_before.map_or(i64::MIN, |time| time.as_millis().saturating_mul(1_000));
        let start_us = reading.wall_us.max(earliest_us);
        Self {
            offset_us: start_us - monotonic_us,
            wall_offset_us: reading.wall_us - monotonic_us,
            monotonic_us,
            slewed_us: monotonic_us,
            last: Timestamp::from_millis(start_us.div_euclid(1_000)),
        }
    }

    /// The stamp at a reading.
    pub fn stamp(&mut self, reading: Reading) -> Stamp {
        self.monotonic_us = self.monotonic_us.max(micros(reading.monotonic));

        let wall_offset_us = reading.wall_us - self.monotonic_us;
        let step_us = wall_offset_us - self.wall_offset_us;
        self.wall_offset_us = wall_offset_us;
        let stepped = step_us.abs() > CLOCK_STEP_MIN_US;
        let offset_us = self.offset_us;
        if stepped && step_us > 0 {
            // What was left to slew stays to be slewed, but stamps that are ahead need not be pushed further ahead.
            self.offset_us = self.offset_us.max((self.offset_us + step_us).min(wall_offset_us));
        }
        let skipped_us = (self.offset_us - offset_us).unsigned_abs();
        let slew_us = (self.monotonic_us - self.slewed_us) / CLOCK_SLEW_DIVISOR;
        self.slewed_us += slew_us * CLOCK_SLEW_DIVISOR;
        self.offset_us += (wall_offset_us - self.offset_us).clamp(-slew_us, slew_us);

        let time = Timestamp::from_millis((self.monotonic_us + self.offset_us).div_euclid(1_000));
        self.last = self.last.max(time);
        let skipped = Duration::from_millis(skipped_us / 1_000);
        Stamp { time: self.last, step: stepped.then_some(Step { step_ms: step_us / 1_000, skipped }) }
    }

    /// How far stamps are ahead of the wall clock (negative: behind) and still have to be slewed, in milliseconds.
    pub const fn ahead_ms(&self) -> i64 {
        (self.offset_us - self.wall_offset_us) / 1_000
    }
}

/// The clock of a running switch.
#[derive(Debug)]
pub struct Clock {
    anchor: Instant,
    /// Added to the wall clock where `--clock-start` wants the time to be elsewhere.
    shift_us: i64,
    discipline: Discipline,
    /// Where [`Self::steady`] began.
    start: Timestamp,
    /// A step that has not been looked at, and the first stamp that knows of it.
    step: Option<(Step, Timestamp)>,
}

impl Clock {
    /// Starts the clock: now at `start` if that is given (`--clock-start`), and not before the last stamp that the
    /// journal knows.
    pub fn start(start: Option<Timestamp>, not_before: Option<Timestamp>) -> Self {
        let anchor = Instant::now();
        let wall_us = wall_us();
        let shift_us = start.map_or(0, |start| start.as_millis().saturating_mul(1_000) - wall_us);
        let reading = Reading { monotonic: Duration::ZERO, wall_us: wall_us + shift_us };
        let discipline = Discipline::new(reading, not_before);
        Self { anchor, shift_us, start: discipline.last, discipline, step: None }
    }

    /// Stamps an input that is being received now.
    pub fn now(&mut self) -> Timestamp {
        let reading = Reading { monotonic: self.anchor.elapsed(), wall_us: wall_us() + self.shift_us };
        let stamp = self.discipline.stamp(reading);
        if let Some(step) = stamp.step {
            let none = Step { step_ms: 0, skipped: Duration::ZERO };
            let (before, at) = self.step.unwrap_or((none, stamp.time));
            let step_ms = before.step_ms + step.step_ms;
            self.step = Some((Step { step_ms, skipped: before.skipped + step.skipped }, at));
        }
        stamp.time
    }

    /// By how much the wall clock had been stepped at a stamp, once: the input `WallClockStepped` is due then, before any
    /// other with that stamp.
    pub fn take_step(&mut self, at: Timestamp) -> Option<Step> {
        let (step, _) = self.step.take_if(|(_, first)| *first <= at)?;
        (step.step_ms != 0 || !step.skipped.is_zero()).then_some(step)
    }

    /// The time that has passed, put as an instant: where stamps began, and from there on at the monotonic clock's pace.
    pub fn steady(&self) -> Timestamp {
        self.start + self.anchor.elapsed()
    }

    /// How far `--clock-start` put the clock from the machine's, in milliseconds.
    pub const fn shift_ms(&self) -> i64 {
        self.shift_us / 1_000
    }

    /// How long to wait for a deadline of the core, measured from the last stamp.
    pub fn until(&self, deadline: Timestamp) -> Duration {
        deadline.since(self.discipline.last)
    }

    /// As [`Discipline::ahead_ms`].
    pub const fn ahead_ms(&self) -> i64 {
        self.discipline.ahead_ms()
    }
}

/// Reads an instant of the command line, as RFC 3339 has it: `2026-11-21T18:00:00+09:00`.
///
/// # Errors
/// If the text is not RFC 3339 or has no offset; the message shows one that is right.
pub fn parse_instant(text: &str) -> Result<Timestamp, InstantError> {
    text.parse::<jiff::Timestamp>()
        .map(|time| Timestamp::from_millis(time.as_millisecond()))
        .map_err(|_| InstantError { text: text.to_owned() })
}

/// A text is no instant.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("'{text}' is no instant; write it as 2026-11-21T18:00:00+09:00")]
pub struct InstantError {
    text: String,
}

/// What the machine's clock says, for who has no [`Clock`] because no switch runs.
pub fn wall_clock() -> Timestamp {
    Timestamp::from_millis(wall_us().div_euclid(1_000))
}

fn wall_us() -> i64 {
    let micros = |duration: Duration| i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
    match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => micros(since),
        Err(error) => -micros(error.duration()),
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const START_US: i64 = 1_795_256_400_000_000;

    fn reading(monotonic_us: i64, wall_us: i64) -> Reading {
        Reading { monotonic: Duration::from_micros(monotonic_us.unsigned_abs()), wall_us: START_US + wall_us }
    }

    fn millis_past_start(stamp: Stamp) -> i64 {
        stamp.time.as_millis() - START_US / 1_000
    }

    fn step(stamp: Stamp) -> Option<(i64, u128)> {
        stamp.step.map(|it| (it.step_ms, it.skipped.as_millis()))
    }

    #[test]
    fn a_step_forward_skips_only_what_stamps_were_not_ahead_by() {
        let mut clock = Discipline::new(reading(0, 0), None);
        clock.stamp(reading(0, -10_000_000));
        let stamp = clock.stamp(reading(1_000, 5_001_000));
        assert_eq!(step(stamp), Some((15_000, 5_000)));
        assert_eq!(millis_past_start(stamp), 5_001);
    }

    #[test]
    fn stamps_are_truncated_once_to_whole_milliseconds() {
        let mut clock = Discipline::new(reading(0, 0), None);
        assert_eq!(millis_past_start(clock.stamp(reading(1_999, 1_999))), 1);
        assert_eq!(millis_past_start(clock.stamp(reading(2_000, 2_000))), 2);
    }

    #[test]
    fn a_step_forward_is_reported_once_and_followed_at_once() {
        let mut clock = Discipline::new(reading(0, 0), None);
        let stamp = clock.stamp(reading(1_000, 3_600_001_000));
        assert_eq!(step(stamp), Some((3_600_000, 3_600_000)));
        assert_eq!(millis_past_start(stamp), 3_600_001);
        assert_eq!(clock.stamp(reading(2_000, 3_600_002_000)).step, None);
    }

    #[test]
    fn a_step_back_is_reported_and_stamps_still_run_so_that_timers_fire() {
        let mut clock = Discipline::new(reading(0, 0), None);
        let stamp = clock.stamp(reading(0, -10_000_000));
        assert_eq!(step(stamp), Some((-10_000, 0)));
        for passed_us in (0..15_000_000).step_by(10) {
            clock.stamp(reading(passed_us, -10_000_000 + passed_us));
        }
        let ring_later = clock.stamp(reading(15_000_000, -10_000_000 + 15_000_000));
        assert_eq!(ring_later.step, None);
        // 15 s less a fiftieth.
        assert_eq!(ring_later.time.since(stamp.time), Duration::from_millis(14_700));
        assert_eq!(clock.ahead_ms(), 9_700);
    }

    #[test]
    fn a_step_back_and_forth_leaves_the_clock_where_the_wall_is() {
        let mut clock = Discipline::new(reading(0, 0), None);
        clock.stamp(reading(1_000, -3_600_000_000 + 1_000));
        let stamp = clock.stamp(reading(2_000, 2_000));
        // Stamps had not gone back, and so skip nothing.
        assert_eq!(step(stamp), Some((3_600_000, 0)));
        assert_eq!(millis_past_start(stamp), 2);
    }

    #[test]
    fn a_small_difference_is_slewed_without_a_report() {
        let mut clock = Discipline::new(reading(0, 0), None);
        let stamp = clock.stamp(reading(0, 900_000));
        assert_eq!((millis_past_start(stamp), stamp.step), (0, None));
        assert_eq!(millis_past_start(clock.stamp(reading(10_000_000, 10_900_000))), 10_200);
        assert_eq!(millis_past_start(clock.stamp(reading(60_000_000, 60_900_000))), 60_900);
        assert_eq!(clock.ahead_ms(), 0);
    }

    #[test]
    fn no_stamp_precedes_the_life_before() {
        let last = Timestamp::from_millis(START_US / 1_000 + 5_000);
        let mut clock = Discipline::new(reading(0, 0), Some(last));
        assert_eq!(clock.ahead_ms(), 5_000);
        assert_eq!(clock.stamp(reading(2_000, 2_000)).time, Timestamp::from_millis(last.as_millis() + 1));
    }

    #[test]
    fn the_clock_starts_where_it_is_told_and_never_goes_back() {
        let start = parse_instant("2027-01-03T08:59:59.5+09:00").unwrap();
        assert_eq!(start.civil(540).to_string(), "2027-01-03 08:59");
        let mut clock = Clock::start(Some(start), None);
        let first = clock.now();
        assert!(first >= start);
        assert_eq!(clock.until(first + Duration::from_millis(7)), Duration::from_millis(7));
        assert!(clock.now() >= first);
        let now = clock.now();
        assert_eq!(clock.take_step(now), None);
        let steady = clock.steady();
        assert!(steady >= start && steady <= clock.now() + Duration::from_millis(1));
    }

    #[test]
    fn what_is_no_instant_is_refused_with_an_example() {
        for text in ["", "2026-11-21", "2026-11-21T18:00:00", "18:00", "2026-02-30T00:00:00Z"] {
            let error = parse_instant(text).unwrap_err().to_string();
            assert!(error.contains("2026-11-21T18:00:00+09:00"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn stamps_are_monotone_and_catch_up(
            moves in proptest::collection::vec((0_i64..2_000_000, -5_000_000_i64..5_000_000), 1..50)
        ) {
            let mut clock = Discipline::new(reading(0, 0), None);
            let (mut monotonic, mut wall) = (0, 0);
            let mut last = clock.stamp(reading(0, 0)).time;
            for (passed, step) in moves {
                monotonic += passed;
                wall += passed + step;
                let stamp = clock.stamp(reading(monotonic, wall));
                prop_assert!(stamp.time >= last);
                prop_assert_eq!(stamp.step.is_some(), step.abs() > CLOCK_STEP_MIN_US);
                last = stamp.time;
            }
            let rest = clock.ahead_ms().abs() * 1_000 * CLOCK_SLEW_DIVISOR + CLOCK_SLEW_DIVISOR * 1_000;
            clock.stamp(reading(monotonic + rest, wall + rest));
            prop_assert_eq!(clock.ahead_ms(), 0);
        }
    }
}
