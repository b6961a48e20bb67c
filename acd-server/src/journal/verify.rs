//! Checks a journal: that no row is missing or changed, and that the same inputs still give the same facts.

use std::io::Write;
use std::path::{Path, PathBuf};

use acd_proto::{Subject, fact_from_json, fact_kind, fact_subject};
use rusqlite::{Connection, Row};

use super::chain::{Checksum, FactLink, RecordLink, SegmentLink};
use super::destroy::{DESTROYED, Destruction, tombstone};
use super::error::{At, JournalError};
use super::findings::{Chains, Fault, Findings, Verdict};
use super::read::Format;
use super::store::{self, GAP_KIND};
use super::{destroy, replay, schema};

/// Checks the sequence, the checksums and the columns, then replays; tells `out` what was looked at and what is wrong, as
/// JSON in one object: `verdict` (`clean` or `faults`), `faults`, `segments`, `records`, `facts`,
/// `begins_past_retention` and `chain_end`. A switch may go on writing meanwhile.
///
/// # Errors
/// If there is no journal, it cannot be read, or `out` cannot be written.
pub fn verify(dir: &Path, format: Format, out: &mut dyn Write) -> Result<Verdict, JournalError> {
    let mut connection = schema::open_for_reading(dir)?;
    let path = schema::path(dir);
    // One state of the file for the whole check, whatever is written meanwhile.
    let transaction = connection.transaction().at(&path)?;
    let destructions = destroy::stated(&transaction).at(&path)?;
    let mut check = Check {
        connection: &transaction,
        path: path.clone(),
        findings: Findings::new(format, out),
        tombstones: destructions.iter().map(|it| (it.clone(), 0)).collect(),
        first_record: 0,
    };
    let looked_at = check.chains()?;
    let mut findings = check.findings;
    findings.chains(looked_at)?;
    findings.destructions(destructions)?;
    replay::replay_segments(&transaction, &path, &mut findings)?;
    findings.finish()
}

struct Check<'a> {
    connection: &'a Connection,
    path: PathBuf,
    findings: Findings<'a>,
    /// The stated destructions, each with the rows that were found of it.
    tombstones: Vec<(Destruction, u64)>,
    /// The first record that is kept.
    first_record: u64,
}

/// Where a chain is.
struct Position {
    seq: u64,
    checksum: Checksum,
    /// Rows are missing before the next one, whose checksum so cannot be judged.
    broken: bool,
}

impl Position {
    fn after((seq, checksum): (u64, Checksum)) -> Self {
        Self { seq, checksum, broken: false }
    }

    /// Goes on to a row: whether it fits.
    fn step(&mut self, seq: u64, stored: Checksum, computed: &Checksum) -> bool {
        let fits = self.broken || stored == *computed;
        *self = Self { seq, checksum: stored, broken: false };
        fits
    }
}

