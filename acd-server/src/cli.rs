//! The command line. Scripts rely on it: names and meanings stay.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use reports::forms::Purpose;

use crate::exports::purpose;

/// Where the journal and the recordings are, unless `--data` says otherwise.
const DATA_FOLDER: &str = "data";

/// What an export may be made for (R-A14).
const PURPOSES: &str = "report|review|inspection|hand-over";

/// The telephone switch of medical advice lines.
#[derive(Debug, Parser)]
#[command(name = "acd", version, about, propagate_version = true)]
pub struct Cli {
    /// What to do; `serve` if nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What `acd` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the switch; prints `ready sip=… http=… grpc=…` when it accepts calls.
    Serve(Serve),
    /// Validate a plan and print it as understood, or what it changes of another; errors as file:line:column, exit 2.
    Check(Check),
    /// Read, verify or replay the journal.
    #[command(subcommand)]
    Journal(Journal),
    /// What is recorded, against what was said.
    #[command(subcommand)]
    Recordings(Recordings),
    /// Write an official form, fdma2 (#7119 対応状況一覧（日表）), or every figure of a period, figures; close a month.
    Report(Report),
    /// Whose facts may be destroyed, how many and by which rule (R-A14); with --destroy, destroy them.
    Retention(Retention),
    /// How the running switch is: state, lines, seats, journal.
    Status(Running),
    /// Have the running switch read its plan again; prints what changed, or why not.
    Reload(Reload),
    /// Have a tenant of the running switch play emergency guidance in place of its usual one, or the usual one again.
    Guidance(Guidance),
    /// Have the running switch take no new calls, let those in progress end, and end.
    Drain(Running),
}

impl Default for Command {
    /// `acd` alone serves the built-in plan.
    fn default() -> Self {
        Self::Serve(Serve {
            config: None,
            data: PathBuf::from(DATA_FOLDER),
            clock_start: None,
            demo: false,
            sip: None,
            http: None,
            grpc: None,
        })
    }
}

/// `acd serve`
#[derive(Args, Clone, Debug)]
pub struct Serve {
    /// The plan file; the built-in plan if absent.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The data folder: journal and recordings.
    #[arg(long, value_name = "DIR", default_value = DATA_FOLDER)]
    pub data: PathBuf,
    /// Start the clock elsewhere (plans that listen on loopback only; journalled).
    #[arg(long, value_name = "RFC3339")]
    pub clock_start: Option<String>,
    /// The built-in plan as the demo has it: the clinic is open in the day hours too.
    #[arg(long, conflicts_with = "config")]
    pub demo: bool,
    /// Listen for SIP here, UDP and TCP, instead of where the plan says.
    #[arg(long, value_name = "ADDRESS")]
    pub sip: Option<SocketAddr>,
    /// Listen for HTTP here instead of where the plan says.
    #[arg(long, value_name = "ADDRESS")]
    pub http: Option<SocketAddr>,
    /// Listen for gRPC here instead of where the plan says.
    #[arg(long, value_name = "ADDRESS")]
    pub grpc: Option<SocketAddr>,
}

/// `acd check`
#[derive(Args, Debug)]
pub struct Check {
    /// The plan file; the built-in plan if absent.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print what the plan changes of another one instead: `running`, the switch at the plan's gRPC address; the gRPC address of
    /// a running switch; or a plan file. A running switch also says whom the plan would strand, exit 1 if anybody.
    #[arg(long, value_name = "running|ADDRESS|FILE")]
    pub against: Option<String>,
    /// Print JSON: the plan, what it changes, or one object with the list `errors`.
    #[arg(long)]
    pub json: bool,
}

