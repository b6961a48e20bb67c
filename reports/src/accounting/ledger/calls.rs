//! The calls of the tenant from their admission until nothing of them can change any more.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use acd_core::{CallId, LegId, Outcome, PartyId, RingId, SeatId, Timestamp};

use super::books::Books;
use crate::accounting::{CallTimes, Slots};
use crate::limits::OPEN_CALLS_MAX;

#[derive(Clone, Debug, Default)]
pub(super) struct Calls {
    live: BTreeMap<CallId, LiveCall>,
    /// Calls in which no seat can have a part.
    passing: BTreeSet<CallId>,
    /// Calls of any tenant that stand on no form (R-L6); their wrap-up may be still to come when they have ended.
    rehearsals: BTreeSet<CallId>,
    orphans: u64,
}

#[derive(Clone, Debug)]
struct LiveCall {
    /// The slot of its admission; `None`: outside the period.
    slot: Option<usize>,
    admitted_at: Timestamp,
    answered_at: Option<Timestamp>,
    /// The answer after which nobody else was awaited: the adviser's, where reception handed over.
    finally_answered_at: Option<Timestamp>,
    /// What its seats took, over all of them.
    times: CallTimes,
    /// Reception has answered, and no adviser yet.
    awaits_adviser: bool,
    /// The talks in progress with their beginnings.
    talks: BTreeMap<RingId, (SeatId, Timestamp)>,
    /// The sides that hold.
    held_by: BTreeSet<LegId>,
    /// Since when the talk is on hold.
    held_since: Option<Timestamp>,
    /// The parties that are with the seat and without the caller.
    aside: BTreeSet<PartyId>,
    /// Since when the talk is one without the caller.
    aside_since: Option<Timestamp>,
    /// The talk without the caller: a part of the talk, however many parties it is with.
    aside_ms: u64,
    ended: bool,
    /// Seats that ring, talk or wrap up for it.
    seats: u32,
}

