//! What must hold at the end, judged from the facts, the recordings and what callers and seats heard.

mod hearing;
mod recordings;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;

use acd_core::{CallerIdentity, Outcome, RefusalReason};
use reports::{CallRecord, Records};
use serde::Serialize;

use crate::caller::{CallerEnd, CallerReport, Conduct};
use crate::seat::{SeatReport, SeatTalk};
use recordings::RecordingSummary;

/// What everybody told.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) callers: Vec<CallerReport>,
    pub(super) seats: Vec<SeatReport>,
}

impl Told {
    fn talks(&self) -> impl Iterator<Item = &SeatTalk> {
        self.seats.iter().filter_map(|report| match report {
            SeatReport::Talked(talk) => Some(talk.as_ref()),
            SeatReport::Ready { .. } | SeatReport::NotAnswered { .. } | SeatReport::Failed { .. } => None,
        })
    }
}

/// What a demonstration of a certain length must show.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// Calls that have ended with an outcome.
    pub(super) calls: u64,
    /// Tenants that had calls.
    pub(super) tenants: usize,
}

impl Wanted {
    /// 20 calls over 3 tenants in a minute; in less, that something was shown at all.
    pub(super) const fn in_seconds(seconds: u64) -> Self {
        if seconds >= 60 { Self { calls: 20, tenants: 3 } } else { Self { calls: 1, tenants: 1 } }
    }
}

/// The figures, as they are printed and left in `summary.json`.
#[derive(Debug, Default, Serialize)]
pub(super) struct Summary {
    /// Calls that the callers placed.
    pub(super) placed: u64,
    /// Calls that took a line, within hours.
    pub(super) offered: u64,
    /// Offered calls by outcome; their sum is `offered`.
    pub(super) outcomes: BTreeMap<&'static str, u64>,
    /// Refused calls by reason.
    pub(super) refused: BTreeMap<&'static str, u64>,
    /// By tenant: offered, answered, refused.
    pub(super) tenants: BTreeMap<String, TenantSummary>,
    /// Rings that seats refused, or did not answer.
    pub(super) rings_refused: u64,
    /// Rings that seats did not answer.
    pub(super) rings_ignored: u64,
    /// Talks in which each side heard the other.
    pub(super) talks_heard_both_ways: u64,
    /// Audio packets that callers and seats heard.
    pub(super) packets_heard: u64,
    /// Audio packets that never came.
    pub(super) packets_lost: u64,
    /// One line a recording.
    pub(super) recordings: Vec<RecordingSummary>,
    /// What did not hold; empty: all did.
    pub(super) failures: Vec<String>,
}

/// One tenant's part.
#[derive(Debug, Default, Serialize)]
pub(super) struct TenantSummary {
    /// Calls that took a line.
    pub(super) offered: u64,
    /// Of them, answered by a seat.
    pub(super) answered: u64,
    /// Calls that found all lines busy.
    pub(super) refused: u64,
}

/// Judges everything.
pub(super) fn check(records: &Records, told: &Told, recordings_folder: &Path, wanted: Wanted) -> Summary {
    let mut summary = Summary { placed: told.callers.len() as u64, ..Summary::default() };
    count(records, &mut summary);
    count_rings(told, &mut summary);
    check_accounts(records, wanted, &mut summary);
    check_callers(records, told, &mut summary);
    recordings::check(records, told, recordings_folder, &mut summary);
    hearing::check(records, told, &mut summary);
    summary
}

fn count(records: &Records, summary: &mut Summary) {
    for record in records.calls().values().filter(|record| record.is_offered()) {
        summary.offered += 1;
        let tenant = summary.tenants.entry(record.tenant.to_string()).or_default();
        tenant.offered += 1;
        if let Some(outcome) = record.outcome() {
            *summary.outcomes.entry(outcome_name(outcome)).or_default() += 1;
            tenant.answered += u64::from(outcome == Outcome::Answered);
        }
    }
    for refused in records.refused() {
        *summary.refused.entry(reason_name(refused.reason)).or_default() += 1;
        if let Some(tenant) = refused.tenant {
            summary.tenants.entry(tenant.to_string()).or_default().refused += 1;
        }
    }
}

fn count_rings(told: &Told, summary: &mut Summary) {
    for report in &told.seats {
        match report {
            SeatReport::NotAnswered { refused: true, .. } => summary.rings_refused += 1,
            SeatReport::NotAnswered { refused: false, .. } => summary.rings_ignored += 1,
            SeatReport::Failed { seat, what } => summary.failures.push(format!("seat{seat}: {what}")),
            SeatReport::Ready { .. } | SeatReport::Talked(_) => {}
        }
    }
}

