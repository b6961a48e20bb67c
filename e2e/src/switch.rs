//! The program under test: `acd serve` on a data folder of its own, and the commands that read it.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;

use rustix::process::Signal;

use crate::audio::{repository_file, tone, write_wav};
use crate::child::{Running, run_to_end};
use crate::facts::{Fact, Facts};
use crate::grpc;
use crate::limits::{COMMAND_TIME_MAX, EXPORT_AGAIN, FACT_TIME_MAX, READY_TIME_MAX, STOP_TIME_MAX};
use crate::scratch::Scratch;
use crate::wait::until_every;

/// A Wednesday morning in Japan, when every tenant is at its usual work.
pub const WEDNESDAY_MORNING: &str = "2026-11-18T10:00:00+09:00";

/// How the switch is started.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A plan file; the built-in plan where absent.
    pub plan: Option<PathBuf>,
    /// Where its clock starts (`--clock-start`); the machine's time where absent.
    pub clock_start: Option<String>,
    /// Whether [`Switch::set_clock_on`] can set its wall clock (libfaketime; its monotonic clock is the machine's).
    pub settable_clock: bool,
}

impl Options {
    /// The plan of this name in `e2e/plans`, copied into the folder beside prompts that are tones, each by name, frequency and
    /// seconds, so that what is heard is known; on a Wednesday morning.
    ///
    /// # Panics
    /// If there is no such plan.
    pub fn with_tones(scratch: &Scratch, name: &str, prompts: &[(&str, f64, usize)]) -> Self {
        let plan = scratch.join("plan.toml");
        let written = repository_file(&format!("e2e/plans/{name}.toml"));
        std::fs::copy(written, &plan).expect("the plan is copied");
        for (prompt, frequency_hz, seconds) in prompts {
            let audio = tone(*frequency_hz, 0.3, seconds * 8_000);
            write_wav(&scratch.join(&format!("{prompt}.wav")), &audio);
        }
        Self { plan: Some(plan), clock_start: Some(WEDNESDAY_MORNING.into()), ..Self::default() }
    }
}

/// A running switch; ends with the handle.
#[derive(Debug)]
pub struct Switch {
    running: Running,
    options: Options,
    scratch: Scratch,
    addresses: Addresses,
}

/// Where a running switch is reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Addresses {
    sip: SocketAddr,
    grpc: SocketAddr,
}

impl Switch {
    /// Starts the switch on the built-in plan, on a Wednesday morning.
    pub fn start() -> Self {
        Self::start_with(Options { clock_start: Some(WEDNESDAY_MORNING.into()), ..Options::default() })
    }

    /// Starts the switch and waits until it accepts calls.
    ///
    /// # Panics
    /// If it does not say `ready` in time.
    pub fn start_with(options: Options) -> Self {
        let scratch = Scratch::new("switch");
        let (running, addresses) = serve(&scratch, &options);
        Self { running, options, scratch, addresses }
    }

    /// Where it takes SIP.
    pub fn sip(&self) -> SocketAddr {
        self.addresses.sip
    }

    /// Calls a method of its programming interface as any client in another language would: `path` is
    /// `/acd.v1.Service/Method`, `message` the request in protobuf's encoding. The response's message.
    ///
    /// # Panics
    /// If the call fails.
    pub fn call_grpc(&self, path: &str, message: &[u8]) -> Vec<u8> {
        grpc::call(self.addresses.grpc, path, message)
    }

