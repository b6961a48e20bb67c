//! When the switch took no calls, or calls could not come or be served, and why (R-L9). Each cause has intervals of its
//! own; minutes in which there are several count once.

use std::collections::BTreeMap;

use acd_core::Timestamp;

use super::books::{Books, Bounded};
use crate::accounting::{Interval, Outage, OutageCause};
use crate::limits::SEATS_BACK_MAX;

#[derive(Clone, Debug, Default)]
pub(super) struct Outages {
    open: Option<(OutageCause, Timestamp)>,
    /// Overload, dead trunks and missing seats.
    partial: BTreeMap<OutageCause, Timestamp>,
    /// Since when there is any.
    since: Option<Timestamp>,
    /// When this life began.
    started: Option<Timestamp>,
    pub(super) list: Bounded<Outage>,
}

impl Outages {
    pub(super) fn drain_started(&mut self, at: Timestamp) {
        self.open.get_or_insert((OutageCause::Drain, at));
        self.since.get_or_insert(at);
    }

    pub(super) fn node_stopped(&mut self, at: Timestamp, books: &mut Books) {
        self.end_partial(at, books);
        self.end(at, books);
        self.open = Some((OutageCause::Stopped, at));
        self.since.get_or_insert(at);
    }

    /// When the life before ended clean; `None`: it did not, or goes on.
    pub(super) fn stopped_at(&self) -> Option<Timestamp> {
        self.open.filter(|(cause, _)| *cause == OutageCause::Stopped).map(|(_, at)| at)
    }

    /// A drain ends with the life; from there on the switch is dead or stopped.
    pub(super) fn end_life(&mut self, at: Timestamp, books: &mut Books) {
        self.end_partial(at, books);
        if self.stopped_at().is_none() {
            self.end(at, books);
        }
    }

    pub(super) fn node_outage(&mut self, from: Timestamp, to: Timestamp, books: &mut Books) {
        books.spread(from, to, |it| &mut it.outage_ms);
        self.list(OutageCause::Crash, Interval { from, to: Some(to) }, books);
    }

    pub(super) fn node_started(&mut self, at: Timestamp, books: &mut Books) {
        self.started = Some(at);
        self.end(at, books);
    }

    /// Whether an interval that began before `edge` is not over.
    pub(super) fn may_grow(&self, edge: Timestamp) -> bool {
        let open = self.open.iter().map(|(_, from)| from);
        open.chain(self.partial.values()).any(|from| *from < edge)
    }

    pub(super) fn close(&mut self, until: Timestamp, books: &mut Books) {
        let open = std::mem::take(&mut self.partial).into_iter().chain(self.open.take());
        for (cause, from) in open {
            let rest = self.list_seats_not_back(cause, from, until, None, books);
            if let Some(from) = rest {
                self.list(cause, Interval { from, to: None }, books);
            }
        }
        self.count(until, books);
    }

    /// The switch is full, a trunk is dead, or no seat can be reached.
    pub(super) fn began(&mut self, cause: OutageCause, at: Timestamp) {
        self.partial.entry(cause).or_insert(at);
        self.since.get_or_insert(at);
    }

    pub(super) fn ended(&mut self, cause: OutageCause, at: Timestamp, books: &mut Books) {
        if let Some(from) = self.partial.remove(&cause) {
            let rest = self.list_seats_not_back(cause, from, at, Some(at), books);
            if let Some(from) = rest {
                self.list(cause, Interval { from, to: Some(at) }, books);
            }
        }
        self.count(at, books);
    }

    /// Lists the first part of a want of seats that began with the life, in which the phones cannot be back yet. Where the
    /// rest begins, if there is one.
    fn list_seats_not_back(
        &mut self,
        cause: OutageCause,
        from: Timestamp,
        until: Timestamp,
        end: Option<Timestamp>,
        books: &Books,
    ) -> Option<Timestamp> {
        if cause != OutageCause::NoReachableSeat || self.started != Some(from) {
            return Some(from);
        }
        let back = from + SEATS_BACK_MAX;
        let goes_on = until > back;
        let to = if goes_on { Some(back) } else { end };
        self.list(OutageCause::SeatsNotBack, Interval { from, to }, books);
        goes_on.then_some(back)
    }

    fn end_partial(&mut self, at: Timestamp, books: &mut Books) {
        while let Some((cause, _)) = self.partial.first_key_value() {
            let cause = *cause;
            self.ended(cause, at, books);
        }
    }

    fn end(&mut self, at: Timestamp, books: &mut Books) {
        if let Some((cause, from)) = self.open.take() {
            self.list(cause, Interval { from, to: Some(at) }, books);
        }
        self.count(at, books);
    }

    /// Counts the minutes of what is over, if nothing goes on.
    fn count(&mut self, at: Timestamp, books: &mut Books) {
        if self.open.is_none()
            && self.partial.is_empty()
            && let Some(from) = self.since.take()
        {
            books.spread(from, at, |it| &mut it.outage_ms);
        }
    }

    fn list(&mut self, cause: OutageCause, interval: Interval, books: &Books) {
        if interval.touches(books.slots.listed()) && interval.ms() != Some(0) {
            self.list.push(Outage { interval, cause });
        }
    }
}
