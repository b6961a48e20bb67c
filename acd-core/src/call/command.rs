//! What agents and supervisors command of a call (R-T1, R-S5).

use super::closing::Closing;
use super::meeting::{Meeting, joined_audio, may_dial};
use super::{Call, CallState, Visit};
use crate::effect::{Effect, ReleaseCause};
use crate::event::{CallEvent, Outcome};
use crate::house::House;
use crate::ids::{CallId, PromptId, RequestId, SeatId, TenantId};
use crate::input::{CallCommand, CallCommandResult, CommandSource, GuidanceCommandResult};
use crate::party::Destination;
use crate::switch::Switch;
use alloc::boxed::Box;

impl Switch {
    /// The emergency guidance in force (R-G4).
    pub fn emergency_guidance(&self) -> impl Iterator<Item = (TenantId, PromptId)> {
        let in_force = |tenant| Some((tenant, self.house.lines.get(tenant)?.emergency_guidance?));
        self.house.lines.ids().into_iter().filter_map(in_force)
    }

    /// Sets a tenant's emergency guidance: at once for callers who hear the usual one, from now on for all who come to
    /// it (R-G4). One that is taken away is heard to its end by those who hear it.
    pub(crate) fn guidance_commanded(
        &mut self,
        tenant: TenantId,
        prompt: Option<PromptId>,
        source: CommandSource,
        request: RequestId,
    ) {
        let before = self.house.lines.get(tenant).and_then(|room| room.emergency_guidance);
        let known = self.house.lines.set_emergency_guidance(tenant, prompt);
        let result = if known { GuidanceCommandResult::Done } else { GuidanceCommandResult::UnknownTenant };
        self.house.out.state(CallEvent::GuidanceCommanded { tenant, prompt, source, result });
        if let Some(prompt) = prompt.filter(|it| known && before != Some(*it)) {
            for call in self.calls.values().filter(|call| call.visit.tenant == tenant) {
                call.replace_guidance(prompt, &mut self.house);
            }
        }
        self.house.out.order(Effect::AnswerGuidanceCommand { request, result });
    }

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
        let skill = match self.calls.get_mut(id).map(Box::as_mut) {
            Some(Call { state: CallState::Talking(talking), .. }) => talking.type_code(key, &self.house),
            Some(_) | None => None,
        };
        if let Some(skill) = skill {
            self.carry_out(id, CallCommand::HandOver(skill), CommandSource::StarCode);
        }
    }

    fn carry_out(&mut self, id: CallId, command: CallCommand, source: CommandSource) -> CallCommandResult {
        let call = self.calls.get_mut(id);
        let result =
            call.as_ref().map_or(CallCommandResult::UnknownCall, |it| it.may(command, source, &self.house));
        self.house.out.state(CallEvent::CallCommanded { call: id, command, source, result });
        if let (Some(call), CallCommandResult::Done) = (call, result) {
            call.obey(command, source, &mut self.house);
            if call.phase().is_none() {
                self.calls.remove(id);
            }
        }
        result
    }
}

impl Call {
    /// Whether the command can be carried out in the present phase.
    fn may(&self, command: CallCommand, source: CommandSource, house: &House) -> CallCommandResult {
        if let CommandSource::Supervisor(supervisor) = source
            && !self.is_overseen_by(supervisor, house)
        {
            return CallCommandResult::UnknownSupervisor;
        }
        match (command, &self.state) {
            (CallCommand::Supervise(_) | CallCommand::EndSupervision, _) => {
                self.may_supervise(command, source, house)
            }
            (_, CallState::Meeting(meeting)) => meeting.may(command, &self.visit, house),
            (CallCommand::HangUp, _) => CallCommandResult::Done,
            (CallCommand::HandOver(skill), CallState::Talking(talking)) => {
                let tenant = &house.lines.room(talking.place.queue.tenant).tenant;
                if tenant.hand_over.contains_key(&skill) {
                    CallCommandResult::Done
                } else {
                    CallCommandResult::UnknownSkill
                }
            }
            (CallCommand::Dial(destination) | CallCommand::Blind(destination), CallState::Talking(_))
                if destination != Destination::Caller =>
            {
                may_dial(destination, &self.visit, house)
            }
            (
                CallCommand::Hold
                | CallCommand::Resume
                | CallCommand::Explained
                | CallCommand::ShowNumber
                | CallCommand::Check(..),
                CallState::Talking(_),
            ) => CallCommandResult::Done,
            (CallCommand::DropParty(_), CallState::Talking(_)) => CallCommandResult::UnknownParty,
            (
                CallCommand::Hold
                | CallCommand::Resume
                | CallCommand::Explained
                | CallCommand::Dial(_)
                | CallCommand::Join
                | CallCommand::Leave
                | CallCommand::Blind(_)
                | CallCommand::DropParty(_)
                | CallCommand::Swap
                | CallCommand::ReleaseCaller
                | CallCommand::ShowNumber
                | CallCommand::Check(..)
                | CallCommand::HandOver(_),
                _,
            ) => CallCommandResult::OutOfPhase,
        }
    }

