//! Destroys the facts of one client whose time is over, within the chain (R-A14): each stays as an empty row that keeps its
//! checksum, so that everybody else's facts still verify. The salt goes with the content, so that nobody finds a number
//! again by trying all of them. What was destroyed, when and why is stated beside.
//!
//! A call goes as a whole, and only when it has ended and its inputs are gone, so that what can be replayed still can be.
//! What names neither the client nor one of its calls (seats, the node) is the centre's own and stays until the retention
//! cuts the chain's beginning.

use std::path::Path;

use acd_core::{TenantId, Timestamp};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, named_params, params};

use super::error::{At, JournalError};
use super::retention::HIGHEST_CALL_REMOVED;
use super::{schema, store};
use crate::limits::{JOURNAL_READER_BUSY_MAX, RETENTION_ROWS_MAX};

/// The kind of a row whose content is gone; no fact has this name.
pub(super) const DESTROYED: &str = "destroyed";

/// The row's content from then on.
pub(super) fn tombstone(destruction: u64) -> String {
    format!(r#"{{"fact":"{DESTROYED}","destruction":{destruction}}}"#)
}

/// What may be destroyed of a client, or was.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Extent {
    /// How many facts.
    pub facts: u64,
    /// Of how many calls.
    pub calls: u64,
    /// The instants of the first and the last; `None`: there is none.
    pub span: Option<(Timestamp, Timestamp)>,
}

/// A destruction as the journal states it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Destruction {
    /// Its number.
    pub id: u64,
    /// When it was done.
    pub at: Timestamp,
    /// Whose facts.
    pub tenant: String,
    /// Those before this instant.
    pub before: Timestamp,
    /// By which rule.
    pub why: String,
    /// What went.
    pub extent: Extent,
}

/// The rows that may go: the client's calls that have ended, each whole, and what it has beside calls but for the last of each
/// kind, which says how its lines stood when the facts that stay begin.
const DOOMED: &str = "
    WITH doomed_calls AS (
        SELECT call FROM facts WHERE call IS NOT NULL GROUP BY call
        HAVING max(time_ms) < :before AND max(record) <= :removed
            AND max(fact IN ('call_ended', 'call_refused', 'outbound_ended')) = 1
            AND :tenant = (
                SELECT owner.tenant FROM facts AS owner
                WHERE owner.call = facts.call AND owner.tenant IS NOT NULL ORDER BY owner.seq LIMIT 1)
    ), doomed AS (
        SELECT seq, time_ms, call FROM facts WHERE call IN (SELECT call FROM doomed_calls)
        UNION ALL
        SELECT seq, time_ms, call FROM facts
        WHERE tenant = :tenant AND call IS NULL AND time_ms < :before AND record <= :removed
            AND seq NOT IN (
                SELECT max(seq) FROM facts
                WHERE tenant = :tenant AND call IS NULL AND time_ms < :before GROUP BY fact)
    )";

/// What of a client's facts before an instant may be destroyed now. Changes nothing.
///
/// # Errors
/// If there is no journal, or it cannot be read.
pub fn destroyable(dir: &Path, tenant: TenantId, before: Timestamp) -> Result<Extent, JournalError> {
    let connection = schema::open_for_reading(dir)?;
    extent(&connection, tenant, before).at(&schema::path(dir))
}

fn extent(connection: &Connection, tenant: TenantId, before: Timestamp) -> rusqlite::Result<Extent> {
    let (removed, _) = store::removed(connection, "records")?;
    connection.query_row(
        &format!("{DOOMED} SELECT count(*), count(DISTINCT call), min(time_ms), max(time_ms) FROM doomed"),
        named_params! { ":tenant": tenant.as_str(), ":before": before.as_millis(), ":removed": removed },
        |row| {
            let span: (Option<i64>, Option<i64>) = (row.get(2)?, row.get(3)?);
            let instant = Timestamp::from_millis;
            Ok(Extent {
                facts: row.get(0)?,
                calls: row.get(1)?,
                span: span.0.map(instant).zip(span.1.map(instant)),
            })
        },
    )
}

