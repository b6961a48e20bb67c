//! An onlooker who sees what the outside sees and nothing else: INVITEs, answers, refusals and BYEs with their instants, as
//! inputs and orders. From these he counts lines, blockage, answers and talk by brute force; what the facts say of the whole
//! history must be the same to the millisecond (R-L7, R-A1, R-A2, R-A5, R-A15).
#![allow(clippy::wildcard_enum_match_arm, reason = "the wire shows a few of many inputs and orders")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use acd_core::plan::Plan;
use acd_core::{
    CallEvent, CallId, Effect, Input, LegId, PartyId, RefusalReason, RingId, SeatId, SeatState, TenantId,
    Timestamp,
};

use crate::calendar::capacity_at;
use crate::turn::Turn;

/// What a history comes to, counted by either.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Account {
    offered: BTreeSet<CallId>,
    handled: BTreeSet<CallId>,
    /// Of tenants that never share lines: what others may still need is no matter of one's own legs.
    blockages: Vec<(TenantId, Timestamp, Timestamp)>,
    talk: BTreeMap<SeatId, Duration>,
    /// Being rung and talking.
    busy: BTreeMap<SeatId, Duration>,
}

#[derive(Debug, Default)]
pub(crate) struct Onlooker {
    plan: Plan,
    /// Tenants that share lines by one of the plans of this history.
    share: BTreeSet<TenantId>,
    /// As seen on the wire, and as told by the facts.
    seen: Account,
    told: Account,
    highest: Option<CallId>,
    /// Carriers' legs that hold a line.
    legs: BTreeMap<CallId, TenantId>,
    /// Legs that were dialled over tenants' own trunks (R-L8).
    dialled: BTreeMap<PartyId, TenantId>,
    rehearsals: BTreeSet<CallId>,
    /// Seats' legs: whose, since when, and since when it has been answered.
    phones: BTreeMap<RingId, (SeatId, Timestamp, Option<Timestamp>)>,
    blocked_since: BTreeMap<TenantId, Timestamp>,
    told_blocked_since: BTreeMap<TenantId, Timestamp>,
    told_talk_since: BTreeMap<RingId, (SeatId, Timestamp)>,
    told_busy_since: BTreeMap<SeatId, Timestamp>,
}

impl Onlooker {
    /// An onlooker of a history with these plans, the first of which is in force.
    pub(crate) fn new(plans: &[Plan]) -> Self {
        let tenants = plans.iter().flat_map(|plan| &plan.tenants);
        let share = tenants.filter(|(_, it)| it.pool.is_some()).map(|(id, _)| *id).collect();
        Self { plan: plans[0].clone(), share, ..Self::default() }
    }

    /// Watches one turn.
    pub(crate) fn watch(&mut self, now: Timestamp, input: &Input, turn: &Turn) {
        if let Input::PlanApplied { plan, .. } = input {
            self.plan = plan.as_ref().clone();
        }
        self.see_input(now, input, &turn.orders);
        for order in &turn.orders {
            self.see_order(now, order);
        }
        self.see_blockage(now);
        for fact in &turn.facts {
            self.hear(now, fact);
        }
    }

    /// What both have counted must agree.
    pub(crate) fn compare(mut self, now: Timestamp) {
        let open = |since: &BTreeMap<TenantId, Timestamp>| -> Vec<_> {
            since.iter().map(|(tenant, since)| (*tenant, *since, now)).collect()
        };
        self.seen.blockages.extend(open(&self.blocked_since));
        self.told.blockages.extend(open(&self.told_blocked_since));
        self.seen.blockages.sort();
        self.told.blockages.sort();
        assert_eq!(self.seen.offered, self.told.offered, "R-A1: what was offered");
        assert_eq!(self.seen.handled, self.told.handled, "R-A2: what was handled");
        assert_eq!(self.seen.talk, self.told.talk, "R-A5: talk of each seat, to the millisecond");
        assert_eq!(self.seen.busy, self.told.busy, "R-A7: how long each seat was busy, to the millisecond");
        assert_eq!(self.seen.blockages, self.told.blockages, "R-L7: blockages, to the millisecond");
    }

    fn see_input(&mut self, now: Timestamp, input: &Input, orders: &[Effect]) {
        match input {
            Input::CallArrived { call, dialled, test, .. } if self.highest.is_none_or(|it| *call > it) => {
                self.highest = Some(*call);
                self.arrives(now, *call, dialled, *test, orders);
            }
            Input::OutboundCommanded { call, .. } => self.highest = self.highest.max(Some(*call)),
            Input::CallerLegEnded { call, .. } => {
                self.legs.remove(call);
            }
            Input::RingAnswered { ring } if orders.contains(&Effect::Bridge { ring: *ring }) => {
                if let Some((_, _, answered)) = self.phones.get_mut(ring)
                    && answered.is_none()
                {
                    *answered = Some(now);
                    self.seen.handled.insert(ring.call);
                }
            }
            Input::RingFailed { ring, .. } | Input::SeatLegEnded { ring, .. } => self.hangs_up(now, *ring),
            Input::PartyFailed { party, .. } | Input::PartyLegEnded { party, .. } => {
                self.dialled.remove(party);
            }
            // Nobody will be there to see the last BYEs.
            Input::NodeStopped => {
                self.legs.clear();
                self.dialled.clear();
            }
            _ => {}
        }
    }

