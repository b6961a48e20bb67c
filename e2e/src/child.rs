//! A process that ends with its handle.

use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::wait::eventually;

/// A running process, killed when the handle goes.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    name: String,
}

impl Running {
    /// Starts it.
    pub(crate) fn start(command: &mut Command) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        match command.spawn() {
            Ok(child) => Self { child, name },
            Err(error) => panic!("cannot start {name}: {error}; is it installed and built?"),
        }
    }

    /// The process itself, for its pipes.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Sends a signal; a process that has ended already does not mind.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let _ = kill_process(pid.expect("invariant: a child has a positive process id"), signal);
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap_or_else(|error| panic!("cannot wait for {}: {error}", self.name))
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self, time_max: Duration) -> Option<ExitStatus> {
        eventually(time_max, || self.ended())
    }

    /// Kills it as a power cut would (SIGKILL).
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Runs a command that ends by itself and gives what it said.
///
/// # Panics
/// If it cannot be started or does not end in time.
pub fn run_to_end(command: &mut Command, time_max: Duration) -> Output {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = Running::start(command);
    let mut pipes = (running.child.stdout.take(), running.child.stderr.take());
    let read = |pipe: Option<Box<dyn std::io::Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(mut pipe) = pipe {
                let _ = pipe.read_to_end(&mut bytes);
            }
            bytes
        })
    };
    let out = read(pipes.0.take().map(|pipe| Box::new(pipe) as _));
    let err = read(pipes.1.take().map(|pipe| Box::new(pipe) as _));
    let Some(status) = running.wait(time_max) else {
        panic!("{} did not end within {} s", running.name, time_max.as_secs())
    };
    let joined = "invariant: a reader of a pipe does not panic";
    Output { status, stdout: out.join().expect(joined), stderr: err.join().expect(joined) }
}
