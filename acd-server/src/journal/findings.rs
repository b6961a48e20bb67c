//! What a check of the journal looks at and finds, for a person line by line or for a machine as one JSON object.

use std::fmt;
use std::io::Write;

use acd_core::Timestamp;
use serde_json::{Value, json};

use super::destroy::Destruction;
use super::error::JournalError;
use super::read::Format;
use super::time_text::time_text;
use crate::limits::JOURNAL_FAULTS_MAX;

/// What a check has found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Nothing.
    Clean,
    /// These, oldest first within each kind; at most [`JOURNAL_FAULTS_MAX`].
    Faults(Vec<Fault>),
}

/// Something wrong with a journal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Rows are not there.
    Missing {
        /// `record` or `fact`.
        row: &'static str,
        /// The first that is missing.
        from: u64,
        /// The last that is missing.
        to: u64,
    },
    /// A row does not fit its checksum: it was changed, or the one before it was.
    Changed {
        /// `record`, `fact` or `segment`.
        row: &'static str,
        /// Its number.
        seq: u64,
    },
    /// A column of a fact does not repeat what its JSON says.
    ColumnsDiffer {
        /// The fact.
        fact: u64,
        /// How.
        what: String,
    },
    /// A fact's content is gone, and no destruction states it, or its record still stands.
    DestructionUnstated {
        /// The fact.
        fact: u64,
    },
    /// Another number of facts is gone than a destruction states.
    DestructionDiffers {
        /// Which.
        destruction: u64,
        /// What it states.
        stated: u64,
        /// What is gone.
        found: u64,
    },
    /// The journal itself says that records were lost, for want of room on the disk.
    Lost {
        /// The record that says so.
        record: u64,
        /// What it says.
        what: String,
    },
    /// The record cannot be replayed, since its input or its plan cannot be read.
    Unreadable {
        /// The record, or the segment's first.
        record: u64,
        /// Why.
        what: String,
    },
    /// The inputs before a snapshot do not lead to it.
    SnapshotDiffers {
        /// The segment that begins with it.
        segment: u64,
        /// The last record before it.
        record: u64,
    },
    /// The same inputs give other facts.
    ReplayDiffers {
        /// The first record that differs.
        record: u64,
        /// Its input, as journalled.
        input: String,
        /// Its facts, as journalled.
        journalled: Vec<String>,
        /// Its facts, as replayed.
        replayed: Vec<String>,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { row, from, to } if from == to => write!(f, "{row} {from} is missing"),
            Self::Missing { row, from, to } => write!(f, "{row}s {from} to {to} are missing"),
            Self::Changed { row, seq } => {
                write!(f, "{row} {seq} does not fit its checksum: it was changed, or the one before it was")
            }
            Self::ColumnsDiffer { fact, what } => write!(f, "fact {fact}: {what}"),
            Self::DestructionUnstated { fact } => {
                write!(f, "fact {fact} is empty as if destroyed, but no destruction could have taken it")
            }
            Self::DestructionDiffers { destruction, stated, found } => {
                write!(f, "destruction {destruction} states {stated} facts, and {found} are gone")
            }
            Self::Lost { record, what } => write!(f, "record {record} states that records were lost: {what}"),
            Self::Unreadable { record, what } => write!(f, "record {record} cannot be replayed: {what}"),
            Self::SnapshotDiffers { segment, record } => write!(
                f,
                "segment {segment} begins with a snapshot that the inputs up to record {record} do not lead to"
            ),
            Self::ReplayDiffers { record, input, journalled, replayed } => {
                write!(f, "record {record} gives other facts when replayed: {input}")?;
                for fact in journalled {
                    write!(f, "\n  journalled {fact}")?;
                }
                for fact in replayed {
                    write!(f, "\n  replayed   {fact}")?;
                }
                Ok(())
            }
        }
    }
}

impl Fault {
    /// The fault as an object: `fault` (its kind), what it is about, and `said`, the line for a person. Inputs and facts
    /// stay texts, exactly as they were compared.
    fn json(&self) -> Value {
        let (kind, about) = match self {
            Self::Missing { row, from, to } => ("missing", json!({ "row": row, "from": from, "to": to })),
            Self::Changed { row, seq } => ("changed", json!({ "row": row, "seq": seq })),
            Self::ColumnsDiffer { fact, what } => ("columns_differ", json!({ "seq": fact, "what": what })),
            Self::DestructionUnstated { fact } => ("destruction_unstated", json!({ "seq": fact })),
            Self::DestructionDiffers { destruction, stated, found } => (
                "destruction_differs",
                json!({ "destruction": destruction, "stated": stated, "found": found }),
            ),
            Self::Lost { record, what } => ("lost", json!({ "record": record, "what": what })),
            Self::Unreadable { record, what } => ("unreadable", json!({ "record": record, "what": what })),
            Self::SnapshotDiffers { segment, record } => {
                ("snapshot_differs", json!({ "segment": segment, "record": record }))
            }
            Self::ReplayDiffers { record, input, journalled, replayed } => (
                "replay_differs",
                json!({ "record": record, "input": input, "journalled": journalled, "replayed": replayed }),
            ),
        };
        let mut fault = json!({ "fault": kind, "said": self.to_string() });
        if let (Value::Object(fault), Value::Object(about)) = (&mut fault, about) {
            fault.extend(about);
        }
        fault
    }
}

/// What of the chains was looked at.
pub(super) struct Chains {
    /// The first and the last record.
    pub(super) records: (u64, u64),
    /// The first and the last fact.
    pub(super) facts: (u64, u64),
    /// The checksum of the last record.
    pub(super) end: String,
}

