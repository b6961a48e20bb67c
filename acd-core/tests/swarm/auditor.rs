//! An auditor who knows the rules and sees the facts alone, and recounts everything after every turn.

use std::collections::{BTreeMap, BTreeSet};

use acd_core::plan::{Capacity, OverflowCause, Plan, PoolShare, Seat};
use acd_core::{
    AlarmKind, CallCommand, CallCommandResult, CallEvent, CallId, CallPhase, Company, LegId, LineUse,
    Outcome, PartyId, RefusalReason, RingEnd, RingId, SeatId, SeatState, SkillId, Switch, TalkEnd, TenantId,
    Timestamp,
};

use crate::calendar::capacity_at;
use crate::queues::has_queue;
use crate::waiting_hunts::WaitingHunts;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    Arriving,
    Waiting(Timestamp),
    Ringing(RingId, SeatId),
    Talking(RingId, SeatId),
    /// With third parties; no seat is there.
    WithParties,
    /// A ring or a talk is over, and the fact of what comes next is still to come in this turn.
    Between,
    Closing,
}

#[derive(Debug)]
struct CallView {
    tenant: TenantId,
    /// Neither a test nor outside hours.
    holds_line: bool,
    closed: bool,
    phase: Phase,
    /// Whose seats are to serve the caller.
    serving: TenantId,
    skill: Option<SkillId>,
    /// What the keys stand for, and the skill that the caller needs, which a tenant without it does not change.
    keys: BTreeMap<char, Option<SkillId>>,
    needed: Option<SkillId>,
    entered: Option<Timestamp>,
    answered: bool,
    /// Between reception and adviser.
    awaits_adviser: bool,
    /// It is being ended by command.
    hung_up: bool,
    /// The seat's hold, by its phone or by command.
    on_hold: bool,
    /// Also while the next number of a roster waits for the line of the last.
    with_parties: bool,
    /// It overflows, and the fact of its new place is still to come.
    overflows: bool,
    overflowed: u32,
    /// The alarm that the wait is too long was raised, and nobody has answered since.
    overdue: bool,
    /// The caller's leg is gone or going, and the others go on.
    without_caller: bool,
}

#[derive(Debug)]
struct SeatView {
    state: SeatState,
    since: Timestamp,
}

#[derive(Debug, Default)]
struct TenantView {
    capacity: Option<Capacity>,
    seat_lines: u16,
    blocked: bool,
    seat_lines_full: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Auditor {
    plan: Plan,
    /// Whom each seat serves, closing tenants included.
    serves: BTreeMap<SeatId, BTreeMap<TenantId, u16>>,
    calls: BTreeMap<CallId, CallView>,
    seats: BTreeMap<SeatId, SeatView>,
    /// The share in a pool of every tenant that there has been.
    shares: BTreeMap<TenantId, PoolShare>,
    tenants: BTreeMap<TenantId, TenantView>,
    outcomes: BTreeMap<CallId, Outcome>,
    /// Parties that are dialled or there, and the lines that their legs hold.
    parties: BTreeSet<PartyId>,
    dialled_lines: BTreeMap<PartyId, TenantId>,
    /// Supervisors who are rung, listen or whisper, and those who have joined, who are among the parties too.
    watchers: BTreeSet<PartyId>,
    joined: BTreeSet<PartyId>,
    /// Calls that agents began.
    outbound: BTreeSet<CallId>,
    pub(crate) hunts: WaitingHunts,
}

impl Auditor {
    pub(crate) fn plan_applied(&mut self, plan: &Plan) {
        for (id, seat) in &plan.seats {
            let before = self.serves.remove(id).unwrap_or_default();
            let mut serves = seat.serves.clone();
            serves.extend(before.into_iter().filter(|(tenant, _)| !plan.tenants.contains_key(tenant)));
            self.serves.insert(*id, serves);
        }
        for (id, tenant) in &plan.tenants {
            self.shares.remove(id);
            self.shares.extend(tenant.pool.map(|share| (*id, share)));
        }
        self.plan = plan.clone();
    }

