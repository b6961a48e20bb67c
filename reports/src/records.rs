//! Call records: what became of each call, from its first fact to its last.

mod call_back;
mod fold;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use acd_core::plan::OverflowCause;
use acd_core::{
    CallId, CallPhase, CallerIdentity, CallerLegEnd, Company, Destination, DialledNumber, LegId, LegQuality,
    Outcome, PartyEnd, PartyId, Pii, RecordingFailure, RefusalReason, RingEnd, RingId, SeatId, SkillId,
    TalkEnd, TenantId, Timestamp, TrunkId,
};

use crate::accounting::{ClockStep, HandledBy, lived_ms};

/// Everything that the facts say about admitted and refused calls.
#[derive(Clone, Debug, Default)]
pub struct Records {
    calls: BTreeMap<CallId, CallRecord>,
    refused: Vec<RefusedRecord>,
    outbound: BTreeMap<CallId, OutboundRecord>,
    dropped: u64,
    orphans: u64,
}

impl Records {
    /// The admitted calls by their id, those in progress included.
    pub const fn calls(&self) -> &BTreeMap<CallId, CallRecord> {
        &self.calls
    }

    /// The calls that agents began, those in progress included (R-T8).
    pub const fn outbound(&self) -> &BTreeMap<CallId, OutboundRecord> {
        &self.outbound
    }

    /// The refused calls in the order of their arrival.
    pub fn refused(&self) -> &[RefusedRecord] {
        &self.refused
    }

    /// Records given up for want of room ([`limits`](crate::limits)): a report over them is not complete.
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Facts that name a call of which no admission was seen: the facts do not begin early enough.
    pub const fn orphans(&self) -> u64 {
        self.orphans
    }

    /// Calls by outcome; `None` counts those in progress.
    pub fn outcomes(&self) -> BTreeMap<Option<Outcome>, u64> {
        let mut outcomes = BTreeMap::new();
        for record in self.calls.values() {
            *outcomes.entry(record.outcome()).or_insert(0) += 1;
        }
        outcomes
    }
}

/// One admitted call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallRecord {
    /// The call.
    pub call: CallId,
    /// The sequence number of its admission.
    pub seq: u64,
    /// Whose.
    pub tenant: TenantId,
    /// From which carrier.
    pub trunk: TrunkId,
    /// Which number was dialled.
    pub dialled: DialledNumber,
    /// Who called.
    pub caller: CallerIdentity,
    /// A rehearsal: in no form (R-L6).
    pub test: bool,
    /// Outside the tenant's hours (R-L11).
    pub closed: bool,
    /// Reception has answered, and no adviser yet (R-A2); of a call that ended so none ever did.
    pub awaits_adviser: bool,
    /// When it took its line.
    pub admitted_at: Timestamp,
    /// The steps of the wall clock while it was in progress, oldest first: what they skipped is in none of its times.
    pub clock_steps: Vec<ClockStep>,
    /// When the caller's leg was answered and acknowledged.
    pub connected_at: Option<Timestamp>,
    /// The guidance, if it began.
    pub guidance: Option<GuidanceRecord>,
    /// When the caller had chosen, and by which key; `None` within: nothing was chosen in time (R-G6).
    pub choice: Option<(Timestamp, Option<char>)>,
    /// Each time the caller entered a queue.
    pub queued: Vec<QueueRecord>,
    /// Each time the caller went on to another tenant's queue.
    pub overflows: Vec<OverflowRecord>,
    /// Each ring of a seat.
    pub rings: Vec<RingRecord>,
    /// Each talk with a seat.
    pub talks: Vec<TalkRecord>,
    /// Each hold.
    pub holds: Vec<HoldRecord>,
    /// Each try to reach a third party, and its presence (R-T3, R-T7).
    pub parties: Vec<PartyRecord>,
    /// Supervisors who were rung for it (R-S5).
    pub supervisors: Vec<SupervisorRecord>,
    /// When the caller's leg had ended while the others went on: the line was free then (R-L1).
    pub caller_left_at: Option<Timestamp>,
    /// What was recorded.
    pub recording: RecordingRecord,
    /// What the legs' media was like.
    pub quality: Vec<(LegId, LegQuality)>,
    /// How it ended; `None`: in progress.
    pub end: Option<CallEnd>,
}

