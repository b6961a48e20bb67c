//! The writer's thread: all that waits, one transaction, the news to the loop; again.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use super::queue::{Entry, JournalState, Queue};
use super::retention::{self, Retention};
use super::store::Store;
use crate::limits::{JOURNAL_CLOSE_MAX, JOURNAL_RETRY_MAX, JOURNAL_RETRY_MIN, RETENTION_EVERY};

pub(super) fn spawn(
    store: Store,
    retention: Retention,
    queue: Arc<Queue>,
    wake: Box<dyn Fn() + Send>,
) -> io::Result<JoinHandle<()>> {
    thread::Builder::new()
        .name("journal".to_owned())
        .spawn(move || Writer { store, retention, queue, wake, removed_at: None }.run())
}

struct Writer {
    store: Store,
    retention: Retention,
    queue: Arc<Queue>,
    wake: Box<dyn Fn() + Send>,
    removed_at: Option<acd_core::Timestamp>,
}

impl Writer {
    fn run(mut self) {
        while let Some(entries) = self.queue.take() {
            if !self.write(&entries) {
                return;
            }
            self.remove_what_is_past();
        }
    }

    /// Whether the entries are on the disk; if not, the end of the process could wait no longer.
    fn write(&mut self, entries: &[Entry]) -> bool {
        let mut pause = JOURNAL_RETRY_MIN;
        let mut closing_since = None;
        loop {
            let started = Instant::now();
            let Err(error) = self.store.write(entries) else {
                if self.queue.state() == JournalState::Degraded {
                    tracing::info!("the journal writes again");
                }
                self.queue.committed(entries, started.elapsed());
                (self.wake)();
                return true;
            };
            if self.queue.state() == JournalState::Healthy {
                let path = self.store.path().display();
                tracing::error!(%path, %error, "the journal cannot be written and is tried again; look at the disk");
                self.queue.failed();
                (self.wake)();
            } else {
                self.queue.failed();
            }
            if self.queue.wait_closed(pause) {
                let since = *closing_since.get_or_insert_with(Instant::now);
                if since.elapsed() >= JOURNAL_CLOSE_MAX {
                    return false;
                }
                // The queue wakes nobody twice for its end.
                thread::sleep(pause);
            }
            pause = (pause * 2).min(JOURNAL_RETRY_MAX);
        }
    }

    fn remove_what_is_past(&mut self) {
        let Some(now) = self.store.last_time() else { return };
        if self.removed_at.is_some_and(|at| now.since(at) < RETENTION_EVERY) {
            return;
        }
        let noted = self.store.note_open_calls();
        match noted.and_then(|()| retention::remove(self.store.connection(), now, self.retention)) {
            // More is left for the next commit, so that none takes long.
            Ok(true) => {}
            Ok(false) => self.removed_at = Some(now),
            Err(error) => {
                tracing::warn!(%error, "the journal's retention could not remove rows; it tries again in an hour");
                self.removed_at = Some(now);
            }
        }
    }
}
