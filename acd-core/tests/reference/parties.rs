//! Third parties and calls that agents begin, as the rules have them (R-T, R-L8).

#![allow(clippy::wildcard_enum_match_arm, reason = "an input of no party must fail the test")]

use acd_core::plan::RecordingPolicy;
use acd_core::{
    CallCommandResult, CallEvent, CallId, CallPhase, CallerIdentity, CallerLegEnd, CommandSource, Company,
    Destination, Input, LegId, LineKind, Outcome, PartyEnd, PartyFailure, PartyId, PartyLegEnd, Pii, RingEnd,
    SeatId, SeatState, TalkEnd, TenantId, UnexpectedInput,
};

use crate::model::{Call, Model, Stage, settle};

/// The caller's leg.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Caller {
    Here,
    /// Released by command, the line still held.
    Leaving,
    /// `None`: there never was one.
    Gone(Option<CallerLegEnd>),
}

pub(crate) struct Party {
    pub(crate) id: PartyId,
    pub(crate) answered: bool,
    pub(crate) company: Company,
    pub(crate) holds: bool,
    /// A supervisor who has joined.
    pub(crate) supervisor: Option<SeatId>,
    pub(crate) until: Option<acd_core::Timestamp>,
}

impl Party {
    pub(crate) fn supervisor(id: PartyId, supervisor: SeatId, holds: bool) -> Self {
        let supervisor = Some(supervisor);
        Self { id, answered: true, company: Company::Together, holds, supervisor, until: None }
    }
}

impl Call {
    pub(crate) fn is_with_parties(&self) -> bool {
        matches!(
            self.phase,
            CallPhase::Consulting | CallPhase::Conference | CallPhase::Transferred | CallPhase::WithoutCaller
        ) || (self.phase == CallPhase::Outbound && self.answered_by_seat)
    }

    /// A seat talks.
    pub(crate) fn has_talk(&self) -> bool {
        self.ring.is_some() && (self.phase == CallPhase::Talking || self.is_with_parties())
    }

    pub(crate) fn guests(&self) -> usize {
        self.parties.iter().filter(|it| it.answered).count()
    }

    pub(crate) fn is_dialling(&self) -> bool {
        self.parties.iter().any(|it| !it.answered) || self.last_try().is_some()
    }

    /// The seat dials somebody, or has drawn a party aside.
    pub(crate) fn is_apart(&self) -> bool {
        self.is_dialling() || self.parties.iter().any(|it| it.company == Company::Aside)
    }

    fn has_away(&self) -> bool {
        self.parties.iter().any(|it| it.answered && it.company != Company::Together)
    }

    fn has_others(&self) -> bool {
        let together = |it: &Party| it.answered && it.company == Company::Together;
        self.caller == Caller::Here || self.parties.iter().any(together)
    }

    /// R-T4: two people, one of them no colleague of the other, or one for whom another is dialled.
    pub(crate) fn lives(&self) -> bool {
        let own = usize::from(self.caller == Caller::Here) + usize::from(self.ring.is_some());
        let outsider = self.caller == Caller::Here
            || self.parties.iter().any(|it| it.answered && it.supervisor.is_none());
        (outsider && own + self.guests() >= 2) || (own == 1 && self.is_dialling())
    }

    pub(crate) fn may_join(&self) -> bool {
        self.ring.is_some() && self.is_with_parties() && self.has_away()
    }

    pub(crate) fn may_swap(&self) -> bool {
        self.may_join() && !self.is_dialling()
    }

    pub(crate) fn may_leave(&self) -> bool {
        let others = usize::from(self.caller == Caller::Here) + self.guests();
        self.ring.is_some() && self.is_with_parties() && !self.is_dialling() && others >= 2
    }

    pub(crate) fn may_release_caller(&self) -> bool {
        let others = usize::from(self.ring.is_some()) + self.guests();
        self.is_with_parties() && self.caller == Caller::Here && others >= 2
    }
}

