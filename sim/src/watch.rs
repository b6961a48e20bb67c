//! The switch watched from outside: memory, log, journal, figures.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::{interval, timeout};

use crate::limits::{FIGURES_TIME_MAX, JOURNAL_TIME_MAX};
use crate::process::resident_kib;
use crate::switch::Switch;

/// How often memory is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);

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
const REFUSALS: [&str; 7] =
    ["stranger", "digests", "malformed", "strays", "overloaded", "connections", "icmp_errors"];

#[cfg(test)]
mod tests {
    use super::*;

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
