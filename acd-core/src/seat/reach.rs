//! Registrations come and go (R-S2).

use crate::event::{CallEvent, SeatState, UnexpectedInput};
use crate::house::House;
use crate::ids::{RingId, SeatId};
use crate::input::SeatLoss;
use crate::plan::Login;
use crate::timer::Reason;

impl House {
    /// The seat has its first registration, or a new one that proves its phone alive (R-Q6).
    pub(crate) fn seat_registered(&mut self, id: SeatId) {
        let Some(seat) = self.seats.get_mut(&id) else {
            return self.unexpected(UnexpectedInput::SeatUnknown, None);
        };
        let awaited = matches!(seat.state, SeatState::NotAnswering(_) | SeatState::Unreachable);
        if seat.registered && !awaited {
            return self.unexpected(UnexpectedInput::OutOfPhase, None);
        }
        seat.registered = true;
        // A supervisor's phone serves no caller meanwhile.
        let supervises = self.supervising.contains_key(&id);
        let logs_in = match seat.settings.login {
            Login::OnRegister | Login::Always if supervises => false,
            Login::OnRegister | Login::Always => seat.state == SeatState::LoggedOut,
            Login::ByCommand => false,
        };
        self.out.state(CallEvent::SeatRegistered { seat: id });
        self.follow_reach(id);
        if logs_in || awaited {
            self.set_seat(id, SeatState::Ready);
        }
    }

    /// The seat's last registration is gone. Returns the ring that is lost with it, which its call must end.
    pub(crate) fn seat_unregistered(&mut self, id: SeatId, loss: SeatLoss) -> Option<RingId> {
        let Some(seat) = self.seats.get_mut(&id) else {
            self.unexpected(UnexpectedInput::SeatUnknown, None);
            return None;
        };
        if !core::mem::replace(&mut seat.registered, false) {
            self.unexpected(UnexpectedInput::OutOfPhase, None);
            return None;
        }
        self.out.state(CallEvent::SeatUnregistered { seat: id, loss });
        self.lines.follow_reach(id, &seat.settings, seat.can_be_rung());
        let logs_out = seat.settings.login == Login::OnRegister;
        if seat.is_reachable() && !logs_out {
            return None;
        }
        if let Some(ring) = seat.busy_ring() {
            return Some(ring);
        }
        if logs_out {
            self.set_seat(id, SeatState::LoggedOut);
            return None;
        }
        match seat.state {
            SeatState::Ready | SeatState::NotAnswering(_) => self.set_seat(id, SeatState::Unreachable),
            // Nothing brings it back now but a registration.
            SeatState::Unreachable => self.timers.cancel(Reason::SeatRetry(id)),
            SeatState::LoggedOut
            | SeatState::WrapUp
            | SeatState::Paused(_)
            | SeatState::Ringing(_)
            | SeatState::Talking(_)
            | SeatState::Outbound(_) => {}
        }
        None
    }
}
