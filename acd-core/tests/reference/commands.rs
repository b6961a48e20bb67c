//! Commands to calls, as the rules have them (R-T1, R-T6, R-S5).

use acd_core::{
    CallCommand, CallCommandResult, CallEvent, CallId, CallPhase, CallerIdentity, CommandSource, Company,
    Destination, LegId, Outcome, PartyEnd, RingEnd, SkillId, TalkEnd,
};

use crate::model::{Call, Model, Stage};
use crate::parties::Caller;

impl Model {
    pub(crate) fn call_commanded(&mut self, id: CallId, command: CallCommand, source: CommandSource) {
        let at = self.calls.iter().position(|it| it.id == id);
        let result = at.map_or(CallCommandResult::UnknownCall, |at| self.may(at, command, source));
        self.state(CallEvent::CallCommanded { call: id, command, source, result });
        if let (Some(at), CallCommandResult::Done) = (at, result) {
            self.obey(at, command, source);
        }
    }

    fn may(&self, at: usize, command: CallCommand, source: CommandSource) -> CallCommandResult {
        if self.is_stranger(at, source) {
            return CallCommandResult::UnknownSupervisor;
        }
        let call = &self.calls[at];
        let talks = call.has_talk();
        let fits = match command {
            CallCommand::HangUp => true,
            CallCommand::Supervise(_) | CallCommand::EndSupervision => {
                return self.may_supervise(at, command, source);
            }
            CallCommand::HandOver(skill)
                if call.phase == CallPhase::Talking && !self.hands_over(at, skill) =>
            {
                return CallCommandResult::UnknownSkill;
            }
            CallCommand::HandOver(_) => call.phase == CallPhase::Talking,
            CallCommand::Resume
            | CallCommand::Explained
            | CallCommand::ShowNumber
            | CallCommand::Check(..) => talks,
            CallCommand::Hold => talks && !call.is_apart(),
            CallCommand::Join => call.may_join(),
            CallCommand::Swap => call.may_swap(),
            CallCommand::Leave => call.may_leave(),
            CallCommand::ReleaseCaller => call.may_release_caller(),
            CallCommand::DropParty(attempt) => {
                let waits = call.last_try().is_some_and(|it| it.attempt == attempt);
                return match waits || call.parties.iter().any(|it| it.id.attempt == attempt) {
                    true => CallCommandResult::Done,
                    false if call.phase == CallPhase::Talking || call.is_with_parties() => {
                        CallCommandResult::UnknownParty
                    }
                    false => CallCommandResult::OutOfPhase,
                };
            }
            CallCommand::Dial(destination) if talks && !call.is_apart() => {
                if call.guests() >= 4 {
                    return CallCommandResult::TooManyParties;
                }
                if destination == Destination::Caller && !matches!(call.caller, Caller::Gone(_)) {
                    return CallCommandResult::OutOfPhase;
                }
                return self.may_dial(
                    call.tenant,
                    (call.about.is_some(), call.test),
                    &call.identity,
                    destination,
                );
            }
            CallCommand::Blind(destination)
                if call.phase == CallPhase::Talking && destination != Destination::Caller =>
            {
                return self.may_dial(call.tenant, (false, call.test), &call.identity, destination);
            }
            CallCommand::Dial(_) | CallCommand::Blind(_) => false,
        };
        if fits { CallCommandResult::Done } else { CallCommandResult::OutOfPhase }
    }

    fn obey(&mut self, at: usize, command: CallCommand, source: CommandSource) {
        let id = self.calls[at].id;
        match command {
            CallCommand::Hold => self.hold_by_command(at, true),
            CallCommand::Resume => self.hold_by_command(at, false),
            CallCommand::HangUp => self.hang_up(at),
            CallCommand::Explained => {}
            CallCommand::Supervise(part) => self.supervise(at, part, source),
            CallCommand::EndSupervision => self.end_supervision(at, source),
            CallCommand::HandOver(skill) => self.hand_over(at, skill),
            CallCommand::Dial(destination) => {
                self.hold_by_command(at, false);
                self.dial(at, destination);
            }
            CallCommand::Blind(destination) => self.send_on(at, destination),
            CallCommand::Join => self.gather(at, |it| it != Company::Together, Company::Together),
            CallCommand::Swap if self.calls[at].is_apart() => {
                self.gather(at, |it| it == Company::Aside, Company::Held);
            }
            CallCommand::Swap => {
                self.hold_by_command(at, false);
                self.gather(at, |it| it == Company::Held, Company::Aside);
            }
            CallCommand::Leave => {
                self.released.push(self.calls[at].ring.unwrap().0);
                self.seat_leaves(at, TalkEnd::Transferred);
                self.regroup(at);
            }
            CallCommand::DropParty(attempt) => self.drop_party(at, attempt),
            CallCommand::ReleaseCaller => {
                self.calls[at].caller = Caller::Leaving;
                self.regroup(at);
            }
            CallCommand::ShowNumber => {
                if let (Some((_, seat)), CallerIdentity::Withheld(_)) =
                    (self.calls[at].ring, &self.calls[at].identity)
                {
                    self.state(CallEvent::NumberShown { call: id, seat });
                }
            }
            CallCommand::Check(condition, holds) => {
                self.state(CallEvent::ConditionChecked { call: id, condition, holds });
            }
        }
    }

