//! Which queues a tenant has, as the rules have it: no code of the switch is used but its types.

use acd_core::SkillId;
use acd_core::plan::Tenant;

/// Whether callers may wait at a tenant for this skill, or for none: they come in with it, choose it, or are handed over to
/// it (R-S4).
pub(crate) fn has_queue(tenant: &Tenant, skill: Option<SkillId>) -> bool {
    let choices = tenant.numbers.values().filter_map(|it| it.choice.as_ref());
    let mut chosen = choices.flat_map(|it| it.options.values()).map(|it| it.skill);
    tenant.entry_skill == skill
        || (skill.is_some() && chosen.any(|it| it == skill))
        || skill.is_some_and(|it| tenant.hand_over.contains_key(&it))
}
