//! A new plan while calls are up: calls, places and log-ins stay; a bad plan leaves the old one in force.

use acd_core::Input;

use super::engine::Engine;
use super::{settings, start};
use crate::plan::PlanDiff;

impl Engine {
    /// Reads the plan again and puts it in force; says what changed.
    ///
    /// # Errors
    /// What is wrong with the new plan, one line each. The old one stays in force.
    pub(super) fn reload(&mut self) -> Result<PlanDiff, Vec<String>> {
        let read = start::load_plan(&self.options)
            .and_then(|plan| start::prompts(&plan).map(|prompts| (plan, prompts)));
        let (plan, prompts) = match read {
            Ok(read) => read,
            Err(error) => {
                let lines = error.lines();
                for line in &lines {
                    tracing::error!(%line, "the plan on disk is not applied, the one in force stays");
                }
                return Err(lines);
            }
        };
        let diff = PlanDiff::between(&self.plan, &plan);
        if diff == PlanDiff::default() {
            tracing::info!("the plan was read again and says what it said");
        }
        for line in &diff.applied {
            tracing::info!(%line, "plan");
        }
        for line in &diff.needs_restart {
            tracing::warn!(%line, "plan: in force after the next start");
        }
        self.bridge.media_mut().replace_prompts(prompts);
        self.bridge.reload(settings::bridge(&plan), settings::credentials(&plan.shell));
        self.gate.set_stall(plan.shell.journal.stall);
        self.drain = plan.shell.drain;
        self.submit(Input::PlanApplied(Box::new(plan.core.clone())));
        self.plan = plan;
        self.show_plan();
        Ok(diff)
    }
}
