//! The switch of a lifetime: one trunk, two hundred seats that all are one process, one second of guidance.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::loopback;

/// Writes the plan.
pub(super) fn write_plan(out: &Path, seats: SocketAddr) -> Result<PathBuf, String> {
    loopback::write_plan(out, 26_000..31_998, &tenants_and_seats(seats))
}

fn tenants_and_seats(seats: SocketAddr) -> String {
    let tenant = |name: &str, number: &str, lines: u32, recording: &str| {
        format!(
            "[[tenants]]\nname = \"{name}\"\ntitle = \"{name}\"\nwaiting_message = \"guidance\"\n\
             numbers = [{{ number = \"{number}\", guidance = \"tape\", guidance_prompt = \"guidance\", \
             recording = \"{recording}\" }}]\n\
             bands = [{{ days = [\"every\"], from = \"00:00\", to = \"24:00\", seat_lines = {lines} }}]\n\n"
        )
    };
    format!(
        "{}{}{}\
         [[seats]]\nnames = \"seat0001..seat0200\"\nlogin = \"always\"\nstatic_contact = \"sip:{seats}\"\n\
         serves = {{ short = 1, recorded = 1, narrow = 1 }}\nwrap_up_max_s = 0\nnot_answering_retry_s = 1\n\
         unreachable_retry_s = 1\n",
        tenant("short", "0440007130", 1_000, "off"),
        tenant("recorded", "0440007119", 1_000, "from_answer"),
        tenant("narrow", "0440007001", 1, "off"),
    )
}
