//! How many tests passed and failed, read from what the runners print.

use std::fmt;
use std::ops::AddAssign;

/// Tests and checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Those that passed.
    pub(crate) passed: u64,
    /// Those that failed or ran out of time.
    pub(crate) failed: u64,
}

impl Counts {
    /// One check.
    pub(crate) const fn of_check(passed: bool) -> Self {
        if passed { Self { passed: 1, failed: 0 } } else { Self { passed: 0, failed: 1 } }
    }

    /// Adds what a line of a runner's output states: libtest's `test result:` or nextest's `Summary`.
    pub(crate) fn read_line(&mut self, line: &str) {
        let plain = without_colour(line);
        // What nextest shows of a failed test, its `test result:` too, it indents, as it does its own summary.
        let is_libtest = plain.starts_with("test result:");
        let line = plain.trim_start();
        if is_libtest || (line.starts_with("Summary [") && line.contains("tests run:")) {
            self.passed += before(line, "passed");
            self.failed += before(line, "failed") + before(line, "timed out");
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// The number that stands before a word: `before("3 passed; 1 failed", "failed")` is 1, and 0 without the word.
fn before(line: &str, word: &str) -> u64 {
    let Some((left, _)) = line.split_once(&format!(" {word}")) else { return 0 };
    let digits = left.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or(0)
}

/// A line without the escape sequences that colour it on a terminal.
fn without_colour(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        if c == '\u{1b}' {
            rest.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &str) -> Counts {
        let mut counts = Counts::default();
        lines.lines().for_each(|line| counts.read_line(line));
        counts
    }

    #[test]
    fn libtest_results_add_up() {
        let lines = "running 4 tests\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(read(lines), Counts { passed: 13, failed: 2 });
    }

    #[test]
    fn what_nextest_shows_of_a_failed_test_counts_once() {
        let lines = "        FAIL [   1.728s] acd-server::scenarios every_scenario\n    \
            test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out\n     \
            Summary [ 395.0s] 939 tests run: 938 passed, 1 failed, 0 skipped";
        assert_eq!(read(lines), Counts { passed: 938, failed: 1 });
    }

    #[test]
    fn a_nextest_summary_counts_slow_failed_and_timed_out_tests() {
        let line =
            "     Summary [   3.005s] 12 tests run: 9 passed (1 slow), 2 failed, 1 timed out, 4 skipped";
        assert_eq!(read(line), Counts { passed: 9, failed: 3 });
        assert_eq!(
            read("     Summary [ 0.1s] 1/3 tests run: 0 passed, 1 failed, 0 skipped"),
            Counts { passed: 0, failed: 1 }
        );
    }

    #[test]
    fn colours_do_not_hide_a_number() {
        let line = "\u{1b}[32;1m     Summary\u{1b}[0m [   0.1s] \u{1b}[1m2\u{1b}[0m tests run: \u{1b}[1m2\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, 0 skipped";
        assert_eq!(read(line), Counts { passed: 2, failed: 0 });
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(read("7 passed, 3 failed\nSummary of the day: 3 passed"), Counts::default());
    }
}
