//! The queues: one FIFO per tenant and skill (R-Q1), each with the free seats that may serve it (R-Q2).

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::ids::{CallId, SeatId, SkillId, TenantId};
use crate::plan::Seat;
use crate::time::Timestamp;
use crate::touched::Touched;

/// Whose queue, and for which skill.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub(crate) struct QueueKey {
    pub(crate) tenant: TenantId,
    pub(crate) skill: Option<SkillId>,
}

/// A caller's place: the queue, and the instant of the first entry, which is kept for life (R-Q1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) queue: QueueKey,
    pub(crate) since: Timestamp,
}

/// Callers for whom a seat is being rung, by their queue, in the order of their places.
pub(crate) type Rung = BTreeSet<(QueueKey, Timestamp, CallId)>;

/// One FIFO and who may serve it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Queue {
    waiting: BTreeSet<(Timestamp, CallId)>,
    free: BTreeSet<(Timestamp, SeatId)>,
    logged_in: BTreeSet<SeatId>,
    /// Of those who wait, the ones who have waited too long (R-Q8).
    overdue: BTreeSet<(Timestamp, CallId)>,
    /// Whether the alarm of R-Q8 was raised since somebody was logged in.
    alarm_raised: bool,
}

impl Queue {
    /// The caller who is served next.
    pub(crate) fn first_waiting(&self) -> Option<(Timestamp, CallId)> {
        self.waiting.first().copied()
    }

    /// The seat that has been free longest.
    pub(crate) fn longest_free(&self) -> Option<(Timestamp, SeatId)> {
        self.free.first().copied()
    }

    pub(crate) fn waiting_len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether somebody who may serve is logged in.
    pub(crate) fn is_attended(&self) -> bool {
        !self.logged_in.is_empty()
    }

    /// Follows the state of a seat that may serve; whether it is the first one that is logged in.
    fn follow_seat(&mut self, id: SeatId, before: Presence, after: Presence) -> bool {
        if let Some(since) = before.free_since {
            self.free.remove(&(since, id));
        }
        if let Some(since) = after.free_since {
            self.free.insert((since, id));
        }
        if before.logged_in == after.logged_in {
            return false;
        }
        if !after.logged_in {
            self.logged_in.remove(&id);
            return false;
        }
        let is_first = self.logged_in.is_empty();
        self.logged_in.insert(id);
        is_first
    }

    pub(crate) fn has_free(&self, seat: (Timestamp, SeatId)) -> bool {
        self.free.contains(&seat)
    }
}

/// A queue in which somebody waits whom nobody who may serve is logged in for, or who has waited too long (R-Q8).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Unserved {
    pub(crate) queue: QueueKey,
    /// Nobody who may serve is logged in.
    pub(crate) unattended: bool,
    /// Somebody has waited too long.
    pub(crate) overdue: bool,
    /// Who waits longest, if the alarm is due that nobody is logged in: once, until somebody logs in or nobody waits any more.
    pub(crate) alarm: Option<CallId>,
}

/// What the queues must know of a seat's state.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Presence {
    /// Free, and since when.
    pub(crate) free_since: Option<Timestamp>,
    pub(crate) logged_in: bool,
}

/// All queues.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Queues {
    #[serde(with = "crate::snapshot::pairs")]
    by_key: BTreeMap<QueueKey, Queue>,
    /// Nobody is told a worse place because a seat did not answer (R-G3). `None`: no tenant tells places.
    rung: Option<Rung>,
    /// Queues in which a match may have become possible in this turn, or who is logged in has changed.
    touched: Touched<QueueKey>,
    /// Somebody has logged in, in this turn, where nobody was who may serve.
    newly_attended: bool,
}

impl Queues {
    /// Opens a queue if it is not there. The seats that may serve it must be told anew.
    pub(crate) fn open(&mut self, key: QueueKey) {
        self.by_key.entry(key).or_default();
    }

    /// Keeps these queues only, and forgets every seat; the seats must be told anew.
    pub(crate) fn reset(&mut self, keys: &BTreeSet<QueueKey>) {
        self.by_key.retain(|key, _| keys.contains(key));
        for queue in self.by_key.values_mut() {
            queue.free.clear();
            queue.logged_in.clear();
        }
        for key in keys {
            self.open(*key);
        }
        self.touched.extend(keys.iter().copied());
    }

