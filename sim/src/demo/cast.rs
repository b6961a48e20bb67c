//! Who takes part in the demonstration, and when: all of it from the seed.

use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::caller::{Caller, Conduct};
use crate::media::PersonId;
use crate::seat::{Manners, Seat};
use crate::sip::Credentials;

/// The clock of the switch begins here: a Tuesday evening, in the hours of all five tenants.
pub(super) const CLOCK_START: &str = "2026-11-24T18:30:00+09:00";

/// Numbers of the built-in plan and how often each is dialled, out of the sum. Shiga and Kyoto have few lines, so that
/// some of their callers find them busy.
const NUMBERS: [(&str, u32); 5] =
    [("0300007119", 6), ("0770007119", 5), ("0540008000", 5), ("0750007119", 3), ("0440001000", 4)];

/// Seats of the built-in plan that are taken: number, and whether the agent logs in by star code. 108 and 116 serve
/// Shizuoka alone, fewer than it has lines, so that its callers wait.
const SEATS: [(u32, bool); 8] = [
    (101, true),
    (102, true),
    (103, true),
    (108, true),
    (111, false),
    (112, false),
    (113, false),
    (116, false),
];

/// Callers who come at once when the lines open.
const RUSH_CALLERS: u32 = 16;

/// Within this time.
const RUSH_MS: u64 = 5_000;

/// Between two callers after that, on average.
const PAUSE_MS_MEAN: f64 = 1_200.0;

/// No caller comes in the last part of the demonstration: they would only hear guidance.
const DRAIN: Duration = Duration::from_secs(24);

/// Talks are short here.
const TALK_MS: std::ops::RangeInclusive<u64> = 3_000..=8_000;

/// A caller and when it dials, from the opening of the lines.
#[derive(Clone, Debug)]
pub(super) struct Arrival {
    pub(super) at: Duration,
    pub(super) caller: Caller,
}

/// The seats.
pub(super) fn seats(seed: u64, callers: &[Arrival]) -> Vec<Seat> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x5ea7);
    let voices: Vec<PersonId> =
        callers.iter().map(|arrival| PersonId::Caller(arrival.caller.index)).collect();
    SEATS
        .iter()
        .map(|(number, star_codes)| Seat {
            number: *number,
            credentials: Credentials { user: format!("seat{number}"), password: format!("demo-{number}") },
            star_codes: *star_codes,
            manners: Manners {
                answer_after_ms: 300..=1_800,
                refuse: 0.08,
                ignore: 0.05,
                hang_up: 0.3,
                talk_ms: TALK_MS,
            },
            seed: rng.random(),
            callers: voices.clone(),
            tap: None,
        })
        .collect()
}

/// The callers in the order in which they dial.
pub(super) fn arrivals(seed: u64, length: Duration) -> Vec<Arrival> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    // A short demonstration has callers too.
    let last = length.saturating_sub(DRAIN).max(length / 3);
    let mut times: Vec<Duration> =
        (0..RUSH_CALLERS).map(|_| Duration::from_millis(rng.random_range(0..=RUSH_MS))).collect();
    times.sort();
    let mut at = Duration::from_millis(RUSH_MS);
    loop {
        // Exponential pauses: callers know nothing of each other.
        let pause_ms = -PAUSE_MS_MEAN * (1.0 - rng.random::<f64>()).ln();
        at += Duration::from_millis(pause_ms as u64);
        if at > last {
            break;
        }
        times.push(at);
    }
    let seats: Vec<PersonId> = SEATS.iter().map(|(number, _)| PersonId::Seat(*number)).collect();
    (0..)
        .zip(times)
        .map(|(index, at)| Arrival {
            at,
            caller: Caller {
                index,
                // The index within it makes each number another.
                number: format!("090{:03}{index:05}", rng.random_range(0..1_000)),
                dialled: dialled(&mut rng).to_owned(),
                conduct: conduct(&mut rng),
                seats: seats.clone(),
            },
        })
        .collect()
}

fn dialled(rng: &mut ChaCha8Rng) -> &'static str {
    let sum = NUMBERS.iter().map(|(_, weight)| weight).sum();
    let mut draw = rng.random_range(0..sum);
    for (number, weight) in NUMBERS {
        if draw < weight {
            return number;
        }
        draw -= weight;
    }
    NUMBERS[0].0
}

fn conduct(rng: &mut ChaCha8Rng) -> Conduct {
    let mood = rng.random_range(0..100);
    let talk = Duration::from_millis(rng.random_range(TALK_MS));
    let impatience = Duration::from_millis(rng.random_range(1_000..=9_000));
    match mood {
        0..10 => Conduct::LeaveInGuidance(impatience),
        10..18 => Conduct::LeaveInQueue(impatience / 4),
        18..26 => Conduct::LeaveWhileRinging(talk),
        26..29 => Conduct::CancelAtOnce,
        _ => Conduct::Talk(talk),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const MINUTE: Duration = Duration::from_secs(60);

    fn told(seed: u64) -> String {
        let arrivals = arrivals(seed, MINUTE);
        format!("{arrivals:?}{:?}", seats(seed, &arrivals))
    }

    #[test]
    fn the_seed_decides_everything() {
        assert_eq!(told(7), told(7));
        assert_ne!(told(7), told(8));
    }

    #[test]
    fn any_seed_gives_a_busy_minute() {
        for seed in 0..200 {
            let arrivals = arrivals(seed, MINUTE);
            assert!(arrivals.len() >= 25, "seed {seed}: {} callers", arrivals.len());
            assert!(arrivals.iter().all(|arrival| arrival.at <= MINUTE - DRAIN));
            assert!(arrivals.is_sorted_by_key(|arrival| arrival.at));
            let numbers: BTreeSet<&str> =
                arrivals.iter().map(|arrival| arrival.caller.number.as_str()).collect();
            assert_eq!(numbers.len(), arrivals.len(), "seed {seed}: numbers are told apart");
            let dialled: BTreeSet<&str> =
                arrivals.iter().map(|arrival| arrival.caller.dialled.as_str()).collect();
            assert!(dialled.len() >= 3, "seed {seed}: {dialled:?}");
        }
    }

    #[test]
    fn a_short_demonstration_has_callers_too() {
        assert!(arrivals(1, Duration::from_secs(10)).len() >= RUSH_CALLERS as usize);
    }
}
