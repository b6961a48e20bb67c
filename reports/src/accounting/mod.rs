//! Accounting: exact figures in milliseconds, as a fold over the facts of one tenant (R-A).
//!
//! ```text
//! facts + plans ─► Ledger ─► Account { one Figures a slot, blockages, outages, capacities }
//! Account + Calendar + Profile ─► Sheet { hours, days, months, total, means, reconciliation }
//! ```
//! What belongs to a call (offered, handled, abandoned, talk, hold, wrap-up) stands in the slot of its admission, as a
//! whole. What belongs to the clock (blockage, seats, outage) is cut exactly at the slots' edges. Nothing is rounded
//! here; the forms round what they print. What a word such as 処理時間 means to a client is a [`Profile`], a value; the
//! ledger counts the same for all.

mod account;
mod calendar;
mod clock;
mod counting;
mod figures;
mod fraction;
mod intervals;
mod ledger;
mod profile;
mod rate;
mod sheet;
mod slots;

pub use account::{Account, LinesChange, LinesPlanned};
pub use calendar::{Calendar, Contract, DayClass, Period};
pub use clock::ClockStep;
pub(crate) use clock::lived_ms;
pub use counting::{Counting, Staffing, StaffingSeats};
pub use figures::{CallTimes, Figures, SeatTimes};
pub use fraction::Fraction;
pub use intervals::{Blockage, Interval, Outage, OutageCause, Responsibility, Understaffing};
pub use ledger::Ledger;
pub use profile::{ClockTimes, HandledBy, Handling, OfficialBlockage, Profile, Talk};
pub use rate::Rate;
pub use sheet::{DayRow, HourMeans, HourRow, MonthRow, OfferedMeans, Reconciliation, Sheet};
pub use slots::Slots;
