//! Admitted: the 200 is on its way, the ACK is not here yet.

use serde::{Deserialize, Serialize};

use super::closed::Closed;
use super::guidance::Guidance;
use super::waiting::Waiting;
use super::{CallInput, CallState, Visit, unanswered};
use crate::event::{CallEvent, CallPhase, Outcome};
use crate::house::House;
use crate::plan::Guidance as GuidancePlan;

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
                match visit.guidance {
                    GuidancePlan::Tape(prompt) => Guidance::enter(prompt, visit, house),
                    GuidancePlan::Spoken | GuidancePlan::None => Waiting::enter(visit, house),
                }
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
