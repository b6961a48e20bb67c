//! Changes of the tenant's lines by plans: from when, by whom, reported when (R-L2). Band edges are none.

use acd_core::plan::{Change, Plan, diff};
use acd_core::{CivilDate, PlanSource, TenantId, Timestamp};

use crate::accounting::{LinesPlanned, Slots};
use crate::limits::INTERVALS_MAX;

#[derive(Clone, Debug, Default)]
pub(super) struct Plans {
    /// The tenant's part of the plan in force, as far as it is known.
    in_force: Option<Plan>,
    next: Option<Plan>,
    changes: Vec<LinesPlanned>,
}

impl Plans {
    /// The plan that stands, or whose `PlanApplied` is still to come.
    pub(super) fn comes(&mut self, plan: &Plan, tenant: TenantId) {
        let tenants = plan.tenants.get(&tenant).map(|it| (tenant, it.clone())).into_iter().collect();
        self.next = Some(Plan { tenants, ..Plan::default() });
    }

    /// What came before this plan is not known.
    pub(super) fn stands(&mut self, plan: &Plan, tenant: TenantId) {
        self.comes(plan, tenant);
        self.in_force = self.next.take();
    }

    /// The changes that came into force in the period.
    pub(super) fn within(&mut self, slots: &Slots) -> Vec<LinesPlanned> {
        let all = std::mem::take(&mut self.changes).into_iter();
        all.filter(|it| slots.from() <= it.at && it.at < slots.to()).collect()
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
        let before = self.in_force.replace(next.clone());
        let Some(before) = before else { return };
        let day_before = before.tenants.values().find_map(|it| it.lines_reported_on);
        // A day that stood in the plan before is that of an earlier change.
        let reported_on = reported.filter(|day| Some(*day) != day_before);
        let of_lines = |it: &Change| matches!(it, Change::LinesChanged { .. } | Change::RangeChanged { .. });
        let changes: Vec<Change> = diff(&before, &next).into_iter().filter(of_lines).collect();
        if changes.is_empty() {
            // Told after the fact.
            if let Some(last) = self.changes.last_mut().filter(|it| it.reported_on.is_none()) {
                last.reported_on = reported_on;
            }
        } else if self.changes.len() < INTERVALS_MAX {
            self.changes.push(LinesPlanned { at, by, who: who.map(str::to_owned), reported_on, changes });
        }
    }
}
