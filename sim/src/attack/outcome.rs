//! What an attack did, whether that may be, and how it is told.

use std::collections::BTreeMap;

use serde::Serialize;

use super::flood::Tally;
use super::machine::Strain;
use super::probe::{Service, Times};
use super::talks::Hearing;
use crate::limits::{
    ATTACK_GROWTH_KIB_MAX, ATTACK_LOG_LINES_MAX, EXPLAINED_PERCENT_MIN, GAP_MAX, PROBE_TIME_MAX,
};

/// One attack and what came of it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Outcome {
    pub(super) attack: &'static str,
    pub(super) seconds: f64,
    pub(super) load_average: String,
    pub(super) tally: Tally,
    pub(super) hearing: HearingFigures,
    pub(super) strain: Strain,
    /// Calls that ended by no one's will.
    pub(super) cut: Vec<String>,
    pub(super) service: ServiceFigures,
    pub(super) resident_start_kib: u64,
    pub(super) resident_peak_kib: u64,
    pub(super) resident_after_kib: u64,
    pub(super) log_lines: u64,
    pub(super) journal_degraded: u64,
    /// What the switch itself counted as refused, by series.
    pub(super) refusals: BTreeMap<String, f64>,
    /// How many of the attack's messages, connections or calls those account for.
    pub(super) explained: u64,
    pub(super) failures: Vec<String>,
}

/// What the ten calls heard.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct HearingFigures {
    pub(super) packets: u64,
    pub(super) lost: u64,
    pub(super) late: u64,
    pub(super) deaf: usize,
    pub(super) gap_max_ms: u64,
}

/// What the legitimate ones met with.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct ServiceFigures {
    pub(super) registers: TimeFigures,
    pub(super) invites: TimeFigures,
    pub(super) tcp_options: TimeFigures,
    pub(super) failures: Vec<String>,
}

/// How often, and the slowest.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct TimeFigures {
    pub(super) count: u64,
    pub(super) slowest_ms: u64,
}

/// All attacks.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Summary {
    pub(super) holds: bool,
    pub(super) attacks: Vec<Outcome>,
    /// Resident after all transactions of the attacks have ended.
    pub(super) resident_settled_kib: u64,
    pub(super) failures: Vec<String>,
}