    /// Closes the queues of a tenant that is gone.
    pub(crate) fn close(&mut self, tenant: TenantId) {
        self.by_key.retain(|key, _| key.tenant != tenant);
        self.touched.retain(|key| key.tenant != tenant);
    }

    pub(crate) fn enter(&mut self, call: CallId, place: Place) {
        let queue = self.by_key.get_mut(&place.queue).expect("invariant: a queue is open while calls use it");
        queue.waiting.insert((place.since, call));
        self.touched.insert(place.queue);
    }

    /// Who is the last to leave, and not for another tenant's queue, leaves nobody for whom the alarm was: it is due anew for
    /// the next (R-Q8).
    pub(crate) fn leave(&mut self, call: CallId, place: Place, for_another_tenant: bool) {
        let queue = self.by_key.get_mut(&place.queue).expect("invariant: a queue is open while calls use it");
        let left = queue.waiting.remove(&(place.since, call));
        assert!(left, "invariant: a waiting caller stands in the queue");
        queue.overdue.remove(&(place.since, call));
        if queue.waiting.is_empty() && !for_another_tenant {
            queue.alarm_raised = false;
        }
    }

    /// Who waits there has waited too long, which counts until the caller leaves the place.
    pub(crate) fn wait_too_long(&mut self, call: CallId, place: Place) {
        if let Some(queue) = self.by_key.get_mut(&place.queue) {
            queue.overdue.insert((place.since, call));
            self.touched.insert(place.queue);
        }
    }

    /// Whether the caller is known to have waited too long there.
    pub(crate) fn is_overdue(&self, call: CallId, place: Place) -> bool {
        self.by_key.get(&place.queue).is_some_and(|queue| queue.overdue.contains(&(place.since, call)))
    }

    /// Keeps, from here on, who is rung for, or no longer does.
    pub(crate) fn follow_rung(&mut self, rung: Option<Rung>) {
        self.rung = rung;
    }

    /// Who is rung for, where that is kept.
    pub(crate) const fn rung(&self) -> Option<&Rung> {
        self.rung.as_ref()
    }

    /// A seat is rung for a caller, who has left the queue and keeps the place until it answers.
    pub(crate) fn ring_begins(&mut self, call: CallId, place: Place) {
        if let Some(rung) = &mut self.rung {
            rung.insert((place.queue, place.since, call));
        }
    }

    /// The seat has answered, or does not.
    pub(crate) fn ring_over(&mut self, call: CallId, place: Place) {
        if let Some(rung) = &mut self.rung {
            rung.remove(&(place.queue, place.since, call));
        }
    }

    /// Whether the caller stands there.
    pub(crate) fn has_place(&self, call: CallId, place: Place) -> bool {
        self.by_key.get(&place.queue).is_some_and(|queue| queue.waiting.contains(&(place.since, call)))
    }

    /// A seat line of the tenant may have become free.
    pub(crate) fn touch(&mut self, tenant: TenantId) {
        let touched = of_tenant(&self.by_key, tenant)
            .filter(|(_, queue)| !queue.waiting.is_empty())
            .map(|(key, _)| *key);
        self.touched.extend(touched);
    }

    /// Follows a seat's state in every queue that it may serve.
    pub(crate) fn follow_seat(&mut self, id: SeatId, seat: &Seat, before: Presence, after: Presence) {
        if before == after {
            return;
        }
        for tenant in seat.serves.keys() {
            let queues = self.by_key.range_mut(QueueKey { tenant: *tenant, skill: None }..);
            let queues = queues.take_while(|(key, _)| key.tenant == *tenant);
            for (key, queue) in queues.filter(|(key, _)| key.skill.is_none_or(|it| seat.skills.contains(&it)))
            {
                self.newly_attended |= queue.follow_seat(id, before, after);
                if !queue.waiting.is_empty() || before.logged_in != after.logged_in {
                    self.touched.insert(*key);
                }
            }
        }
    }

    /// The queues of this turn in which a match may be possible.
    pub(crate) fn touched(&self) -> impl Iterator<Item = (QueueKey, &Queue)> {
        self.touched.iter().filter_map(|key| Some((*key, self.by_key.get(key)?)))
    }

    /// Looks at every queue once more at the end of the turn.
    pub(crate) fn touch_all(&mut self) {
        let touched = self.by_key.iter().filter(|(_, queue)| !queue.waiting.is_empty()).map(|(key, _)| *key);
        self.touched.extend(touched);
    }

