//! Commands to calls, as the rules have them (R-T1, R-S5).

use acd_core::{
    CallCommand, CallCommandResult, CallEvent, CallId, CallPhase, CommandSource, LegId, Outcome, RingEnd,
    SkillId, TalkEnd,
};

use crate::model::{Call, Model};

impl Model {
    pub(crate) fn call_commanded(&mut self, id: CallId, command: CallCommand, source: CommandSource) {
        let at = self.calls.iter().position(|it| it.id == id);
        let result = match (at.map(|at| self.calls[at].phase), command) {
            (None, _) => CallCommandResult::UnknownCall,
            (Some(CallPhase::Talking), CallCommand::HandOver(skill)) if !self.hands_over(at, skill) => {
                CallCommandResult::UnknownSkill
            }
            (Some(CallPhase::Talking), _) | (_, CallCommand::HangUp) => CallCommandResult::Done,
            (Some(_), CallCommand::Hold | CallCommand::Resume | CallCommand::HandOver(_)) => {
                CallCommandResult::OutOfPhase
            }
        };
        self.state(CallEvent::CallCommanded { call: id, command, source, result });
        let (Some(at), CallCommandResult::Done) = (at, result) else { return };
        let call = &mut self.calls[at];
        let to = match command {
            CallCommand::Hold => true,
            CallCommand::Resume => false,
            CallCommand::HangUp => return self.hang_up(at),
            CallCommand::HandOver(skill) => return self.hand_over(at, skill),
        };
        let changes = call.hold_commanded != to && !call.seat_holds;
        call.hold_commanded = to;
        let leg = LegId::Seat(call.ring.unwrap().0);
        if changes {
            self.state(if to { CallEvent::HoldStarted { leg } } else { CallEvent::HoldEnded { leg } });
        }
    }

    fn hands_over(&self, at: Option<usize>, skill: SkillId) -> bool {
        at.is_some_and(|at| self.tenant(self.calls[at].serving).plan.hand_over.contains_key(&skill))
    }

    /// R-S4: the talk ends, and the caller keeps the instant of the first entry.
    fn hand_over(&mut self, at: usize, skill: SkillId) {
        let (ring, seat) = self.calls[at].ring.unwrap();
        self.released.push(ring);
        self.state(CallEvent::TalkEnded { ring, seat, end: TalkEnd::HandedOver });
        self.seat_talk_over(seat);
        let max_wait = self.tenant(self.calls[at].serving).plan.max_wait;
        let call = &mut self.calls[at];
        call.skill = Some(skill);
        call.awaits_adviser = true;
        call.alarm_at = max_wait.map(|it| self.now + it);
        self.wait(at, false);
    }

    /// The keys from the last `*` on are a code, at the most five of them.
    pub(crate) fn seat_pressed(&mut self, at: usize, key: char) {
        let call = &mut self.calls[at];
        call.typed.push(key);
        let from = call.typed.rfind('*').unwrap_or(call.typed.len());
        let typed = call.typed.split_off(from);
        call.typed = if typed.len() > 5 { String::new() } else { typed };
        let Call { id, serving: tenant, ref typed, .. } = self.calls[at];
        let hand_over = &self.tenant(tenant).plan.hand_over;
        let Some(skill) = hand_over.iter().find(|(_, code)| *code == typed).map(|(skill, _)| *skill) else {
            return;
        };
        self.calls[at].typed.clear();
        self.call_commanded(id, CallCommand::HandOver(skill), CommandSource::StarCode);
    }

    fn hang_up(&mut self, at: usize) {
        let Call { phase, ring, .. } = self.calls[at];
        match (phase, ring) {
            (CallPhase::Closing, _) => return,
            (CallPhase::Arriving, _) => self.calls[at].ack_owed = true,
            (CallPhase::Ringing, Some((ring, _))) => {
                self.cancelled.push(ring);
                self.ring_over(at, RingEnd::CallerGone);
            }
            (CallPhase::Talking, Some((ring, seat))) => {
                self.released.push(ring);
                self.state(CallEvent::TalkEnded { ring, seat, end: TalkEnd::Commanded });
                self.seat_talk_over(seat);
            }
            (_, _) => {}
        }
        let call = &mut self.calls[at];
        call.ring_until = None;
        call.alarm_at = None;
        self.close(at, Outcome::Failed);
    }
}
