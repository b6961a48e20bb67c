//! Pools of lines that tenants share (R-L5): a tenant always gets its reserved lines; beyond them it takes what no other
//! tenant's unused reservation needs. Within a pool every tenant has a claim: the lines that it holds, or its reserved
//! ones if these are more. What the claims leave of the pool is free to anybody.

use alloc::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Lines, Room};
use crate::ids::{PoolId, TenantId};

/// The pools of the plan in force, each with the tenants that share it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Pools {
    by_id: BTreeMap<PoolId, Pool>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Pool {
    lines: u16,
    tenants: BTreeSet<TenantId>,
}

/// How a pool stands at an instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Standing {
    lines: u32,
    claimed: u32,
    held: u32,
}

impl Pools {
    /// A tenant's room is closed.
    pub(super) fn leave(&mut self, tenant: TenantId) {
        for pool in self.by_id.values_mut() {
            pool.tenants.remove(&tenant);
        }
    }
}

impl Room {
    /// The pool whose lines the tenant's calls take.
    pub(super) fn pool(&self) -> Option<PoolId> {
        self.tenant.pool.map(|share| share.pool)
    }

    /// Lines that are kept for the tenant whether it uses them or not.
    fn reserved(&self) -> u32 {
        self.tenant.pool.filter(|_| self.in_plan).map_or(0, |share| u32::from(share.reserved))
    }

    fn claim(&self) -> u32 {
        self.lines_in_use().max(self.reserved())
    }

    /// How many lines the tenant may hold at this instant: what its band has, no more than its `max`, and no more than
    /// its reserved lines and what the others leave (R-L2, R-L5). `None` outside hours.
    pub(super) fn line_limit(&self, standing: Option<&Standing>) -> Option<u32> {
        let in_force = self.capacity?.total();
        let (Some(share), Some(standing)) = (self.tenant.pool, standing) else { return Some(in_force) };
        let claimed_by_others = standing.claimed.saturating_sub(self.claim());
        let left = standing.lines.saturating_sub(claimed_by_others);
        Some(in_force.min(u32::from(share.max)).min(left.max(self.reserved())))
    }

    /// Lines of the pool that other tenants hold.
    pub(super) fn lent(&self, standing: Option<&Standing>) -> u32 {
        standing.map_or(0, |standing| standing.held.saturating_sub(self.lines_in_use()))
    }
}

impl Lines {
    /// Puts the pools of a plan in force. Rooms that the plan has left take part while they have calls.
    pub(crate) fn share_pools(&mut self, pools: &BTreeMap<PoolId, u16>) {
        let empty = pools.iter().map(|(id, lines)| (*id, Pool { lines: *lines, tenants: BTreeSet::new() }));
        self.pools.by_id = empty.collect();
        for (tenant, room) in &self.rooms {
            if let Some(pool) = room.pool().and_then(|pool| self.pools.by_id.get_mut(&pool)) {
                pool.tenants.insert(*tenant);
            }
        }
    }

    /// How many lines a tenant may hold at this instant; `None` outside its hours.
    pub(crate) fn line_limit(&self, tenant: TenantId) -> Option<u32> {
        let room = self.room(tenant);
        let pool = room.pool().and_then(|pool| self.pools.by_id.get(&pool));
        room.line_limit(pool.map(|pool| self.standing(pool)).as_ref())
    }

    /// The pools of the tenants whose lines changed in this turn. Another tenant's call may open or close a tenant's
    /// blockage, so all tenants of these pools are looked at (R-L7).
    pub(super) fn touched_pools(&mut self) -> BTreeMap<PoolId, Standing> {
        if self.pools.by_id.is_empty() {
            return BTreeMap::new();
        }
        let ids: BTreeSet<PoolId> =
            self.touched.iter().filter_map(|tenant| self.rooms.get(tenant)?.pool()).collect();
        let mut standings = BTreeMap::new();
        for id in ids {
            let Some(pool) = self.pools.by_id.get(&id) else { continue };
            standings.insert(id, self.standing(pool));
            self.touched.extend(pool.tenants.iter().copied());
        }
        standings
    }

    fn standing(&self, pool: &Pool) -> Standing {
        let rooms = || pool.tenants.iter().filter_map(|tenant| self.rooms.get(tenant));
        Standing {
            lines: u32::from(pool.lines),
            claimed: rooms().map(Room::claim).sum(),
            held: rooms().map(Room::lines_in_use).sum(),
        }
    }
}
