//! Seats: their states, and what follows from a change of one (R-S1).

use alloc::collections::BTreeMap;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::event::{CallEvent, RingEnd, SeatState};
use crate::house::House;
use crate::ids::{RingId, SeatId, TenantId};
use crate::input::PauseReason;
use crate::lines::Staffs;
use crate::plan::{self, Login};
use crate::queue::Presence;
use crate::time::Timestamp;
use crate::timer::Reason;

mod command;
mod reach;

/// A seat with what the plan says of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Seat {
    /// The settings in force, with the tenants that the plan no longer has but whose last calls go on.
    pub(crate) settings: plan::Seat,
    /// Whether the plan in force has the seat; if not, it vanishes when its call has ended.
    pub(crate) in_plan: bool,
    registered: bool,
    state: SeatState,
    /// Since when the state is what it is.
    since: Timestamp,
    /// Whose call it rings for, talks in or wraps up after; a rehearsal's is nobody's.
    works_for: Option<TenantId>,
    /// What was asked for during a ring or a call (R-S2).
    deferred: Option<Deferred>,
}

/// What takes effect after the call and its wrap-up (R-S2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum Deferred {
    LogOut,
    Pause(PauseReason),
    /// Of an agent who calls out of a pause or a wrap-up, which is not to go on.
    Ready,
}

impl Seat {
    pub(crate) const fn new(settings: plan::Seat, now: Timestamp) -> Self {
        Self {
            settings,
            in_plan: true,
            registered: false,
            state: SeatState::LoggedOut,
            since: now,
            works_for: None,
            deferred: None,
        }
    }

    pub(crate) const fn state(&self) -> SeatState {
        self.state
    }

    /// Since when the state is what it is.
    pub(crate) const fn since(&self) -> Timestamp {
        self.since
    }

    /// The stamps have skipped a time that is no part of the stay.
    pub(crate) fn postpone_since(&mut self, skipped: Duration) {
        self.since = self.since + skipped;
    }

    /// The ring that the seat is busy with.
    pub(crate) const fn busy_ring(&self) -> Option<RingId> {
        match self.state {
            SeatState::Ringing(ring) | SeatState::Talking(ring) | SeatState::Outbound(ring) => Some(ring),
            SeatState::LoggedOut
            | SeatState::Ready
            | SeatState::WrapUp
            | SeatState::Paused(_)
            | SeatState::NotAnswering(_)
            | SeatState::Unreachable => None,
        }
    }

    /// For whom the seat is staff (R-A8): not on a call out, nor while it cannot be rung.
    pub(crate) fn staffs(&self) -> Staffs {
        match self.state {
            SeatState::Ready => Staffs::EveryTenantItServes,
            SeatState::Ringing(_) | SeatState::Talking(_) | SeatState::WrapUp => {
                // At a rehearsal an agent is there for everybody as before it (R-L6).
                self.works_for.map_or(Staffs::EveryTenantItServes, Staffs::One)
            }
            SeatState::LoggedOut
            | SeatState::Outbound(_)
            | SeatState::Paused(_)
            | SeatState::NotAnswering(_)
            | SeatState::Unreachable => Staffs::Nobody,
        }
    }

    /// Whether the agent has asked to be logged out after the call and its wrap-up (R-S2).
    pub(crate) fn is_to_log_out(&self) -> bool {
        self.deferred == Some(Deferred::LogOut)
    }

    /// Whether the agent has asked to be ready after the call out (R-S2).
    fn is_to_be_ready(&self) -> bool {
        self.deferred == Some(Deferred::Ready)
    }

    /// What the queues must know. A seat that the plan has taken away ends its call and serves nobody after it: a caller
    /// who waits for it waits for nobody (R-Q8).
    pub(crate) fn presence(&self) -> Presence {
        Presence {
            free_since: (self.state == SeatState::Ready).then_some(self.since),
            logged_in: self.in_plan && self.state != SeatState::LoggedOut,
        }
    }

    /// Whether the seat has a registration, or a contact that needs none (R-S2).
    pub(crate) const fn is_reachable(&self) -> bool {
        self.registered || self.settings.static_contact
    }

    /// Whether a caller could be put through to the seat as soon as somebody is ready at it (R-L9).
    pub(crate) fn can_be_rung(&self) -> bool {
        self.in_plan && self.is_reachable() && self.state != SeatState::Unreachable
    }

