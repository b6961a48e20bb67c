//! Admitted: the 200 is on its way, the ACK is not here yet.

use serde::{Deserialize, Serialize};

use super::choosing::Choosing;
use super::closed::Closed;
use super::guidance::Guidance;
use super::{CallInput, CallState, Visit, unanswered};
use crate::event::{CallEvent, CallPhase, Outcome};
use crate::house::House;

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Arriving;

impl Arriving {
    pub(super) fn handle(self, input: CallInput, visit: &mut Visit, house: &mut House) -> CallState {
        match input {
            CallInput::Connected => {
                house.out.state(CallEvent::CallerConnected { call: visit.call });
                if visit.closed && !visit.overflow_closed(house) {
                    return Closed::enter(visit, house);
                }
                if visit.choice.as_ref().is_some_and(|choice| choice.before_guidance) {
                    return Choosing::enter(visit, house);
                }
                Guidance::begin(visit, house)
            }
            CallInput::LegEnded(end) => {
                let abandoned = if visit.closed { Outcome::Closed } else { Outcome::AbandonedInGuidance };
                visit.end(unanswered(end, abandoned), CallPhase::Arriving, Some(end), house)
            }
            CallInput::AnnouncementEnded
            | CallInput::AnnouncementFailed
            | CallInput::SeatFound(_)
            | CallInput::RingAnswered
            | CallInput::RingFailed(_)
            | CallInput::RingTimedOut
            | CallInput::SeatHeld
            | CallInput::SeatResumed
            | CallInput::SeatLegEnded(_)
            | CallInput::SeatGone(_) => {
                visit.out_of_phase(house);
                CallState::Arriving(self)
            }
        }
    }
}