impl CallRecord {
    /// What became of the call; `None`: in progress.
    pub fn outcome(&self) -> Option<Outcome> {
        self.end.map(|end| end.outcome)
    }

    /// Whether the call is offered in the sense of the forms (R-A1): within hours and no rehearsal.
    pub const fn is_offered(&self) -> bool {
        !self.test && !self.closed
    }

    /// Whether the call is a handled one to a client who counts so (R-A2).
    pub fn is_handled(&self, handled_by: HandledBy) -> bool {
        let reached = match handled_by {
            HandledBy::AnySeat => true,
            HandledBy::FinalSkill => !(self.awaits_adviser && self.end.is_some()),
        };
        self.is_offered() && self.answered_at().is_some() && reached
    }

    /// Whether an answered caller's leg was lost, and not ended by anybody.
    pub fn was_cut_off(&self) -> bool {
        let leg_end = self.end.map(|end| end.leg_end);
        matches!(
            leg_end,
            Some(None | Some(CallerLegEnd::SessionExpired | CallerLegEnd::Failed | CallerLegEnd::AckMissing))
        )
    }

    /// When the call's line was free again; `None`: it holds it.
    pub fn line_freed_at(&self) -> Option<Timestamp> {
        self.caller_left_at.or_else(|| self.end.map(|end| end.at))
    }

    /// When the first seat answered.
    pub fn answered_at(&self) -> Option<Timestamp> {
        self.talks.first().map(|talk| talk.started_at)
    }

    /// Talk with seats, holds included, of the talks that are over (R-A5).
    pub fn talk_time(&self) -> Duration {
        self.talks
            .iter()
            .filter_map(|talk| talk.end.map(|(ended_at, _)| self.passed(talk.started_at, ended_at)))
            .sum()
    }

    /// The part of it on hold, of the holds that are over (R-A5). A party that holds hears nobody: caller and seat talk on.
    pub fn hold_time(&self) -> Duration {
        self.holds
            .iter()
            .filter(|hold| !matches!(hold.leg, LegId::Party(_)))
            .filter_map(|hold| hold.ended_at.map(|ended_at| self.passed(hold.started_at, ended_at)))
            .sum()
    }

    /// From the first entry into a queue to the first answer, or to the call's end.
    pub fn wait_time(&self) -> Option<Duration> {
        let entered = self.queued.first()?.at;
        let left = self.answered_at().or_else(|| self.end.map(|end| end.at))?;
        Some(self.passed(entered, left))
    }

    /// The time that passed from one instant of the call to another (R-A15).
    fn passed(&self, from: Timestamp, to: Timestamp) -> Duration {
        Duration::from_millis(lived_ms(&self.clock_steps, from, to))
    }
}

/// One try to reach a third party, and the party itself if it answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PartyRecord {
    /// The try.
    pub party: PartyId,
    /// Whom the agent wanted to reach.
    pub destination: Destination,
    /// The number that was dialled.
    pub number: Pii<DialledNumber>,
    /// When it was dialled.
    pub dialled_at: Timestamp,
    /// When the party answered.
    pub answered_at: Option<Timestamp>,
    /// When and how it ended; `None`: it rings, or is there.
    pub end: Option<(Timestamp, PartyEnd)>,
}

/// A supervisor at a call (R-S5, R-T7).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SupervisorRecord {
    /// The presence.
    pub party: PartyId,
    /// Who: the seat whose phone was rung.
    pub supervisor: SeatId,
    /// Whose talk it was.
    pub seat: SeatId,
    /// When the phone was rung.
    pub rung_at: Timestamp,
    /// When it was answered, and from when on the supervisor had which part.
    pub parts: Vec<(Timestamp, Company)>,
    /// When and how it ended; `None`: it rings, or is there.
    pub end: Option<(Timestamp, PartyEnd)>,
}

