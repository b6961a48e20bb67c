//! The switch against queueing theory: callers, talks and patience by seed, seats that answer at once, and figures that must
//! agree with the exact ones of Erlang B, C and A (M/M/n/n, M/M/n, M/M/n+M, and all of them with bounded lines) within the
//! confidence interval of the simulation. Nothing here is written from the rules: a dispatcher that leaves a seat idle, forgets a
//! caller or serves out of turn is found by what callers wait.
//!
//! `ACD_CUSTOMERS=2000000 cargo test --release -p acd-core --test queueing -- --nocapture` plays so many callers of each case.
#![allow(clippy::unwrap_used, reason = "a test that meets what it does not expect must fail")]
#![allow(clippy::wildcard_enum_match_arm, reason = "the outside acts on a few of many facts and orders")]

#[path = "queueing/batches.rs"]
mod batches;
#[path = "queueing/cases.rs"]
mod cases;
#[path = "queueing/chain.rs"]
mod chain;
#[allow(dead_code, reason = "shared with tests that use more of it")]
#[path = "support/plans.rs"]
mod plans;
#[allow(dead_code, reason = "shared with tests that use more of it")]
#[path = "swarm/rng.rs"]
mod rng;
#[path = "queueing/run.rs"]
mod run;

use chain::{Centre, FIGURES, Figures};
use run::{Setting, play};

const PLAIN: Setting = Setting { tenants: 1, wrap_up: false };

/// Callers of each case, if nobody asks for more.
const CUSTOMERS: u64 = 20_000;

#[test]
fn the_chain_gives_the_published_figures() {
    for (centre, published) in cases::published() {
        for ((name, computed), published) in FIGURES.iter().zip(centre.figures()).zip(published) {
            let off = (computed - published).abs();
            assert!(
                off <= 1e-6 * published.max(0.01),
                "{}: {name} is {computed}, not {published}",
                centre.name
            );
        }
    }
}

#[test]
fn the_switch_agrees_with_the_published_cases() {
    for (index, (centre, figures)) in cases::published().iter().enumerate() {
        agrees(centre, PLAIN, figures, index as u64);
    }
}

#[test]
fn the_switch_agrees_with_theory_in_other_cases() {
    for (index, centre) in cases::others().iter().enumerate() {
        agrees(centre, PLAIN, &centre.figures(), 100 + index as u64);
    }
}

#[test]
fn seats_shared_by_tenants_are_one_queue_to_theory() {
    for (index, (centre, figures)) in cases::published().iter().enumerate() {
        if centre.lines.is_none() && centre.seats == 5 {
            agrees(centre, Setting { tenants: 3, ..PLAIN }, figures, 200 + index as u64);
        }
    }
}

#[test]
fn wrap_up_is_service_to_theory() {
    for (index, (centre, figures)) in cases::published().iter().enumerate() {
        if centre.lines.is_none() && centre.seats == 5 {
            agrees(centre, Setting { wrap_up: true, ..PLAIN }, figures, 300 + index as u64);
        }
    }
}

#[allow(clippy::print_stdout, reason = "the figures of a long run are its result")]
fn agrees(centre: &Centre, setting: Setting, exact: &Figures, seed: u64) {
    let customers = std::env::var("ACD_CUSTOMERS").map_or(CUSTOMERS, |customers| customers.parse().unwrap());
    let customers = customers * centre.slowness();
    let batches = play(centre, setting, customers, seed);
    println!("{} {setting:?}", centre.name);
    for (at, (name, exact)) in FIGURES.iter().zip(exact).enumerate() {
        let of_batches: Vec<f64> = batches.iter().map(|figures| figures[at]).collect();
        let (mean, half) = batches::interval(&of_batches);
        // What should happen once and did not has no variance.
        let half = if name.starts_with("P(") {
            half.max(batches::interval_of_rare(*exact, customers))
        } else {
            half
        };
        println!("    {name}: {mean:.5} ± {half:.5}, exactly {exact:.5}");
        // Times are whole milliseconds in the switch.
        let rounding = 1e-5 + 1e-6 * exact;
        assert!(
            (mean - exact).abs() <= half + rounding,
            "{} {setting:?}: {name} is {mean:.5} ± {half:.5}, in theory {exact:.5}",
            centre.name
        );
        // An interval as wide as the figure would let everything pass.
        assert!(
            half <= 0.02 + 0.5 * exact,
            "{}: {name} ± {half:.5} says nothing about {exact:.5}",
            centre.name
        );
    }
}
