//! The latencies, what they may be, and how they are told.

use std::time::Duration;

use serde::Serialize;

use crate::limits::{FAILURES_LISTED_MAX, LATENCY_GOAL};

/// The distribution of a latency, in microseconds; a percentile is a latency that was seen (nearest rank).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub(super) struct Figures {
    pub(super) count: usize,
    pub(super) p50_us: u64,
    pub(super) p95_us: u64,
    pub(super) p99_us: u64,
    pub(super) max_us: u64,
}

impl Figures {
    pub(super) fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let rank = |percent: usize| {
            let rank = (times.len() * percent).div_ceil(100);
            let time = times.get(rank.saturating_sub(1)).copied().unwrap_or_default();
            u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
        };
        Self { count: times.len(), p50_us: rank(50), p95_us: rank(95), p99_us: rank(99), max_us: rank(100) }
    }
}

/// The whole.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Summary {
    pub(super) holds: bool,
    pub(super) load_average: String,
    /// The longest that one of the switch's threads waited for a core in a tenth of a second: what the machine was late by.
    pub(super) core_wait_ms: u64,
    pub(super) calls: u32,
    /// INVITE sent to 200 received.
    pub(super) answer: Figures,
    /// The end of the guidance, as the caller hears it, to the seat's INVITE.
    pub(super) guidance_to_ring: Figures,
    /// Rings that came before the guidance was over, which R-G1 forbids.
    pub(super) guidance_cut: usize,
    /// The end of a seat's call to the seat's next INVITE.
    pub(super) seat_free_to_ring: Figures,
    /// What both of the latter are to stay below at their 99th percentile.
    pub(super) goal_us: u64,
    pub(super) failures: Vec<String>,
}

impl Summary {
    /// With a failure for everything that may not be: `calls` latencies after guidance and `turns` of seats are wanted.
    pub(super) fn judged(mut self, calls: usize, turns: usize) -> Self {
        self.goal_us = u64::try_from(LATENCY_GOAL.as_micros()).unwrap_or(u64::MAX);
        let mut failures = std::mem::take(&mut self.failures);
        let goals = [
            ("guidance end to ring", self.guidance_to_ring, calls),
            ("seat free to ring", self.seat_free_to_ring, turns),
        ];
        for (name, figures, wanted) in goals {
            if figures.count < wanted {
                failures.push(format!("{name}: {} samples, {wanted} wanted", figures.count));
            }
            if figures.p99_us >= self.goal_us {
                failures.push(format!("{name}: {} at p99", millis(figures.p99_us)));
            }
        }
        if self.guidance_cut > 0 {
            failures.push(format!("{} seats were rung before the guidance was over", self.guidance_cut));
        }
        self.holds = failures.is_empty();
        failures.truncate(FAILURES_LISTED_MAX);
        self.failures = failures;
        self
    }

    /// As text.
    pub(super) fn render(&self) -> String {
        let mut lines = vec![
            format!(
                "{} calls, load average {}; a thread of the switch waited for a core {} ms of 100 ms at most",
                self.calls, self.load_average, self.core_wait_ms
            ),
            format!(
                "{:<24} {:>7} {:>10} {:>10} {:>10} {:>10}",
                "latency, ms", "samples", "p50", "p95", "p99", "max"
            ),
        ];
        let rows = [
            ("INVITE to 200", self.answer),
            ("guidance end to ring", self.guidance_to_ring),
            ("seat free to ring", self.seat_free_to_ring),
        ];
        lines.extend(rows.map(|(name, figures)| {
            let [p50, p95, p99, max] =
                [figures.p50_us, figures.p95_us, figures.p99_us, figures.max_us].map(millis);
            format!("{name:<24} {:>7} {p50:>10} {p95:>10} {p99:>10} {max:>10}", figures.count)
        }));
        lines.push(format!("goal: both times to the ring below {} at p99", millis(self.goal_us)));
        lines.extend(self.failures.iter().map(|what| format!("NOT: {what}")));
        if self.holds {
            lines.push("all holds".to_owned());
        }
        lines.join("\n")
    }
}

fn millis(micros: u64) -> String {
    format!("{:.2}", micros as f64 / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_latencies_that_were_seen() {
        let times = (1..=200).rev().map(Duration::from_millis).collect();
        let figures = Figures::of(times);
        let expected =
            Figures { count: 200, p50_us: 100_000, p95_us: 190_000, p99_us: 198_000, max_us: 200_000 };
        assert_eq!(figures, expected);
        let one = Figures::of(vec![Duration::from_micros(7)]);
        assert_eq!((one.p50_us, one.p99_us, one.max_us), (7, 7, 7));
        assert_eq!(Figures::of(Vec::new()), Figures::default());
    }

    fn fine() -> Summary {
        let fast = Figures { count: 300, p50_us: 900, p95_us: 2_000, p99_us: 9_999, max_us: 50_000 };
        Summary { guidance_to_ring: fast, seat_free_to_ring: fast, ..Summary::default() }
    }

    #[test]
    fn slow_few_or_early_is_a_failure() {
        assert!(fine().judged(300, 300).holds);
        let spoilt: [fn(&mut Summary); 6] = [
            |summary| summary.guidance_to_ring.p99_us = 10_000,
            |summary| summary.seat_free_to_ring.p99_us = 10_000,
            |summary| summary.guidance_to_ring.count = 299,
            |summary| summary.seat_free_to_ring.count = 299,
            |summary| summary.guidance_cut = 1,
            |summary| summary.failures.push("verify".to_owned()),
        ];
        for (index, spoil) in spoilt.into_iter().enumerate() {
            let mut summary = fine();
            spoil(&mut summary);
            let judged = summary.judged(300, 300);
            assert_eq!((judged.holds, judged.failures.len()), (false, 1), "the {index}th");
        }
    }
}