/// `acd report`
#[derive(Args, Clone, Debug)]
pub struct Report {
    /// Which form.
    #[arg(long)]
    pub form: String,
    /// Whose.
    #[arg(long)]
    pub tenant: String,
    /// The day.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<String>,
    /// The month.
    #[arg(long, value_name = "YYYY-MM", conflicts_with = "date")]
    pub month: Option<String>,
    /// The fiscal year (from April).
    #[arg(long, value_name = "YYYY", conflicts_with_all = ["date", "month"])]
    pub year: Option<String>,
    /// The plan file, for title, target and zone; the built-in plan if absent.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The data folder.
    #[arg(long, value_name = "DIR", default_value = DATA_FOLDER)]
    pub data: PathBuf,
    /// How forms and figures are counted, instead of the plan's profile: fdma, shiga, shizuoka, kyoto.
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// What the file, or what is printed of closed months, is made for: report, review, inspection, hand-over; others are refused.
    #[arg(long, value_name = PURPOSES, default_value = "report", value_parser = purpose)]
    pub purpose: Purpose,
    /// Close the month: keep its figures as a numbered revision in the data folder, with what changed since the one before.
    #[arg(long, requires = "month", conflicts_with_all = ["date", "year", "revisions"])]
    pub close: bool,
    /// Print the month's revisions.
    #[arg(long, requires = "month", conflicts_with_all = ["date", "year", "out"])]
    pub revisions: bool,
    /// The file to write: .xlsx, .csv (UTF-8 with a byte order mark, for Excel) or .json; figures are no workbook. Absent:
    /// each of them, named by form, tenant and period, in this folder.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// `acd journal …`
#[derive(Debug, Subcommand)]
pub enum Journal {
    /// The last facts, for a person or, with --json, one JSON fact a line.
    Tail {
        /// Where the journal is.
        #[command(flatten)]
        at: JournalAt,
        /// What they are shown for: report, review, inspection, hand-over; others are refused.
        #[arg(long, value_name = PURPOSES, default_value = "review", value_parser = purpose)]
        purpose: Purpose,
        /// How many facts.
        #[arg(long, short = 'n', default_value_t = 20)]
        lines: u64,
        /// Go on as facts come.
        #[arg(long, short)]
        follow: bool,
    },
    /// Every fact, one JSON object a line.
    Export {
        /// Where the journal is.
        #[command(flatten)]
        at: JournalAt,
        /// What it is made for: report, review, inspection, hand-over; others are refused.
        #[arg(long, value_name = PURPOSES, default_value = "review", value_parser = purpose)]
        purpose: Purpose,
    },
    /// Sequence, checksums, and replay equality; exit 1 if something is wrong.
    Verify {
        /// Where the journal is.
        #[command(flatten)]
        at: JournalAt,
    },
    /// Copy the journal as it is now into another folder; the switch may go on writing.
    Backup {
        /// Where the journal is.
        #[command(flatten)]
        at: JournalAt,
        /// What it is made for: report, review, inspection, hand-over; others are refused.
        #[arg(long, value_name = PURPOSES, value_parser = purpose)]
        purpose: Purpose,
        /// The folder for the copy, itself a data folder.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// What has left the house so far: when, for which purpose, what and by whom (R-A14).
    Exports {
        /// Where the journal is.
        #[command(flatten)]
        at: JournalAt,
    },
    /// Feed the inputs to a fresh switch and compare the facts; exit 1 at the first record that differs.
    Replay {
        /// Where the journal is.
        #[command(flatten)]
        at: JournalAt,
    },
}

/// `acd recordings …`
#[derive(Debug, Subcommand)]
pub enum Recordings {
    /// A day's talk against what was recorded of it, call by call where they differ (R-R2); exit 1 if they do.
    Reconcile(Reconcile),
}

/// `acd recordings reconcile`
#[derive(Args, Debug)]
pub struct Reconcile {
    /// The plan file, for zones, rules and the recordings folder; the built-in plan if absent.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The data folder; a switch may go on writing.
    #[arg(long, value_name = "DIR", default_value = DATA_FOLDER)]
    pub data: PathBuf,
    /// Whose; every client's if absent.
    #[arg(long)]
    pub tenant: Option<String>,
    /// The day of the calls' admission; yesterday if absent.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<String>,
    /// What it is looked at for: report, review, inspection, hand-over; others are refused.
    #[arg(long, value_name = PURPOSES, default_value = "review", value_parser = purpose)]
    pub purpose: Purpose,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// Where the journal is.
#[derive(Args, Debug)]
pub struct JournalAt {
    /// The plan file; the built-in plan if absent.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The data folder.
    #[arg(long, value_name = "DIR", default_value = DATA_FOLDER)]
    pub data: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `acd retention`
#[derive(Args, Debug)]
pub struct Retention {
    /// The plan file, which has each client's rules; the built-in plan if absent.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The data folder; a switch may go on writing.
    #[arg(long, value_name = "DIR", default_value = DATA_FOLDER)]
    pub data: PathBuf,
    /// Whose facts; every client's if absent.
    #[arg(long)]
    pub tenant: Option<String>,
    /// Destroy what may be destroyed, for good. Without it nothing is changed.
    #[arg(long)]
    pub destroy: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `acd guidance`
#[derive(Args, Debug)]
pub struct Guidance {
    /// Whose.
    #[arg(long)]
    pub tenant: String,
    /// A prompt of the plan; `off`: the usual guidance again.
    #[arg(long, value_name = "PROMPT|off")]
    pub prompt: String,
    /// Which switch.
    #[command(flatten)]
    pub running: Running,
}

/// `acd reload`
#[derive(Args, Debug)]
pub struct Reload {
    /// Which.
    #[command(flatten)]
    pub running: Running,
    /// Who puts the plan in force: it stands in the fact, and with other lines on the client's form; the user of the operating
    /// system if absent.
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
}

/// Which running switch.
#[derive(Args, Debug)]
pub struct Running {
    /// The plan file, whose gRPC address is asked; the built-in plan if absent.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The switch's gRPC address instead of the plan's.
    #[arg(long, value_name = "ADDRESS")]
    pub grpc: Option<SocketAddr>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}
