//! The steps of `cargo xtask test`, in their order: what is quick and often wrong first.

use std::process::Command;
use std::time::Duration;

use clap::ValueEnum;

use super::count::Counts;
use super::install;
use crate::limits::{BUILD_TIME_MAX, CHECK_TIME_MAX, END_TO_END_TIME_MAX};
use crate::{process, tidy, workspace};

/// One step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Step {
    /// `cargo fmt --check`.
    Fmt,
    /// `cargo clippy` with warnings as errors.
    Clippy,
    /// `cargo xtask tidy`.
    Tidy,
    /// Unit, property and simulation tests, and the examples in the documentation.
    Unit,
    /// The switch against real SIP peers, one test at a time.
    E2e,
    /// The documentation, private items too, with warnings as errors.
    Doc,
    /// Licences, duplicate and wildcard dependencies, sources.
    Deny,
}

/// What a step found.
pub(crate) struct StepResult {
    /// Its tests, or itself as one check.
    pub(crate) counts: Counts,
    /// What failed, a line each.
    pub(crate) problems: Vec<String>,
}

impl Step {
    /// Every step, in order.
    pub(crate) const ALL: [Self; 7] =
        [Self::Fmt, Self::Clippy, Self::Tidy, Self::Unit, Self::E2e, Self::Doc, Self::Deny];

    /// What stands above its output.
    pub(crate) const fn heading(self) -> &'static str {
        match self {
            Self::Fmt => "format",
            Self::Clippy => "clippy",
            Self::Tidy => "tidy",
            Self::Unit => "unit, property and simulation tests",
            Self::E2e => "end-to-end tests against SIPp and baresip",
            Self::Doc => "documentation",
            Self::Deny => "licences and sources of dependencies",
        }
    }
}

/// Runs one step to its end.
pub(crate) fn run(step: Step) -> StepResult {
    match step {
        Step::Fmt => check(cargo(&["fmt", "--all", "--check"]), CHECK_TIME_MAX),
        Step::Clippy => {
            check(cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]), BUILD_TIME_MAX)
        }
        Step::Tidy => {
            let found = tidy::check_workspace();
            found.print();
            one_check(if found.errors.is_empty() { Ok(()) } else { Err("see the errors above".into()) })
        }
        Step::Unit => unit(),
        Step::E2e => end_to_end(),
        Step::Doc => {
            let mut doc = cargo(&["doc", "--workspace", "--no-deps", "--document-private-items"]);
            doc.env("RUSTDOCFLAGS", "-D warnings");
            check(doc, BUILD_TIME_MAX)
        }
        Step::Deny => match install::cargo_deny() {
            Ok(()) => check(cargo(&["deny", "check", "licenses", "bans", "sources"]), CHECK_TIME_MAX),
            Err(problem) => one_check(Err(problem)),
        },
    }
}

fn unit() -> StepResult {
    let tests = if install::has_nextest() {
        cargo(&["nextest", "run", "--workspace", "--exclude", "e2e", "--no-fail-fast", "--no-tests=pass"])
    } else {
        cargo(&["test", "--workspace", "--exclude", "e2e", "--lib", "--bins", "--tests", "--no-fail-fast"])
    };
    let examples = cargo(&["test", "--workspace", "--exclude", "e2e", "--doc", "--no-fail-fast"]);
    let mut result = tests_of(tests, BUILD_TIME_MAX);
    let of_examples = tests_of(examples, BUILD_TIME_MAX);
    result.counts += of_examples.counts;
    result.problems.extend(of_examples.problems);
    result
}

fn end_to_end() -> StepResult {
    if let Err(problem) = install::peers() {
        return one_check(Err(problem));
    }
    let build = check(cargo(&["build", "--package", "acd-server", "--package", "sim"]), BUILD_TIME_MAX);
    if build.counts.failed > 0 {
        return build;
    }
    let programs = workspace::target_dir().join("debug");
    // Never by nextest: its processes run side by side, and these tests share two cores with real-time audio.
    let mut tests = cargo(&["test", "--package", "e2e", "--no-fail-fast", "--", "--test-threads=1"]);
    tests.env("ACD_BIN", programs.join("acd")).env("ACD_SIM_BIN", programs.join("acd-sim"));
    tests_of(tests, END_TO_END_TIME_MAX)
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = workspace::cargo();
    command.args(arguments);
    command
}

/// Runs something that is right or wrong as a whole.
fn check(command: Command, time_max: Duration) -> StepResult {
    let line = shown(&command);
    let finished = process::run(command, time_max);
    one_check(if finished.succeeded() {
        Ok(())
    } else {
        Err(finished.problem.unwrap_or(format!("`{line}` failed")))
    })
}

/// Runs something that counts its tests itself; a runner that fails without a failed test (it did not compile, it was
/// ended) is one failure.
fn tests_of(command: Command, time_max: Duration) -> StepResult {
    let line = shown(&command);
    let finished = process::run(command, time_max);
    let succeeded = finished.succeeded();
    let mut counts = finished.counts;
    if !succeeded && counts.failed == 0 {
        counts.failed = 1;
    }
    let problem = finished.problem.unwrap_or(format!("`{line}` failed"));
    StepResult { counts, problems: if succeeded { Vec::new() } else { vec![problem] } }
}

fn one_check(result: Result<(), String>) -> StepResult {
    StepResult { counts: Counts::of_check(result.is_ok()), problems: result.err().into_iter().collect() }
}

fn shown(command: &Command) -> String {
    let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy()).collect();
    format!("cargo {}", arguments.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.arg("-c").arg(script);
        command
    }

    #[test]
    fn a_runner_that_fails_before_its_first_test_is_a_failure() {
        let result = tests_of(shell("exit 101"), Duration::from_secs(20));
        assert_eq!(result.counts, Counts { passed: 0, failed: 1 });
        assert_eq!(result.problems.len(), 1);
    }

    #[test]
    fn failed_tests_are_counted_as_the_runner_counts_them() {
        let result = tests_of(
            shell("echo 'test result: FAILED. 4 passed; 2 failed;'; exit 101"),
            Duration::from_secs(20),
        );
        assert_eq!(result.counts, Counts { passed: 4, failed: 2 });
    }

    #[test]
    fn a_check_counts_one() {
        assert_eq!(check(shell("exit 0"), Duration::from_secs(20)).counts, Counts { passed: 1, failed: 0 });
        assert_eq!(check(shell("exit 1"), Duration::from_secs(20)).counts, Counts { passed: 0, failed: 1 });
    }
}
