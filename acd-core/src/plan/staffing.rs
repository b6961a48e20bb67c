//! The staffing that a client's contract promises (R-A8).

use serde::{Deserialize, Serialize};

use crate::ids::SkillId;

/// Seats that must be staffed within the tenant's hours: ready, or at work for the tenant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Staffing {
    /// Only seats with this skill (nurse, doctor); `None`: any that serves the tenant.
    pub skill: Option<SkillId>,
    /// How many.
    pub seats: StaffingSeats,
}

/// How many seats must be staffed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum StaffingSeats {
    /// As many as there are seat lines in force: 「回線数以上」.
    SeatLines,
    /// So many whenever the tenant is open.
    Count(u16),
}
