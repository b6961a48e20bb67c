//! How long a seat may stay in its state and a caller may wait, by the plan in force: a new plan counts from the begin of
//! the stay, not from its own, so that none that began under another plan lasts for ever (R-S3, R-Q6, R-Q8).

use core::time::Duration;

use crate::call::Call;
use crate::event::SeatState;
use crate::house::House;
use crate::ids::SeatId;
use crate::switch::Switch;

impl Switch {
    /// The stamps have skipped a time through which nobody has lived: no length of time has passed by it.
    pub(crate) fn postpone_lengths(&mut self, skipped: Duration) {
        self.house.timers.postpone_lengths(skipped);
        self.house.postpone_stays(skipped);
        for call in self.calls.values_mut() {
            if let Some(since) = &mut call.visit.waits_since {
                *since = *since + skipped;
            }
        }
    }

    /// Puts a new plan's longest waits in force for those who wait.
    pub(crate) fn follow_waits(&mut self) {
        for call in self.calls.values() {
            call.follow_wait(&mut self.house);
        }
    }
}

impl Call {
    /// A wait that has been too long has been told, whatever a later plan says.
    fn follow_wait(&self, house: &mut House) {
        if self.visit.waits_since.is_some() {
            self.visit.watch_wait(house);
        }
    }
}

impl House {
    /// Puts a new plan's longest stay in force for the state that the seat is in.
    pub(crate) fn follow_stay(&mut self, id: SeatId) {
        let Some(seat) = self.seats.get(&id) else { return };
        match seat.stay(id) {
            Some((reason, Some(stay))) => self.timers.set(reason, seat.since() + stay),
            Some((reason, None)) => self.timers.cancel(reason),
            None => {}
        }
    }

    fn postpone_stays(&mut self, skipped: Duration) {
        for seat in self.seats.values_mut() {
            match seat.state() {
                SeatState::WrapUp | SeatState::NotAnswering(_) | SeatState::Unreachable => {
                    seat.postpone_since(skipped);
                }
                // What nothing ends by its length; of a free seat the queues keep since when it is.
                SeatState::LoggedOut
                | SeatState::Ready
                | SeatState::Ringing(_)
                | SeatState::Talking(_)
                | SeatState::Outbound(_)
                | SeatState::Paused(_) => {}
            }
        }
    }
}
