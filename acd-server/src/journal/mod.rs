//! The journal: the truth of what came in and what was decided, in one SQLite file that any SQLite tool can read.
//!
//! Each record is one input with its facts; records and facts are each a chain of SHA-256 checksums, so a row that is
//! missing or changed is found ([`verify()`]). One thread writes: it takes everything that waits into one transaction,
//! which is on the disk when it is [`Journal::durable`]. The loop never waits for it.
//!
//! A life of the process begins a segment, with the plan and an empty switch; now and then in its midst another begins,
//! with a snapshot of the switch. Each carries the core's version, so that its inputs can be fed to a switch of its
//! beginning and must give the same facts, and the next snapshot ([`replay()`]). The retention removes whole segments.
//!
//! ```text
//! chain of records:  … ─ record 41 ─ record 42 ─ segment 3 ─ record 43 ─ …      each link: SHA-256 over the checksum
//!                            │           │                       │              before it and its own columns; a
//! chain of facts:    … ─ fact 80 ── fact 81 ─ fact 82 ────── fact 83 ─ …        record's also over its last fact's
//! ```

mod backup;
mod chain;
mod destroy;
mod dialogs;
mod error;
mod facts;
mod findings;
mod folder;
mod open_calls;
mod plans;
mod previous;
mod queue;
mod read;
mod replay;
mod retention;
mod schema;
mod snapshot;
mod store;
mod time_text;
mod verify;
mod writer;

#[cfg(test)]
mod tests;

pub use backup::backup;
pub use destroy::{Destruction, Extent, destroy, destroyable, destructions};
pub use dialogs::{DialogChange, DialogRow};
pub use error::JournalError;
pub use facts::{FactReader, Page, StoredFact};
pub use findings::{Fault, Verdict};
pub use open_calls::OpenCalls;
pub use plans::{PlanEntry, PlanLog, plan_log};
pub use previous::PreviousLife;
pub use queue::{JournalMetrics, JournalState};
pub use read::{Format, export, follow, tail};
pub use replay::replay;
pub use retention::Retention;
pub use time_text::time_text;
pub use verify::verify;

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use acd_core::plan::Plan;
use acd_core::{CallEvent, Input, Switch, Timestamp};

use folder::Folder;
use queue::{Queue, Urgency};
use store::Store;

/// One input with what the core made of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    /// The input's stamp, which is its facts' too.
    pub time: Timestamp,
    /// What came in.
    pub input: Input,
    /// What was decided: all that the switch had to say after this input.
    pub facts: Vec<CallEvent>,
}

/// What one turn of the loop gives to the journal.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Batch {
    /// The inputs in the order in which the core took them.
    pub records: Vec<Record>,
    /// What changed of the SIP dialogs, in order.
    pub dialogs: Vec<DialogChange>,
    /// The switch after the records, if a segment is to begin here.
    pub snapshot: Option<Box<Switch>>,
}

/// Counts the batches of one life, from 1. `BatchId(0)` is durable before anything is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct BatchId(pub u64);

/// What a life of the process begins with.
pub struct Life<'a> {
    /// The plan that the switch is made with.
    pub plan: &'a Plan,
    /// The instant that the switch is made with.
    pub at: Timestamp,
    /// How long records are kept.
    pub retention: Retention,
    /// Called by the writer's thread after each commit and each change of [`Journal::state`]; wakes the loop.
    pub wake: Box<dyn Fn() + Send>,
}

/// A journal that is locked and read, and not yet written.
pub struct OpenedJournal {
    store: Store,
    folder: Folder,
}

impl OpenedJournal {
    /// Begins a life: notes the plan and starts the writer.
    ///
    /// # Errors
    /// If the beginning cannot be written, or no thread can be had.
    pub fn start(self, life: Life<'_>) -> Result<Journal, JournalError> {
        let Self { mut store, folder } = self;
        store.begin_segment(life.plan, life.at)?;
        let queue = Arc::new(Queue::new());
        let writer = writer::spawn(store, life.retention, Arc::clone(&queue), life.wake)
            .map_err(|source| JournalError::io("start the journal's writer", folder.path(), source))?;
        Ok(Journal { queue, writer: Some(writer), _folder: folder })
    }
}

/// The journal of a running switch, as the loop holds it.
pub struct Journal {
    queue: Arc<Queue>,
    writer: Option<JoinHandle<()>>,
    /// Holds the lock until the writer has ended: `Drop` joins it before the fields go.
    _folder: Folder,
}

impl Journal {
    /// Opens the journal in the data folder `dir`, makes both where they are not there, and tells what the life
    /// before left.
    ///
    /// # Errors
    /// If the folder is in use by another process, cannot be written, or holds a journal of a newer version.
    pub fn open(dir: &Path) -> Result<(OpenedJournal, PreviousLife), JournalError> {
        let folder = Folder::lock(dir)?;
        let mut connection = schema::open_for_writing(dir)?;
        let (previous, open_calls) = previous::read(&mut connection, dir)?;
        let store = Store::new(connection, dir, open_calls)?;
        Ok((OpenedJournal { store, folder }, previous))
    }

    /// Gives a batch that effects wait for to the writer, which writes it at once; never waits. If more records wait than [`crate::limits::JOURNAL_QUEUE_RECORDS_MAX`],
    /// the batch's records are lost, and the journal will state the gap where they would have stood.
    pub fn append(&self, batch: Batch) -> BatchId {
        self.queue.append(batch, Urgency::AtOnce)
    }

    /// Like [`Self::append`], for a batch that nothing waits for: it may be written with what comes within the next
    /// [`crate::limits::JOURNAL_GATHER`].
    pub fn append_soon(&self, batch: Batch) -> BatchId {
        self.queue.append(batch, Urgency::Soon)
    }

    /// The last batch that is on the disk, with all before it.
    pub fn durable(&self) -> BatchId {
        self.queue.durable()
    }

    /// Whether the writer can write.
    pub fn state(&self) -> JournalState {
        self.queue.state()
    }

    /// How many records of this life were lost since the queue was full.
    pub fn lost_records(&self) -> u64 {
        self.queue.lost_records()
    }

    /// Figures for the status and the metrics.
    pub fn metrics(&self) -> JournalMetrics {
        self.queue.metrics()
    }

    /// Writes what waits and ends the writer. A journal that cannot write is given
    /// [`crate::limits::JOURNAL_CLOSE_MAX`].
    ///
    /// # Errors
    /// If records were left unwritten.
    pub fn close(mut self) -> Result<(), JournalError> {
        self.join();
        match self.queue.metrics().queued_records {
            0 => Ok(()),
            records => Err(JournalError::Unwritten { records }),
        }
    }

    fn join(&mut self) {
        self.queue.close();
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!("the journal's writer has panicked; the journal ends at its last commit");
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.join();
    }
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal").field("metrics", &self.metrics()).finish_non_exhaustive()
    }
}
