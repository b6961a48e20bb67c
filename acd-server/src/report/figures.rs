//! Every figure of a period, as the client's profile counts.

use acd_core::Timestamp;
use reports::accounting::{Calendar, Profile};
use reports::forms::Header;
use reports::forms::figures::Statement;

use super::{ReportError, Subject, books};
use crate::cli::Report;

/// The statement, what stands above it, and the journal's last fact with its checksum.
pub(super) type Made = (Statement, Header, Option<(u64, String)>);

/// The profile that the command line names, or the plan's.
pub(super) fn profile(options: &Report, subject: &Subject) -> Result<Profile, ReportError> {
    match &options.profile {
        None => Ok(subject.accounting.profile),
        // The plan's own choices stand if it is the plan's profile that is named.
        Some(name) if *name == subject.accounting.profile.name => Ok(subject.accounting.profile),
        Some(name) => Profile::named(name).ok_or_else(|| ReportError::UnknownProfile(name.clone())),
    }
}

/// Reads the books of the period.
pub(super) fn statement(
    options: &Report,
    subject: &Subject,
    made_at: Timestamp,
) -> Result<Made, ReportError> {
    let profile = profile(options, subject)?;
    let base = Calendar {
        utc_offset_minutes: subject.settings.utc_offset_minutes,
        day_start_hour: profile.day_start_hour,
        contract: subject.accounting.contract,
        holidays: subject.plan.core.holidays.clone(),
    };
    let counting = subject.counting(&profile);
    let slots = Calendar::slots(subject.period, &Statement::calendars(&profile, &base))
        .expect("invariant: a period has an hour, and a profile a calendar");
    let books = books::read(&options.data, subject.tenant, slots, counting, &subject.plan.core)?;
    let header = subject.header(options, profile, made_at, books.remarks);
    let statement = Statement::new(books.account, subject.period, profile, &base)
        .expect("invariant: the slots are those of these calendars");
    Ok((statement, header, books.last_fact))
}
