//! Facts for those who follow the journal while a switch writes it: by sequence number, in pages.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use acd_core::{CallEvent, CallId, TenantId, Timestamp};
use acd_proto::fact_from_json;
use rusqlite::{Connection, OptionalExtension, params};

use super::error::{At, JournalError};
use super::{schema, store};
use crate::limits::FACT_READER_CALLS_MAX;

/// A fact as the journal keeps it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredFact {
    /// Its place: rises by one from fact to fact.
    pub seq: u64,
    /// The record that it belongs to.
    pub record: u64,
    /// Its record's stamp.
    pub time: Timestamp,
    /// What happened.
    pub fact: CallEvent,
}

/// What a reader finds after a sequence number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Page {
    /// The next facts without a gap, oldest first; empty if none has come yet.
    Facts(Vec<StoredFact>),
    /// What follows is no longer kept; facts go on at `first`.
    Removed {
        /// The first sequence number that is kept, or will be given.
        first: u64,
    },
}

/// A journal that is read by sequence number. It sees what is durable.
#[derive(Debug)]
pub struct FactReader {
    connection: Connection,
    path: PathBuf,
    /// Whose the last calls were: their facts name the call alone.
    tenants: BTreeMap<CallId, TenantId>,
}

impl FactReader {
    /// Opens the journal in the data folder `dir`; a switch may go on writing.
    ///
    /// # Errors
    /// If there is no journal, or it cannot be read.
    pub fn open(dir: &Path) -> Result<Self, JournalError> {
        let connection = schema::open_for_reading(dir)?;
        Ok(Self { connection, path: schema::path(dir), tenants: BTreeMap::new() })
    }

    /// The last sequence number that was given, 0 if none was.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub fn last(&self) -> Result<u64, JournalError> {
        let kept: Option<u64> =
            self.connection.query_row("SELECT max(seq) FROM facts", [], |row| row.get(0)).at(&self.path)?;
        kept.map_or_else(|| self.removed(), Ok)
    }

    /// The first sequence number that is kept, or will be given.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub fn first(&self) -> Result<u64, JournalError> {
        let kept: Option<u64> =
            self.connection.query_row("SELECT min(seq) FROM facts", [], |row| row.get(0)).at(&self.path)?;
        match kept {
            Some(first) => Ok(first),
            None => Ok(self.removed()? + 1),
        }
    }

    /// The checksum of a fact, by which another day knows that the journal up to it is the same; `None`: it is not kept.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub fn checksum(&self, seq: u64) -> Result<Option<String>, JournalError> {
        self.connection
            .query_row("SELECT checksum FROM facts WHERE seq = ?1", [seq], |row| row.get(0))
            .optional()
            .at(&self.path)
    }

    /// At most `max` facts after a sequence number. Destroyed ones are passed over (R-A14).
    ///
    /// # Errors
    /// If the journal cannot be read, or a fact in it cannot be understood.
    pub fn page(&self, after: u64, max: usize) -> Result<Page, JournalError> {
        let facts = self.rows(after, max)?;
        let next = after.saturating_add(1);
        match facts.first() {
            Some(first) if first.seq == next => Ok(Page::Facts(facts)),
            // What was destroyed of a client is passed over (R-A14).
            Some(_) if self.checksum(next)?.is_some() => Ok(Page::Facts(facts)),
            Some(first) => Ok(Page::Removed { first: first.seq }),
            None => {
                let first = self.removed()?.saturating_add(1);
                Ok(if first > next { Page::Removed { first } } else { Page::Facts(facts) })
            }
        }
    }

    /// The sequence number before the first fact at or after an instant. Stamps never go back, so a search by halves
    /// finds it without reading years of facts.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub fn before(&self, time: Timestamp) -> Result<u64, JournalError> {
        let (mut low, mut high) = (self.first()?, self.last()?.saturating_add(1));
        while low < high {
            let middle = low + (high - low) / 2;
            let stamp: Option<i64> = self
                .connection
                .query_row(
                    "SELECT time_ms FROM facts WHERE seq >= ?1 ORDER BY seq LIMIT 1",
                    [middle],
                    |row| row.get(0),
                )
                .optional()
                .at(&self.path)?;
            match stamp {
                Some(stamp) if stamp < time.as_millis() => low = middle + 1,
                Some(_) | None => high = middle,
            }
        }
        Ok(low.saturating_sub(1))
    }

    /// Whose a call is, by the first of its facts that says so.
    ///
    /// # Errors
    /// If the journal cannot be read, or a name in it is none.
    pub fn tenant_of(&mut self, call: CallId) -> Result<Option<TenantId>, JournalError> {
        if let Some(tenant) = self.tenants.get(&call) {
            return Ok(Some(*tenant));
        }
        let name: Option<String> = self
            .connection
            .prepare_cached(
                "SELECT tenant FROM facts WHERE call = ?1 AND tenant IS NOT NULL ORDER BY seq LIMIT 1",
            )
            .at(&self.path)?
            .query_row(params![call.0], |row| row.get(0))
            .optional()
            .at(&self.path)?;
        let Some(name) = name else { return Ok(None) };
        let tenant = TenantId::new(&name).map_err(|error| {
            JournalError::malformed(&self.path, format!("tenant of call {call}: {error}"))
        })?;
        self.tenants.insert(call, tenant);
        while self.tenants.len() > FACT_READER_CALLS_MAX {
            // Numbers rise: the lowest is the oldest.
            self.tenants.pop_first();
        }
        Ok(Some(tenant))
    }

    /// The first fact of a call: how it was admitted or refused, or that an agent began it. `None`: none is kept.
    ///
    /// # Errors
    /// If the journal cannot be read, or the fact cannot be understood.
    pub fn first_of(&self, call: CallId) -> Result<Option<CallEvent>, JournalError> {
        let json: Option<String> = self
            .connection
            .query_row(
                "SELECT json FROM facts WHERE call = ?1 ORDER BY seq LIMIT 1",
                params![call.0],
                |row| row.get(0),
            )
            .optional()
            .at(&self.path)?;
        json.map(|json| {
            fact_from_json(&json).map_err(|error| {
                JournalError::malformed(&self.path, format!("first fact of call {call}: {error}"))
            })
        })
        .transpose()
    }

    fn rows(&self, after: u64, max: usize) -> Result<Vec<StoredFact>, JournalError> {
        let mut statement = self
            .connection
            .prepare_cached(
                "SELECT seq, record, time_ms, json FROM facts
                 WHERE seq > ?1 AND fact <> 'destroyed' ORDER BY seq LIMIT ?2",
            )
            .at(&self.path)?;
        let limit = i64::try_from(max).unwrap_or(i64::MAX);
        let mut rows = statement.query(params![after, limit]).at(&self.path)?;
        let mut facts = Vec::new();
        while let Some(row) = rows.next().at(&self.path)? {
            let seq = row.get(0).at(&self.path)?;
            let json: String = row.get(3).at(&self.path)?;
            let fact = fact_from_json(&json)
                .map_err(|error| JournalError::malformed(&self.path, format!("fact {seq}: {error}")))?;
            facts.push(StoredFact {
                seq,
                record: row.get(1).at(&self.path)?,
                time: Timestamp::from_millis(row.get(2).at(&self.path)?),
                fact,
            });
        }
        Ok(facts)
    }

    /// The last sequence number that the retention has removed.
    fn removed(&self) -> Result<u64, JournalError> {
        store::removed(&self.connection, "facts").map(|(seq, _)| seq).at(&self.path)
    }
}
