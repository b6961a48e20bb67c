//! What the writer writes: batches as rows, each transaction whole or not at all.

use std::path::{Path, PathBuf};

use acd_core::plan::Plan;
use acd_core::{Switch, Timestamp};
use acd_proto::{Subject, fact_kind, fact_subject, fact_to_json, input_kind, input_to_json, plan_to_json};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::chain::{Checksum, FactLink, RecordLink, SegmentLink, new_salt};
use super::error::{At, JournalError};
use super::open_calls::OpenCalls;
use super::queue::{Entry, Gap};
use super::{Batch, Record, dialogs, schema, snapshot};
use crate::limits::OPEN_CALLS_NOTE_EVERY;

/// The kind of a record that states how many are lost; no input has this name.
pub(super) const GAP_KIND: &str = "gap";

/// What a life begins with in place of a snapshot.
pub(super) const EMPTY_SWITCH: &str = "empty switch";

/// The note of where the oldest open call begins, in `meta`.
pub(super) const OPEN_CALLS_FROM: &str = "open_calls_from";

/// The connection that writes, and where both chains end.
pub(super) struct Store {
    connection: Connection,
    path: PathBuf,
    ends: Ends,
}

/// The last rows, as they are once the transaction has been committed.
#[derive(Clone)]
struct Ends {
    record: u64,
    record_checksum: Checksum,
    fact: u64,
    fact_checksum: Checksum,
    last_time: Option<Timestamp>,
    open_calls: OpenCalls,
    open_calls_noted: u64,
}

impl Store {
    /// Goes on where the file ends.
    pub(super) fn new(
        connection: Connection,
        dir: &Path,
        open_calls: OpenCalls,
    ) -> Result<Self, JournalError> {
        let path = schema::path(dir);
        let ends = Ends::read(&connection, open_calls).at(&path)?;
        Ok(Self { connection, path, ends })
    }

    /// Notes the beginning of a life.
    pub(super) fn begin_segment(&mut self, plan: &Plan, at: Timestamp) -> Result<(), JournalError> {
        let transaction = self.connection.transaction().at(&self.path)?;
        let mut ends = self.ends.clone();
        write_segment(&transaction, &mut ends, plan, at, EMPTY_SWITCH).at(&self.path)?;
        ends.note_open_calls(&transaction).at(&self.path)?;
        transaction.commit().at(&self.path)?;
        self.ends = ends;
        Ok(())
    }

    /// Notes where the oldest open call begins: what is before it may go when its time is over.
    pub(super) fn note_open_calls(&mut self) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        self.ends.note_open_calls(&transaction)?;
        transaction.commit()
    }

    /// Writes what waited in one transaction. After an error nothing of it is written, and it can be tried again.
    pub(super) fn write(&mut self, entries: &[Entry]) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        let mut ends = self.ends.clone();
        for entry in entries {
            match entry {
                Entry::Batch(_, batch) => write_batch(&transaction, &mut ends, batch)?,
                Entry::Gap(_, gap) => write_gap(&transaction, &mut ends, gap)?,
            }
        }
        if ends.fact - ends.open_calls_noted >= OPEN_CALLS_NOTE_EVERY {
            ends.note_open_calls(&transaction)?;
        }
        transaction.commit()?;
        self.ends = ends;
        Ok(())
    }

    /// The stamp of the last record: what the retention calls now.
    pub(super) const fn last_time(&self) -> Option<Timestamp> {
        self.ends.last_time
    }

    pub(super) fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Ends {
    fn read(connection: &Connection, open_calls: OpenCalls) -> rusqlite::Result<Self> {
        let last = |chain: &str| {
            connection
                .query_row(
                    &format!("SELECT seq, checksum FROM {chain} ORDER BY seq DESC LIMIT 1"),
                    [],
                    |row| Ok((row.get::<_, u64>(0)?, Checksum::stored(row.get(1)?))),
                )
                .optional()?
                .map_or_else(|| removed(connection, chain), Ok)
        };
        let (record, mut record_checksum) = last("records")?;
        let (fact, fact_checksum) = last("facts")?;
        // Lives without a record are links of their own.
        let segment = connection
            .query_row(
                "SELECT checksum FROM segments WHERE first_record > ?1 ORDER BY id DESC LIMIT 1",
                [record],
                |row| row.get(0).map(Checksum::stored),
            )
            .optional()?;
        if let Some(checksum) = segment {
            record_checksum = checksum;
        }
        let last_time = connection
            .query_row("SELECT time_ms FROM records WHERE seq = ?1", [record], |row| {
                row.get(0).map(Timestamp::from_millis)
            })
            .optional()?;
        Ok(Self {
            record,
            record_checksum,
            fact,
            fact_checksum,
            last_time,
            open_calls,
            open_calls_noted: fact,
        })
    }

    /// Notes where the oldest open call begins, so that a start need not read facts of years.
    fn note_open_calls(&mut self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        let from = self.open_calls.oldest_fact().unwrap_or(self.fact + 1);
        schema::set_meta(transaction, OPEN_CALLS_FROM, i64::try_from(from).unwrap_or(i64::MAX))?;
        self.open_calls_noted = self.fact;
        Ok(())
    }
}

