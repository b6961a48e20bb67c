//! Hunts that wait for a line of their tenant (R-T3, R-L8): they go on in the turn in which one is free, before the turn
//! ends, so that no hunt waits while its tenant has a line. What the turn itself is about has taken its line by then.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::Lines;
use crate::ids::{CallId, TenantId};

/// The calls whose hunts wait, in the order in which they began to. They are few: each has an agent, or a leg that is
/// about to end.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Hunts {
    waiting: Vec<(TenantId, CallId)>,
}

impl Lines {
    /// Follows whose hunt waits for a line of its tenant.
    pub(crate) fn set_hunt(&mut self, tenant: TenantId, call: CallId, waits: bool) {
        if waits {
            self.hunts.waiting.push((tenant, call));
        } else {
            self.hunts.waiting.retain(|(_, it)| *it != call);
        }
    }

    /// Of the hunts for which a line is free, or that need none by a new plan, the one that has waited longest. Lines can only be free for one in a turn in
    /// which lines have changed.
    pub(crate) fn next_hunt(&self) -> Option<CallId> {
        if self.touched.is_empty() {
            return None;
        }
        let waits_no_more = |(tenant, _): &&(TenantId, CallId)| {
            let outbound = self.get(*tenant).and_then(|room| room.tenant.outbound);
            self.line_is_free(*tenant) || outbound.is_some_and(|it| !it.takes_lines)
        };
        self.hunts.waiting.iter().find(waits_no_more).map(|(_, call)| *call)
    }

    /// The calls whose hunts wait.
    pub(crate) fn hunts(&self) -> impl ExactSizeIterator<Item = (TenantId, CallId)> {
        self.hunts.waiting.iter().copied()
    }
}