    pub(crate) fn fact(&mut self, now: Timestamp, fact: &CallEvent) {
        self.hunts.fact(fact);
        match fact {
            CallEvent::CapacityChanged { tenant, capacity } => {
                let view = self.tenants.entry(*tenant).or_default();
                view.capacity = *capacity;
                view.seat_lines = capacity.map_or(view.seat_lines, |it| it.seat_lines);
            }
            CallEvent::BlockageStarted { tenant, lines, lent } => {
                assert_eq!(all(lines), self.lines_in_use(*tenant), "R-L7: what the lines were doing");
                assert_eq!(*lent, self.lent(*tenant), "R-L5: lines that others hold");
                self.flip(*tenant, |view| &mut view.blocked, true);
            }
            CallEvent::BlockageEnded { tenant } => self.flip(*tenant, |view| &mut view.blocked, false),
            CallEvent::SeatLinesFullStarted { tenant, lines } => {
                assert_eq!(all(lines), self.lines_in_use(*tenant), "R-L7: what the lines were doing");
                self.flip(*tenant, |view| &mut view.seat_lines_full, true);
            }
            CallEvent::SeatLinesFullEnded { tenant } => {
                self.flip(*tenant, |view| &mut view.seat_lines_full, false);
            }
            CallEvent::CallAdmitted {
                call, tenant, dialled, test, closed, lines_in_use, capacity, ..
            } => {
                let in_force = self.tenants[tenant].capacity;
                assert_eq!(*closed, in_force.is_none(), "R-L11");
                if !closed && !test {
                    let before = self.lines_in_use(*tenant);
                    assert!(before < in_force.unwrap().total(), "R-L4: admitted without a line");
                    assert!(self.may_take_a_line(*tenant), "R-L5: admitted over the pool");
                    assert_eq!(*lines_in_use, before + 1);
                    assert!(*lines_in_use <= *capacity && *capacity <= in_force.unwrap().total(), "R-L5");
                }
                let choice = self.plan.tenants[tenant].numbers[dialled].choice.as_ref();
                let keys = choice.map(|it| it.options.iter().map(|(key, it)| (*key, it.skill)).collect());
                let view = CallView {
                    tenant: *tenant,
                    holds_line: !closed && !test,
                    closed: *closed,
                    phase: Phase::Arriving,
                    serving: *tenant,
                    skill: None,
                    keys: keys.unwrap_or_default(),
                    needed: None,
                    entered: None,
                    answered: false,
                    awaits_adviser: false,
                    hung_up: false,
                    on_hold: false,
                    with_parties: false,
                    overflows: false,
                    overflowed: 0,
                    overdue: false,
                    without_caller: false,
                };
                assert!(self.calls.insert(*call, view).is_none(), "a call is admitted once");
            }
            CallEvent::CallRefused { tenant, reason, test, .. } => {
                let full = tenant.and_then(|it| {
                    self.tenants[&it].capacity?;
                    // R-L6: a rehearsal's call needs no line.
                    Some(!test && !self.may_take_a_line(it))
                });
                assert_eq!(*reason == RefusalReason::LinesFull, full == Some(true), "R-L4: {reason:?}");
            }
            CallEvent::ChoiceMade { call, key } => {
                let view = self.calls.get_mut(call).unwrap();
                view.needed = key.and_then(|key| view.keys[&key]);
            }
            CallEvent::CallerQueued { call, tenant, skill, since, put_back, awaits_adviser } => {
                let left = self.parties.iter().any(|party| party.call == *call);
                let view = self.calls.get_mut(call).unwrap();
                if view.phase == Phase::WithParties {
                    assert!(*put_back && !left, "R-T4: only who was left alone is put back");
                    view.phase = Phase::Between;
                }
                assert!(!put_back || view.entered.is_some(), "only who was in a queue is put back");
                let expected = if view.entered.is_some() { Phase::Between } else { Phase::Arriving };
                let overflows = core::mem::take(&mut view.overflows);
                assert!(view.phase == expected || (overflows && matches!(view.phase, Phase::Waiting(_))));
                assert_eq!(view.serving, *tenant);
                let is_first = view.entered.is_none();
                assert_eq!(*view.entered.get_or_insert(now), *since, "R-Q1: the instant is kept for life");
                assert!(*awaits_adviser || !view.awaits_adviser, "R-A2: handed over, and not yet answered");
                assert!(!awaits_adviser || view.answered, "R-A2: nobody has answered");
                view.awaits_adviser = *awaits_adviser;
                if is_first {
                    view.needed = view.needed.or(*skill);
                } else if view.phase == Phase::Between && !put_back {
                    // Handed over.
                    view.needed = *skill;
                }
                view.skill = *skill;
                view.phase = Phase::Waiting(*since);
                view.with_parties = false;
            }
            CallEvent::AlarmRaised { kind, call, .. } => {
                let view = call.and_then(|it| self.calls.get_mut(&it));
                if let (AlarmKind::WaitTooLong, Some(view)) = (kind, view) {
                    view.overdue = true;
                }
            }
            CallEvent::CallOverflowed { call, tenant, to, cause } => {
                self.overflowed(*call, *tenant, *to, *cause)
            }
            CallEvent::RingStarted { ring, seat } => self.ring_started(*ring, *seat),
            CallEvent::RingEnded { ring, seat, end } => {
                if let Some(view) = self.calls.get_mut(&ring.call) {
                    assert_eq!(view.phase, Phase::Ringing(*ring, *seat), "R-Q5");
                    view.phase = Phase::Between;
                    if *end == RingEnd::CallerGone {
                        view.phase = if view.hung_up { Phase::Closing } else { Phase::Ringing(*ring, *seat) };
                    }
                } else {
                    assert!(self.outbound.contains(&ring.call), "R-Q5: a ring is of a call");
                }
            }
            CallEvent::CallAnswered { ring, seat } => {
                let view = self.calls.get_mut(&ring.call).unwrap();
                assert_eq!(view.phase, Phase::Between, "R-Q5: only a ringing call is answered");
                view.phase = Phase::Talking(*ring, *seat);
                view.answered = true;
                view.awaits_adviser = false;
                view.on_hold = false;
                view.overdue = false;
            }
            CallEvent::TalkEnded { ring, seat, end } => {
                let any_party = self.parties.iter().any(|party| party.call == ring.call);
                let view = self.calls.get_mut(&ring.call).unwrap();
                let goes_on = any_party || view.with_parties;
                assert_eq!(view.phase, Phase::Talking(*ring, *seat));
                view.phase = match end {
                    TalkEnd::CallerEnded | TalkEnd::NodeOutage => view.phase,
                    TalkEnd::SeatEnded | TalkEnd::Commanded | TalkEnd::PartyEnded => Phase::Closing,
                    TalkEnd::Transferred => Phase::WithParties,
                    TalkEnd::SeatLost(_) if goes_on => Phase::WithParties,
                    TalkEnd::SeatLost(_) | TalkEnd::HandedOver => Phase::Between,
                };
            }
            CallEvent::HoldStarted { leg: LegId::Seat(ring) } => self.held(*ring, true),
            CallEvent::HoldEnded { leg: LegId::Seat(ring) } => self.held(*ring, false),
            CallEvent::PartyDialled { party, tenant, takes_line, .. } => {
                assert!(self.parties.insert(*party), "a try is stated once");
                assert!(
                    self.calls.contains_key(&party.call) || self.outbound.contains(&party.call),
                    "a party is dialled for a call that is there"
                );
                if *takes_line {
                    let open = self.tenants[tenant].capacity.is_some();
                    assert!(!open || self.may_take_a_line(*tenant), "R-L8: {party} has no line");
                    self.dialled_lines.insert(*party, *tenant);
                }
            }
            CallEvent::SupervisorRung { party, supervisor, seat } => {
                let state = self.seats.get(supervisor).map_or(SeatState::LoggedOut, |it| it.state);
                let idle = matches!(state, SeatState::LoggedOut | SeatState::Paused(_));
                assert!(idle, "R-S5: {supervisor} supervises in {state:?}");
                let talks = matches!(self.seats[seat].state, SeatState::Talking(_) | SeatState::Outbound(_));
                assert!(talks, "R-S5: {seat} does not talk");
                assert!(self.watchers.insert(*party), "a supervisor is rung once");
            }
            CallEvent::PartyAnswered { party, company } | CallEvent::PartyMoved { party, company } => {
                if *company == Company::Together && self.watchers.remove(party) {
                    self.joined.insert(*party);
                    self.parties.insert(*party);
                }
                if matches!(company, Company::Listening | Company::Whispering) && self.joined.remove(party) {
                    self.parties.remove(party);
                    self.watchers.insert(*party);
                }
                let watches = matches!(company, Company::Listening | Company::Whispering);
                let there = if watches { &self.watchers } else { &self.parties };
                assert!(there.contains(party), "R-T7: {party} is not there");
            }
            CallEvent::PartyEnded { party, .. } => {
                self.joined.remove(party);
                let was_there = self.parties.remove(party) || self.watchers.remove(party);
                assert!(was_there, "R-T7: {party} ends once");
            }
            CallEvent::PartyLineFreed { party, tenant } => {
                assert_eq!(self.dialled_lines.remove(party), Some(*tenant), "R-L8: a line is freed once");
            }
            CallEvent::CallPhaseChanged { call, phase } => {
                let view = self.calls.get_mut(call).unwrap();
                let with_seat = matches!(view.phase, Phase::Talking(..));
                #[allow(clippy::wildcard_enum_match_arm, reason = "any other phase must fail the test")]
                let wanted = match phase {
                    CallPhase::Talking | CallPhase::Consulting | CallPhase::Conference => true,
                    CallPhase::Transferred => false,
                    CallPhase::WithoutCaller => with_seat,
                    other => panic!("{other:?} is no phase with parties"),
                };
                assert_eq!(with_seat, wanted, "{call} in {phase:?}");
                view.with_parties = *phase != CallPhase::Talking;
                view.without_caller = *phase == CallPhase::WithoutCaller;
            }
            CallEvent::CallerLeft { call, .. } => {
                let view = self.calls.get_mut(call).unwrap();
                assert!(view.answered, "only who was answered has others to go on");
                view.holds_line = false;
                view.without_caller = true;
            }
            CallEvent::OutboundStarted { call, .. } => {
                assert!(self.outbound.insert(*call), "a call is begun once");
            }
            CallEvent::OutboundEnded { call, .. } => {
                assert!(self.outbound.remove(call), "an outbound call ends once");
                assert!(self.parties.iter().all(|it| it.call != *call), "R-T4: a party is left behind");
            }
            CallEvent::CallCommanded { call, command, result, source: _ } => {
                self.commanded(*call, *command, *result);
            }
            CallEvent::CallEnded { call, outcome, .. } => {
                assert!(self.parties.iter().all(|it| it.call != *call), "R-T4: a party is left behind");
                let view = self.calls.remove(call).expect("exactly one outcome a call");
                let expected = match (view.answered, view.closed, view.phase) {
                    (true, _, _) => Outcome::Answered,
                    (_, true, _) if view.serving == view.tenant => Outcome::Closed,
                    (_, _, Phase::Waiting(_)) => Outcome::AbandonedInQueue,
                    (_, _, Phase::Ringing(..)) => Outcome::AbandonedWhileRinging,
                    (_, _, Phase::Arriving) => Outcome::AbandonedInGuidance,
                    (_, _, Phase::Closing) => Outcome::Failed,
                    (_, _, phase) => panic!("a call may not end in {phase:?}"),
                };
                if *outcome == Outcome::AbandonedAfterReception {
                    let waits = matches!(view.phase, Phase::Waiting(_) | Phase::Ringing(..));
                    assert!(view.awaits_adviser && waits, "R-A2: who waits for no adviser gives none up");
                    assert!(self.outcomes.insert(*call, *outcome).is_none(), "exactly one outcome a call");
                    return;
                }
                assert!(
                    *outcome == expected || (!view.answered && *outcome == Outcome::Failed),
                    "{outcome:?}"
                );
                assert!(self.outcomes.insert(*call, *outcome).is_none(), "exactly one outcome a call");
            }
            CallEvent::SeatStateChanged { seat, from, to } => {
                let before = self.seats.insert(*seat, SeatView { state: *to, since: now });
                assert_eq!(before.map_or(SeatState::LoggedOut, |it| it.state), *from, "R-S1 of {seat}");
            }
            CallEvent::TrunkLost { .. }
            | CallEvent::TrunkRestored { .. }
            | CallEvent::OverloadStarted
            | CallEvent::OverloadEnded { .. }
            | CallEvent::NoReachableSeatStarted { .. }
            | CallEvent::NoReachableSeatEnded { .. }
            | CallEvent::StaffingShort { .. }
            | CallEvent::StaffingRestored { .. }
            | CallEvent::GuidanceCommanded { .. }
            | CallEvent::GuidanceStarted { .. }
            | CallEvent::GuidanceCompleted { .. }
            | CallEvent::GuidanceFailed { .. }
            | CallEvent::CallerProgressFailed { .. }
            | CallEvent::AnnouncementFailed { .. }
            | CallEvent::RefusalFailed { .. }
            | CallEvent::PlaceSaid { .. }
            | CallEvent::ChoiceStarted { .. }
            | CallEvent::CallerConnected { .. }
            | CallEvent::PlanApplied { .. }
            | CallEvent::NodeStarted
            | CallEvent::NodeOutage { .. }
            | CallEvent::DrainStarted
            | CallEvent::NodeStopped
            | CallEvent::WallClockStepped { .. }
            | CallEvent::JournalDegraded
            | CallEvent::JournalRestored
            | CallEvent::HoldStarted { leg: LegId::Caller(_) | LegId::Party(_) }
            | CallEvent::HoldEnded { leg: LegId::Caller(_) | LegId::Party(_) }
            | CallEvent::DestinationUnreached { .. }
            | CallEvent::HeadquartersDialled { .. }
            | CallEvent::NumberShown { .. }
            | CallEvent::ConditionChecked { .. }
            | CallEvent::OutboundCommanded { .. }
            | CallEvent::DigitPressed { .. }
            | CallEvent::SeatRegistered { .. }
            | CallEvent::SeatUnregistered { .. }
            | CallEvent::SeatCommanded { .. }
            | CallEvent::RecordingStarted { .. }
            | CallEvent::RecordingOff { .. }
            | CallEvent::RecordingFailed { .. }
            | CallEvent::RecordingEnded { .. }
            | CallEvent::LegMeasured { .. }
            | CallEvent::InputUnexpected { .. } => {}
        }
    }

