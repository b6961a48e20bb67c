//! The project's own commands: `cargo xtask demo`, `cargo xtask test`, `cargo xtask tidy`, `cargo xtask mutants`.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool speaks to its user")]

mod demo;
mod limits;
mod mutants;
mod process;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the switch and the simulator, and show real calls for a while.
    Demo(demo::Options),
    /// Run every test and every check, with the real peers they need.
    Test(test::Options),
    /// Check layering, lengths, words, manifests and papers.
    Tidy,
    /// Change one thing at a time in the core and the accounting, and see whether a test notices.
    Mutants(mutants::Options),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Demo(options) => demo::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Tidy => tidy::run(),
        Command::Mutants(options) => mutants::run(&options),
    };
    match outcome {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::from(2)
        }
    }
}
