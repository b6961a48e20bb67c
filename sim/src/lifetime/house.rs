//! The switch of a lifetime: one trunk, two hundred seats that all are one process, one second of guidance.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// Where callers are.
pub(super) const CARRIER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// Where all seats are.
pub(super) const OFFICE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3));

/// One second of guidance, silent: what it says is not what is tried here.
const GUIDANCE_SAMPLES: usize = 8_000;

/// Writes the plan.
pub(super) fn write_plan(out: &Path, seats: SocketAddr) -> Result<PathBuf, String> {
    let plan = out.join("plan.toml");
    let write = |path: &Path, bytes: &[u8]| {
        std::fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
    };
    write(&plan, text(seats).as_bytes())?;
    // 0xff is silence in G.711 µ-law.
    write(&out.join("guidance.ulaw"), &[0xff; GUIDANCE_SAMPLES])?;
    Ok(plan)
}

fn text(seats: SocketAddr) -> String {
    let tenant = |name: &str, number: &str, lines: u32, recording: &str| {
        format!(
            "[[tenants]]\nname = \"{name}\"\ntitle = \"{name}\"\nwaiting_message = \"guidance\"\n\
             numbers = [{{ number = \"{number}\", guidance = \"tape\", guidance_prompt = \"guidance\", \
             recording = \"{recording}\" }}]\n\
             bands = [{{ days = [\"every\"], from = \"00:00\", to = \"24:00\", seat_lines = {lines} }}]\n\n"
        )
    };
    format!(
        "# The plan of `acd-sim lifetime`.\nformat = 1\n\n\
         [media]\nrtp_ports = {{ first = 26000, last = 31998 }}\n\n\
         [[trunks]]\nname = \"carrier\"\nnetworks = [\"{CARRIER}/32\"]\n\n\
         [prompts.guidance]\naudio = \"guidance.ulaw\"\n\n{}{}{}\
         [[seats]]\nnames = \"seat0001..seat0200\"\nlogin = \"always\"\nstatic_contact = \"sip:{seats}\"\n\
         serves = {{ short = 1, recorded = 1, narrow = 1 }}\nwrap_up_max_s = 0\nnot_answering_retry_s = 1\n\
         unreachable_retry_s = 1\n",
        tenant("short", "0440007130", 1_000, "off"),
        tenant("recorded", "0440007119", 1_000, "from_answer"),
        tenant("narrow", "0440007001", 1, "off"),
    )
}