/// One call that an agent began.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OutboundRecord {
    /// For which client.
    pub tenant: TenantId,
    /// Whose phone was rung first.
    pub seat: SeatId,
    /// The earlier call that it is about.
    pub about: Option<CallId>,
    /// When it began.
    pub started_at: Timestamp,
    /// Each try to reach somebody.
    pub parties: Vec<PartyRecord>,
    /// Supervisors who were rung for it.
    pub supervisors: Vec<SupervisorRecord>,
    /// When it ended, and whether a party had answered; `None`: in progress.
    pub end: Option<(Timestamp, bool)>,
}

/// The guidance of one call (R-G1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GuidanceRecord {
    /// When it began.
    pub started_at: Timestamp,
    /// When and how it ended; `None`: the caller left before its end, or is hearing it.
    pub end: Option<(Timestamp, GuidanceEnd)>,
}

/// How guidance ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GuidanceEnd {
    /// Heard to its last frame.
    Completed,
    /// It could not be played.
    Failed,
}

/// One entry into a queue (R-Q1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QueueRecord {
    /// When the caller entered, or came back.
    pub at: Timestamp,
    /// Whose queue.
    pub tenant: TenantId,
    /// For which skill.
    pub skill: Option<SkillId>,
    /// The instant that decides the place.
    pub since: Timestamp,
    /// Put back into it.
    pub put_back: bool,
}

/// One caller who went on to another tenant's queue (R-Q8, R-G5).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OverflowRecord {
    /// When.
    pub at: Timestamp,
    /// Whose seats were to serve the caller until then.
    pub from: TenantId,
    /// Whose seats were to from then on.
    pub to: TenantId,
    /// Why.
    pub cause: OverflowCause,
}

/// One ring of one seat.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RingRecord {
    /// The ring.
    pub ring: RingId,
    /// Which seat.
    pub seat: SeatId,
    /// When it began.
    pub started_at: Timestamp,
    /// When and how it ended; `None`: it rings.
    pub end: Option<(Timestamp, RingEnd)>,
}

/// One talk with one seat.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TalkRecord {
    /// The ring that was answered.
    pub ring: RingId,
    /// Which seat.
    pub seat: SeatId,
    /// When the seat answered.
    pub started_at: Timestamp,
    /// When and how it ended; `None`: they talk.
    pub end: Option<(Timestamp, TalkEnd)>,
}

/// One hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HoldRecord {
    /// Which side held.
    pub leg: LegId,
    /// From when.
    pub started_at: Timestamp,
    /// To when; `None`: still held. A hold that nobody took back ends with the talk or the call.
    pub ended_at: Option<Timestamp>,
}

/// What was recorded of a call (R-R1, R-R2).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RecordingRecord {
    /// The plan says that this talk is not recorded.
    pub off: bool,
    /// Where, relative to the recordings folder.
    pub file: Option<String>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it was whole, the audio in it, and of that the part filled with silence.
    pub end: Option<(Timestamp, Duration, Duration)>,
    /// Holes and failures.
    pub failures: Vec<(Timestamp, RecordingFailure)>,
}

/// How a call ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CallEnd {
    /// When its line was free.
    pub at: Timestamp,
    /// What became of it.
    pub outcome: Outcome,
    /// Where it was when its end began.
    pub phase: CallPhase,
    /// How the caller's leg ended; `None`: the switch died.
    pub leg_end: Option<CallerLegEnd>,
}

/// One call that was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefusedRecord {
    /// The call.
    pub call: CallId,
    /// The sequence number of its refusal.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Whose, where the number is known.
    pub tenant: Option<TenantId>,
    /// From which carrier.
    pub trunk: TrunkId,
    /// Which number was dialled.
    pub dialled: Option<DialledNumber>,
    /// Who called.
    pub caller: CallerIdentity,
    /// Why.
    pub reason: RefusalReason,
    /// A rehearsal's call.
    pub test: bool,
}
