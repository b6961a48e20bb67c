//! What a lifetime did, whether that may be, and how it is told.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::limits::{FAILURES_LISTED_MAX, LIFETIME_GROWTH_KIB_MAX};

/// Gauges that are 0 when nothing happens.
const AT_REST: [&str; 5] =
    ["acd_lines_in_use", "acd_calls_in_progress", "acd_legs", "acd_recordings_open", "acd_sip_alive"];

/// A series without its labels.
fn family(series: &str) -> &str {
    series.split('{').next().unwrap_or_default()
}

/// Those of the switch's figures that are to be 0 at rest.
pub(super) fn at_rest(figures: BTreeMap<String, f64>) -> BTreeMap<String, f64> {
    figures.into_iter().filter(|(series, _)| AT_REST.contains(&family(series))).collect()
}

/// The switch at rest.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Rest {
    pub(super) resident_kib: u64,
    pub(super) sockets: usize,
    /// Gauges of what should be none at rest, by series.
    pub(super) gauges: BTreeMap<String, f64>,
}

/// The whole.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Summary {
    pub(super) holds: bool,
    pub(super) calls: u32,
    pub(super) seconds: f64,
    pub(super) load_average: String,
    /// Ends by kind of call.
    pub(super) ends: BTreeMap<String, u32>,
    pub(super) before: Rest,
    pub(super) after: Rest,
    pub(super) resident_peak_kib: u64,
    pub(super) rtp_heard: u64,
    /// Calls in the journal by outcome; `none` must not be.
    pub(super) outcomes: BTreeMap<String, u64>,
    pub(super) facts: u64,
    pub(super) journal_bytes: u64,
    /// SIP requests that came after a restart from dialogs of the life before.
    pub(super) leftovers: u64,
    pub(super) failures: Vec<String>,
    /// Failures in all; the list has the first of them.
    pub(super) failure_count: usize,
}

impl Summary {
    /// With a failure for everything that may not be.
    pub(super) fn judged(mut self) -> Self {
        let mut failures = std::mem::take(&mut self.failures);
        let grown = self.after.resident_kib.saturating_sub(self.before.resident_kib);
        if grown > LIFETIME_GROWTH_KIB_MAX {
            failures.push(format!("memory grew by {grown} KiB"));
        }
        if self.after.sockets != self.before.sockets {
            failures.push(format!(
                "{} sockets were open at the start, {} at the end",
                self.before.sockets, self.after.sockets
            ));
        }
        for name in AT_REST {
            if !self.after.gauges.keys().any(|series| family(series) == name) {
                failures.push(format!("the switch did not tell {name}"));
            }
        }
        let left = self.after.gauges.iter().filter(|(_, value)| **value != 0.0);
        failures.extend(left.map(|(series, value)| format!("{series} is {value} at rest")));
        for outcome in ["none", "failed"] {
            if let Some(count) = self.outcomes.get(outcome) {
                failures.push(format!("{count} calls have the outcome {outcome}"));
            }
        }
        if self.leftovers > 0 {
            failures.push(format!("{} requests came in dialogs of the life before", self.leftovers));
        }
        self.failure_count = failures.len();
        self.holds = failures.is_empty();
        failures.truncate(FAILURES_LISTED_MAX);
        self.failures = failures;
        self
    }

    /// As text.
    pub(super) fn render(&self) -> String {
        let mib = |kib: u64| format!("{:.1} MiB", kib as f64 / 1_024.0);
        let mut lines = vec![
            format!(
                "{} calls in {:.0} s ({:.1} a second), load average {}",
                self.calls,
                self.seconds,
                f64::from(self.calls) / self.seconds.max(0.001),
                self.load_average
            ),
            format!(
                "memory {} at the start, {} at the peak, {} at the end",
                mib(self.before.resident_kib),
                mib(self.resident_peak_kib),
                mib(self.after.resident_kib)
            ),
            format!("sockets {} at the start, {} at the end", self.before.sockets, self.after.sockets),
            format!(
                "journal: {} facts, {:.1} MB; outcomes {:?}",
                self.facts,
                self.journal_bytes as f64 / 1e6,
                self.outcomes
            ),
            format!(
                "{} RTP packets heard; requests of the life before after a restart: {}",
                self.rtp_heard, self.leftovers
            ),
        ];
        lines.extend(self.ends.iter().map(|(end, count)| format!("    {end:<40} {count:>6}")));
        lines.extend(self.after.gauges.iter().map(|(series, value)| format!("    {series} {value}")));
        lines.extend(self.failures.iter().map(|what| format!("NOT: {what}")));
        if self.holds {
            lines.push("all holds".to_owned());
        } else {
            lines.push(format!("{} things do not hold", self.failure_count));
        }
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fine() -> Summary {
        let told = AT_REST.map(|name| (format!("{name}{{of=\"any\"}}"), 0.0));
        let other = ("acd_lines_capacity".to_owned(), 7.0);
        let gauges = at_rest(told.into_iter().chain([other]).collect());
        let rest = Rest { resident_kib: 30_000, sockets: 9, gauges };
        Summary { calls: 20_000, before: rest.clone(), after: rest, ..Summary::default() }
    }

    #[test]
    fn what_is_left_over_is_a_failure() {
        assert!(fine().judged().holds);
        let spoilt: [fn(&mut Summary); 7] = [
            |summary| summary.after.resident_kib += LIFETIME_GROWTH_KIB_MAX + 1,
            |summary| summary.after.sockets += 1,
            |summary| *summary.after.gauges.values_mut().next().expect("a gauge") = 1.0,
            |summary| drop(summary.after.gauges.pop_first()),
            |summary| summary.outcomes = [("none".to_owned(), 1)].into(),
            |summary| summary.leftovers = 1,
            |summary| summary.failures.push("verify".to_owned()),
        ];
        for (index, spoil) in spoilt.into_iter().enumerate() {
            let mut summary = fine();
            spoil(&mut summary);
            let judged = summary.judged();
            assert_eq!((judged.holds, judged.failures.len()), (false, 1), "the {index}th");
        }
    }
}
