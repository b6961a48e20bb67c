//! What a ledger must know beside the facts: what the client's contract counts.

use std::time::Duration;

pub use acd_core::plan::{Staffing, StaffingSeats};

/// A client's parameters of counting (R-A8, R-A11).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Counting {
    /// A caller who gave up before this has passed is a short abandon: shown beside the others, never dropped.
    pub short_abandon: Duration,
    /// The staffing that the plan promises now, for the sheet of definitions. What was short when is what the switch stated
    /// by the promises of that time (R-A8); these re-judge nothing.
    pub staffing: Vec<Staffing>,
}

impl Default for Counting {
    /// Five seconds, which are too few to have heard what the line is: the call was most likely a wrong number. No
    /// staffing is promised.
    fn default() -> Self {
        Self { short_abandon: Duration::from_secs(5), staffing: Vec::new() }
    }
}
