//! `acd serve`: puts the parts together and runs the loop.

mod controls;
mod cut;
mod dialogs;
mod engine;
mod gate;
mod reload;
mod retention;
mod settings;
mod signals;
mod snapshots;
mod start;
mod taps;

use std::process::ExitCode;

use crate::cli::Serve;

/// Runs the switch until it is told to end. 0: ended clean; 1: failed; 2: used wrongly (a plan with errors).
pub fn run(options: &Serve) -> ExitCode {
    match start::serve(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error.print();
            error.exit_code()
        }
    }
}
