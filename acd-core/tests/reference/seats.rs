//! Seats, as the rules have them (R-S1, R-S2, R-S3, R-Q6).

use std::time::Duration;

use acd_core::plan::Login;
use acd_core::{
    CallEvent, CommandSource, RingEnd, RingFailure, SeatCommand, SeatCommandResult, SeatId, SeatLoss,
    SeatState, UnexpectedInput,
};

use crate::model::{Model, Seat};

impl Seat {
    pub(crate) fn is_reachable(&self) -> bool {
        self.registered || self.plan.static_contact
    }

    pub(crate) fn idle_state(&self) -> SeatState {
        match self.deferred_state() {
            Some(state) => state,
            None if self.is_reachable() => SeatState::Ready,
            None if self.plan.login == Login::OnRegister => SeatState::LoggedOut,
            None => SeatState::Unreachable,
        }
    }

    fn deferred_state(&self) -> Option<SeatState> {
        let deferred = self.deferred.filter(|it| *it != SeatState::Ready);
        if self.in_plan { deferred } else { Some(SeatState::LoggedOut) }
    }

    /// R-S3, R-Q6: by the plan in force.
    pub(crate) fn longest_stay(&self) -> Option<Duration> {
        match self.state {
            SeatState::WrapUp => self.plan.wrap_up_max,
            SeatState::NotAnswering(_) => self.plan.not_answering_retry,
            SeatState::Unreachable if self.is_reachable() => self.plan.unreachable_retry,
            SeatState::Unreachable
            | SeatState::LoggedOut
            | SeatState::Ready
            | SeatState::Ringing(_)
            | SeatState::Talking(_)
            | SeatState::Outbound(_)
            | SeatState::Paused(_) => None,
        }
    }

    pub(crate) fn is_busy(&self) -> bool {
        matches!(self.state, SeatState::Ringing(_) | SeatState::Talking(_) | SeatState::Outbound(_))
    }
}

impl Model {
    pub(crate) fn seat(&mut self, id: SeatId) -> &mut Seat {
        self.seats.iter_mut().find(|it| it.id == id).unwrap()
    }

    pub(crate) fn set_seat(&mut self, id: SeatId, to: SeatState) {
        let now = self.now;
        let seat = self.seat(id);
        let from = seat.state;
        if from == to {
            return;
        }
        seat.state = to;
        seat.since = now;
        if !seat.is_busy() && to != SeatState::WrapUp {
            seat.works_for = None;
        }
        seat.until = seat.longest_stay().map(|it| now + it);
        if !seat.is_busy() && to != SeatState::WrapUp {
            seat.deferred = None;
        }
        let vanishes = !seat.in_plan && to == SeatState::LoggedOut;
        self.state(CallEvent::SeatStateChanged { seat: id, from, to });
        if vanishes {
            self.seats.retain(|it| it.id != id);
        }
    }

    pub(crate) fn seat_ring_over(&mut self, id: SeatId, end: RingEnd) {
        let seat = self.seat(id);
        let to = match end {
            RingEnd::CallerGone | RingEnd::Answered => seat.idle_state(),
            RingEnd::SeatLost => return self.seat_lost(id),
            RingEnd::Failed(RingFailure::Unreachable(_)) => {
                seat.deferred_state().unwrap_or(SeatState::Unreachable)
            }
            RingEnd::TimedOut | RingEnd::Failed(RingFailure::Refused(_) | RingFailure::Cancelled) => {
                seat.deferred_state().unwrap_or(SeatState::NotAnswering(end))
            }
        };
        self.set_seat(id, to);
    }

    pub(crate) fn seat_talk_over(&mut self, id: SeatId) {
        let seat = self.seat(id);
        let at_once = !seat.in_plan || seat.plan.wrap_up_max == Some(Duration::ZERO);
        let to = if at_once { seat.idle_state() } else { SeatState::WrapUp };
        self.set_seat(id, to);
    }

    pub(crate) fn seat_lost(&mut self, id: SeatId) {
        let seat = self.seat(id);
        let logs_out = seat.plan.login == Login::OnRegister && !seat.registered;
        let lost = if logs_out { SeatState::LoggedOut } else { SeatState::Unreachable };
        let to = if logs_out { lost } else { seat.deferred_state().unwrap_or(lost) };
        self.set_seat(id, to);
    }

    pub(crate) fn seat_comes_back(&mut self, at: usize) {
        self.seats[at].until = None;
        let (id, to) = (self.seats[at].id, self.seats[at].idle_state());
        self.set_seat(id, to);
    }

