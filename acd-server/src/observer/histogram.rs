//! Durations counted by size, as Prometheus wants them.

use std::time::Duration;

/// How many buckets a histogram has, the last without an upper bound.
const BUCKETS: usize = 12;

/// Counts of durations below each of eleven bounds, and above the last.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Histogram {
    bounds_us: [u64; BUCKETS - 1],
    counts: [u64; BUCKETS],
    sum_us: u64,
}

impl Histogram {
    /// For the loop's turns: 50 µs to 200 ms.
    pub const fn of_turns() -> Self {
        Self::new([50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 20_000, 50_000, 200_000])
    }

    /// For waits of people: 1 s to 10 min.
    pub const fn of_waits() -> Self {
        const S: u64 = 1_000_000;
        Self::new([S, 2 * S, 5 * S, 10 * S, 15 * S, 20 * S, 30 * S, 60 * S, 120 * S, 300 * S, 600 * S])
    }

    const fn new(bounds_us: [u64; BUCKETS - 1]) -> Self {
        Self { bounds_us, counts: [0; BUCKETS], sum_us: 0 }
    }

    /// Counts one duration.
    pub fn record(&mut self, duration: Duration) {
        let us = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let bucket = self.bounds_us.partition_point(|&bound| bound < us);
        self.counts[bucket] += 1;
        self.sum_us = self.sum_us.saturating_add(us);
    }

    /// How many were counted.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Their sum in seconds.
    pub const fn sum_seconds(&self) -> f64 {
        self.sum_us as f64 / 1e6
    }

    /// The upper bound of each bucket in seconds, the last one's infinite, and how many fell into that bucket alone.
    pub fn buckets(&self) -> [(f64, u64); BUCKETS] {
        std::array::from_fn(|index| {
            let bound = self.bounds_us.get(index).map_or(f64::INFINITY, |&us| us as f64 / 1e6);
            (bound, self.counts[index])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_at_a_bound_counts_below_it_and_none_is_lost() {
        let mut turns = Histogram::of_turns();
        for us in [0, 50, 51, 200_000, 200_001] {
            turns.record(Duration::from_micros(us));
        }
        let counts = turns.buckets().map(|(_, count)| count);
        assert_eq!(counts, [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
        assert_eq!(turns.count(), 5);
        assert!((turns.sum_seconds() - 0.400_102).abs() < 1e-9);
    }
}
