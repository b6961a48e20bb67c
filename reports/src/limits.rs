//! Every bound of the reports, with its reason.

use std::time::Duration;

/// Call records kept by one [`Records`](crate::Records). A year of the busiest advice line has some 400,000 calls; at
/// about 1 KiB a record this is the memory that a report may take.
pub const RECORDS_MAX: usize = 1_000_000;

/// Refused calls kept by one [`Records`](crate::Records): a disaster's day of redialling, at 100 bytes each.
pub const REFUSED_MAX: usize = 1_000_000;

/// Columns of the board: what a terminal of a control room's quarter screen shows without wrapping.
pub const BOARD_COLUMNS_MAX: usize = 100;

/// Intervals of one kind that one report lists: a blockage begins at most a few times a minute, so a day of disaster
/// has some thousands and a year of days like it is not listed on one form.
pub const INTERVALS_MAX: usize = 100_000;

/// Steps of the wall clock that one report takes out of its times: a clock that is set more than once an hour of a year is
/// broken, and its figures are no longer worth correcting.
pub const CLOCK_STEPS_MAX: usize = 10_000;

/// Differences that a revision of a closed month lists in words; a change of a definition changes every hour, and who reads
/// the first hundreds has seen it.
pub const DIFFERENCES_MAX: usize = 500;

/// Promises of staffing of one client: nurses, a doctor, receptionists, a few languages.
pub const STAFFING_MAX: usize = 32;

/// Facts that one life of the switch states before it has started: its tenants, seats and the calls that it found open
/// (`acd_core::limits::CALLS_MAX`, two facts each), with room to spare.
pub const OPENING_FACTS_MAX: usize = 300_000;

/// Calls remembered only so that their ends are known to belong to the tenant; more cannot be open at once.
pub const OPEN_CALLS_MAX: usize = 120_000;

/// How long the phones may take to be back after a start before their absence is their centre's doing: the longest
/// registration that the registrar grants, since a phone registers anew when its registration runs out.
pub const SEATS_BACK_MAX: Duration = Duration::from_secs(3_600);

/// By how many milliseconds a call's recording may differ from what ought to be recorded (R-R2). A crash loses at most the last
/// second, which is no discrepancy but what was promised; the recorder's clock and the facts' differ by the time that an order
/// takes, which is far below that.
pub const RECORDED_OFF_MS_MAX: u64 = 1_000;
