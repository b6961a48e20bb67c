//! Which tenants' callers a seat could be rung for at all (R-L9), and how long a tenant may be without a call (R-G5).

use core::time::Duration;

use super::{Lines, Room};
use crate::event::CallEvent;
use crate::ids::{SeatId, TenantId};
use crate::input::AlarmKind;
use crate::output::Output;
use crate::plan::Seat;

impl Room {
    /// States whether an open tenant has lost its last reachable seat, or has one again.
    pub(super) fn state_reach(&mut self, tenant: TenantId, accepting: bool, out: &mut Output) {
        self.was_reachable |= !self.reachable_seats.is_empty();
        let unreachable = accepting && self.capacity.is_some() && self.reachable_seats.is_empty();
        if core::mem::replace(&mut self.unreachable, unreachable) == unreachable {
            return;
        }
        if !unreachable {
            return out.state(CallEvent::NoReachableSeatEnded { tenant });
        }
        out.state(CallEvent::NoReachableSeatStarted { tenant });
        if self.was_reachable {
            let (kind, tenant) = (AlarmKind::NoReachableSeat, Some(tenant));
            out.state(CallEvent::AlarmRaised { kind, tenant, call: None });
        }
    }

    /// Within which time a call is expected from now on; `None`: none is.
    pub(crate) const fn calls_expected(&self) -> Option<Duration> {
        self.calls_expected
    }
}

impl Lines {
    /// Calls are taken from here on, or no more.
    pub(crate) fn accept(&mut self, accepting: bool) {
        self.accepting = accepting;
        self.touched.extend(self.rooms.keys().copied());
    }

    /// Follows whether a seat can be reached, for every tenant that it serves.
    pub(crate) fn follow_reach(&mut self, id: SeatId, seat: &Seat, reachable: bool) {
        for tenant in seat.serves.keys() {
            let Some(room) = self.rooms.get_mut(tenant) else { continue };
            let serves = room.tenant.entry_skill.is_none_or(|skill| seat.skills.contains(&skill));
            let changed = if reachable && serves {
                room.reachable_seats.insert(id)
            } else {
                room.reachable_seats.remove(&id)
            };
            if changed {
                self.touched.insert(*tenant);
            }
        }
    }

    /// A new plan decides anew who serves whom.
    pub(crate) fn forget_seats(&mut self) {
        for room in self.rooms.values_mut() {
            room.reachable_seats.clear();
            room.staff.clear();
        }
        self.touched.extend(self.rooms.keys().copied());
    }

    /// Decides anew whether calls are expected; whether that has changed.
    pub(crate) fn follow_expectation(&mut self, id: TenantId) -> bool {
        let Some(room) = self.rooms.get_mut(&id) else { return false };
        let expected = room.capacity.and(room.tenant.expect_calls_within);
        core::mem::replace(&mut room.calls_expected, expected) != expected
    }
}
