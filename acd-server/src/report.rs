//! `acd report`: official forms and figures out of the journal; closed months.

mod books;
mod error;
mod figures;
mod output;
mod revisions;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use acd_core::plan::Tenant;
use acd_core::{CivilDate, TenantId, Timestamp};
use reports::accounting::{Account, Counting, Period, Profile, Slots};
use reports::forms::{self, Header, fdma2};

use serde_json::json;

use crate::cli::Report;
use crate::clock::Clock;
use crate::exports::{self, Export};
use crate::plan::{AccountingSettings, PlanFile};

pub use error::ReportError;
use output::Kind;

/// `acd report`: writes the form and prints where, or what else was asked for.
pub fn report(options: &Report) -> ExitCode {
    match answer(options, Clock::start(None, None).now()) {
        Ok(text) => {
            say(&text);
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(&error);
            error.exit_code()
        }
    }
}

#[allow(clippy::print_stdout, reason = "the command's answer: where the form is")]
fn say(text: &str) {
    println!("{text}");
}

#[allow(clippy::print_stderr, reason = "a command line's errors go to standard error")]
fn complain(error: &ReportError) {
    eprintln!("{error}");
}

/// Does at an instant what the options ask for: closes a month, lists its revisions, or writes forms; what to say of it.
///
/// # Errors
/// If the options name what there is not, the month is not over, or the journal or a file cannot be read or written.
pub fn answer(options: &Report, made_at: Timestamp) -> Result<String, ReportError> {
    if options.revisions {
        return revisions::list(options, made_at);
    }
    if options.close {
        return revisions::close(options, made_at);
    }
    if options.out.is_some() {
        return Ok(write(options, made_at)?.display().to_string());
    }
    let of = [&options.date, &options.month, &options.year].into_iter().flatten().next();
    let stem = format!("{}-{}-{}", options.form, options.tenant, of.map_or("", String::as_str));
    let kinds: &[&str] = if options.form == "figures" { &["csv", "json"] } else { &["xlsx", "csv", "json"] };
    let mut written = Vec::new();
    for kind in kinds {
        let out = Some(PathBuf::from(format!("{stem}.{kind}")));
        written.push(write(&Report { out, ..options.clone() }, made_at)?.display().to_string());
    }
    Ok(written.join("\n"))
}

/// Makes the form at an instant and writes it; gives its path.
///
/// # Errors
/// If the options name what there is not, or the journal or the file cannot be read or written.
pub fn write(options: &Report, made_at: Timestamp) -> Result<PathBuf, ReportError> {
    if !forms::NAMES.contains(&options.form.as_str()) {
        return Err(ReportError::UnknownForm { form: options.form.clone() });
    }
    let out = options.out.clone().ok_or(ReportError::OutMissing)?;
    let subject = Subject::of(options)?;
    let kind = Kind::of(&out)?;
    let bytes = if options.form == "figures" {
        let (statement, header, _) = figures::statement(options, &subject, made_at)?;
        match kind {
            Kind::Xlsx => return Err(ReportError::NoWorkbook(out)),
            Kind::Csv => forms::figures::csv(&statement, &header).into_bytes(),
            Kind::Json => format!("{:#}\n", forms::figures::json(&statement, &header)).into_bytes(),
        }
    } else {
        let Period::Day(date) = subject.period else {
            return Err(ReportError::NotDaily { form: options.form.clone() });
        };
        let slots = Slots::hours(date, subject.settings.utc_offset_minutes);
        let profile = figures::profile(options, &subject)?;
        let counting = subject.counting(&profile);
        let books = books::read(&options.data, subject.tenant, slots, counting, &subject.plan.core)?;
        fill(kind, &books.account, &subject.header(options, profile, made_at, books.remarks))?
    };
    state(options, format!("report {}", options.form), subject.period, Some(&out), made_at)?;
    output::write(&out, &bytes)?;
    Ok(out)
}