/// The last row of a chain that the retention has removed; the beginning if it has removed none.
pub(super) fn removed(connection: &Connection, chain: &str) -> rusqlite::Result<(u64, Checksum)> {
    let found = connection
        .query_row("SELECT seq, checksum FROM removed WHERE chain = ?1", [chain], |row| {
            Ok((row.get(0)?, Checksum::stored(row.get(1)?)))
        })
        .optional()?;
    Ok(found.unwrap_or_else(|| (0, Checksum::genesis())))
}

fn write_batch(transaction: &Transaction<'_>, ends: &mut Ends, batch: &Batch) -> rusqlite::Result<()> {
    for record in &batch.records {
        write_record(transaction, ends, record)?;
    }
    for change in &batch.dialogs {
        dialogs::apply(transaction, change)?;
    }
    if let Some(switch) = &batch.snapshot {
        write_snapshot(transaction, ends, switch)?;
    }
    Ok(())
}

/// Begins a segment in the midst of a life.
fn write_snapshot(transaction: &Transaction<'_>, ends: &mut Ends, switch: &Switch) -> rusqlite::Result<()> {
    let Some(at) = ends.last_time else { return Ok(()) };
    match snapshot::write(switch) {
        Ok(state) => write_segment(transaction, ends, switch.plan(), at, &state),
        Err(error) => {
            tracing::error!(%error, "the switch could not be written down: replays go on from the snapshot before");
            Ok(())
        }
    }
}

fn write_segment(
    transaction: &Transaction<'_>,
    ends: &mut Ends,
    plan: &Plan,
    at: Timestamp,
    snapshot: &str,
) -> rusqlite::Result<()> {
    let plan = plan_to_json(plan);
    let id = transaction.query_row("SELECT coalesce(max(id), 0) + 1 FROM segments", [], |row| row.get(0))?;
    let link = SegmentLink {
        id,
        first_record: ends.record + 1,
        first_fact: ends.fact + 1,
        started_ms: at.as_millis(),
        core_version: acd_core::VERSION,
        plan: &plan,
        snapshot,
    };
    let checksum = link.after(&ends.record_checksum);
    transaction.execute(
        "INSERT INTO segments (id, first_record, first_fact, started_ms, core_version, plan, snapshot, checksum)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            id,
            link.first_record,
            link.first_fact,
            link.started_ms,
            link.core_version,
            link.plan,
            link.snapshot,
            checksum.as_str()
        ],
    )?;
    ends.record_checksum = checksum;
    Ok(())
}

fn write_record(transaction: &Transaction<'_>, ends: &mut Ends, record: &Record) -> rusqlite::Result<()> {
    let seq = ends.record + 1;
    let time_ms = record.time.as_millis();
    for fact in &record.facts {
        let fact_seq = ends.fact + 1;
        let json = fact_to_json(fact);
        let salt = new_salt().map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        let link = FactLink { seq: fact_seq, record: seq, time_ms, salt: Some(&salt), json: &json };
        let checksum = link.after(&ends.fact_checksum);
        let Subject { call, tenant, seat } = fact_subject(fact);
        transaction
            .prepare_cached(
                "INSERT INTO facts (seq, record, time_ms, fact, call, tenant, seat, json, salt, checksum)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                fact_seq,
                seq,
                time_ms,
                fact_kind(fact),
                call.map(|call| call.0),
                tenant.as_ref().map(|tenant| tenant.as_str()),
                seat.as_ref().map(|seat| seat.as_str()),
                json,
                salt,
                checksum.as_str()
            ])?;
        ends.open_calls.apply(fact_seq, record.time, fact);
        ends.fact = fact_seq;
        ends.fact_checksum = checksum;
    }
    write_record_row(transaction, ends, record.time, input_kind(&record.input), &input_to_json(&record.input))
}

fn write_gap(transaction: &Transaction<'_>, ends: &mut Ends, gap: &Gap) -> rusqlite::Result<()> {
    let input = serde_json::json!({
        "input": GAP_KIND,
        "records": gap.records,
        "facts": gap.facts,
        "from_time_ms": gap.from.as_millis(),
        "to_time_ms": gap.to.as_millis(),
    });
    write_record_row(transaction, ends, gap.to, GAP_KIND, &input.to_string())?;
    for change in gap.dialogs.values() {
        dialogs::apply(transaction, change)?;
    }
    Ok(())
}

fn write_record_row(
    transaction: &Transaction<'_>,
    ends: &mut Ends,
    time: Timestamp,
    kind: &str,
    input: &str,
) -> rusqlite::Result<()> {
    let link = RecordLink {
        seq: ends.record + 1,
        time_ms: time.as_millis(),
        kind,
        input,
        last_fact: ends.fact,
        facts: &ends.fact_checksum,
    };
    let checksum = link.after(&ends.record_checksum);
    transaction
        .prepare_cached(
            "INSERT INTO records (seq, time_ms, kind, input, last_fact, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![link.seq, link.time_ms, kind, input, link.last_fact, checksum.as_str()])?;
    ends.record = link.seq;
    ends.record_checksum = checksum;
    ends.last_time = Some(time);
    Ok(())
}
