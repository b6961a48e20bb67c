//! What the seats did, and for whom (R-A7, R-A8).

use std::collections::{BTreeMap, BTreeSet};

use acd_core::plan::Plan;
use acd_core::{CallId, SeatId, SeatState, TenantId, Timestamp};

use super::books::Books;
use super::calls::Calls;
use crate::accounting::{Figures, SeatTimes};

/// What a seat is to the tenant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Class {
    /// It serves this tenant alone.
    Dedicated,
    /// It serves this tenant and others.
    Shared,
}

/// The seats of a plan that serve the tenant.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Staff(BTreeMap<SeatId, Class>);

impl Staff {
    pub(super) fn of(plan: &Plan, tenant: TenantId) -> Self {
        let class = |seat: &acd_core::plan::Seat| {
            if seat.serves.len() == 1 { Class::Dedicated } else { Class::Shared }
        };
        Self(
            plan.seats
                .iter()
                .filter(|(_, seat)| seat.serves.contains_key(&tenant))
                .map(|(id, seat)| (*id, class(seat)))
                .collect(),
        )
    }

    fn has(&self, id: SeatId, class: Class) -> bool {
        self.0.get(&id) == Some(&class)
    }
}

#[derive(Clone, Debug)]
struct Seat {
    class: Option<Class>,
    state: SeatState,
    state_since: Timestamp,
    /// Up to when its time has been counted.
    counted_to: Timestamp,
    /// The call that it rings for, talks in or wraps up after.
    work: Option<CallId>,
    /// Whether that call is the tenant's.
    ours: bool,
    /// Whether it is a rehearsal: the agent is there for everybody as before it (R-L6).
    rehearses: bool,
    /// The talk is on hold.
    held: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Seats {
    staff: Staff,
    seats: BTreeMap<SeatId, Seat>,
    /// Since when the switch is alive; `None`: it is not.
    life_since: Option<Timestamp>,
    dedicated: u64,
    staffed: u64,
    /// Since when these counts stand.
    counts_since: Option<Timestamp>,
    seen_dedicated: BTreeSet<SeatId>,
    seen_shared: BTreeSet<SeatId>,
    /// Seats of others that worked for callers of ours.
    seen_guests: BTreeSet<SeatId>,
}

impl Seats {
    pub(super) const fn begin_life(&mut self, at: Timestamp) {
        self.life_since = Some(at);
    }

    pub(super) const fn is_alive(&self) -> bool {
        self.life_since.is_some()
    }

    /// The switch is gone, and nobody can be reached.
    pub(super) fn end_life(&mut self, at: Timestamp, calls: &mut Calls, books: &mut Books) {
        self.flush(at, calls, books);
        for (_, seat) in std::mem::take(&mut self.seats) {
            if let Some(call) = seat.work {
                calls.detach(call, books);
            }
        }
        (self.dedicated, self.staffed) = (0, 0);
        self.life_since = None;
    }

    /// A plan in force changes whose seats are whose.
    pub(super) fn set_staff(&mut self, at: Timestamp, staff: Staff, books: &mut Books) {
        let (from, to) = books.slots.listed();
        if at < to {
            for (id, class) in &staff.0 {
                match class {
                    Class::Dedicated => self.seen_dedicated.insert(*id),
                    Class::Shared => self.seen_shared.insert(*id),
                };
            }
            if at <= from {
                // What stood before the period is of no interest to it.
                self.seen_dedicated.retain(|id| staff.has(*id, Class::Dedicated));
                self.seen_shared.retain(|id| staff.has(*id, Class::Shared));
            }
        }
        let ids: Vec<SeatId> = self.seats.keys().copied().collect();
        for id in ids {
            let class = staff.0.get(&id).copied();
            // A seat that the plan no longer has ends its call as what it was.
            self.update(at, id, books, |seat| {
                seat.class = class.or(if seat.ours { seat.class } else { None })
            });
        }
        self.staff = staff;
    }

    pub(super) fn set_held(&mut self, at: Timestamp, id: SeatId, held: bool, books: &mut Books) {
        self.update(at, id, books, |seat| seat.held = held && matches!(seat.state, SeatState::Talking(_)));
    }

    /// A seat's state changed.
    pub(super) fn change(
        &mut self,
        at: Timestamp,
        id: SeatId,
        (from, to): (SeatState, SeatState),
        calls: &mut Calls,
        books: &mut Books,
    ) {
        let Some(life_since) = self.life_since else { return };
        if !self.seats.contains_key(&id) {
            // It was in that state for as long as there is a record of it.
            let class = self.staff.0.get(&id).copied();
            let seat = Seat {
                class,
                state: SeatState::LoggedOut,
                state_since: life_since,
                counted_to: life_since,
                work: None,
                ours: false,
                rehearses: false,
                held: false,
            };
            self.seats.insert(id, seat);
            if from != SeatState::LoggedOut {
                self.go(life_since, id, from, calls, books);
            }
        }
        self.go(at, id, to, calls, books);
    }

    fn go(&mut self, at: Timestamp, id: SeatId, to: SeatState, calls: &mut Calls, books: &mut Books) {
        let Some(before) = self.seats.get(&id).cloned() else { return };
        if before.state == SeatState::WrapUp {
            Self::charge_wrap_up(&before, at, calls, books);
        }
        let work = match to {
            SeatState::Ringing(ring) | SeatState::Talking(ring) => Some(ring.call),
            // An agent who calls out in wrap-up goes on wrapping up after the same call (R-T8).
            SeatState::WrapUp | SeatState::Outbound(_) => before.work,
            SeatState::LoggedOut
            | SeatState::Ready
            | SeatState::Paused(_)
            | SeatState::NotAnswering(_)
            | SeatState::Unreachable => None,
        };
        let ours = work.is_some_and(|call| calls.has(call));
        let rehearses = work.is_some_and(|call| calls.is_rehearsal(call));
        let held = matches!(to, SeatState::Talking(_)) && work.is_some_and(|call| calls.is_on_hold(call));
        let class = self.staff.0.get(&id).copied();
        self.update(at, id, books, |seat| {
            seat.class = class.or(if ours { seat.class } else { None });
            (seat.state, seat.state_since) = (to, at);
            (seat.work, seat.ours, seat.rehearses, seat.held) = (work, ours, rehearses, held);
        });
        if work != before.work {
            if let Some(call) = work {
                calls.attach(call);
            }
            if let Some(call) = before.work {
                calls.detach(call, books);
            }
        }
    }

