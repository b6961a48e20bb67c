//! What agents and supervisors command of a call (R-T1, R-S5).

use super::closing::Closing;
use super::{Call, CallState, Visit};
use crate::effect::{Effect, ReleaseCause};
use crate::event::{CallEvent, Outcome};
use crate::house::House;
use crate::ids::{CallId, RequestId};
use crate::input::{CallCommand, CallCommandResult, CommandSource};
use crate::switch::Switch;

impl Switch {
    /// Carries a command out, states it as a fact and answers it.
    pub(crate) fn call_commanded(
        &mut self,
        id: CallId,
        command: CallCommand,
        source: CommandSource,
        request: RequestId,
    ) {
        let result = self.carry_out(id, command, source);
        self.house.out.order(Effect::AnswerCallCommand { request, result });
    }

    /// An agent presses a key while talking: the last one of a hand-over code is a command (R-S4).
    pub(crate) fn seat_pressed(&mut self, id: CallId, key: char) {
        let skill = match self.calls.get_mut(&id) {
            Some(Call { state: CallState::Talking(talking), .. }) => talking.type_code(key, &self.house),
            Some(_) | None => None,
        };
        if let Some(skill) = skill {
            self.carry_out(id, CallCommand::HandOver(skill), CommandSource::StarCode);
        }
    }

    fn carry_out(&mut self, id: CallId, command: CallCommand, source: CommandSource) -> CallCommandResult {
        let call = self.calls.get_mut(&id);
        let result = call.as_ref().map_or(CallCommandResult::UnknownCall, |it| it.may(command, &self.house));
        self.house.out.state(CallEvent::CallCommanded { call: id, command, source, result });
        if let (Some(call), CallCommandResult::Done) = (call, result) {
            call.obey(command, &mut self.house);
        }
        result
    }
}

impl Call {
    /// Whether the command can be carried out in the present phase.
    fn may(&self, command: CallCommand, house: &House) -> CallCommandResult {
        match (command, &self.state) {
            (CallCommand::HandOver(skill), CallState::Talking(talking)) => {
                let tenant = &house.lines.room(talking.place.queue.tenant).tenant;
                if tenant.hand_over.contains_key(&skill) {
                    CallCommandResult::Done
                } else {
                    CallCommandResult::UnknownSkill
                }
            }
            (CallCommand::Hold | CallCommand::Resume, CallState::Talking(_)) | (CallCommand::HangUp, _) => {
                CallCommandResult::Done
            }
            (CallCommand::Hold | CallCommand::Resume | CallCommand::HandOver(_), _) => {
                CallCommandResult::OutOfPhase
            }
        }
    }

    fn obey(&mut self, command: CallCommand, house: &mut House) {
        match (command, &mut self.state) {
            (CallCommand::Hold, CallState::Talking(talking)) => talking.hold_by_command(&self.visit, house),
            (CallCommand::Resume, CallState::Talking(talking)) => {
                talking.resume_by_command(&self.visit, house);
            }
            (CallCommand::Hold | CallCommand::Resume, _) => {}
            (CallCommand::HangUp, _) => self.change(house, |state, visit, house| state.hang_up(visit, house)),
            (CallCommand::HandOver(skill), _) => self.change(house, |state, visit, house| {
                let CallState::Talking(talking) = state else { return state };
                talking.hand_over(skill, visit, house)
            }),
        }
    }

    pub(super) fn change(
        &mut self,
        house: &mut House,
        to: impl FnOnce(CallState, &mut Visit, &mut House) -> CallState,
    ) {
        let before = core::mem::replace(&mut self.state, CallState::Ended);
        let standing = before.standing(&self.visit);
        self.state = to(before, &mut self.visit, house);
        self.follow_from(standing, house);
    }
}

impl CallState {
    /// Releases both sides; a call that is being released already stays as it is.
    fn hang_up(self, visit: &Visit, house: &mut House) -> Self {
        let Some(phase) = self.phase() else { return self };
        let ack_owed = matches!(self, Self::Arriving(_));
        match self {
            Self::Closing(_) | Self::Ended => return self,
            Self::Arriving(_) | Self::Guidance(_) | Self::Waiting(_) | Self::Closed(_) => {}
            Self::Ringing(it) => it.stop(house),
            Self::Talking(it) => it.hang_up(house),
        }
        visit.stop_recording(house);
        house.release_caller(visit.call, ReleaseCause::Commanded);
        Self::Closing(Closing { outcome: Outcome::Failed, phase, ack_owed })
    }
}
