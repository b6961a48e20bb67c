//! Children that are shown as they speak, counted, and ended when their time is over.

use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::limits::CHILD_POLL;
use crate::test::count::Counts;

/// What became of a child.
#[derive(Debug)]
pub(crate) struct Finished {
    /// How it ended; `None`: its time was over, or it could not be started.
    pub(crate) status: Option<ExitStatus>,
    /// The tests that its output spoke of.
    pub(crate) counts: Counts,
    /// Why it has no status.
    pub(crate) problem: Option<String>,
}

impl Finished {
    /// Whether it ended by itself with exit code 0.
    pub(crate) fn succeeded(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }
}

/// Runs a child to its end or to the end of its time, passing on what it says.
pub(crate) fn run(mut command: Command, time_max: Duration) -> Finished {
    let name = command.get_program().to_string_lossy().into_owned();
    if std::io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            let problem = Some(cannot_start(&name, &error));
            return Finished { status: None, counts: Counts::default(), problem };
        }
    };
    let out = child.stdout.take().map(|pipe| pass_on(pipe, shown_on(std::io::stdout())));
    let err = child.stderr.take().map(|pipe| pass_on(pipe, shown_on(std::io::stderr())));
    let (status, problem) = wait(&mut child, &name, time_max);
    let mut counts = Counts::default();
    for reader in [out, err].into_iter().flatten() {
        counts += reader.join().unwrap_or_default();
    }
    Finished { status, counts, problem }
}

/// Runs a child on our own terminal, which it may draw on; nothing is counted.
pub(crate) fn run_shown(mut command: Command, time_max: Duration) -> Finished {
    let name = command.get_program().to_string_lossy().into_owned();
    let counts = Counts::default();
    match command.spawn() {
        Ok(mut child) => {
            let (status, problem) = wait(&mut child, &name, time_max);
            Finished { status, counts, problem }
        }
        Err(error) => Finished { status: None, counts, problem: Some(cannot_start(&name, &error)) },
    }
}

fn cannot_start(name: &str, error: &std::io::Error) -> String {
    format!("cannot start {name}: {error}; is it installed?")
}

fn wait(child: &mut Child, name: &str, time_max: Duration) -> (Option<ExitStatus>, Option<String>) {
    let began = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return (Some(status), None),
            Ok(None) if began.elapsed() < time_max => std::thread::sleep(CHILD_POLL),
            Ok(None) => {
                end_tree(child);
                return (None, Some(format!("{name} took more than {} s and was ended", time_max.as_secs())));
            }
            Err(error) => return (None, Some(format!("cannot wait for {name}: {error}"))),
        }
    }
}

/// Our own output; in our own tests nowhere, or the run that counts them would count what their children say.
fn shown_on<W: Write + Send + 'static>(ours: W) -> Box<dyn Write + Send> {
    if cfg!(test) { Box::new(std::io::sink()) } else { Box::new(ours) }
}

fn pass_on<R: Read + Send + 'static, W: Write + Send + 'static>(pipe: R, mut to: W) -> JoinHandle<Counts> {
    std::thread::spawn(move || {
        let mut counts = Counts::default();
        let mut line = Vec::new();
        let mut pipe = BufReader::new(pipe);
        while pipe.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            // Nobody reading our output is no reason to stop reading the child's: it would block.
            let _ = to.write_all(&line).and_then(|()| to.flush());
            counts.read_line(&String::from_utf8_lossy(&line));
            line.clear();
        }
        counts
    })
}

/// Ends a child and all that descend from it: cargo ended alone would leave its test running.
fn end_tree(child: &mut Child) {
    let mut doomed = vec![child.id()];
    let parents = parents();
    let mut at = 0;
    while let Some(&pid) = doomed.get(at) {
        doomed.extend(parents.iter().filter(|(_, parent)| *parent == pid).map(|(own, _)| *own));
        at += 1;
    }
    let pids: Vec<String> = doomed.iter().map(u32::to_string).collect();
    let _ = Command::new("sh").arg("-c").arg(format!("kill -9 {}", pids.join(" "))).status();
    let _ = child.wait();
}

/// Every process and its parent, as `/proc` tells.
fn parents() -> Vec<(u32, u32)> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            // The name, in parentheses, may hold anything; state and parent follow its last parenthesis.
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
            Some((pid, parent))
        })
        .collect()
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
    fn a_child_that_fails_is_no_success() {
        assert!(run(shell("exit 0"), Duration::from_secs(20)).succeeded());
        assert!(!run(shell("exit 3"), Duration::from_secs(20)).succeeded());
    }

    #[test]
    fn what_a_child_says_is_counted_on_both_pipes() {
        let script = "echo 'test result: ok. 3 passed; 0 failed; 0 ignored'; \
                      echo 'Summary [ 1s] 5 tests run: 4 passed, 1 failed, 0 skipped' >&2";
        let finished = run(shell(script), Duration::from_secs(20));
        assert_eq!(finished.counts, Counts { passed: 7, failed: 1 });
    }

    #[test]
    fn a_child_past_its_time_is_ended_with_its_children() {
        let finished = run(shell("sleep 600 & wait"), Duration::from_millis(1));
        assert!(!finished.succeeded());
        assert!(finished.problem.is_some_and(|problem| problem.contains("was ended")));
    }

    #[test]
    fn a_child_that_does_not_exist_is_named() {
        let finished = run(Command::new("no-such-program-here"), Duration::from_secs(1));
        assert!(finished.problem.is_some_and(|problem| problem.contains("no-such-program-here")));
    }
}
