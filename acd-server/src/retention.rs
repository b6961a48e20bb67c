//! `acd retention`: whose facts may be destroyed, by which rule, and the destruction (R-A14).

use std::path::PathBuf;
use std::process::ExitCode;

use acd_core::{TenantId, Timestamp};
use serde_json::{Value, json};

use crate::cli::Retention;
use crate::clock::Clock;
use crate::journal::{self, Extent, JournalError, time_text};
use crate::keeping::{self, Verdict};
use crate::plan::{PlanError, PlanFile};

/// Why nothing could be said or destroyed.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// The plan cannot be used.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Plan(Vec<PlanError>),
    /// The plan has no such tenant.
    #[error("the plan has no tenant '{tenant}', so nothing says how long its facts are kept; the tenants are {}", known.join(", "))]
    UnknownTenant {
        /// The name as it was given.
        tenant: String,
        /// The plan's.
        known: Vec<String>,
    },
    /// The journal cannot be read or written.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// What is to become of one client's facts, or became of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// Whose.
    pub tenant: TenantId,
    /// What its rules say.
    pub verdict: Verdict,
    /// What of them there is to destroy, or was destroyed.
    pub extent: Extent,
    /// Whether it was.
    pub destroyed: bool,
}

/// `acd retention`
pub fn retention(options: &Retention) -> ExitCode {
    let config = options.config.clone();
    let stated = load(config).and_then(|plan| state(&plan, options, Clock::start(None, None).now()));
    match stated {
        Ok(all) => {
            say(&if options.json { format!("{:#}", to_json(&all)) } else { to_text(&all) });
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(&error);
            match error {
                RetentionError::Plan(_) | RetentionError::UnknownTenant { .. } => ExitCode::from(2),
                RetentionError::Journal(_) => ExitCode::FAILURE,
            }
        }
    }
}

fn load(config: Option<PathBuf>) -> Result<PlanFile, RetentionError> {
    config
        .map_or_else(|| Ok(PlanFile::built_in()), |path| PlanFile::load(&path).map_err(RetentionError::Plan))
}

/// Looks at the clients, and destroys what may be destroyed if that is wanted.
///
/// # Errors
/// If the plan has no such tenant, or the journal cannot be read or written.
pub fn state(plan: &PlanFile, options: &Retention, now: Timestamp) -> Result<Vec<Statement>, RetentionError> {
    let wanted = |id: &TenantId| options.tenant.as_ref().is_none_or(|name| name == id.as_str());
    let mut all = Vec::new();
    for (tenant, settings) in plan.core.tenants.iter().filter(|(id, _)| wanted(id)) {
        let keeping =
            plan.shell.tenants.get(tenant).map(|it| it.accounting.keeping.clone()).unwrap_or_default();
        let default_days = plan.shell.journal.fact_retention_days;
        let verdict = keeping::verdict(&keeping, default_days, settings.utc_offset_minutes, now);
        let extent = match verdict.before {
            None => Extent::default(),
            Some(before) if options.destroy => {
                journal::destroy(&options.data, *tenant, before, &verdict.why, now)?
            }
            Some(before) => journal::destroyable(&options.data, *tenant, before)?,
        };
        let destroyed = options.destroy && extent.facts > 0;
        all.push(Statement { tenant: *tenant, verdict, extent, destroyed });
    }
    match &options.tenant {
        Some(tenant) if all.is_empty() => Err(RetentionError::UnknownTenant {
            tenant: tenant.clone(),
            known: plan.core.tenants.keys().map(ToString::to_string).collect(),
        }),
        Some(_) | None => Ok(all),
    }
}

fn to_text(all: &[Statement]) -> String {
    let line = |it: &Statement| {
        let Statement { tenant, verdict: Verdict { before, why }, extent, destroyed } = it;
        let Some(before) = before else { return format!("{tenant}: all facts are kept: {why}") };
        let may = format!("{tenant}: facts before {} may be destroyed ({why})", time_text(*before));
        let Some((first, last)) = extent.span else { return format!("{may}: there are none") };
        let (facts, calls) = (extent.facts, extent.calls);
        let (first, last) = (time_text(first), time_text(last));
        let what = if *destroyed { "destroyed" } else { "would go with --destroy" };
        format!("{may}: {facts} facts, {calls} calls, of {first} to {last} {what}")
    };
    all.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn to_json(all: &[Statement]) -> Value {
    let one = |it: &Statement| {
        json!({
            "tenant": it.tenant.as_str(),
            "before": it.verdict.before.map(time_text),
            "why": it.verdict.why,
            "facts": it.extent.facts,
            "calls": it.extent.calls,
            "first": it.extent.span.map(|(first, _)| time_text(first)),
            "last": it.extent.span.map(|(_, last)| time_text(last)),
            "destroyed": it.destroyed,
        })
    };
    json!({ "tenants": all.iter().map(one).collect::<Vec<_>>() })
}

#[allow(clippy::print_stdout, reason = "the command's answer")]
fn say(text: &str) {
    println!("{text}");
}

#[allow(clippy::print_stderr, reason = "a command line's errors go to standard error")]
fn complain(error: &RetentionError) {
    eprintln!("{error}");
}
