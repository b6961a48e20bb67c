//! What the life before left: read once, when a journal is opened.

use std::collections::BTreeMap;
use std::path::Path;

use acd_core::{
    CallEvent, CallId, CommandSource, GuidanceCommandResult, Input, OpenCall, PromptId, RequestId, TenantId,
    Timestamp,
};
use acd_proto::fact_from_json;
use rusqlite::{Connection, OptionalExtension, params};

use super::dialogs::{self, DialogRow};
use super::error::{At, JournalError};
use super::open_calls::OpenCalls;
use super::retention::HIGHEST_CALL_REMOVED;
use super::{schema, store};
use crate::limits::CLEAN_END_RECORDS_MAX;

/// The state in which the journal was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PreviousLife {
    /// The last record; 0 if there is none.
    pub last_seq: u64,
    /// The first call number that was never used.
    pub next_call_id: CallId,
    /// The last record's stamp: the clock of this life must not start before it.
    pub last_record_time: Option<Timestamp>,
    /// Whether the life before said that it ended; true if there was none.
    pub ended_clean: bool,
    /// Calls that were open when it ended.
    pub open_calls: Vec<OpenCall>,
    /// SIP dialogs that were open when it ended.
    pub open_dialogs: Vec<DialogRow>,
    /// The emergency guidance that was in force when it ended (R-G4).
    pub emergency_guidance: BTreeMap<TenantId, PromptId>,
}

impl PreviousLife {
    /// Since when the switch was not there, if its life before did not end clean (R-L9).
    pub const fn down_since(&self) -> Option<Timestamp> {
        if self.ended_clean { None } else { self.last_record_time }
    }

    /// What puts the emergency guidance in force again that was so when the life before ended (R-G4): a restart in the
    /// midst of a disaster must not bring the usual guidance back. Of a prompt that the plan has no more nothing can be
    /// heard, so the usual guidance plays in its place, and that is told.
    pub fn guidance_commands(&self, is_prompt: impl Fn(PromptId) -> bool) -> Vec<Input> {
        let mut commands = Vec::new();
        for (&tenant, &prompt) in &self.emergency_guidance {
            if !is_prompt(prompt) {
                tracing::warn!(
                    %tenant, %prompt,
                    "emergency guidance was in force, but the plan has no such prompt any more: the usual guidance \
                     plays; add [prompts.NAME], reload, and command it again"
                );
                continue;
            }
            tracing::info!(%tenant, %prompt, "emergency guidance is in force as it was before the restart");
            commands.push(Input::GuidanceCommanded {
                tenant,
                prompt: Some(prompt),
                source: CommandSource::LifeBefore,
                // Nobody waits for the answer: no interface is open yet.
                request: RequestId(0),
            });
        }
        commands
    }
}

/// Reads it, with the fold over facts that the writer goes on with.
pub(super) fn read(
    connection: &mut Connection,
    dir: &Path,
) -> Result<(PreviousLife, OpenCalls), JournalError> {
    let path = schema::path(dir);
    let open_calls = read_open_calls(connection, &path)?;
    let last: Option<(u64, i64)> = connection
        .query_row("SELECT seq, time_ms FROM records ORDER BY seq DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()
        .at(&path)?;
    let highest_call: Option<u64> = connection
        .query_row(
            "SELECT max(call) FROM (
                 SELECT max(call) AS call FROM facts WHERE call IS NOT NULL
                 UNION ALL SELECT max(call) FROM dialogs
                 UNION ALL SELECT value FROM meta WHERE key = ?1)",
            [HIGHEST_CALL_REMOVED],
            |row| row.get(0),
        )
        .at(&path)?;
    let previous = PreviousLife {
        last_seq: last.map_or(0, |(seq, _)| seq),
        next_call_id: CallId(highest_call.map_or(1, |call| call.saturating_add(1))),
        last_record_time: last.map(|(_, time_ms)| Timestamp::from_millis(time_ms)),
        ended_clean: last.is_none() || ended_clean(connection).at(&path)?,
        open_calls: open_calls.calls().cloned().collect(),
        open_dialogs: dialogs::open(connection).at(&path)?,
        emergency_guidance: read_guidance(connection, &path)?,
    };
    Ok((previous, open_calls))
}

fn ended_clean(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row(
        "SELECT EXISTS (
             SELECT 1 FROM (SELECT seq, kind FROM records ORDER BY seq DESC LIMIT ?1)
             WHERE kind = 'node_stopped' AND seq >= (
                 SELECT coalesce(max(first_record), 0) FROM segments WHERE snapshot = ?2))",
        params![CLEAN_END_RECORDS_MAX, store::EMPTY_SWITCH],
        |row| row.get(0),
    )
}

fn read_open_calls(connection: &Connection, path: &Path) -> Result<OpenCalls, JournalError> {
    let from = schema::meta(connection, store::OPEN_CALLS_FROM).at(path)?.unwrap_or(0);
    let mut open_calls = OpenCalls::default();
    let mut statement = connection
        .prepare("SELECT seq, time_ms, json FROM facts WHERE seq >= ?1 AND fact <> 'destroyed' ORDER BY seq")
        .at(path)?;
    let mut rows = statement.query([from]).at(path)?;
    while let Some(row) = rows.next().at(path)? {
        let seq: u64 = row.get(0).at(path)?;
        let time = Timestamp::from_millis(row.get(1).at(path)?);
        let json: String = row.get(2).at(path)?;
        let fact = fact_from_json(&json)
            .map_err(|error| JournalError::malformed(path, format!("fact {seq}: {error}")))?;
        open_calls.apply(seq, time, &fact);
    }
    Ok(open_calls)
}

/// What the last commands of each tenant left in force, in this life or any before it.
fn read_guidance(connection: &Connection, path: &Path) -> Result<BTreeMap<TenantId, PromptId>, JournalError> {
    let mut in_force = BTreeMap::new();
    let mut statement = connection
        .prepare("SELECT seq, json FROM facts WHERE fact = 'guidance_commanded' ORDER BY seq")
        .at(path)?;
    let mut rows = statement.query([]).at(path)?;
    while let Some(row) = rows.next().at(path)? {
        let seq: u64 = row.get(0).at(path)?;
        let json: String = row.get(1).at(path)?;
        let fact = fact_from_json(&json)
            .map_err(|error| JournalError::malformed(path, format!("fact {seq}: {error}")))?;
        let CallEvent::GuidanceCommanded { tenant, prompt, result: GuidanceCommandResult::Done, source: _ } =
            fact
        else {
            continue;
        };
        match prompt {
            Some(prompt) => in_force.insert(tenant, prompt),
            None => in_force.remove(&tenant),
        };
    }
    Ok(in_force)
}