    /// The state of a seat that nothing keeps busy: what was deferred, else ready if it can be.
    pub(crate) fn idle_state(&self) -> SeatState {
        self.deferred_state().unwrap_or_else(|| {
            if self.is_reachable() {
                return SeatState::Ready;
            }
            match self.settings.login {
                Login::OnRegister => SeatState::LoggedOut,
                Login::ByCommand | Login::Always => SeatState::Unreachable,
            }
        })
    }

    /// What was asked for during the ring or call, or follows from the plan's change during it.
    fn deferred_state(&self) -> Option<SeatState> {
        if !self.in_plan {
            return Some(SeatState::LoggedOut);
        }
        match self.deferred? {
            Deferred::LogOut => Some(SeatState::LoggedOut),
            Deferred::Pause(reason) => Some(SeatState::Paused(reason)),
            Deferred::Ready => None,
        }
    }

    /// The state of a seat whose phone has been lost. Losing the last registration logs out, whatever was to follow (R-S2).
    fn lost_state(&self) -> SeatState {
        match self.settings.login {
            Login::OnRegister if !self.registered => SeatState::LoggedOut,
            Login::OnRegister | Login::ByCommand | Login::Always => {
                self.deferred_state().unwrap_or(SeatState::Unreachable)
            }
        }
    }

    /// How long the seat may stay in its state before it leaves it by itself, and why; `(_, None)`: for ever as things are.
    pub(crate) const fn stay(&self, id: SeatId) -> Option<(Reason, Option<Duration>)> {
        match self.state {
            SeatState::WrapUp => Some((Reason::WrapUpOver(id), self.settings.wrap_up_max)),
            SeatState::NotAnswering(_) => Some((Reason::SeatRetry(id), self.settings.not_answering_retry)),
            SeatState::Unreachable if self.is_reachable() => {
                Some((Reason::SeatRetry(id), self.settings.unreachable_retry))
            }
            SeatState::Unreachable => Some((Reason::SeatRetry(id), None)),
            SeatState::LoggedOut
            | SeatState::Ready
            | SeatState::Ringing(_)
            | SeatState::Talking(_)
            | SeatState::Outbound(_)
            | SeatState::Paused(_) => None,
        }
    }
}

/// All seats by name.
pub(crate) type Seats = BTreeMap<SeatId, Seat>;

impl House {
    /// Tells the lines whether the seat can be reached.
    pub(crate) fn follow_reach(&mut self, id: SeatId) {
        if let Some(seat) = self.seats.get(&id) {
            self.lines.follow_reach(id, &seat.settings, seat.can_be_rung());
        }
    }

    /// The seat is rung for a caller of this tenant; `None`: for a rehearsal.
    pub(crate) fn ring_seat_for(&mut self, id: SeatId, ring: RingId, tenant: Option<TenantId>) {
        if let Some(seat) = self.seats.get_mut(&id) {
            seat.works_for = tenant;
        }
        self.set_seat(id, SeatState::Ringing(ring));
    }

    /// Tells the lines for whom the seat is staff.
    pub(crate) fn follow_staff(&mut self, id: SeatId) {
        if let Some(seat) = self.seats.get(&id) {
            self.lines.follow_staff(id, &seat.settings, seat.staffs());
        }
    }

    /// Changes a seat's state; facts, queues and deadlines follow.
    pub(crate) fn set_seat(&mut self, id: SeatId, to: SeatState) {
        let Some(seat) = self.seats.get_mut(&id) else { return };
        let from = seat.state;
        if from == to {
            return;
        }
        let (before, staffed) = (seat.presence(), seat.staffs());
        let could_be_rung = seat.can_be_rung();
        seat.state = to;
        seat.since = self.now;
        if seat.busy_ring().is_none() && to != SeatState::WrapUp {
            seat.deferred = None;
        }
        match to {
            SeatState::Ringing(_) | SeatState::Talking(_) | SeatState::WrapUp | SeatState::Outbound(_) => {}
            SeatState::LoggedOut
            | SeatState::Ready
            | SeatState::Paused(_)
            | SeatState::NotAnswering(_)
            | SeatState::Unreachable => seat.works_for = None,
        }
        self.out.state(CallEvent::SeatStateChanged { seat: id, from, to });
        if seat.staffs() != staffed {
            self.lines.follow_staff(id, &seat.settings, seat.staffs());
        }
        self.queues.follow_seat(id, &seat.settings, before, seat.presence());
        if seat.can_be_rung() != could_be_rung {
            self.lines.follow_reach(id, &seat.settings, !could_be_rung);
        }
        match from {
            SeatState::WrapUp => self.timers.cancel(Reason::WrapUpOver(id)),
            SeatState::NotAnswering(_) | SeatState::Unreachable => self.timers.cancel(Reason::SeatRetry(id)),
            SeatState::LoggedOut
            | SeatState::Ready
            | SeatState::Ringing(_)
            | SeatState::Talking(_)
            | SeatState::Outbound(_)
            | SeatState::Paused(_) => {}
        }
        if let Some((reason, Some(stay))) = seat.stay(id) {
            self.timers.set(reason, self.now + stay);
        }
        if !seat.in_plan && to == SeatState::LoggedOut {
            self.seats.remove(&id);
        }
    }

