//! Admitted: the 200 is on its way, the ACK is not here yet; or the 183 is, where guidance comes before the answer.

use serde::{Deserialize, Serialize};

use super::choosing::Choosing;
use super::closed::Closed;
use super::guidance::Guidance;
use super::{CallInput, CallState, Visit, unanswered};
use crate::effect::Effect;
use crate::event::{CallEvent, CallPhase, Outcome};
use crate::house::House;

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Arriving {
    /// Guidance is to be heard before the answer: a 183 is on its way, no 200 yet (R-G2).
    pub(super) early: bool,
}

impl Arriving {
    pub(super) fn enter(visit: &Visit, house: &mut House) -> Self {
        let early_media = house.lines.room(visit.tenant).tenant.early_media;
        // A key can be pressed only after the answer.
        let asks_first = visit.choice.as_ref().is_some_and(|choice| choice.before_guidance);
        let early = early_media && !visit.closed && !asks_first && visit.tape(house).is_some();
        let call = visit.call;
        house.out.order(if early { Effect::ProgressCaller { call } } else { Effect::AnswerCaller { call } });
        Self { early }
    }

    pub(super) fn handle(self, input: CallInput, visit: &mut Visit, house: &mut House) -> CallState {
        match input {
            CallInput::Connected if !self.early => {
                house.out.state(CallEvent::CallerConnected { call: visit.call });
                if visit.closed && !visit.overflow_closed(house) {
                    return Closed::enter(visit, house);
                }
                visit.record_caller(house);
                if visit.choice.as_ref().is_some_and(|choice| choice.before_guidance) {
                    return Choosing::enter(visit, house);
                }
                Guidance::begin(visit, house)
            }
            CallInput::Progressed if self.early => match visit.tape(house) {
                Some(prompt) => Guidance::enter(prompt, true, visit, house),
                None => Self::answer(visit, house),
            },
            // Guidance after the answer is better than none.
            CallInput::ProgressFailed if self.early => {
                house.out.state(CallEvent::CallerProgressFailed { call: visit.call });
                Self::answer(visit, house)
            }
            CallInput::LegEnded(end) => {
                let abandoned = if visit.closed { Outcome::Closed } else { Outcome::AbandonedInGuidance };
                visit.end(unanswered(end, abandoned), CallPhase::Arriving, Some(end), house)
            }
            CallInput::Progressed
            | CallInput::ProgressFailed
            | CallInput::Connected
            | CallInput::GuidanceDue
            | CallInput::AnnouncementEnded
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

    fn answer(visit: &Visit, house: &mut House) -> CallState {
        house.out.order(Effect::AnswerCaller { call: visit.call });
        CallState::Arriving(Self { early: false })
    }
}
