//! Callers who go on to another tenant's queue, as the rules have them (R-Q8, R-G5).

use acd_core::plan::OverflowCause;
use acd_core::{CallEvent, CallPhase, SkillId, TenantId};

use crate::model::{Call, Model};
use crate::queues::has_queue;

impl Model {
    /// The first tenant of the chain that is within its hours.
    pub(crate) fn overflow_closed(&self, from: TenantId) -> Option<TenantId> {
        self.overflow(from, OverflowCause::Closed, |_| true)
    }

    /// The first tenant of the chain that is within its hours and where somebody who may serve the caller is logged in.
    fn overflow_queue(&self, call: &Call, cause: OverflowCause) -> Option<TenantId> {
        self.overflow(call.serving, cause, |to| self.is_attended(to, self.skill_at(to, call.needed_skill)))
    }

    fn overflow(
        &self,
        from: TenantId,
        cause: OverflowCause,
        takes: impl Fn(TenantId) -> bool,
    ) -> Option<TenantId> {
        let mut chain = vec![(from, cause)];
        while let Some((at, cause)) = chain.last().copied().filter(|_| chain.len() <= 8) {
            let overflow = self.tenants.iter().find(|it| it.id == at)?.plan.overflow.as_ref()?;
            let next = self.tenants.iter().find(|it| it.id == overflow.to && it.in_plan)?;
            if !overflow.on.contains(&cause) || next.id == from {
                return None;
            }
            match next.capacity.flatten() {
                None => chain.push((next.id, OverflowCause::Closed)),
                Some(_) if takes(next.id) => return Some(next.id),
                Some(_) => chain.push((next.id, OverflowCause::NobodyLoggedIn)),
            }
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

    /// The place is kept; the skill that the caller needs is asked for if the other tenant knows it.
    fn go_on_elsewhere(&mut self, at: usize, to: TenantId, cause: OverflowCause) -> bool {
        if self.calls[at].overflows >= 8 {
            return false;
        }
        self.taken_over.push((self.calls[at].serving, self.calls[at].skill));
        self.hand_on(at, to, cause);
        self.calls[at].skill = self.skill_at(to, self.calls[at].needed_skill);
        self.begin_wait(at);
        self.wait(at, false);
        true
    }

    pub(crate) fn skill_at(&self, to: TenantId, skill: Option<SkillId>) -> Option<SkillId> {
        let plan = &self.tenant(to).plan;
        skill.filter(|it| has_queue(plan, Some(*it))).or(plan.entry_skill)
    }

    /// Whoever waits where nobody who may serve is logged in, or has waited too long, goes on as soon as somebody is there;
    /// but a seat that could be rung at home comes first.
    pub(crate) fn callers_go_on(&mut self) {
        for at in 0..self.calls.len() {
            if self.calls[at].phase != CallPhase::Waiting || self.could_be_rung_for(at) {
                continue;
            }
            let Call { serving, skill, overdue, .. } = self.calls[at];
            let nobody = !self.is_attended(serving, skill);
            for (holds, cause) in
                [(nobody, OverflowCause::NobodyLoggedIn), (overdue, OverflowCause::WaitTooLong)]
            {
                let to = self.overflow_queue(&self.calls[at], cause).filter(|_| holds);
                if to.is_some_and(|to| self.go_on_elsewhere(at, to, cause)) {
                    break;
                }
            }
        }
    }

    /// After a ring that nobody answered.
    pub(crate) fn wait_on(&mut self, at: usize) {
        let call = &mut self.calls[at];
        call.phase = CallPhase::Waiting;
        call.ring = None;
        call.ring_until = None;
        self.wait(at, true);
    }
}
