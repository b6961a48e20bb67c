//! Whether histories come over the edges of the calendar, with what in progress, and with what coming of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use acd_core::{CallEvent, CallPhase, Input, RefusalReason, TenantId, Timestamp};

use crate::edges::{EDGES, Edge, Place};

/// After an edge its lines are in force at once, but for a loop that is late.
const AT_ONCE: Duration = Duration::from_secs(1);

/// One history at its edge.
#[derive(Debug, Default)]
pub(crate) struct Crossing {
    at: Option<(Edge, Timestamp)>,
    crossed: bool,
    /// In this turn.
    crosses: bool,
    /// Of the calls in progress then.
    phases: BTreeSet<CallPhase>,
    changed: bool,
    /// Tenants whose lines have been those of the new band ever since.
    in_new_band: BTreeSet<TenantId>,
    admitted: bool,
    refused: bool,
}

impl Crossing {
    pub(crate) fn new(place: &Place) -> Self {
        Self { at: place.edge.map(|edge| (edge, place.at)), ..Self::default() }
    }

    /// Whether the edge is still to come, or was there but a while ago.
    pub(crate) fn is_ahead(&self, now: Timestamp) -> bool {
        self.at.is_some_and(|(_, at)| now < at + Duration::from_secs(30))
    }

    /// Before a turn, with the phases of all calls.
    pub(crate) fn before(&mut self, now: Timestamp, phases: impl Iterator<Item = CallPhase>) {
        self.crosses = !self.crossed && self.at.is_some_and(|(_, at)| at <= now);
        if self.crosses {
            self.crossed = true;
            self.phases = phases.collect();
        }
    }

    /// After it.
    pub(crate) fn after(&mut self, now: Timestamp, input: &Input, facts: &[CallEvent]) {
        let Some((_, at)) = self.at.filter(|_| self.crossed) else { return };
        let by_plan = matches!(input, Input::PlanApplied { .. });
        for fact in facts {
            if let CallEvent::CapacityChanged { tenant, .. } = fact {
                if (self.crosses || now < at + AT_ONCE) && !by_plan {
                    self.in_new_band.insert(*tenant);
                    self.changed = true;
                } else {
                    self.in_new_band.remove(tenant);
                }
            }
            let is_new = |tenant: &TenantId| self.in_new_band.contains(tenant);
            if let CallEvent::CallAdmitted { tenant, test: false, closed, .. } = fact
                && is_new(tenant)
            {
                self.admitted |= !closed;
                self.refused |= closed;
            }
            let full_or_closed = [RefusalReason::LinesFull, RefusalReason::Closed];
            if let CallEvent::CallRefused { tenant: Some(tenant), reason, .. } = fact
                && is_new(tenant)
            {
                self.refused |= full_or_closed.contains(reason);
            }
        }
    }
}

/// What came of all histories at one kind of edge.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    histories: u64,
    crossed_with_calls: u64,
    changed: u64,
    admitted: u64,
    refused: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Crossings {
    by_edge: BTreeMap<Edge, Tally>,
    phases: BTreeMap<CallPhase, u64>,
}

impl Crossings {
    pub(crate) fn count(&mut self, crossing: &Crossing) {
        let Some((edge, _)) = crossing.at else { return };
        let tally = self.by_edge.entry(edge).or_default();
        tally.histories += 1;
        tally.crossed_with_calls += u64::from(!crossing.phases.is_empty());
        tally.changed += u64::from(crossing.changed);
        tally.admitted += u64::from(crossing.admitted);
        tally.refused += u64::from(crossing.refused);
        for phase in &crossing.phases {
            *self.phases.entry(*phase).or_default() += 1;
        }
    }

    /// Every kind of edge must have been crossed with calls in progress and have changed somebody's lines, and new bands have
    /// admitted a call and refused another; of many histories, those of each kind of edge. Calls of all phases must have come
    /// over edges, of the rare ones in many histories.
    pub(crate) fn check(&self) {
        let sum = |count: fn(&Tally) -> u64| self.by_edge.values().map(count).sum::<u64>();
        assert!(sum(|it| it.admitted).min(sum(|it| it.refused)) > 0, "no new band judges a call: {self:#?}");
        let many = sum(|it| it.histories) >= MANY;
        for edge in EDGES {
            let tally = self.by_edge.get(&edge).copied().unwrap_or_default();
            let judged = if many { tally.admitted.min(tally.refused) } else { u64::MAX };
            let awake = tally.crossed_with_calls.min(tally.changed).min(judged);
            assert!(awake > 0, "histories sleep at {edge:?}: {tally:?} of {self:#?}");
        }
        let some = sum(|it| it.histories) >= SOME;
        let phases = COMMON_PHASES.iter().chain(LESS_COMMON_PHASES.iter().filter(|_| some));
        let phases = phases.chain(RARE_PHASES.iter().filter(|_| many));
        for phase in phases {
            assert!(self.phases.contains_key(phase), "no call in {phase:?} came over an edge: {self:#?}");
        }
    }
}

/// From so many histories at edges on, rare things are no accident any more.
const MANY: u64 = 3_000;

/// From so many on, what comes about in one history of thirty is none either.
const SOME: u64 = 300;

const COMMON_PHASES: [CallPhase; 7] = [
    CallPhase::Arriving,
    CallPhase::Guidance,
    CallPhase::Waiting,
    CallPhase::Ringing,
    CallPhase::Talking,
    CallPhase::Outbound,
    CallPhase::Closed,
];

const LESS_COMMON_PHASES: [CallPhase; 1] = [CallPhase::Consulting];

const RARE_PHASES: [CallPhase; 4] =
    [CallPhase::Conference, CallPhase::Transferred, CallPhase::WithoutCaller, CallPhase::Closing];
