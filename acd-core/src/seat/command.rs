//! What agents and supervisors command (R-S2).

use super::{Deferred, Seat};
use crate::effect::Effect;
use crate::event::{CallEvent, SeatState};
use crate::house::House;
use crate::ids::{RequestId, SeatId};
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
        let (result, to) = match self.seats.get_mut(&seat) {
            Some(it) if it.in_plan => match command {
                SeatCommand::LogIn => it.log_in(),
                SeatCommand::Ready => it.make_ready(),
                SeatCommand::Pause(reason) => it.pause(reason),
                SeatCommand::LogOut => it.log_out(),
            },
            Some(_) | None => (SeatCommandResult::UnknownSeat, None),
        };
        self.out.state(CallEvent::SeatCommanded { seat, command, source, result });
        if let Some(to) = to {
            self.set_seat(seat, to);
        }
        self.out.order(Effect::AnswerSeatCommand { request, result });
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
            SeatState::Ringing(_) | SeatState::Talking(_) | SeatState::Outbound(_) => {
                self.deferred = None;
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