    /// Runs a command of `acd` that speaks to the running switch.
    ///
    /// # Panics
    /// If it fails.
    pub fn tell(&self, arguments: &[&str]) {
        let grpc = self.addresses.grpc.to_string();
        let mut command = program("ACD_BIN", "acd");
        let output = run_to_end(command.args(arguments).args(["--grpc", &grpc]), COMMAND_TIME_MAX);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "acd {}: {errors}", arguments.join(" "));
    }

    /// Sets its wall clock so many seconds on from the machine's.
    ///
    /// # Panics
    /// If its clock is not settable.
    pub fn set_clock_on(&self, seconds: u32) {
        assert!(self.options.settable_clock, "the switch was started with the machine's clock");
        write_clock(&self.scratch, seconds);
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.scratch.join("data")
    }

    /// All that it has logged, over all its lives.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.scratch.join("log")).unwrap_or_default()
    }

    /// Kills it as a power cut would.
    pub fn kill(&mut self) {
        self.running.kill();
    }

    /// Starts it again on the same data.
    ///
    /// # Panics
    /// If it does not say `ready` in time.
    pub fn start_again(&mut self) {
        let (running, addresses) = serve(&self.scratch, &self.options);
        self.running = running;
        self.addresses = addresses;
    }

    /// Asks it to stop and waits until it has.
    ///
    /// # Panics
    /// If it does not stop in time, or not with exit code 0.
    pub fn stop(&mut self) {
        self.running.signal(Signal::TERM);
        match self.running.wait(STOP_TIME_MAX) {
            Some(status) => {
                assert!(status.success(), "acd serve ended with {status}; its log: {}", self.log())
            }
            None => panic!("acd serve did not stop within {} s of SIGTERM", STOP_TIME_MAX.as_secs()),
        }
    }

    /// Whether it is still running.
    pub fn is_up(&mut self) -> bool {
        self.running.ended().is_none()
    }

    /// Stops it in its tracks while `meanwhile` runs, so that what is sent meanwhile arrives all at once.
    pub fn frozen<T>(&self, meanwhile: impl FnOnce() -> T) -> T {
        self.running.signal(Signal::STOP);
        let result = meanwhile();
        self.running.signal(Signal::CONT);
        result
    }

    /// What the journal holds at this moment.
    ///
    /// # Panics
    /// If `acd journal export` fails.
    pub fn facts(&self) -> Facts {
        let output = self.ask(&["journal", "export"]);
        assert!(output.status.success(), "acd journal export: {}", String::from_utf8_lossy(&output.stderr));
        Facts::parse(&String::from_utf8_lossy(&output.stdout))
    }

    /// Waits until the facts show what is wanted.
    ///
    /// # Panics
    /// If they do not in time.
    pub fn wait_for<T>(&self, what: &str, wanted: impl Fn(&Facts) -> Option<T>) -> T {
        until_every(EXPORT_AGAIN, what, FACT_TIME_MAX, || wanted(&self.facts()))
    }

    /// Waits for so many facts of a kind and gives the last of them.
    ///
    /// # Panics
    /// If they do not come in time.
    pub fn wait_for_facts(&self, kind: &str, count: usize) -> Fact {
        self.wait_for(&format!("{count} facts `{kind}`"), |facts| {
            facts.of(kind).get(count.checked_sub(1)?).map(|fact| (*fact).clone())
        })
    }

    /// Waits for a call's end and gives its outcome.
    ///
    /// # Panics
    /// If it does not end in time.
    pub fn outcome(&self, call: u64) -> String {
        self.wait_for(&format!("the outcome of call {call}"), |facts| facts.outcome(call).map(str::to_owned))
    }

    /// Runs a command of `acd` on the switch's data.
    ///
    /// # Panics
    /// If it cannot be run or does not end in time.
    pub fn ask(&self, arguments: &[&str]) -> Output {
        run_to_end(program("ACD_BIN", "acd").args(arguments).arg("--data").arg(self.data()), COMMAND_TIME_MAX)
    }

    /// The form 様式2 of a tenant for the day of [`WEDNESDAY_MORNING`], as JSON, written beside the plan.
    ///
    /// # Panics
    /// If it is not written, or is no JSON.
    pub fn day_form(&self, scratch: &Scratch, plan: &Path, tenant: &str) -> serde_json::Value {
        let form = scratch.join("day.json");
        let (plan, out) = (plan.to_string_lossy(), form.to_string_lossy());
        let of_day = ["report", "--form", "fdma2", "--tenant", tenant, "--date", "2026-11-18"];
        let written = self.ask(&[&of_day[..], &["--config", &plan, "--out", &out]].concat());
        assert!(written.status.success(), "acd report: {}", String::from_utf8_lossy(&written.stderr));
        let text = std::fs::read_to_string(&form).expect("the form is written");
        serde_json::from_str(&text).expect("the form is JSON")
    }
}

