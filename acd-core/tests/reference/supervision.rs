//! Supervisors, as the rules have them (R-S5, R-T7).

#![allow(
    clippy::wildcard_enum_match_arm,
    clippy::unwrap_in_result,
    reason = "an input of no supervisor, and a seat that is none, must fail the test"
)]

use acd_core::{
    CallCommand, CallCommandResult, CallEvent, CommandSource, Company, Input, LegId, PartyEnd, PartyId,
    PartyLegEnd, SeatCommand, SeatCommandResult, SeatId, SeatState, Supervision, TenantId, Timestamp,
};

use crate::model::{Call, Model};
use crate::parties::Party;

/// A supervisor who listens or whispers, or is being rung.
pub(crate) struct Watcher {
    pub(crate) id: PartyId,
    pub(crate) supervisor: SeatId,
    pub(crate) part: Supervision,
    pub(crate) answered: bool,
    holds: bool,
    pub(crate) until: Option<Timestamp>,
}

impl Call {
    fn watcher(&self, supervisor: SeatId) -> Option<usize> {
        self.watchers.iter().position(|it| it.supervisor == supervisor)
    }

    fn joined(&self, supervisor: SeatId) -> Option<usize> {
        self.parties.iter().position(|it| it.supervisor == Some(supervisor))
    }
}

impl Model {
    /// The seat's phone is at a call as a supervisor's.
    pub(crate) fn supervises(&self, seat: SeatId) -> bool {
        self.calls.iter().any(|it| it.watcher(seat).is_some() || it.joined(seat).is_some())
    }

    fn oversees(&self, supervisor: SeatId, tenant: TenantId) -> bool {
        self.seats.iter().any(|it| it.id == supervisor && it.in_plan && it.plan.serves.contains_key(&tenant))
    }

    /// What stands against a command to a seat of the plan.
    pub(crate) fn stands_against(
        &self,
        id: SeatId,
        command: SeatCommand,
        source: CommandSource,
    ) -> Option<SeatCommandResult> {
        let seat = self.seats.iter().find(|it| it.id == id).unwrap();
        if let CommandSource::Supervisor(supervisor) = source {
            let in_plan = |id: &&TenantId| self.tenants.iter().any(|it| it.id == **id && it.in_plan);
            if !seat.plan.serves.keys().filter(in_plan).any(|it| self.oversees(supervisor, *it)) {
                return Some(SeatCommandResult::UnknownSupervisor);
            }
            if command == SeatCommand::Ready && seat.is_busy() {
                return Some(SeatCommandResult::Busy);
            }
        }
        let wants_callers = matches!(command, SeatCommand::LogIn | SeatCommand::Ready);
        (wants_callers && self.supervises(id)).then_some(SeatCommandResult::Supervising)
    }

    /// A supervisor sees to the calls of the tenants that its seat serves.
    pub(crate) fn is_stranger(&self, at: usize, source: CommandSource) -> bool {
        let call = &self.calls[at];
        match source {
            CommandSource::Supervisor(seat) => {
                !self.oversees(seat, call.tenant) && !self.oversees(seat, call.serving)
            }
            CommandSource::StarCode
            | CommandSource::Api
            | CommandSource::Console
            | CommandSource::LifeBefore
            | CommandSource::NewPlan => false,
        }
    }

    pub(crate) fn may_supervise(
        &self,
        at: usize,
        command: CallCommand,
        source: CommandSource,
    ) -> CallCommandResult {
        let CommandSource::Supervisor(seat) = source else { return CallCommandResult::UnknownSupervisor };
        let call = &self.calls[at];
        let there = call.watcher(seat).is_some() || call.joined(seat).is_some();
        let state = self.seats.iter().find(|it| it.id == seat).unwrap().state;
        let idle = matches!(state, SeatState::LoggedOut | SeatState::Paused(_));
        let supervisors =
            call.watchers.len() + call.parties.iter().filter(|it| it.supervisor.is_some()).count();
        match command {
            CallCommand::EndSupervision if there => CallCommandResult::Done,
            CallCommand::EndSupervision => CallCommandResult::UnknownParty,
            _ if !call.has_talk() => CallCommandResult::OutOfPhase,
            _ if there => CallCommandResult::Done,
            _ if !idle || self.supervises(seat) => CallCommandResult::SeatNotFree,
            _ if supervisors >= 4 || call.tries >= 1_000 => CallCommandResult::TooManyParties,
            _ => CallCommandResult::Done,
        }
    }

