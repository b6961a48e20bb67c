//! What a new plan changes, in a person's words, and what of it needs a restart.

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};

use acd_core::plan::diff;

use super::PlanFile;

/// The difference between the plan in force and a new one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PlanDiff {
    /// What is applied at once, one line each.
    pub applied: Vec<String>,
    /// What was changed and is not in force before the next start, one line each.
    pub needs_restart: Vec<String>,
}

impl PlanDiff {
    /// Compares two plans.
    pub fn between(old: &PlanFile, new: &PlanFile) -> Self {
        let mut found = Self::default();
        let (before, after) = (&old.shell, &new.shell);
        let applied = &mut found.applied;
        applied.extend(diff(&old.core, &new.core).iter().map(ToString::to_string));
        entries(applied, "reporting of tenant", &before.tenants, &after.tenants);
        entries(applied, "phone of seat", &before.seats, &after.seats);
        entries(applied, "trunk", &before.trunks, &after.trunks);
        entries(applied, "prompt", &before.prompts, &after.prompts);
        entries(applied, "pool", &old.core.pools, &new.core.pools);
        value(applied, "drain_s", &before.drain, &after.drain);
        value(applied, "media_timeout_s", &before.media.timeout, &after.media.timeout);
        value(applied, "journal_stall_ms", &before.journal.stall, &after.journal.stall);

        let later = &mut found.needs_restart;
        value(later, "[listen]", &before.listen, &after.listen);
        value(later, "[sip]", &before.sip, &after.sip);
        let sockets = |plan: &PlanFile| {
            let media = &plan.shell.media;
            (media.address, media.advertised, media.rtp_port_first, media.rtp_port_last)
        };
        value(later, "[media] addresses and ports", &sockets(old), &sockets(new));
        let retention = |plan: &PlanFile| {
            let journal = &plan.shell.journal;
            let keeping: Vec<_> = plan
                .shell
                .tenants
                .iter()
                .map(|(id, tenant)| (*id, tenant.accounting.keeping.clone()))
                .collect();
            (journal.input_retention_days, journal.fact_retention_days, keeping)
        };
        value(later, "retention", &retention(old), &retention(new));
        value(later, "recordings folder", &before.recordings_folder, &after.recordings_folder);
        value(later, "[log]", &before.log, &after.log);
        found
    }
}

fn value<V: PartialEq>(lines: &mut Vec<String>, what: &str, old: &V, new: &V) {
    if old != new {
        lines.push(format!("{what} changed"));
    }
}

fn entries<K: Ord + Display, V: PartialEq + Debug>(
    lines: &mut Vec<String>,
    what: &str,
    old: &BTreeMap<K, V>,
    new: &BTreeMap<K, V>,
) {
    for (name, before) in old {
        match new.get(name) {
            None => lines.push(format!("{what} {name} removed")),
            Some(after) if after != before => lines.push(format!("{what} {name} changed")),
            Some(_) => {}
        }
    }
    for name in new.keys().filter(|name| !old.contains_key(name)) {
        lines.push(format!("{what} {name} added"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use acd_core::{SeatId, TenantId};
    use std::time::Duration;

    #[test]
    fn equal_plans_differ_in_nothing() {
        let plan = PlanFile::built_in();
        assert_eq!(PlanDiff::between(&plan, &plan), PlanDiff::default());
    }

    #[test]
    fn each_change_is_named_and_sockets_wait_for_a_restart() {
        let old = PlanFile::built_in();
        let mut new = old.clone();
        let shiga = new.core.tenants.get_mut(&TenantId::new("shiga").unwrap()).unwrap();
        shiga.ring = Duration::from_secs(99);
        new.core.seats.remove(&SeatId::new("seat120").unwrap());
        new.shell.listen.http.set_port(9);
        let diff = PlanDiff::between(&old, &new);
        assert_eq!(diff.applied, ["tenant shiga: ring time changed", "seat seat120 removed"]);
        assert_eq!(diff.needs_restart, ["[listen] changed"]);
    }
}