/// States figures that are about to leave (R-A14), into this file or else to whoever gave the command.
fn state(
    options: &Report,
    what: String,
    period: Period,
    to: Option<&Path>,
    at: Timestamp,
) -> Result<(), ReportError> {
    let mut range = json!({ "tenant": options.tenant, "period": period.to_string() });
    if let Some(to) = to {
        range["to"] = json!(to);
    }
    let export = Export { purpose: options.purpose, what, range, who: exports::user() };
    Ok(exports::note(&options.data, at, &export)?)
}

fn fill(kind: Kind, account: &Account, header: &Header) -> Result<Vec<u8>, ReportError> {
    Ok(match kind {
        Kind::Xlsx => fdma2::xlsx(account, header)?,
        Kind::Csv => fdma2::csv(account, header).into_bytes(),
        Kind::Json => format!("{:#}\n", fdma2::json(account, header)).into_bytes(),
    })
}

/// Whose report, of when, under which plan.
struct Subject {
    plan: PlanFile,
    tenant: TenantId,
    settings: Tenant,
    accounting: AccountingSettings,
    period: Period,
}

impl Subject {
    fn of(options: &Report) -> Result<Self, ReportError> {
        let period = period_of(options)?;
        let plan = match &options.config {
            Some(path) => PlanFile::load(path).map_err(ReportError::Plan)?,
            None => PlanFile::built_in(),
        };
        let known = TenantId::new(&options.tenant).ok();
        let found = known.and_then(|id| Some((id, plan.core.tenants.get(&id)?.clone())));
        let (tenant, settings) = found.ok_or_else(|| ReportError::UnknownTenant {
            tenant: options.tenant.clone(),
            known: plan.core.tenants.keys().map(ToString::to_string).collect(),
        })?;
        let accounting = plan.shell.tenants.get(&tenant).map(|it| it.accounting.clone()).unwrap_or_default();
        Ok(Self { plan, tenant, settings, accounting, period })
    }

    /// What a ledger counts by under a profile.
    fn counting(&self, profile: &Profile) -> Counting {
        Counting { short_abandon: profile.short_abandon, ..self.accounting.counting.clone() }
    }

    fn header(&self, options: &Report, profile: Profile, made_at: Timestamp, remarks: Vec<String>) -> Header {
        Header {
            profile,
            title: self.settings.title.clone(),
            date: self.period.first(),
            utc_offset_minutes: self.settings.utc_offset_minutes,
            target_permille: self.settings.response_rate_target_permille,
            made_at,
            made_by: concat!("acd ", env!("CARGO_PKG_VERSION")).to_owned(),
            plan: self.plan.name.clone(),
            purpose: options.purpose,
            remarks,
        }
    }
}

fn period_of(options: &Report) -> Result<Period, ReportError> {
    if let Some(text) = &options.date {
        return parse_date(text).map(Period::Day).ok_or_else(|| ReportError::BadDate(text.clone()));
    }
    if let Some(text) = &options.month {
        return parse_month(text).ok_or_else(|| ReportError::BadMonth(text.clone()));
    }
    if let Some(text) = &options.year {
        let year = text.parse().ok().filter(|_| text.len() == 4);
        return year.map(Period::FiscalYear).ok_or_else(|| ReportError::BadYear(text.clone()));
    }
    Err(ReportError::PeriodMissing(options.form.clone()))
}

fn parse_month(text: &str) -> Option<Period> {
    let first = parse_date(&format!("{text}-01"))?;
    Some(Period::Month { year: first.year, month: first.month })
}

/// A day as `YYYY-MM-DD`; `None`: the calendar has no such day.
pub(crate) fn parse_date(text: &str) -> Option<CivilDate> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 || month.len() != 2 || day.len() != 2 {
        return None;
    }
    let date = CivilDate { year: year.parse().ok()?, month: month.parse().ok()?, day: day.parse().ok()? };
    // A day that the calendar does not have comes back as another.
    (CivilDate::from_days(date.days()) == date).then_some(date)
}
