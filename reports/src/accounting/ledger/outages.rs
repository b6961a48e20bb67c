//! When the switch took no calls, and why (R-L9).

use acd_core::Timestamp;

use super::books::{Books, Bounded};
use crate::accounting::{Interval, Outage, OutageCause};

#[derive(Clone, Debug, Default)]
pub(super) struct Outages {
    open: Option<(OutageCause, Timestamp)>,
    pub(super) list: Bounded<Outage>,
}

impl Outages {
    pub(super) fn drain_started(&mut self, at: Timestamp) {
        self.open.get_or_insert((OutageCause::Drain, at));
    }

    pub(super) fn node_stopped(&mut self, at: Timestamp, books: &mut Books) {
        self.end(at, books);
        self.open = Some((OutageCause::Stopped, at));
    }

    /// When the life before ended clean; `None`: it did not, or goes on.
    pub(super) fn stopped_at(&self) -> Option<Timestamp> {
        self.open.filter(|(cause, _)| *cause == OutageCause::Stopped).map(|(_, at)| at)
    }

    /// A drain ends with the life; from there on the switch is dead or stopped.
    pub(super) fn end_life(&mut self, at: Timestamp, books: &mut Books) {
        if self.stopped_at().is_none() {
            self.end(at, books);
        }
    }

    pub(super) fn node_outage(&mut self, from: Timestamp, to: Timestamp, books: &mut Books) {
        self.note(OutageCause::Crash, from, to, books);
    }

    pub(super) fn node_started(&mut self, at: Timestamp, books: &mut Books) {
        self.end(at, books);
    }

    pub(super) fn close(&mut self, until: Timestamp, books: &mut Books) {
        if let Some((cause, from)) = self.open.take() {
            books.spread(from, until, |it| &mut it.outage_ms);
            self.list(cause, Interval { from, to: None }, books);
        }
    }

    fn end(&mut self, at: Timestamp, books: &mut Books) {
        if let Some((cause, from)) = self.open.take() {
            self.note(cause, from, at, books);
        }
    }

    fn note(&mut self, cause: OutageCause, from: Timestamp, to: Timestamp, books: &mut Books) {
        books.spread(from, to, |it| &mut it.outage_ms);
        self.list(cause, Interval { from, to: Some(to) }, books);
    }

    fn list(&mut self, cause: OutageCause, interval: Interval, books: &Books) {
        if interval.touches(books.slots.from(), books.slots.to()) && interval.ms() != Some(0) {
            self.list.push(Outage { interval, cause });
        }
    }
}
