//! More callers than there are lines: just before an edge of the calendar, at it and just after it, and while an agent is
//! about to dial.

use std::time::Duration;

use acd_core::{RingId, Timestamp};

use crate::edges::Place;
use crate::options::Options;
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

    /// An agent calls out: where callers crowd, mostly a doctor. By 4 the doctor is called about nothing, and need not be found.
    pub(crate) fn draw_call_out(&mut self, now: Timestamp, rng: &mut Rng, options: &Options) -> Option<()> {
        let seat = *rng.pick(&self.seats)?;
        let whom = rng.within(0, 11);
        let doctor = options.crowds && rng.percent(60);
        self.plan(now, Plan::CallOut(seat, if doctor { 3 + whom % 2 } else { whom }));
        Some(())
    }

    /// Callers take the lines while the phone of an agent rings who calls out.
    pub(crate) fn crowd(&mut self, now: Timestamp, ring: RingId, rng: &mut Rng, options: &Options) {
        if !options.crowds || self.calm || !self.parties.outbound.contains(&ring.call) {
            return;
        }
        for _ in 0..rng.within(2, 8) {
            self.plan(now + rng.millis(0, 4_000), Plan::ArriveAlone);
        }
    }
}