impl Check<'_> {
    fn chains(&mut self) -> Result<Chains, JournalError> {
        let records_removed = store::removed(self.connection, "records").at(&self.path)?;
        let facts_removed = store::removed(self.connection, "facts").at(&self.path)?;
        let (first_record, first_fact) = (records_removed.0 + 1, facts_removed.0 + 1);
        self.first_record = first_record;
        let mut records = Position::after(records_removed);
        let mut facts = Position::after(facts_removed);

        let connection = self.connection;
        let mut fact_statement = connection
            .prepare("SELECT seq, record, time_ms, fact, call, tenant, seat, json, checksum, salt FROM facts ORDER BY seq")
            .at(&self.path)?;
        let mut fact_rows = fact_statement.query([]).at(&self.path)?;
        let mut next_fact = fact_rows.next().at(&self.path)?.map(FactRow::read).transpose().at(&self.path)?;
        let mut segments = self.segments(first_record)?.into_iter().peekable();
        let mut statement = connection
            .prepare("SELECT seq, time_ms, kind, input, last_fact, checksum FROM records ORDER BY seq")
            .at(&self.path)?;
        let mut rows = statement.query([]).at(&self.path)?;
        while let Some(row) = rows.next().at(&self.path)? {
            let record = RecordRow::read(row).at(&self.path)?;
            while let Some(segment) = segments.next_if(|segment| segment.first_record <= record.seq) {
                self.segment(&segment, &mut records);
            }
            while let Some(fact) = next_fact.take_if(|fact| fact.seq <= record.last_fact) {
                self.fact(&fact, &record, &mut facts);
                next_fact = fact_rows.next().at(&self.path)?.map(FactRow::read).transpose().at(&self.path)?;
            }
            if facts.seq < record.last_fact {
                self.missing("fact", facts.seq + 1, record.last_fact);
                facts = Position { seq: record.last_fact, checksum: facts.checksum, broken: true };
            }
            self.record(&record, &mut records, &facts);
        }
        for segment in segments {
            self.segment(&segment, &mut records);
        }
        // Facts without a record: the record that stood here is gone.
        if let Some(fact) = next_fact {
            self.missing("record", records.seq + 1, fact.record);
        }
        self.destructions(first_fact == 1);
        Ok(Chains {
            records: (first_record, records.seq),
            facts: (first_fact, facts.seq),
            end: records.checksum.as_str().to_owned(),
        })
    }

    fn record(&mut self, row: &RecordRow, records: &mut Position, facts: &Position) {
        if row.seq > records.seq + 1 {
            self.missing("record", records.seq + 1, row.seq - 1);
            records.broken = true;
        }
        let link = RecordLink {
            seq: row.seq,
            time_ms: row.time_ms,
            kind: &row.kind,
            input: &row.input,
            last_fact: row.last_fact,
            facts: &facts.checksum,
        };
        let computed = link.after(&records.checksum);
        // Where facts are missing, their checksum is too: that they are missing has been said.
        if !records.step(row.seq, row.checksum.clone(), &computed) && !facts.broken {
            self.findings.push(Fault::Changed { row: "record", seq: row.seq });
        }
        if row.kind == GAP_KIND {
            self.findings.push(Fault::Lost { record: row.seq, what: row.input.clone() });
        }
    }

    fn fact(&mut self, row: &FactRow, record: &RecordRow, facts: &mut Position) {
        if row.seq > facts.seq + 1 {
            self.missing("fact", facts.seq + 1, row.seq - 1);
            facts.broken = true;
        }
        if row.fact == DESTROYED {
            // Its content is gone; its checksum stands, and what follows is held to it.
            *facts = Position { seq: row.seq, checksum: row.checksum.clone(), broken: false };
            self.destroyed(row);
            return;
        }
        let (salt, json) = (row.salt.as_deref(), row.json.as_str());
        let link = FactLink { seq: row.seq, record: row.record, time_ms: row.time_ms, salt, json };
        let computed = link.after(&facts.checksum);
        if !facts.step(row.seq, row.checksum.clone(), &computed) {
            self.findings.push(Fault::Changed { row: "fact", seq: row.seq });
        }
        if let Err(what) = row.columns(record) {
            self.findings.push(Fault::ColumnsDiffer { fact: row.seq, what });
        }
    }

    /// A row without content must be one of a stated destruction, and of a record that is gone.
    fn destroyed(&mut self, row: &FactRow) {
        let found = self.tombstones.iter_mut().find(|(it, _)| tombstone(it.id) == row.json);
        match found {
            Some((_, rows)) if row.record < self.first_record => *rows += 1,
            Some(_) | None => self.findings.push(Fault::DestructionUnstated { fact: row.seq }),
        }
    }

    /// What the destructions state must be what is gone; those past the retention have fewer rows left.
    fn destructions(&mut self, begins_at_first: bool) {
        for (it, rows) in std::mem::take(&mut self.tombstones) {
            let stated = it.extent.facts;
            if rows > stated || (begins_at_first && rows < stated) {
                self.findings.push(Fault::DestructionDiffers { destruction: it.id, stated, found: rows });
            }
        }
    }

    fn segment(&mut self, segment: &SegmentRow, records: &mut Position) {
        let SegmentRow { id, first_record, first_fact, started_ms, core_version, plan, snapshot, checksum } =
            segment;
        if *first_record > records.seq + 1 {
            self.missing("record", records.seq + 1, first_record - 1);
            records.broken = true;
        }
        let link = SegmentLink {
            id: *id,
            first_record: *first_record,
            first_fact: *first_fact,
            started_ms: *started_ms,
            core_version,
            plan,
            snapshot,
        };
        let computed = link.after(&records.checksum);
        if !records.step(first_record - 1, checksum.clone(), &computed) {
            self.findings.push(Fault::Changed { row: "segment", seq: *id });
        }
    }

    fn missing(&mut self, row: &'static str, from: u64, to: u64) {
        self.findings.push(Fault::Missing { row, from, to });
    }

    fn segments(&self, first_record: u64) -> Result<Vec<SegmentRow>, JournalError> {
        self.connection
            .prepare(
                "SELECT id, first_record, first_fact, started_ms, core_version, plan, snapshot, checksum FROM segments
                 WHERE first_record >= ?1 ORDER BY id",
            )
            .and_then(|mut statement| statement.query_map([first_record], SegmentRow::read)?.collect())
            .at(&self.path)
    }
}

