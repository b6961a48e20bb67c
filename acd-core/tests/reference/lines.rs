//! Admission, hours, plans and blockage, as the rules have them.

use std::collections::BTreeMap;

use acd_core::plan::{self, Login, Plan};
use acd_core::{
    AlarmKind, CallEvent, CallPhase, Input, LineUse, PlanSource, RefusalReason, SeatState, Switch, TenantId,
    Timestamp, UnexpectedInput,
};

use crate::calendar::capacity_at;
use crate::model::{Call, Model, Seat, Stage, Tenant};
use crate::parties::Caller;
use crate::queues::has_queue;

impl Model {
    /// R-L4, R-L11.
    pub(crate) fn arrived(&mut self, input: &Input) {
        let Input::CallArrived { call, trunk, dialled, caller, test, overloaded } = input else { return };
        let (call, test) = (*call, *test);
        if self.highest.is_some_and(|it| call <= it) {
            return self.unexpected(UnexpectedInput::CallDuplicate, Some(call));
        }
        self.highest = Some(call);
        let known = dialled.iter().find_map(|number| {
            let tenant = self.tenants.iter().find(|it| it.in_plan && it.plan.numbers.contains_key(number))?;
            Some((*number, tenant))
        });
        let refuse = |model: &mut Self, tenant: Option<TenantId>, dialled, reason| {
            let (trunk, caller) = (*trunk, caller.clone());
            let announced =
                reason == RefusalReason::LinesFull && tenant.is_some_and(|it| model.announce_busy(call, it));
            if !announced {
                model.refused.push(call);
            }
            model.state(CallEvent::CallRefused { call, tenant, trunk, dialled, caller, reason, test });
        };
        let Some((number, tenant)) = known else {
            return refuse(self, None, dialled.first().copied(), RefusalReason::UnknownNumber);
        };
        let id = tenant.id;
        let settings = tenant.plan.numbers[&number].clone();
        if !test {
            self.expect_call(id);
        }
        let tenant = self.tenant(id);
        if self.draining {
            return refuse(self, Some(id), Some(number), RefusalReason::Draining);
        }
        let (closed, in_use, lines, full) = match tenant.capacity.flatten() {
            Some(_) => (false, self.lines_in_use(id), self.lines_for(id).unwrap(), RefusalReason::LinesFull),
            None => {
                let in_use = self.calls.iter().filter(|it| it.tenant == id && it.holds_closed_line()).count();
                let lines = u32::from(tenant.plan.closed_lines);
                (true, u32::try_from(in_use).unwrap(), lines, RefusalReason::Closed)
            }
        };
        let elsewhere = closed && self.overflow_closed(id).is_some();
        let unheard = closed && tenant.plan.closed_announcement.is_none() && !elsewhere;
        let refused = unheard || (in_use >= lines && !test);
        if closed && !test && (refused || !elsewhere) {
            self.raise(AlarmKind::CallOutsideHours, Some(id), Some(call));
        }
        if refused {
            return refuse(self, Some(id), Some(number), full);
        }
        if *overloaded {
            return refuse(self, Some(id), Some(number), RefusalReason::Overload);
        }
        self.state(CallEvent::CallAdmitted {
            call,
            tenant: id,
            trunk: *trunk,
            dialled: number,
            caller: caller.clone(),
            test,
            closed,
            lines_in_use: if test { in_use } else { in_use + 1 },
            capacity: lines,
        });
        self.calls.push(Call {
            id: call,
            tenant: id,
            number: settings,
            closed,
            test,
            phase: CallPhase::Arriving,
            early: false,
            guidance: Stage::Playing,
            queued_at: None,
            skill: None,
            rings: 0,
            ring: None,
            ring_until: None,
            alarm_at: None,
            waits_from: None,
            answered: false,
            awaits_adviser: false,
            serving: id,
            overflows: 0,
            chooses: None,
            choice_until: None,
            needed_skill: None,
            seat_lost: false,
            overdue: false,
            past_guidance: false,
            typed: String::new(),
            caller_holds: false,
            seat_holds: false,
            hold_commanded: false,
            ack_owed: false,
            end: None,
            identity: caller.clone(),
            outbound: false,
            about: None,
            answered_by_seat: false,
            before: None,
            caller: Caller::Here,
            parties: Vec::new(),
            watchers: Vec::new(),
            tries: 0,
            hunt: None,
            unheard: Vec::new(),
        });
        let at = self.calls.len() - 1;
        let early_media = self.tenant(id).plan.early_media;
        let asks_first = self.calls[at].number.choice.as_ref().is_some_and(|it| it.before_guidance);
        self.calls[at].early = early_media && !closed && !asks_first && self.tape(at).is_some();
    }

