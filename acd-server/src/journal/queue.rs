//! Between the loop and the writer: what waits, bounded, and what has been written.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acd_core::{LegId, Timestamp};

use super::dialogs::DialogChange;
use super::{Batch, BatchId};
use crate::limits::{JOURNAL_COMMIT_RECORDS_MAX, JOURNAL_GATHER, JOURNAL_QUEUE_RECORDS_MAX};

/// Whether the writer can write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JournalState {
    /// The last commit went well.
    Healthy,
    /// The last commit failed (disk full, I/O error); what waits is kept and tried again.
    Degraded,
}

/// Figures of the writer since its start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct JournalMetrics {
    /// Whether it can write.
    pub state: JournalState,
    /// Commits that went well.
    pub commits: u64,
    /// Commits that failed.
    pub failures: u64,
    /// Records written.
    pub records: u64,
    /// Records that wait.
    pub queued_records: usize,
    /// Records lost since the queue was full; the journal states them as a gap.
    pub lost_records: u64,
    /// How long all commits that went well took together.
    pub commit_time: Duration,
    /// How long the last commit took.
    pub last_commit: Duration,
    /// How long the slowest commit took.
    pub max_commit: Duration,
}

/// What waits.
#[derive(Debug)]
pub(super) enum Entry {
    /// A batch as the loop gave it.
    Batch(BatchId, Batch),
    /// Batches up to the id that found no room.
    Gap(BatchId, Gap),
}

/// When a batch is to be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Urgency {
    /// Effects wait for it.
    AtOnce,
    /// Nothing waits for it: it may be gathered with what comes next, for [`JOURNAL_GATHER`] at most.
    Soon,
}

/// Records that are lost.
#[derive(Debug)]
pub(super) struct Gap {
    pub(super) records: u64,
    pub(super) facts: u64,
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    /// The last change of each dialog is kept: they are as many as there are legs, and a restart needs them.
    pub(super) dialogs: BTreeMap<LegId, DialogChange>,
}

impl Entry {
    const fn id(&self) -> BatchId {
        match self {
            Self::Batch(id, _) | Self::Gap(id, _) => *id,
        }
    }

    /// Rows of `records` that it will be.
    const fn records(&self) -> usize {
        match self {
            Self::Batch(_, batch) => batch.records.len(),
            Self::Gap(..) => 1,
        }
    }
}

/// The queue and the writer's reports.
#[derive(Debug)]
pub(super) struct Queue {
    inner: Mutex<Inner>,
    changed: Condvar,
    records_max: usize,
    durable: AtomicU64,
    state: AtomicU8,
    commits: AtomicU64,
    failures: AtomicU64,
    records: AtomicU64,
    lost_records: AtomicU64,
    commit_time_us: AtomicU64,
    last_commit_us: AtomicU64,
    max_commit_us: AtomicU64,
}

#[derive(Debug, Default)]
struct Inner {
    entries: VecDeque<Entry>,
    /// Records in `entries` and with the writer.
    waiting_records: usize,
    last_id: BatchId,
    /// Of the entries, one at least is to be written at once.
    urgent: bool,
    closed: bool,
}

impl Queue {
    pub(super) fn new() -> Self {
        Self::with_records_max(JOURNAL_QUEUE_RECORDS_MAX)
    }

    pub(super) fn with_records_max(records_max: usize) -> Self {
        Self {
            inner: Mutex::default(),
            changed: Condvar::new(),
            records_max,
            durable: AtomicU64::new(0),
            state: AtomicU8::new(0),
            commits: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            records: AtomicU64::new(0),
            lost_records: AtomicU64::new(0),
            commit_time_us: AtomicU64::new(0),
            last_commit_us: AtomicU64::new(0),
            max_commit_us: AtomicU64::new(0),
        }
    }

    pub(super) fn append(&self, batch: Batch, urgency: Urgency) -> BatchId {
        let mut inner = self.lock();
        let was_empty = inner.entries.is_empty();
        inner.urgent |= urgency == Urgency::AtOnce;
        inner.last_id = BatchId(inner.last_id.0 + 1);
        let id = inner.last_id;
        let has_room = inner.waiting_records + batch.records.len() <= self.records_max;
        if has_room {
            inner.waiting_records += batch.records.len();
            inner.entries.push_back(Entry::Batch(id, batch));
        } else {
            self.lose(&mut inner, id, batch);
        }
        drop(inner);
        // A writer that gathers already has been told, and waits for its time or for something urgent.
        if was_empty || urgency == Urgency::AtOnce {
            self.changed.notify_one();
        }
        id
    }

