//! The switch as a child process: started, waited for, asked for its journal, ended by SIGTERM.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::limits::{JOURNAL_TIME_MAX, LOG_TAIL_BYTES, READY_TIME_MAX, STOP_TIME_MAX};

/// The running switch.
#[derive(Debug)]
pub(crate) struct Switch {
    program: PathBuf,
    data: PathBuf,
    child: Child,
    /// Held open, so that the switch may write to it.
    _stdout: Lines<BufReader<ChildStdout>>,
    /// Where it takes SIP.
    pub(crate) sip: SocketAddr,
    /// Where it tells its figures; `None`: it does not.
    pub(crate) http: Option<SocketAddr>,
    /// Its process.
    pub(crate) pid: u32,
}

impl Switch {
    /// Starts `acd serve` on free ports, with `arguments` (the plan, the clock), and waits until it takes calls.
    pub(crate) async fn start(program: &Path, data: &Path, arguments: &[&str]) -> Result<Self, String> {
        let log = data.join("acd.log");
        let log_file = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let mut child = Command::new(program)
            .arg("serve")
            .args(arguments)
            .arg("--data")
            .arg(data)
            // The switch finds free ports itself: one that was looked up here could be another's by then.
            .args(["--sip", "127.0.0.1:0", "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log_file)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| {
                format!("cannot start {}: {error}; --acd names the program", program.display())
            })?;
        let stdout = child.stdout.take().ok_or("the switch has no standard output")?;
        let mut lines = BufReader::new(stdout).lines();
        let ready = async {
            while let Ok(Some(line)) = lines.next_line().await {
                if let Some(sip) = ready_address(&line, "sip=") {
                    return Some((sip, ready_address(&line, "http=")));
                }
            }
            None
        };
        match timeout(READY_TIME_MAX, ready).await {
            Ok(Some((sip, http))) => Ok(Self {
                program: program.to_owned(),
                data: data.to_owned(),
                pid: child.id().unwrap_or_default(),
                child,
                _stdout: lines,
                sip,
                http,
            }),
            Ok(None) => Err(format!("the switch ended before it was ready; it says:\n{}", tail(&log))),
            Err(_) => Err(format!(
                "the switch was not ready in {} s; it says:\n{}",
                READY_TIME_MAX.as_secs(),
                tail(&log)
            )),
        }
    }

    /// A command that reads this switch's journal.
    pub(crate) fn journal(&self, action: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["journal", action]).arg("--data").arg(&self.data);
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// SIGTERM, and its end.
    pub(crate) async fn stop(mut self) -> (Stopped, Result<(), String>) {
        let stopped = Stopped { program: self.program.clone(), data: self.data.clone() };
        let ended = self.end().await;
        (stopped, ended)
    }

    async fn end(&mut self) -> Result<(), String> {
        let Some(pid) = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw) else {
            return Err(format!(
                "the switch had ended by itself; it says:\n{}",
                tail(&self.data.join("acd.log"))
            ));
        };
        kill_process(pid, Signal::TERM).map_err(|error| format!("SIGTERM to the switch: {error}"))?;
        match timeout(STOP_TIME_MAX, self.child.wait()).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => {
                Err(format!("the switch ended with {status}; it says:\n{}", tail(&self.data.join("acd.log"))))
            }
            Ok(Err(error)) => Err(format!("waiting for the switch: {error}")),
            Err(_) => Err(format!("the switch did not end in {} s after SIGTERM", STOP_TIME_MAX.as_secs())),
        }
    }
}

/// A switch that has ended; its journal is still there.
#[derive(Debug)]
pub(crate) struct Stopped {
    program: PathBuf,
    data: PathBuf,
}

impl Stopped {
    /// Every fact, one JSON object a line.
    pub(crate) async fn export(&self) -> Result<String, String> {
        let output = self.run("export").await?;
        if !output.status.success() {
            return Err(format!("acd journal export: {}", said(&output)));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Sequence, checksums, replay equality.
    pub(crate) async fn verify(&self) -> Result<(), String> {
        let output = self.run("verify").await?;
        if output.status.success() {
            Ok(())
        } else {
            Err(format!("acd journal verify found faults: {}", said(&output)))
        }
    }

    /// The day sheet of a tenant, written to `out`.
    pub(crate) async fn day_sheet(&self, tenant: &str, date: &str, out: &Path) -> Result<(), String> {
        let out = out.display().to_string();
        let arguments = ["report", "--form", "fdma2", "--tenant", tenant, "--date", date, "--out", &out];
        let output = self.ask(&arguments).await?;
        if output.status.success() {
            Ok(())
        } else {
            Err(format!("acd report for {tenant}: {}", said(&output)))
        }
    }

    async fn run(&self, action: &str) -> Result<Output, String> {
        self.ask(&["journal", action]).await
    }

    async fn ask(&self, arguments: &[&str]) -> Result<Output, String> {
        let mut command = Command::new(&self.program);
        command.args(arguments).arg("--data").arg(&self.data).stdin(Stdio::null()).kill_on_drop(true);
        let what = arguments.iter().take(2).copied().collect::<Vec<_>>().join(" ");
        match timeout(JOURNAL_TIME_MAX, command.output()).await {
            Ok(output) => output.map_err(|error| format!("acd {what}: {error}")),
            Err(_) => Err(format!("acd {what} took over {} s", JOURNAL_TIME_MAX.as_secs())),
        }
    }
}

/// An address of `ready sip=127.0.0.1:5060 http=… grpc=…`, by its key.
fn ready_address(line: &str, key: &str) -> Option<SocketAddr> {
    let words = line.strip_prefix("ready ")?;
    words.split_whitespace().find_map(|word| word.strip_prefix(key)?.parse().ok())
}

/// The end of the switch's log, for a failure.
fn tail(path: &Path) -> String {
    let read = || -> std::io::Result<String> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(LOG_TAIL_BYTES as u64)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    read().unwrap_or_else(|error| format!("({}: {error})", path.display()))
}

fn said(output: &Output) -> String {
    let text = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    text.concat().trim().to_owned()
}

/// Errors that the switch logged: none is expected in a demonstration.
pub(crate) fn logged_errors(data: &Path) -> Vec<String> {
    let log = std::fs::read(data.join("acd.log")).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    log.lines().filter(|line| line.contains(" ERROR ")).take(5).map(str::to_owned).collect()
}

/// How often a live view looks.
pub(crate) const LOOK_EVERY: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ready_line_is_read() {
        let line = "ready sip=127.0.0.1:5061 http=127.0.0.1:8080 grpc=127.0.0.1:50051";
        assert_eq!(ready_address(line, "sip="), "127.0.0.1:5061".parse().ok());
        assert_eq!(ready_address(line, "http="), "127.0.0.1:8080".parse().ok());
        assert_eq!(ready_address("ready sip=127.0.0.1:5061 http=off grpc=off", "http="), None);
        assert_eq!(ready_address("not ready sip=127.0.0.1:5061", "sip="), None);
    }
}