    /// R-Q8, R-G5: only where the plan says so, and to a tenant within its hours; out of a queue, only to one at which
    /// somebody is logged in.
    fn overflowed(&mut self, call: CallId, from: TenantId, to: TenantId, cause: OverflowCause) {
        let view = &self.calls[&call];
        let takes = cause == OverflowCause::Closed || self.is_attended_at(to, view, true);
        assert!(takes, "R-Q8: call {call} overflows to {to}, where nobody is");
        let view = self.calls.get_mut(&call).unwrap();
        assert_eq!(view.serving, from);
        assert!(self.tenants[&to].capacity.is_some(), "{to} is closed itself");
        assert_ne!(from, to);
        let plan = self.plan.tenants.get(&from);
        let wanted = plan.is_none_or(|it| it.overflow.as_ref().is_some_and(|it| it.on.contains(&cause)));
        assert!(wanted, "call {call} overflows for {cause:?}, which {from} does not want");
        let fits = match cause {
            OverflowCause::Closed => view.closed && view.entered.is_none(),
            OverflowCause::NobodyLoggedIn => matches!(view.phase, Phase::Waiting(_)),
            OverflowCause::WaitTooLong => matches!(view.phase, Phase::Waiting(_) | Phase::Between),
        };
        assert!(fits, "call {call} overflows for {cause:?} in {:?}", view.phase);
        view.overflows = cause != OverflowCause::Closed;
        view.overflowed += 1;
        view.overdue = false;
        view.serving = to;
    }

