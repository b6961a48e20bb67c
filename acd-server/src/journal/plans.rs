//! Which plan was in force when: what facts do not say and a report must know.

use std::path::Path;

use acd_core::plan::Plan;
use acd_core::{Input, Timestamp};
use acd_proto::{input_from_json, plan_from_json};
use rusqlite::{Connection, OptionalExtension, params};

use super::error::{At, JournalError};
use super::{schema, store};

/// A plan with the place of its beginning.
#[derive(Clone, PartialEq, Debug)]
pub struct PlanEntry {
    /// No fact before this one is under the plan.
    pub first_fact: u64,
    /// Whether a life of the switch begins with it; else it came into force in the midst of one.
    pub begins_life: bool,
    /// When.
    pub at: Timestamp,
    /// The plan; `None`: it was written by another version and cannot be read.
    pub plan: Option<Plan>,
}

/// What the journal knows beside its facts.
#[derive(Clone, PartialEq, Debug)]
pub struct PlanLog {
    /// The plans, oldest first. One that came in the midst of a life is known to the fact as long as inputs are kept, and
    /// from the next snapshot on after that.
    pub plans: Vec<PlanEntry>,
    /// The last instant that the journal knows; `None`: it has no record.
    pub last_record_time: Option<Timestamp>,
    /// When records were lost for want of a disk, as long as inputs are kept.
    pub losses: Vec<Timestamp>,
}

/// Reads the plans that count at or after an instant: from the life in which it lies. A switch may go on writing.
///
/// # Errors
/// If there is no journal, or it cannot be read.
pub fn plan_log(dir: &Path, from: Timestamp) -> Result<PlanLog, JournalError> {
    let connection = schema::open_for_reading(dir)?;
    let path = schema::path(dir);
    read(&connection, from).at(&path)
}

fn read(connection: &Connection, from: Timestamp) -> rusqlite::Result<PlanLog> {
    let last_record_time: Option<i64> = connection
        .query_row("SELECT time_ms FROM records ORDER BY seq DESC LIMIT 1", [], |row| row.get(0))
        .optional()?;
    // The life in which the instant lies, or the first one there is.
    let first_id: u64 = connection.query_row(
        "SELECT coalesce(
             (SELECT max(id) FROM segments WHERE started_ms <= ?1 AND snapshot = ?2),
             (SELECT min(id) FROM segments), 0)",
        params![from.as_millis(), store::EMPTY_SWITCH],
        |row| row.get(0),
    )?;
    let mut plans = segments(connection, first_id)?;
    plans.extend(changes(connection, first_id)?);
    plans.sort_by_key(|entry| (entry.first_fact, !entry.begins_life));
    // A snapshot in the midst of a life seldom has another plan than what came before it.
    plans.dedup_by(|later, earlier| !later.begins_life && later.plan == earlier.plan);
    let losses = connection
        .prepare("SELECT time_ms FROM records WHERE kind = ?1 AND time_ms >= ?2 ORDER BY seq")?
        .query_map(params![store::GAP_KIND, from.as_millis()], |row| row.get(0).map(Timestamp::from_millis))?
        .collect::<Result<_, _>>()?;
    Ok(PlanLog { plans, last_record_time: last_record_time.map(Timestamp::from_millis), losses })
}

fn segments(connection: &Connection, first_id: u64) -> rusqlite::Result<Vec<PlanEntry>> {
    connection
        .prepare("SELECT first_fact, started_ms, plan, snapshot FROM segments WHERE id >= ?1 ORDER BY id")?
        .query_map([first_id], |row| {
            let plan: String = row.get(2)?;
            let snapshot: String = row.get(3)?;
            Ok(PlanEntry {
                first_fact: row.get(0)?,
                begins_life: snapshot == store::EMPTY_SWITCH,
                at: Timestamp::from_millis(row.get(1)?),
                plan: plan_from_json(&plan).ok(),
            })
        })?
        .collect()
}

/// A record's facts follow those of the record before it.
fn changes(connection: &Connection, first_id: u64) -> rusqlite::Result<Vec<PlanEntry>> {
    connection
        .prepare(
            "SELECT coalesce((SELECT last_fact FROM records WHERE seq < it.seq ORDER BY seq DESC LIMIT 1), 0) + 1,
                 time_ms, input
             FROM records AS it
             WHERE kind = 'plan_applied'
                 AND seq >= (SELECT coalesce(min(first_record), 0) FROM segments WHERE id >= ?1)
             ORDER BY seq",
        )?
        .query_map([first_id], |row| {
            let input: String = row.get(2)?;
            let plan = match input_from_json(&input) {
                Ok(Input::PlanApplied { plan, .. }) => Some(*plan),
                Ok(_) | Err(_) => None,
            };
            let at = Timestamp::from_millis(row.get(1)?);
            Ok(PlanEntry { first_fact: row.get(0)?, begins_life: false, at, plan })
        })?
        .collect()
}
