//! The switch under attack: a plan whose trunk is one address, so that every other one is a stranger's.

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use crate::switch::Switch;

/// The carrier's one address.
pub(super) const CARRIER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// Where the seats are.
pub(super) const OFFICE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3));

/// The number behind which the ten seats are.
pub(super) const TALKS_NUMBER: &str = "0440001000";

/// The number that only plays its guidance.
pub(super) const PROBE_NUMBER: &str = "0440002000";

/// Seats that talk during the attacks; the caller of each has the same index.
pub(super) const TALKERS: std::ops::RangeInclusive<u32> = 101..=110;

/// The seat whose registrations are the legitimate ones. It is registered and not logged in, so nobody rings it.
pub(super) const PROBE_SEAT: u32 = 111;

/// One second of guidance, silent: what it says is not what is tried here.
const GUIDANCE_SAMPLES: usize = 8_000;

const PLAN: &str = r#"# The plan of `acd-sim attack`: the carrier is one address.
format = 1

[media]
rtp_ports = { first = 24000, last = 25998 }

[[trunks]]
name = "carrier"
networks = ["127.0.0.2/32"]

[prompts.guidance]
audio = "guidance.ulaw"

[[tenants]]
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
    let plan = write_plan(out)?;
    Switch::start(acd, out, &["--config", &plan.to_string_lossy()]).await
}

fn write_plan(out: &Path) -> Result<PathBuf, String> {
    let plan = out.join("plan.toml");
    let write = |path: &Path, bytes: &[u8]| {
        std::fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
    };
    write(&plan, PLAN.as_bytes())?;
    // 0xff is silence in G.711 µ-law.
    write(&out.join("guidance.ulaw"), &[0xff; GUIDANCE_SAMPLES])?;
    Ok(plan)
}