    /// R-T1: a hold in another is none of its own.
    fn held(&mut self, ring: RingId, to: bool) {
        let Some(view) = self.calls.get_mut(&ring.call) else {
            return assert!(self.outbound.contains(&ring.call), "only talk is held");
        };
        assert!(matches!(view.phase, Phase::Talking(present, _) if present == ring), "only talk is held");
        assert_ne!(view.on_hold, to, "R-T1: an edge is stated once");
        view.on_hold = to;
    }

    fn commanded(&mut self, call: CallId, command: CallCommand, result: CallCommandResult) {
        let Some(view) = self.calls.get_mut(&call) else {
            let outbound = self.outbound.contains(&call);
            return assert_eq!(result == CallCommandResult::UnknownCall, !outbound, "{command:?}");
        };
        let with_parties = self.parties.iter().any(|party| party.call == call);
        let talks = matches!(view.phase, Phase::Talking(..));
        let expected = match command {
            CallCommand::Hold | CallCommand::Resume | CallCommand::Explained | CallCommand::HandOver(_)
                if with_parties || view.with_parties =>
            {
                result
            }
            CallCommand::Hold | CallCommand::Resume | CallCommand::Explained | CallCommand::HandOver(_)
                if !talks =>
            {
                CallCommandResult::OutOfPhase
            }
            CallCommand::HandOver(skill)
                if !self
                    .plan
                    .tenants
                    .get(&view.serving)
                    .is_none_or(|it| it.hand_over.contains_key(&skill)) =>
            {
                CallCommandResult::UnknownSkill
            }
            CallCommand::HangUp => CallCommandResult::Done,
            CallCommand::Hold | CallCommand::Resume | CallCommand::Explained | CallCommand::HandOver(_) => {
                CallCommandResult::Done
            }
            // What may be done with parties is the reference model's to say.
            CallCommand::Dial(_)
            | CallCommand::Join
            | CallCommand::Leave
            | CallCommand::Blind(_)
            | CallCommand::DropParty(_)
            | CallCommand::Swap
            | CallCommand::ReleaseCaller
            | CallCommand::ShowNumber
            | CallCommand::Check(..)
            | CallCommand::Supervise(_)
            | CallCommand::EndSupervision => result,
        };
        let gone = !self.plan.tenants.contains_key(&view.serving);
        let unsure = gone && result == CallCommandResult::UnknownSkill;
        assert!(result == expected || unsure, "{command:?} in {:?}: {result:?}", view.phase);
        if command == CallCommand::HangUp {
            view.hung_up = true;
            // The facts of the ring or the talk that ends with it follow.
            if !matches!(view.phase, Phase::Ringing(..) | Phase::Talking(..)) {
                view.phase = Phase::Closing;
            }
        }
    }

