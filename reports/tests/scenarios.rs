//! The rules of the accounting as histories that a line manager can read: each file in `tests/scenarios/` is a plan and a
//! history, as the core's scenarios are, played on the real switch, and the figures that the client's form shows of it.
//!
//! `counts kyoto as shiga, target 90.0` says how a client counts; `figures kyoto 2026-04-01 hour 10: offered, rate` asks
//! the form, whose answer stands indented below. The reckoning stands in the file's opening remark: it is worked out from
//! the rules and not from the answer. After a wanted change, `ACD_BLESS=1 cargo test -p reports --test scenarios` writes
//! what the forms say now into the files, to be read before it is committed.
//!
//! A period is a day, a month or a fiscal year; a row `hour 10`, `hours 9 to 11`, `on 2026-04-02`, `on 2026-04-02 hour 8`,
//! `in 2026-04`, `total` or `mean of hour 10`. `list kyoto 2026-04: 回線閉塞` gives the form's intervals, `definition kyoto
//! 2026-04: 表示と値` a line of its 算出条件, `consultations kyoto 2026-04 on 2026-04-01` one of its list of consultations,
//! `offered_a_day kyoto 2026-04` its 平均受付件数, `to_call_back kyoto` the calls whose callers are to be called back. Where the history says that the switch is gone, the next happening is the first
//! of another life.
#![allow(clippy::unwrap_used, reason = "a test that meets what it does not expect must fail")]

#[path = "told/books.rs"]
mod books;
#[path = "told/columns.rs"]
mod columns;
#[path = "../../acd-core/tests/support/files.rs"]
mod files;
#[path = "../../acd-core/tests/support/play.rs"]
mod play;
#[path = "told/printed.rs"]
mod printed;
#[allow(dead_code, reason = "what the core's own scenarios say of facts and orders is not said here")]
#[path = "../../acd-core/tests/support/mod.rs"]
mod support;

use std::path::PathBuf;

use books::Books;

#[test]
fn every_scenario_goes_as_written() {
    files::go_as_written(&folder(), |file, written| play::play(written, &mut Books::of(file)));
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}
