//! Callers who go on to another tenant's queue, as the rules have them (R-Q8, R-G5).

use acd_core::plan::OverflowCause;
use acd_core::{CallEvent, CallPhase, SkillId, TenantId};

use crate::lines::has_queue;
use crate::model::Model;

impl Model {
    /// The first tenant of the chain that is within its hours.
    pub(crate) fn overflow(&self, from: TenantId, cause: OverflowCause) -> Option<TenantId> {
        let mut chain = vec![(from, cause)];
        while let Some((at, cause)) = chain.last().copied().filter(|_| chain.len() <= 8) {
            let overflow = self.tenants.iter().find(|it| it.id == at)?.plan.overflow.as_ref()?;
            let next = self.tenants.iter().find(|it| it.id == overflow.to && it.in_plan)?;
            if !overflow.on.contains(&cause) || next.id == from {
                return None;
            }
            if next.capacity.flatten().is_some() {
                return Some(next.id);
            }
            chain.push((next.id, OverflowCause::Closed));
        }
        None
    }

    pub(crate) fn hand_on(&mut self, at: usize, to: TenantId, cause: OverflowCause) {
        let call = &mut self.calls[at];
        let fact = CallEvent::CallOverflowed { call: call.id, tenant: call.serving, to, cause };
        call.serving = to;
        call.overflows += 1;
        call.overdue = false;
        self.state(fact);
    }

    /// The place is kept; the skill goes along if the other tenant knows it.
    fn go_on_elsewhere(&mut self, at: usize, to: TenantId, cause: OverflowCause) -> bool {
        if self.calls[at].overflows >= 8 {
            return false;
        }
        self.hand_on(at, to, cause);
        self.calls[at].skill = self.skill_at(to, self.calls[at].skill);
        self.begin_wait(at);
        self.wait(at, false);
        true
    }

    pub(crate) fn skill_at(&self, to: TenantId, skill: Option<SkillId>) -> Option<SkillId> {
        let plan = &self.tenant(to).plan;
        skill.filter(|it| has_queue(plan, Some(*it))).or(plan.entry_skill)
    }

    /// Everybody in a queue of which nobody who may serve is logged in goes on; whether anybody has.
    pub(crate) fn overflow_unattended(&mut self) -> bool {
        let mut any = false;
        for at in 0..self.calls.len() {
            let call = &self.calls[at];
            if call.phase != CallPhase::Waiting || self.is_attended(call.serving, call.skill) {
                continue;
            }
            if let Some(to) = self.overflow(call.serving, OverflowCause::NobodyLoggedIn) {
                any |= self.go_on_elsewhere(at, to, OverflowCause::NobodyLoggedIn);
            }
        }
        any
    }

    pub(crate) fn wait_too_long(&mut self, at: usize) {
        if self.calls[at].phase == CallPhase::Ringing {
            self.calls[at].overdue = true;
        } else if let Some(to) = self.overflow(self.calls[at].serving, OverflowCause::WaitTooLong) {
            self.go_on_elsewhere(at, to, OverflowCause::WaitTooLong);
        }
    }

    /// After a ring that nobody answered.
    pub(crate) fn wait_on(&mut self, at: usize) {
        let overdue = core::mem::take(&mut self.calls[at].overdue);
        let call = &mut self.calls[at];
        call.phase = CallPhase::Waiting;
        call.ring = None;
        call.ring_until = None;
        let to = self.overflow(self.calls[at].serving, OverflowCause::WaitTooLong).filter(|_| overdue);
        if !to.is_some_and(|to| self.go_on_elsewhere(at, to, OverflowCause::WaitTooLong)) {
            self.wait(at, true);
        }
    }
}