    fn ring_started(&mut self, ring: RingId, seat: SeatId) {
        let call = &self.calls[&ring.call];
        let Phase::Waiting(since) = call.phase else { panic!("R-Q5: {ring} is not for a waiting caller") };
        let view = &self.seats[&seat];
        assert_eq!(view.state, SeatState::Ready, "R-Q5: {seat} is rung while it is not free");
        assert!(self.may_serve(seat, call), "{seat} may not serve {ring}");
        assert!(self.seat_line_is_free(call.serving), "R-L2: {ring} has no seat line");
        for (other, it) in &self.calls {
            let Phase::Waiting(other_since) = it.phase else { continue };
            if it.serving == call.serving && it.skill == call.skill {
                assert!((since, ring.call) <= (other_since, *other), "R-Q1: {other} was before {ring}");
            }
            if self.may_serve(seat, it) && self.seat_line_is_free(it.serving) {
                let priority = |tenant| self.serves[&seat][&tenant];
                let (mine, theirs) = (priority(call.serving), priority(it.serving));
                assert!(mine >= theirs, "R-Q3: {other} has priority over {ring}");
                assert!(mine > theirs || since <= other_since, "R-Q3: {other} is older than {ring}");
            }
        }
        for (other, it) in &self.seats {
            if it.state == SeatState::Ready && self.may_serve(*other, call) {
                assert!(view.since <= it.since, "R-Q2: {other} has been free longer than {seat}");
            }
        }
        self.calls.get_mut(&ring.call).unwrap().phase = Phase::Ringing(ring, seat);
    }

