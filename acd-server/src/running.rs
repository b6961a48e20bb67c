//! The commands that act on the running switch: `status`, `reload`, `guidance`, `drain`.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::api::client::{Client, ClientError, block_on};
use crate::cli::Running;
use crate::interfaces::{Token, TokenError};
use crate::plan::PlanFile;

/// What the switch is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Question<'a> {
    /// How it is.
    Status,
    /// To read its plan again.
    Reload {
        /// Who wants it (R-L2).
        by: &'a str,
    },
    /// To play emergency guidance in place of a tenant's usual one (R-G4).
    Guidance {
        /// Whose.
        tenant: &'a str,
        /// Which prompt; `None`: the usual guidance again.
        prompt: Option<&'a str>,
    },
    /// To take no new calls and end.
    Drain,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
enum RunningError {
    #[error("{}", .0.join("\n"))]
    Plan(Vec<String>),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("random id: {0}")]
    Random(#[from] getrandom::Error),
    #[error("output: {0}")]
    Output(#[from] io::Error),
}

/// Asks, and prints the answer. 0: fine; 1: the switch says no, or does not answer; 2: used wrongly.
#[allow(clippy::print_stderr, reason = "a command line's errors go to standard error")]
pub fn ask(options: &Running, question: Question<'_>) -> ExitCode {
    match answer(options, question) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            match error {
                RunningError::Plan(_) | RunningError::Token(_) => ExitCode::from(2),
                RunningError::Client(_) | RunningError::Random(_) | RunningError::Output(_) => {
                    ExitCode::FAILURE
                }
            }
        }
    }
}

fn answer(options: &Running, question: Question<'_>) -> Result<bool, RunningError> {
    let address = match (options.grpc, &options.config) {
        (Some(address), _) => address,
        (None, Some(path)) => {
            let plan = PlanFile::load(path)
                .map_err(|errors| RunningError::Plan(errors.iter().map(ToString::to_string).collect()))?;
            plan.shell.listen.grpc
        }
        (None, None) => PlanFile::built_in().shell.listen.grpc,
    };
    let client = Client::new(address, Token::from_environment()?.as_ref());
    let mut id = [0; 16];
    getrandom::fill(&mut id)?;
    let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    let report = match question {
        Question::Status => block_on(client.status()),
        Question::Reload { by } => block_on(client.reload(&id, by)),
        Question::Guidance { tenant, prompt } => block_on(client.emergency_guidance(tenant, prompt, &id)),
        Question::Drain => block_on(client.drain(&id)),
    }?;
    let mut out = io::stdout().lock();
    if options.json {
        writeln!(out, "{}", report.json)?;
    } else {
        out.write_all(report.text.as_bytes())?;
    }
    Ok(report.is_fine)
}

/// The user of the operating system who gives a command, as the environment has it; who became another by `sudo` stays known.
pub fn user() -> String {
    let names = ["SUDO_USER", "LOGNAME", "USER"].iter().filter_map(|name| std::env::var(name).ok());
    names.into_iter().find(|name| !name.is_empty()).unwrap_or_default()
}