impl Model {
    /// An agent dials from a call.
    pub(crate) fn dial(&mut self, at: usize, destination: Destination) {
        let Call { id: call, tenant, about, .. } = self.calls[at];
        let caller = self.calls[at].identity.clone();
        let hunt = self.hunt(tenant, about.is_some(), &caller, destination);
        let Ok(hunt) = hunt else { panic!("it was said to be possible") };
        if let (Destination::Headquarters(_), Some((destination, consent_filed_on))) =
            (destination, hunt.headquarters)
        {
            let line = match &caller {
                CallerIdentity::Number(_) => LineKind::Mobile,
                CallerIdentity::Withheld(_) => LineKind::Unknown,
            };
            self.state(CallEvent::HeadquartersDialled { call, destination, line, consent_filed_on });
        }
        self.calls[at].typed.clear();
        self.calls[at].hunt = Some(hunt);
        self.try_next(at);
        self.regroup(at);
    }

    /// What follows from who is left (R-T4, R-T5).
    pub(crate) fn regroup(&mut self, at: usize) {
        let call = &mut self.calls[at];
        if !call.lives() && call.seat_lost && call.caller == Caller::Here {
            // R-Q7: it is a seat's failure that has left the caller alone.
            return self.come_back(at);
        }
        if !call.lives() {
            return self.end_meeting(at);
        }
        let mut moved = Vec::new();
        if call.ring.is_none() || !call.has_others() {
            for party in call.parties.iter_mut().filter(|it| it.answered) {
                if party.company != Company::Together {
                    party.company = Company::Together;
                    moved.push(party.id);
                }
            }
        }
        let away = call.is_apart() || call.has_away();
        let phase = match (call.outbound, call.caller, call.ring) {
            (true, _, _) => CallPhase::Outbound,
            (_, Caller::Leaving | Caller::Gone(_), _) => CallPhase::WithoutCaller,
            (_, Caller::Here, None) => CallPhase::Transferred,
            (_, Caller::Here, Some(_)) if call.parties.is_empty() && !call.is_dialling() => {
                CallPhase::Talking
            }
            (_, Caller::Here, Some(_)) if away => CallPhase::Consulting,
            (_, Caller::Here, Some(_)) => CallPhase::Conference,
        };
        let (id, changed) = (call.id, call.phase != phase);
        call.phase = phase;
        for party in moved {
            self.state(CallEvent::PartyMoved { party, company: Company::Together });
        }
        if changed {
            self.state(CallEvent::CallPhaseChanged { call: id, phase });
        }
    }

    /// Nobody is left to speak with.
    fn end_meeting(&mut self, at: usize) {
        self.part(at, PartyEnd::Alone, TalkEnd::PartyEnded);
        let phase = self.calls[at].phase;
        match self.calls[at].caller {
            Caller::Here | Caller::Leaving => self.close(at, Outcome::Answered),
            Caller::Gone(end) => self.end(at, Outcome::Answered, phase, end),
        }
    }

    /// The seat and the parties are released.
    pub(crate) fn part(&mut self, at: usize, end: PartyEnd, talk_end: TalkEnd) {
        self.calls[at].hunt = None;
        for party in std::mem::take(&mut self.calls[at].parties) {
            self.state(CallEvent::PartyEnded { party: party.id, end });
            let owed = if party.answered { &mut self.parties_released } else { &mut self.parties_cancelled };
            owed.push(party.id);
        }
        if let Some((ring, _)) = self.calls[at].ring {
            self.released.push(ring);
            self.seat_leaves(at, talk_end);
        }
    }

    /// The seat is out of the call and still there.
    pub(crate) fn seat_leaves(&mut self, at: usize, end: TalkEnd) {
        let (ring, seat) = self.calls[at].ring.take().unwrap();
        if self.calls[at].outbound {
            return self.outbound_over(seat, self.calls[at].before);
        }
        self.state(CallEvent::TalkEnded { ring, seat, end });
        self.seat_talk_over(seat);
    }

    /// R-A7: the seat is what it was before it called out, if it can be.
    pub(crate) fn outbound_over(&mut self, id: SeatId, before: Option<SeatState>) {
        let seat = self.seat(id);
        let to = match before {
            Some(SeatState::WrapUp) if seat.in_plan && seat.deferred != Some(SeatState::Ready) => {
                SeatState::WrapUp
            }
            Some(SeatState::Paused(reason)) if seat.in_plan && seat.deferred.is_none() => {
                SeatState::Paused(reason)
            }
            Some(_) | None => seat.idle_state(),
        };
        self.set_seat(id, to);
    }

