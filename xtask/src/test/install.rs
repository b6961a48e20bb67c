//! The programs that the tests need and that cargo does not bring: real SIP peers, and the licence check.

use std::path::PathBuf;
use std::process::Command;

use crate::limits::INSTALL_TIME_MAX;
use crate::{process, workspace};

/// A program and the Debian package that holds it.
struct Peer {
    program: &'static str,
    package: &'static str,
}

/// The end-to-end tests speak to these and to nothing of ours.
const PEERS: [Peer; 4] = [
    Peer { program: "sipp", package: "sip-tester" },
    Peer { program: "baresip", package: "baresip-core" },
    Peer { program: "sox", package: "sox" },
    Peer { program: "faketime", package: "faketime" },
];

/// Installs the missing peers by apt where that is allowed.
///
/// # Errors
/// Names the packages that are missing and could not be installed.
pub(crate) fn peers() -> Result<(), String> {
    let missing = missing_packages();
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = format!("install by hand: apt-get install {}", missing.join(" "));
    if find("apt-get").is_none() {
        return Err(format!("there is no apt-get here; {by_hand}"));
    }
    if !is_root() {
        return Err(format!("only root may install packages; {by_hand}"));
    }
    // A stale or absent list of packages is the usual state of a fresh container.
    process::run(apt(&["update"]), INSTALL_TIME_MAX);
    let mut install = apt(&["install", "--yes", "--no-install-recommends"]);
    install.args(&missing);
    process::run(install, INSTALL_TIME_MAX);
    let missing = missing_packages();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(format!("apt-get did not bring {}; {by_hand}", missing.join(" ")))
    }
}

/// Installs `cargo deny` where it is missing.
///
/// # Errors
/// If cargo cannot install it.
pub(crate) fn cargo_deny() -> Result<(), String> {
    cargo_tool("cargo-deny", &[])
}

/// Installs `cargo mutants` where it is missing, in the version that the results in `docs/testing.md` were made with.
///
/// # Errors
/// If cargo cannot install it.
pub(crate) fn cargo_mutants() -> Result<(), String> {
    cargo_tool("cargo-mutants", &["--version", "27.1.0"])
}

fn cargo_tool(program: &str, version: &[&str]) -> Result<(), String> {
    if find(program).is_some() {
        return Ok(());
    }
    let mut install = workspace::cargo();
    install.args(["install", program, "--locked"]).args(version);
    let finished = process::run(install, INSTALL_TIME_MAX);
    if finished.succeeded() {
        Ok(())
    } else {
        Err(format!("cargo install {program} --locked failed; install {program} by hand"))
    }
}

/// Whether `cargo nextest` is there.
pub(crate) fn has_nextest() -> bool {
    find("cargo-nextest").is_some()
}

fn missing_packages() -> Vec<&'static str> {
    PEERS.iter().filter(|peer| find(peer.program).is_none()).map(|peer| peer.package).collect()
}

fn apt(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn is_root() -> bool {
    // The effective user is the second number of the line (proc_pid_status(5)).
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let uids = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    uids.and_then(|uids| uids.split_whitespace().nth(1)) == Some("0")
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let cargo_bin = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo/bin"));
    std::env::split_paths(&path)
        .chain(cargo_bin)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
