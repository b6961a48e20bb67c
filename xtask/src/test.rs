//! `cargo xtask test`: every check and every test, to the end, and one line that says how many passed.

pub(crate) mod count;
pub(crate) mod install;
mod steps;

use std::process::ExitCode;
use std::time::Instant;

use clap::Args;

use self::count::Counts;
use self::steps::Step;

/// What to run.
#[derive(Args)]
pub(crate) struct Options {
    /// Only these steps (may be given several times).
    #[arg(long, value_enum)]
    only: Vec<Step>,
}

/// Runs the steps in order and goes on after a failure, so that one run shows all that is wrong.
pub(crate) fn run(options: &Options) -> Result<ExitCode, String> {
    let wanted = |step: &Step| options.only.is_empty() || options.only.contains(step);
    let mut total = Counts::default();
    let mut failures = Vec::new();
    for step in Step::ALL.into_iter().filter(wanted) {
        println!("\n=== {} ===", step.heading());
        let began = Instant::now();
        let result = steps::run(step);
        println!("--- {}: {} ({} s)", step.heading(), result.counts, began.elapsed().as_secs());
        total += result.counts;
        failures.extend(result.problems.into_iter().map(|problem| format!("{}: {problem}", step.heading())));
    }
    println!();
    for failure in &failures {
        println!("FAILED {failure}");
    }
    println!("{total}");
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
