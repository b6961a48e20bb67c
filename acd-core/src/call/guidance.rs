//! The mandatory guidance, from first frame to last, before a seat may be rung (R-G1).

use serde::{Deserialize, Serialize};

use super::choosing::Choosing;
use super::waiting::Waiting;
use super::{CallInput, CallState, Visit, unanswered};
use crate::effect::{Announcement, Effect};
use crate::event::{CallEvent, CallPhase, Outcome};
use crate::house::House;
use crate::ids::PromptId;
use crate::plan::Guidance as GuidancePlan;

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Guidance;

impl Guidance {
    /// What the number demands, and then what follows it.
    pub(super) fn begin(visit: &mut Visit, house: &mut House) -> CallState {
        match visit.guidance {
            GuidancePlan::Tape(prompt) => Self::enter(prompt, visit, house),
            GuidancePlan::Spoken | GuidancePlan::None => Self::over(visit, house),
        }
    }

    /// The choice that is still to be made comes now, else the queue.
    fn over(visit: &mut Visit, house: &mut House) -> CallState {
        if visit.choice.is_some() { Choosing::enter(visit, house) } else { Waiting::enter(visit, house) }
    }

    pub(super) fn enter(prompt: PromptId, visit: &Visit, house: &mut House) -> CallState {
        let leg = visit.caller_leg();
        house.out.order(Effect::Play { leg, announcement: Announcement::Once(prompt) });
        house.out.state(CallEvent::GuidanceStarted { call: visit.call });
        CallState::Guidance(Self)
    }

    pub(super) fn handle(self, input: CallInput, visit: &mut Visit, house: &mut House) -> CallState {
        match input {
            CallInput::AnnouncementEnded => {
                house.out.state(CallEvent::GuidanceCompleted { call: visit.call });
                Self::over(visit, house)
            }
            CallInput::AnnouncementFailed => {
                house.out.state(CallEvent::GuidanceFailed { call: visit.call });
                Self::over(visit, house)
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
