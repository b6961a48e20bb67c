//! R-A14: `acd retention`, and what is reported of what is gone.

use acd_core::{CivilDate, Input};

use super::*;
use crate::cli;
use crate::plan::FactKeeping;
use crate::report::ReportError;
use crate::retention::{RetentionError, Statement, state};

fn options(folder: &Folder, tenant: Option<&str>, destroy: bool) -> cli::Retention {
    let tenant = tenant.map(str::to_owned);
    cli::Retention { config: None, data: folder.0.clone(), tenant, destroy, json: false }
}

/// The built-in plan, whose client Kyoto has accepted the last report, or not yet.
fn plan(accepted_on: Option<CivilDate>) -> PlanFile {
    let mut plan = PlanFile::built_in();
    for (id, tenant) in &mut plan.shell.tenants {
        if id.as_str() == "kyoto" {
            tenant.accounting.keeping =
                FactKeeping { until_accepted: true, accepted_on, ..FactKeeping::default() };
        }
    }
    plan
}

#[test]
fn destruction_waits_for_the_acceptance_and_a_report_of_what_is_gone_is_refused() {
    let folder = Folder::new();
    let core = PlanFile::built_in().core;
    folder.live(core.clone(), &morning());
    // A month later the inputs of that morning are past their week.
    let now = at("2026-12-21T09:00:00+09:00");
    folder.live(core, &[(now, Input::NodeStarted { down_since: None })]);
    let of_kyoto = |all: Vec<Statement>| all.into_iter().find(|it| it.tenant.as_str() == "kyoto").unwrap();

    let held = of_kyoto(state(&plan(None), &options(&folder, None, true), now).unwrap());
    assert_eq!((held.verdict.before, held.extent.facts), (None, 0));
    assert!(held.verdict.why.contains("accepted_on"), "{held:?}");

    let accepted = plan(Some(CivilDate { year: 2026, month: 12, day: 1 }));
    let asked = of_kyoto(state(&accepted, &options(&folder, None, false), now).unwrap());
    assert_eq!((asked.extent.calls, asked.destroyed), (2, false));
    let form = folder.form();
    assert_eq!(form["day"]["sum"]["offered"], "2", "to ask changes nothing");

    let gone = of_kyoto(state(&accepted, &options(&folder, Some("kyoto"), true), now).unwrap());
    assert_eq!((gone.extent, gone.destroyed), (asked.extent, true));
    let refused = write(&folder.options("form.json"), now).unwrap_err();
    assert!(matches!(&refused, ReportError::Destroyed { tenant, .. } if tenant == "kyoto"), "{refused}");
    let other = Report { tenant: "shiga".into(), ..folder.options("shiga.json") };
    write(&other, now).unwrap();
    let mut said = Vec::new();
    let verdict = crate::journal::verify(&folder.0, crate::journal::Format::Text, &mut said).unwrap();
    assert_eq!(verdict, crate::journal::Verdict::Clean, "{}", String::from_utf8_lossy(&said));
}

#[test]
fn a_tenant_that_the_plan_has_not_is_refused() {
    let folder = Folder::new();
    let error = state(&plan(None), &options(&folder, Some("osaka"), true), on_day("12:00:00")).unwrap_err();
    assert!(matches!(error, RetentionError::UnknownTenant { .. }), "{error}");
}
