//! `cargo xtask demo`: the switch and the simulator, built and shown.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use crate::limits::{BUILD_TIME_MAX, DEMO_EXTRA_TIME_MAX, DEMO_SECONDS_MAX};
use crate::{process, workspace};

/// What to show.
#[derive(Args)]
pub(crate) struct Options {
    /// For how long calls are placed.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=DEMO_SECONDS_MAX))]
    seconds: u64,
    /// Where journal, recordings and summary are left.
    #[arg(long, default_value = "out/demo")]
    out: PathBuf,
    /// Decides every random choice; the simulator's own default where absent.
    #[arg(long)]
    seed: Option<u64>,
}

/// Builds both programs for release, runs the demonstration, and passes its exit code on.
pub(crate) fn run(options: &Options) -> Result<ExitCode, String> {
    let mut build = workspace::cargo();
    build.args(["build", "--release", "--package", "acd-server", "--package", "sim"]);
    let built = process::run(build, BUILD_TIME_MAX);
    if !built.succeeded() {
        let why = built.problem.unwrap_or_else(|| "cargo says why above".into());
        return Err(format!("the release build failed: {why}"));
    }
    let programs = workspace::target_dir().join("release");
    // A path that the user gave is meant from where the user stands, not from the root.
    let out =
        std::env::current_dir().map_err(|error| format!("no current folder: {error}"))?.join(&options.out);
    let mut demo = std::process::Command::new(programs.join("acd-sim"));
    demo.arg("demo").arg("--acd").arg(programs.join("acd")).arg("--out").arg(out);
    demo.arg("--seconds").arg(options.seconds.to_string());
    if let Some(seed) = options.seed {
        demo.arg("--seed").arg(seed.to_string());
    }
    let time_max = Duration::from_secs(options.seconds) + DEMO_EXTRA_TIME_MAX;
    let finished = process::run_shown(demo, time_max);
    if let Some(problem) = finished.problem {
        return Err(problem);
    }
    let code = finished.status.and_then(|status| status.code()).and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