    /// It may be done.
    pub(crate) fn supervise(&mut self, at: usize, part: Supervision, source: CommandSource) {
        let CommandSource::Supervisor(supervisor) = source else { panic!("it was said to be a supervisor") };
        let company = company(part);
        if let Some(found) = self.calls[at].joined(supervisor) {
            if part == Supervision::Join {
                return;
            }
            let Party { id, holds, .. } = self.calls[at].parties.remove(found);
            let watcher = Watcher { id, supervisor, part, answered: true, holds, until: None };
            self.calls[at].watchers.push(watcher);
            self.state(CallEvent::PartyMoved { party: id, company });
            self.regroup(at);
        } else if let Some(found) = self.calls[at].watcher(supervisor) {
            let watcher = &mut self.calls[at].watchers[found];
            let (before, answered, party) = (watcher.part, watcher.answered, watcher.id);
            watcher.part = part;
            if answered && before != part {
                self.state(CallEvent::PartyMoved { party, company });
                self.join_if_wanted(at, found);
            }
        } else {
            let Call { id: call, tenant, ring, .. } = self.calls[at];
            let until = Some(self.now + self.tenant(tenant).plan.ring);
            self.calls[at].tries += 1;
            let id = PartyId { call, attempt: self.calls[at].tries };
            let watcher = Watcher { id, supervisor, part, answered: false, holds: false, until };
            self.calls[at].watchers.push(watcher);
            let (_, seat) = ring.unwrap();
            self.state(CallEvent::SupervisorRung { party: id, supervisor, seat });
        }
    }

    fn join_if_wanted(&mut self, at: usize, found: usize) {
        if self.calls[at].watchers[found].part != Supervision::Join {
            return;
        }
        let Watcher { id, supervisor, holds, .. } = self.calls[at].watchers.remove(found);
        self.calls[at].typed.clear();
        self.calls[at].parties.push(Party::supervisor(id, supervisor, holds));
        self.regroup(at);
    }

    pub(crate) fn end_supervision(&mut self, at: usize, source: CommandSource) {
        let CommandSource::Supervisor(supervisor) = source else { panic!("it was said to be a supervisor") };
        if let Some(found) = self.calls[at].watcher(supervisor) {
            let watcher = self.calls[at].watchers.remove(found);
            self.let_go(watcher, PartyEnd::Commanded);
        } else if let Some(found) = self.calls[at].joined(supervisor) {
            let attempt = self.calls[at].parties[found].id.attempt;
            self.drop_party(at, attempt);
        }
    }

    pub(crate) fn let_go(&mut self, watcher: Watcher, end: PartyEnd) {
        self.state(CallEvent::PartyEnded { party: watcher.id, end });
        let owed = if watcher.answered { &mut self.parties_released } else { &mut self.parties_cancelled };
        owed.push(watcher.id);
    }

    /// Who listens to a seat that has left, listens to nothing.
    pub(crate) fn send_watchers_home(&mut self) {
        let mut homeward = Vec::new();
        for call in self.calls.iter_mut().filter(|it| !it.has_talk()) {
            homeward.append(&mut call.watchers);
        }
        for watcher in homeward {
            self.let_go(watcher, PartyEnd::Alone);
        }
    }

    pub(crate) fn watcher_input(&mut self, at: usize, found: usize, input: &Input) {
        let watcher = &mut self.calls[at].watchers[found];
        let (party, answered, holds) = (watcher.id, watcher.answered, watcher.holds);
        let leg = LegId::Party(party);
        match input {
            Input::PartyProgressed { .. } if !answered => {}
            Input::PartyAnswered { .. } if !answered => {
                watcher.answered = true;
                watcher.until = None;
                let company = company(watcher.part);
                self.state(CallEvent::PartyAnswered { party, company });
                self.join_if_wanted(at, found);
            }
            Input::PartyFailed { failure, .. } if !answered => {
                self.calls[at].watchers.remove(found);
                self.state(CallEvent::PartyEnded { party, end: PartyEnd::Failed(*failure) });
            }
            Input::PartyLegEnded { end: PartyLegEnd::HungUp, .. } if answered => {
                self.calls[at].watchers.remove(found);
                self.state(CallEvent::PartyEnded { party, end: PartyEnd::HungUp });
            }
            Input::PartyLegEnded { end: PartyLegEnd::Lost, .. } if answered => {
                self.calls[at].watchers.remove(found);
                self.state(CallEvent::PartyEnded { party, end: PartyEnd::Lost });
            }
            Input::HoldBegan { .. } if answered && !holds => {
                watcher.holds = true;
                self.state(CallEvent::HoldStarted { leg });
            }
            Input::HoldEnded { .. } if answered && holds => {
                watcher.holds = false;
                self.state(CallEvent::HoldEnded { leg });
            }
            Input::DigitPressed { digit, .. } if answered => {
                self.state(CallEvent::DigitPressed { leg, digit: *digit });
            }
            _ => self.out_of_phase(at),
        }
    }

    pub(crate) fn watcher_timed_out(&mut self, at: usize, due: Timestamp) {
        let found = self.calls[at].watchers.iter().position(|it| it.until == Some(due)).unwrap();
        let watcher = self.calls[at].watchers.remove(found);
        self.let_go(watcher, PartyEnd::TimedOut);
    }
}

fn company(part: Supervision) -> Company {
    match part {
        Supervision::Listen => Company::Listening,
        Supervision::Whisper => Company::Whispering,
        Supervision::Join => Company::Together,
    }
}
