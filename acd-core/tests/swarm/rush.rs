//! What the outside does at an edge of the calendar: callers come just before it, at it and just after it, more of them than
//! there are lines.

use std::time::Duration;

use acd_core::Timestamp;

use crate::edges::Place;
use crate::rng::Rng;
use crate::world::{Plan, World};

impl World {
    /// Plans the callers around an edge that is ahead.
    pub(crate) fn expect_rush(&mut self, now: Timestamp, place: &Place, rng: &mut Rng) {
        if place.edge.is_none() {
            return;
        }
        let millisecond = Duration::from_millis(1);
        for at in [place.at - millisecond, place.at, place.at + millisecond] {
            if rng.percent(40) {
                self.plan(at, Plan::ArriveAlone);
            }
        }
        let lead = u64::try_from(place.at.since(now).as_millis()).unwrap();
        for _ in 0..rng.within(2, 6) {
            self.plan(now + rng.millis(0, lead), Plan::ArriveAlone);
        }
        for _ in 0..rng.within(8, 24) {
            self.plan(place.at + rng.millis(0, 15_000), Plan::ArriveAlone);
        }
    }
}