    /// Calls, places and log-ins stay.
    pub(crate) fn apply_plan(&mut self, plan: Plan, by: PlanSource, who: Option<String>) {
        // R-L2: a change of lines is a fact with from-when, by whom, reported when.
        let mut lines_reported_on = BTreeMap::new();
        for (id, tenant) in &plan.tenants {
            if let Some(day) = tenant.lines_reported_on {
                lines_reported_on.insert(*id, day);
            }
        }
        self.state(CallEvent::PlanApplied {
            tenants: u32::try_from(plan.tenants.len()).unwrap(),
            seats: u32::try_from(plan.seats.len()).unwrap(),
            by,
            who,
            lines_reported_on,
        });
        self.plan = plan.clone();
        for tenant in &mut self.tenants {
            tenant.in_plan = plan.tenants.contains_key(&tenant.id);
        }
        for (id, settings) in &plan.tenants {
            match self.tenants.iter_mut().find(|it| it.id == *id) {
                Some(tenant) => {
                    tenant.plan = settings.clone();
                    tenant.steady_until = self.now;
                }
                None => self.tenants.push(Tenant {
                    id: *id,
                    plan: settings.clone(),
                    in_plan: true,
                    capacity: None,
                    steady_until: self.now,
                    seat_lines: 0,
                    emergency: None,
                    was_reachable: false,
                    unreachable: false,
                    expected: None,
                    calls_due: None,
                    blocked: false,
                    seat_lines_full: false,
                    short: Vec::new(),
                }),
            }
        }
        self.enter_bands();
        let Self { tenants, calls, .. } = &*self;
        let is_open = |(tenant, skill): &(TenantId, _)| {
            tenants.iter().any(|it| it.id == *tenant && has_queue(&it.plan, *skill))
                || calls.iter().any(|it| {
                    // Who is being released comes back into no queue.
                    let has_place = it.queued_at.is_some() && it.phase != CallPhase::Closing;
                    has_place && (it.serving, it.skill) == (*tenant, *skill)
                })
        };
        self.alarmed = self.alarmed.iter().copied().filter(is_open).collect();
        self.apply_seats(&plan);
        self.follow_lengths();
    }

