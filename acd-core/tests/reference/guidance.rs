//! Guidance after the answer or before it, the emergency guidance, and the busy announcement, as the rules have them
//! (R-G1, R-G2, R-G4, R-L4).

use acd_core::plan::LinesFullRefusal;
use acd_core::{
    CallEvent, CallId, CallPhase, CommandSource, GuidanceCommandResult, PromptId, TenantId, Timestamp,
};

use crate::model::{Call, Model, Stage};

impl Model {
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
        let Some(prompt) = self.tape(at) else { return self.guidance_passed(at) };
        self.demand(self.calls[at].id, prompt);
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
        let refused = self.announced.iter_mut().find(|it| it.0 == call);
        if let Some(prompt) = refused.and_then(|it| it.2.take()) {
            return self.demand(call, prompt);
        }
        self.of_call(call, |model, at| {
            if model.calls[at].phase != CallPhase::Arriving || !model.calls[at].early {
                model.out_of_phase(at);
            } else if model.tape(at).is_some() {
                model.come_to_guidance(at);
            } else {
                model.calls[at].early = false;
            }
        });
    }

    /// Whether a refused caller is to hear the busy announcement, in which case it is noted.
    pub(crate) fn announce_busy(&mut self, call: CallId, tenant: TenantId) -> bool {
        let LinesFullRefusal::Announcement { prompt, lines } = self.tenant(tenant).plan.refusal else {
            return false;
        };
        let hear = self.announced.iter().filter(|it| it.1 == tenant).count();
        if hear < usize::from(lines) {
            self.announced.push((call, tenant, Some(prompt)));
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

    /// R-G4: those who hear the usual guidance hear this one, from its beginning; those past it are not touched.
    pub(crate) fn guidance_commanded(
        &mut self,
        id: TenantId,
        prompt: Option<PromptId>,
        source: CommandSource,
    ) {
        let tenant = self.tenants.iter_mut().find(|it| it.id == id && it.in_plan);
        let result = match tenant {
            Some(tenant) => {
                let before = core::mem::replace(&mut tenant.emergency, prompt);
                if let Some(prompt) = prompt.filter(|it| before != Some(*it)) {
                    self.replace_guidance(id, prompt);
                }
                GuidanceCommandResult::Done
            }
            None => GuidanceCommandResult::UnknownTenant,
        };
        self.state(CallEvent::GuidanceCommanded { tenant: id, prompt, source, result });
    }

    fn replace_guidance(&mut self, tenant: TenantId, prompt: PromptId) {
        let hear_it = |it: &&Call| it.tenant == tenant && hears_guidance(it) && !it.past_guidance;
        let calls: Vec<CallId> = self.calls.iter().filter(hear_it).map(|it| it.id).collect();
        for call in calls {
            self.demand(call, prompt);
        }
    }
}

fn hears_guidance(call: &Call) -> bool {
    call.phase == CallPhase::Guidance && call.guidance == Stage::Playing && call.chooses.is_none()
}

pub(crate) fn guidance_due(call: &Call) -> Option<Timestamp> {
    match (call.phase, call.guidance) {
        (CallPhase::Guidance, Stage::Due(at)) => Some(at),
        _ => None,
    }
}