    /// Who waits in a queue, in the order of their places.
    pub(crate) fn waiting(&self, key: QueueKey) -> Vec<CallId> {
        let waiting = self.by_key.get(&key).into_iter().flat_map(|queue| &queue.waiting);
        waiting.map(|(_, call)| *call).collect()
    }

    /// Who has waited too long in a queue, in the order of their places.
    pub(crate) fn overdue(&self, key: QueueKey) -> Vec<CallId> {
        let overdue = self.by_key.get(&key).into_iter().flat_map(|queue| &queue.overdue);
        overdue.map(|(_, call)| *call).collect()
    }

    pub(crate) fn get(&self, key: QueueKey) -> Option<&Queue> {
        self.by_key.get(&key)
    }

    /// Whether somebody who may serve a queue is logged in.
    pub(crate) fn is_attended(&self, key: QueueKey) -> bool {
        self.by_key.get(&key).is_some_and(Queue::is_attended)
    }

    /// Whether somebody who may serve one of a tenant's queues is logged in.
    pub(crate) fn is_attended_anywhere(&self, tenant: TenantId) -> bool {
        of_tenant(&self.by_key, tenant).any(|(_, queue)| queue.is_attended())
    }

    /// Whether somebody has logged in, in this turn, where nobody was who may serve.
    pub(crate) fn take_newly_attended(&mut self) -> bool {
        core::mem::take(&mut self.newly_attended)
    }

    /// The queues of this turn in which callers wait as R-Q8 has it. Only who is logged in when the turn is over counts: a
    /// new plan may give and take a seat in one turn.
    pub(crate) fn unserved(&mut self) -> Vec<Unserved> {
        let mut unserved = Vec::new();
        for key in self.touched.iter() {
            let Some(queue) = self.by_key.get_mut(key) else { continue };
            let unattended = !queue.is_attended();
            if !unattended {
                queue.alarm_raised = false;
            }
            let overdue = !queue.overdue.is_empty();
            if let (true, Some((_, first))) = (unattended || overdue, queue.first_waiting()) {
                let alarm = unattended && !core::mem::replace(&mut queue.alarm_raised, true);
                let alarm = alarm.then_some(first);
                unserved.push(Unserved { queue: *key, unattended, overdue, alarm });
            }
        }
        unserved
    }

    /// Ends the turn.
    pub(crate) fn end_turn(&mut self) {
        self.touched.clear();
    }

    pub(crate) fn waiting_len(&self, tenant: TenantId) -> usize {
        of_tenant(&self.by_key, tenant).map(|(_, queue)| queue.waiting_len()).sum()
    }

    /// How many callers of the queue stand before a place, those included for whom a seat is rung, counted up to a limit.
    pub(crate) fn before(&self, call: CallId, place: Place, limit: usize) -> usize {
        let waiting = self.by_key.get(&place.queue).into_iter().flat_map(|queue| &queue.waiting);
        let waiting = waiting.take_while(|it| **it < (place.since, call)).map(|(_, call)| *call);
        let rung = self.rung.iter().flat_map(|rung| rung.range(..(place.queue, place.since, call)).rev());
        let rung = rung.take_while(|(queue, ..)| *queue == place.queue).map(|(.., call)| *call);
        waiting.chain(rung).take(limit).count()
    }

    /// All queues, for expensive checks.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&QueueKey, &Queue)> {
        self.by_key.iter()
    }
}

