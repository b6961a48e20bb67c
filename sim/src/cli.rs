//! The command line of `acd-sim`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the program's output")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use acd_sim::attack::{self, Attack};
use acd_sim::demo;
use acd_sim::latency;
use acd_sim::lifetime;
use clap::{Args, Parser, Subcommand};

mod manual;

/// Simulated carriers, callers and seats over real SIP and RTP.
#[derive(Debug, Parser)]
#[command(name = "acd-sim", version, about, propagate_version = true)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the switch, let callers call and seats answer, show the board, and check that all went right.
    Demo(Demo),
    /// Attack a switch in every way that a network knows, and check that ten calls in progress do not notice.
    Attack(AttackOptions),
    /// Place many thousand short calls in a row, and check that nothing is left of them.
    Lifetime(LifetimeOptions),
    /// Measure how quickly calls are answered and seats are rung, and check it against the goals.
    Latency(LatencyOptions),
    /// Place one call and tell what was heard.
    Call(manual::Call),
    /// Be one seat until Ctrl-C, or until so many calls were answered.
    Seat(manual::Seat),
}

#[derive(Args, Debug)]
struct Demo {
    /// The program `acd`.
    #[arg(long, value_name = "PATH")]
    acd: PathBuf,
    /// How long; no caller comes in the last 24 s.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: u64,
    /// Where journal, recordings and summary are left; emptied if it is a former demonstration's.
    #[arg(long, value_name = "DIR", default_value = "out/demo")]
    out: PathBuf,
    /// Decides every random choice.
    #[arg(long, default_value_t = 7_119)]
    seed: u64,
    /// Print the summary as JSON and nothing else.
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
struct AttackOptions {
    /// The program `acd`.
    #[arg(long, value_name = "PATH")]
    acd: PathBuf,
    /// Where journal, log and summary are left; emptied if it is a former attack's.
    #[arg(long, value_name = "DIR", default_value = "out/attack")]
    out: PathBuf,
    /// Decides every random choice.
    #[arg(long, default_value_t = 7_119)]
    seed: u64,
    /// One attack: register-one, register-many, stranger-invite, seat-invite, garbage, tcp, redial, rtp, rtcp.
    #[arg(long, value_name = "NAME", value_parser = attack_named)]
    only: Option<Attack>,
    /// Print the summary as JSON and nothing else.
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
struct LifetimeOptions {
    /// The program `acd`.
    #[arg(long, value_name = "PATH")]
    acd: PathBuf,
    /// Calls, after the warm-up.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    calls: u32,
    /// Calls before memory is looked at.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    warm_up: u32,
    /// Calls a second.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    rate: u32,
    /// Where journal, log and summary are left; emptied if it is a former lifetime's.
    #[arg(long, value_name = "DIR", default_value = "out/lifetime")]
    out: PathBuf,
    /// Decides every random choice.
    #[arg(long, default_value_t = 7_119)]
    seed: u64,
    /// Print the summary as JSON and nothing else.
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
struct LatencyOptions {
    /// The program `acd`.
    #[arg(long, value_name = "PATH")]
    acd: PathBuf,
    /// Calls through the guidance to a free seat.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    calls: u32,
    /// Such calls a second; above 40 there may be no free seat.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=40))]
    rate: u32,
    /// Times that a seat is to be rung again while callers wait.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    turns: u32,
    /// Where journal, log and summary are left; emptied if it is a former measurement's.
    #[arg(long, value_name = "DIR", default_value = "out/latency")]
    out: PathBuf,
    /// Decides every random choice.
    #[arg(long, default_value_t = 7_119)]
    seed: u64,
    /// Print the summary as JSON and nothing else.
    #[arg(long)]
    json: bool,
}

async fn latency(options: LatencyOptions) -> Result<bool, String> {
    let LatencyOptions { acd, calls, rate, turns, out, seed, json } = options;
    let (text, holds) = latency::run(&latency::Options { acd, out, seed, calls, rate, turns }, json).await?;
    println!("{text}");
    Ok(holds)
}

async fn lifetime(options: LifetimeOptions) -> Result<bool, String> {
    let LifetimeOptions { acd, calls, warm_up, rate, out, seed, json } = options;
    let options = lifetime::Options { acd, out, seed, calls, warm_up, rate };
    let (text, holds) = lifetime::run(&options, json).await?;
    println!("{text}");
    Ok(holds)
}

fn attack_named(name: &str) -> Result<Attack, String> {
    Attack::named(name).ok_or_else(|| {
        let names: Vec<&str> = Attack::ALL.iter().map(|attack| attack.name()).collect();
        format!("no such attack; there are {}", names.join(", "))
    })
}

async fn attack(options: AttackOptions) -> Result<bool, String> {
    let AttackOptions { acd, out, seed, only, json } = options;
    let (text, holds) = attack::run(&attack::Options { acd, out, seed, only }, json).await?;
    println!("{text}");
    Ok(holds)
}

/// Runs the command: 0 fine, 1 found wrong, 2 used wrongly or could not run.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("acd-sim: no threads: {error}");
            return ExitCode::from(2);
        }
    };
    let result = runtime.block_on(async {
        match cli.command {
            Command::Demo(options) => {
                demo::run(&demo::Options {
                    acd: options.acd,
                    length: Duration::from_secs(options.seconds),
                    out: options.out,
                    seed: options.seed,
                    json: options.json,
                })
                .await
            }
            Command::Attack(options) => attack(options).await,
            Command::Latency(options) => latency(options).await,
            Command::Lifetime(options) => lifetime(options).await,
            Command::Call(options) => manual::call(options).await,
            Command::Seat(options) => manual::seat(options).await,
        }
    });
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("acd-sim: {error}");
            ExitCode::from(2)
        }
    }
}
