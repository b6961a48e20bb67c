//! The tenant's lines: hours, blockage, full seat lines (R-L7).

use acd_core::plan::{Capacity, capacity_at, next_band_edge};
use acd_core::{LineUse, Timestamp};

use super::books::{Books, Bounded};
use super::plans::Hours;
use super::stretch::{Ended, Stretch};
use crate::accounting::{Blockage, Figures, Interval, Slots};

#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    /// From where on facts tell of the lines.
    known_from: Option<Timestamp>,
    /// The lines in force, and since when.
    capacity: Option<(Option<Capacity>, Timestamp)>,
    capacities: Vec<(Timestamp, Option<Capacity>)>,
    blocked: Stretch<Option<Beginning>>,
    full: Stretch<Option<Beginning>>,
    pub(super) blockages: Bounded<Blockage>,
    pub(super) seat_lines_full: Bounded<Blockage>,
}

impl Lines {
    pub(super) const fn begin_life(&mut self, at: Timestamp) {
        self.known_from = Some(at);
    }

    pub(super) fn set_capacity(&mut self, at: Timestamp, capacity: Option<Capacity>, books: &mut Books) {
        let before = self.capacity.replace((capacity, at));
        if let Some((Some(_), since)) = before {
            books.spread(since, at, |it| &mut it.open_ms);
        }
        if before.is_none_or(|(before, _)| before != capacity) {
            // Only the last one before the period is of use.
            let (from, _) = books.slots.listed();
            if self.capacities.last().is_some_and(|(last, _)| *last <= from) && at <= from {
                self.capacities.pop();
            }
            self.capacities.push((at, capacity));
        }
    }

    /// The switch is gone from one instant to another and states no band's edge, but the tenant's hours go on by the plan
    /// that was in force: an outage within them is of open time, and one outside is not (R-L2, R-L9).
    pub(super) fn go_on(
        &mut self,
        Hours { tenant, holidays }: Hours<'_>,
        (from, to): (Timestamp, Timestamp),
        books: &mut Books,
    ) {
        let to = to.min(books.slots.to());
        let mut at = from;
        while at < to {
            self.set_capacity(at, capacity_at(tenant, holidays, at), books);
            at = next_band_edge(tenant, holidays, at);
        }
    }

    /// The capacity at the period's beginning and its changes within.
    pub(super) fn capacities_within(&self, slots: &Slots) -> Vec<(Timestamp, Option<Capacity>)> {
        self.capacities.iter().copied().filter(|(at, _)| *at < slots.listed().1).collect()
    }

    pub(super) fn blockage_started(&mut self, at: Timestamp, lines: LineUse, lent: u32, books: &mut Books) {
        let over = self.blocked.start(at, Some(Beginning { lines, lent }));
        self.note(Kind::Blockage, over, false, books);
    }

    pub(super) fn blockage_ended(&mut self, at: Timestamp, books: &mut Books) {
        // One that began before the record is known from where the record begins.
        let over = self.blocked.end(at, self.known_from.map(|from| (from, None)));
        self.note(Kind::Blockage, over, false, books);
    }

    pub(super) fn full_started(&mut self, at: Timestamp, lines: LineUse, books: &mut Books) {
        let over = self.full.start(at, Some(Beginning { lines, lent: 0 }));
        self.note(Kind::SeatLinesFull, over, false, books);
    }

    pub(super) fn full_ended(&mut self, at: Timestamp, books: &mut Books) {
        let over = self.full.end(at, self.known_from.map(|from| (from, None)));
        self.note(Kind::SeatLinesFull, over, false, books);
    }

    /// A switch that is gone refuses nobody for want of a line (R-L9).
    pub(super) fn end_life(&mut self, at: Timestamp, books: &mut Books) {
        for kind in Kind::BOTH {
            let (ended, open) = self.stretch(kind).take();
            self.note(kind, ended, false, books);
            self.note(kind, open.map(|(from, what)| Ended { from, to: at, what }), true, books);
        }
        self.known_from = None;
    }

    /// Whether an interval that began before `edge` may still grow by facts of `now` or later.
    pub(super) fn may_grow(&self, edge: Timestamp, now: Timestamp) -> bool {
        self.blocked.may_grow(edge, now) || self.full.may_grow(edge, now)
    }

    pub(super) fn close(&mut self, until: Timestamp, books: &mut Books) {
        if let Some((Some(_), since)) = self.capacity {
            books.spread(since, until, |it| &mut it.open_ms);
        }
        for kind in Kind::BOTH {
            let (ended, open) = self.stretch(kind).take();
            self.note(kind, ended, false, books);
            if let Some((from, what)) = open {
                books.spread(from, until, kind.field());
                self.list(kind, Interval { from, to: None }, what, false, books);
            }
        }
    }

    const fn stretch(&mut self, kind: Kind) -> &mut Stretch<Option<Beginning>> {
        match kind {
            Kind::Blockage => &mut self.blocked,
            Kind::SeatLinesFull => &mut self.full,
        }
    }

    fn note(&mut self, kind: Kind, over: Option<Over>, cut_by_outage: bool, books: &mut Books) {
        let Some(Ended { from, to, what }) = over else { return };
        books.spread(from, to, kind.field());
        self.list(kind, Interval { from, to: Some(to) }, what, cut_by_outage, books);
    }

    fn list(
        &mut self,
        kind: Kind,
        interval: Interval,
        began: Option<Beginning>,
        cut_by_outage: bool,
        books: &Books,
    ) {
        if interval.touches(books.slots.listed()) && interval.ms() != Some(0) {
            let list = match kind {
                Kind::Blockage => &mut self.blockages,
                Kind::SeatLinesFull => &mut self.seat_lines_full,
            };
            let (lines, lent) = (began.map(|it| it.lines), began.map_or(0, |it| it.lent));
            list.push(Blockage { interval, lines, lent, cut_by_outage });
        }
    }
}

type Over = Ended<Option<Beginning>>;

/// What the lines were doing when the state began.
#[derive(Clone, Copy, Debug)]
struct Beginning {
    lines: LineUse,
    lent: u32,
}

/// Which state of the lines.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Blockage,
    SeatLinesFull,
}

impl Kind {
    const BOTH: [Self; 2] = [Self::Blockage, Self::SeatLinesFull];

    /// Where its time goes.
    const fn field(self) -> fn(&mut Figures) -> &mut u64 {
        match self {
            Self::Blockage => |it| &mut it.blockage_ms,
            Self::SeatLinesFull => |it| &mut it.seat_lines_full_ms,
        }
    }
}
