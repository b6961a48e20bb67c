//! The switch whose latencies are measured: enough seats behind one number, too few behind the other.

use std::net::{IpAddr, Ipv4Addr};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where callers are.
pub(super) const CARRIER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// Where the seats are.
pub(super) const OFFICE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3));

/// One second of guidance, and a free seat for everybody.
pub(super) const READY_NUMBER: &str = "0440003000";

/// No guidance, and few seats.
pub(super) const BUSY_NUMBER: &str = "0440004000";

/// The seats of [`READY_NUMBER`].
pub(super) const READY_SEATS: RangeInclusive<u32> = 101..=140;

/// The seats of [`BUSY_NUMBER`].
pub(super) const BUSY_SEATS: RangeInclusive<u32> = 201..=208;

/// How long the guidance lasts.
pub(super) const GUIDANCE: Duration = Duration::from_secs(1);

/// The same in samples: silence, since what it says is not what is measured.
const GUIDANCE_SAMPLES: usize = 8_000;

const PLAN: &str = r#"# The plan of `acd-sim latency`: enough seats behind one number, too few behind the other.
format = 1

[media]
rtp_ports = { first = 24000, last = 25998 }

[[trunks]]
name = "carrier"
networks = ["127.0.0.2/32"]

[prompts.guidance]
audio = "guidance.ulaw"

[[tenants]]
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
    let plan = out.join("plan.toml");
    let write = |path: &Path, bytes: &[u8]| {
        std::fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
    };
    write(&plan, PLAN.as_bytes())?;
    // 0xff is silence in G.711 µ-law.
    write(&out.join("guidance.ulaw"), &[0xff; GUIDANCE_SAMPLES])?;
    Ok(plan)
}
