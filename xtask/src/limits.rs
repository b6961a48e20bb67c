//! Every bound of the project's own commands, with its reason.

use std::time::Duration;

/// Source lines of a file that a reader holds in mind at once; more are named in a list.
pub(crate) const FILE_LINES_WANTED: usize = 400;

/// Source lines past which a file is split before anything else is done to it.
pub(crate) const FILE_LINES_MAX: usize = 800;

/// Installing the peers: a slow mirror, or cargo-deny built from source on two cores.
pub(crate) const INSTALL_TIME_MAX: Duration = Duration::from_secs(20 * 60);

/// A check that compiles nothing.
pub(crate) const CHECK_TIME_MAX: Duration = Duration::from_secs(5 * 60);

/// A step that may compile the whole workspace from nothing on two cores.
pub(crate) const BUILD_TIME_MAX: Duration = Duration::from_secs(40 * 60);

/// The end-to-end tests: each is bounded by itself, they run one at a time, and one waits out 64*T1.
pub(crate) const END_TO_END_TIME_MAX: Duration = Duration::from_secs(40 * 60);

/// One shard of mutants: a shard that takes longer should be cut into more.
pub(crate) const MUTANTS_TIME_MAX: Duration = Duration::from_secs(2 * 60 * 60);

/// How many times as long as the tests of the right code a mutant's may take: room for what else the machine does.
pub(crate) const MUTANT_BASELINES_MAX: u32 = 3;

/// What the demonstration may take beyond the seconds that it was asked for: start, last calls, summary.
pub(crate) const DEMO_EXTRA_TIME_MAX: Duration = Duration::from_secs(180);

/// Seconds of a demonstration: a day.
pub(crate) const DEMO_SECONDS_MAX: u64 = 86_400;

/// How often a running child is asked whether it has ended.
pub(crate) const CHILD_POLL: Duration = Duration::from_millis(50);

/// How deep the tree of folders is walked; the deepest folder of sources is less than half of it.
pub(crate) const FOLDER_DEPTH_MAX: usize = 16;

const _: () = assert!(FILE_LINES_WANTED < FILE_LINES_MAX, "what is wanted is less than what is an error");
