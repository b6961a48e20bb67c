//! Emergency guidance in force of which a new plan has no prompt (R-G4): nothing of it could be heard any more.

use core::fmt;

use acd_core::plan::Plan;
use acd_core::{PromptId, Switch, TenantId};

/// A tenant that the plan would have go back to its usual guidance. `Display` says it in a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Silenced {
    /// Whose.
    pub(crate) tenant: TenantId,
    /// What is in force.
    pub(crate) prompt: PromptId,
}

/// Whose emergency guidance a plan would take away; a tenant that the plan does not have needs none.
pub(crate) fn silenced(switch: &Switch, plan: &Plan, is_prompt: impl Fn(PromptId) -> bool) -> Vec<Silenced> {
    let in_force = switch.emergency_guidance().filter(|(tenant, _)| plan.tenants.contains_key(tenant));
    let gone = in_force.filter(|(_, prompt)| !is_prompt(*prompt));
    gone.map(|(tenant, prompt)| Silenced { tenant, prompt }).collect()
}

impl fmt::Display for Silenced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tenant, prompt } = self;
        write!(
            f,
            "tenant {tenant} would go back to its usual guidance: its emergency guidance {prompt} is in force, and the \
             plan has no [prompts.{prompt}]"
        )
    }
}