    fn obey(&mut self, command: CallCommand, source: CommandSource, house: &mut House) {
        self.state_locating(command, house);
        match (command, &mut self.state) {
            (CallCommand::Supervise(how), _) => self.supervise(how, source, house),
            (CallCommand::EndSupervision, _) => self.end_supervision(source, house),
            (CallCommand::Hold, CallState::Talking(talking)) => talking.hold_by_command(&self.visit, house),
            (CallCommand::Resume, CallState::Talking(talking)) => {
                talking.resume_by_command(&self.visit, house);
                self.drop_unheard(house);
            }
            // The mark is the fact, and nothing else (R-G1).
            (CallCommand::Explained, _) => {}
            (_, CallState::Talking(_) | CallState::Meeting(_)) | (CallCommand::HangUp, _) => {
                self.change(house, |state, visit, house| state.obey(command, visit, house));
            }
            (_, _) => {}
        }
    }
}

impl CallState {
    fn obey(self, command: CallCommand, visit: &mut Visit, house: &mut House) -> Self {
        match (command, self) {
            (_, Self::Meeting(meeting)) => meeting.obey(command, visit, house),
            (CallCommand::HangUp, state) => state.hang_up(visit, house),
            (CallCommand::Dial(_) | CallCommand::Blind(_), Self::Talking(talking)) => {
                let before = joined_audio(&talking, visit);
                Meeting::of_talk(&talking).obey_from(&before, command, visit, house)
            }
            (CallCommand::HandOver(skill), Self::Talking(talking)) => talking.hand_over(skill, visit, house),
            (_, state) => state,
        }
    }

    /// The seat that talks.
    pub(super) const fn seat(&self) -> Option<SeatId> {
        match self {
            Self::Talking(talking) => Some(talking.seat),
            Self::Meeting(meeting) => meeting.seat(),
            Self::Arriving(_)
            | Self::Guidance(_)
            | Self::Choosing(_)
            | Self::Waiting(_)
            | Self::Ringing(_)
            | Self::Outbound(_)
            | Self::Closed(_)
            | Self::Closing(_)
            | Self::Ended => None,
        }
    }

    /// Releases both sides; a call that is being released already stays as it is.
    fn hang_up(self, visit: &Visit, house: &mut House) -> Self {
        let Some(phase) = self.phase() else { return self };
        let ack_owed = match &self {
            Self::Arriving(arriving) => !arriving.early,
            Self::Guidance(guidance) => guidance.awaits_ack(),
            Self::Choosing(_)
            | Self::Waiting(_)
            | Self::Ringing(_)
            | Self::Talking(_)
            | Self::Meeting(_)
            | Self::Outbound(_)
            | Self::Closed(_)
            | Self::Closing(_)
            | Self::Ended => false,
        };
        match self {
            Self::Closing(_) | Self::Ended | Self::Meeting(_) => return self,
            Self::Arriving(_)
            | Self::Guidance(_)
            | Self::Choosing(_)
            | Self::Waiting(_)
            | Self::Closed(_) => {}
            Self::Ringing(it) => it.stop(house),
            Self::Talking(it) => it.hang_up(house),
            Self::Outbound(it) => {
                it.stop(house);
                return visit.end(Outcome::Failed, phase, None, house);
            }
        }
        visit.stop_recording(house);
        house.release_caller(visit.call, ReleaseCause::Commanded);
        Self::Closing(Closing { outcome: Outcome::Failed, phase, ack_owed })
    }
}
