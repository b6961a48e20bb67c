//! A back-up of the journal while a switch writes it: one state of the file, by SQLite's own `VACUUM INTO`.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::params;

use super::error::{At, JournalError};
use super::schema;

/// Writes the journal of the data folder `dir` as it is now into the folder `out`, which is made; gives the file. The
/// copy is a data folder that `acd journal verify` and a later `acd serve` take.
///
/// # Errors
/// If there is no journal, `out` has one already, or the disk refuses.
pub fn backup(dir: &Path, out: &Path) -> Result<PathBuf, JournalError> {
    let connection = schema::open_for_reading(dir)?;
    let source = schema::path(dir);
    fs::create_dir_all(out).map_err(|error| JournalError::io("make the folder", out, error))?;
    let copy = schema::path(out);
    if copy.exists() {
        let exists = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
        return Err(JournalError::io("back the journal up to", &copy, exists));
    }
    // Numbers of people are in it: the copy is as private as the original.
    schema::make_private(&copy).map_err(|error| JournalError::io("make the back-up", &copy, error))?;
    let written = connection.execute("VACUUM INTO ?1", params![copy.to_string_lossy()]).at(&source);
    if let Err(error) = written {
        // What was begun is no back-up; its removal may fail as the writing did, and the first error is the one to tell.
        let _ = fs::remove_file(&copy);
        return Err(error);
    }
    Ok(copy)
}
