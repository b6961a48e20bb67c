//! Removes records and facts whose time is over, oldest first, and keeps the checksum that the rest follows, so that
//! a check can say where the chain begins. Records go by whole segments, so that what is left can be replayed.

use std::time::Duration;

use acd_core::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{schema, store};
use crate::limits::RETENTION_ROWS_MAX;

/// The highest call of which a fact was removed, in `meta`: its number is not used again.
pub(super) const HIGHEST_CALL_REMOVED: &str = "highest_call_removed";

/// How long records are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retention {
    /// `input_retention`: inputs, for recovery and replay, and closed dialogs.
    pub inputs: Duration,
    /// `fact_retention`; `None`: age alone takes none, since a client's reports decide which may go (R-A14).
    pub facts: Option<Duration>,
}

impl Default for Retention {
    /// Inputs for a week, facts for ten years.
    fn default() -> Self {
        const DAY: Duration = Duration::from_secs(86_400);
        Self { inputs: 7 * DAY, facts: Some(3_653 * DAY) }
    }
}

/// Removes one commit's worth; whether there may be more.
pub(super) fn remove(
    connection: &mut Connection,
    now: Timestamp,
    retention: Retention,
) -> rusqlite::Result<bool> {
    let transaction = connection.transaction()?;
    let inputs_before = (now - retention.inputs).as_millis();
    // A record's checksum covers its facts': they must not go before it.
    let facts_before = retention.facts.map(|facts| (now - facts.max(retention.inputs)).as_millis());
    let more = remove_records(&transaction, inputs_before)?
        || facts_before.map_or(Ok(false), |before| remove_facts(&transaction, before))?
        || remove_dialogs(&transaction, inputs_before)?;
    transaction.commit()?;
    Ok(more)
}

/// Those before the last segment of which all that came before is past its time. The last record always stays: the next
/// life begins from its time.
fn remove_records(transaction: &Transaction<'_>, before_ms: i64) -> rusqlite::Result<bool> {
    let end: Option<u64> = transaction
        .query_row(
            "SELECT first_record FROM segments
             WHERE (SELECT time_ms FROM records WHERE seq = segments.first_record - 1) < ?1
             ORDER BY first_record DESC LIMIT 1",
            [before_ms],
            |row| row.get(0),
        )
        .optional()?;
    let Some(end) = end else { return Ok(false) };
    let last: Option<(u64, String)> = last_before(
        transaction,
        "SELECT seq, checksum, time_ms, seq AS record FROM records
         WHERE seq < (SELECT max(seq) FROM records) ORDER BY seq",
        before_ms,
        end,
    )?;
    let Some((seq, checksum)) = last else { return Ok(false) };
    transaction.execute("DELETE FROM records WHERE seq <= ?1", [seq])?;
    note(transaction, "records", seq, &checksum)?;
    remove_snapshots(transaction, seq)?;
    Ok(true)
}

/// A snapshot that no replay can begin with any more goes, since callers are in it. Which plan was in force is told on by
/// the first segment that has it.
fn remove_snapshots(transaction: &Transaction<'_>, removed: u64) -> rusqlite::Result<()> {
    transaction.execute(
        "DELETE FROM segments WHERE first_record <= ?1 AND snapshot <> ?2 AND plan =
             (SELECT plan FROM segments AS earlier WHERE earlier.id < segments.id ORDER BY id DESC LIMIT 1)",
        params![removed, store::EMPTY_SWITCH],
    )?;
    transaction.execute(
        "UPDATE segments SET snapshot = '' WHERE first_record <= ?1 AND snapshot <> ?2 AND snapshot <> ''",
        params![removed, store::EMPTY_SWITCH],
    )?;
    Ok(())
}

/// The facts of open calls always stay, however long they are open, and those of records that stay, which are replayed.
fn remove_facts(transaction: &Transaction<'_>, before_ms: i64) -> rusqlite::Result<bool> {
    let (removed, _) = store::removed(transaction, "records")?;
    let last = last_before(
        transaction,
        "SELECT seq, checksum, time_ms, record FROM facts
         WHERE seq < coalesce((SELECT value FROM meta WHERE key = 'open_calls_from'), 0) ORDER BY seq",
        before_ms,
        removed + 1,
    )?;
    let Some((seq, checksum)) = last else { return Ok(false) };
    let call: Option<i64> =
        transaction.query_row("SELECT max(call) FROM facts WHERE seq <= ?1", [seq], |row| row.get(0))?;
    let highest = call.max(schema::meta(transaction, HIGHEST_CALL_REMOVED)?);
    if let Some(highest) = highest {
        schema::set_meta(transaction, HIGHEST_CALL_REMOVED, highest)?;
    }
    transaction.execute("DELETE FROM facts WHERE seq <= ?1", [seq])?;
    note(transaction, "facts", seq, &checksum)?;
    Ok(true)
}

fn remove_dialogs(transaction: &Transaction<'_>, before_ms: i64) -> rusqlite::Result<bool> {
    let removed = transaction.execute(
        "DELETE FROM dialogs WHERE (call, leg) IN
             (SELECT call, leg FROM dialogs WHERE closed = 1 AND updated_ms < ?1 LIMIT ?2)",
        params![before_ms, RETENTION_ROWS_MAX],
    )?;
    Ok(removed > 0)
}

/// The last row of an unbroken run, from the first on, that is older and of a record before `end`; stamps never go back, so
/// nothing older follows.
fn last_before(
    transaction: &Transaction<'_>,
    oldest_first: &str,
    before_ms: i64,
    end: u64,
) -> rusqlite::Result<Option<(u64, String)>> {
    transaction
        .prepare_cached(&format!(
            "SELECT seq, checksum FROM ({oldest_first} LIMIT {RETENTION_ROWS_MAX})
             WHERE time_ms < ?1 AND record < ?2 ORDER BY seq DESC LIMIT 1"
        ))?
        .query_row(params![before_ms, end], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

fn note(transaction: &Transaction<'_>, chain: &str, seq: u64, checksum: &str) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT OR REPLACE INTO removed (chain, seq, checksum) VALUES (?1, ?2, ?3)",
        params![chain, seq, checksum],
    )?;
    Ok(())
}
