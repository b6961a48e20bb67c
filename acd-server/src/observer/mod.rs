//! What the interfaces know of the switch: folds over the facts as the loop decides them, and the machine's own figures.
//!
//! ```text
//! loop ──facts, figures──► bounded queue ──► thread `observer` ──► View ◄── board, status, metrics
//!                                                 ▲
//!                        journal ──what it missed─┘
//! ```
//! The loop never waits: what finds no room in the queue is left out, and the thread reads it from the journal, where it
//! becomes durable. The folds begin with today's facts out of the journal, so that a restart empties no board.

mod daily;
mod day;
mod histogram;
mod life;
mod machine;
mod thread;
mod view;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use acd_core::{CallEvent, Timestamp};
use crossbeam_channel::{Sender, TrySendError, bounded};
use tokio::sync::watch;

use crate::journal::{FactReader, JournalError, Page};
use crate::limits::{FACTS_PAGE_MAX, OBSERVER_QUEUE_MAX};
use crate::plan::PlanFile;

use daily::Daily;
pub use day::{Day, Rate};
pub use histogram::Histogram;
pub use life::{Intervals, Life, MediaSums, NodeState, RecordingCounts, TenantLife};
pub use machine::{JournalFigures, MachineFigures};
pub use thread::ObserverThread;
pub use view::View;

/// Days and hours of the board and the figures are those of Japan (R-A9), in minutes east of Greenwich.
const JAPAN_OFFSET_MINUTES: i32 = 540;

/// The loop's end: cheap, and never waits.
#[derive(Debug)]
pub struct Observer {
    messages: Sender<Message>,
    shared: Arc<Shared>,
    /// The last sequence number given to a fact; the journal gives the same, since it numbers in the same order. Only after
    /// records that it has lost and stated as a gap does it fall behind, until the next start.
    last_seq: u64,
    /// Turns that found no room.
    missed: u64,
}

#[derive(Debug)]
enum Message {
    /// Facts with the stamp of their record and the first one's sequence number.
    Facts { time: Timestamp, first_seq: u64, facts: Vec<CallEvent> },
    /// Figures, and the number of the last fact before them.
    Machine { time: Timestamp, last_seq: u64, figures: Box<MachineFigures> },
}

/// What the observer's thread writes and the interfaces read.
#[derive(Debug)]
pub struct Shared {
    view: Mutex<View>,
    plan: Mutex<Arc<PlanFile>>,
    /// The last fact's sequence number, for those who wait for news.
    last_seq: watch::Sender<u64>,
    /// Rises with whatever changes the board.
    changes: watch::Sender<u64>,
}

impl Shared {
    /// The folds as they are, locked: for copying and encoding only. The loop never takes this lock.
    pub fn view(&self) -> MutexGuard<'_, View> {
        // A fold that panicked has left nothing half done that its next fact would not overwrite.
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The running plan.
    pub fn plan(&self) -> Arc<PlanFile> {
        Arc::clone(&self.plan.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The last fact's sequence number, now and as it rises.
    pub fn last_seq(&self) -> watch::Receiver<u64> {
        self.last_seq.subscribe()
    }

    /// Notified when the board has changed.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}

impl Observer {
    /// Reads today's facts and starts the thread. To be called when the journal has been opened and before the first
    /// input of this life: facts are counted from where the journal ends.
    ///
    /// # Errors
    /// If the journal cannot be read, or the system gives no thread.
    pub fn start(data_dir: &Path, plan: Arc<PlanFile>) -> Result<(Self, ObserverThread), StartObserverError> {
        let reader = FactReader::open(data_dir)?;
        let mut view = View::new(JAPAN_OFFSET_MINUTES, Instant::now());
        let last_seq = read_today(&reader, &mut view)?;
        let shared = Arc::new(Shared {
            view: Mutex::new(view),
            plan: Mutex::new(plan),
            last_seq: watch::Sender::new(last_seq),
            changes: watch::Sender::new(0),
        });
        let (messages, received) = bounded(OBSERVER_QUEUE_MAX);
        let thread = ObserverThread::start(
            received,
            reader,
            Arc::clone(&shared),
            Daily::new(data_dir.to_owned()),
            last_seq,
        )?;
        Ok((Self { messages, shared, last_seq, missed: 0 }, thread))
    }

    /// Takes the facts of one record, in the journal's order.
    pub fn facts(&mut self, time: Timestamp, facts: &[CallEvent]) {
        if facts.is_empty() {
            return;
        }
        let first_seq = self.last_seq + 1;
        self.last_seq += facts.len() as u64;
        self.send(Message::Facts { time, first_seq, facts: facts.to_vec() });
    }

    /// Takes the machine's figures; once a second is enough, and less says that the loop stands still.
    pub fn machine(&mut self, time: Timestamp, figures: MachineFigures) {
        self.send(Message::Machine { time, last_seq: self.last_seq, figures: Box::new(figures) });
    }

    /// Takes the plan that is now in force.
    pub fn plan(&mut self, plan: Arc<PlanFile>) {
        *self.shared.plan.lock().unwrap_or_else(PoisonError::into_inner) = plan;
    }

    /// What the interfaces read.
    pub const fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Turns whose facts or figures found no room in the queue; the thread reads the facts from the journal.
    pub const fn missed(&self) -> u64 {
        self.missed
    }

    fn send(&mut self, message: Message) {
        match self.messages.try_send(message) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => self.missed += 1,
            // The thread is gone: the process ends, or it has panicked and said so.
            Err(TrySendError::Disconnected(_)) => {}
        }
    }
}

/// Why the observer does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartObserverError {
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The system gives no thread.
    #[error("cannot start the thread of the board and the figures: {0}")]
    Thread(#[from] std::io::Error),
}

/// Begins the folds with the day of the journal's last fact; gives the last sequence number.
fn read_today(reader: &FactReader, view: &mut View) -> Result<u64, JournalError> {
    let last = reader.last()?;
    let Page::Facts(newest) = reader.page(last.saturating_sub(1), 1)? else { return Ok(last) };
    let Some(newest) = newest.first() else { return Ok(last) };
    let today = newest.time.civil(JAPAN_OFFSET_MINUTES).date;
    let midnight = today.at(acd_core::TimeOfDay::MIDNIGHT, JAPAN_OFFSET_MINUTES);
    let mut after = reader.before(midnight)?;
    while let Page::Facts(facts) = reader.page(after, FACTS_PAGE_MAX)? {
        let Some(last) = facts.last() else { break };
        after = last.seq;
        for stored in &facts {
            view.take_past(stored.time, stored.seq, &stored.fact);
        }
    }
    Ok(after.max(last))
}
