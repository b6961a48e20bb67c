//! The switch watched from outside: memory, log, journal, figures.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::{interval, timeout};

use crate::limits::{FIGURES_TIME_MAX, JOURNAL_TIME_MAX};
use crate::process::{resident_kib, waits};
use crate::switch::Switch;

/// How often memory is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What is written to see how long the disk takes: a page, as a small commit does.
const DISK_WRITE_BYTES: usize = 4_096;

/// Watches the highest resident memory.
#[derive(Debug)]
pub(crate) struct Memory {
    pid: u32,
    peak: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Memory {
    /// Begins to watch a process.
    pub(crate) fn watch(pid: u32) -> Self {
        let peak = Arc::new(AtomicU64::new(0));
        let shared = Arc::clone(&peak);
        let task = tokio::spawn(async move {
            let mut clock = interval(LOOK_EVERY);
            loop {
                clock.tick().await;
                // A process that is gone has no memory; that it is gone is seen elsewhere.
                shared.fetch_max(resident_kib(pid).unwrap_or(0), Ordering::Relaxed);
            }
        });
        Self { pid, peak, task }
    }

    /// Resident now, in KiB; the peak begins anew from it.
    pub(crate) fn now(&self) -> Result<u64, String> {
        let now = resident_kib(self.pid)?;
        self.peak.store(now, Ordering::Relaxed);
        Ok(now)
    }

    /// The highest since [`Self::now`], in KiB.
    pub(crate) fn peak(&self) -> u64 {
        self.peak.load(Ordering::Relaxed)
    }
}

/// Watches how long the switch's threads wait for a core, which tells a machine that is starved from a switch that is slow.
#[derive(Debug)]
pub(crate) struct Starvation {
    longest_us: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Drop for Starvation {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Starvation {
    /// Begins to watch a process.
    pub(crate) fn watch(pid: u32) -> Self {
        let longest_us = Arc::new(AtomicU64::new(0));
        let shared = Arc::clone(&longest_us);
        let task = tokio::spawn(async move {
            let mut clock = interval(LOOK_EVERY);
            let mut before = waits(pid);
            loop {
                clock.tick().await;
                let now = waits(pid);
                shared.fetch_max(longest_wait(&before, &now), Ordering::Relaxed);
                before = now;
            }
        });
        Self { longest_us, task }
    }

    /// The longest that one thread has waited between two looks since the last call of this, in milliseconds. A wait is told
    /// when it is over, so that a longer one is told whole.
    pub(crate) fn longest_ms(&self) -> u64 {
        self.longest_us.swap(0, Ordering::Relaxed) / 1_000
    }
}

/// Watches how long the disk takes, by a small file of its own, which tells a disk that others keep busy from a journal that
/// is slow.
#[derive(Debug)]
pub(crate) struct Disk {
    longest_us: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

impl Disk {
    /// Begins to write to a file in the folder.
    pub(crate) fn watch(folder: &Path) -> Result<Self, String> {
        let path = folder.join("disk-control");
        let mut file = File::create(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let longest_us = Arc::new(AtomicU64::new(0));
        let over = Arc::new(AtomicBool::new(false));
        let (longest, end) = (Arc::clone(&longest_us), Arc::clone(&over));
        std::thread::spawn(move || {
            while !end.load(Ordering::Relaxed) {
                let began = Instant::now();
                // A disk that is full takes no time, and is seen by the journal.
                let _ = file.write_all(&[0; DISK_WRITE_BYTES]).and_then(|()| file.sync_data());
                let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
                longest.fetch_max(took, Ordering::Relaxed);
                std::thread::sleep(LOOK_EVERY);
            }
        });
        Ok(Self { longest_us, over })
    }

    /// The longest that a write took until it was durable since the last call of this, in milliseconds.
    pub(crate) fn longest_ms(&self) -> u64 {
        self.longest_us.swap(0, Ordering::Relaxed) / 1_000
    }
}

/// The longest that one thread has waited between two looks, in microseconds.
fn longest_wait(before: &BTreeMap<String, Duration>, now: &BTreeMap<String, Duration>) -> u64 {
    let grown = now.iter().map(|(thread, waited)| {
        let old = before.get(thread).copied().unwrap_or_default();
        u64::try_from(waited.saturating_sub(old).as_micros()).unwrap_or(u64::MAX)
    });
    grown.max().unwrap_or(0)
}

/// Lines of the switch's log.
pub(crate) fn log_lines(out: &Path) -> u64 {
    let log = std::fs::read(out.join("acd.log")).unwrap_or_default();
    log.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// Facts of a kind in the journal.
pub(crate) async fn facts(switch: &Switch, kind: &str) -> Result<u64, String> {
    let output = timeout(JOURNAL_TIME_MAX, switch.journal("export").output())
        .await
        .map_err(|_| "acd journal export took too long".to_owned())?
        .map_err(|error| format!("acd journal export: {error}"))?;
    if !output.status.success() {
        return Err(format!("acd journal export: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let mark = format!("\"fact\":\"{kind}\"");
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().filter(|line| line.contains(&mark)).count() as u64)
}

/// The switch's own figures by series; empty if it tells none.
pub(crate) async fn figures(http: Option<SocketAddr>) -> BTreeMap<String, f64> {
    let Some(http) = http else { return BTreeMap::new() };
    match timeout(FIGURES_TIME_MAX, scrape(http)).await {
        Ok(Ok(text)) => series(&text),
        // The figures explain the result and are no part of it.
        Ok(Err(_)) | Err(_) => BTreeMap::new(),
    }
}

async fn scrape(http: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(http).await?;
    let request = format!("GET /metrics HTTP/1.1\r\nHost: {http}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// `name{labels} value` lines of the Prometheus text format.
fn series(text: &str) -> BTreeMap<String, f64> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let (name, value) = line.rsplit_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        })
        .collect()
}

/// What grew between two looks at the figures, of the series that count refusals and what is like them.
pub(crate) fn refusals(
    before: &BTreeMap<String, f64>,
    after: &BTreeMap<String, f64>,
) -> BTreeMap<String, f64> {
    after
        .iter()
        .filter(|(name, _)| REFUSALS.iter().any(|word| name.contains(word)))
        .map(|(name, value)| (name.clone(), value - before.get(name).copied().unwrap_or(0.0)))
        .filter(|(_, grown)| *grown > 0.0)
        .collect()
}

/// Words in the names of series that tell of refused or ignored things.
const REFUSALS: [&str; 10] = [
    "stranger",
    "digests",
    "malformed",
    "strays",
    "overloaded",
    "connections",
    "icmp_errors",
    "kernel_udp_dropped",
    "calls_refused",
    "calls_ended",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_wait_is_one_thread_s_and_a_new_thread_has_waited_from_its_start() {
        let waited = |figures: [(&str, u64); 2]| -> BTreeMap<String, Duration> {
            figures.map(|(thread, ms)| (thread.to_owned(), Duration::from_millis(ms))).into()
        };
        let before = waited([("1", 100), ("2", 900)]);
        assert_eq!(longest_wait(&before, &waited([("1", 130), ("2", 905)])), 30_000);
        assert_eq!(longest_wait(&before, &waited([("2", 905), ("3", 40)])), 40_000);
        assert_eq!(longest_wait(&before, &BTreeMap::new()), 0);
    }

    #[test]
    fn refusals_are_what_grew() {
        let before = series("# HELP x y\nacd_sip_malformed_total 3\nacd_calls 9\n");
        let after =
            series("acd_sip_malformed_total 10\nacd_calls 11\nacd_stranger_invites{answer=\"none\"} 2\n");
        let grown = refusals(&before, &after);
        let expected = [("acd_sip_malformed_total", 7.0), ("acd_stranger_invites{answer=\"none\"}", 2.0)];
        assert_eq!(grown, expected.map(|(name, value)| (name.to_owned(), value)).into());
    }
}