    fn apply_seats(&mut self, plan: &Plan) {
        let closing: Vec<TenantId> = self.tenants.iter().filter(|it| !it.in_plan).map(|it| it.id).collect();
        let before: Vec<_> =
            self.seats.iter().filter(|it| it.in_plan).map(|it| (it.id, it.plan.clone())).collect();
        for seat in &mut self.seats {
            seat.in_plan = plan.seats.contains_key(&seat.id);
            if let Some(settings) = plan.seats.get(&seat.id) {
                let mut settings = settings.clone();
                // The last calls of a tenant that is gone are served as before.
                settings.serves.extend(seat.plan.serves.iter().filter(|(it, _)| closing.contains(it)));
                seat.plan = settings;
            }
        }
        for (id, settings) in &plan.seats {
            if self.seats.iter().all(|it| it.id != *id) {
                self.seats.push(Seat {
                    id: *id,
                    plan: settings.clone(),
                    in_plan: true,
                    registered: false,
                    state: SeatState::LoggedOut,
                    since: self.now,
                    deferred: None,
                    until: None,
                    works_for: None,
                });
            }
        }
        let ids: Vec<_> = self.seats.iter().map(|it| it.id).collect();
        for id in ids {
            let supervises = self.supervises(id);
            let seat = self.seat(id);
            let busy =
                matches!(seat.state, SeatState::Ringing(_) | SeatState::Talking(_) | SeatState::Outbound(_));
            let was = before.iter().find(|(it, _)| *it == id).map(|(_, plan)| plan);
            // R-S2: agents keep their log-out as well.
            let is_newly_always =
                seat.plan.login == Login::Always && was.is_none_or(|it| it.login != Login::Always);
            let waits_to_log_in = seat.state == SeatState::LoggedOut && is_newly_always && !supervises;
            let new_contact = seat.plan.static_contact && was.is_none_or(|it| !it.static_contact);
            let is_taken_as_there = seat.state == SeatState::Unreachable && new_contact;
            let lost_contact = seat.state == SeatState::Ready && !seat.is_reachable();
            if !seat.in_plan && !busy {
                self.set_seat(id, SeatState::LoggedOut);
                self.seats.retain(|it| it.id != id);
            } else if seat.in_plan && (waits_to_log_in || lost_contact || is_taken_as_there) {
                let to = seat.idle_state();
                self.set_seat(id, to);
            }
        }
    }

    /// R-L2, R-L3.
    pub(crate) fn enter_bands(&mut self) {
        for at in 0..self.tenants.len() {
            let tenant = &self.tenants[at];
            let in_force = || capacity_at(&tenant.plan, &self.plan.holidays, self.now);
            let capacity = if tenant.in_plan { in_force() } else { None };
            let tenant = &mut self.tenants[at];
            if let Some(it) = capacity {
                tenant.seat_lines = it.seat_lines;
            }
            if tenant.capacity != Some(capacity) {
                tenant.capacity = Some(capacity);
                tenant.steady_until = self.now;
                let tenant = tenant.id;
                self.state(CallEvent::CapacityChanged { tenant, capacity });
            }
            let tenant = &mut self.tenants[at];
            let expected = capacity.and(tenant.plan.expect_calls_within);
            if tenant.expected != expected {
                tenant.expected = expected;
                tenant.calls_due = expected.map(|it| self.now + it);
            }
        }
    }

    /// R-L3: the switch wakes up at every edge of its tenants' hours.
    pub(crate) fn sleeps_over_no_edge(&mut self, switch: &Switch) {
        let wakes_at = switch.poll_timeout().map(|(deadline, _)| deadline);
        let has_tenants = self.tenants.iter().any(|it| it.in_plan);
        assert!(wakes_at.is_some() || !has_tenants, "the switch waits for no edge of its tenants' hours");
        let slept_over = wakes_at.and_then(|it| self.capacity_changes_before(it));
        assert_eq!(slept_over, None, "the switch sleeps over an edge, until {wakes_at:?}");
    }

    /// The first minute before an instant at which a tenant's lines are others than now, found by looking at every minute.
    pub(crate) fn capacity_changes_before(&mut self, until: Timestamp) -> Option<(TenantId, Timestamp)> {
        let Self { now, plan, tenants, .. } = self;
        for tenant in tenants.iter_mut().filter(|it| it.in_plan) {
            let mut at = tenant.steady_until.max(next_minute(*now));
            while at < until {
                if Some(capacity_at(&tenant.plan, &plan.holidays, at)) != tenant.capacity {
                    return Some((tenant.id, at));
                }
                tenant.steady_until = at;
                at = next_minute(at);
            }
        }
        None
    }

