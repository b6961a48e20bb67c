//! Who is rung for whom (R-Q2, R-Q3, R-Q4). Only queues touched in the turn are looked at: everywhere else a free
//! seat and a waiting caller with a free seat line would have met in an earlier turn.

use core::cmp::Reverse;

use crate::house::House;
use crate::ids::{CallId, SeatId};
use crate::queue::{Queue, QueueKey};
use crate::time::Timestamp;

impl House {
    /// The next caller and seat that must not stay apart: the longest-free seat of all that could be rung (R-Q2),
    /// and for it the caller of the highest tenant priority, then the oldest (R-Q3).
    pub(crate) fn next_match(&self) -> Option<(CallId, SeatId)> {
        let (free, _) = self
            .matchable()
            .filter_map(|(_, queue)| Some((queue.longest_free()?, queue.first_waiting()?)))
            .min_by_key(|(free, _)| *free)?;
        let (_, id) = free;
        Some((self.best_caller(free)?, id))
    }

    /// Of the callers whom a free seat could be rung for, the one that it must be rung for (R-Q3).
    fn best_caller(&self, free: (Timestamp, SeatId)) -> Option<CallId> {
        let seat = self.seats.get(&free.1)?;
        self.matchable()
            .filter(|(_, queue)| queue.has_free(free))
            .filter_map(|(key, queue)| {
                let priority = seat.settings.serves.get(&key.tenant)?;
                let (since, call) = queue.first_waiting()?;
                Some((Reverse(*priority), since, call))
            })
            .min()
            .map(|(_, _, call)| call)
    }

    /// Asserts R-Q4 over all queues; expensive.
    pub(crate) fn assert_nobody_waits_needlessly(&self) {
        let needless = self.queues.iter().find(|(key, queue)| self.is_matchable(**key, queue));
        assert!(
            needless.is_none(),
            "invariant: nobody waits while a seat and a seat line are free: {needless:?}"
        );
    }

    fn matchable(&self) -> impl Iterator<Item = (QueueKey, &Queue)> {
        self.queues.touched().filter(|(key, queue)| self.is_matchable(*key, queue))
    }

    /// Whether a seat could be rung for a caller of the queue.
    pub(crate) fn may_meet(&self, key: QueueKey) -> bool {
        self.queues.get(key).is_some_and(|queue| self.is_matchable(key, queue))
    }

    fn is_matchable(&self, key: QueueKey, queue: &Queue) -> bool {
        queue.first_waiting().is_some()
            && queue.longest_free().is_some()
            && self.lines.get(key.tenant).is_some_and(|room| room.seat_line_is_free())
    }
}
