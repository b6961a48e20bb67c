//! The mandatory guidance, from first frame to last, before a seat may be rung (R-G1): after the answer, or in early
//! media before it (R-G2); the emergency guidance in its place where one is set (R-G4).

use serde::{Deserialize, Serialize};

use super::choosing::Choosing;
use super::waiting::Waiting;
use super::{CallInput, CallState, Visit, unanswered};
use crate::effect::{Announcement, Effect};
use crate::event::{CallEvent, CallPhase, Outcome};
use crate::house::House;
use crate::ids::PromptId;
use crate::timer::Reason;

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Guidance {
    /// The call has not been answered yet.
    early: bool,
    stage: Stage,
    /// What a choice after the guidance has asked for: its caller is past the guidance that emergency guidance takes the
    /// place of (R-G4).
    follows_choice: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum Stage {
    /// The carrier's own announcement is waited out.
    Due,
    Playing,
    /// Heard in early media; the 200 is on its way, the ACK is not here yet.
    Answering,
}

impl Guidance {
    /// What must be heard, and then what follows it.
    pub(super) fn begin(visit: &mut Visit, house: &mut House) -> CallState {
        match visit.tape(house) {
            Some(prompt) => Self::enter(prompt, false, visit, house),
            None if visit.choice.is_some() => Choosing::enter(visit, house),
            None => Waiting::enter(visit, house),
        }
    }

    /// The choice that is still to be made comes now, else the queue.
    fn over(visit: &mut Visit, house: &mut House) -> CallState {
        if visit.choice.is_some() { Choosing::ask(visit, house) } else { Waiting::enter(visit, house) }
    }

    pub(super) fn enter(prompt: PromptId, early: bool, visit: &Visit, house: &mut House) -> CallState {
        if visit.waits_out_carrier(house) {
            return CallState::Guidance(Self { early, stage: Stage::Due, follows_choice: false });
        }
        Self::play(prompt, early, visit, house)
    }

    pub(super) fn play(prompt: PromptId, early: bool, visit: &Visit, house: &mut House) -> CallState {
        Self { early, stage: Stage::Playing, follows_choice: false }.start(prompt, visit, house)
    }

    /// The guidance of the language or service that was chosen after the usual one, beside which it is heard.
    pub(super) fn follow_choice(prompt: PromptId, visit: &Visit, house: &mut House) -> CallState {
        Self { early: false, stage: Stage::Playing, follows_choice: true }.start(prompt, visit, house)
    }

    fn start(self, prompt: PromptId, visit: &Visit, house: &mut House) -> CallState {
        house.play(visit.caller_leg(), Announcement::Once(prompt));
        house.out.state(CallEvent::GuidanceStarted { call: visit.call });
        CallState::Guidance(self)
    }

    /// The guidance is over.
    fn passed(self, visit: &mut Visit, house: &mut House) -> CallState {
        if !self.early {
            return Self::over(visit, house);
        }
        house.out.order(Effect::AnswerCaller { call: visit.call });
        CallState::Guidance(Self { early: false, stage: Stage::Answering, ..self })
    }

    /// Another guidance from its beginning, in place of the one that plays (R-G4).
    pub(super) fn replace(&self, prompt: PromptId, visit: &Visit, house: &mut House) {
        if self.stage == Stage::Playing && !self.follows_choice {
            house.play(visit.caller_leg(), Announcement::Once(prompt));
        }
    }

    /// Whether the caller has our 200 and owes the ACK.
    pub(super) fn awaits_ack(&self) -> bool {
        self.stage == Stage::Answering
    }

    pub(super) fn handle(self, input: CallInput, visit: &mut Visit, house: &mut House) -> CallState {
        match (input, self.stage) {
            (CallInput::GuidanceDue, Stage::Due) => match visit.tape(house) {
                Some(prompt) => Self::play(prompt, self.early, visit, house),
                None => self.passed(visit, house),
            },
            (CallInput::AnnouncementEnded, Stage::Playing) => {
                house.out.state(CallEvent::GuidanceCompleted { call: visit.call });
                self.passed(visit, house)
            }
            (CallInput::AnnouncementFailed, Stage::Playing) => {
                house.out.state(CallEvent::GuidanceFailed { call: visit.call });
                self.passed(visit, house)
            }
            (CallInput::Connected, Stage::Answering) => {
                house.out.state(CallEvent::CallerConnected { call: visit.call });
                visit.record_caller(house);
                Self::over(visit, house)
            }
            (CallInput::LegEnded(end), _) => {
                let outcome = unanswered(end, Outcome::AbandonedInGuidance);
                visit.end(outcome, CallPhase::Guidance, Some(end), house)
            }
            (
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
                | CallInput::SeatGone(_),
                _,
            ) => {
                visit.out_of_phase(house);
                CallState::Guidance(self)
            }
        }
    }
}

impl Visit {
    /// Whether the carrier's own announcement is waited out before anything of ours is heard (R-G2).
    pub(super) fn waits_out_carrier(&self, house: &mut House) -> bool {
        let delay = house.lines.room(self.tenant).tenant.guidance_delay;
        if !delay.is_zero() {
            house.timers.set(Reason::GuidanceDue(self.call), house.now + delay);
        }
        !delay.is_zero()
    }
}
