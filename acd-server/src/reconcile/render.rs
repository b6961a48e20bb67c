//! A reconciled day for a person and for a program.

use acd_core::RecordingFailure;
use reports::limits::RECORDED_OFF_MS_MAX;
use reports::reconciliation::{Cause, ReconciledCall};
use serde_json::{Value, json};

use super::{Day, FileFault};
use crate::journal::time_text;

/// A few lines a client: the sums, then what is not as it ought to be.
pub(super) fn text(days: &[Day]) -> String {
    days.iter().flat_map(lines).collect::<Vec<_>>().join("\n")
}

fn lines(day: &Day) -> Vec<String> {
    let sums = day.facts.sums();
    let mut lines = vec![format!(
        "{} {}: {} answered, {} outbound; talk {}, of it by the plan not recorded {} ({} calls); to be recorded {}, recorded {}, difference {}: {}",
        day.tenant,
        day.date,
        sums.answered,
        sums.outbound_answered,
        seconds(sums.talk_ms),
        seconds(sums.off_talk_ms),
        sums.off,
        seconds(sums.due_ms),
        seconds(sums.recorded_ms),
        signed_seconds(sums.difference_ms()),
        if day.agrees() { "agrees" } else { "DIFFERS" },
    )];
    lines.extend(day.facts.differing().map(|call| {
        format!(
            "  call {} of {}: to be recorded {}, recorded {}, difference {}: {}",
            call.call,
            time_text(call.began_at),
            seconds(call.due_ms),
            seconds(call.recorded_ms),
            signed_seconds(call.difference_ms()),
            cause(call),
        )
    }));
    for fault in day.files.iter().flatten() {
        let FileFault { call, file, plays_ms, stated_ms } = fault;
        let stated = seconds(*stated_ms);
        lines.push(match plays_ms {
            Some(ms) => format!("  call {call}: {file} plays for {}, {stated} were recorded", seconds(*ms)),
            None => format!("  call {call}: {file} is not there or does not play, {stated} were recorded"),
        });
    }
    if day.files.is_none() {
        lines.push("  there is no folder of recordings here: files were not looked at".to_owned());
    }
    if day.facts.open > 0 {
        lines.push(format!("  {} calls have not ended and are in no sum", day.facts.open));
    }
    if day.is_cut || day.facts.dropped > 0 {
        lines.push("  facts of the day are no longer kept: the sums are not complete".to_owned());
    }
    lines
}

/// One object a client.
pub(super) fn json(days: &[Day]) -> Value {
    let one = |day: &Day| {
        let sums = day.facts.sums();
        let off = day.facts.calls.iter().filter(|call| call.cause == Some(Cause::Off));
        json!({
            "tenant": day.tenant.as_str(),
            "date": day.date.to_string(),
            "agrees": day.agrees(),
            "answered": sums.answered,
            "outbound_answered": sums.outbound_answered,
            "talk_ms": sums.talk_ms,
            "off_calls": sums.off,
            "off_talk_ms": sums.off_talk_ms,
            "due_ms": sums.due_ms,
            "recorded_ms": sums.recorded_ms,
            "difference_ms": sums.difference_ms(),
            "gaps_ms": sums.gaps_ms,
            "tolerance_ms": RECORDED_OFF_MS_MAX,
            "differing": day.facts.differing().map(call).collect::<Vec<_>>(),
            "not_recorded_by_plan": off.map(|call| call.call.0).collect::<Vec<_>>(),
            "files": day.files.as_ref().map(|files| files.iter().map(file).collect::<Vec<_>>()),
            "open": day.facts.open,
            "complete": !day.is_cut && day.facts.dropped == 0,
        })
    };
    json!({ "days": days.iter().map(one).collect::<Vec<_>>() })
}

fn call(call: &ReconciledCall) -> Value {
    json!({
        "call": call.call.0,
        "began": time_text(call.began_at),
        "outbound": call.outbound,
        "talk_ms": call.talk_ms,
        "due_ms": call.due_ms,
        "recorded_ms": call.recorded_ms,
        "difference_ms": call.difference_ms(),
        "gaps_ms": call.gaps_ms,
        "file": call.file,
        "cause": cause_word(call.cause),
    })
}

fn file(fault: &FileFault) -> Value {
    let FileFault { call, file, plays_ms, stated_ms } = fault;
    json!({ "call": call.0, "file": file, "plays_ms": plays_ms, "stated_ms": stated_ms })
}

const fn cause_word(cause: Option<Cause>) -> &'static str {
    match cause {
        Some(Cause::Off) => "off",
        Some(Cause::Failed(RecordingFailure::CannotCreate)) => "cannot_create",
        Some(Cause::Failed(RecordingFailure::WriteFailed)) => "write_failed",
        Some(Cause::Failed(RecordingFailure::Overrun)) => "overrun",
        Some(Cause::Crash) => "crash",
        None => "none_known",
    }
}

fn cause(call: &ReconciledCall) -> &'static str {
    match call.cause {
        Some(Cause::Off) => "the plan does not record the number",
        Some(Cause::Failed(RecordingFailure::CannotCreate)) => "the file could not be made",
        Some(Cause::Failed(RecordingFailure::WriteFailed)) => "the disk refused audio",
        Some(Cause::Failed(RecordingFailure::Overrun)) => "the recorder was too slow",
        Some(Cause::Crash) => "the switch died in the call",
        None => "no cause is known",
    }
}

/// `3723.456 s`.
fn seconds(ms: u64) -> String {
    format!("{}.{:03} s", ms / 1_000, ms % 1_000)
}

fn signed_seconds(ms: i64) -> String {
    format!("{}{}", if ms < 0 { "-" } else { "" }, seconds(ms.unsigned_abs()))
}
