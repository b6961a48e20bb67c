//! The mandatory guidance, from first frame to last, before a seat may be rung (R-G1).

use serde::{Deserialize, Serialize};

use super::waiting::Waiting;
use super::{CallInput, CallState, Visit, unanswered};
use crate::effect::{Announcement, Effect};
use crate::event::{CallEvent, CallPhase, Outcome};
use crate::house::House;
use crate::ids::PromptId;

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Guidance;

impl Guidance {
    pub(super) fn enter(prompt: PromptId, visit: &Visit, house: &mut House) -> CallState {
        let leg = visit.caller_leg();
        house.out.order(Effect::Play { leg, announcement: Announcement::Once(prompt) });
        house.out.state(CallEvent::GuidanceStarted { call: visit.call });
        CallState::Guidance(Self)
    }

    pub(super) fn handle(self, input: CallInput, visit: &Visit, house: &mut House) -> CallState {
        match input {
            CallInput::AnnouncementEnded => {
                house.out.state(CallEvent::GuidanceCompleted { call: visit.call });
                Waiting::enter(visit, house)
            }
            CallInput::AnnouncementFailed => {
                house.out.state(CallEvent::GuidanceFailed { call: visit.call });
                Waiting::enter(visit, house)
            }
            CallInput::LegEnded(end) => {
                let outcome = unanswered(end, Outcome::AbandonedInGuidance);
                visit.end(outcome, CallPhase::Guidance, Some(end), house)
            }
            CallInput::Connected
            | CallInput::SeatFound(_)
            | CallInput::RingAnswered
            | CallInput::RingFailed(_)
            | CallInput::RingTimedOut
            | CallInput::SeatHeld
            | CallInput::SeatResumed
            | CallInput::SeatLegEnded(_)
            | CallInput::SeatGone(_) => {
                visit.out_of_phase(house);
                CallState::Guidance(self)
            }
        }
    }
}
