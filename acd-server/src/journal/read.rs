//! Facts for a person and for machines.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use acd_core::Timestamp;
use rusqlite::{Connection, Row};
use serde_json::Value;

use super::error::{At, JournalError};
use super::schema;
use super::time_text::time_text;

/// How a fact is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// One line for a person: time, sequence number, kind, `field=value`.
    Text,
    /// One JSON object a line: `{"seq":…,"record":…,"time":"…+09:00","fact":"…",…}`.
    Json,
}

/// Writes every fact, one JSON object a line. A switch may go on writing meanwhile; what it adds is not seen.
///
/// # Errors
/// If there is no journal, it cannot be read, or `out` cannot be written.
pub fn export(dir: &Path, out: &mut dyn Write) -> Result<(), JournalError> {
    let reader = Reader::open(dir)?;
    reader.facts_after(0, Format::Json, out)?;
    out.flush().map_err(JournalError::Output)
}

/// Writes the last `lines` facts; gives the last one's sequence number, 0 if there is none, for [`follow`].
///
/// # Errors
/// As [`export`].
pub fn tail(dir: &Path, lines: u64, format: Format, out: &mut dyn Write) -> Result<u64, JournalError> {
    let reader = Reader::open(dir)?;
    let last = reader.last_fact()?;
    let written = reader.facts_after(last.saturating_sub(lines), format, out)?;
    out.flush().map_err(JournalError::Output)?;
    Ok(written.unwrap_or(last))
}

/// Writes facts after number `after` as they are committed. Between looks it asks `go_on`, which waits as long as
/// the caller likes ([`crate::limits::JOURNAL_FOLLOW_EVERY`]) and says whether there is to be another look.
///
/// # Errors
/// As [`export`].
pub fn follow(
    dir: &Path,
    after: u64,
    format: Format,
    out: &mut dyn Write,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<(), JournalError> {
    let reader = Reader::open(dir)?;
    let mut after = after;
    loop {
        if let Some(last) = reader.facts_after(after, format, out)? {
            after = last;
            out.flush().map_err(JournalError::Output)?;
        }
        if !go_on() {
            return Ok(());
        }
    }
}

struct Reader {
    connection: Connection,
    path: PathBuf,
}

impl Reader {
    fn open(dir: &Path) -> Result<Self, JournalError> {
        Ok(Self { connection: schema::open_for_reading(dir)?, path: schema::path(dir) })
    }

    fn last_fact(&self) -> Result<u64, JournalError> {
        self.connection
            .query_row("SELECT coalesce(max(seq), 0) FROM facts", [], |row| row.get(0))
            .at(&self.path)
    }

    /// Writes the facts after a number; gives the last one's.
    fn facts_after(
        &self,
        after: u64,
        format: Format,
        out: &mut dyn Write,
    ) -> Result<Option<u64>, JournalError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT seq, record, time_ms, json FROM facts WHERE seq > ?1 ORDER BY seq")
            .at(&self.path)?;
        let mut rows = statement.query([after]).at(&self.path)?;
        let mut last = None;
        while let Some(row) = rows.next().at(&self.path)? {
            let fact = Line::read(row).at(&self.path)?;
            match format {
                Format::Json => fact.write_json(out),
                Format::Text => fact.write_text(out),
            }
            .map_err(JournalError::Output)?;
            last = Some(fact.seq);
        }
        Ok(last)
    }
}

struct Line {
    seq: u64,
    record: u64,
    time: Timestamp,
    json: String,
}

impl Line {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: row.get(0)?,
            record: row.get(1)?,
            time: Timestamp::from_millis(row.get(2)?),
            json: row.get(3)?,
        })
    }

    fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self { seq, record, time, json } = self;
        // The stored object goes on after ours; a row that is no object stays visible as what it is.
        let rest = json.strip_prefix('{').unwrap_or(json);
        writeln!(out, r#"{{"seq":{seq},"record":{record},"time":"{}",{rest}"#, time_text(*time))
    }

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self { seq, time, json, .. } = self;
        let Ok(Value::Object(fields)) = serde_json::from_str(json) else {
            return writeln!(
                out,
                "{} {seq:>8} (not readable: run acd journal verify) {json}",
                time_text(*time)
            );
        };
        let kind = fields.get("fact").and_then(Value::as_str).unwrap_or_default();
        write!(out, "{} {seq:>8} {kind:<20}", time_text(*time))?;
        for (name, value) in fields.iter().filter(|(name, value)| *name != "fact" && !value.is_null()) {
            match value.as_str() {
                Some(text) => write!(out, " {name}={text}")?,
                None => write!(out, " {name}={value}")?,
            }
        }
        writeln!(out)
    }
}
