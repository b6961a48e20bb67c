//! Scenarios as data: each file in `tests/scenarios/` is a plan, a history, and what the switch must say to it.
//!
//! A line that begins with a time is what happens (`09:00:00 call 1 to 0770007119`); indented below it stand the
//! facts, and after `>` the orders. Below a new plan stands first what it changes (`~`) and whom it would strand (`!`). A line with `..` is a deadline that fired by itself. `date` sets the day
//! (Asia/Tokyo). After a wanted change, `ACD_BLESS=1 cargo test -p acd-core --test scenarios` writes what the switch
//! says now into the files, to be read before it is committed.
#![allow(clippy::unwrap_used, reason = "a test that meets what it does not expect must fail")]

#[path = "support/files.rs"]
mod files;
#[path = "support/play.rs"]
mod play;
mod support;

use std::path::PathBuf;

use acd_core::plan::{Plan, diff};
use acd_core::{Switch, UnexpectedInput};
use play::{Happened, Onlooker};
use support::text;

#[test]
fn every_scenario_goes_as_written() {
    files::go_as_written(&folder(), |_, written| play::play(written, &mut Reader));
}

#[test]
fn every_name_of_what_does_not_fit_is_shown() {
    let (_, written) =
        files::all(&folder()).into_iter().find(|(file, _)| file.ends_with("unexpected-inputs.txt")).unwrap();
    let names = [
        UnexpectedInput::CallDuplicate,
        UnexpectedInput::CallUnknown,
        UnexpectedInput::RingOver,
        UnexpectedInput::PartyOver,
        UnexpectedInput::SeatUnknown,
        UnexpectedInput::OutOfPhase,
        UnexpectedInput::TimeBackwards,
    ];
    for name in names {
        assert!(written.contains(&format!("UNEXPECTED {name:?}")), "no history shows {name:?}");
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

/// Reads every fact and every order.
struct Reader;

impl Onlooker for Reader {
    /// What the plan changes and whom it would strand, told before it is applied.
    fn new_plan(&mut self, switch: &Switch, plan: &Plan) -> Vec<String> {
        let changes = diff(switch.plan(), plan).into_iter().map(|change| format!("    ~ {change}"));
        let stranded = switch.would_strand(plan).into_iter().map(|it| format!("    ! {it}"));
        changes.chain(stranded).collect()
    }

    fn turned(&mut self, Happened { turn, .. }: &Happened<'_>) -> Option<Vec<String>> {
        let facts = turn.facts.iter().map(|fact| format!("    {}", text::fact(fact)));
        let orders = turn.orders.iter().map(|order| format!("    > {}", text::order(order)));
        Some(facts.chain(orders).collect())
    }
}
