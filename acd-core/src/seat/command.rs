//! What agents and supervisors command (R-S2).

use super::{Deferred, Seat};
use crate::effect::Effect;
use crate::event::{CallEvent, SeatState};
use crate::house::House;
use crate::ids::{RequestId, SeatId, TenantId};
use crate::input::{CommandSource, PauseReason, SeatCommand, SeatCommandResult};

impl House {
    /// Carries a command out, states it as a fact and answers it.
    pub(crate) fn seat_commanded(
        &mut self,
        seat: SeatId,
        command: SeatCommand,
        source: CommandSource,
        request: RequestId,
    ) {
        let refusal = self.refuses(seat, command, source);
        let (result, to) = match (refusal, self.seats.get_mut(&seat)) {
            (Some(refusal), _) => (refusal, None),
            (None, Some(it)) => match command {
                SeatCommand::LogIn => it.log_in(),
                SeatCommand::Ready => it.make_ready(),
                SeatCommand::Pause(reason) => it.pause(reason),
                SeatCommand::LogOut => it.log_out(),
            },
            (None, None) => (SeatCommandResult::UnknownSeat, None),
        };
        self.out.state(CallEvent::SeatCommanded { seat, command, source, result });
        if let Some(to) = to {
            self.set_seat(seat, to);
        }
        self.out.order(Effect::AnswerSeatCommand { request, result });
    }

    /// What stands against a command, whatever it would do to the seat.
    fn refuses(&self, id: SeatId, command: SeatCommand, source: CommandSource) -> Option<SeatCommandResult> {
        let Some(seat) = self.seats.get(&id).filter(|it| it.in_plan) else {
            return Some(SeatCommandResult::UnknownSeat);
        };
        if let CommandSource::Supervisor(supervisor) = source {
            let is_in_plan = |tenant: &&TenantId| self.lines.get(**tenant).is_some_and(|it| it.in_plan);
            let mut tenants = seat.settings.serves.keys().filter(is_in_plan);
            if !tenants.any(|tenant| self.oversees(supervisor, *tenant)) {
                return Some(SeatCommandResult::UnknownSupervisor);
            }
            // An agent's own wish takes back what was deferred; a supervisor's would be to be ready at once (R-S5).
            if command == SeatCommand::Ready && seat.busy_ring().is_some() {
                return Some(SeatCommandResult::Busy);
            }
        }
        match command {
            SeatCommand::LogIn | SeatCommand::Ready if self.supervising.contains_key(&id) => {
                Some(SeatCommandResult::Supervising)
            }
            SeatCommand::LogIn | SeatCommand::Ready | SeatCommand::Pause(_) | SeatCommand::LogOut => None,
        }
    }

    /// Whether a supervisor may see to a tenant's seats and calls: a seat of the plan that serves it (R-S5).
    pub(crate) fn oversees(&self, supervisor: SeatId, tenant: TenantId) -> bool {
        self.seats.get(&supervisor).is_some_and(|it| it.in_plan && it.settings.serves.contains_key(&tenant))
    }
}

/// Each gives the command's result and the state that it leads to, if to another.
impl Seat {
    fn log_in(&mut self) -> (SeatCommandResult, Option<SeatState>) {
        match self.state {
            SeatState::LoggedOut if !self.is_reachable() => (SeatCommandResult::NotReachable, None),
            SeatState::LoggedOut => (SeatCommandResult::Done, Some(SeatState::Ready)),
            SeatState::Ready
            | SeatState::Ringing(_)
            | SeatState::Talking(_)
            | SeatState::Outbound(_)
            | SeatState::WrapUp
            | SeatState::Paused(_)
            | SeatState::NotAnswering(_)
            | SeatState::Unreachable => {
                if self.deferred == Some(Deferred::LogOut) {
                    self.deferred = None;
                }
                (SeatCommandResult::Done, None)
            }
        }
    }

    fn make_ready(&mut self) -> (SeatCommandResult, Option<SeatState>) {
        match self.state {
            SeatState::LoggedOut => (SeatCommandResult::NotLoggedIn, None),
            SeatState::Ready => (SeatCommandResult::Done, None),
            SeatState::Ringing(_) | SeatState::Talking(_) => {
                self.deferred = None;
                (SeatCommandResult::Done, None)
            }
            SeatState::Outbound(_) => {
                self.deferred = Some(Deferred::Ready);
                (SeatCommandResult::Done, None)
            }
            // What was asked for during the call takes effect now that wrap-up ends (R-S2).
            SeatState::WrapUp if self.deferred.is_some() => {
                (SeatCommandResult::Done, Some(self.idle_state()))
            }
            SeatState::WrapUp
            | SeatState::Paused(_)
            | SeatState::NotAnswering(_)
            | SeatState::Unreachable => {
                if self.is_reachable() {
                    (SeatCommandResult::Done, Some(SeatState::Ready))
                } else {
                    // The agent is there and only the phone is missing: its registration makes the seat ready.
                    (SeatCommandResult::NotReachable, Some(SeatState::Unreachable))
                }
            }
        }
    }

    fn pause(&mut self, reason: PauseReason) -> (SeatCommandResult, Option<SeatState>) {
        match self.state {
            SeatState::LoggedOut => (SeatCommandResult::NotLoggedIn, None),
            SeatState::Ringing(_) | SeatState::Talking(_) | SeatState::Outbound(_) => {
                self.deferred = Some(Deferred::Pause(reason));
                (SeatCommandResult::Deferred, None)
            }
            SeatState::Ready
            | SeatState::WrapUp
            | SeatState::Paused(_)
            | SeatState::NotAnswering(_)
            | SeatState::Unreachable => (SeatCommandResult::Done, Some(SeatState::Paused(reason))),
        }
    }

    fn log_out(&mut self) -> (SeatCommandResult, Option<SeatState>) {
        match self.state {
            SeatState::Ringing(_) | SeatState::Talking(_) | SeatState::Outbound(_) => {
                self.deferred = Some(Deferred::LogOut);
                (SeatCommandResult::Deferred, None)
            }
            SeatState::LoggedOut
            | SeatState::Ready
            | SeatState::WrapUp
            | SeatState::Paused(_)
            | SeatState::NotAnswering(_)
            | SeatState::Unreachable => (SeatCommandResult::Done, Some(SeatState::LoggedOut)),
        }
    }
}
