//! Feeds the journalled inputs to a fresh switch: the same inputs must give the same facts (statement 4).

use std::io::Write;
use std::path::Path;

use acd_core::plan::Plan;
use acd_core::{CallEvent, Input, Switch, Timestamp};
use acd_proto::{fact_to_json, input_from_json, plan_from_json};
use rusqlite::Connection;

use super::error::{At, JournalError};
use super::findings::{Fault, Findings, SegmentReplay, Verdict};
use super::read::Format;
use super::schema;
use super::store::{self, EMPTY_SWITCH, GAP_KIND};

/// Replays every segment that can be and compares fact by fact; tells `out` which were replayed and which were not, and
/// why, then the first record of each that differs; as JSON in one object: `verdict` (`clean` or `faults`), `faults` and
/// `segments`.
///
/// # Errors
/// If there is no journal, it cannot be read, or `out` cannot be written.
pub fn replay(dir: &Path, format: Format, out: &mut dyn Write) -> Result<Verdict, JournalError> {
    let mut connection = schema::open_for_reading(dir)?;
    let path = schema::path(dir);
    let transaction = connection.transaction().at(&path)?;
    let mut findings = Findings::new(format, out);
    replay_segments(&transaction, &path, &mut findings)?;
    findings.finish()
}

/// What takes inputs and gives facts: the core, or a test's likeness of it.
pub(super) trait Machine {
    /// One input, and all facts that come of it.
    fn apply(&mut self, time: Timestamp, input: Input) -> Vec<CallEvent>;
}

impl Machine for Switch {
    fn apply(&mut self, time: Timestamp, input: Input) -> Vec<CallEvent> {
        self.handle(time, input);
        while self.poll_effect().is_some() {}
        std::iter::from_fn(|| self.poll_event()).collect()
    }
}

pub(super) fn replay_segments(
    connection: &Connection,
    path: &Path,
    findings: &mut Findings<'_>,
) -> Result<(), JournalError> {
    let machine = |plan, at| Box::new(Switch::new(plan, at)) as Box<dyn Machine>;
    replay_with(connection, path, findings, &machine)
}

/// As [`replay_segments`], with a switch of the caller's making.
pub(super) fn replay_with(
    connection: &Connection,
    path: &Path,
    findings: &mut Findings<'_>,
    machine: &dyn Fn(Plan, Timestamp) -> Box<dyn Machine>,
) -> Result<(), JournalError> {
    let (removed, _) = store::removed(connection, "records").at(path)?;
    for segment in segments(connection).at(path)? {
        let (replayed, said) = if segment.first_record <= removed {
            (None, "not replayed: its beginning is past its retention".to_owned())
        } else if segment.core_version != acd_core::VERSION {
            let version = &segment.core_version;
            (None, format!("not replayed: it was made by core {version}, this is {}", acd_core::VERSION))
        } else if segment.snapshot != EMPTY_SWITCH {
            (
                None,
                format!(
                    "not replayed: it begins with '{}', which this version cannot load",
                    segment.snapshot
                ),
            )
        } else {
            segment.replay(connection, path, findings, machine)?
        };
        let Segment { id, first_record, .. } = segment;
        findings.segment(SegmentReplay { id, first_record, replayed, said })?;
    }
    Ok(())
}

struct Segment {
    id: u64,
    first_record: u64,
    /// The first record of the next segment.
    end: u64,
    first_fact: u64,
    started_ms: i64,
    core_version: String,
    plan: String,
    snapshot: String,
}

fn segments(connection: &Connection) -> rusqlite::Result<Vec<Segment>> {
    connection
        .prepare(
            "SELECT id, first_record, lead(first_record, 1, ?1) OVER (ORDER BY id), first_fact, started_ms,
                 core_version, plan, snapshot
             FROM segments ORDER BY id",
        )?
        .query_map([i64::MAX], |row| {
            Ok(Segment {
                id: row.get(0)?,
                first_record: row.get(1)?,
                end: row.get(2)?,
                first_fact: row.get(3)?,
                started_ms: row.get(4)?,
                core_version: row.get(5)?,
                plan: row.get(6)?,
                snapshot: row.get(7)?,
            })
        })?
        .collect()
}

impl Segment {
    /// Replays up to the first difference: how many records, and what there is to say of it.
    fn replay(
        &self,
        connection: &Connection,
        path: &Path,
        findings: &mut Findings<'_>,
        machine: &dyn Fn(Plan, Timestamp) -> Box<dyn Machine>,
    ) -> Result<(Option<u64>, String), JournalError> {
        let plan = match plan_from_json(&self.plan) {
            Ok(plan) => plan,
            Err(error) => {
                let what = format!("the plan of segment {} cannot be read: {error}", self.id);
                findings.push(Fault::Unreadable { record: self.first_record, what });
                return Ok((None, "not replayed: its plan cannot be read".to_owned()));
            }
        };
        let mut machine = machine(plan, Timestamp::from_millis(self.started_ms));
        let mut facts_of = connection
            .prepare("SELECT json FROM facts WHERE seq > ?1 AND seq <= ?2 ORDER BY seq")
            .at(path)?;
        let mut records = connection
            .prepare(
                "SELECT seq, time_ms, kind, input, last_fact FROM records WHERE seq >= ?1 AND seq < ?2 ORDER BY seq",
            )
            .at(path)?;
        let mut last_fact = self.first_fact.saturating_sub(1);
        let mut rows = records.query([self.first_record, self.end]).at(path)?;
        let mut replayed = 0_u64;
        while let Some(row) = rows.next().at(path)? {
            let seq: u64 = row.get(0).at(path)?;
            let time = Timestamp::from_millis(row.get(1).at(path)?);
            let kind: String = row.get(2).at(path)?;
            let json: String = row.get(3).at(path)?;
            let facts_to: u64 = row.get(4).at(path)?;
            if kind == GAP_KIND {
                let said =
                    format!("{replayed} records replayed, up to the lost ones that record {seq} states");
                return Ok((Some(replayed), said));
            }
            let input = match input_from_json(&json) {
                Ok(input) => input,
                Err(error) => {
                    findings.push(Fault::Unreadable { record: seq, what: error.to_string() });
                    let said = format!("{replayed} records replayed, up to record {seq}");
                    return Ok((Some(replayed), said));
                }
            };
            let journalled: Vec<String> = facts_of
                .query_map([last_fact, facts_to], |row| row.get(0))
                .and_then(Iterator::collect)
                .at(path)?;
            let found: Vec<String> = machine.apply(time, input).iter().map(fact_to_json).collect();
            if journalled != found {
                findings.push(Fault::ReplayDiffers { record: seq, input: json, journalled, replayed: found });
                let said = format!("{replayed} records replayed, up to record {seq}, which differs");
                return Ok((Some(replayed), said));
            }
            last_fact = facts_to;
            replayed += 1;
        }
        Ok((Some(replayed), format!("{replayed} records replayed, the facts are equal")))
    }
}
