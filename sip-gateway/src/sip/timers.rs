//! All deadlines of the stack in one ordered set.

use std::collections::BTreeSet;

use acd_core::Timestamp;

use super::event::{DialogKey, TransactionKey};

/// Why the stack wants to be called.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum TimerReason {
    /// Timer A, E or G: a request or a final response to INVITE is sent again.
    Retransmission,
    /// Timer B, F or H: the peer did not answer.
    TransactionTimeout,
    /// Timer D, I, J, K, L or M: a transaction has nothing more to absorb.
    TransactionEnd,
    /// Our 2xx to INVITE is sent again, or its ACK is given up (RFC 3261 section 13.3.1.4).
    AckAwaited,
    /// A reliable provisional response is sent again, or its PRACK is given up (RFC 3262 section 3).
    PrackAwaited,
    /// No final answer came after our CANCEL (RFC 3261 section 9.1).
    CancelTimeout,
    /// We must refresh the session (RFC 4028 section 10).
    SessionRefresh,
    /// The peer should have refreshed the session (RFC 4028 section 10).
    SessionExpiry,
    /// A refused re-INVITE or UPDATE of ours is tried again (RFC 3261 section 14.1).
    ReofferRetry,
    /// An OPTIONS within a dialog that could not be sent is sent again.
    ProbeRetry,
    /// A failed INVITE is no longer watched for a late 2xx.
    LateAnswerEnd,
}

/// Whose deadline.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum TimerOwner {
    Transaction(TransactionKey),
    Dialog(DialogKey),
}

/// When, and why.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Deadline {
    pub(super) at: Timestamp,
    pub(super) reason: TimerReason,
}

impl Deadline {
    pub(super) const fn new(at: Timestamp, reason: TimerReason) -> Self {
        Self { at, reason }
    }
}

/// One deadline an owner, ordered.
#[derive(Default)]
pub(super) struct Timers {
    due: BTreeSet<(Timestamp, TimerOwner, TimerReason)>,
}

impl Timers {
    /// Replaces an owner's deadline; the owner remembers it in `scheduled`.
    pub(super) fn set(
        &mut self,
        owner: TimerOwner,
        scheduled: &mut Option<Deadline>,
        deadline: Option<Deadline>,
    ) {
        if *scheduled == deadline {
            return;
        }
        if let Some(old) = scheduled.take() {
            self.due.remove(&(old.at, owner, old.reason));
        }
        if let Some(new) = deadline {
            self.due.insert((new.at, owner, new.reason));
        }
        *scheduled = deadline;
    }

    pub(super) fn next(&self) -> Option<Deadline> {
        self.due.first().map(|&(at, _, reason)| Deadline { at, reason })
    }

    /// The owner of the earliest deadline that is due. It stays until the owner sets another.
    pub(super) fn due(&self, now: Timestamp) -> Option<TimerOwner> {
        self.due.first().filter(|(at, ..)| *at <= now).map(|&(_, owner, _)| owner)
    }

    pub(super) fn len(&self) -> usize {
        self.due.len()
    }
}

/// The earlier of two deadlines.
pub(super) fn earliest(deadlines: impl IntoIterator<Item = Option<Deadline>>) -> Option<Deadline> {
    deadlines.into_iter().flatten().min()
}
