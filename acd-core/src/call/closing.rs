//! The caller's leg is being released; the line is held until that is done (R-L1).

use serde::{Deserialize, Serialize};

use super::{CallInput, CallState, Visit};
use crate::event::{CallPhase, Outcome};
use crate::house::House;

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Closing {
    pub(super) outcome: Outcome,
    /// Where the call was when its end began.
    pub(super) phase: CallPhase,
    /// A caller who is released before the ACK may still send it, while the order to release is on its way.
    pub(super) ack_owed: bool,
}

impl Closing {
    pub(super) fn handle(self, input: CallInput, visit: &Visit, house: &mut House) -> CallState {
        match input {
            CallInput::LegEnded(end) => visit.end(self.outcome, self.phase, Some(end), house),
            CallInput::Connected if self.ack_owed => CallState::Closing(Self { ack_owed: false, ..self }),
            CallInput::Progressed
            | CallInput::ProgressFailed
            | CallInput::GuidanceDue
            | CallInput::Connected
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
                CallState::Closing(self)
            }
        }
    }
}
