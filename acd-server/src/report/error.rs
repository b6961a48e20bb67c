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
        "the form '{form}' is a day's: name it with --date YYYY-MM-DD; --month and --year are for forms of months and years, of which there is none (the forms are {})",
        NAMES.join(", ")
    )]
    NotDaily {
        /// The form.
        form: String,
    },
    /// No day was named.
    #[error("the form '{0}' is a day's: name it with --date YYYY-MM-DD")]
    DateMissing(String),
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
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
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
            | Self::DateMissing(_)
            | Self::BadDate(_)
            | Self::UnknownKind(_)
            | Self::UnknownTenant { .. }
            | Self::Plan(_) => ExitCode::from(2),
            Self::Journal(_) | Self::Form(_) | Self::Write { .. } => ExitCode::FAILURE,
        }
    }
}