fn millis(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl From<Hearing> for HearingFigures {
    fn from(hearing: Hearing) -> Self {
        Self {
            packets: hearing.all.packets,
            lost: hearing.all.lost,
            late: hearing.all.late,
            deaf: hearing.deaf,
            gap_max_ms: millis(hearing.all.gap_max),
        }
    }
}

impl From<Times> for TimeFigures {
    fn from(times: Times) -> Self {
        Self { count: times.count, slowest_ms: millis(times.slowest) }
    }
}

impl From<Service> for ServiceFigures {
    fn from(service: Service) -> Self {
        Self {
            registers: service.registers.into(),
            invites: service.invites.into(),
            tcp_options: service.tcp_options.into(),
            failures: service.failures,
        }
    }
}

impl Outcome {
    /// With a failure for everything that may not be.
    pub(super) fn judged(mut self) -> Self {
        let mut failures = std::mem::take(&mut self.failures);
        let hearing = self.hearing;
        if hearing.lost + hearing.late > 0 {
            failures.push(format!("{} packets of the calls were lost, {} late", hearing.lost, hearing.late));
        }
        if hearing.deaf > 0 {
            failures.push(format!("{} ends of calls heard nothing at all", hearing.deaf));
        }
        if hearing.gap_max_ms > millis(GAP_MAX) + self.strain.gap_ms() {
            failures.push(format!(
                "a gap of {} ms was heard, of which the machine had {} ms",
                hearing.gap_max_ms,
                self.strain.gap_ms()
            ));
        }
        if self.explained * 100 < self.tally.sent * EXPLAINED_PERCENT_MIN {
            failures.push(format!(
                "the switch's figures account for {} of {} only",
                self.explained, self.tally.sent
            ));
        }
        failures.extend(self.cut.iter().map(|name| format!("the call of {name} was cut")));
        failures.extend(self.service.failures.iter().cloned());
        let service = [
            ("REGISTER", self.service.registers),
            ("INVITE", self.service.invites),
            ("OPTIONS over TCP", self.service.tcp_options),
        ];
        for (name, times) in service {
            if times.count == 0 {
                failures.push(format!("no legitimate {name} passed"));
            }
            if times.slowest_ms > millis(PROBE_TIME_MAX) {
                failures.push(format!("a legitimate {name} took {} ms", times.slowest_ms));
            }
        }
        let grown = self.resident_peak_kib.saturating_sub(self.resident_start_kib);
        if grown > ATTACK_GROWTH_KIB_MAX {
            failures.push(format!("memory grew by {grown} KiB"));
        }
        if self.log_lines > ATTACK_LOG_LINES_MAX {
            failures.push(format!("{} lines were logged", self.log_lines));
        }
        if self.journal_degraded > 0 && !self.strain.disk_stalled() {
            failures.push(format!("the journal did not keep up {} times", self.journal_degraded));
        }
        self.failures = failures;
        self
    }
}

impl Summary {
    pub(super) fn new(attacks: Vec<Outcome>, resident_settled_kib: u64, failures: Vec<String>) -> Self {
        let holds = failures.is_empty() && attacks.iter().all(|outcome| outcome.failures.is_empty());
        Self { holds, attacks, resident_settled_kib, failures }
    }
}

/// A table, the answers, the failures.
pub(super) fn render(summary: &Summary) -> String {
    let mut lines = vec![format!(
        "{:<16} {:>4} {:>7} {:>7} {:>4} {:>4} {:>6} {:>9} {:>7}  {:>19}  {:>9} {:>9} {:>9} {:>7} {:>4} {:>5}",
        "attack",
        "s",
        "sent",
        "heard",
        "lost",
        "late",
        "gap ms",
        "machine",
        "disk ms",
        "memory MiB s/p/a",
        "REGISTER",
        "INVITE",
        "TCP",
        "counted",
        "log",
        "load"
    )];
    for outcome in &summary.attacks {
        let mib = |kib: u64| format!("{:.1}", kib as f64 / 1_024.0);
        let times = |times: TimeFigures| format!("{}/{} ms", times.count, times.slowest_ms);
        let service = &outcome.service;
        lines.push(format!(
            "{:<16} {:>4.0} {:>7} {:>7} {:>4} {:>4} {:>6} {:>9} {:>7}  {:>19}  {:>9} {:>9} {:>9} {:>7} {:>4} {:>5}",
            outcome.attack,
            outcome.seconds,
            outcome.tally.sent,
            outcome.hearing.packets,
            outcome.hearing.lost,
            outcome.hearing.late,
            outcome.hearing.gap_max_ms,
            format!("{}+{}", outcome.strain.direct_gap_ms, outcome.strain.core_wait_ms),
            outcome.strain.disk_ms,
            format!(
                "{}/{}/{}",
                mib(outcome.resident_start_kib),
                mib(outcome.resident_peak_kib),
                mib(outcome.resident_after_kib)
            ),
            times(service.registers),
            times(service.invites),
            times(service.tcp_options),
            outcome.explained,
            outcome.log_lines,
            outcome.load_average,
        ));
    }
    lines.push(
        "machine: the longest gap between two ends without a switch, and the longest that a thread of the switch waited for \
         a core in 0.1 s; disk: the longest that a write of the simulator's own took until it was durable; counted: how many of those sent the switch's figures account for"
            .to_owned(),
    );
    lines.push("REGISTER, INVITE, TCP: legitimate ones that passed, and the slowest of them".to_owned());
    for outcome in &summary.attacks {
        lines.push(format!(
            "{}: answers {:?}, not sent {}",
            outcome.attack, outcome.tally.answers, outcome.tally.unsent
        ));
        lines.extend(outcome.refusals.iter().map(|(series, count)| format!("    {series} {count}")));
    }
    lines.push(format!("memory at the end: {:.1} MiB", summary.resident_settled_kib as f64 / 1_024.0));
    for outcome in &summary.attacks {
        lines.extend(outcome.failures.iter().map(|what| format!("NOT: {}: {what}", outcome.attack)));
    }
    lines.extend(summary.failures.iter().map(|what| format!("NOT: {what}")));
    if summary.holds {
        lines.push("all holds".to_owned());
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fine() -> Outcome {
        let times = TimeFigures { count: 3, slowest_ms: 4 };
        Outcome {
            attack: "garbage",
            seconds: 20.0,
            load_average: "1.0".to_owned(),
            tally: Tally { sent: 1_000, ..Tally::default() },
            strain: Strain { direct_gap_ms: 30, core_wait_ms: 5, disk_ms: 99 },
            hearing: HearingFigures { packets: 20_000, gap_max_ms: 30, ..HearingFigures::default() },
            cut: Vec::new(),
            service: ServiceFigures {
                registers: times,
                invites: times,
                tcp_options: times,
                failures: Vec::new(),
            },
            resident_start_kib: 20_000,
            resident_peak_kib: 21_000,
            resident_after_kib: 20_500,
            log_lines: 0,
            journal_degraded: 0,
            refusals: BTreeMap::new(),
            explained: 990,
            failures: Vec::new(),
        }
    }

    #[test]
    fn what_may_be_has_no_failure_and_each_thing_that_may_not_has_one() {
        assert_eq!(fine().judged().failures, [] as [String; 0]);
        let mut starved = fine();
        starved.hearing.gap_max_ms = millis(GAP_MAX) + 15;
        starved.journal_degraded = 1;
        starved.strain.disk_ms = 100;
        assert_eq!(starved.judged().failures, [] as [String; 0]);
        let spoilt: [fn(&mut Outcome); 11] = [
            |outcome| outcome.hearing.lost = 1,
            |outcome| outcome.hearing.late = 1,
            |outcome| outcome.hearing.deaf = 1,
            |outcome| outcome.hearing.gap_max_ms = millis(GAP_MAX) + 16,
            |outcome| outcome.explained = 989,
            |outcome| outcome.cut.push("seat101".to_owned()),
            |outcome| outcome.service.failures.push("no answer".to_owned()),
            |outcome| outcome.service.invites = TimeFigures::default(),
            |outcome| outcome.resident_peak_kib += ATTACK_GROWTH_KIB_MAX,
            |outcome| outcome.log_lines = ATTACK_LOG_LINES_MAX + 1,
            |outcome| outcome.journal_degraded = 1,
        ];
        for (index, spoil) in spoilt.into_iter().enumerate() {
            let mut outcome = fine();
            spoil(&mut outcome);
            assert_eq!(outcome.judged().failures.len(), 1, "the {index}th");
        }
    }

    #[test]
    fn one_failure_anywhere_and_nothing_holds() {
        assert!(Summary::new(vec![fine().judged()], 1, Vec::new()).holds);
        assert!(!Summary::new(vec![fine().judged()], 1, vec!["verify".to_owned()]).holds);
        let mut outcome = fine();
        outcome.hearing.lost = 1;
        let summary = Summary::new(vec![outcome.judged()], 1, Vec::new());
        assert!(!summary.holds);
        assert!(render(&summary).contains("NOT: garbage: 1 packets"));
    }
}