    /// R-G5: the wait for the next call begins anew.
    fn expect_call(&mut self, id: TenantId) {
        let tenant = self.tenants.iter_mut().find(|it| it.id == id).unwrap();
        tenant.calls_due = tenant.expected.map(|it| self.now + it);
    }

    /// R-L9: the switch is full, and has room again.
    pub(crate) fn follow_overload(&mut self, input: &Input) {
        match (input, self.overloaded) {
            (Input::OverloadBegan, false) => {
                self.overloaded = true;
                self.state(CallEvent::OverloadStarted);
                self.raise(AlarmKind::Overload, None, None);
            }
            (Input::OverloadEnded { refused }, true) => {
                self.overloaded = false;
                self.state(CallEvent::OverloadEnded { refused: *refused });
            }
            _ => self.unexpected(UnexpectedInput::OutOfPhase, None),
        }
    }

    /// R-L9: an open tenant without a seat that could be rung for its new callers.
    fn state_reach(&mut self, at: usize) {
        let Tenant { id, unreachable: was, .. } = self.tenants[at];
        let skill = self.tenants[at].plan.entry_skill;
        let there = self.seats.iter().any(|seat| {
            seat.in_plan
                && seat.plan.serves.contains_key(&id)
                && skill.is_none_or(|it| seat.plan.skills.contains(&it))
                && seat.is_reachable()
                && seat.state != SeatState::Unreachable
        });
        let tenant = &mut self.tenants[at];
        tenant.was_reachable |= there;
        tenant.unreachable = self.accepting && tenant.capacity.flatten().is_some() && !there;
        let (now, alarming) = (tenant.unreachable, tenant.was_reachable);
        if now && !was {
            self.state(CallEvent::NoReachableSeatStarted { tenant: id });
            if alarming {
                self.raise(AlarmKind::NoReachableSeat, Some(id), None);
            }
        } else if was && !now {
            self.state(CallEvent::NoReachableSeatEnded { tenant: id });
        }
    }

    /// R-L7: the edges of blockage and of full seat lines; and tenants that are gone for good.
    pub(crate) fn state_edges(&mut self) {
        for at in 0..self.tenants.len() {
            let Tenant { id: tenant, capacity, blocked: was_blocked, seat_lines_full: was_full, .. } =
                self.tenants[at];
            let capacity = capacity.flatten();
            let blocked = self.lines_for(tenant).is_some_and(|it| self.lines_in_use(tenant) >= it);
            let full = capacity.is_some() && !self.seat_line_is_free(tenant);
            let lines = self.line_use(tenant);
            let lent = self.held_by_others(tenant);
            match (was_blocked, blocked) {
                (false, true) => self.state(CallEvent::BlockageStarted { tenant, lines, lent }),
                (true, false) => self.state(CallEvent::BlockageEnded { tenant }),
                (true, true) | (false, false) => {}
            }
            match (was_full, full) {
                (false, true) => self.state(CallEvent::SeatLinesFullStarted { tenant, lines }),
                (true, false) => self.state(CallEvent::SeatLinesFullEnded { tenant }),
                (true, true) | (false, false) => {}
            }
            self.tenants[at].blocked = blocked;
            self.tenants[at].seat_lines_full = full;
            self.state_reach(at);
            self.state_staffing(at);
        }
        let Self { tenants, calls, alarmed, lines_out, .. } = self;
        let lives = |id| {
            let dialled = lines_out.iter().any(|(_, tenant)| *tenant == id);
            dialled || calls.iter().any(|call| call.tenant == id || call.serving == id)
        };
        tenants.retain(|it| it.in_plan || lives(it.id));
        alarmed.retain(|(tenant, _)| tenants.iter().any(|it| it.id == *tenant));
    }