    fn hold_by_command(&mut self, at: usize, to: bool) {
        let call = &mut self.calls[at];
        let changes = call.hold_commanded != to && !call.seat_holds;
        call.hold_commanded = to;
        let leg = LegId::Seat(call.ring.unwrap().0);
        if changes {
            self.state(if to { CallEvent::HoldStarted { leg } } else { CallEvent::HoldEnded { leg } });
        }
    }

    fn hands_over(&self, at: usize, skill: SkillId) -> bool {
        self.tenant(self.calls[at].serving).plan.hand_over.contains_key(&skill)
    }

    /// R-S4: the talk ends, and the caller keeps the instant of the first entry.
    fn hand_over(&mut self, at: usize, skill: SkillId) {
        let (ring, seat) = self.calls[at].ring.unwrap();
        self.released.push(ring);
        self.state(CallEvent::TalkEnded { ring, seat, end: TalkEnd::HandedOver });
        self.seat_talk_over(seat);
        // R-A2: who has spoken with an adviser, to whom the tenant hands over, has been advised.
        let hand_over = &self.tenant(self.calls[at].serving).plan.hand_over;
        let advised = self.calls[at].skill.is_some_and(|it| hand_over.keys().any(|adviser| *adviser == it));
        let call = &mut self.calls[at];
        call.skill = Some(skill);
        call.needed_skill = Some(skill);
        call.awaits_adviser = call.awaits_adviser || !advised;
        self.begin_wait(at);
        self.wait(at, false);
    }

    /// The keys from the last `*` on are a code, at the most five of them.
    pub(crate) fn seat_pressed(&mut self, at: usize, key: char) {
        if self.calls[at].phase != CallPhase::Talking {
            return;
        }
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
            (CallPhase::Arriving, _) => self.calls[at].ack_owed = !self.calls[at].early,
            (CallPhase::Guidance, _) => self.calls[at].ack_owed = self.calls[at].guidance == Stage::Answering,
            (CallPhase::Ringing, Some((ring, _))) => {
                self.cancelled.push(ring);
                self.ring_over(at, RingEnd::CallerGone);
            }
            (CallPhase::Talking, Some((ring, seat))) => {
                self.released.push(ring);
                self.state(CallEvent::TalkEnded { ring, seat, end: TalkEnd::Commanded });
                self.seat_talk_over(seat);
            }
            (CallPhase::Outbound, Some((ring, _))) if !self.calls[at].answered_by_seat => {
                self.cancelled.push(ring);
                return self.phone_given_up(at);
            }
            (_, _) if self.calls[at].is_with_parties() => {
                self.part(at, PartyEnd::Commanded, TalkEnd::Commanded);
                if let Caller::Gone(end) = self.calls[at].caller {
                    return self.end(at, Outcome::Answered, phase, end);
                }
            }
            (_, _) => {}
        }
        let call = &mut self.calls[at];
        call.ring_until = None;
        call.waits_from = None;
        call.alarm_at = None;
        self.close(at, Outcome::Failed);
    }

    /// The switch stops for good.
    pub(crate) fn stop(&mut self) {
        self.draining = true;
        self.accepting = false;
        for (call, _, _) in core::mem::take(&mut self.announced) {
            self.refused.push(call);
        }
        for call in 0..self.calls.len() {
            for watcher in std::mem::take(&mut self.calls[call].watchers) {
                self.let_go(watcher, PartyEnd::NodeOutage);
            }
        }
        while let Some(Call { phase, ring, end, .. }) = self.calls.first() {
            let (phase, ring, end) = (*phase, *ring, *end);
            match (phase, ring) {
                (CallPhase::Ringing, Some((ring, _))) => {
                    self.cancelled.push(ring);
                    self.ring_over(0, RingEnd::CallerGone);
                }
                (CallPhase::Talking, Some((ring, seat))) => {
                    self.released.push(ring);
                    self.state(CallEvent::TalkEnded { ring, seat, end: TalkEnd::NodeOutage });
                    self.seat_talk_over(seat);
                }
                (CallPhase::Outbound, Some((ring, _))) if !self.calls[0].answered_by_seat => {
                    self.cancelled.push(ring);
                    self.phone_given_up(0);
                    continue;
                }
                (_, _) if self.calls[0].is_with_parties() => {
                    self.part(0, PartyEnd::NodeOutage, TalkEnd::NodeOutage);
                    let end = match self.calls[0].caller {
                        Caller::Here | Caller::Leaving => None,
                        Caller::Gone(end) => end,
                    };
                    self.end(0, Outcome::Failed, phase, end);
                    continue;
                }
                (_, _) => {}
            }
            let (outcome, phase) = end.unwrap_or((Outcome::Failed, phase));
            self.end(0, outcome, phase, None);
        }
        while let Some((party, _)) = self.lines_out.first() {
            let party = *party;
            self.free_line(party);
        }
        self.state(CallEvent::NodeStopped);
    }
}
