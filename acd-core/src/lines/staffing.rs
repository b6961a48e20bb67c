//! Whether as many seats are staffed as the contract promises (R-A8).

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{Lines, Room};
use crate::event::CallEvent;
use crate::ids::{SeatId, SkillId, TenantId};
use crate::output::Output;
use crate::plan::{Seat, Staffing, StaffingSeats};

/// A promise that is broken, with what has been stated of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Shortage {
    skill: Option<SkillId>,
    wanted: u32,
    staffed: u32,
}

/// For whom a seat counts as staffed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Staffs {
    Nobody,
    /// It is ready.
    EveryTenantItServes,
    /// It rings, talks or wraps up for one, and the others go without it.
    One(TenantId),
}

impl Room {
    /// States each promise that is broken by other numbers than before, and each that is kept again.
    pub(super) fn state_staffing(&mut self, tenant: TenantId, out: &mut Output) {
        if self.tenant.staffing.is_empty() && self.shortages.is_empty() {
            return;
        }
        let now: Vec<Shortage> =
            self.tenant.staffing.iter().filter_map(|promise| self.shortage(promise)).collect();
        for kept in &self.shortages {
            if now.iter().all(|it| it.skill != kept.skill) {
                out.state(CallEvent::StaffingRestored { tenant, skill: kept.skill });
            }
        }
        for short in &now {
            if !self.shortages.contains(short) {
                let Shortage { skill, wanted, staffed } = *short;
                out.state(CallEvent::StaffingShort { tenant, skill, wanted, staffed });
            }
        }
        self.shortages = now;
    }

    fn shortage(&self, promise: &Staffing) -> Option<Shortage> {
        let Staffing { skill, seats } = *promise;
        let capacity = self.capacity?;
        let wanted = match seats {
            StaffingSeats::SeatLines => capacity.seat_lines,
            StaffingSeats::Count(seats) => seats,
        };
        let has_skill = |skills: &[SkillId]| skill.is_none_or(|skill| skills.contains(&skill));
        let staffed = self.staff.values().filter(|skills| has_skill(skills)).count();
        let staffed = u32::try_from(staffed).expect("invariant: a plan has at most SEATS_MAX seats");
        let wanted = u32::from(wanted);
        (staffed < wanted).then_some(Shortage { skill, wanted, staffed })
    }
}

impl Lines {
    /// Follows for whom a seat counts as staffed.
    pub(crate) fn follow_staff(&mut self, id: SeatId, seat: &Seat, staffs: Staffs) {
        for tenant in seat.serves.keys() {
            let Some(room) = self.rooms.get_mut(tenant) else { continue };
            if room.tenant.staffing.is_empty() {
                continue;
            }
            let is_staff = match staffs {
                Staffs::Nobody => false,
                Staffs::EveryTenantItServes => true,
                Staffs::One(one) => one == *tenant,
            };
            if is_staff == room.staff.contains_key(&id) {
                continue;
            }
            if is_staff {
                room.staff.insert(id, seat.skills.iter().copied().collect());
            } else {
                room.staff.remove(&id);
            }
            self.touched.insert(*tenant);
        }
    }
}
