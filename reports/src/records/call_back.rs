//! Whom to call back (R-T5, R-T8): who was cut off, who gave up, and who has been reached since.

use std::collections::BTreeMap;

use acd_core::{
    CallId, CallPhase, CallerIdentity, CallerLegEnd, Company, Destination, Outcome, TenantId, Timestamp,
};

use super::{CallRecord, PartyRecord, Records, SupervisorRecord};

impl Records {
    /// The callers to call back, of whom the number is known and who have not answered since, neither in that call (R-T5) nor
    /// in an outbound one about it (R-T8); a doctor who was reached about a caller is not the caller. They gave up before
    /// anybody answered, were cut off by us, hung up while others went on for them, or were last waiting, rung for or being
    /// sent on, with nobody there, whoever had spoken with them before (R-Q7, R-T2). Who came outside hours and went on to
    /// another tenant's queue has waited like anybody (R-G5); who heard no more than the closed announcement has not.
    pub fn to_call_back(&self) -> impl Iterator<Item = &CallRecord> {
        self.calls.values().filter(|record| {
            let known = matches!(record.caller, CallerIdentity::Number(_));
            let about = self.outbound.values().filter(|outbound| outbound.about == Some(record.call));
            let mut parties = record.parties.iter().chain(about.flat_map(|outbound| &outbound.parties));
            record.is_missed() && known && !parties.any(PartyRecord::is_the_caller_again)
        })
    }

    /// The last call that a seat answered, by whose callers they are and the number as received.
    pub fn last_answered(&self) -> BTreeMap<(TenantId, &str), CallId> {
        let answered = self.calls.values().filter(|record| record.is_offered() && !record.talks.is_empty());
        let by_number = answered.filter_map(|record| match &record.caller {
            CallerIdentity::Number(number) => Some(((record.tenant, number.reveal().as_str()), record.call)),
            CallerIdentity::Withheld(_) => None,
        });
        // Calls stand in their order: the later takes the place of the earlier.
        by_number.collect()
    }
}

impl CallRecord {
    /// Whether the caller wanted us, and went without an end to the call that all had meant.
    fn is_missed(&self) -> bool {
        let wanted = !self.test && (!self.closed || !self.overflows.is_empty());
        let missed = match self.outcome() {
            Some(
                Outcome::AbandonedInGuidance
                | Outcome::AbandonedInQueue
                | Outcome::AbandonedWhileRinging
                | Outcome::AbandonedAfterReception
                | Outcome::Failed,
            ) => true,
            Some(Outcome::Answered) => {
                self.was_cut_off() || self.hung_up_before_the_others() || self.was_with_nobody()
            }
            Some(Outcome::Closed) | None => false,
        };
        wanted && missed
    }

    /// Whether the caller hung up and the others went on; at headquarters' request we release the leg, and headquarters ring
    /// the caller back (R-T5, R-T6).
    fn hung_up_before_the_others(&self) -> bool {
        let hung_up = self.end.is_some_and(|end| end.leg_end == Some(CallerLegEnd::HungUp));
        self.caller_left_at.is_some() && hung_up
    }

    /// Whether the caller was waiting again or being sent on when the call's end began.
    fn was_with_nobody(&self) -> bool {
        match self.end.map(|end| end.phase) {
            Some(CallPhase::Waiting | CallPhase::Ringing) => true,
            Some(CallPhase::Transferred) => self.was_sent_on_in_vain(),
            Some(
                CallPhase::Arriving
                | CallPhase::Guidance
                | CallPhase::Talking
                | CallPhase::Consulting
                | CallPhase::Conference
                | CallPhase::WithoutCaller
                | CallPhase::Outbound
                | CallPhase::Closed
                | CallPhase::Closing,
            )
            | None => false,
        }
    }

    /// Of a caller whose seat has left: whether nobody was there after it, or somebody was still being dialled when the last
    /// one there had gone. Where nobody is being dialled, that one's going ends the call (R-T4).
    fn was_sent_on_in_vain(&self) -> bool {
        let seat_left_at = self.talks.last().and_then(|talk| talk.end).map(|(at, _)| at);
        let parties = self.parties.iter().filter(|it| it.answered_at.is_some()).map(|it| it.end);
        let supervisors = self.supervisors.iter().filter(|it| it.joined()).map(|it| it.end);
        let ends = parties.chain(supervisors).map(|end| end.map(|(at, _)| at));
        // Of those who are there until the end, the end is that of the call; `None` is someone the record does not see go.
        let Some(ends) = ends.collect::<Option<Vec<Timestamp>>>() else { return false };
        let Some(last) = ends.into_iter().max() else { return true };
        let mut tries = self.parties.iter().filter(|it| it.answered_at.is_none());
        Some(last) < seat_left_at || tries.any(|it| it.end.is_none_or(|(at, _)| at > last))
    }
}

impl PartyRecord {
    /// Whether it is the call's own caller, who was rung back and answered.
    fn is_the_caller_again(&self) -> bool {
        matches!(self.destination, Destination::Caller | Destination::CallBack(_))
            && self.answered_at.is_some()
    }
}

impl SupervisorRecord {
    /// Whether the supervisor spoke with the caller last.
    fn joined(&self) -> bool {
        self.parts.last().is_some_and(|(_, part)| *part == Company::Together)
    }
}
