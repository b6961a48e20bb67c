//! The switch that the instruments start on this machine alone: who is where, and the half of the plan that they have in
//! common.

use std::net::{IpAddr, Ipv4Addr};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where callers are: the carrier's one address, so that every other one is a stranger's.
pub(crate) const CARRIER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// Where the seats are.
pub(crate) const OFFICE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3));

/// How long the guidance lasts.
pub(crate) const GUIDANCE: Duration = Duration::from_secs(1);

/// The same in samples: silence, since what it says is not what is tried or measured.
const GUIDANCE_SAMPLES: usize = 8_000;

/// Writes a plan with these tenants and seats, for media on these ports.
pub(crate) fn write_plan(
    out: &Path,
    rtp_ports: Range<u16>,
    tenants_and_seats: &str,
) -> Result<PathBuf, String> {
    let plan = out.join("plan.toml");
    let write = |path: &Path, bytes: &[u8]| {
        std::fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
    };
    let Range { start: first, end: last } = rtp_ports;
    let text = format!(
        "format = 1\n\n[media]\nrtp_ports = {{ first = {first}, last = {last} }}\n\n\
         [[trunks]]\nname = \"carrier\"\nnetworks = [\"{CARRIER}/32\"]\n\n\
         [prompts.guidance]\naudio = \"guidance.ulaw\"\n\n{tenants_and_seats}"
    );
    write(&plan, text.as_bytes())?;
    // 0xff is silence in G.711 µ-law.
    write(&out.join("guidance.ulaw"), &[0xff; GUIDANCE_SAMPLES])?;
    Ok(plan)
}
