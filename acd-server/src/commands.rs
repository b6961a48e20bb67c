//! The commands that print and end: `check`, `journal …`.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use reports::forms::Purpose;
use serde_json::{Value, json};

use crate::against;
use crate::cli::{Check, Journal, JournalAt};
use crate::clock::wall_clock;
use crate::exports::{self, Export};
use crate::journal::{self, Format, JournalError, Verdict};
use crate::limits::JOURNAL_FOLLOW_EVERY;
use crate::plan::{PlanFile, errors_json, render_json, render_text, warnings};

/// Used wrongly.
const USED_WRONGLY: u8 = 2;

/// `acd check`: prints the plan as understood, or every error.
pub fn check(options: &Check) -> ExitCode {
    let plan = match &options.config {
        Some(path) => PlanFile::load(path),
        None => Ok(PlanFile::built_in()),
    };
    match plan {
        Ok(plan) if options.against.is_some() => against::compare(&plan, options),
        Ok(plan) => {
            let doubts = warnings(&plan, wall_clock());
            let text = if options.json {
                let mut shown = render_json(&plan);
                shown["warnings"] = doubts.iter().map(ToString::to_string).collect();
                format!("{shown:#}\n")
            } else {
                for doubt in doubts {
                    complain(&format_args!("warning: {doubt}"));
                }
                render_text(&plan)
            };
            finish(write(&text).map(|()| ExitCode::SUCCESS))
        }
        Err(errors) if options.json => {
            let text = format!("{:#}\n", errors_json(&errors));
            finish(write(&text).map(|()| ExitCode::from(USED_WRONGLY)))
        }
        Err(errors) => {
            for error in errors {
                complain(&error);
            }
            ExitCode::from(USED_WRONGLY)
        }
    }
}

/// `acd journal …`
pub fn journal(action: &Journal) -> ExitCode {
    let mut out = io::stdout().lock();
    let result = match action {
        Journal::Tail { at, purpose, lines, follow } => {
            let range = json!({ "last_facts": lines, "follow": follow });
            state(at, *purpose, "journal tail", range).and_then(|()| tail(at, *lines, *follow, &mut out))
        }
        Journal::Export { at, purpose } => state(at, *purpose, "journal export", json!({ "facts": "all" }))
            .and_then(|()| journal::export(&at.data, &mut out))
            .map(|()| ExitCode::SUCCESS),
        Journal::Exports { at } => exports::list(&at.data, at.json, &mut out)
            .map(|()| ExitCode::SUCCESS)
            .map_err(JournalError::Output),
        Journal::Verify { at } => {
            journal::verify(&at.data, format(at), &mut out).map(|verdict| code(&verdict))
        }
        Journal::Backup { at, purpose, out: folder } => back_up(at, *purpose, folder, &mut out),
        Journal::Replay { at } => {
            journal::replay(&at.data, format(at), &mut out).map(|verdict| code(&verdict))
        }
    };
    finish(result)
}

/// R-A14: what is not stated does not leave.
fn state(at: &JournalAt, purpose: Purpose, what: &str, range: Value) -> Result<(), JournalError> {
    // Who names the wrong folder hears of the journal that is not there.
    journal::FactReader::open(&at.data)?;
    let export = Export { purpose, what: what.to_owned(), range, who: exports::user() };
    Ok(exports::note(&at.data, wall_clock(), &export)?)
}

fn back_up(
    at: &JournalAt,
    purpose: Purpose,
    folder: &Path,
    out: &mut dyn Write,
) -> Result<ExitCode, JournalError> {
    state(at, purpose, "journal backup", json!({ "journal": "all", "to": folder }))?;
    let file = journal::backup(&at.data, folder)?;
    exports::copy(&at.data, folder)?;
    writeln!(out, "{}", file.display()).map_err(JournalError::Output)?;
    Ok(ExitCode::SUCCESS)
}

fn tail(at: &JournalAt, lines: u64, follow: bool, out: &mut dyn Write) -> Result<ExitCode, JournalError> {
    let format = format(at);
    let last = journal::tail(&at.data, lines, format, out)?;
    if follow {
        journal::follow(&at.data, last, format, out, &mut || {
            std::thread::sleep(JOURNAL_FOLLOW_EVERY);
            true
        })?;
    }
    Ok(ExitCode::SUCCESS)
}

const fn format(at: &JournalAt) -> Format {
    if at.json { Format::Json } else { Format::Text }
}

const fn code(verdict: &Verdict) -> ExitCode {
    match verdict {
        Verdict::Clean => ExitCode::SUCCESS,
        Verdict::Faults(_) => ExitCode::FAILURE,
    }
}

fn write(text: &str) -> Result<(), JournalError> {
    io::stdout().lock().write_all(text.as_bytes()).map_err(JournalError::Output)
}

fn finish(result: Result<ExitCode, JournalError>) -> ExitCode {
    match result {
        Ok(code) => code,
        // `acd journal export | head` ends when its reader has enough.
        Err(JournalError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::print_stderr, reason = "a command line's errors go to standard error")]
fn complain(error: &dyn std::fmt::Display) {
    eprintln!("{error}");
}