    /// R-T1: everything that agents command of parties; it may be done.
    pub(crate) fn gather(&mut self, at: usize, which: impl Fn(Company) -> bool, to: Company) {
        let parties = self.calls[at].parties.iter_mut();
        let moved: Vec<PartyId> = parties
            .filter(|it| it.answered && which(it.company))
            .map(|it| {
                it.company = to;
                it.id
            })
            .collect();
        for party in moved {
            self.state(CallEvent::PartyMoved { party, company: to });
        }
        self.regroup(at);
    }

    pub(crate) fn drop_party(&mut self, at: usize, attempt: u32) {
        if self.calls[at].last_try().is_some_and(|it| it.attempt == attempt) {
            self.calls[at].hunt = None;
            return self.regroup(at);
        }
        let found = self.calls[at].parties.iter().position(|it| it.id.attempt == attempt).unwrap();
        let party = self.calls[at].parties.remove(found);
        self.state(CallEvent::PartyEnded { party: party.id, end: PartyEnd::Commanded });
        let owed = if party.answered { &mut self.parties_released } else { &mut self.parties_cancelled };
        owed.push(party.id);
        self.regroup(at);
    }

    /// The seat sends the caller on at once.
    pub(crate) fn send_on(&mut self, at: usize, destination: Destination) {
        let Call { tenant, .. } = self.calls[at];
        let caller = self.calls[at].identity.clone();
        self.released.push(self.calls[at].ring.unwrap().0);
        self.seat_leaves(at, TalkEnd::Transferred);
        let Ok(hunt) = self.hunt(tenant, false, &caller, destination) else { panic!("it was said to be") };
        self.calls[at].hunt = Some(hunt);
        self.try_next(at);
        self.after_try(at);
    }

    pub(crate) fn party_input(&mut self, input: &Input) {
        let (party, ends) = match input {
            Input::PartyProgressed { party } | Input::PartyAnswered { party } => (*party, false),
            Input::PartyFailed { party, .. } | Input::PartyLegEnded { party, .. } => (*party, true),
            Input::HoldBegan { leg: LegId::Party(party) }
            | Input::HoldEnded { leg: LegId::Party(party) }
            | Input::DigitPressed { leg: LegId::Party(party), .. }
            | Input::AnnouncementFailed { leg: LegId::Party(party), .. } => (*party, false),
            other => panic!("{other:?} is of no party"),
        };
        if self.parties_cancelled.contains(&party) && !self.parties_crossed.contains(&party) {
            // It may not know yet that we have given it up.
            match input {
                Input::PartyProgressed { .. } => return,
                Input::PartyAnswered { .. } => return self.parties_crossed.push(party),
                _ => {}
            }
        }
        let by_bye = matches!(input, Input::PartyLegEnded { .. });
        if ends
            && ((by_bye && settle(&mut self.parties_released, party))
                || settle(&mut self.parties_cancelled, party))
        {
            self.free_line(party);
            if let Some(at) = self.calls.iter().position(|it| it.waits_for() == Some(party)) {
                self.go_on(at);
            }
            return;
        }
        let Some(at) = self.calls.iter().position(|it| it.id == party.call) else {
            return self.unexpected(UnexpectedInput::CallUnknown, Some(party.call));
        };
        if let Some(found) = self.calls[at].watchers.iter().position(|it| it.id == party) {
            return self.watcher_input(at, found, input);
        }
        let Some(found) = self.calls[at].parties.iter().position(|it| it.id == party) else {
            return self.unexpected(UnexpectedInput::PartyOver, Some(party.call));
        };
        let leg = LegId::Party(party);
        let answered = self.calls[at].parties[found].answered;
        match input {
            Input::PartyProgressed { .. } if !answered => {}
            Input::PartyAnswered { .. } if !answered => self.party_answered(at, found),
            Input::PartyFailed { failure, .. } if !answered => {
                if *failure == PartyFailure::NotSupported
                    && let Some(hunt) = &mut self.calls[at].hunt
                {
                    hunt.entry = None;
                    hunt.numbers.clear();
                    hunt.emergency = None;
                    hunt.rounds = 0;
                }
                self.calls[at].parties.remove(found);
                self.state(CallEvent::PartyEnded { party, end: PartyEnd::Failed(*failure) });
                self.free_line(party);
                self.try_next(at);
                self.after_try(at);
            }
            Input::PartyLegEnded { end, .. } if answered && *end != PartyLegEnd::Released => {
                self.calls[at].parties.remove(found);
                let end = if *end == PartyLegEnd::Lost { PartyEnd::Lost } else { PartyEnd::HungUp };
                self.state(CallEvent::PartyEnded { party, end });
                self.free_line(party);
                self.regroup(at);
            }
            Input::HoldBegan { .. } if answered && !self.calls[at].parties[found].holds => {
                self.calls[at].parties[found].holds = true;
                self.state(CallEvent::HoldStarted { leg });
            }
            Input::HoldEnded { .. } if answered && self.calls[at].parties[found].holds => {
                self.calls[at].parties[found].holds = false;
                self.state(CallEvent::HoldEnded { leg });
            }
            Input::DigitPressed { digit, .. } if answered => {
                self.state(CallEvent::DigitPressed { leg, digit: *digit });
            }
            _ => self.out_of_phase(at),
        }
    }

