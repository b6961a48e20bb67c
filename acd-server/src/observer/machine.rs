//! What the loop hands over of itself and its neighbours: figures of the machine, which no fact has.

use std::time::Duration;

use acd_core::TrunkId;
use sip_gateway::bridge::{KeepAliveCounters, StrangerCounters};
use sip_gateway::media::MediaCounters;
use sip_gateway::registrar::RegistrarCounters;
use sip_gateway::sip::{Alive, Counters};
use sip_gateway::transport::TransportCounters;

use super::Histogram;
use crate::journal::{JournalMetrics, JournalState};

/// Figures since the start of the process, taken once a second.
#[derive(Clone, Debug)]
pub struct MachineFigures {
    /// As [`crate::clock::Clock::ahead_ms`].
    pub clock_ahead_ms: i64,
    /// SIP messages.
    pub sip: Counters,
    /// What is alive in the SIP stack.
    pub sip_alive: Alive,
    /// Signalling sockets.
    pub transport: TransportCounters,
    /// INVITEs from nobody's network.
    pub strangers: StrangerCounters,
    /// OPTIONS to trunks.
    pub keep_alive: KeepAliveCounters,
    /// The trunks that are sent OPTIONS, and whether they live.
    pub trunks_alive: Vec<(TrunkId, bool)>,
    /// Digest answers.
    pub registrar: RegistrarCounters,
    /// Seats with a registration.
    pub seats_registered: usize,
    /// Media sockets and queues.
    pub media: MediaCounters,
    /// Legs of calls.
    pub legs: usize,
    /// The journal's writer.
    pub journal: JournalFigures,
    /// Recordings whose end has not been told.
    pub recordings_open: usize,
    /// The loop's turns, without the time it waited.
    pub loop_turns: Histogram,
}

impl Default for MachineFigures {
    fn default() -> Self {
        Self {
            clock_ahead_ms: 0,
            sip: Counters::default(),
            sip_alive: Alive::default(),
            transport: TransportCounters::default(),
            strangers: StrangerCounters::default(),
            keep_alive: KeepAliveCounters::default(),
            trunks_alive: Vec::new(),
            registrar: RegistrarCounters::default(),
            seats_registered: 0,
            media: MediaCounters::default(),
            legs: 0,
            journal: JournalFigures::default(),
            recordings_open: 0,
            loop_turns: Histogram::of_turns(),
        }
    }
}

/// The journal's writer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct JournalFigures {
    /// The last commit failed.
    pub failing: bool,
    /// Commits that went well.
    pub commits: u64,
    /// Commits that failed.
    pub failures: u64,
    /// Records written.
    pub records: u64,
    /// Records that wait.
    pub queued_records: usize,
    /// Records lost since the queue was full.
    pub lost_records: u64,
    /// How long all commits that went well took together.
    pub commit_time: Duration,
    /// How long the last commit took.
    pub last_commit: Duration,
    /// How long the slowest commit took.
    pub max_commit: Duration,
}

impl From<JournalMetrics> for JournalFigures {
    fn from(metrics: JournalMetrics) -> Self {
        Self {
            failing: metrics.state == JournalState::Degraded,
            commits: metrics.commits,
            failures: metrics.failures,
            records: metrics.records,
            queued_records: metrics.queued_records,
            lost_records: metrics.lost_records,
            commit_time: metrics.commit_time,
            last_commit: metrics.last_commit,
            max_commit: metrics.max_commit,
        }
    }
}