fn serve(scratch: &Scratch, options: &Options) -> (Running, Addresses) {
    let log =
        OpenOptions::new().create(true).append(true).open(scratch.join("log")).expect("a file for the log");
    let mut command = program("ACD_BIN", "acd");
    command.arg("serve").arg("--data").arg(scratch.join("data"));
    // The switch finds free ports itself: one that was looked up here could be another's by then.
    command.args(["--sip", "127.0.0.1:0", "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"]);
    if let Some(plan) = &options.plan {
        command.arg("--config").arg(plan);
    }
    if let Some(start) = &options.clock_start {
        command.args(["--clock-start", start]);
    }
    if options.settable_clock {
        write_clock(scratch, 0);
        command.env("LD_PRELOAD", faketime()).env("FAKETIME_TIMESTAMP_FILE", scratch.join("clock"));
        command.envs([("FAKETIME_NO_CACHE", "1"), ("FAKETIME_DONT_FAKE_MONOTONIC", "1")]);
    }
    // What a user of the machine has set for other programs is not what is tested.
    command.env_remove("ACD_LOG").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
    let mut running = Running::start(&mut command);
    let stdout = running.child().stdout.take().expect("invariant: stdout is piped");
    let (tell, ready) = mpsc::channel();
    // Reads on to the end, or a switch that speaks again would block.
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if let Some(addresses) = ready_addresses(&line) {
                let _ = tell.send(addresses);
            }
        }
    });
    match ready.recv_timeout(READY_TIME_MAX) {
        Ok(addresses) => (running, addresses),
        Err(_) => {
            let log = std::fs::read_to_string(scratch.join("log")).unwrap_or_default();
            panic!("acd serve did not say `ready sip=…`; its log: {log}")
        }
    }
}

/// Replaced whole, since the switch may read it at any instant.
fn write_clock(scratch: &Scratch, seconds: u32) {
    let next = scratch.join("clock.next");
    std::fs::write(&next, format!("+{seconds}")).expect("room for a line");
    std::fs::rename(next, scratch.join("clock")).expect("a file of our own folder");
}

/// Debian has it in a folder named by the architecture.
fn faketime() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").expect("every system has /usr/lib").map_while(Result::ok);
    folders
        .map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"))
        .find(|library| library.is_file())
        .expect("libfaketime is not installed: apt-get install faketime")
}

/// The addresses of the line `ready sip=127.0.0.1:5060 http=… grpc=…`.
fn ready_addresses(line: &str) -> Option<Addresses> {
    let parts = line.strip_prefix("ready ")?;
    let of = |name: &str| -> Option<SocketAddr> {
        parts.split_whitespace().find_map(|part| part.strip_prefix(name))?.parse().ok()
    };
    Some(Addresses { sip: of("sip=")?, grpc: of("grpc=")? })
}

/// A program of ours: named by a variable, or built beside the test that runs.
pub fn program(variable: &str, name: &str) -> Command {
    let path = std::env::var_os(variable).map(PathBuf::from).or_else(|| beside_the_test(name));
    Command::new(path.unwrap_or_else(|| PathBuf::from(name)))
}

fn beside_the_test(name: &str) -> Option<PathBuf> {
    let test = std::env::current_exe().ok()?;
    // target/debug/deps/test → target/debug/name
    test.ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(name))
        .find(|path: &PathBuf| Path::is_file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ready_line_names_the_addresses() {
        let line = "ready sip=127.0.0.1:5070 http=127.0.0.1:8080 grpc=127.0.0.1:50051";
        let local = |port| SocketAddr::from(([127, 0, 0, 1], port));
        assert_eq!(ready_addresses(line), Some(Addresses { sip: local(5070), grpc: local(50051) }));
        assert_eq!(ready_addresses("not ready sip=127.0.0.1:5070 grpc=127.0.0.1:50051"), None);
        assert_eq!(ready_addresses("ready http=127.0.0.1:8080"), None);
    }
}