    fn party_answered(&mut self, at: usize, found: usize) {
        let call = &mut self.calls[at];
        let aside = call.ring.is_some() && call.has_others();
        let company = if aside { Company::Aside } else { Company::Together };
        call.hunt = None;
        call.parties[found].until = None;
        call.parties[found].answered = true;
        call.parties[found].company = company;
        let party = call.parties[found].id;
        self.state(CallEvent::PartyAnswered { party, company });
        if self.calls[at].outbound {
            self.record(at);
            self.calls[at].answered = true;
        }
        self.regroup(at);
    }

    /// R-L8.
    pub(crate) fn free_line(&mut self, party: PartyId) {
        if let Some(at) = self.lines_out.iter().position(|(it, _)| *it == party) {
            let (party, tenant) = self.lines_out.remove(at);
            self.state(CallEvent::PartyLineFreed { party, tenant });
        }
    }

    /// R-T8: an agent calls out.
    pub(crate) fn outbound_commanded(&mut self, input: &Input) {
        let Input::OutboundCommanded { call, seat, tenant, destination, about, source, request: _ } = input
        else {
            return;
        };
        let (call, seat, tenant, destination) = (*call, *seat, *tenant, *destination);
        if self.highest.is_some_and(|it| call <= it) {
            return self.unexpected(UnexpectedInput::CallDuplicate, Some(call));
        }
        self.highest = Some(call);
        let identity = match destination {
            Destination::CallBack(number) => CallerIdentity::Number(Pii::new(number.reveal().to_string())),
            Destination::Entry(_)
            | Destination::Headquarters(_)
            | Destination::Caller
            | Destination::Number(_) => CallerIdentity::Withheld(acd_core::WithheldReason::OutOfArea),
        };
        let result = self.may_call_out(seat, tenant, (destination, *about), &identity);
        self.outbound_fact(call, seat, tenant, destination, *source, result);
        if result != CallCommandResult::Done {
            return;
        }
        let Ok(hunt) = self.hunt(tenant, about.is_some(), &identity, destination) else {
            panic!("it was said to be")
        };
        self.state(CallEvent::OutboundStarted { call, tenant, seat, about: *about });
        let before = self.seat(seat).state;
        let ring = acd_core::RingId { call, attempt: 1 };
        let mut numbers = self.tenant(tenant).plan.numbers.values();
        let recorded = numbers.any(|it| it.recording != RecordingPolicy::Off);
        let patience = self.tenant(tenant).plan.ring;
        let recording = if recorded { RecordingPolicy::FromAnswer } else { RecordingPolicy::Off };
        self.calls.push(Call {
            id: call,
            tenant,
            number: acd_core::plan::Number {
                guidance: acd_core::plan::Guidance::None,
                recording,
                choice: None,
            },
            chooses: None,
            choice_until: None,
            needed_skill: None,
            seat_lost: false,
            closed: false,
            test: false,
            phase: CallPhase::Outbound,
            early: false,
            guidance: Stage::Playing,
            queued_at: None,
            skill: None,
            rings: 1,
            ring: Some((ring, seat)),
            ring_until: Some(self.now + patience),
            alarm_at: None,
            waits_from: None,
            answered: false,
            caller_holds: false,
            seat_holds: false,
            hold_commanded: false,
            awaits_adviser: false,
            serving: tenant,
            overflows: 0,
            overdue: false,
            past_guidance: false,
            typed: String::new(),
            ack_owed: false,
            end: None,
            identity,
            outbound: true,
            about: *about,
            answered_by_seat: false,
            before: Some(before),
            caller: Caller::Gone(None),
            parties: Vec::new(),
            watchers: Vec::new(),
            tries: 0,
            hunt: Some(hunt),
            unheard: Vec::new(),
        });
        self.set_seat(seat, SeatState::Outbound(ring));
    }

