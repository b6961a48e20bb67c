//! The way back to the loop, and what the plane counts.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_channel::{Sender, TrySendError};

use super::command::MediaEvent;
use super::limits::EVENTS_BACKLOG_MAX;

/// Counts of the whole plane since its start.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct MediaCounters {
    /// Packets from an address that is not the leg's. What the kernel keeps out of a connected socket is not seen here.
    pub strangers: u64,
    /// Packets that are no RTP, or of a payload type that was not agreed on.
    pub malformed: u64,
    /// ICMP errors: a port or host that cannot be reached. Counted, never a failure (R-Q7).
    pub icmp_errors: u64,
    /// Packets that the system did not take.
    pub send_failures: u64,
    /// Packets that playouts sent later than the clock said, after a pause of the machine.
    pub late_packets: u64,
    /// Commands lost because the queue to a media thread and its backlog were full.
    pub commands_lost: u64,
    /// Events lost because the queue to the loop and its backlog were full.
    pub events_lost: u64,
}

/// The same, shared by the threads.
#[derive(Debug, Default)]
pub(super) struct SharedCounters {
    pub(super) strangers: AtomicU64,
    pub(super) malformed: AtomicU64,
    pub(super) icmp_errors: AtomicU64,
    pub(super) send_failures: AtomicU64,
    pub(super) late_packets: AtomicU64,
    pub(super) commands_lost: AtomicU64,
    pub(super) events_lost: AtomicU64,
}

impl SharedCounters {
    pub(super) fn read(&self) -> MediaCounters {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        MediaCounters {
            strangers: read(&self.strangers),
            malformed: read(&self.malformed),
            icmp_errors: read(&self.icmp_errors),
            send_failures: read(&self.send_failures),
            late_packets: read(&self.late_packets),
            commands_lost: read(&self.commands_lost),
            events_lost: read(&self.events_lost),
        }
    }
}

/// Adds one.
pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// One media thread's way to the loop. An event that finds no room waits here: a lost end of a guidance would keep a
/// caller from being served.
pub(super) struct Outbox {
    events: Sender<MediaEvent>,
    backlog: VecDeque<MediaEvent>,
    wake: Arc<dyn Fn() + Send + Sync>,
    pub(super) counters: Arc<SharedCounters>,
}

impl Outbox {
    pub(super) fn new(
        events: Sender<MediaEvent>,
        wake: Arc<dyn Fn() + Send + Sync>,
        counters: Arc<SharedCounters>,
    ) -> Self {
        Self { events, backlog: VecDeque::new(), wake, counters }
    }

    /// Keeps an event until the end of the turn.
    pub(super) fn push(&mut self, event: MediaEvent) {
        if self.backlog.len() < EVENTS_BACKLOG_MAX {
            self.backlog.push_back(event);
        } else {
            count(&self.counters.events_lost);
        }
    }

    /// Hands over what there is and wakes the loop; false if some must wait.
    pub(super) fn flush(&mut self) -> bool {
        if self.backlog.is_empty() {
            return true;
        }
        while let Some(event) = self.backlog.pop_front() {
            match self.events.try_send(event) {
                Ok(()) => {}
                Err(TrySendError::Full(event)) => {
                    self.backlog.push_front(event);
                    break;
                }
                Err(TrySendError::Disconnected(_)) => self.backlog.clear(),
            }
        }
        (self.wake)();
        self.backlog.is_empty()
    }
}
