//! Supervisors: they listen to a talk, whisper to its seat, or join it (R-S5). Who listens or whispers follows the talking
//! seat and is no person of the call, so that none of its phases knows of it; who has joined is one of the meeting.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::meeting::{Audio, Meeting, joined_audio};
use super::{Call, CallState, PartyInput, Visit};
use crate::effect::{Effect, ReleaseCause};
use crate::event::{CallEvent, SeatState};
use crate::house::House;
use crate::ids::{LegId, PartyId, SeatId};
use crate::input::{CallCommand, CallCommandResult, CommandSource};
use crate::limits::{PARTIES_PER_CALL_MAX, SUPERVISORS_AT_ONCE_MAX};
use crate::party::{PartyEnd, PartyLegEnd, Supervision};
use crate::timer::Reason;

/// By their try.
pub(crate) type Watchers = BTreeMap<u32, Watcher>;

/// A supervisor who listens or whispers, or is being rung.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Watcher {
    supervisor: SeatId,
    /// The part that the supervisor has, or will have from the answer on.
    part: Supervision,
    /// The phone has been answered.
    is_there: bool,
    /// The phone has us on hold.
    holds: bool,
}

impl Call {
    /// Whether the supervisor may see to this call: those of the tenants that its seat serves.
    pub(super) fn is_overseen_by(&self, supervisor: SeatId, house: &House) -> bool {
        house.oversees(supervisor, self.visit.tenant) || house.oversees(supervisor, self.visit.serving)
    }

    pub(super) fn may_supervise(
        &self,
        command: CallCommand,
        source: CommandSource,
        house: &House,
    ) -> CallCommandResult {
        let CommandSource::Supervisor(supervisor) = source else {
            return CallCommandResult::UnknownSupervisor;
        };
        let is_present = self.watcher(supervisor).is_some() || self.joined(supervisor).is_some();
        if command == CallCommand::EndSupervision {
            return if is_present { CallCommandResult::Done } else { CallCommandResult::UnknownParty };
        }
        if self.state.seat().is_none() {
            return CallCommandResult::OutOfPhase;
        }
        if is_present {
            return CallCommandResult::Done;
        }
        let is_idle = house
            .seats
            .get(&supervisor)
            .is_some_and(|it| matches!(it.state(), SeatState::LoggedOut | SeatState::Paused(_)));
        if !is_idle || house.supervising.contains_key(&supervisor) {
            return CallCommandResult::SeatNotFree;
        }
        let supervisors = self.visit.watchers.len() + self.state.supervisors().count();
        if supervisors >= SUPERVISORS_AT_ONCE_MAX || self.visit.parties >= PARTIES_PER_CALL_MAX {
            return CallCommandResult::TooManyParties;
        }
        CallCommandResult::Done
    }

    /// Carries out what [`may_supervise`](Self::may_supervise) allowed.
    pub(super) fn supervise(&mut self, part: Supervision, source: CommandSource, house: &mut House) {
        let CommandSource::Supervisor(supervisor) = source else { return };
        if let Some(attempt) = self.joined(supervisor) {
            if part != Supervision::Join {
                self.step_back(attempt, part, house);
            }
            return;
        }
        let Some(attempt) = self.watcher(supervisor) else {
            return self.ring_supervisor(supervisor, part, house);
        };
        let Some(watcher) = self.visit.watchers.get_mut(&attempt) else { return };
        let changes = core::mem::replace(&mut watcher.part, part) != part;
        if watcher.is_there && changes {
            let party = PartyId { call: self.visit.call, attempt };
            house.out.state(CallEvent::PartyMoved { party, company: part.company() });
            self.take_part(party, house);
        }
    }

    pub(super) fn end_supervision(&mut self, source: CommandSource, house: &mut House) {
        let CommandSource::Supervisor(supervisor) = source else { return };
        if let Some(attempt) = self.watcher(supervisor) {
            self.dismiss(attempt, PartyEnd::Commanded, ReleaseCause::Commanded, house);
        } else if let Some(attempt) = self.joined(supervisor) {
            self.change(house, |state, visit, house| {
                let CallState::Meeting(meeting) = state else { return state };
                meeting.obey(CallCommand::DropParty(attempt), visit, house)
            });
        }
    }

    /// What a supervisor does who listens, whispers, or is being rung.
    pub(super) fn watcher_does(&mut self, party: PartyId, input: PartyInput, house: &mut House) {
        let Some(watcher) = self.visit.watchers.get_mut(&party.attempt) else { return };
        let leg = LegId::Party(party);
        match (input, watcher.is_there) {
            (PartyInput::Progressed, false) => {}
            (PartyInput::Answered, false) => {
                watcher.is_there = true;
                house.timers.cancel(Reason::PartyRingOver(party));
                let company = watcher.part.company();
                house.out.state(CallEvent::PartyAnswered { party, company });
                self.take_part(party, house);
            }
            (PartyInput::Failed(failure), false) => {
                self.forget(party, PartyEnd::Failed(failure), house);
            }
            (PartyInput::TimedOut, false) => {
                self.dismiss(party.attempt, PartyEnd::TimedOut, ReleaseCause::Failed, house);
            }
            (PartyInput::LegEnded(PartyLegEnd::HungUp), true) => {
                self.forget(party, PartyEnd::HungUp, house);
            }
            (PartyInput::LegEnded(PartyLegEnd::Lost), true) => self.forget(party, PartyEnd::Lost, house),
            (PartyInput::Holds(holds), true) if watcher.holds != holds => {
                watcher.holds = holds;
                house.out.state(if holds {
                    CallEvent::HoldStarted { leg }
                } else {
                    CallEvent::HoldEnded { leg }
                });
            }
            (PartyInput::Pressed(digit), true) => house.out.state(CallEvent::DigitPressed { leg, digit }),
            (
                PartyInput::Progressed
                | PartyInput::Answered
                | PartyInput::Failed(_)
                | PartyInput::LegEnded(_)
                | PartyInput::TimedOut
                | PartyInput::Holds(_)
                | PartyInput::Pressed(_)
                | PartyInput::Cancelled
                | PartyInput::HuntPauseOver
                | PartyInput::CannotHear,
                _,
            ) => self.visit.out_of_phase(house),
        }
    }

