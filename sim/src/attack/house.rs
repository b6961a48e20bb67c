//! The switch under attack: a plan whose trunk is one address, so that every other one is a stranger's.

use std::path::Path;

use crate::loopback::write_plan;
use crate::switch::Switch;

/// The number behind which the ten seats are.
pub(super) const TALKS_NUMBER: &str = "0440001000";

/// The number that only plays its guidance.
pub(super) const PROBE_NUMBER: &str = "0440002000";

/// Seats that talk during the attacks; the caller of each has the same index.
pub(super) const TALKERS: std::ops::RangeInclusive<u32> = 101..=110;

/// The seat whose registrations are the legitimate ones. It is registered and not logged in, so nobody rings it.
pub(super) const PROBE_SEAT: u32 = 111;

const TENANTS_AND_SEATS: &str = r#"[[tenants]]
name = "talks"
title = "talks"
waiting_message = "guidance"
numbers = [{ number = "0440001000", guidance = "none" }]
bands = [{ days = ["every"], from = "00:00", to = "24:00", seat_lines = 10 }]

[[tenants]]
name = "probe"
title = "probe"
waiting_message = "guidance"
numbers = [{ number = "0440002000", guidance = "tape", guidance_prompt = "guidance" }]
bands = [{ days = ["every"], from = "00:00", to = "24:00", seat_lines = 20 }]

[[seats]]
names = "seat101..seat110"
password = "demo-{n}"
login = "on_register"
serves = { talks = 1 }
wrap_up_max_s = 0

[[seats]]
names = "seat111..seat112"
password = "demo-{n}"
login = "by_command"
serves = { probe = 1 }
"#;

/// Writes the plan and starts the switch on it.
pub(super) async fn open(acd: &Path, out: &Path) -> Result<Switch, String> {
    let plan = write_plan(out, 24_000..25_998, TENANTS_AND_SEATS)?;
    Switch::start(acd, out, &["--config", &plan.to_string_lossy()]).await
}
