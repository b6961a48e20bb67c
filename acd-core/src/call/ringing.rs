//! A seat is rung; the caller hears the waiting message meanwhile (R-Q5, R-Q6).

use serde::{Deserialize, Serialize};

use super::talking::Talking;
use super::waiting::Waiting;
use super::{CallInput, CallState, Visit, unanswered};
use crate::effect::Effect;
use crate::event::{CallEvent, CallPhase, Outcome, RingEnd};
use crate::house::House;
use crate::ids::{RingId, SeatId};
use crate::queue::Place;
use crate::timer::Reason;

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Ringing {
    pub(super) place: Place,
    pub(super) ring: RingId,
    pub(super) seat: SeatId,
}

impl Ringing {
    pub(super) fn enter(place: Place, seat: SeatId, visit: &mut Visit, house: &mut House) -> CallState {
        visit.rings += 1;
        house.queues.ring_begins(visit.call, place);
        let ring = RingId { call: visit.call, attempt: visit.rings };
        house.out.order(Effect::RingSeat { ring, seat, tenant: visit.tenant, caller: visit.caller.clone() });
        house.out.state(CallEvent::RingStarted { ring, seat });
        house.ring_seat_for(seat, ring, (!visit.test).then_some(visit.tenant));
        let patience = house.lines.room(visit.tenant).tenant.ring;
        house.timers.set(Reason::RingOver(ring), house.now + patience);
        CallState::Ringing(Self { place, ring, seat })
    }

    pub(super) fn handle(self, input: CallInput, visit: &mut Visit, house: &mut House) -> CallState {
        match input {
            CallInput::RingAnswered => {
                self.state_end(RingEnd::Answered, house);
                Talking::enter(self.place, self.ring, self.seat, visit, house)
            }
            CallInput::RingFailed(failure) => {
                self.over(RingEnd::Failed(failure), house);
                Waiting::go_on(self.place, visit, house)
            }
            CallInput::RingTimedOut => {
                house.cancel_ring(self.ring);
                self.over(RingEnd::TimedOut, house);
                Waiting::go_on(self.place, visit, house)
            }
            CallInput::SeatGone(_) => {
                house.cancel_ring(self.ring);
                self.over(RingEnd::SeatLost, house);
                Waiting::go_on(self.place, visit, house)
            }
            CallInput::LegEnded(end) => {
                house.cancel_ring(self.ring);
                self.over(RingEnd::CallerGone, house);
                let outcome = unanswered(end, Outcome::AbandonedWhileRinging);
                visit.end(outcome, CallPhase::Ringing, Some(end), house)
            }
            CallInput::Progressed
            | CallInput::ProgressFailed
            | CallInput::Connected
            | CallInput::GuidanceDue
            | CallInput::AnnouncementEnded
            | CallInput::AnnouncementFailed
            | CallInput::SeatFound(_)
            | CallInput::SeatHeld
            | CallInput::SeatResumed
            | CallInput::SeatLegEnded(_) => {
                visit.out_of_phase(house);
                CallState::Ringing(self)
            }
        }
    }

    /// The switch stops for good, or the call is ended by command.
    pub(super) fn stop(&self, house: &mut House) {
        house.cancel_ring(self.ring);
        self.over(RingEnd::CallerGone, house);
    }

    fn over(&self, end: RingEnd, house: &mut House) {
        self.state_end(end, house);
        house.seat_ring_over(self.seat, end);
    }

    fn state_end(&self, end: RingEnd, house: &mut House) {
        house.queues.ring_over(self.ring.call, self.place);
        house.out.state(CallEvent::RingEnded { ring: self.ring, seat: self.seat, end });
    }
}
