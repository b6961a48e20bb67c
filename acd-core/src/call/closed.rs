//! Outside hours: the closed announcement, then release (R-G5, R-L11).

use serde::{Deserialize, Serialize};

use super::{CallInput, CallState, Visit, unanswered};
use crate::effect::{Announcement, ReleaseCause};
use crate::event::{AnnouncementKind, CallPhase, Outcome};
use crate::house::House;

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Closed;

impl Closed {
    pub(super) fn enter(visit: &Visit, house: &mut House) -> CallState {
        // A new plan may have taken the announcement away since the call was admitted.
        let Some(prompt) = house.lines.room(visit.tenant).tenant.closed_announcement else {
            return visit.release(Outcome::Closed, CallPhase::Arriving, ReleaseCause::Closed, house);
        };
        let leg = visit.caller_leg();
        house.play(leg, Announcement::Once(prompt));
        CallState::Closed(Self)
    }

    pub(super) fn handle(self, input: CallInput, visit: &Visit, house: &mut House) -> CallState {
        match input {
            CallInput::AnnouncementEnded | CallInput::AnnouncementFailed => {
                if matches!(input, CallInput::AnnouncementFailed) {
                    visit.state_unheard(AnnouncementKind::Closed, house);
                }
                visit.release(Outcome::Closed, CallPhase::Closed, ReleaseCause::Closed, house)
            }
            CallInput::LegEnded(end) => {
                visit.end(unanswered(end, Outcome::Closed), CallPhase::Closed, Some(end), house)
            }
            CallInput::Progressed
            | CallInput::ProgressFailed
            | CallInput::Connected
            | CallInput::GuidanceDue
            | CallInput::SeatFound(_)
            | CallInput::RingAnswered
            | CallInput::RingFailed(_)
            | CallInput::RingTimedOut
            | CallInput::SeatHeld
            | CallInput::SeatResumed
            | CallInput::SeatLegEnded(_)
            | CallInput::SeatGone(_) => {
                visit.out_of_phase(house);
                CallState::Closed(self)
            }
        }
    }
}
