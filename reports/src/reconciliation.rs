//! Talk against what was recorded of it, day by day (R-R2).
//!
//! A call belongs to the civil day in which it was admitted, or begun by an agent. What ought to be recorded is said by the
//! number's rule at that instant: from the seat's answer, or from the caller's, to the last leg's end (R-R1); what was, by
//! the recorder's facts.

mod fold;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use acd_core::plan::RecordingPolicy;
use acd_core::{CallId, DialledNumber, PartyId, RecordingFailure, TenantId, Timestamp};

use crate::accounting::ClockStep;
use crate::limits::RECORDED_OFF_MS_MAX;

/// One client's talk and recordings of one day: a fold over facts that is told the plans between them.
#[derive(Clone, Debug)]
pub struct Reconciler {
    tenant: TenantId,
    from: Timestamp,
    to: Timestamp,
    numbers: BTreeMap<DialledNumber, RecordingPolicy>,
    calls: BTreeMap<CallId, Entry>,
    steps: Vec<ClockStep>,
    /// Calls of the day whose end, or whose recording's end, is still to come.
    awaited: u64,
    /// Calls were ended by a stop or a start of the switch, which has not said yet since when it was not there.
    outage_to_come: bool,
    dropped: u64,
}

/// What became of a day's talk.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reconciliation {
    /// The calls that are over and of which something ought to be recorded or was, and those that the plan does not record, by
    /// their id.
    pub calls: Vec<ReconciledCall>,
    /// Calls of the day that had not ended, or whose recording had not, where the facts end: of no sum.
    pub open: u64,
    /// Calls given up for want of room ([`limits`](crate::limits)): the sums are not complete.
    pub dropped: u64,
}

/// One call's talk and recording, in milliseconds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReconciledCall {
    /// The call.
    pub call: CallId,
    /// When it took its line, or an agent began it.
    pub began_at: Timestamp,
    /// An agent began it (R-T8).
    pub outbound: bool,
    /// A seat answered it, or the party did whom the agent called.
    pub answered: bool,
    /// Talk with seats, holds included (R-A5); of an outbound call, from the party's answer to the last leg's end.
    pub talk_ms: u64,
    /// What ought to be recorded by the number's rule.
    pub due_ms: u64,
    /// What was recorded. Where audio was lost and said to be, what the file lacks is taken off.
    pub recorded_ms: u64,
    /// Audio that the file lacks, over both channels, as the recorder said.
    pub gaps_ms: u64,
    /// Where, relative to the recordings folder.
    pub file: Option<String>,
    /// What is known to have been against it.
    pub cause: Option<Cause>,
}

/// Why less was recorded than was said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// The plan does not record the number.
    Off,
    /// The recorder said that it failed.
    Failed(RecordingFailure),
    /// The switch died in the call.
    Crash,
}

impl ReconciledCall {
    /// Recorded time less the time that ought to be recorded.
    pub fn difference_ms(&self) -> i64 {
        signed(self.recorded_ms) - signed(self.due_ms)
    }

    /// Whether that is within what is borne ([`RECORDED_OFF_MS_MAX`]).
    pub fn agrees(&self) -> bool {
        self.difference_ms().unsigned_abs() <= RECORDED_OFF_MS_MAX
    }
}

/// The sums of a day, in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ReconciliationSums {
    /// Calls that a seat answered.
    pub answered: u64,
    /// Outbound calls that somebody answered.
    pub outbound_answered: u64,
    /// Talk, of the calls that the plan does not record too.
    pub talk_ms: u64,
    /// Calls that the plan does not record, of those answered.
    pub off: u64,
    /// Talk of these.
    pub off_talk_ms: u64,
    /// What ought to be recorded.
    pub due_ms: u64,
    /// What was.
    pub recorded_ms: u64,
    /// Audio that the files lack, over both channels.
    pub gaps_ms: u64,
    /// Calls whose recording differs by more than is borne.
    pub differing: u64,
}

impl ReconciliationSums {
    /// Recorded time less the time that ought to be recorded.
    pub fn difference_ms(&self) -> i64 {
        signed(self.recorded_ms) - signed(self.due_ms)
    }
}

impl Reconciliation {
    /// The sums over all calls that are over.
    pub fn sums(&self) -> ReconciliationSums {
        let mut sums = ReconciliationSums::default();
        for call in &self.calls {
            if call.answered {
                *(if call.outbound { &mut sums.outbound_answered } else { &mut sums.answered }) += 1;
            }
            sums.talk_ms += call.talk_ms;
            if call.cause == Some(Cause::Off) {
                sums.off += 1;
                sums.off_talk_ms += call.talk_ms;
            }
            sums.due_ms += call.due_ms;
            sums.recorded_ms += call.recorded_ms;
            sums.gaps_ms += call.gaps_ms;
            sums.differing += u64::from(!call.agrees());
        }
        sums
    }

    /// The calls whose recording differs from what ought to be recorded by more than is borne.
    pub fn differing(&self) -> impl Iterator<Item = &ReconciledCall> {
        self.calls.iter().filter(|call| !call.agrees())
    }
}

fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

/// A call of the day as far as it has come.
#[derive(Clone, Debug)]
struct Entry {
    began_at: Timestamp,
    outbound: bool,
    rule: RecordingPolicy,
    /// Hears the closed announcement and no more, unless it overflows (R-L11, R-G5).
    closed: bool,
    connected_at: Option<Timestamp>,
    answered_at: Option<Timestamp>,
    supervisors: Vec<PartyId>,
    /// Talks with seats: from when to when.
    talks: Vec<(Timestamp, Option<Timestamp>)>,
    /// When whoever was there last had gone; `None`: the caller waits, or has not been answered.
    apart_at: Option<Timestamp>,
    hung_up_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    file: Option<String>,
    /// A recording runs.
    runs: bool,
    recorded_ms: u64,
    gaps_ms: u64,
    failed: Option<RecordingFailure>,
    off: bool,
    crashed: bool,
}
