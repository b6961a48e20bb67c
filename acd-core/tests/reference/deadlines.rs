//! What becomes due when, as the rules have it.

use std::time::Duration;

use acd_core::{AlarmKind, CallEvent, CallPhase, Input, RingEnd, SeatState, Timestamp};

use crate::guidance::guidance_due;
use crate::model::{Call, Model, Stage};

/// R-T8: until when the call's hunt pauses.
fn pause(call: &Call) -> Option<Timestamp> {
    Some(call.hunt.as_ref()?.pauses?.1)
}

impl Model {
    /// The first deadline to come, band edges left aside.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        let calls =
            self.calls.iter().flat_map(|it| [it.ring_until, it.alarm_at, guidance_due(it), it.choice_until]);
        let parties = self.calls.iter().flat_map(|it| it.parties.iter().map(|party| party.until));
        let unheard = self.calls.iter().flat_map(|it| &it.unheard).map(|(_, _, again)| Some(*again));
        let pauses = self.calls.iter().map(pause);
        let parties = parties.chain(unheard).chain(pauses);
        let watchers = self.calls.iter().flat_map(|it| it.watchers.iter().map(|watcher| watcher.until));
        let missing = self.tenants.iter().map(|it| it.calls_due);
        calls
            .chain(parties)
            .chain(watchers)
            .chain(missing)
            .chain(self.seats.iter().map(|it| it.until))
            .flatten()
            .min()
    }

    /// Every deadline that is not after now, the earliest first.
    pub(crate) fn fire(&mut self) {
        while let Some(due) = self.next_deadline().filter(|it| *it <= self.now) {
            if let Some(at) = self.seats.iter().position(|it| it.until == Some(due)) {
                self.seat_comes_back(at);
            } else if let Some(at) = self.calls.iter().position(|it| it.ring_until == Some(due)) {
                self.cancelled.push(self.calls[at].ring.unwrap().0);
                if self.calls[at].outbound {
                    self.phone_failed(at, RingEnd::TimedOut);
                    continue;
                }
                self.ring_over(at, RingEnd::TimedOut);
                self.wait_on(at);
            } else if let Some((at, supervisor)) = self.first_leg_due(due) {
                if supervisor {
                    self.watcher_timed_out(at, due);
                } else {
                    self.party_timed_out(at);
                }
            } else if let Some(at) = self.calls.iter().position(|it| pause(it) == Some(due)) {
                self.go_on(at);
            } else if let Some(at) = self.calls.iter().position(|it| it.choice_until == Some(due)) {
                self.chosen(at);
            } else if let Some(at) = self.calls.iter().position(|it| guidance_due(it) == Some(due)) {
                let asks_first = self.calls[at].number.choice.as_ref().is_some_and(|it| it.before_guidance);
                if asks_first {
                    self.ask(at);
                } else {
                    self.begin_guidance(at);
                }
            } else if let Some(at) = self.tenants.iter().position(|it| it.calls_due == Some(due)) {
                self.tenants[at].calls_due = None;
                self.raise(AlarmKind::CallsMissing, Some(self.tenants[at].id), None);
            } else if let Some(at) =
                self.calls.iter().position(|it| it.unheard.iter().any(|(_, _, again)| *again == due))
            {
                // What is played is an order, not a fact.
                self.calls[at].unheard.retain(|(_, _, again)| *again != due);
            } else if let Some(at) = self.calls.iter().position(|it| it.alarm_at == Some(due)) {
                let call = &mut self.calls[at];
                call.alarm_at = None;
                call.waits_from = None;
                call.overdue = true;
                let (tenant, call) = (call.serving, call.id);
                self.raise(AlarmKind::WaitTooLong, Some(tenant), Some(call));
            }
            self.send_watchers_home();
        }
    }

    /// Whose call's party or supervisor has been rung long enough: of several in one instant the one that was dialled first.
    fn first_leg_due(&self, due: Timestamp) -> Option<(usize, bool)> {
        let legs = self.calls.iter().enumerate().flat_map(|(at, call)| {
            let parties = call.parties.iter().map(|it| (it.until, it.id, false));
            let watchers = call.watchers.iter().map(|it| (it.until, it.id, true));
            parties.chain(watchers).map(move |(until, id, supervisor)| (until, id, at, supervisor))
        });
        let due = legs.filter(|(until, ..)| *until == Some(due));
        due.min_by_key(|(_, id, ..)| *id).map(|(_, _, at, supervisor)| (at, supervisor))
    }

    /// R-Q8: by the plan in force.
    pub(crate) fn begin_wait(&mut self, at: usize) {
        self.calls[at].waits_from = Some(self.now);
        self.follow_wait(at);
    }

    fn follow_wait(&mut self, at: usize) {
        let (serving, own) = (self.calls[at].serving, self.calls[at].tenant);
        let max_wait = self.tenant(serving).plan.max_wait.or(self.tenant(own).plan.max_wait);
        let call = &mut self.calls[at];
        call.alarm_at = call.waits_from.and_then(|from| Some(from + max_wait?));
    }

    /// A new plan counts from the begin of a stay or wait.
    pub(crate) fn follow_lengths(&mut self) {
        for seat in &mut self.seats {
            let since = seat.since;
            seat.until = seat.longest_stay().map(|it| since + it);
        }
        for at in 0..self.calls.len() {
            if matches!(self.calls[at].phase, CallPhase::Waiting | CallPhase::Ringing) {
                self.follow_wait(at);
            }
        }
    }

    /// A step of the wall clock is stated before anything else of its turn, band edges too.
    pub(crate) fn step_clock(&mut self, input: &Input) {
        if let Input::WallClockStepped { step_ms, skipped } = input {
            let skipped = (*skipped).min(self.passed);
            self.postpone_lengths(skipped);
            self.state(CallEvent::WallClockStepped { step_ms: *step_ms, skipped });
        }
    }

    /// A step of the clock moves what is a length of time.
    fn postpone_lengths(&mut self, step: Duration) {
        let calls =
            self.calls.iter_mut().flat_map(|it| [&mut it.ring_until, &mut it.alarm_at, &mut it.choice_until]);
        let missing = self.tenants.iter_mut().map(|it| &mut it.calls_due);
        for until in calls.chain(self.seats.iter_mut().map(|it| &mut it.until)).chain(missing).flatten() {
            *until = *until + step;
        }
        // A stay is no longer by it, whatever plan says how long it may be.
        for seat in self.seats.iter_mut().filter(|it| it.state != SeatState::Ready) {
            seat.since = seat.since + step;
        }
        for since in self.calls.iter_mut().filter_map(|it| it.waits_from.as_mut()) {
            *since = *since + step;
        }
        for until in self.calls.iter_mut().flat_map(|it| &mut it.parties).filter_map(|it| it.until.as_mut()) {
            *until = *until + step;
        }
        for (_, _, again) in self.calls.iter_mut().flat_map(|it| &mut it.unheard) {
            *again = *again + step;
        }
        let hunts = self.calls.iter_mut().filter_map(|it| it.hunt.as_mut());
        for (_, until) in hunts.filter_map(|it| it.pauses.as_mut()) {
            *until = *until + step;
        }
        for until in self.calls.iter_mut().flat_map(|it| &mut it.watchers).filter_map(|it| it.until.as_mut())
        {
            *until = *until + step;
        }
        for call in &mut self.calls {
            if let Stage::Due(until) = &mut call.guidance {
                *until = *until + step;
            }
        }
    }
}
