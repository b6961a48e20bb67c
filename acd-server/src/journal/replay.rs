//! Feeds the journalled inputs to a switch: the same inputs must give the same facts (statement 4), and the switch that
//! the next snapshot states.

use std::io::Write;
use std::path::Path;

use acd_core::{CallEvent, Input, Switch, Timestamp};
use acd_proto::{fact_to_json, input_from_json, plan_from_json};
use rusqlite::Connection;

use super::error::{At, JournalError};
use super::findings::{Fault, Findings, SegmentReplay, Verdict};
use super::read::Format;
use super::store::{self, EMPTY_SWITCH, GAP_KIND};
use super::{schema, snapshot};

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
    /// What a snapshot says now.
    fn snapshot(&self) -> serde_json::Result<String>;
}

impl Machine for Switch {
    fn apply(&mut self, time: Timestamp, input: Input) -> Vec<CallEvent> {
        self.handle(time, input);
        while self.poll_effect().is_some() {}
        std::iter::from_fn(|| self.poll_event()).collect()
    }

    fn snapshot(&self) -> serde_json::Result<String> {
        snapshot::write(self)
    }
}

pub(super) fn replay_segments(
    connection: &Connection,
    path: &Path,
    findings: &mut Findings<'_>,
) -> Result<(), JournalError> {
    let machine = |switch| Box::new(switch) as Box<dyn Machine>;
    replay_with(connection, path, findings, &machine)
}

/// As [`replay_segments`], with a machine of the caller's making.
pub(super) fn replay_with(
    connection: &Connection,
    path: &Path,
    findings: &mut Findings<'_>,
    machine: &dyn Fn(Switch) -> Box<dyn Machine>,
) -> Result<(), JournalError> {
    let (removed, _) = store::removed(connection, "records").at(path)?;
    // The machine that has come to the end of the segment before.
    let mut arrived: Option<Box<dyn Machine>> = None;
    let mut replayable_from = None;
    for segment in segments(connection).at(path)? {
        let before = arrived.take();
        let (replayed, said) = if segment.first_record <= removed {
            (None, "not replayed: its beginning is past its retention".to_owned())
        } else if segment.core_version != acd_core::VERSION {
            let version = &segment.core_version;
            (None, format!("not replayed: it was made by core {version}, this is {}", acd_core::VERSION))
        } else {
            match segment.beginning() {
                Ok(switch) => {
                    let begins = (segment.first_record, Timestamp::from_millis(segment.started_ms));
                    replayable_from.get_or_insert(begins);
                    segment.compare(before.as_deref(), findings);
                    let replay = segment.replay(connection, path, findings, machine(switch))?;
                    arrived = replay.arrived;
                    (Some(replay.records), format!("{}{}", segment.origin(), replay.said))
                }
                Err(what) => {
                    findings.push(Fault::Unreadable { record: segment.first_record, what: what.clone() });
                    (None, format!("not replayed: {what}"))
                }
            }
        };
        let Segment { id, first_record, .. } = segment;
        findings.segment(SegmentReplay { id, first_record, replayed, said })?;
    }
    findings.replayable_from(replayable_from)
}

/// What has become of a segment's records.
struct Replay {
    /// How many gave the same facts.
    records: u64,
    said: String,
    /// The machine after the last record, if all gave the same facts.
    arrived: Option<Box<dyn Machine>>,
}

impl Replay {
    const fn stopped(records: u64, said: String) -> Self {
        Self { records, said, arrived: None }
    }
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
    /// The switch that the segment begins with, or what of it cannot be read.
    fn beginning(&self) -> Result<Switch, String> {
        if self.snapshot != EMPTY_SWITCH {
            return snapshot::read(&self.snapshot)
                .map_err(|error| format!("the snapshot of segment {} cannot be read: {error}", self.id));
        }
        plan_from_json(&self.plan)
            .map(|plan| Switch::new(plan, Timestamp::from_millis(self.started_ms)))
            .map_err(|error| format!("the plan of segment {} cannot be read: {error}", self.id))
    }

    fn origin(&self) -> &'static str {
        if self.snapshot == EMPTY_SWITCH { "" } else { "from a snapshot, " }
    }

    /// The snapshot must be what the inputs before it have led to.
    fn compare(&self, before: Option<&dyn Machine>, findings: &mut Findings<'_>) {
        if self.snapshot == EMPTY_SWITCH {
            return;
        }
        let Some(before) = before else { return };
        if before.snapshot().ok().as_ref() != Some(&self.snapshot) {
            findings.push(Fault::SnapshotDiffers { segment: self.id, record: self.first_record - 1 });
        }
    }

    /// Replays up to the first difference.
    fn replay(
        &self,
        connection: &Connection,
        path: &Path,
        findings: &mut Findings<'_>,
        mut machine: Box<dyn Machine>,
    ) -> Result<Replay, JournalError> {
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
                return Ok(Replay::stopped(replayed, said));
            }
            let input = match input_from_json(&json) {
                Ok(input) => input,
                Err(error) => {
                    findings.push(Fault::Unreadable { record: seq, what: error.to_string() });
                    let said = format!("{replayed} records replayed, up to record {seq}");
                    return Ok(Replay::stopped(replayed, said));
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
                return Ok(Replay::stopped(replayed, said));
            }
            last_fact = facts_to;
            replayed += 1;
        }
        let said = format!("{replayed} records replayed, the facts are equal");
        Ok(Replay { records: replayed, said, arrived: Some(machine) })
    }
}
