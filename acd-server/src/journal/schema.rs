//! The file: its tables, how it is opened, and how it comes to a newer version.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::error::{At, JournalError};
use crate::limits::{JOURNAL_BUSY_MAX, JOURNAL_READER_BUSY_MAX};

/// The journal's name in the data folder.
const FILE: &str = "journal.db";

/// The version of the tables that this program writes.
const SCHEMA_VERSION: i64 = 4;

/// From version n to n + 1 at index n; from nothing at index 0.
const MIGRATIONS: &[&str] = &[VERSION_1, VERSION_2, VERSION_3, VERSION_4];

const _: () =
    assert!(MIGRATIONS.len() == SCHEMA_VERSION as usize, "each version needs the step that leads to it");

/// `time_jst` is computed when it is read: what a person wants, and no byte on the disk.
const VERSION_1: &str = "
    CREATE TABLE meta (
        key TEXT PRIMARY KEY,
        value INTEGER NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE records (
        seq INTEGER PRIMARY KEY,
        time_ms INTEGER NOT NULL,
        time_jst TEXT AS (strftime('%Y-%m-%dT%H:%M:%f', time_ms / 1000.0, 'unixepoch', '+9 hours') || '+09:00'),
        kind TEXT NOT NULL,
        input TEXT NOT NULL,
        last_fact INTEGER NOT NULL,
        checksum TEXT NOT NULL
    );

    CREATE TABLE facts (
        seq INTEGER PRIMARY KEY,
        record INTEGER NOT NULL,
        time_ms INTEGER NOT NULL,
        time_jst TEXT AS (strftime('%Y-%m-%dT%H:%M:%f', time_ms / 1000.0, 'unixepoch', '+9 hours') || '+09:00'),
        fact TEXT NOT NULL,
        call INTEGER,
        tenant TEXT,
        seat TEXT,
        json TEXT NOT NULL,
        checksum TEXT NOT NULL
    );
    CREATE INDEX facts_by_call ON facts (call) WHERE call IS NOT NULL;

    CREATE TABLE segments (
        id INTEGER PRIMARY KEY,
        first_record INTEGER NOT NULL,
        first_fact INTEGER NOT NULL,
        started_ms INTEGER NOT NULL,
        started_jst TEXT AS (strftime('%Y-%m-%dT%H:%M:%f', started_ms / 1000.0, 'unixepoch', '+9 hours') || '+09:00'),
        core_version TEXT NOT NULL,
        plan TEXT NOT NULL,
        snapshot TEXT NOT NULL,
        checksum TEXT NOT NULL
    );

    -- What the retention has removed: the last row of each chain that is gone, which the first that stands follows.
    CREATE TABLE removed (
        chain TEXT PRIMARY KEY,
        seq INTEGER NOT NULL,
        checksum TEXT NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE dialogs (
        call INTEGER NOT NULL,
        leg TEXT NOT NULL,
        sip_call_id TEXT NOT NULL,
        local_tag TEXT NOT NULL,
        remote_tag TEXT,
        local_cseq INTEGER NOT NULL,
        remote_cseq INTEGER,
        route_set TEXT NOT NULL,
        remote_target TEXT NOT NULL,
        local_uri TEXT NOT NULL,
        remote_uri TEXT NOT NULL,
        transport TEXT NOT NULL,
        local_address TEXT NOT NULL,
        remote_address TEXT NOT NULL,
        rtp_port INTEGER,
        state TEXT NOT NULL,
        updated_ms INTEGER NOT NULL,
        closed INTEGER NOT NULL,
        PRIMARY KEY (call, leg)
    ) WITHOUT ROWID;
    CREATE INDEX dialogs_open ON dialogs (call) WHERE closed = 0;
";

/// A segment may begin with a snapshot in the midst of a life. The tables are the same, but a program of version 1 would
/// take each segment for a life.
const VERSION_2: &str = "";

/// What emergency guidance is in force is asked at each start, of facts of years (R-G4).
const VERSION_3: &str =
    "CREATE INDEX IF NOT EXISTS guidance_facts ON facts (tenant) WHERE fact = 'guidance_commanded';";

/// A fact's checksum hides its content behind a salt, so that what is destroyed cannot be found again by trying numbers; and
/// what was destroyed is stated. Facts of before have none.
const VERSION_4: &str = "
    ALTER TABLE facts ADD COLUMN salt TEXT;

    -- What was destroyed of a client, and why: its facts stand as empty rows with their checksums.
    CREATE TABLE destructions (
        id INTEGER PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        at_jst TEXT AS (strftime('%Y-%m-%dT%H:%M:%f', at_ms / 1000.0, 'unixepoch', '+9 hours') || '+09:00'),
        tenant TEXT NOT NULL,
        before_ms INTEGER NOT NULL,
        why TEXT NOT NULL,
        facts INTEGER NOT NULL,
        calls INTEGER NOT NULL,
        first_ms INTEGER NOT NULL,
        last_ms INTEGER NOT NULL
    );
";

/// Where the journal of a data folder is.
pub(super) fn path(dir: &Path) -> PathBuf {
    dir.join(FILE)
}

/// Opens the journal for its one writer; makes it, or brings it to this version, where that is needed.
pub(super) fn open_for_writing(dir: &Path) -> Result<Connection, JournalError> {
    let path = path(dir);
    make_private(&path).map_err(|source| JournalError::io("make the journal", &path, source))?;
    let mut connection = Connection::open(&path).at(&path)?;
    connection.busy_timeout(JOURNAL_BUSY_MAX).at(&path)?;
    // Before anything is written: a newer version may not even want WAL.
    let version = version(&connection, &path)?;
    connection.pragma_update(None, "journal_mode", "WAL").at(&path)?;
    connection.pragma_update(None, "synchronous", "FULL").at(&path)?;
    // What is removed or destroyed is gone from the file, too.
    connection.pragma_update(None, "secure_delete", "ON").at(&path)?;
    migrate(&mut connection, version).at(&path)?;
    Ok(connection)
}

/// Makes the file, empty, for this user alone: numbers will be in it. SQLite gives its other files the same rights.
pub(super) fn make_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Opens the journal for a reader; a switch may go on writing.
pub(super) fn open_for_reading(dir: &Path) -> Result<Connection, JournalError> {
    let path = path(dir);
    if !path.exists() {
        return Err(JournalError::Missing(path));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&path, flags).at(&path)?;
    connection.busy_timeout(JOURNAL_READER_BUSY_MAX).at(&path)?;
    match version(&connection, &path)? {
        0 => Err(JournalError::malformed(&path, "it has no table 'meta' and so is no journal")),
        SCHEMA_VERSION => Ok(connection),
        older => Err(JournalError::malformed(
            &path,
            format!("it has schema version {older}; acd serve brings it to version {SCHEMA_VERSION}"),
        )),
    }
}

/// The file's version, 0 for an empty file.
fn version(connection: &Connection, path: &Path) -> Result<i64, JournalError> {
    let has_tables: bool = connection
        .query_row("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'meta')", [], |row| row.get(0))
        .at(path)?;
    if !has_tables {
        return Ok(0);
    }
    let found = meta(connection, "schema_version")
        .at(path)?
        .ok_or_else(|| JournalError::malformed(path, "its table 'meta' has no 'schema_version'"))?;
    if found > SCHEMA_VERSION {
        return Err(JournalError::Newer { path: path.to_owned(), found, known: SCHEMA_VERSION });
    }
    Ok(found)
}

fn migrate(connection: &mut Connection, from: i64) -> rusqlite::Result<()> {
    let steps = MIGRATIONS.iter().skip(usize::try_from(from).unwrap_or(0));
    for (step, version) in steps.zip(from + 1..) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        set_meta(&transaction, "schema_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

/// A value of the table `meta`.
pub(super) fn meta(connection: &Connection, key: &str) -> rusqlite::Result<Option<i64>> {
    connection.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0)).optional()
}

/// Sets a value of the table `meta`.
pub(super) fn set_meta(connection: &Connection, key: &str, value: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?
        .execute(params![key, value])?;
    Ok(())
}