impl Chains {
    /// Whether the retention has removed what came before.
    const fn is_cut(&self) -> bool {
        self.records.0 > 1 || self.facts.0 > 1
    }

    fn json(&self) -> Value {
        let span = |(from, to): (u64, u64)| json!({ "from": from, "to": to });
        json!({
            "records": span(self.records),
            "facts": span(self.facts),
            "begins_past_retention": self.is_cut(),
            "chain_end": self.end,
        })
    }
}

impl fmt::Display for Chains {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { records, facts, end } = self;
        write!(
            f,
            "records {} to {}, facts {} to {}: sequence and checksums looked at{}; the chain ends in {end}",
            records.0,
            records.1,
            facts.0,
            facts.1,
            if self.is_cut() { " (what came before is past its retention)" } else { "" },
        )
    }
}

/// What has become of one segment's replay.
pub(super) struct SegmentReplay {
    pub(super) id: u64,
    pub(super) first_record: u64,
    /// Records whose facts are equal; `None`: it was not replayed.
    pub(super) replayed: Option<u64>,
    /// The line for a person.
    pub(super) said: String,
}

impl SegmentReplay {
    fn json(&self) -> Value {
        let Self { id, first_record, replayed, said } = self;
        json!({ "segment": id, "from_record": first_record, "records_replayed": replayed, "said": said })
    }
}

impl fmt::Display for SegmentReplay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, first_record, said, .. } = self;
        write!(f, "segment {id} from record {first_record}: {said}")
    }
}

/// What was found so far. Text is written as it comes, since a long journal takes a while; JSON at the end, being one
/// object.
pub(super) struct Findings<'a> {
    out: &'a mut dyn Write,
    format: Format,
    chains: Option<Chains>,
    destructions: Vec<Destruction>,
    segments: Vec<SegmentReplay>,
    /// The first record from which a replay is possible, with its instant; `None`: from none.
    replayable_from: Option<(u64, Timestamp)>,
    faults: Vec<Fault>,
}

impl<'a> Findings<'a> {
    pub(super) const fn new(format: Format, out: &'a mut dyn Write) -> Self {
        Self {
            out,
            format,
            chains: None,
            destructions: Vec::new(),
            segments: Vec::new(),
            replayable_from: None,
            faults: Vec::new(),
        }
    }

    /// Notes a fault, unless there are [`JOURNAL_FAULTS_MAX`] already.
    pub(super) fn push(&mut self, fault: Fault) {
        if self.faults.len() < JOURNAL_FAULTS_MAX {
            self.faults.push(fault);
        }
    }

    pub(super) fn chains(&mut self, chains: Chains) -> Result<(), JournalError> {
        self.line(&chains)?;
        self.chains = Some(chains);
        Ok(())
    }

    pub(super) fn destructions(&mut self, all: Vec<Destruction>) -> Result<(), JournalError> {
        for it in &all {
            let Destruction { id, at, tenant, before, why, extent } = it;
            let (at, before) = (time_text(*at), time_text(*before));
            let facts = extent.facts;
            self.line(&format_args!(
                "destruction {id}: {facts} facts of {tenant} before {before} were destroyed on {at} ({why})"
            ))?;
        }
        self.destructions = all;
        Ok(())
    }

    /// From when on inputs can be replayed, and that those before are gone.
    pub(super) fn replayable_from(&mut self, from: Option<(u64, Timestamp)>) -> Result<(), JournalError> {
        self.replayable_from = from;
        match from {
            None => self.line(&"nothing can be replayed"),
            Some((record, time)) => {
                let time = time_text(time);
                self.line(&format_args!("replay is possible from record {record} of {time} on"))
            }
        }
    }

    pub(super) fn segment(&mut self, segment: SegmentReplay) -> Result<(), JournalError> {
        self.line(&segment)?;
        self.segments.push(segment);
        Ok(())
    }

    /// Writes what is left to say.
    pub(super) fn finish(mut self) -> Result<Verdict, JournalError> {
        match self.format {
            Format::Text => {
                for fault in std::mem::take(&mut self.faults) {
                    self.line(&fault)?;
                    self.faults.push(fault);
                }
            }
            Format::Json => {
                let json = self.json();
                writeln!(self.out, "{json}").map_err(JournalError::Output)?;
            }
        }
        self.out.flush().map_err(JournalError::Output)?;
        Ok(if self.faults.is_empty() { Verdict::Clean } else { Verdict::Faults(self.faults) })
    }

    /// One line, if the reader is a person.
    fn line(&mut self, line: &dyn fmt::Display) -> Result<(), JournalError> {
        match self.format {
            Format::Text => writeln!(self.out, "{line}").map_err(JournalError::Output),
            Format::Json => Ok(()),
        }
    }

    fn json(&self) -> Value {
        let mut json = json!({
            "verdict": if self.faults.is_empty() { "clean" } else { "faults" },
            "faults": self.faults.iter().map(Fault::json).collect::<Vec<_>>(),
            "segments": self.segments.iter().map(SegmentReplay::json).collect::<Vec<_>>(),
            "replayable_from": self.replayable_from.map(|(record, time)| {
                json!({ "record": record, "time": time_text(time) })
            }),
        });
        if let (Value::Object(json), Some(Value::Object(chains))) =
            (&mut json, self.chains.as_ref().map(Chains::json))
        {
            json.extend(chains);
            let destructions = self.destructions.iter().map(|it| {
                json!({
                    "destruction": it.id,
                    "at": time_text(it.at),
                    "tenant": it.tenant,
                    "before": time_text(it.before),
                    "why": it.why,
                    "facts": it.extent.facts,
                    "calls": it.extent.calls,
                })
            });
            json.insert("destructions".to_owned(), destructions.collect());
        }
        json
    }
}