struct RecordRow {
    seq: u64,
    time_ms: i64,
    kind: String,
    input: String,
    last_fact: u64,
    checksum: Checksum,
}

impl RecordRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: row.get(0)?,
            time_ms: row.get(1)?,
            kind: row.get(2)?,
            input: row.get(3)?,
            last_fact: row.get(4)?,
            checksum: Checksum::stored(row.get(5)?),
        })
    }
}

struct FactRow {
    seq: u64,
    record: u64,
    time_ms: i64,
    fact: String,
    call: Option<u64>,
    tenant: Option<String>,
    seat: Option<String>,
    json: String,
    checksum: Checksum,
    salt: Option<String>,
}

impl FactRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: row.get(0)?,
            record: row.get(1)?,
            time_ms: row.get(2)?,
            fact: row.get(3)?,
            call: row.get(4)?,
            tenant: row.get(5)?,
            seat: row.get(6)?,
            json: row.get(7)?,
            checksum: Checksum::stored(row.get(8)?),
            salt: row.get(9)?,
        })
    }

    /// The columns by which a person searches must say what the JSON says, which the checksum covers.
    fn columns(&self, record: &RecordRow) -> Result<(), String> {
        let fact = fact_from_json(&self.json).map_err(|error| format!("its JSON cannot be read: {error}"))?;
        let Subject { call, tenant, seat } = fact_subject(&fact);
        let differs = |column: &str| Err(format!("its column '{column}' differs from its JSON"));
        if self.fact != fact_kind(&fact) {
            return differs("fact");
        }
        if self.call != call.map(|call| call.0) {
            return differs("call");
        }
        if self.tenant.as_deref() != tenant.as_ref().map(|tenant| tenant.as_str()) {
            return differs("tenant");
        }
        if self.seat.as_deref() != seat.as_ref().map(|seat| seat.as_str()) {
            return differs("seat");
        }
        // A record before this one may have been removed by the retention, so only a later one is wrong.
        if self.record > record.seq {
            return Err(format!("it names record {} but stands before record {}", self.record, record.seq));
        }
        Ok(())
    }
}

struct SegmentRow {
    id: u64,
    first_record: u64,
    first_fact: u64,
    started_ms: i64,
    core_version: String,
    plan: String,
    snapshot: String,
    checksum: Checksum,
}

impl SegmentRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            first_record: row.get(1)?,
            first_fact: row.get(2)?,
            started_ms: row.get(3)?,
            core_version: row.get(4)?,
            plan: row.get(5)?,
            snapshot: row.get(6)?,
            checksum: Checksum::stored(row.get(7)?),
        })
    }
}
