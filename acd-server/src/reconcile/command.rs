//! `acd recordings reconcile`: a day's talk against its recordings.

use std::process::ExitCode;

use acd_core::{CivilDate, TenantId};
use serde_json::json;

use super::{Day, day, render};
use crate::cli::Reconcile;
use crate::clock::Clock;
use crate::exports::{self, Export, ExportError};
use crate::journal::JournalError;
use crate::plan::{PlanError, PlanFile};
use crate::report::parse_date;

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
enum ReconcileError {
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Plan(Vec<PlanError>),
    #[error("the plan has no tenant '{tenant}'; the tenants are {}", known.join(", "))]
    UnknownTenant { tenant: String, known: Vec<String> },
    #[error("--date '{0}' is no day: write it as YYYY-MM-DD")]
    BadDate(String),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Export(#[from] ExportError),
}

/// Prints a day's talk and recordings; exit 1 if they differ.
pub fn reconcile(options: &Reconcile) -> ExitCode {
    match answer(options) {
        Ok(days) => {
            say(&if options.json { format!("{:#}", render::json(&days)) } else { render::text(&days) });
            if days.iter().all(Day::agrees) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            complain(&error);
            match error {
                ReconcileError::Journal(_) | ReconcileError::Export(_) => ExitCode::FAILURE,
                ReconcileError::Plan(_)
                | ReconcileError::UnknownTenant { .. }
                | ReconcileError::BadDate(_) => ExitCode::from(2),
            }
        }
    }
}

fn answer(options: &Reconcile) -> Result<Vec<Day>, ReconcileError> {
    let plan = match &options.config {
        Some(path) => PlanFile::load(path).map_err(ReconcileError::Plan)?,
        None => PlanFile::built_in(),
    };
    let wanted = |id: &&TenantId| options.tenant.as_ref().is_none_or(|name| name == id.as_str());
    let tenants: Vec<TenantId> = plan.core.tenants.keys().filter(wanted).copied().collect();
    if let (Some(tenant), []) = (&options.tenant, tenants.as_slice()) {
        let known = plan.core.tenants.keys().map(ToString::to_string).collect();
        return Err(ReconcileError::UnknownTenant { tenant: tenant.clone(), known });
    }
    let date = match &options.date {
        Some(text) => Some(parse_date(text).ok_or_else(|| ReconcileError::BadDate(text.clone()))?),
        None => None,
    };
    let now = Clock::start(None, None).now();
    let of = |tenant: TenantId| {
        let offset = plan.core.tenants.get(&tenant).map_or(0, |it| it.utc_offset_minutes);
        let yesterday = CivilDate::from_days(now.civil(offset).date.days() - 1);
        day(&options.data, &plan, tenant, date.unwrap_or(yesterday))
    };
    let days: Vec<Day> = tenants.into_iter().map(of).collect::<Result<_, _>>()?;
    // R-A14: it names single calls.
    let date = days.first().map(|it| it.date.to_string());
    let export = Export {
        purpose: options.purpose,
        what: "recordings reconcile".to_owned(),
        range: json!({ "tenant": options.tenant, "date": date }),
        who: exports::user(),
    };
    exports::note(&options.data, now, &export)?;
    Ok(days)
}

#[allow(clippy::print_stdout, reason = "the command's answer")]
fn say(text: &str) {
    println!("{text}");
}

#[allow(clippy::print_stderr, reason = "a command line's errors go to standard error")]
fn complain(error: &ReconcileError) {
    eprintln!("{error}");
}
