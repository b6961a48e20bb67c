//! For how long the journal keeps what, over all clients (R-A14).

use std::time::Duration;

use crate::journal::Retention;
use crate::plan::{FactKeeping, PlanFile};

/// The facts of all clients are one chain, whose beginning is cut by age for the client that wants them longest. A client
/// whose last report has not been accepted, or whose annual reports decide, holds them all: `acd retention` takes the facts
/// of one client out of the midst.
pub(super) fn retention(plan: &PlanFile) -> Retention {
    let journal = &plan.shell.journal;
    let none = FactKeeping::default();
    let keepings = plan
        .core
        .tenants
        .keys()
        .map(|id| plan.shell.tenants.get(id).map_or(&none, |it| &it.accounting.keeping));
    // Age says nothing of which report a fact is in, nor whether it has been accepted.
    let reports_decide =
        keepings.clone().any(|it| it.until_accepted || it.years_after_annual_report.is_some());
    let longest = keepings.map(|it| it.days.unwrap_or(journal.fact_retention_days)).max();
    let facts = days(longest.unwrap_or(journal.fact_retention_days));
    Retention { inputs: days(journal.input_retention_days), facts: (!reports_decide).then_some(facts) }
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
        assert_eq!(retention(&plan(&[])).facts, Some(days(default)));
        let long = retention(&plan(&[("kyoto", keeping(Some(7_000)))]));
        assert_eq!(long.facts, Some(days(7_000)));
    }

    #[test]
    fn a_report_that_is_not_accepted_holds_every_fact() {
        let waiting = FactKeeping { until_accepted: true, ..FactKeeping::default() };
        assert_eq!(retention(&plan(&[("shiga", waiting.clone())])).facts, None);
        // What came after the accepted report must stay, whatever its age: `acd retention` knows which facts those are.
        let accepted_on = Some(CivilDate { year: 2027, month: 4, day: 20 });
        let accepted = retention(&plan(&[("shiga", FactKeeping { accepted_on, ..waiting })]));
        assert_eq!(accepted.facts, None);
        let annual = FactKeeping { years_after_annual_report: Some(3), ..FactKeeping::default() };
        assert_eq!(retention(&plan(&[("kyoto", annual)])).facts, None);
    }
}