    /// Counts every seat up to an instant; wrap-ups in progress too.
    pub(super) fn flush(&mut self, at: Timestamp, calls: &mut Calls, books: &mut Books) {
        let ids: Vec<SeatId> = self.seats.keys().copied().collect();
        for id in ids {
            if let Some(seat) = self.seats.get(&id)
                && seat.state == SeatState::WrapUp
            {
                Self::charge_wrap_up(seat, at, calls, books);
            }
            self.update(at, id, books, |_| {});
        }
        self.note_peaks(at, books);
    }

    /// The seats of the period: dedicated, shared, those of others that worked for callers of ours.
    pub(super) fn into_seen(self) -> [BTreeSet<SeatId>; 3] {
        [self.seen_dedicated, self.seen_shared, self.seen_guests]
    }

    fn charge_wrap_up(seat: &Seat, at: Timestamp, calls: &mut Calls, books: &Books) {
        if let Some(call) = seat.work {
            calls.wrapped_up(call, books.ms(seat.state_since, at));
        }
    }

    /// Counts a seat up to an instant, then changes it.
    fn update(&mut self, at: Timestamp, id: SeatId, books: &mut Books, change: impl FnOnce(&mut Seat)) {
        let Some(seat) = self.seats.get_mut(&id) else { return };
        let (from, to) = books.slots.listed();
        if seat.class.is_none() && seat.ours && seat.counted_to < to && at > from {
            self.seen_guests.insert(id);
        }
        if let (Some(class), Some(field)) = (seat.part(), seat.field()) {
            books.spread(seat.counted_to, at, |figures| field(times(figures, class)));
        }
        let before = seat.staffs();
        seat.counted_to = at.max(seat.counted_to);
        change(seat);
        let after = seat.staffs();
        if before != after {
            self.note_peaks(at, books);
            let less = |class| u64::from(before == Some(class));
            let more = |class| u64::from(after == Some(class));
            let (dedicated, shared) = (Class::Dedicated, Class::Shared);
            self.dedicated = self.dedicated + more(dedicated) - less(dedicated);
            self.staffed = self.staffed + more(dedicated) + more(shared) - less(dedicated) - less(shared);
        }
    }

    /// The counts stood until an instant.
    fn note_peaks(&mut self, at: Timestamp, books: &mut Books) {
        if let Some(since) = self.counts_since {
            books.peak(since, at, self.dedicated, |it| &mut it.dedicated_peak);
            books.peak(since, at, self.staffed, |it| &mut it.staffed_peak);
        }
        self.counts_since = Some(self.counts_since.map_or(at, |since| since.max(at)));
    }
}

const fn times(figures: &mut Figures, class: Class) -> &mut SeatTimes {
    match class {
        Class::Dedicated => &mut figures.dedicated,
        Class::Shared => &mut figures.shared,
    }
}

impl Seat {
    /// What it is to the tenant at this moment.
    ///
    /// Another client's seat is, for as long as it works for a caller of ours who overflowed to it, one that serves us and
    /// others (R-A8).
    const fn part(&self) -> Option<Class> {
        match self.class {
            Some(class) => Some(class),
            None if self.ours => Some(Class::Shared),
            None => None,
        }
    }

    /// Where its time goes; `None`: nobody is there.
    fn field(&self) -> Option<fn(&mut SeatTimes) -> &mut u64> {
        let field: fn(&mut SeatTimes) -> &mut u64 = match self.state {
            SeatState::LoggedOut => return None,
            SeatState::Ready => |times| &mut times.ready_ms,
            SeatState::Ringing(_) if self.ours => |times| &mut times.ringing_ms,
            SeatState::Talking(_) if self.ours && self.held => |times| &mut times.holding_ms,
            SeatState::Talking(_) if self.ours => |times| &mut times.talking_ms,
            SeatState::WrapUp if self.ours => |times| &mut times.wrap_up_ms,
            SeatState::Ringing(_) | SeatState::Talking(_) | SeatState::WrapUp if self.rehearses => {
                |times| &mut times.ready_ms
            }
            SeatState::Ringing(_) | SeatState::Talking(_) | SeatState::WrapUp => {
                |times| &mut times.elsewhere_ms
            }
            SeatState::Outbound(_) => |times| &mut times.outbound_ms,
            SeatState::Paused(_) => |times| &mut times.paused_ms,
            SeatState::NotAnswering(_) => |times| &mut times.not_answering_ms,
            SeatState::Unreachable => |times| &mut times.unreachable_ms,
        };
        Some(field)
    }

    /// As what it is staffed, if it is (R-A8).
    fn staffs(&self) -> Option<Class> {
        let staffed = match self.state {
            SeatState::Ready => true,
            SeatState::Ringing(_) | SeatState::Talking(_) | SeatState::WrapUp => self.ours || self.rehearses,
            SeatState::LoggedOut
            | SeatState::Outbound(_)
            | SeatState::Paused(_)
            | SeatState::NotAnswering(_)
            | SeatState::Unreachable => false,
        };
        if staffed { self.part() } else { None }
    }
}