    /// A ring of the seat has ended without an answer (R-Q6).
    pub(crate) fn seat_ring_over(&mut self, id: SeatId, end: RingEnd) {
        use crate::input::RingFailure;

        let Some(seat) = self.seats.get(&id) else { return };
        let to = match end {
            RingEnd::TimedOut | RingEnd::Failed(RingFailure::Refused(_) | RingFailure::Cancelled) => {
                seat.deferred_state().unwrap_or(SeatState::NotAnswering(end))
            }
            RingEnd::Failed(RingFailure::Unreachable(_)) => {
                seat.deferred_state().unwrap_or(SeatState::Unreachable)
            }
            RingEnd::CallerGone | RingEnd::Answered => seat.idle_state(),
            RingEnd::SeatLost => seat.lost_state(),
        };
        self.set_seat(id, to);
    }

    /// The agent's own phone did not answer the agent's call out (R-Q6). A pause goes on: nobody is rung there anyway.
    pub(crate) fn seat_own_ring_over(&mut self, id: SeatId, end: RingEnd, before: SeatState) {
        let is_to_be_ready = self.seats.get(&id).is_some_and(Seat::is_to_be_ready);
        match (end, before) {
            (RingEnd::TimedOut | RingEnd::Failed(_), SeatState::Paused(_)) if !is_to_be_ready => {
                self.seat_outbound_over(id, before);
            }
            (_, _) => self.seat_ring_over(id, end),
        }
    }

    /// The seat's talk has ended and the seat is still there (R-S3).
    pub(crate) fn seat_talk_over(&mut self, id: SeatId) {
        let Some(seat) = self.seats.get(&id) else { return };
        let has_wrap_up = seat.in_plan && seat.settings.wrap_up_max != Some(Duration::ZERO);
        let to = if has_wrap_up { SeatState::WrapUp } else { seat.idle_state() };
        self.set_seat(id, to);
    }

    /// The seat has called out and is still there: it is again what it was before (R-A7), which it may not have stayed.
    pub(crate) fn seat_outbound_over(&mut self, id: SeatId, before: SeatState) {
        let Some(seat) = self.seats.get(&id) else { return };
        let to = match before {
            SeatState::WrapUp | SeatState::Paused(_) if seat.is_to_be_ready() => seat.idle_state(),
            SeatState::WrapUp if seat.in_plan => SeatState::WrapUp,
            SeatState::Paused(_) => seat.deferred_state().unwrap_or(before),
            SeatState::WrapUp
            | SeatState::LoggedOut
            | SeatState::Ready
            | SeatState::Ringing(_)
            | SeatState::Talking(_)
            | SeatState::Outbound(_)
            | SeatState::NotAnswering(_)
            | SeatState::Unreachable => seat.idle_state(),
        };
        self.set_seat(id, to);
    }

    /// The seat was lost while it talked (R-Q7).
    pub(crate) fn seat_lost(&mut self, id: SeatId) {
        let Some(seat) = self.seats.get(&id) else { return };
        let to = seat.lost_state();
        self.set_seat(id, to);
    }

    /// Wrap-up has lasted as long as it may, or the agent has ended it (R-S3).
    pub(crate) fn seat_wrap_up_over(&mut self, id: SeatId) {
        let Some(seat) = self.seats.get(&id) else { return };
        if seat.state == SeatState::WrapUp {
            let to = seat.idle_state();
            self.set_seat(id, to);
        }
    }

    /// A seat that did not answer, or could not be reached, comes back by itself (R-Q6).
    pub(crate) fn seat_retry(&mut self, id: SeatId) {
        let Some(seat) = self.seats.get(&id) else { return };
        if matches!(seat.state, SeatState::NotAnswering(_) | SeatState::Unreachable) {
            let to = seat.idle_state();
            self.set_seat(id, to);
        }
    }
}
