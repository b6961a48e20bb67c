//! A keypad choice before or after the guidance (R-G6). A key that is pressed while the prompt plays counts when the prompt is over,
//! so that the prompt's end is never taken for that of the guidance (R-G1).

use serde::{Deserialize, Serialize};

use super::guidance::Guidance;
use super::waiting::Waiting;
use super::{Call, CallInput, CallState, Visit, unanswered};
use crate::effect::Announcement;
use crate::event::{AnnouncementKind, CallEvent, CallPhase, Outcome};
use crate::house::House;
use crate::timer::Reason;

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Choosing {
    stage: Stage,
    /// The last key that stands for something.
    key: Option<char>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum Stage {
    /// The carrier's own announcement is waited out (R-G2).
    Due,
    /// The prompt plays.
    Asking,
    /// The prompt is over.
    Heard,
}

impl Call {
    /// The caller presses a key.
    pub(crate) fn choose(&mut self, key: char, house: &mut House) {
        let CallState::Choosing(choosing) = &mut self.state else { return };
        let choice = self.visit.choice.as_ref();
        let stands_for_something = choice.is_some_and(|choice| choice.options.contains_key(&key));
        if choosing.stage == Stage::Due || !stands_for_something {
            return;
        }
        choosing.key = Some(key);
        if choosing.stage == Stage::Heard {
            self.choice_over(house);
        }
    }

    /// The key has been pressed, or none has been in time.
    pub(crate) fn choice_over(&mut self, house: &mut House) {
        self.change(house, |state, visit, house| {
            let CallState::Choosing(choosing) = state else { return state };
            choosing.made(visit, house)
        });
    }
}

impl Choosing {
    /// Nothing has been heard before: the carrier's own announcement comes first (R-G2).
    pub(super) fn enter(visit: &Visit, house: &mut House) -> CallState {
        if visit.waits_out_carrier(house) {
            return CallState::Choosing(Self { stage: Stage::Due, key: None });
        }
        Self::ask(visit, house)
    }

    pub(super) fn ask(visit: &Visit, house: &mut House) -> CallState {
        if let Some(choice) = &visit.choice {
            let leg = visit.caller_leg();
            house.play(leg, Announcement::Once(choice.prompt));
        }
        house.out.state(CallEvent::ChoiceStarted { call: visit.call });
        CallState::Choosing(Self { stage: Stage::Asking, key: None })
    }

    pub(super) fn handle(self, input: CallInput, visit: &mut Visit, house: &mut House) -> CallState {
        match (input, self.stage) {
            (CallInput::GuidanceDue, Stage::Due) => {
                let asks_first = visit.choice.as_ref().is_some_and(|choice| choice.before_guidance);
                // Emergency guidance may have been commanded meanwhile (R-G4).
                match visit.tape(house).filter(|_| !asks_first) {
                    Some(prompt) => Guidance::play(prompt, false, visit, house),
                    None => Self::ask(visit, house),
                }
            }
            (CallInput::AnnouncementEnded, Stage::Asking) if self.key.is_none() => {
                let patience = visit.choice.as_ref().map_or(core::time::Duration::ZERO, |it| it.patience);
                house.timers.set(Reason::ChoiceOver(visit.call), house.now + patience);
                CallState::Choosing(Self { stage: Stage::Heard, ..self })
            }
            (CallInput::AnnouncementEnded, Stage::Asking) => self.made(visit, house),
            // Who cannot hear what there is to choose goes on without.
            (CallInput::AnnouncementFailed, Stage::Asking) => {
                visit.state_unheard(AnnouncementKind::Choice, house);
                self.made(visit, house)
            }
            (CallInput::LegEnded(end), _) => {
                let outcome = unanswered(end, Outcome::AbandonedInGuidance);
                visit.end(outcome, CallPhase::Guidance, Some(end), house)
            }
            (
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
                | CallInput::SeatGone(_),
                _,
            ) => {
                visit.out_of_phase(house);
                CallState::Choosing(self)
            }
        }
    }

    fn made(self, visit: &mut Visit, house: &mut House) -> CallState {
        house.out.state(CallEvent::ChoiceMade { call: visit.call, key: self.key });
        let Some(choice) = visit.choice.take() else { return Waiting::enter(visit, house) };
        let option = self.key.and_then(|key| choice.options.get(&key));
        visit.skill = option.and_then(|option| option.skill);
        let own = option.and_then(|option| option.guidance);
        if !choice.before_guidance {
            return match own {
                Some(prompt) => Guidance::follow_choice(prompt, visit, house),
                None => Waiting::enter(visit, house),
            };
        }
        // Emergency guidance comes in place of the usual one, whichever that is (R-G4).
        match house.lines.room(visit.tenant).emergency_guidance.or(own).or(visit.tape(house)) {
            Some(prompt) => Guidance::play(prompt, false, visit, house),
            None => Waiting::enter(visit, house),
        }
    }
}
