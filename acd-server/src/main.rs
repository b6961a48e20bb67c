//! `acd`: the telephone switch of medical advice lines.

use std::process::ExitCode;

use acd_server::cli::{Cli, Command};
use clap::Parser;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command.unwrap_or_default() {
        Command::Serve(options) => acd_server::serve::run(&options),
        Command::Check(options) => acd_server::commands::check(&options),
        Command::Journal(action) => acd_server::commands::journal(&action),
    }
}
