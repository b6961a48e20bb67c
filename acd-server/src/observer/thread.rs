//! The thread that folds: what the loop says, in order, with what it left out read from the journal.

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use acd_core::{CallEvent, Timestamp};
use crossbeam_channel::{Receiver, Sender, bounded, select_biased};

use super::daily::Daily;
use super::{Message, Shared};
use crate::journal::{FactReader, Page};
use crate::limits::{FACT_STREAM_RETRY, FACTS_PAGE_MAX, OBSERVER_HOLE_MAX};

/// The running thread; ends when dropped.
#[derive(Debug)]
pub struct ObserverThread {
    /// Dropped to end the thread.
    stop: Option<Sender<()>>,
    handle: Option<JoinHandle<()>>,
}

impl ObserverThread {
    pub(super) fn start(
        messages: Receiver<Message>,
        reader: FactReader,
        shared: Arc<Shared>,
        daily: Daily,
        last_seq: u64,
    ) -> io::Result<Self> {
        let (stop, stopped) = bounded(0);
        let handle = std::thread::Builder::new()
            .name("observer".to_owned())
            .spawn(move || Folding { messages, stopped, reader, shared, daily, last_seq }.run())?;
        Ok(Self { stop: Some(stop), handle: Some(handle) })
    }
}

impl Drop for ObserverThread {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(handle) = self.handle.take()
            && handle.join().is_err()
        {
            tracing::error!("the thread of the board and the figures has panicked; calls were not touched");
        }
    }
}

struct Folding {
    messages: Receiver<Message>,
    /// Says nothing; closed when the thread is to end.
    stopped: Receiver<()>,
    reader: FactReader,
    shared: Arc<Shared>,
    daily: Daily,
    last_seq: u64,
}

impl Folding {
    fn run(mut self) {
        loop {
            let message = select_biased! {
                recv(self.stopped) -> _ => return,
                recv(self.messages) -> message => message,
            };
            // The loop is gone.
            let Ok(message) = message else { return };
            match message {
                Message::Facts { time, first_seq, facts } => self.take(time, first_seq, &facts),
                Message::Machine { time, last_seq, figures } => {
                    self.fill_hole(last_seq + 1);
                    self.shared.view().take_machine(time, *figures);
                    self.daily.look(time, &self.shared);
                    self.shared.last_seq.send_replace(self.last_seq);
                }
            }
            self.shared.changes.send_modify(|changes| *changes += 1);
        }
    }

    fn take(&mut self, time: Timestamp, first_seq: u64, facts: &[CallEvent]) {
        self.fill_hole(first_seq);
        let mut view = self.shared.view();
        for (seq, fact) in (first_seq..).zip(facts) {
            // The journal may have given more than was missing.
            if seq > self.last_seq {
                view.take(time, seq, fact);
                self.last_seq = seq;
            }
        }
        drop(view);
        self.shared.last_seq.send_replace(self.last_seq);
    }

    /// Reads from the journal what found no room in the queue, as soon as it is durable.
    fn fill_hole(&mut self, first_seq: u64) {
        let since = Instant::now();
        while self.last_seq + 1 < first_seq {
            let missing = first_seq - 1 - self.last_seq;
            let max = usize::try_from(missing).unwrap_or(FACTS_PAGE_MAX).min(FACTS_PAGE_MAX);
            match self.reader.page(self.last_seq, max) {
                Ok(Page::Facts(facts)) if facts.is_empty() && since.elapsed() < OBSERVER_HOLE_MAX => {
                    if self.wait_for_commit() {
                        return;
                    }
                }
                Ok(Page::Facts(facts)) if !facts.is_empty() => {
                    let mut view = self.shared.view();
                    for stored in facts {
                        view.take(stored.time, stored.seq, &stored.fact);
                        self.last_seq = stored.seq;
                    }
                }
                Ok(Page::Facts(_) | Page::Removed { .. }) | Err(_) => {
                    tracing::warn!(
                        facts = missing,
                        "the board and the figures have missed facts that the journal does not give; look at the disk"
                    );
                    self.shared.view().lost_facts += missing;
                    self.last_seq = first_seq - 1;
                }
            }
        }
    }

    /// Whether the thread is to end.
    fn wait_for_commit(&self) -> bool {
        !matches!(
            self.stopped.recv_timeout(FACT_STREAM_RETRY),
            Err(crossbeam_channel::RecvTimeoutError::Timeout)
        )
    }
}
