//! A new plan while calls are up: calls, places and log-ins stay; a bad plan leaves the old one in force.

use acd_core::{CommandSource, Input, PlanSource, RequestId};

use super::engine::Engine;
use super::{settings, start};
use crate::plan::PlanDiff;
use crate::silenced::{Silenced, silenced};

/// What came of a reload.
pub(super) struct Reloaded {
    diff: PlanDiff,
    /// Who was stranded when the plan came into force, one line each.
    stranded: Vec<String>,
}

impl Reloaded {
    /// All of it, one line each, for who asked.
    pub(super) fn lines(self) -> Vec<String> {
        let PlanDiff { applied, needs_restart } = self.diff;
        let later = needs_restart.into_iter().map(|line| format!("{line} (needs a restart)"));
        let stranded = self.stranded.into_iter().map(|line| format!("stranded: {line}"));
        applied.into_iter().chain(later).chain(stranded).collect()
    }
}

impl Engine {
    /// Reads the plan again and puts it in force; says what changed, and who was stranded.
    ///
    /// # Errors
    /// What is wrong with the new plan, one line each. The old one stays in force.
    pub(super) fn reload(&mut self, by: PlanSource, who: Option<String>) -> Result<Reloaded, Vec<String>> {
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
        let silenced = silenced(&self.switch, &plan.core, |prompt| plan.shell.prompts.contains_key(&prompt));
        let mut stranded: Vec<String> =
            self.switch.would_strand(&plan.core).iter().map(ToString::to_string).collect();
        stranded.extend(silenced.iter().map(ToString::to_string));
        for line in &stranded {
            tracing::warn!(%line, "the new plan strands");
        }
        start::log_warnings(&plan, self.now());
        self.bridge.media_mut().replace_prompts(prompts);
        self.bridge.reload(settings::bridge(&plan), settings::credentials(&plan.shell));
        self.gate.set_stall(plan.shell.journal.stall);
        self.drain = plan.shell.drain;
        // Before the plan, so that no caller is admitted to a guidance that cannot be heard.
        for Silenced { tenant, prompt: _ } in silenced {
            self.submit(Input::GuidanceCommanded {
                tenant,
                prompt: None,
                source: CommandSource::NewPlan,
                // Nobody waits for the answer.
                request: RequestId(0),
            });
        }
        self.submit(Input::PlanApplied { plan: Box::new(plan.core.clone()), by, who });
        self.plan = plan;
        self.show_plan();
        Ok(Reloaded { diff, stranded })
    }
}
