//! Plans that must load, plans that must not, and what is said of them.

mod bands;
mod built_in;
mod choice;
mod disk;
mod documentation;
mod doubts;
mod errors;
mod holidays;
mod parties;
mod render;
mod settings;

use acd_core::Timestamp;

use super::{Files, PlanError, PlanFile, warnings};

/// A small plan without an error. Cases change a piece of it.
const SMALL: &str = r#"format = 1

[listen]
sip_udp = ["127.0.0.1:5060"]

[[trunks]]
name = "carrier"
networks = ["127.0.0.0/8"]

[prompts.guidance]
audio = "builtin:ja_shiga_guidance.wav"

[prompts.waiting]
audio = "builtin:ja_waiting.wav"

[[tenants]]
name = "shiga"
title = "Shiga"
waiting_message = "waiting"
hold_music = "waiting"
[[tenants.numbers]]
number = "0770007119"
guidance = "tape"
guidance_prompt = "guidance"

[[tenants.bands]]
days = ["every"]
from = "00:00"
to = "24:00"
seat_lines = 2
guidance_lines = 2

[[seats]]
names = "seat1..seat3"
password = "demo-{n}"
serves = { shiga = 1 }
"#;

fn parse(text: &str) -> Result<PlanFile, Vec<PlanError>> {
    PlanFile::parse("plan.toml", text, &Files::Embedded)
}

/// [`SMALL`] with one piece changed.
fn changed(from: &str, to: &str) -> String {
    assert_eq!(SMALL.matches(from).count(), 1, "{from:?} must stand once in SMALL");
    SMALL.replace(from, to)
}

/// The errors of a plan, as they are printed.
fn errors(text: &str) -> Vec<String> {
    parse(text).err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

/// What is doubtful about a plan without an error.
fn doubts(text: &str) -> Vec<String> {
    let plan = parse(text).unwrap_or_else(|errors| panic!("{errors:?}"));
    warnings(&plan, Timestamp::from_millis(0)).iter().map(ToString::to_string).collect()
}

#[test]
fn the_small_plan_has_no_error() {
    assert_eq!(errors(SMALL), Vec::<String>::new());
}
