//! The rules of closed months and of keeping (R-A13, R-A14) as histories that a line manager can read: each file in
//! `tests/scenarios/` is a plan and a history, as the core's scenarios are, played on the real switch into a real journal, and
//! what the office asks of the program beside it: `close kyoto 2027-03 on 2027-03-31 at 22:00`, `retention of kyoto on 2030-04-10`. What
//! the program answers stands indented below. Titles, targets and counting are those of the built-in plan's clients.
//!
//! After a wanted change, `ACD_BLESS=1 cargo test -p acd-server --test scenarios` writes what the program says now into the
//! files, to be read before it is committed.
#![allow(clippy::unwrap_used, reason = "a test that meets what it does not expect must fail")]

#[path = "../../acd-core/tests/support/files.rs"]
mod files;
#[path = "told/office.rs"]
mod office;
#[path = "../../acd-core/tests/support/play.rs"]
mod play;
#[allow(dead_code, reason = "what the core's own scenarios say of facts and orders is not said here")]
#[path = "../../acd-core/tests/support/mod.rs"]
mod support;

use std::path::PathBuf;

use office::Office;

#[test]
fn every_scenario_goes_as_written() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    files::go_as_written(&folder, |_, written| play::play(written, &mut Office::new()));
}
