//! Seats that the contract promises, as the rules have them (R-A8).

use acd_core::plan::StaffingSeats;
use acd_core::{CallEvent, SeatState, SkillId, TenantId};

use crate::model::{Model, Seat};

impl Model {
    /// States what has become of each promise since the last turn.
    pub(crate) fn state_staffing(&mut self, at: usize) {
        let tenant = &self.tenants[at];
        let id = tenant.id;
        let mut short = Vec::new();
        if let Some(capacity) = tenant.capacity.flatten() {
            for promise in &tenant.plan.staffing {
                let wanted = match promise.seats {
                    StaffingSeats::SeatLines => u32::from(capacity.seat_lines),
                    StaffingSeats::Count(seats) => u32::from(seats),
                };
                let staffed = self.seats.iter().filter(|it| is_staff(it, id, promise.skill)).count();
                let staffed = u32::try_from(staffed).unwrap();
                if staffed < wanted {
                    short.push((promise.skill, wanted, staffed));
                }
            }
        }
        let before = core::mem::replace(&mut self.tenants[at].short, short.clone());
        for (skill, _, _) in &before {
            if short.iter().all(|it| it.0 != *skill) {
                self.state(CallEvent::StaffingRestored { tenant: id, skill: *skill });
            }
        }
        for (skill, wanted, staffed) in short {
            if !before.contains(&(skill, wanted, staffed)) {
                self.state(CallEvent::StaffingShort { tenant: id, skill, wanted, staffed });
            }
        }
    }
}

/// Ready, or at work for the tenant.
fn is_staff(seat: &Seat, tenant: TenantId, skill: Option<SkillId>) -> bool {
    let has_skill = skill.is_none_or(|it| seat.plan.skills.contains(&it));
    let there = match seat.state {
        SeatState::Ready => true,
        // R-L6: a rehearsal is nobody's.
        SeatState::Ringing(_) | SeatState::Talking(_) | SeatState::WrapUp => {
            seat.works_for.is_none_or(|of| of == tenant)
        }
        SeatState::LoggedOut
        | SeatState::Outbound(_)
        | SeatState::Paused(_)
        | SeatState::NotAnswering(_)
        | SeatState::Unreachable => false,
    };
    there && has_skill && seat.plan.serves.contains_key(&tenant)
}
