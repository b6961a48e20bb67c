//! What has left the house, for which purpose, who took it and when (R-A14): `exports.jsonl` beside the journal, a line an
//! export, on the disk before the first byte leaves. An export that cannot be stated is not made.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use acd_core::Timestamp;
use reports::forms::Purpose;
use serde_json::{Value, json};

use crate::journal::time_text;

const FILE: &str = "exports.jsonl";

/// An export that is about to be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Export {
    /// What it is made for.
    pub purpose: Purpose,
    /// What leaves: `journal export`, `report fdma2`, …
    pub what: String,
    /// Of which calls: the tenant, the period, the sequence numbers.
    pub range: Value,
    /// Who: the user of the machine, or the address of the client.
    pub who: String,
}

/// Why an export was not made.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is no data folder; nothing is there to leave.
    #[error("there is no data folder {}; name it with --data", .0.display())]
    NoFolder(PathBuf),
    /// It cannot be stated.
    #[error("no export without a line in {}: {source}; make room, or let its owner run this", path.display())]
    Note {
        /// The file of exports.
        path: PathBuf,
        /// What failed.
        source: io::Error,
    },
}

/// The purpose of this name, or what to say to who named no good one.
///
/// # Errors
/// If no data leaves for such a purpose.
pub fn purpose(name: &str) -> Result<Purpose, String> {
    Purpose::named(name).ok_or_else(|| {
        let known = Purpose::ALL.map(Purpose::as_str).join(", ");
        format!("no data leaves for the purpose '{name}': name one of {known}")
    })
}

/// The user as whom this process runs.
pub fn user() -> String {
    #[cfg(unix)]
    if let Ok(own) = fs::metadata("/proc/self") {
        return format!("uid {}", std::os::unix::fs::MetadataExt::uid(&own));
    }
    "unknown".to_owned()
}

/// States an export, durably. Lines of several processes do not mix: each is one write at the end of the file.
///
/// # Errors
/// If it cannot be stated; then it must not be made.
pub fn note(dir: &Path, at: Timestamp, export: &Export) -> Result<(), ExportError> {
    if !dir.is_dir() {
        return Err(ExportError::NoFolder(dir.to_owned()));
    }
    let Export { purpose, what, range, who } = export;
    let line = json!({
        "time": time_text(at),
        "purpose": purpose.as_str(),
        "what": what,
        "range": range,
        "who": who,
    });
    let path = dir.join(FILE);
    append(&path, &format!("{line}\n")).map_err(|source| ExportError::Note { path, source })
}

fn append(path: &Path, line: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(line.as_bytes())?;
    file.sync_all()
}

/// Writes what has left: the lines as they stand, or for a person.
///
/// # Errors
/// If the file, which need not be there, cannot be read, or `out` cannot be written.
pub fn list(dir: &Path, as_json: bool, out: &mut dyn Write) -> io::Result<()> {
    let text = match fs::read_to_string(dir.join(FILE)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        read => read?,
    };
    for line in text.lines() {
        let parsed = serde_json::from_str::<Value>(line).ok().filter(|_| !as_json);
        match parsed {
            Some(it) => {
                let word = |key: &str| it[key].as_str().unwrap_or("?").to_owned();
                let (time, purpose, what, who) = (word("time"), word("purpose"), word("what"), word("who"));
                writeln!(out, "{time} {purpose:<10} {what} by {who}: {}", it["range"])?;
            }
            None => writeln!(out, "{line}")?,
        }
    }
    out.flush()
}

/// Takes the list along into a copy of the data folder.
///
/// # Errors
/// If it cannot be copied.
pub fn copy(dir: &Path, to: &Path) -> Result<(), ExportError> {
    let path = to.join(FILE);
    fs::copy(dir.join(FILE), &path).map(|_| ()).map_err(|source| ExportError::Note { path, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn export(purpose: Purpose, what: &str) -> Export {
        Export { purpose, what: what.into(), range: json!({ "after": 7 }), who: "uid 1000".into() }
    }

    #[test]
    fn every_export_is_a_line_in_its_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = Timestamp::from_millis(0);
        note(folder.path(), at, &export(Purpose::Review, "journal tail")).expect("room");
        note(folder.path(), at, &export(Purpose::HandOver, "journal backup")).expect("room");
        let mut text = Vec::new();
        list(folder.path(), false, &mut text).expect("read");
        assert_eq!(
            String::from_utf8(text).expect("text"),
            "1970-01-01T09:00:00.000+09:00 review     journal tail by uid 1000: {\"after\":7}\n\
             1970-01-01T09:00:00.000+09:00 hand-over  journal backup by uid 1000: {\"after\":7}\n"
        );
        let copied = tempfile::tempdir().expect("a folder");
        copy(folder.path(), copied.path()).expect("room");
        let (mut one, mut other) = (Vec::new(), Vec::new());
        list(folder.path(), true, &mut one).expect("read");
        list(copied.path(), true, &mut other).expect("read");
        assert_eq!(one, other);
        assert_eq!(one.split(|byte| *byte == b'\n').count(), 3);
    }

    #[test]
    fn what_cannot_be_stated_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let nowhere = folder.path().join("nowhere");
        let refused = note(&nowhere, Timestamp::from_millis(0), &export(Purpose::Report, "report fdma2"));
        assert!(matches!(refused, Err(ExportError::NoFolder(_))), "{refused:?}");
        fs::create_dir(folder.path().join(FILE)).expect("a folder in its place");
        let refused =
            note(folder.path(), Timestamp::from_millis(0), &export(Purpose::Report, "report fdma2"));
        assert!(matches!(refused, Err(ExportError::Note { .. })), "{refused:?}");
    }

    /// R-A14: the four, and no other.
    #[test]
    fn a_purpose_that_is_none_of_the_four_is_refused() {
        assert!(["report", "review", "inspection", "hand-over"].iter().all(|name| purpose(name).is_ok()));
        let said = purpose("curiosity").expect_err("no such purpose");
        assert!(said.ends_with("name one of report, review, inspection, hand-over"), "{said}");
    }
}
