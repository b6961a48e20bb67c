//! `cargo xtask mutants --shard k/n`: cargo-mutants over the core and the accounting, with the tests that say most in ten
//! seconds. Shards are run one after another; `docs/testing.md` keeps what they found.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Args;

use crate::limits::{MUTANT_BASELINES_MAX, MUTANTS_TIME_MAX};
use crate::test::install;
use crate::{process, workspace};

/// What to change.
#[derive(Args)]
pub(crate) struct Options {
    /// Which part of the mutants, as k/n with k from 0.
    #[arg(long, default_value = "0/1")]
    shard: String,
    /// Only these files (may be given several times); a pattern from the root of the workspace.
    #[arg(long)]
    file: Vec<String>,
    /// How many mutants are tried at once, each in a copy of the workspace with libraries of its own.
    #[arg(long, default_value_t = NonZeroUsize::MIN)]
    jobs: NonZeroUsize,
    /// Only these mutants (may be given several times): a regular expression on their names, as survivors are listed.
    #[arg(long)]
    re: Vec<String>,
    /// Only these tests, by name (`lib,scenarios`): fewer where a file's own unit tests are enough, more for survivors.
    #[arg(long, value_delimiter = ',')]
    tests: Vec<String>,
    /// Where the results are left.
    #[arg(long, default_value = "out/mutants")]
    out: PathBuf,
}

/// One crate, which of its files are changed, and the tests that must notice.
struct Target {
    package: &'static str,
    files: &'static [&'static str],
    tests: &'static [&'static str],
}

/// The swarm compares every fact with the reference model's, so that `reference` would only say the same again.
const TARGETS: [Target; 2] = [
    Target {
        package: "acd-core",
        files: &[],
        tests: &["lib", "plan_diff", "scenarios", "snapshots", "swarm"],
    },
    Target {
        package: "reports",
        files: &["reports/src/accounting/**"],
        tests: &["lib", "accounting", "edges", "fdma2", "parties", "profiles", "random_days", "scenarios"],
    },
];

/// Seeds of the swarm and cases of property tests for each mutant: as many as fit into the ten seconds.
const SEEDS: &str = "20";
const CASES: &str = "16";

/// Runs the shard on each crate that has mutants in it.
pub(crate) fn run(options: &Options) -> Result<ExitCode, String> {
    install::cargo_mutants()?;
    let mut survived = false;
    for target in TARGETS {
        let Some(files) = files(&target, &options.file) else { continue };
        let out = workspace::root().join(&options.out).join(target.package);
        fs::create_dir_all(&out).map_err(|error| format!("cannot make {}: {error}", out.display()))?;
        let finished = process::run(command(&target, &files, options, &out), MUTANTS_TIME_MAX);
        if let Some(problem) = finished.problem {
            return Err(problem);
        }
        let results = Results::read(&out.join("mutants.out"));
        println!("{}, shard {}: {results}", target.package, options.shard);
        survived |= !finished.succeeded();
    }
    Ok(if survived { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Which files of the crate are changed; `None`: none of those that were asked for is in it.
fn files(target: &Target, wanted: &[String]) -> Option<Vec<String>> {
    if wanted.is_empty() {
        return Some(target.files.iter().map(|file| (*file).to_owned()).collect());
    }
    let own = format!("{}/", target.package);
    let files: Vec<String> = wanted.iter().filter(|file| file.starts_with(&own)).cloned().collect();
    (!files.is_empty()).then_some(files)
}

/// The tests to run, as cargo is told.
fn selection(usual: &[&str], wanted: &[String]) -> Vec<String> {
    let names: Vec<&str> =
        if wanted.is_empty() { usual.to_vec() } else { wanted.iter().map(String::as_str).collect() };
    let told = |name: &str| if name == "lib" { "--lib".to_owned() } else { format!("--test={name}") };
    names.into_iter().map(told).collect()
}

fn command(target: &Target, files: &[String], options: &Options, out: &Path) -> Command {
    let mut command = workspace::cargo();
    command
        .args(["mutants", "--package", target.package, "--no-shuffle", "--colors", "never"])
        .args([
            "--jobs",
            &options.jobs.to_string(),
            "--timeout-multiplier",
            &MUTANT_BASELINES_MAX.to_string(),
        ])
        // Dealt out in turn, so that one shard is a sample of all.
        .args(["--shard", &options.shard, "--sharding", "round-robin", "--output"])
        .arg(out)
        .args(files.iter().flat_map(|file| ["--file", file]))
        .args(options.re.iter().flat_map(|name| ["--re", name]))
        // Not behind `--`: these go to the build too, which otherwise makes every test of the crate.
        .args(selection(target.tests, &options.tests).iter().map(|test| format!("--cargo-arg={test}")))
        .env("ACD_SEEDS", SEEDS)
        .env("PROPTEST_CASES", CASES)
        .env("CARGO_PROFILE_DEV_DEBUG", "0");
    if options.jobs == NonZeroUsize::MIN {
        // The libraries are the same for every shard.
        command.env("CARGO_TARGET_DIR", workspace::target_dir().join("mutants").join(target.package));
    } else {
        // Two builds in one folder would wait for each other.
        command.env_remove("CARGO_TARGET_DIR");
    }
    command
}

/// How many mutants ended how.
#[derive(Debug, Default, PartialEq, Eq)]
struct Results {
    caught: usize,
    timeout: usize,
    missed: usize,
    unviable: usize,
}

impl Results {
    /// Reads the lists that cargo-mutants leaves; one that is not there is empty.
    fn read(folder: &Path) -> Self {
        let lines = |name: &str| fs::read_to_string(folder.join(name)).map_or(0, |text| text.lines().count());
        Self {
            caught: lines("caught.txt"),
            timeout: lines("timeout.txt"),
            missed: lines("missed.txt"),
            unviable: lines("unviable.txt"),
        }
    }
}

impl std::fmt::Display for Results {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { caught, timeout, missed, unviable } = self;
        let (noticed, viable) = (caught + timeout, caught + timeout + missed);
        write!(
            f,
            "{noticed} of {viable} viable mutants noticed ({timeout} by time), {missed} survived, {unviable} did not compile"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_belongs_to_one_crate() {
        let [core, reports] = TARGETS;
        assert_eq!(files(&core, &[]), Some(vec![]));
        assert_eq!(files(&reports, &[]), Some(vec!["reports/src/accounting/**".into()]));
        let wanted = ["acd-core/src/time.rs".to_owned()];
        assert_eq!(files(&core, &wanted), Some(wanted.to_vec()));
        assert_eq!(files(&reports, &wanted), None);
    }

    #[test]
    fn tests_are_named_as_cargo_names_them() {
        assert_eq!(selection(&["lib", "swarm"], &[]), ["--lib", "--test=swarm"]);
        assert_eq!(selection(&["lib", "swarm"], &["bounds".to_owned()]), ["--test=bounds"]);
    }

    #[test]
    fn a_mutant_ended_by_time_is_noticed() {
        let results = Results { caught: 8, timeout: 1, missed: 1, unviable: 2 };
        let text = "9 of 10 viable mutants noticed (1 by time), 1 survived, 2 did not compile";
        assert_eq!(results.to_string(), text);
    }
}
