//! For how long the journal keeps what, over all clients (R-A14).

use std::time::Duration;

use acd_core::Timestamp;

use crate::journal::Retention;
use crate::plan::{FactKeeping, PlanFile};

/// The facts of all clients are one chain, whose beginning is cut by age for the client that wants them longest. A client
/// whose last report has not been accepted, or whose annual reports decide, holds them all: `acd retention` takes the facts
/// of one client out of the midst.
pub(super) fn retention(plan: &PlanFile) -> Retention {
    let journal = &plan.shell.journal;
    let none = FactKeeping::default();
    let mut facts_days = None;
    let mut facts_held_until = Timestamp::from_millis(i64::MIN);
    for id in plan.core.tenants.keys() {
        let keeping = plan.shell.tenants.get(id).map(|it| &it.accounting.keeping);
        let keeping = keeping.unwrap_or(&none);
        if keeping.years_after_annual_report.is_some() {
            // Age alone takes nothing of which a year's report decides.
            facts_held_until = Timestamp::from_millis(i64::MAX);
        }
        let days = keeping.days.unwrap_or(journal.fact_retention_days);
        if keeping.until_accepted {
            // Age says nothing of which report a fact is in, nor whether it has been accepted.
            facts_held_until = Timestamp::from_millis(i64::MAX);
        }
        facts_days = facts_days.max(Some(days));
    }
    let facts_days = facts_days.unwrap_or(journal.fact_retention_days);
    Retention { inputs: days(journal.input_retention_days), facts: days(facts_days), facts_held_until }
}

const fn days(days: u32) -> Duration {
    Duration::from_secs(days as u64 * 86_400)
}

#[cfg(test)]
mod tests {
    use acd_core::CivilDate;

    use super::*;

    fn plan(keeping: &[(&str, FactKeeping)]) -> PlanFile {
        let mut plan = PlanFile::built_in();
        for (id, tenant) in &mut plan.shell.tenants {
            let found = keeping.iter().find(|(name, _)| *name == id.as_str());
            tenant.accounting.keeping = found.map(|(_, it)| it.clone()).unwrap_or_default();
        }
        plan
    }

    fn keeping(days: Option<u32>) -> FactKeeping {
        FactKeeping { days, ..FactKeeping::default() }
    }

    #[test]
    fn the_client_that_wants_them_longest_decides() {
        let default = plan(&[]).shell.journal.fact_retention_days;
        assert_eq!(retention(&plan(&[])).facts, days(default));
        let long = retention(&plan(&[("kyoto", keeping(Some(7_000)))]));
        assert_eq!((long.facts, long.facts_held_until), (days(7_000), Timestamp::from_millis(i64::MIN)));
    }

    #[test]
    fn a_report_that_is_not_accepted_holds_every_fact() {
        let waiting = FactKeeping { until_accepted: true, ..FactKeeping::default() };
        let held = retention(&plan(&[("shiga", waiting.clone())])).facts_held_until;
        assert_eq!(held, Timestamp::from_millis(i64::MAX));
        // What came after the accepted report must stay, whatever its age: `acd retention` knows which facts those are.
        let accepted_on = Some(CivilDate { year: 2027, month: 4, day: 20 });
        let accepted = retention(&plan(&[("shiga", FactKeeping { accepted_on, ..waiting })]));
        assert_eq!(accepted.facts_held_until, Timestamp::from_millis(i64::MAX));
        let annual = FactKeeping { years_after_annual_report: Some(3), ..FactKeeping::default() };
        assert_eq!(retention(&plan(&[("kyoto", annual)])).facts_held_until, Timestamp::from_millis(i64::MAX));
    }
}