impl LiveCall {
    /// A hold counts while there is a talk; two sides that hold at once hold once.
    fn follow_hold(&mut self, at: Timestamp, books: &Books) {
        let on_hold = !self.talks.is_empty() && !self.held_by.is_empty();
        match (self.held_since, on_hold) {
            (None, true) => self.held_since = Some(at),
            (Some(since), false) => {
                self.times.hold_ms += books.ms(since, at);
                self.held_since = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }

    /// A consultation counts while there is a talk that it is a part of; two parties at once are one (R-A10).
    fn follow_aside(&mut self, at: Timestamp, books: &Books) {
        let is_aside = !self.talks.is_empty() && !self.aside.is_empty();
        match (self.aside_since, is_aside) {
            (None, true) => self.aside_since = Some(at),
            (Some(since), false) => {
                self.aside_ms += books.ms(since, at);
                self.aside_since = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }

    fn end_talks(&mut self, at: Timestamp, books: &Books) {
        for (_, (_, since)) in std::mem::take(&mut self.talks) {
            self.times.talk_ms += books.ms(since, at);
        }
        self.held_by.clear();
        self.follow_hold(at, books);
        self.follow_aside(at, books);
    }

    /// Charges its times as a whole: to the hour of its admission, and to that of its answer for the other view (R-A2,
    /// R-A5).
    fn charge(&self, books: &mut Books) {
        let CallTimes { talk_ms, hold_ms, wrap_up_ms } = self.times;
        books.add(self.slot, talk_ms, |it| &mut it.talk_ms);
        books.add(self.slot, hold_ms, |it| &mut it.hold_ms);
        books.add(self.slot, wrap_up_ms, |it| &mut it.wrap_up_ms);
        books.add(self.slot, self.aside_ms, |it| &mut it.aside_ms);
        let is_lost = self.ended && self.awaits_adviser;
        if is_lost {
            books.add_times(self.slot, self.times, |it| &mut it.after_reception_times);
        }
        let slot_of = |at: Option<Timestamp>| at.and_then(|at| books.slots.slot_of(at));
        let (first, last) = (slot_of(self.answered_at), slot_of(self.finally_answered_at));
        books.add_times(first, self.times, |it| &mut it.answered_times);
        if !is_lost {
            books.add(last, 1, |it| &mut it.final_answers);
            books.add_times(last, self.times, |it| &mut it.final_answered_times);
        }
    }
}

impl Calls {
    pub(super) fn admit(&mut self, at: Timestamp, call: CallId, books: &mut Books) {
        let slot = books.slots.slot_of(at);
        books.add(slot, 1, |it| &mut it.offered);
        self.live.insert(
            call,
            LiveCall {
                slot,
                admitted_at: at,
                answered_at: None,
                finally_answered_at: None,
                times: CallTimes::default(),
                awaits_adviser: false,
                talks: BTreeMap::new(),
                held_by: BTreeSet::new(),
                held_since: None,
                aside: BTreeSet::new(),
                aside_since: None,
                aside_ms: 0,
                ended: false,
                seats: 0,
            },
        );
    }

    /// A call of any tenant that stands on no form.
    pub(super) fn rehearse(&mut self, call: CallId) {
        self.rehearsals.insert(call);
        while self.rehearsals.len() > OPEN_CALLS_MAX {
            self.rehearsals.pop_first();
        }
    }

    pub(super) fn is_rehearsal(&self, call: CallId) -> bool {
        self.rehearsals.contains(&call)
    }

    /// A call that is no orphan, and of which no figure is made beyond its admission.
    pub(super) fn pass_by(&mut self, call: CallId) {
        self.passing.insert(call);
        while self.passing.len() > OPEN_CALLS_MAX {
            self.passing.pop_first();
        }
    }

    pub(super) fn answer(&mut self, at: Timestamp, ring: RingId, seat: SeatId, books: &mut Books) {
        let Some(call) = self.live.get_mut(&ring.call) else { return };
        if call.answered_at.is_none() {
            call.answered_at = Some(at);
            books.add(call.slot, 1, |it| &mut it.handled);
            books.count(at, |it| &mut it.answers);
        }
        if call.finally_answered_at.is_none() || call.awaits_adviser {
            call.finally_answered_at = Some(at);
        }
        call.awaits_adviser = false;
        call.talks.insert(ring, (seat, at));
        call.follow_hold(at, books);
        call.follow_aside(at, books);
    }

    /// The caller waits for an adviser after reception (R-A2).
    pub(super) fn await_adviser(&mut self, id: CallId) {
        if let Some(call) = self.live.get_mut(&id) {
            call.awaits_adviser = true;
        }
    }

    pub(super) fn end_talk(&mut self, at: Timestamp, ring: RingId, books: &Books) {
        let Some(call) = self.live.get_mut(&ring.call) else { return };
        if let Some((_, since)) = call.talks.remove(&ring) {
            call.times.talk_ms += books.ms(since, at);
        }
        call.held_by.remove(&LegId::Seat(ring));
        call.follow_hold(at, books);
        call.follow_aside(at, books);
    }

    /// A party comes to be with the seat alone, or is so no more.
    pub(super) fn set_aside(&mut self, at: Timestamp, party: PartyId, is_aside: bool, books: &Books) {
        let Some(call) = self.live.get_mut(&party.call) else { return };
        if is_aside {
            call.aside.insert(party);
        } else {
            call.aside.remove(&party);
        }
        call.follow_aside(at, books);
    }

    /// A side holds or resumes. Gives the seats that talk in the call, and whether they are on hold now.
    pub(super) fn set_held(
        &mut self,
        at: Timestamp,
        leg: LegId,
        held: bool,
        books: &Books,
    ) -> Option<(Vec<SeatId>, bool)> {
        let call = self.live.get_mut(&leg.call())?;
        if held {
            call.held_by.insert(leg);
        } else {
            call.held_by.remove(&leg);
        }
        call.follow_hold(at, books);
        Some((call.talks.values().map(|(seat, _)| *seat).collect(), call.held_since.is_some()))
    }

    pub(super) fn end(
        &mut self,
        at: Timestamp,
        id: CallId,
        outcome: Outcome,
        short_abandon: Duration,
        books: &mut Books,
    ) {
        let Some(call) = self.live.get_mut(&id) else {
            if !self.passing.remove(&id) {
                self.orphans += 1;
            }
            return;
        };
        call.end_talks(at, books);
        call.ended = true;
        call.awaits_adviser |= outcome == Outcome::AbandonedAfterReception;
        let awaited_adviser = call.awaits_adviser;
        let (slot, lasted_ms) = (call.slot, books.ms(call.admitted_at, at));
        let abandoned = |books: &mut Books| {
            if u128::from(lasted_ms) < short_abandon.as_millis() {
                books.add(slot, 1, |it| &mut it.short_abandons);
            }
        };
        match outcome {
            // Counted when the seat answered.
            Outcome::Answered => {
                if awaited_adviser {
                    books.add(slot, 1, |it| &mut it.failed_after_reception);
                }
            }
            Outcome::AbandonedInGuidance => {
                books.add(slot, 1, |it| &mut it.abandoned_in_guidance);
                abandoned(books);
            }
            Outcome::AbandonedInQueue => {
                books.add(slot, 1, |it| &mut it.abandoned_in_queue);
                abandoned(books);
            }
            Outcome::AbandonedWhileRinging => {
                books.add(slot, 1, |it| &mut it.abandoned_while_ringing);
                abandoned(books);
            }
            // Counted as handled when the receptionist answered.
            Outcome::AbandonedAfterReception => {
                books.add(slot, 1, |it| &mut it.abandoned_after_reception);
            }
            // A call that was admitted within hours and yet sent away as closed would be our fault.
            Outcome::Failed | Outcome::Closed => books.add(slot, 1, |it| &mut it.failed),
        }
        self.forget_if_over(id, books);
    }

    /// The switch is gone: so are its talks.
    pub(super) fn end_talks(&mut self, at: Timestamp, books: &Books) {
        for call in self.live.values_mut() {
            call.end_talks(at, books);
        }
    }

    /// Whether a call is this tenant's and no test.
    pub(super) fn has(&self, call: CallId) -> bool {
        self.live.contains_key(&call)
    }

    pub(super) fn is_on_hold(&self, call: CallId) -> bool {
        self.live.get(&call).is_some_and(|call| call.held_since.is_some())
    }

    /// A seat begins to work for a call.
    pub(super) fn attach(&mut self, call: CallId) {
        if let Some(call) = self.live.get_mut(&call) {
            call.seats += 1;
        }
    }

    /// A seat has done with a call, wrap-up included.
    pub(super) fn detach(&mut self, id: CallId, books: &mut Books) {
        if let Some(call) = self.live.get_mut(&id) {
            call.seats = call.seats.saturating_sub(1);
            self.forget_if_over(id, books);
        }
    }

    /// Wrap-up belongs to the call before it, as a whole (R-A5).
    pub(super) fn wrapped_up(&mut self, id: CallId, ms: u64) {
        if let Some(call) = self.live.get_mut(&id) {
            call.times.wrap_up_ms += ms;
        }
    }

    fn forget_if_over(&mut self, id: CallId, books: &mut Books) {
        if self.live.get(&id).is_some_and(|call| call.ended && call.seats == 0)
            && let Some(call) = self.live.remove(&id)
        {
            call.charge(books);
        }
    }

    /// Whether a call was admitted or answered in the period and its times may still grow.
    pub(super) fn any_in_period(&self, slots: &Slots) -> bool {
        let answered = |call: &LiveCall| {
            let answers = [call.answered_at, call.finally_answered_at];
            answers.into_iter().flatten().any(|at| slots.slot_of(at).is_some())
        };
        self.live.values().any(|call| call.slot.is_some() || answered(call))
    }

    pub(super) const fn orphans(&self) -> u64 {
        self.orphans
    }

    /// Counts what is still in progress.
    pub(super) fn close(&mut self, until: Timestamp, books: &mut Books) {
        for call in self.live.values_mut() {
            call.end_talks(until, books);
            if call.answered_at.is_some() {
                books.add(call.slot, 1, |it| &mut it.handled_in_progress);
            } else if !call.ended {
                books.add(call.slot, 1, |it| &mut it.unanswered_in_progress);
            }
            call.charge(books);
        }
    }
}
