//! Every bound of the reports, with its reason.

/// Call records kept by one [`Records`](crate::Records). A year of the busiest advice line has some 400,000 calls; at
/// about 1 KiB a record this is the memory that a report may take.
pub const RECORDS_MAX: usize = 1_000_000;

/// Refused calls kept by one [`Records`](crate::Records): a disaster's day of redialling, at 100 bytes each.
pub const REFUSED_MAX: usize = 1_000_000;

/// Columns of the board: what a terminal of a control room's quarter screen shows without wrapping.
pub const BOARD_COLUMNS_MAX: usize = 100;
