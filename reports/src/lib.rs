//! Folds over the facts, and nothing else: call records, the live board, the accounting and its forms (statement 5).
//!
//! A fold takes [`acd_core::CallEvent`]s in the order of their sequence numbers, with the stamp of the record they
//! belong to. It keeps no clock and does no I/O; the same facts give the same report.
#![forbid(unsafe_code)]

pub mod accounting;
pub mod board;
pub mod forms;
pub mod limits;
pub mod reconciliation;
pub mod records;

use acd_core::{CallEvent, Timestamp};

pub use board::{Board, SeatCall, SeatCounts, TenantBoard};
pub use reconciliation::{Reconciler, Reconciliation};
pub use records::{CallRecord, Records, RefusedRecord};

/// What is made of facts by taking them one after the other.
pub trait Fold {
    /// Takes one fact. `time` is its record's stamp, `seq` its place in the journal.
    fn apply(&mut self, time: Timestamp, seq: u64, event: &CallEvent);
}

#[cfg(test)]
mod tests;
