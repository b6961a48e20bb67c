//! Why a journal cannot be opened, read or written.

use std::io;
use std::path::{Path, PathBuf};

/// What failed, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Another process has the folder.
    #[error(
        "the data folder {} is in use by another acd serve{holder}: stop that one, or give this one a folder of its own with --data",
        path.display()
    )]
    InUse {
        /// The folder.
        path: PathBuf,
        /// Who has it, where that is known.
        holder: String,
    },
    /// There is no journal.
    #[error("there is no journal at {}: name the data folder of acd serve with --data", .0.display())]
    Missing(PathBuf),
    /// The file is of a version that this program does not know.
    #[error(
        "the journal {} has schema version {found}, this acd knows up to {known}: use a newer acd",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// The file is no journal, or what is in it cannot be understood.
    #[error("the journal {} cannot be understood: {what}; run acd journal verify, or restore a back-up", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the row.
        what: String,
    },
    /// SQLite refused.
    #[error("the journal {} cannot be used: {source}", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// SQLite's reason.
        source: rusqlite::Error,
    },
    /// The operating system refused.
    #[error("cannot {what} {}: {source}", path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The output could not be written.
    #[error("cannot write the output: {0}")]
    Output(#[source] io::Error),
    /// What leaves the house could not be stated, so it did not leave.
    #[error(transparent)]
    Export(#[from] crate::exports::ExportError),
    /// The process ended before everything was on the disk.
    #[error(
        "the journal could not write its last {records} records: free the disk; a restart states the outage"
    )]
    Unwritten {
        /// How many.
        records: usize,
    },
}

impl JournalError {
    pub(super) fn io(what: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { what, path: path.to_owned(), source }
    }

    pub(super) fn malformed(path: &Path, what: impl Into<String>) -> Self {
        Self::Malformed { path: path.to_owned(), what: what.into() }
    }
}

/// Names the file in SQLite's errors.
pub(super) trait At<T> {
    /// Adds the path.
    fn at(self, path: &Path) -> Result<T, JournalError>;
}

impl<T> At<T> for Result<T, rusqlite::Error> {
    fn at(self, path: &Path) -> Result<T, JournalError> {
        self.map_err(|source| JournalError::Sqlite { path: path.to_owned(), source })
    }
}
