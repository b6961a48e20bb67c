//! Callers whom a tenant cannot serve go on to another one's queue (R-Q8, R-G5). Line, recording and outcome stay the first
//! tenant's (R-L1, R-A1), as does what the caller hears; the place is that of the first entry (R-Q1).

use super::waiting::Waiting;
use super::{Call, CallState, Visit};
use crate::event::CallEvent;
use crate::house::House;
use crate::ids::{SkillId, TenantId};
use crate::limits::OVERFLOWS_MAX;
use crate::plan::OverflowCause;
use crate::queue::{Place, QueueKey};

impl Call {
    /// The caller of a queue that nobody attends goes on.
    pub(crate) fn overflow(&mut self, to: TenantId, cause: OverflowCause, house: &mut House) {
        self.change(house, |state, visit, house| {
            let CallState::Waiting(waiting) = state else { return state };
            visit.go_on_elsewhere(waiting.place, to, cause, house)
        });
    }

    /// The wait has lasted `max_wait`: the caller goes on now, or once the seat that is being rung has not answered.
    pub(crate) fn wait_too_long(&mut self, house: &mut House) {
        self.visit.waits_since = None;
        let cause = OverflowCause::WaitTooLong;
        match (&self.state, house.lines.overflow(self.visit.serving, cause)) {
            (CallState::Waiting(_), Some(to)) => self.overflow(to, cause, house),
            (CallState::Ringing(_), _) => self.visit.is_overdue = true,
            (_, _) => {}
        }
    }
}

impl Visit {
    /// The queue of a tenant that the caller enters first.
    pub(super) fn queue_at(&self, serving: TenantId, house: &House) -> QueueKey {
        QueueKey { tenant: serving, skill: skill_at(serving, self.chosen_skill, house) }
    }

    /// The queue that is ahead of a caller who has entered none yet; `None`: the caller is to hear that we are closed.
    pub(crate) fn queue_ahead(&self, house: &House) -> Option<QueueKey> {
        let still_to_overflow = self.closed && self.overflows == 0;
        let serving = if still_to_overflow {
            house.lines.overflow(self.tenant, OverflowCause::Closed)?
        } else {
            self.serving
        };
        Some(self.queue_at(serving, house))
    }

    /// The caller who came outside hours is from here on the other tenant's to serve (R-G5).
    pub(super) fn overflow_closed(&mut self, house: &mut House) -> bool {
        let to = house.lines.overflow(self.tenant, OverflowCause::Closed);
        if let Some(to) = to {
            self.hand_on(to, OverflowCause::Closed, house);
        }
        to.is_some()
    }

    /// The caller is back after a ring, and has waited too long meanwhile.
    pub(super) fn overflow_overdue(&mut self, place: Place, house: &mut House) -> Option<CallState> {
        let cause = OverflowCause::WaitTooLong;
        if !core::mem::take(&mut self.is_overdue) {
            return None;
        }
        let to = house.lines.overflow(self.serving, cause)?;
        self.may_overflow().then(|| self.go_on_elsewhere(place, to, cause, house))
    }

    const fn may_overflow(&self) -> bool {
        (self.overflows as usize) < OVERFLOWS_MAX
    }

    fn go_on_elsewhere(
        &mut self,
        place: Place,
        to: TenantId,
        cause: OverflowCause,
        house: &mut House,
    ) -> CallState {
        if !self.may_overflow() {
            return CallState::Waiting(Waiting { place });
        }
        self.hand_on(to, cause, house);
        let skill = skill_at(to, place.queue.skill, house);
        Waiting::go_elsewhere(Place { queue: QueueKey { tenant: to, skill }, ..place }, self, house)
    }

    fn hand_on(&mut self, to: TenantId, cause: OverflowCause, house: &mut House) {
        house.out.state(CallEvent::CallOverflowed { call: self.call, tenant: self.serving, to, cause });
        self.serving = to;
        self.overflows += 1;
        self.is_overdue = false;
    }
}

/// The skill goes along where the tenant has a queue for it.
fn skill_at(to: TenantId, skill: Option<SkillId>, house: &House) -> Option<SkillId> {
    let tenant = &house.lines.room(to).tenant;
    skill.filter(|skill| tenant.queue_skills().contains(&Some(*skill))).or(tenant.entry_skill)
}