    /// Everything that must be true between two turns.
    pub(crate) fn check(&self, now: Timestamp, switch: &Switch) {
        for (id, call) in &self.calls {
            assert_ne!(call.phase, Phase::Between, "call {id} is lost between two phases");
            let waits = matches!(call.phase, Phase::Waiting(_));
            assert!(!call.overflows, "call {id} has no place");
            if waits && call.overflowed < 8 {
                let could = |cause| self.could_overflow(call, cause);
                let nobody = !self.is_attended(call) && could(OverflowCause::NobodyLoggedIn);
                assert!(!nobody, "R-Q8: nobody attends call {id}, which could go on");
                let overdue = call.overdue && could(OverflowCause::WaitTooLong);
                assert!(!overdue, "R-Q8: call {id} has waited too long and could go on");
            }
            if waits && self.seat_line_is_free(call.serving) {
                let free = self
                    .seats
                    .iter()
                    .find(|(seat, it)| it.state == SeatState::Ready && self.may_serve(**seat, call));
                assert!(free.is_none(), "R-Q4: call {id} waits while {free:?} is free");
            }
            if let Phase::Ringing(ring, seat) = call.phase {
                assert_eq!(self.seats[&seat].state, SeatState::Ringing(ring), "R-Q5");
            }
            if let Phase::Talking(ring, seat) = call.phase {
                assert_eq!(self.seats[&seat].state, SeatState::Talking(ring));
            }
        }
        for (id, seat) in &self.seats {
            let phase = match seat.state {
                SeatState::Ringing(ring) => Some((ring, Phase::Ringing(ring, *id))),
                SeatState::Talking(ring) => Some((ring, Phase::Talking(ring, *id))),
                SeatState::Outbound(ring) => {
                    assert!(self.outbound.contains(&ring.call), "seat {id} is stuck");
                    None
                }
                SeatState::LoggedOut
                | SeatState::Ready
                | SeatState::WrapUp
                | SeatState::Paused(_)
                | SeatState::NotAnswering(_)
                | SeatState::Unreachable => None,
            };
            if let Some((ring, phase)) = phase {
                assert_eq!(self.calls[&ring.call].phase, phase, "seat {id} is stuck");
            }
            assert_eq!(switch.seat_state(*id).unwrap_or(SeatState::LoggedOut), seat.state);
        }
        for id in self.plan.tenants.keys() {
            assert!(self.tenants.contains_key(id), "R-L2: {id} has no lines stated");
        }
        for (id, tenant) in &self.tenants {
            let settings = self.plan.tenants.get(id);
            let in_force = settings.and_then(|it| capacity_at(it, &self.plan.holidays, now));
            assert_eq!(tenant.capacity, in_force, "R-L2, R-L3: lines of {id}");
            let in_use = self.lines_in_use(*id);
            assert_eq!(switch.lines_in_use(*id), in_use, "R-L6");
            let waiting =
                self.calls.values().filter(|it| it.serving == *id && matches!(it.phase, Phase::Waiting(_)));
            assert_eq!(switch.waiting_len(*id), waiting.count());
            let blocked = tenant.capacity.is_some() && !self.may_take_a_line(*id);
            assert_eq!(tenant.blocked, blocked, "R-L7: blockage of {id}");
            let full = tenant.capacity.is_some() && !self.seat_line_is_free(*id);
            assert_eq!(tenant.seat_lines_full, full, "R-L7: seat lines of {id}");
        }
        for (party, tenant) in self.hunts.without_line() {
            let full = self.tenants[&tenant].capacity.is_some() && !self.may_take_a_line(tenant);
            assert!(full, "R-T3, R-T8: the hunt of {party} waits while {tenant} has a line");
        }
        assert_eq!(switch.calls_len(), self.calls.len() + self.outbound.len());
    }

