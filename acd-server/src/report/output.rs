//! The file that a form is written to.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::ReportError;

/// What kind of file it is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// A workbook.
    Xlsx,
    /// Text with commas, UTF-8 with a byte order mark.
    Csv,
    /// For machines.
    Json,
}

impl Kind {
    /// By the end of the name, in either case.
    pub(super) fn of(path: &Path) -> Result<Self, ReportError> {
        let extension = path.extension().and_then(|it| it.to_str()).map(str::to_ascii_lowercase);
        match extension.as_deref() {
            Some("xlsx") => Ok(Self::Xlsx),
            Some("csv") => Ok(Self::Csv),
            Some("json") => Ok(Self::Json),
            _ => Err(ReportError::UnknownKind(path.to_owned())),
        }
    }
}

/// Writes a file whole or not at all: beside it first, then in its place.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), ReportError> {
    let beside = beside(path);
    let result = write_beside(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    result.map_err(|source| {
        // What could not be written need not be there; the error that counts is the first.
        let _ = fs::remove_file(&beside);
        ReportError::Write { path: path.to_owned(), source }
    })
}

/// As [`write()`], but never in the place of another file.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), ReportError> {
    let beside = beside(path);
    // A link, unlike a new name, does not take the place of what is there.
    let result = write_beside(&beside, bytes).and_then(|()| fs::hard_link(&beside, path));
    // Whether or not it is in its place, what stands beside it is not needed.
    let _ = fs::remove_file(&beside);
    result.map_err(|source| ReportError::Write { path: path.to_owned(), source })
}

fn beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}", std::process::id()));
    path.with_file_name(name)
}

fn write_beside(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