    fn outbound_fact(
        &mut self,
        call: CallId,
        seat: SeatId,
        tenant: TenantId,
        destination: Destination,
        source: CommandSource,
        result: CallCommandResult,
    ) {
        self.state(CallEvent::OutboundCommanded { call, seat, tenant, destination, source, result });
    }

    /// The tenant, and those that its callers may overflow to, one after the other.
    fn who_may_serve(&self, tenant: TenantId) -> Vec<TenantId> {
        let mut tenants = vec![tenant];
        for _ in 0..acd_core::limits::OVERFLOWS_MAX {
            let last = tenants[tenants.len() - 1];
            let overflow =
                self.tenants.iter().find(|it| it.id == last).and_then(|it| it.plan.overflow.clone());
            tenants.extend(overflow.map(|it| it.to));
        }
        tenants
    }

    fn may_call_out(
        &self,
        seat: SeatId,
        tenant: TenantId,
        (destination, about): (Destination, Option<CallId>),
        identity: &CallerIdentity,
    ) -> CallCommandResult {
        if !self.tenants.iter().any(|it| it.id == tenant && it.in_plan) {
            return CallCommandResult::UnknownTenant;
        }
        let tenants = self.who_may_serve(tenant);
        let serves = |it: &&crate::model::Seat| {
            it.in_plan && tenants.iter().any(|tenant| it.plan.serves.contains_key(tenant))
        };
        match self.seats.iter().find(|it| it.id == seat).filter(serves) {
            None => CallCommandResult::UnknownSeat,
            Some(_) if self.draining => CallCommandResult::Draining,
            Some(seat) => match seat.state {
                _ if self.supervises(seat.id) => CallCommandResult::SeatNotFree,
                SeatState::Ready | SeatState::WrapUp | SeatState::Paused(_) => {
                    self.may_dial(tenant, (about.is_some(), false), identity, destination)
                }
                SeatState::LoggedOut
                | SeatState::Ringing(_)
                | SeatState::Talking(_)
                | SeatState::Outbound(_)
                | SeatState::NotAnswering(_)
                | SeatState::Unreachable => CallCommandResult::SeatNotFree,
            },
        }
    }

    /// The agent's own phone answered: the party is dialled now.
    pub(crate) fn phone_answered(&mut self, at: usize) {
        self.calls[at].answered_by_seat = true;
        self.calls[at].ring_until = None;
        self.try_next(at);
        self.regroup(at);
    }

    /// The agent's own phone was not answered.
    pub(crate) fn phone_given_up(&mut self, at: usize) {
        let (_, seat) = self.calls[at].ring.take().unwrap();
        self.outbound_over(seat, self.calls[at].before);
        self.end(at, Outcome::Failed, CallPhase::Outbound, None);
    }

    /// R-Q6: no caller is to ring there either; a pause goes on.
    pub(crate) fn phone_failed(&mut self, at: usize, end: RingEnd) {
        let (ring, seat) = self.calls[at].ring.take().unwrap();
        self.state(CallEvent::RingEnded { ring, seat, end });
        let before = self.calls[at].before;
        let pauses_on = matches!(before, Some(SeatState::Paused(_)))
            && self.seat(seat).deferred != Some(SeatState::Ready);
        if end != RingEnd::SeatLost && pauses_on {
            self.outbound_over(seat, before);
        } else {
            self.seat_ring_over(seat, end);
        }
        self.end(at, Outcome::Failed, CallPhase::Outbound, None);
    }
}
