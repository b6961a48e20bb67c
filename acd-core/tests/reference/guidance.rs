//! Guidance after the answer or before it, the emergency guidance, and the busy announcement, as the rules have them
//! (R-G1, R-G2, R-G4, R-L4).

use acd_core::plan::{Guidance, LinesFullRefusal};
use acd_core::{
    CallEvent, CallId, CallPhase, CommandSource, GuidanceCommandResult, PromptId, TenantId, Timestamp,
};

use crate::model::{Call, Model, Stage};

impl Model {
    /// Whether something must be heard before a person answers.
    pub(crate) fn has_tape(&self, at: usize) -> bool {
        let call = &self.calls[at];
        let emergency = self.tenant(call.tenant).emergency;
        emergency.is_some() || matches!(call.number.guidance, Guidance::Tape(_))
    }

    pub(crate) fn come_to_guidance(&mut self, at: usize) {
        let delay = self.tenant(self.calls[at].tenant).plan.guidance_delay;
        self.calls[at].phase = CallPhase::Guidance;
        if delay.is_zero() {
            return self.begin_guidance(at);
        }
        self.calls[at].guidance = Stage::Due(self.now + delay);
    }

    pub(crate) fn begin_guidance(&mut self, at: usize) {
        self.calls[at].guidance = Stage::Playing;
        if !self.has_tape(at) {
            return self.guidance_passed(at);
        }
        self.state(CallEvent::GuidanceStarted { call: self.calls[at].id });
    }

    pub(crate) fn guidance_passed(&mut self, at: usize) {
        if self.calls[at].early {
            self.calls[at].early = false;
            self.calls[at].guidance = Stage::Answering;
        } else {
            self.guided(at);
        }
    }

    /// A 183 is out.
    pub(crate) fn progressed(&mut self, call: CallId) {
        if let Some(refused) = self.announced.iter_mut().find(|it| it.0 == call && !it.2) {
            refused.2 = true;
            return;
        }
        self.of_call(call, |model, at| {
            if model.calls[at].phase != CallPhase::Arriving || !model.calls[at].early {
                model.out_of_phase(at);
            } else if model.has_tape(at) {
                model.come_to_guidance(at);
            } else {
                model.calls[at].early = false;
            }
        });
    }

    /// Whether a refused caller is to hear the busy announcement, in which case it is noted.
    pub(crate) fn announce_busy(&mut self, call: CallId, tenant: TenantId) -> bool {
        let LinesFullRefusal::Announcement { lines, .. } = self.tenant(tenant).plan.refusal else {
            return false;
        };
        let hear = self.announced.iter().filter(|it| it.1 == tenant).count();
        if hear < usize::from(lines) {
            self.announced.push((call, tenant, false));
            return true;
        }
        false
    }

    /// The busy announcement is over: now comes the 486.
    pub(crate) fn end_announcement(&mut self, call: CallId) -> bool {
        let Some(at) = self.announced.iter().position(|it| it.0 == call) else { return false };
        self.announced.remove(at);
        self.refused.push(call);
        true
    }

    /// R-G4. Which prompt plays is an order, not a fact.
    pub(crate) fn guidance_commanded(
        &mut self,
        id: TenantId,
        prompt: Option<PromptId>,
        source: CommandSource,
    ) {
        let tenant = self.tenants.iter_mut().find(|it| it.id == id && it.in_plan);
        let result = match tenant {
            Some(tenant) => {
                tenant.emergency = prompt;
                GuidanceCommandResult::Done
            }
            None => GuidanceCommandResult::UnknownTenant,
        };
        self.state(CallEvent::GuidanceCommanded { tenant: id, prompt, source, result });
    }
}

pub(crate) fn guidance_due(call: &Call) -> Option<Timestamp> {
    match (call.phase, call.guidance) {
        (CallPhase::Guidance, Stage::Due(at)) => Some(at),
        _ => None,
    }
}
