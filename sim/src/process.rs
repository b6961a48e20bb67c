//! What the operating system says of a process: memory, sockets, threads' time. Linux's `/proc`.

use std::path::Path;

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
        assert_eq!(resident_of("Name: zombie\n"), None);
    }
}