    pub(crate) fn registered(&mut self, id: SeatId) {
        let supervises = self.supervises(id);
        let Some(seat) = self.seats.iter_mut().find(|it| it.id == id) else {
            return self.unexpected(UnexpectedInput::SeatUnknown, None);
        };
        let awaited = matches!(seat.state, SeatState::NotAnswering(_) | SeatState::Unreachable);
        if seat.registered && !awaited {
            return self.unexpected(UnexpectedInput::OutOfPhase, None);
        }
        seat.registered = true;
        let logs_in =
            seat.state == SeatState::LoggedOut && seat.plan.login != Login::ByCommand && !supervises;
        self.state(CallEvent::SeatRegistered { seat: id });
        if awaited || logs_in {
            self.set_seat(id, SeatState::Ready);
        }
    }

    pub(crate) fn unregistered(&mut self, id: SeatId, loss: SeatLoss) {
        let Some(seat) = self.seats.iter_mut().find(|it| it.id == id) else {
            return self.unexpected(UnexpectedInput::SeatUnknown, None);
        };
        if !seat.registered {
            return self.unexpected(UnexpectedInput::OutOfPhase, None);
        }
        seat.registered = false;
        let logs_out = seat.plan.login == Login::OnRegister;
        let (lost, busy, state) = (logs_out || !seat.is_reachable(), seat.is_busy(), seat.state);
        if lost && state == SeatState::Unreachable {
            seat.until = None;
        }
        self.state(CallEvent::SeatUnregistered { seat: id, loss });
        if lost && busy {
            self.seat_gone(id, loss);
        } else if logs_out {
            self.set_seat(id, SeatState::LoggedOut);
        } else if lost && matches!(state, SeatState::Ready | SeatState::NotAnswering(_)) {
            self.set_seat(id, SeatState::Unreachable);
        }
    }

    pub(crate) fn commanded(&mut self, id: SeatId, command: SeatCommand, source: CommandSource) {
        let known = self.seats.iter().any(|it| it.id == id && it.in_plan);
        let refusal = if known { self.stands_against(id, command, source) } else { None };
        let (result, to) = match (refusal, self.seats.iter_mut().find(|it| it.id == id && it.in_plan)) {
            (Some(refusal), _) => (refusal, None),
            (None, Some(seat)) => obey(seat, command),
            (None, None) => (SeatCommandResult::UnknownSeat, None),
        };
        self.state(CallEvent::SeatCommanded { seat: id, command, source, result });
        if let Some(to) = to {
            self.set_seat(id, to);
        }
    }
}

fn obey(seat: &mut Seat, command: SeatCommand) -> (SeatCommandResult, Option<SeatState>) {
    use SeatCommandResult::{Deferred, Done, NotLoggedIn, NotReachable};

    let logged_out = seat.state == SeatState::LoggedOut;
    match command {
        SeatCommand::LogIn if logged_out && seat.is_reachable() => (Done, Some(SeatState::Ready)),
        SeatCommand::LogIn if logged_out => (NotReachable, None),
        SeatCommand::LogIn => {
            if seat.deferred == Some(SeatState::LoggedOut) {
                seat.deferred = None;
            }
            (Done, None)
        }
        SeatCommand::Ready | SeatCommand::Pause(_) if logged_out => (NotLoggedIn, None),
        SeatCommand::Ready if seat.state == SeatState::Ready => (Done, None),
        SeatCommand::Ready if seat.is_busy() => {
            let calls_out = matches!(seat.state, SeatState::Outbound(_));
            seat.deferred = calls_out.then_some(SeatState::Ready);
            (Done, None)
        }
        SeatCommand::Ready if seat.deferred.is_some() => (Done, seat.deferred),
        SeatCommand::Ready if seat.is_reachable() => (Done, Some(SeatState::Ready)),
        SeatCommand::Ready => (NotReachable, Some(SeatState::Unreachable)),
        SeatCommand::Pause(reason) if seat.is_busy() => {
            seat.deferred = Some(SeatState::Paused(reason));
            (Deferred, None)
        }
        SeatCommand::Pause(reason) => (Done, Some(SeatState::Paused(reason))),
        SeatCommand::LogOut if seat.is_busy() => {
            seat.deferred = Some(SeatState::LoggedOut);
            (Deferred, None)
        }
        SeatCommand::LogOut => (Done, Some(SeatState::LoggedOut)),
    }
}