    /// The seat has left, or the call has ended: there is nothing to listen to any more.
    pub(super) fn dismiss_watchers(&mut self, end: PartyEnd, cause: ReleaseCause, house: &mut House) {
        while let Some((attempt, _)) = self.visit.watchers.first_key_value() {
            self.dismiss(*attempt, end, cause, house);
        }
    }

    fn watcher(&self, supervisor: SeatId) -> Option<u32> {
        let mut watchers = self.visit.watchers.iter();
        watchers.find(|(_, it)| it.supervisor == supervisor).map(|(attempt, _)| *attempt)
    }

    fn joined(&self, supervisor: SeatId) -> Option<u32> {
        self.state.supervisors().find(|(_, it)| *it == supervisor).map(|(attempt, _)| attempt)
    }

    fn ring_supervisor(&mut self, supervisor: SeatId, part: Supervision, house: &mut House) {
        let Some(seat) = self.state.seat() else { return };
        let Visit { call, tenant, .. } = self.visit;
        self.visit.parties += 1;
        let party = PartyId { call, attempt: self.visit.parties };
        house.out.state(CallEvent::SupervisorRung { party, supervisor, seat });
        house.out.order(Effect::RingSupervisor { party, supervisor, tenant });
        let patience = house.lines.room(tenant).tenant.ring;
        house.timers.set(Reason::PartyRingOver(party), house.now + patience);
        house.supervising.insert(supervisor, party);
        let watcher = Watcher { supervisor, part, is_there: false, holds: false };
        self.visit.watchers.insert(party.attempt, watcher);
    }

    /// Puts the part of a supervisor in force who is there.
    fn take_part(&mut self, party: PartyId, house: &mut House) {
        let Some(watcher) = self.visit.watchers.get(&party.attempt).copied() else { return };
        if watcher.part == Supervision::Join {
            self.visit.watchers.remove(&party.attempt);
            return self
                .change(house, |state, visit, house| state.take_in(party.attempt, &watcher, visit, house));
        }
        if let Some(ring) = self.state.ring() {
            let whispers = watcher.part == Supervision::Whisper;
            house.out.order(Effect::Supervise { party, ring, whispers });
        }
    }

    /// A supervisor who has joined listens or whispers from now on.
    fn step_back(&mut self, attempt: u32, part: Supervision, house: &mut House) {
        let mut gone = None;
        self.change(house, |state, visit, house| {
            let CallState::Meeting(meeting) = state else { return state };
            meeting.let_go(attempt, &mut gone, visit, house)
        });
        let Some((supervisor, holds)) = gone else { return };
        let party = PartyId { call: self.visit.call, attempt };
        house.out.state(CallEvent::PartyMoved { party, company: part.company() });
        self.visit.watchers.insert(attempt, Watcher { supervisor, part, is_there: true, holds });
        self.take_part(party, house);
    }

    /// Releases a supervisor's phone, or rings it no more.
    fn dismiss(&mut self, attempt: u32, end: PartyEnd, cause: ReleaseCause, house: &mut House) {
        let party = PartyId { call: self.visit.call, attempt };
        if self.visit.watchers.get(&attempt).is_some_and(|it| it.is_there) {
            house.release_party(party, cause);
        } else {
            house.cancel_party(party);
        }
        self.forget(party, end, house);
    }

    fn forget(&mut self, party: PartyId, end: PartyEnd, house: &mut House) {
        let Some(watcher) = self.visit.watchers.remove(&party.attempt) else { return };
        house.timers.cancel(Reason::PartyRingOver(party));
        house.party_ended(party, end, Some(watcher.supervisor));
    }
}

impl CallState {
    /// Supervisors who have joined, by their try.
    fn supervisors(&self) -> impl Iterator<Item = (u32, SeatId)> {
        let meeting = match self {
            Self::Meeting(meeting) => Some(meeting),
            Self::Arriving(_)
            | Self::Guidance(_)
            | Self::Choosing(_)
            | Self::Waiting(_)
            | Self::Ringing(_)
            | Self::Talking(_)
            | Self::Outbound(_)
            | Self::Closed(_)
            | Self::Closing(_)
            | Self::Ended => None,
        };
        meeting.into_iter().flat_map(|it| it.supervisors())
    }

    fn take_in(self, attempt: u32, watcher: &Watcher, visit: &mut Visit, house: &mut House) -> Self {
        let (before, meeting): (Audio, Box<Meeting>) = match self {
            Self::Talking(talking) => (joined_audio(&talking, visit), Meeting::of_talk(&talking)),
            Self::Meeting(meeting) => (meeting.audio(visit), meeting),
            state @ (Self::Arriving(_)
            | Self::Guidance(_)
            | Self::Choosing(_)
            | Self::Waiting(_)
            | Self::Ringing(_)
            | Self::Outbound(_)
            | Self::Closed(_)
            | Self::Closing(_)
            | Self::Ended) => return state,
        };
        meeting.take_in(&before, (attempt, watcher.supervisor, watcher.holds), visit, house)
    }
}
