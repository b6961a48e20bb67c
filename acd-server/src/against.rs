//! `acd check --against`: what a plan changes of another, and whom it would strand.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use crate::api::client::{Client, ClientError, Report, block_on, comparison_report};
use crate::cli::Check;
use crate::interfaces::{Token, TokenError};
use crate::plan::{PlanDiff, PlanFile};

/// What stands for the switch at the plan's own gRPC address.
const RUNNING: &str = "running";

/// Why there is no comparison.
#[derive(Debug, thiserror::Error)]
enum AgainstError {
    #[error("{}", .0.join("\n"))]
    Plan(Vec<String>),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("output: {0}")]
    Output(#[from] io::Error),
}

/// Prints the comparison. 0: it strands nobody; 1: it does, or no switch answers; 2: used wrongly (a plan with errors).
#[allow(clippy::print_stderr, reason = "a command line's errors go to standard error")]
pub(super) fn compare(plan: &PlanFile, options: &Check) -> ExitCode {
    let other = options.against.as_deref().unwrap_or(RUNNING);
    let printed = report(plan, other).and_then(|report| print(&report, options.json));
    match printed {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            match error {
                AgainstError::Plan(_) | AgainstError::Token(_) => ExitCode::from(2),
                AgainstError::Client(_) | AgainstError::Output(_) => ExitCode::FAILURE,
            }
        }
    }
}

fn report(plan: &PlanFile, other: &str) -> Result<Report, AgainstError> {
    let address = match other.parse::<SocketAddr>() {
        Ok(address) => address,
        Err(_) if other == RUNNING => plan.shell.listen.grpc,
        Err(_) => return between_files(plan, other),
    };
    let client = Client::new(address, Token::from_environment()?.as_ref());
    Ok(block_on(client.compare(plan))?)
}

fn between_files(plan: &PlanFile, other: &str) -> Result<Report, AgainstError> {
    let old = PlanFile::load(Path::new(other))
        .map_err(|errors| AgainstError::Plan(errors.iter().map(ToString::to_string).collect()))?;
    let PlanDiff { applied, needs_restart } = PlanDiff::between(&old, plan);
    Ok(comparison_report(other, &applied, &needs_restart, None))
}

/// Whether all is well.
fn print(report: &Report, json: bool) -> Result<bool, AgainstError> {
    let mut out = io::stdout().lock();
    if json {
        writeln!(out, "{}", report.json)?;
    } else {
        out.write_all(report.text.as_bytes())?;
    }
    Ok(report.is_fine)
}
