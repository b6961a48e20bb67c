//! Third parties and calls that agents begin, as the rules have them (R-T, R-L8).

#![allow(
    clippy::wildcard_enum_match_arm,
    clippy::unwrap_in_result,
    reason = "an input of no party, and a number that is none, must fail the test"
)]

use std::time::Duration;

use acd_core::plan::{EntryKind, RecordingPolicy};
use acd_core::{
    AlarmKind, CallCommandResult, CallEvent, CallId, CallPhase, CallerIdentity, CallerLegEnd, CivilDate,
    CommandSource, Company, Destination, DestinationId, DialledNumber, Input, LegId, LineKind, Outcome,
    PartyEnd, PartyFailure, PartyId, PartyLegEnd, Pii, SeatId, SeatState, TalkEnd, TenantId, UnexpectedInput,
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

/// The numbers of a destination that are still to be tried.
pub(crate) struct Hunt {
    destination: Destination,
    ring: Duration,
    left: Vec<Pii<DialledNumber>>,
    again: Vec<Pii<DialledNumber>>,
    rounds: u32,
    /// Over the tenant's own trunk, as the plan had it when the agent gave the order.
    takes_lines: bool,
    headquarters: Option<(DestinationId, Option<CivilDate>)>,
    /// The try that is over and holds the line which the next one needs.
    waits_for: Option<PartyId>,
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
        self.parties.iter().any(|it| !it.answered) || self.waits_for().is_some()
    }

    /// R-L8: the try whose line must be free before the next number is dialled.
    pub(crate) fn waits_for(&self) -> Option<PartyId> {
        self.hunt.as_ref()?.waits_for
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
    /// R-T2: what a destination means, or why it cannot be dialled.
    pub(crate) fn hunt(
        &self,
        tenant: TenantId,
        for_finished_call: bool,
        caller: &CallerIdentity,
        destination: Destination,
    ) -> Result<Hunt, CallCommandResult> {
        let plan = &self.tenant(tenant).plan;
        let Some(trunk) = plan.outbound else { return Err(CallCommandResult::NoOutboundTrunk) };
        let takes_lines = trunk.takes_lines;
        let number = match caller {
            CallerIdentity::Number(number) => Some(number.reveal().parse::<DialledNumber>().unwrap()),
            CallerIdentity::Withheld(_) => None,
        };
        let alone = |number| Hunt {
            destination,
            ring: plan.ring,
            left: vec![number],
            again: Vec::new(),
            rounds: 0,
            takes_lines,
            headquarters: None,
            waits_for: None,
        };
        let name = match destination {
            Destination::Entry(name) => Some(name),
            Destination::Headquarters(area) => plan.directory.entries.iter().find_map(|(name, entry)| {
                let EntryKind::FireHeadquarters(it) = &entry.kind else { return None };
                let fits = match area {
                    Some(area) => it.municipalities.contains(&area),
                    None => it
                        .area_codes
                        .iter()
                        .any(|code| number.is_some_and(|number| number.as_str().starts_with(code.as_str()))),
                };
                fits.then_some(*name)
            }),
            Destination::Caller | Destination::CallBack(_) => {
                let back =
                    if let Destination::CallBack(back) = destination { Some(*back.reveal()) } else { number };
                let number = back.ok_or(CallCommandResult::UnknownDestination)?;
                if ["110", "118", "119"].contains(&number.as_str()) {
                    return Err(CallCommandResult::Forbidden);
                }
                return Ok(alone(Pii::new(number)));
            }
            Destination::Number(number) => match plan.directory.mapped.get(number.reveal()) {
                Some(name) => Some(*name),
                None if ["110", "118", "119"].contains(&number.reveal().as_str()) => {
                    return Err(CallCommandResult::Forbidden);
                }
                None if plan.directory.free_dialling => return Ok(alone(number)),
                None => return Err(CallCommandResult::Forbidden),
            },
        };
        let entry = name.and_then(|name| plan.directory.entries.get(&name));
        let (Some(name), Some(entry)) = (name, entry) else {
            return Err(CallCommandResult::UnknownDestination);
        };
        let left = crate::calendar::to_try(entry, plan.utc_offset_minutes, self.now);
        let mut again = Vec::new();
        if for_finished_call && matches!(entry.kind, EntryKind::Doctors | EntryKind::Staff) {
            again.extend(entry.emergency_contact);
            again.extend(&left);
        }
        let headquarters = match &entry.kind {
            EntryKind::FireHeadquarters(it) => Some((name, it.consent_filed_on)),
            EntryKind::Interpreter { .. } | EntryKind::Doctors | EntryKind::Staff | EntryKind::Tenant(_) => {
                None
            }
        };
        Ok(Hunt {
            destination,
            ring: entry.ring,
            left,
            again,
            rounds: 20,
            takes_lines,
            headquarters,
            waits_for: None,
        })
    }

    pub(crate) fn may_dial(
        &self,
        tenant: TenantId,
        (for_finished_call, test): (bool, bool),
        caller: &CallerIdentity,
        destination: Destination,
    ) -> CallCommandResult {
        match self.hunt(tenant, for_finished_call, caller, destination) {
            Err(result) => result,
            Ok(_) if self.takes_line(tenant, test) && !self.has_line(tenant) => CallCommandResult::LinesFull,
            Ok(_) => CallCommandResult::Done,
        }
    }

    fn takes_line(&self, tenant: TenantId, test: bool) -> bool {
        self.tenant(tenant).plan.outbound.is_some_and(|it| it.takes_lines) && !test
    }

    fn has_line(&self, tenant: TenantId) -> bool {
        self.lines_for(tenant).is_none_or(|it| self.lines_in_use(tenant) < it)
    }

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

    /// R-T3: the next number, or none; a hunt after a call begins anew (R-T8).
    fn try_next(&mut self, at: usize) {
        let mut anew = false;
        loop {
            let Call { id: call, tenant, test, tries, .. } = self.calls[at];
            let Some(hunt) = self.calls[at].hunt.as_mut() else { return };
            let (destination, ring, takes_lines) = (hunt.destination, hunt.ring, hunt.takes_lines);
            if hunt.left.is_empty() || tries >= 1_000 {
                let somebody_must = !hunt.again.is_empty();
                let again = !anew && tries < 1_000 && hunt.rounds > 0 && somebody_must;
                if again {
                    hunt.rounds -= 1;
                    hunt.left = hunt.again.clone();
                } else {
                    self.calls[at].hunt = None;
                }
                self.state(CallEvent::DestinationUnreached { call, destination });
                if somebody_must {
                    self.raise(AlarmKind::NobodyReached, Some(tenant), Some(call));
                }
                if !again {
                    return;
                }
                anew = true;
                continue;
            }
            let number = hunt.left.remove(0);
            self.calls[at].tries += 1;
            let party = PartyId { call, attempt: tries + 1 };
            let wants_line = takes_lines && !test;
            let takes_line = wants_line && self.has_line(tenant);
            self.state(CallEvent::PartyDialled { party, tenant, destination, number, takes_line });
            if wants_line && !takes_line {
                self.state(CallEvent::PartyEnded { party, end: PartyEnd::NoLine });
                continue;
            }
            if takes_line {
                self.lines_out.push((party, tenant));
            }
            let until = Some(self.now + ring);
            let company = Company::Together;
            let (answered, holds, supervisor) = (false, false, None);
            self.calls[at].parties.push(Party { id: party, answered, company, holds, supervisor, until });
            return;
        }
    }

    /// What follows from who is left (R-T4, R-T5).
    pub(crate) fn regroup(&mut self, at: usize) {
        let call = &mut self.calls[at];
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
            Some(SeatState::WrapUp) if seat.in_plan => SeatState::WrapUp,
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
        if self.calls[at].waits_for().is_some_and(|it| it.attempt == attempt) {
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

    fn after_try(&mut self, at: usize) {
        let call = &self.calls[at];
        if !call.lives() && call.caller == Caller::Here {
            // R-T4: whom nobody answered is put back; the seat has left.
            return self.come_back(at);
        }
        self.regroup(at);
    }

    pub(crate) fn party_input(&mut self, input: &Input) {
        let (party, owed) = match input {
            Input::PartyProgressed { party } | Input::PartyAnswered { party } => (*party, None),
            Input::PartyFailed { party, .. } => (*party, Some(&mut self.parties_cancelled)),
            Input::PartyLegEnded { party, .. } => (*party, Some(&mut self.parties_released)),
            Input::HoldBegan { leg: LegId::Party(party) }
            | Input::HoldEnded { leg: LegId::Party(party) }
            | Input::DigitPressed { leg: LegId::Party(party), .. }
            | Input::AnnouncementFailed { leg: LegId::Party(party), .. } => (*party, None),
            other => panic!("{other:?} is of no party"),
        };
        if owed.is_some_and(|owed| settle(owed, party)) {
            self.free_line(party);
            if let Some(at) = self.calls.iter().position(|it| it.waits_for() == Some(party)) {
                if let Some(hunt) = &mut self.calls[at].hunt {
                    hunt.waits_for = None;
                }
                self.try_next(at);
                self.after_try(at);
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
                    hunt.left.clear();
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

    /// Nobody answered in the time of the try.
    pub(crate) fn party_timed_out(&mut self, at: usize) {
        let found = self.calls[at].parties.iter().position(|it| !it.answered).unwrap();
        let party = self.calls[at].parties.remove(found).id;
        self.parties_cancelled.push(party);
        self.state(CallEvent::PartyEnded { party, end: PartyEnd::TimedOut });
        let Call { tenant, test, .. } = self.calls[at];
        let has_line = self.has_line(tenant);
        if let Some(hunt) = self.calls[at].hunt.as_mut()
            && hunt.takes_lines
            && !test
            && !has_line
            && (!hunt.left.is_empty() || (hunt.rounds > 0 && !hunt.again.is_empty()))
        {
            hunt.waits_for = Some(party);
            return;
        }
        self.try_next(at);
        self.after_try(at);
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
            chosen_skill: None,
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
    pub(crate) fn phone_failed(&mut self, at: usize) {
        let (_, seat) = self.calls[at].ring.take().unwrap();
        self.outbound_over(seat, self.calls[at].before);
        self.end(at, Outcome::Failed, CallPhase::Outbound, None);
    }
}
