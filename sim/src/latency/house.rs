//! The switch whose latencies are measured: enough seats behind one number, too few behind the other.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use crate::loopback;

/// One second of guidance, and a free seat for everybody.
pub(super) const READY_NUMBER: &str = "0440003000";

/// No guidance, and few seats.
pub(super) const BUSY_NUMBER: &str = "0440004000";

/// The seats of [`READY_NUMBER`].
pub(super) const READY_SEATS: RangeInclusive<u32> = 101..=140;

/// The seats of [`BUSY_NUMBER`].
pub(super) const BUSY_SEATS: RangeInclusive<u32> = 201..=208;

const TENANTS_AND_SEATS: &str = r#"[[tenants]]
name = "ready"
title = "ready"
waiting_message = "guidance"
numbers = [{ number = "0440003000", guidance = "tape", guidance_prompt = "guidance" }]
bands = [{ days = ["every"], from = "00:00", to = "24:00", seat_lines = 100 }]

[[tenants]]
name = "busy"
title = "busy"
waiting_message = "guidance"
numbers = [{ number = "0440004000", guidance = "none" }]
bands = [{ days = ["every"], from = "00:00", to = "24:00", seat_lines = 100 }]

[[seats]]
names = "seat101..seat140"
password = "demo-{n}"
login = "on_register"
serves = { ready = 1 }
wrap_up_max_s = 0

[[seats]]
names = "seat201..seat208"
password = "demo-{n}"
login = "on_register"
serves = { busy = 1 }
wrap_up_max_s = 0
"#;

/// Writes the plan.
pub(super) fn write_plan(out: &Path) -> Result<PathBuf, String> {
    loopback::write_plan(out, 24_000..25_998, TENANTS_AND_SEATS)
}
