//! All folds together, with the instant that they show.

use std::collections::BTreeMap;
use std::time::Instant;

use acd_core::{CallEvent, TenantId, Timestamp};
use reports::{Board, Fold};

use super::{Day, Life, MachineFigures};
use crate::reconcile;

/// What the interfaces show.
#[derive(Clone, Debug)]
pub struct View {
    /// The live board, of today.
    pub board: Board,
    /// Response rates, of today.
    pub day: Day,
    /// Counters, of this life.
    pub life: Life,
    /// The machine's figures; none before the loop's first second.
    pub machine: Option<MachineFigures>,
    /// The last day of each client whose talk was held against its recordings (R-R2).
    pub reconciled: BTreeMap<TenantId, reconcile::Day>,
    /// Facts that could not be had: neither from the loop nor from the journal.
    pub lost_facts: u64,
    /// The newest stamp, and when it came.
    stamp: Option<(Timestamp, Instant)>,
    /// When the loop last spoke, or the process began.
    heard: Instant,
}

impl View {
    /// Nothing has happened yet.
    pub(super) fn new(utc_offset_minutes: i32, now: Instant) -> Self {
        Self {
            board: Board::new(utc_offset_minutes),
            day: Day::new(utc_offset_minutes),
            life: Life::default(),
            machine: None,
            reconciled: BTreeMap::new(),
            lost_facts: 0,
            stamp: None,
            heard: now,
        }
    }

    /// Takes a fact of a life before.
    pub(super) fn take_past(&mut self, time: Timestamp, seq: u64, fact: &CallEvent) {
        self.take_in(time, seq, fact);
        self.life.apply_past(time, fact);
    }

    fn take_in(&mut self, time: Timestamp, seq: u64, fact: &CallEvent) {
        self.board.apply(time, seq, fact);
        self.day.apply(time, fact);
    }

    /// Takes a fact of this life.
    pub(super) fn take(&mut self, time: Timestamp, seq: u64, fact: &CallEvent) {
        self.take_in(time, seq, fact);
        self.life.apply(time, fact);
        self.hear(time);
    }

    /// Takes the machine's figures.
    pub(super) fn take_machine(&mut self, time: Timestamp, figures: MachineFigures) {
        self.board.time_passed(time);
        self.day.pass(time);
        self.machine = Some(figures);
        self.hear(time);
    }

    /// The switch's clock, as far as it can be told from outside the loop; the epoch before the loop has spoken.
    pub fn now(&self) -> Timestamp {
        self.stamp.map_or(Timestamp::from_millis(0), |(stamp, at)| stamp + at.elapsed())
    }

    /// The newest stamp; the epoch before the loop has spoken. Sums up to here never fall, which a counter may not.
    pub fn stamp(&self) -> Timestamp {
        self.stamp.map_or(Timestamp::from_millis(0), |(stamp, _)| stamp)
    }

    /// How long the loop has been silent.
    pub fn silent_for(&self) -> std::time::Duration {
        self.heard.elapsed()
    }

    fn hear(&mut self, time: Timestamp) {
        self.heard = Instant::now();
        self.stamp = Some((time, self.heard));
    }
}
