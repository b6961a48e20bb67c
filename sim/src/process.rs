//! What the operating system says of a process: memory, sockets, threads' time. Linux's `/proc`.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// Resident memory in KiB (`VmRSS`).
///
/// # Errors
/// If the process is gone.
pub(crate) fn resident_kib(pid: u32) -> Result<u64, String> {
    let path = format!("/proc/{pid}/status");
    let status = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    resident_of(&status).ok_or_else(|| format!("{path} has no VmRSS: the process has ended"))
}

fn resident_of(status: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse().ok())
}

/// Open sockets.
///
/// # Errors
/// If the process is gone.
pub(crate) fn sockets(pid: u32) -> Result<usize, String> {
    let path = format!("/proc/{pid}/fd");
    let entries = Path::new(&path).read_dir().map_err(|error| format!("{path}: {error}"))?;
    let targets = entries.flatten().filter_map(|entry| entry.path().read_link().ok());
    Ok(targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count())
}

/// How long each thread has stood ready and waited for a core, since it began; empty if the system does not say.
pub(crate) fn waits(pid: u32) -> BTreeMap<String, Duration> {
    let tasks = Path::new("/proc").join(pid.to_string()).join("task");
    let threads = tasks.read_dir().into_iter().flatten().flatten();
    let waits = threads.filter_map(|thread| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        Some((thread.file_name().to_string_lossy().into_owned(), waited_of(&text)?))
    });
    waits.collect()
}

/// `schedstat` is nanoseconds on a core, nanoseconds waited for one, and how often.
fn waited_of(schedstat: &str) -> Option<Duration> {
    schedstat.split_whitespace().nth(1)?.parse().ok().map(Duration::from_nanos)
}

/// The load average of the last minute, which says how much else the machine was doing.
pub(crate) fn load_average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("unknown").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_memory_and_sockets() {
        let own = std::process::id();
        assert!(resident_kib(own).expect("alive") > 100);
        let before = sockets(own).expect("alive");
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").expect("a port");
        assert!(sockets(own).expect("alive") > 0, "{before} before {socket:?}");
        assert_eq!(resident_of("VmPeak:\t  9 kB\nVmRSS:\t   1234 kB\n"), Some(1_234));
        assert_eq!(waited_of("5000 7000 3\n"), Some(Duration::from_micros(7)));
        assert_eq!(waited_of(""), None);
        assert_eq!(resident_of("Name: zombie\n"), None);
    }
}
