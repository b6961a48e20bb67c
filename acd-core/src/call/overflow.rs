//! Callers whom a tenant cannot serve go on to another one's queue (R-Q8, R-G5). Line, recording and outcome stay the first
//! tenant's (R-L1, R-A1), as does what the caller hears; the place is that of the first entry (R-Q1).

use alloc::vec::Vec;

use super::waiting::Waiting;
use super::{Call, CallState, Visit};
use crate::event::CallEvent;
use crate::house::House;
use crate::ids::{CallId, SkillId, TenantId};
use crate::input::AlarmKind;
use crate::limits::OVERFLOWS_MAX;
use crate::plan::OverflowCause;
use crate::queue::{Place, QueueKey, Queues, Unserved};
use crate::switch::Switch;

impl Switch {
    /// Nobody logged in for a queue: an alarm at once. Its callers, and those who have waited too long, go on where the plan
    /// says so and somebody is there for them; else they wait on, until that is so (R-Q8).
    pub(crate) fn callers_go_on(&mut self) {
        for Unserved { queue, unattended, overdue, alarm } in self.house.queues.unserved() {
            if let Some(first) = alarm {
                self.house.raise(AlarmKind::NobodyLoggedIn, Some(queue.tenant), Some(first));
            }
            // A seat here comes before one elsewhere.
            if self.house.may_meet(queue) {
                continue;
            }
            if unattended {
                let waiting = |queues: &Queues| queues.waiting(queue);
                self.go_on_from(queue, OverflowCause::NobodyLoggedIn, waiting);
            }
            if overdue {
                self.go_on_from(queue, OverflowCause::WaitTooLong, |queues| queues.overdue(queue));
            }
        }
    }

    fn go_on_from(&mut self, from: QueueKey, cause: OverflowCause, who: impl Fn(&Queues) -> Vec<CallId>) {
        if !self.house.may_overflow(from.tenant, cause) {
            return;
        }
        for call in who(&self.house.queues) {
            let Some(call) = self.calls.get_mut(call) else { continue };
            if let Some(to) = self.house.overflow(from.tenant, call.visit.skill, cause) {
                call.overflow(to, cause, &mut self.house);
            }
        }
    }
}

impl House {
    /// Somebody has logged in where nobody was: callers of others may overflow to there from now on.
    pub(crate) fn look_at_who_may_overflow(&mut self) {
        if self.queues.take_newly_attended() {
            for tenant in self.lines.overflowing() {
                self.queues.touch(tenant);
            }
        }
    }

    /// Where a caller of a tenant who needs a skill goes on to: to the first tenant of the chain that is within its hours and
    /// at which somebody who may serve the caller is logged in.
    fn overflow(&self, from: TenantId, skill: Option<SkillId>, cause: OverflowCause) -> Option<TenantId> {
        let is_attended = |to| self.queues.is_attended(queue_at(to, skill, self));
        self.lines.overflow(from, cause, is_attended)
    }

    /// Whether any caller of a tenant could go on, so that they need not be asked one by one.
    fn may_overflow(&self, from: TenantId, cause: OverflowCause) -> bool {
        self.lines.overflow(from, cause, |to| self.queues.is_attended_anywhere(to)).is_some()
    }
}

impl Call {
    fn overflow(&mut self, to: TenantId, cause: OverflowCause, house: &mut House) {
        self.change(house, |state, visit, house| {
            let CallState::Waiting(waiting) = state else { return state };
            visit.go_on_elsewhere(waiting.place, to, cause, house)
        });
    }

    /// The wait has lasted `max_wait`: the caller goes on as soon as the plan and those who are logged in let it, but not
    /// while a seat is rung.
    pub(crate) fn wait_too_long(&mut self, house: &mut House) {
        self.visit.waits_since = None;
        self.visit.is_overdue = true;
        if let CallState::Waiting(Waiting { place }) = &self.state
            && self.visit.may_go_on_overdue()
        {
            house.queues.wait_too_long(self.visit.call, *place);
        }
    }
}

impl Visit {
    /// The queue of a tenant for the caller.
    pub(super) fn queue_at(&self, serving: TenantId, house: &House) -> QueueKey {
        queue_at(serving, self.skill, house)
    }

    /// The queue that is ahead of a caller who has entered none yet; `None`: the caller is to hear that we are closed.
    pub(crate) fn queue_ahead(&self, house: &House) -> Option<QueueKey> {
        let still_to_overflow = self.closed && self.overflows == 0;
        let serving =
            if still_to_overflow { house.lines.overflow_closed(self.tenant)? } else { self.serving };
        Some(self.queue_at(serving, house))
    }

    /// The caller who came outside hours is from here on the other tenant's to serve (R-G5).
    pub(super) fn overflow_closed(&mut self, house: &mut House) -> bool {
        let to = house.lines.overflow_closed(self.tenant);
        if let Some(to) = to {
            self.hand_on(to, OverflowCause::Closed, house);
        }
        to.is_some()
    }

    /// Whether the caller has waited too long and may go on yet.
    pub(crate) const fn may_go_on_overdue(&self) -> bool {
        self.is_overdue && self.may_overflow()
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
        let queue = self.queue_at(to, house);
        Waiting::go_elsewhere(Place { queue, ..place }, self, house)
    }

    fn hand_on(&mut self, to: TenantId, cause: OverflowCause, house: &mut House) {
        house.out.state(CallEvent::CallOverflowed { call: self.call, tenant: self.serving, to, cause });
        self.serving = to;
        self.overflows += 1;
        self.is_overdue = false;
    }
}

/// The queue of a tenant for callers of a skill, which goes along where the tenant has a queue for it.
fn queue_at(to: TenantId, skill: Option<SkillId>, house: &House) -> QueueKey {
    let tenant = &house.lines.room(to).tenant;
    let skill = skill.filter(|skill| tenant.queue_skills().contains(&Some(*skill))).or(tenant.entry_skill);
    QueueKey { tenant: to, skill }
}