/// Destroys it and states it; gives what went. A switch may go on writing: no commit of its own waits for more than
/// [`RETENTION_ROWS_MAX`] rows. What is destroyed when this is interrupted is stated.
///
/// # Errors
/// If there is no journal, or it cannot be written.
pub fn destroy(
    dir: &Path,
    tenant: TenantId,
    before: Timestamp,
    why: &str,
    at: Timestamp,
) -> Result<Extent, JournalError> {
    let path = schema::path(dir);
    if !path.exists() {
        return Err(JournalError::Missing(path));
    }
    let mut connection = schema::open_for_writing(dir)?;
    connection.busy_timeout(JOURNAL_READER_BUSY_MAX).at(&path)?;
    let extent = extent(&connection, tenant, before).at(&path)?;
    let Some(span) = extent.span else { return Ok(extent) };
    choose(&connection, tenant, before).at(&path)?;
    let destruction = state(&mut connection, tenant, before, (why, at), extent.calls, span).at(&path)?;
    let mut last = 0;
    while let Some(next) = destroy_some(&mut connection, destruction, last).at(&path)? {
        last = next;
    }
    // A reader may hold on to the old pages; they go with the next checkpoint.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).at(&path)?;
    Ok(extent)
}

fn choose(connection: &Connection, tenant: TenantId, before: Timestamp) -> rusqlite::Result<()> {
    let (removed, _) = store::removed(connection, "records")?;
    connection.execute_batch("CREATE TEMP TABLE chosen (seq INTEGER PRIMARY KEY)")?;
    connection.execute(
        &format!("INSERT INTO chosen {DOOMED} SELECT seq FROM doomed"),
        named_params! { ":tenant": tenant.as_str(), ":before": before.as_millis(), ":removed": removed },
    )?;
    Ok(())
}

/// States the destruction before anything goes; gives its number.
fn state(
    connection: &mut Connection,
    tenant: TenantId,
    before: Timestamp,
    (why, at): (&str, Timestamp),
    calls: u64,
    (first, last): (Timestamp, Timestamp),
) -> rusqlite::Result<u64> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute(
        "INSERT INTO destructions (at_ms, tenant, before_ms, why, facts, calls, first_ms, last_ms)
         VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7)",
        params![
            at.as_millis(),
            tenant.as_str(),
            before.as_millis(),
            why,
            calls,
            first.as_millis(),
            last.as_millis()
        ],
    )?;
    let id = transaction.query_row("SELECT max(id) FROM destructions", [], |row| row.get(0))?;
    let call: Option<i64> = transaction.query_row(
        "SELECT max(call) FROM facts WHERE seq IN (SELECT seq FROM chosen)",
        [],
        |row| row.get(0),
    )?;
    if let Some(highest) = call.max(schema::meta(&transaction, HIGHEST_CALL_REMOVED)?) {
        schema::set_meta(&transaction, HIGHEST_CALL_REMOVED, highest)?;
    }
    transaction.commit()?;
    Ok(id)
}

/// One commit's worth after a row; gives its last row, `None`: nothing was left.
fn destroy_some(connection: &mut Connection, destruction: u64, after: u64) -> rusqlite::Result<Option<u64>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let last: Option<u64> = transaction
        .query_row(
            "SELECT max(seq) FROM (SELECT seq FROM chosen WHERE seq > ?1 ORDER BY seq LIMIT ?2)",
            params![after, RETENTION_ROWS_MAX],
            |row| row.get(0),
        )
        .optional()?
        .flatten();
    let Some(last) = last else { return Ok(None) };
    let facts = transaction.execute(
        "UPDATE facts SET fact = ?1, call = NULL, tenant = NULL, seat = NULL, salt = NULL, json = ?2
         WHERE seq IN (SELECT seq FROM chosen WHERE seq > ?3 AND seq <= ?4)",
        params![DESTROYED, tombstone(destruction), after, last],
    )?;
    transaction
        .execute("UPDATE destructions SET facts = facts + ?1 WHERE id = ?2", params![facts, destruction])?;
    transaction.commit()?;
    Ok(Some(last))
}

/// What was destroyed so far, oldest first.
///
/// # Errors
/// If there is no journal, or it cannot be read.
pub fn destructions(dir: &Path) -> Result<Vec<Destruction>, JournalError> {
    let connection = schema::open_for_reading(dir)?;
    stated(&connection).at(&schema::path(dir))
}

pub(super) fn stated(connection: &Connection) -> rusqlite::Result<Vec<Destruction>> {
    connection
        .prepare(
            "SELECT id, at_ms, tenant, before_ms, why, facts, calls, first_ms, last_ms FROM destructions ORDER BY id",
        )?
        .query_map([], |row| {
            let instant = |column| row.get(column).map(Timestamp::from_millis);
            Ok(Destruction {
                id: row.get(0)?,
                at: instant(1)?,
                tenant: row.get(2)?,
                before: instant(3)?,
                why: row.get(4)?,
                extent: Extent {
                    facts: row.get(5)?,
                    calls: row.get(6)?,
                    span: Some((instant(7)?, instant(8)?)),
                },
            })
        })?
        .collect()
}
