//! Why there is no form.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use reports::forms::{FormError, NAMES};

use crate::journal::JournalError;
use crate::plan::PlanError;

/// What failed, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// There is no such form.
    #[error("there is no form '{form}': the forms are {}", NAMES.join(", "))]
    UnknownForm {
        /// The name as it was given.
        form: String,
    },
    /// The form is a day's.
    #[error(
        "the form '{form}' is a day's: name it with --date YYYY-MM-DD; months and fiscal years are in --form figures"
    )]
    NotDaily {
        /// The form.
        form: String,
    },
    /// No period was named.
    #[error("'{0}' of when? Name --date YYYY-MM-DD, --month YYYY-MM or --year YYYY (from April)")]
    PeriodMissing(String),
    /// No file was named.
    #[error("where to? Name the file with --out")]
    OutMissing,
    /// Figures are no workbook.
    #[error("figures are no workbook: end '{}' in .csv or .json", .0.display())]
    NoWorkbook(PathBuf),
    /// There is no such profile.
    #[error("there is no profile '{0}': the profiles are fdma, shiga, shizuoka, kyoto")]
    UnknownProfile(String),
    /// Only figures are closed.
    #[error("the form '{form}' has no months to close: use --form figures")]
    NotClosed {
        /// The form.
        form: String,
    },
    /// The month is not over.
    #[error("{month} cannot be closed before its last day, {last}, is over (Kyoto's March: before that day)")]
    NotOver {
        /// The month.
        month: String,
        /// Its last day.
        last: String,
    },
    /// The month has been closed too often.
    #[error("{month} has as many revisions as are kept (REVISIONS_MAX)")]
    TooManyRevisions {
        /// The month.
        month: String,
    },
    /// The month is none.
    #[error("'{0}' is no month: write it as YYYY-MM, such as 2026-11")]
    BadMonth(String),
    /// The year is none.
    #[error("'{0}' is no fiscal year: write the year of its April, such as 2026")]
    BadYear(String),
    /// The day is none.
    #[error("'{0}' is no day: write it as YYYY-MM-DD, such as 2026-11-21")]
    BadDate(String),
    /// The file's name does not say what it is to be.
    #[error("'{}' does not say what to write: end it in .xlsx, .csv or .json", .0.display())]
    UnknownKind(PathBuf),
    /// The plan has no such tenant.
    #[error("the plan has no tenant '{tenant}': the tenants are {}", known.join(", "))]
    UnknownTenant {
        /// The name as it was given.
        tenant: String,
        /// The plan's.
        known: Vec<String>,
    },
    /// The plan cannot be used.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Plan(Vec<PlanError>),
    /// The period's facts are gone.
    #[error(
        "the facts of '{tenant}' before {before} were destroyed on {at} ({why}): what was reported of them is in the closed months"
    )]
    Destroyed {
        /// Whose.
        tenant: String,
        /// Which.
        before: String,
        /// When.
        at: String,
        /// By which rule.
        why: String,
    },
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// It could not be stated that the report leaves (R-A14).
    #[error(transparent)]
    Export(#[from] crate::exports::ExportError),
    /// A revision cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The form cannot be laid out.
    #[error(transparent)]
    Form(#[from] FormError),
    /// The file cannot be written.
    #[error("cannot write {}: {source}; what was there before is as it was", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl ReportError {
    /// 2: used wrongly; 1: something is wrong.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::UnknownForm { .. }
            | Self::NotDaily { .. }
            | Self::PeriodMissing(_)
            | Self::OutMissing
            | Self::NoWorkbook(_)
            | Self::UnknownProfile(_)
            | Self::NotClosed { .. }
            | Self::BadMonth(_)
            | Self::BadYear(_)
            | Self::BadDate(_)
            | Self::UnknownKind(_)
            | Self::UnknownTenant { .. }
            | Self::Plan(_) => ExitCode::from(2),
            Self::Journal(_)
            | Self::Export(_)
            | Self::Form(_)
            | Self::NotOver { .. }
            | Self::Destroyed { .. }
            | Self::TooManyRevisions { .. }
            | Self::Read { .. }
            | Self::Write { .. } => ExitCode::FAILURE,
        }
    }
}