    fn lines_in_use(&self, tenant: TenantId) -> u32 {
        let holding = self.calls.values().filter(|it| it.tenant == tenant && it.holds_line);
        let dialled = self.dialled_lines.values().filter(|it| **it == tenant).count();
        u32::try_from(holding.count() + dialled).unwrap()
    }

    /// R-L4, R-L5: whether one more call of an open tenant would get a line: within its band and its `max`, and out of
    /// its reservation, or of what is left when every other tenant has taken its own.
    fn may_take_a_line(&self, tenant: TenantId) -> bool {
        let in_use = self.lines_in_use(tenant);
        let Some(capacity) = self.tenants[&tenant].capacity else { return false };
        if in_use >= capacity.total() {
            return false;
        }
        let Some((share, lines)) = self.share(tenant) else { return true };
        let mut left = i64::from(lines);
        for other in self.tenants.keys() {
            if self.share(*other).is_some_and(|(it, _)| it.pool == share.pool) {
                let in_use = i64::from(self.lines_in_use(*other));
                let kept = self.plan.tenants.get(other).and_then(|it| it.pool).map_or(0, |it| it.reserved);
                left -= in_use.max(i64::from(kept));
            }
        }
        in_use < u32::from(share.max) && (in_use < u32::from(share.reserved) || left > 0)
    }