    /// R-L2, R-L5: how many lines the tenant could hold now, found by taking one line after the other.
    pub(crate) fn lines_for(&self, id: TenantId) -> Option<u32> {
        let tenant = self.tenant(id);
        let in_force = tenant.capacity.flatten()?.total();
        let Some((share, lines)) = self.pool_of(tenant) else { return Some(in_force) };
        let reserved = if tenant.in_plan { u32::from(share.reserved) } else { 0 };
        let mut others_need = 0;
        for other in self.sharers(tenant) {
            let kept = other.plan.pool.filter(|_| other.in_plan).map_or(0, |it| u32::from(it.reserved));
            others_need += self.lines_in_use(other.id).max(kept);
        }
        let mut may_hold = 0;
        while may_hold < in_force
            && may_hold < u32::from(share.max)
            && (may_hold < reserved || may_hold + others_need < lines)
        {
            may_hold += 1;
        }
        Some(may_hold)
    }

    fn held_by_others(&self, id: TenantId) -> u32 {
        let tenant = self.tenant(id);
        if self.pool_of(tenant).is_none() {
            return 0;
        }
        self.sharers(tenant).map(|it| self.lines_in_use(it.id)).sum()
    }

    fn pool_of(&self, tenant: &Tenant) -> Option<(plan::PoolShare, u32)> {
        let share = tenant.plan.pool?;
        Some((share, u32::from(*self.plan.pools.get(&share.pool)?)))
    }

    /// The other tenants of the same pool.
    fn sharers(&self, tenant: &Tenant) -> impl Iterator<Item = &Tenant> {
        let (id, pool) = (tenant.id, tenant.plan.pool.map(|it| it.pool));
        self.tenants.iter().filter(move |it| it.id != id && it.plan.pool.map(|it| it.pool) == pool)
    }

    /// R-L6, R-L8.
    pub(crate) fn lines_in_use(&self, tenant: TenantId) -> u32 {
        let calls = self.calls.iter().filter(|it| it.tenant == tenant && it.holds_line()).count();
        let dialled = self.lines_out.iter().filter(|(_, it)| *it == tenant).count();
        u32::try_from(calls + dialled).unwrap()
    }

    /// What the calls that hold a line of the tenant are doing.
    pub(crate) fn line_use(&self, tenant: TenantId) -> LineUse {
        let mut lines = LineUse::default();
        let dialled = self.lines_out.iter().filter(|(_, it)| *it == tenant).count();
        lines.outbound = u32::try_from(dialled).unwrap();
        for call in self.calls.iter().filter(|it| it.tenant == tenant && it.holds_line()) {
            match call.phase {
                CallPhase::Arriving | CallPhase::Guidance => lines.guidance += 1,
                CallPhase::Waiting => lines.waiting += 1,
                CallPhase::Ringing => lines.ringing += 1,
                CallPhase::Talking | CallPhase::Consulting | CallPhase::Conference => lines.talking += 1,
                CallPhase::Transferred => lines.transferred += 1,
                CallPhase::Closing | CallPhase::WithoutCaller => lines.closing += 1,
                CallPhase::Outbound => panic!("a call without a caller holds no line"),
                CallPhase::Closed => panic!("a call within hours hears no closed announcement"),
            }
        }
        lines
    }

    pub(crate) fn seat_line_is_free(&self, tenant: TenantId) -> bool {
        let lines = self.line_use(tenant);
        // Who is with seats of another tenant takes no seat line.
        let elsewhere = self.calls.iter().filter(|it| {
            let with_seat = matches!(
                it.phase,
                CallPhase::Ringing | CallPhase::Talking | CallPhase::Consulting | CallPhase::Conference
            );
            it.tenant == tenant && it.serving != tenant && it.holds_line() && with_seat
        });
        let elsewhere = u32::try_from(elsewhere.count()).unwrap();
        lines.ringing + lines.talking - elsewhere < u32::from(self.tenant(tenant).seat_lines)
    }
}

const fn next_minute(at: Timestamp) -> Timestamp {
    Timestamp::from_millis((at.as_millis().div_euclid(60_000) + 1) * 60_000)
}