    /// R-L4: refused for want of a line if and only if as many legs are up as there are lines.
    fn arrives(
        &mut self,
        now: Timestamp,
        call: CallId,
        dialled: &[acd_core::DialledNumber],
        test: bool,
        orders: &[Effect],
    ) {
        let number = |(_, tenant): &(&TenantId, &acd_core::plan::Tenant)| {
            dialled.iter().any(|number| tenant.numbers.contains_key(number))
        };
        let Some((tenant, settings)) = self.plan.tenants.iter().find(number) else { return };
        let (tenant, shares) = (*tenant, self.share.contains(tenant));
        let in_hours = capacity_at(settings, &self.plan.holidays, now).is_some();
        let refusal = orders.iter().find_map(|order| match order {
            Effect::RefuseCall { call: it, reason, .. } if *it == call => Some(*reason),
            _ => None,
        });
        // A 183 with no leg free can only be the busy announcement's; if it was not, the facts have offered a call more.
        let announced = orders.contains(&Effect::ProgressCaller { call }) && self.is_full(tenant, now);
        let refusal = refusal.or(announced.then_some(RefusalReason::LinesFull));
        let for_want = refusal == Some(RefusalReason::LinesFull);
        if !shares && in_hours && !test && refusal.is_none_or(|_| for_want) {
            let full = self.is_full(tenant, now);
            assert_eq!(for_want, full, "R-L4: {call} with {} legs up", self.legs_of(tenant));
        }
        if test {
            self.rehearsals.insert(call);
        }
        if refusal.is_none() && in_hours && !test {
            self.legs.insert(call, tenant);
            self.seen.offered.insert(call);
        }
    }

    fn see_order(&mut self, now: Timestamp, order: &Effect) {
        match order {
            Effect::RingSeat { ring, seat, .. } => {
                self.phones.insert(*ring, (*seat, now, None));
            }
            Effect::DialParty { party, tenant, trunk, .. }
                if trunk.as_str() == "own" && !self.rehearsals.contains(&party.call) =>
            {
                self.dialled.insert(*party, *tenant);
            }
            Effect::CancelRing { ring } | Effect::ReleaseLeg { leg: LegId::Seat(ring), .. } => {
                self.hangs_up(now, *ring);
            }
            _ => {}
        }
    }

    fn hangs_up(&mut self, now: Timestamp, ring: RingId) {
        let Some((seat, since, answered)) = self.phones.remove(&ring) else { return };
        add(&mut self.seen.busy, seat, now.since(since));
        if let Some(answered) = answered {
            add(&mut self.seen.talk, seat, now.since(answered));
        }
    }

    fn see_blockage(&mut self, now: Timestamp) {
        let tenants: BTreeSet<TenantId> =
            self.plan.tenants.keys().chain(self.blocked_since.keys()).copied().collect();
        for tenant in tenants {
            if !self.share.contains(&tenant) && self.is_full(tenant, now) {
                self.blocked_since.entry(tenant).or_insert(now);
            } else if let Some(since) = self.blocked_since.remove(&tenant) {
                self.seen.blockages.push((tenant, since, now));
            }
        }
    }

    fn is_full(&self, tenant: TenantId, now: Timestamp) -> bool {
        let Some(settings) = self.plan.tenants.get(&tenant) else { return false };
        let capacity = capacity_at(settings, &self.plan.holidays, now);
        capacity.is_some_and(|capacity| self.legs_of(tenant) >= capacity.total() as usize)
    }

    fn legs_of(&self, tenant: TenantId) -> usize {
        self.legs.values().chain(self.dialled.values()).filter(|of| **of == tenant).count()
    }

    fn hear(&mut self, now: Timestamp, fact: &CallEvent) {
        match fact {
            CallEvent::CallAdmitted { call, test: false, closed: false, .. } => {
                self.told.offered.insert(*call);
            }
            CallEvent::CallAnswered { ring, seat } => {
                self.told.handled.insert(ring.call);
                self.told_talk_since.insert(*ring, (*seat, now));
            }
            CallEvent::TalkEnded { ring, .. } => {
                if let Some((seat, since)) = self.told_talk_since.remove(ring) {
                    add(&mut self.told.talk, seat, now.since(since));
                }
            }
            CallEvent::SeatStateChanged { seat, from, to } => {
                let busy = |state| {
                    matches!(state, SeatState::Ringing(_) | SeatState::Talking(_) | SeatState::Outbound(_))
                };
                if busy(*from)
                    && let Some(since) = self.told_busy_since.remove(seat)
                {
                    add(&mut self.told.busy, *seat, now.since(since));
                }
                if busy(*to) {
                    self.told_busy_since.insert(*seat, now);
                }
            }
            CallEvent::BlockageStarted { tenant, .. } if !self.share.contains(tenant) => {
                self.told_blocked_since.insert(*tenant, now);
            }
            CallEvent::BlockageEnded { tenant } => {
                if let Some(since) = self.told_blocked_since.remove(tenant) {
                    self.told.blockages.push((*tenant, since, now));
                }
            }
            _ => {}
        }
    }
}

fn add(times: &mut BTreeMap<SeatId, Duration>, seat: SeatId, time: Duration) {
    *times.entry(seat).or_default() += time;
}
