//! Accounting: exact figures in milliseconds, as a fold over the facts of one tenant (R-A).
//!
//! ```text
//! facts + plans ─► Ledger ─► Account { one Figures a slot, blockages, outages, capacities }
//!                              hours of a day add up to the day, days to the month (AddAssign)
//! ```
//! What belongs to a call (offered, handled, abandoned, talk, hold, wrap-up) stands in the slot of its admission, as a
//! whole. What belongs to the clock (blockage, seats, outage) is cut exactly at the slots' edges. Nothing is rounded
//! here; the forms round what they print.

mod account;
mod figures;
mod intervals;
mod ledger;
mod rate;
mod slots;

pub use account::Account;
pub use figures::{Figures, SeatTimes};
pub use intervals::{Blockage, Interval, Outage, OutageCause};
pub use ledger::Ledger;
pub use rate::Rate;
pub use slots::Slots;

use std::time::Duration;

/// A caller who gave up before this is a short abandon: shown beside the others, never dropped (R-A11). Five seconds
/// are too few to have heard what the line is, so the call was most likely a wrong number.
pub const SHORT_ABANDON: Duration = Duration::from_secs(5);
