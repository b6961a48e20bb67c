//! Changes of the tenant's lines by plans: from when, by whom, reported when (R-L2). Band edges are none.

use std::collections::{BTreeMap, BTreeSet};

use acd_core::plan::{Change, Plan, Tenant, diff};
use acd_core::{CivilDate, PlanSource, PoolId, TenantId, Timestamp};

use crate::accounting::{LinesChange, LinesPlanned, Slots};
use crate::limits::INTERVALS_MAX;

/// When the tenant has which lines.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hours<'p> {
    pub(super) tenant: &'p Tenant,
    pub(super) holidays: &'p BTreeSet<CivilDate>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Plans {
    /// The tenant's part of the plan in force with its pool and the holidays, as far as it is known.
    in_force: Option<Plan>,
    next: Option<Plan>,
    /// Each day of a report that a plan had, and since when one has had it.
    days: BTreeMap<CivilDate, Timestamp>,
    changes: Vec<LinesPlanned>,
}

impl Plans {
    /// The plan that stands, or whose `PlanApplied` is still to come.
    pub(super) fn comes(&mut self, plan: &Plan, tenant: TenantId) {
        let settings = plan.tenants.get(&tenant);
        let own = |pool: &PoolId| settings.and_then(|it| it.pool).is_some_and(|it| it.pool == *pool);
        self.next = Some(Plan {
            tenants: settings.map(|it| (tenant, it.clone())).into_iter().collect(),
            pools: plan.pools.iter().filter(|(pool, _)| own(pool)).map(|(pool, it)| (*pool, *it)).collect(),
            holidays: plan.holidays.clone(),
            ..Plan::default()
        });
    }

    /// What came before this plan is not known.
    pub(super) fn stands(&mut self, at: Timestamp, plan: &Plan, tenant: TenantId) {
        self.comes(plan, tenant);
        self.in_force = self.next.take();
        self.note_day(at, self.in_force.as_ref().and_then(settings).and_then(|it| it.lines_reported_on));
    }

    /// The tenant's hours by the plan in force; `None`: no plan is known that has the tenant.
    pub(super) fn hours(&self) -> Option<Hours<'_>> {
        let plan = self.in_force.as_ref()?;
        Some(Hours { tenant: settings(plan)?, holidays: &plan.holidays })
    }

    /// Whether the plan whose `PlanApplied` is still to come has the tenant no more.
    pub(super) fn let_go(&self) -> bool {
        self.hours().is_some() && self.next.as_ref().is_some_and(|it| settings(it).is_none())
    }

    /// The changes that came into force in the period.
    pub(super) fn within(&mut self, slots: &Slots) -> Vec<LinesPlanned> {
        let all = std::mem::take(&mut self.changes).into_iter();
        all.filter(|it| slots.from() <= it.at && it.at < slots.to()).collect()
    }

    /// A plan that came into force after everything that is counted: the client may have been told by then.
    pub(super) fn follows(&mut self, at: Timestamp, plan: &Plan, tenant: TenantId) {
        self.comes(plan, tenant);
        let reported = plan.tenants.get(&tenant).and_then(|it| it.lines_reported_on);
        self.applied(at, PlanSource::Start, None, reported);
    }

    /// A plan is in force.
    pub(super) fn applied(
        &mut self,
        at: Timestamp,
        by: PlanSource,
        who: Option<&str>,
        reported: Option<CivilDate>,
    ) {
        let Some(next) = self.next.take() else { return };
        self.note_day(at, reported);
        let before = self.in_force.replace(next.clone());
        let Some(before) = before else { return };
        let (was, is) = (settings(&before), settings(&next));
        let changes = changes(&before, &next);
        let changes_lines = !changes.is_empty();
        if changes_lines && self.changes.len() < INTERVALS_MAX {
            let who = who.map(str::to_owned);
            self.changes.push(LinesPlanned { at, by, who, reported_on: None, changes });
        }
        let Some(day) = reported else { return };
        // Who brings a day, and nothing else of the lines, says that the client was told of them as they are.
        let is_said_anew = !changes_lines && was.and_then(|it| it.lines_reported_on) != Some(day);
        let (zone, known_since) = (is.map_or(0, |it| it.utc_offset_minutes), self.days.get(&day).copied());
        // Who is told of the lines as they are is told of every change that made them so.
        for untold in self.changes.iter_mut().filter(|it| it.reported_on.is_none()) {
            // A day that any plan before the change had is an earlier change's, unless this one too had come by then.
            let is_an_earlier_ones = known_since.is_some_and(|since| since < untold.at);
            let had_come = untold.at.civil(zone).date <= day;
            if is_said_anew || !is_an_earlier_ones || had_come {
                untold.reported_on = Some(day);
            }
        }
    }

    fn note_day(&mut self, at: Timestamp, day: Option<CivilDate>) {
        let Some(day) = day else { return };
        self.days.entry(day).or_insert(at);
        while self.days.len() > INTERVALS_MAX {
            self.days.pop_first();
        }
    }
}

fn settings(plan: &Plan) -> Option<&Tenant> {
    plan.tenants.values().next()
}

/// What a plan changes of the lines: bands, ranges, the share in a pool, and the pool's size.
fn changes(before: &Plan, next: &Plan) -> Vec<LinesChange> {
    let of_lines = |it: &Change| match it {
        Change::LinesChanged { .. } | Change::RangeChanged { .. } => true,
        // Whose pool is another has another share.
        Change::PoolChanged { before, after, .. } => before.is_some() && after.is_some(),
        Change::TenantAdded(_)
        | Change::TenantRemoved(_)
        | Change::NumberAdded { .. }
        | Change::NumberRemoved { .. }
        | Change::NumberMoved { .. }
        | Change::NumberChanged { .. }
        | Change::TenantChanged { .. }
        | Change::SeatAdded(_)
        | Change::SeatRemoved(_)
        | Change::SeatServes { .. }
        | Change::SeatSkill { .. }
        | Change::SeatChanged { .. }
        | Change::Holiday { .. } => false,
    };
    let mut found: Vec<LinesChange> =
        diff(before, next).into_iter().filter(of_lines).map(LinesChange::OfPlan).collect();
    if let (Some(was), Some(is)) = (settings(before), settings(next))
        && was.pool != is.pool
    {
        found.push(LinesChange::OfShare { before: was.pool, after: is.pool });
    }
    found
}