/// R-A15: every admitted call has one outcome, and offered is their sum.
fn check_accounts(records: &Records, wanted: Wanted, summary: &mut Summary) {
    for record in records.calls().values().filter(|record| record.end.is_none()) {
        summary.failures.push(format!("call {} of {} has no outcome", record.call, record.tenant));
    }
    let ended: u64 = summary.outcomes.values().sum();
    if ended != summary.offered {
        summary.failures.push(format!("offered {} is not the sum of outcomes {ended}", summary.offered));
    }
    if records.orphans() > 0 {
        summary.failures.push(format!("{} facts name a call that was never admitted", records.orphans()));
    }
    if let Some(failed) = summary.outcomes.get(outcome_name(Outcome::Failed)) {
        summary.failures.push(format!("{failed} calls have the outcome failed"));
    }
    if ended < wanted.calls {
        summary.failures.push(format!("{ended} calls ended, {} are wanted", wanted.calls));
    }
    if summary.tenants.len() < wanted.tenants {
        summary.failures.push(format!(
            "{} tenants had calls, {} are wanted",
            summary.tenants.len(),
            wanted.tenants
        ));
    }
    if !summary.outcomes.contains_key(outcome_name(Outcome::Answered)) {
        summary.failures.push("no call was answered".to_owned());
    }
}

/// Each placed call is in the facts once, as admitted or as refused, and ended for the caller as the facts say.
fn check_callers(records: &Records, told: &Told, summary: &mut Summary) {
    let admitted = by_number(records);
    for report in &told.callers {
        let number = &report.caller.number;
        let name = format!("caller {}", report.caller.index);
        let calls = admitted.get(number.as_str()).map_or(0, Vec::len);
        let refusals = records.refused().iter().filter(|refused| is(&refused.caller, number)).count();
        let expected = match &report.end {
            CallerEnd::Refused(486) => (0, 1),
            // A CANCEL may cross the switch's 486, and both are right.
            CallerEnd::HungUp if report.caller.conduct == Conduct::CancelAtOnce && calls == 0 => (0, 1),
            CallerEnd::HungUp | CallerEnd::HungUpByOther => (1, 0),
            CallerEnd::Refused(status) => {
                summary.failures.push(format!("{name} was answered {status}"));
                continue;
            }
            CallerEnd::Failed(what) => {
                summary.failures.push(format!("{name}: {what}"));
                continue;
            }
        };
        if (calls, refusals) != expected {
            summary.failures.push(format!(
                "{name} ended as {:?}, and the facts have {calls} calls and {refusals} refusals of it",
                report.end
            ));
        }
    }
}

/// Admitted calls by the caller's number.
fn by_number(records: &Records) -> BTreeMap<&str, Vec<&CallRecord>> {
    let mut calls = BTreeMap::<&str, Vec<&CallRecord>>::new();
    for record in records.calls().values() {
        if let CallerIdentity::Number(number) = &record.caller {
            calls.entry(number.reveal().as_str()).or_default().push(record);
        }
    }
    calls
}

fn is(caller: &CallerIdentity, number: &str) -> bool {
    matches!(caller, CallerIdentity::Number(other) if other.reveal() == number)
}

/// The number of a seat's name (`seat117`: 117), which decides its voice.
fn seat_number(record: &CallRecord) -> Option<u32> {
    record.talks.last()?.seat.as_str().strip_prefix("seat")?.parse().ok()
}

/// The caller who placed a call.
fn caller_of<'a>(told: &'a Told, record: &CallRecord) -> Option<&'a CallerReport> {
    told.callers.iter().find(|report| is(&record.caller, &report.caller.number))
}

const fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Closed => "closed",
        Outcome::AbandonedInGuidance => "abandoned_in_guidance",
        Outcome::AbandonedInQueue => "abandoned_in_queue",
        Outcome::AbandonedWhileRinging => "abandoned_while_ringing",
        Outcome::AbandonedAfterReception => "abandoned_after_reception",
        Outcome::Answered => "answered",
        Outcome::Failed => "failed",
    }
}

const fn reason_name(reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::UnknownNumber => "unknown_number",
        RefusalReason::LinesFull => "lines_full",
        RefusalReason::Closed => "closed",
        RefusalReason::Draining => "draining",
        RefusalReason::Overload => "overload",
    }
}