    fn lent(&self, tenant: TenantId) -> u32 {
        let Some((share, _)) = self.share(tenant) else { return 0 };
        let others = self.tenants.keys().filter(|it| **it != tenant);
        let sharers = others.filter(|it| self.share(**it).is_some_and(|(it, _)| it.pool == share.pool));
        sharers.map(|it| self.lines_in_use(*it)).sum()
    }

    /// A tenant's share and its pool's lines; a tenant that the plan has lost shares on with the calls it has.
    fn share(&self, tenant: TenantId) -> Option<(PoolShare, u16)> {
        let share = self.shares.get(&tenant)?;
        Some((*share, *self.plan.pools.get(&share.pool)?))
    }

    fn seat_line_is_free(&self, tenant: TenantId) -> bool {
        let with_seats = self.calls.values().filter(|it| {
            let with_seat = matches!(it.phase, Phase::Ringing(..) | Phase::Talking(..));
            let with_seat = with_seat && !it.without_caller;
            it.tenant == tenant && it.serving == tenant && it.holds_line && with_seat
        });
        with_seats.count() < usize::from(self.tenants[&tenant].seat_lines)
    }

    fn is_attended(&self, call: &CallView) -> bool {
        // A seat that the plan no longer has attends until its last call is over; with which skills is not known here.
        let may_serve = |seat| !self.plan.seats.contains_key(&seat) || self.may_serve(seat, call);
        self.seats.iter().any(|(seat, it)| it.state != SeatState::LoggedOut && may_serve(*seat))
    }

    fn could_overflow(&self, call: &CallView, cause: OverflowCause) -> bool {
        let Some(plan) = self.plan.tenants.get(&call.serving) else { return false };
        plan.overflow.as_ref().is_some_and(|it| {
            it.on.contains(&cause)
                && self.plan.tenants.contains_key(&it.to)
                && self.tenants[&it.to].capacity.is_some()
                && self.is_attended_at(it.to, call, false)
        })
    }

    /// Whether somebody who may serve the caller at another tenant is logged in there; of a seat that the plan no longer has
    /// this is not known here.
    fn is_attended_at(&self, to: TenantId, call: &CallView, if_unknown: bool) -> bool {
        let Some(plan) = self.plan.tenants.get(&to) else { return false };
        let kept = call.needed.filter(|it| has_queue(plan, Some(*it)));
        let skill = kept.or(plan.entry_skill);
        self.seats.iter().filter(|(_, it)| it.state != SeatState::LoggedOut).any(|(id, _)| {
            let seat = self.plan.seats.get(id);
            let serves =
                |it: &Seat| it.serves.contains_key(&to) && skill.is_none_or(|at| it.skills.contains(&at));
            seat.map_or(if_unknown, serves)
        })
    }

    fn may_serve(&self, seat: SeatId, call: &CallView) -> bool {
        let serves = self.serves.get(&seat).is_some_and(|it| it.contains_key(&call.serving));
        let skilled = call
            .skill
            .is_none_or(|it| self.plan.seats.get(&seat).is_some_and(|seat| seat.skills.contains(&it)));
        serves && skilled
    }

    fn flip(&mut self, tenant: TenantId, flag: impl Fn(&mut TenantView) -> &mut bool, to: bool) {
        let view = self.tenants.entry(tenant).or_default();
        let flag = flag(view);
        assert_ne!(*flag, to, "R-L7: an edge is stated once");
        *flag = to;
    }
}

/// The lines of a tenant, whatever they are used for.
const fn all(lines: &LineUse) -> u32 {
    let calls = lines.guidance + lines.waiting + lines.ringing + lines.talking + lines.closing;
    calls + lines.transferred + lines.outbound
}
