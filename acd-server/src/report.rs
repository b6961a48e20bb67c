//! `acd report`: official forms out of the journal.

mod books;
mod error;
mod output;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use acd_core::plan::Tenant;
use acd_core::{CivilDate, TenantId, Timestamp};
use reports::accounting::{Account, Slots};
use reports::forms::{self, Header, fdma2};

use crate::cli::Report;
use crate::clock::Clock;
use crate::plan::PlanFile;

pub use error::ReportError;
use output::Kind;

/// `acd report`: writes the form and prints where.
pub fn report(options: &Report) -> ExitCode {
    match write(options, Clock::start(None, None).now()) {
        Ok(path) => {
            say(&path);
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(&error);
            error.exit_code()
        }
    }
}

#[allow(clippy::print_stdout, reason = "the command's answer: where the form is")]
fn say(path: &Path) {
    println!("{}", path.display());
}

#[allow(clippy::print_stderr, reason = "a command line's errors go to standard error")]
fn complain(error: &ReportError) {
    eprintln!("{error}");
}

/// Makes the form at an instant and writes it; gives its path.
///
/// # Errors
/// If the options name what there is not, or the journal or the file cannot be read or written.
pub fn write(options: &Report, made_at: Timestamp) -> Result<PathBuf, ReportError> {
    if !forms::NAMES.contains(&options.form.as_str()) {
        return Err(ReportError::UnknownForm { form: options.form.clone() });
    }
    let date = date_of(options)?;
    let kind = Kind::of(&options.out)?;
    let plan = match &options.config {
        Some(path) => PlanFile::load(path).map_err(ReportError::Plan)?,
        None => PlanFile::built_in(),
    };
    let (tenant, settings) = tenant_of(&plan, &options.tenant)?;
    let slots = Slots::hours(date, settings.utc_offset_minutes);
    let books = books::read(&options.data, tenant, slots, &plan.core)?;
    let header = Header {
        title: settings.title.clone(),
        date,
        utc_offset_minutes: settings.utc_offset_minutes,
        target_permille: settings.response_rate_target_permille,
        made_at,
        made_by: concat!("acd ", env!("CARGO_PKG_VERSION")).to_owned(),
        plan: plan.name.clone(),
        remarks: books.remarks,
    };
    let bytes = fill(kind, &books.account, &header)?;
    output::write(&options.out, &bytes)?;
    Ok(options.out.clone())
}

fn fill(kind: Kind, account: &Account, header: &Header) -> Result<Vec<u8>, ReportError> {
    Ok(match kind {
        Kind::Xlsx => fdma2::xlsx(account, header)?,
        Kind::Csv => fdma2::csv(account, header).into_bytes(),
        Kind::Json => format!("{:#}\n", fdma2::json(account, header)).into_bytes(),
    })
}

/// The day of a daily form; months and years are for forms to come.
fn date_of(options: &Report) -> Result<CivilDate, ReportError> {
    if options.month.is_some() || options.year.is_some() {
        return Err(ReportError::NotDaily { form: options.form.clone() });
    }
    let text = options.date.as_deref().ok_or_else(|| ReportError::DateMissing(options.form.clone()))?;
    parse_date(text).ok_or_else(|| ReportError::BadDate(text.to_owned()))
}

fn parse_date(text: &str) -> Option<CivilDate> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 || month.len() != 2 || day.len() != 2 {
        return None;
    }
    let date = CivilDate { year: year.parse().ok()?, month: month.parse().ok()?, day: day.parse().ok()? };
    // A day that the calendar does not have comes back as another.
    (CivilDate::from_days(date.days()) == date).then_some(date)
}

fn tenant_of<'p>(plan: &'p PlanFile, name: &str) -> Result<(TenantId, &'p Tenant), ReportError> {
    let known = TenantId::new(name).ok().and_then(|id| Some((id, plan.core.tenants.get(&id)?)));
    known.ok_or_else(|| ReportError::UnknownTenant {
        tenant: name.to_owned(),
        known: plan.core.tenants.keys().map(ToString::to_string).collect(),
    })
}