    fn lose(&self, inner: &mut Inner, id: BatchId, batch: Batch) {
        let (Some(first), Some(last)) = (batch.records.first(), batch.records.last()) else {
            // Dialogs alone take no room.
            inner.entries.push_back(Entry::Batch(id, batch));
            return;
        };
        let records = batch.records.len() as u64;
        self.lost_records.fetch_add(records, Ordering::Relaxed);
        let facts = batch.records.iter().map(|record| record.facts.len() as u64).sum::<u64>();
        let dialogs = batch.dialogs.into_iter().map(|change| (change.leg(), change));
        if let Some(Entry::Gap(last_id, gap)) = inner.entries.back_mut() {
            *last_id = id;
            gap.records += records;
            gap.facts += facts;
            gap.to = last.time;
            gap.dialogs.extend(dialogs);
        } else {
            tracing::error!("the journal's queue is full and records are being lost; free the disk at once");
            let (from, to) = (first.time, last.time);
            inner.waiting_records += 1;
            inner
                .entries
                .push_back(Entry::Gap(id, Gap { records, facts, from, to, dialogs: dialogs.collect() }));
        }
    }

    /// Waits for entries, gathers those that nothing waits for, and takes up to a commit's worth; `None` once closed and
    /// empty.
    pub(super) fn take(&self) -> Option<Vec<Entry>> {
        let inner = self
            .changed
            .wait_while(self.lock(), |inner| inner.entries.is_empty() && !inner.closed)
            .unwrap_or_else(PoisonError::into_inner);
        let (mut inner, _) = self
            .changed
            .wait_timeout_while(inner, JOURNAL_GATHER, |inner| !inner.urgent && !inner.closed)
            .unwrap_or_else(PoisonError::into_inner);
        let mut records = 0;
        let mut taken = Vec::new();
        while let Some(entry) = inner.entries.pop_front() {
            records += entry.records();
            taken.push(entry);
            if records >= JOURNAL_COMMIT_RECORDS_MAX {
                break;
            }
        }
        if inner.entries.is_empty() {
            inner.urgent = false;
        }
        (!taken.is_empty()).then_some(taken)
    }

    /// Waits at most `patience`, less if the queue is being closed; whether it is.
    pub(super) fn wait_closed(&self, patience: Duration) -> bool {
        self.changed
            .wait_timeout_while(self.lock(), patience, |inner| !inner.closed)
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .closed
    }

    pub(super) fn committed(&self, entries: &[Entry], took: Duration) {
        let records: usize = entries.iter().map(Entry::records).sum();
        self.lock().waiting_records -= records;
        let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.commit_time_us.fetch_add(took_us, Ordering::Relaxed);
        self.last_commit_us.store(took_us, Ordering::Relaxed);
        self.max_commit_us.fetch_max(took_us, Ordering::Relaxed);
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.records.fetch_add(records as u64, Ordering::Relaxed);
        self.state.store(0, Ordering::Relaxed);
        if let Some(last) = entries.last() {
            self.durable.store(last.id().0, Ordering::Release);
        }
    }

    pub(super) fn failed(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        self.state.store(1, Ordering::Relaxed);
    }

    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    pub(super) fn durable(&self) -> BatchId {
        BatchId(self.durable.load(Ordering::Acquire))
    }

    pub(super) fn state(&self) -> JournalState {
        if self.state.load(Ordering::Relaxed) == 0 { JournalState::Healthy } else { JournalState::Degraded }
    }

    pub(super) fn lost_records(&self) -> u64 {
        self.lost_records.load(Ordering::Relaxed)
    }

    pub(super) fn metrics(&self) -> JournalMetrics {
        JournalMetrics {
            state: self.state(),
            commits: self.commits.load(Ordering::Relaxed),
            failures: self.failures.load(Ordering::Relaxed),
            records: self.records.load(Ordering::Relaxed),
            queued_records: self.lock().waiting_records,
            lost_records: self.lost_records(),
            commit_time: Duration::from_micros(self.commit_time_us.load(Ordering::Relaxed)),
            last_commit: Duration::from_micros(self.last_commit_us.load(Ordering::Relaxed)),
            max_commit: Duration::from_micros(self.max_commit_us.load(Ordering::Relaxed)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing is done under the lock that could leave it half done.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