fn of_tenant(
    by_key: &BTreeMap<QueueKey, Queue>,
    tenant: TenantId,
) -> impl Iterator<Item = (&QueueKey, &Queue)> {
    by_key.range(QueueKey { tenant, skill: None }..).take_while(move |(key, _)| key.tenant == tenant)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: CallId = CallId(1);

    fn key(tenant: &str) -> QueueKey {
        QueueKey { tenant: TenantId::new(tenant).unwrap(), skill: None }
    }

    fn queues() -> Queues {
        let mut queues = Queues::default();
        queues.reset(&[key("kyoto"), key("shiga")].into());
        queues.end_turn();
        queues
    }

    fn seat() -> (SeatId, Seat) {
        let settings = Seat {
            serves: [(key("shiga").tenant, 1)].into(),
            skills: BTreeSet::new(),
            login: crate::plan::Login::Always,
            static_contact: true,
            wrap_up_max: None,
            not_answering_retry: None,
            unreachable_retry: None,
        };
        (SeatId::new("s1").unwrap(), settings)
    }

    fn touched(queues: &Queues) -> Vec<QueueKey> {
        queues.touched().map(|(key, _)| key).collect()
    }

    #[test]
    fn the_queues_of_a_tenant_that_is_gone_close_and_no_others() {
        let mut queues = queues();
        queues.reset(&[key("kyoto"), key("shiga")].into());
        queues.close(key("shiga").tenant);
        assert_eq!(queues.iter().map(|(key, _)| *key).collect::<Vec<_>>(), [key("kyoto")]);
        assert_eq!(touched(&queues), [key("kyoto")]);
    }

    #[test]
    fn a_caller_has_a_place_until_it_is_left() {
        let mut queues = queues();
        let place = Place { queue: key("shiga"), since: Timestamp::from_millis(5) };
        queues.enter(CALL, place);
        assert!(queues.has_place(CALL, place));
        assert!(!queues.has_place(CALL, Place { since: Timestamp::from_millis(6), ..place }));
        assert!(!queues.has_place(CALL, Place { queue: key("kyoto"), ..place }));
        queues.leave(CALL, place, false);
        assert!(!queues.has_place(CALL, place));
    }

    #[test]
    fn who_stands_before_a_place_is_counted_up_to_a_limit() {
        let mut queues = queues();
        let place = |millis| Place { queue: key("shiga"), since: Timestamp::from_millis(millis) };
        for (call, millis) in [(7, 5), (2, 5), (1, 9)] {
            queues.enter(CallId(call), place(millis));
        }
        let before = |call, millis, limit| queues.before(CallId(call), place(millis), limit);
        assert_eq!([before(2, 5, 9), before(7, 5, 9), before(1, 9, 9), before(1, 9, 1)], [0, 1, 2, 1]);
        assert_eq!(queues.before(CALL, Place { queue: key("kyoto"), ..place(9) }, 9), 0);
    }

    #[test]
    fn who_is_rung_for_keeps_the_place_where_places_are_told() {
        let mut queues = queues();
        let place = |tenant, millis| Place { queue: key(tenant), since: Timestamp::from_millis(millis) };
        queues.ring_begins(CALL, place("shiga", 1));
        assert_eq!(queues.before(CallId(9), place("shiga", 5), 9), 0, "no tenant tells places");
        queues.follow_rung(Some(Rung::new()));
        for (call, tenant, millis) in [(1, "shiga", 1), (2, "kyoto", 1), (3, "shiga", 7), (4, "shiga", 5)] {
            queues.ring_begins(CallId(call), place(tenant, millis));
        }
        queues.enter(CallId(5), place("shiga", 3));
        let before = |queues: &Queues, limit| queues.before(CallId(9), place("shiga", 5), limit);
        assert_eq!([before(&queues, 9), before(&queues, 2)], [3, 2], "calls 1, 4 and 5");
        queues.ring_over(CALL, place("shiga", 1));
        assert_eq!(before(&queues, 9), 2);
        queues.follow_rung(None);
        assert_eq!(before(&queues, 9), 1);
    }

    #[test]
    fn a_queue_is_looked_at_when_a_match_or_an_alarm_may_follow() {
        let mut queues = queues();
        let (id, settings) = seat();
        let gone = Presence::default();
        let busy = Presence { free_since: None, logged_in: true };
        let free = Presence { free_since: Some(Timestamp::from_millis(3)), logged_in: true };

        queues.follow_seat(id, &settings, gone, busy);
        assert_eq!(touched(&queues), [key("shiga")], "somebody has logged in");
        queues.end_turn();
        queues.follow_seat(id, &settings, busy, free);
        assert_eq!(touched(&queues), [], "nobody waits");
        queues.enter(CALL, Place { queue: key("shiga"), since: Timestamp::from_millis(5) });
        assert_eq!(queues.unserved(), [], "somebody is logged in");
        queues.end_turn();
        queues.follow_seat(id, &settings, free, busy);
        assert_eq!(touched(&queues), [key("shiga")], "somebody waits");
    }

    #[test]
    fn a_free_seat_is_known_by_the_queues_that_it_may_serve() {
        let mut queues = queues();
        let (id, settings) = seat();
        let since = Timestamp::from_millis(3);
        let free = Presence { free_since: Some(since), logged_in: true };
        queues.follow_seat(id, &settings, Presence::default(), free);
        let has_free: Vec<bool> = queues.iter().map(|(_, queue)| queue.has_free((since, id))).collect();
        assert_eq!(has_free, [false, true], "kyoto has not, shiga has");
    }
}
