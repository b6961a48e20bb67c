//! Reads the pools of lines and the tenants' shares in them (R-L5).

use std::collections::BTreeMap;

use acd_core::PoolId;
use acd_core::limits::POOLS_MAX;
use acd_core::plan::PoolShare;

use super::bands::Bands;
use super::error::{At, Located, Report, did_you_mean, listed};
use super::fields::Fields;
use super::limits::{LINES, POOL_LINES};
use super::tenants::Tenants;
use super::{keys, values};

/// A pool as the plan has it.
#[derive(Debug)]
pub(super) struct PoolRead {
    /// `None`: they could not be read.
    pub(super) lines: Option<u16>,
    at: At,
}

pub(super) type PoolsRead = BTreeMap<PoolId, PoolRead>;

/// The pools.
pub(super) fn pools(report: &mut Report<'_>, top: Fields<'_>) -> PoolsRead {
    let mut pools = PoolsRead::new();
    for fields in top.tables(report, "pools", &keys::POOLS) {
        let remedy = "name it, such as name = \"shared\"";
        let id = fields.required_parsed(report, "name", remedy, |text| values::name(PoolId::new, text));
        fields.require(report, "lines", "write how many lines the tenants share");
        let lines = fields.count(report, "lines", &POOL_LINES);
        let Some(Located { value: id, at }) = id else { continue };
        if pools.insert(id, PoolRead { lines, at: fields.at() }).is_some() {
            report.wrong(at, format!("pool `{id}` exists twice"), "name each pool once");
        }
    }
    if pools.len() > POOLS_MAX {
        report.wrong(
            top.at_value("pools"),
            format!("there are {} pools, more than {POOLS_MAX} (POOLS_MAX)", pools.len()),
            "join some of them",
        );
    }
    pools
}

/// A tenant's share.
pub(super) fn share(
    report: &mut Report<'_>,
    tenant: Fields<'_>,
    pools: &PoolsRead,
    bands: &Bands,
) -> Option<PoolShare> {
    let pool = tenant.parsed(report, "pool", |text| values::name(PoolId::new, text));
    let reserved = tenant.count(report, "reserved", &LINES);
    let max = tenant.count(report, "max", &POOL_LINES);
    if tenant.is_absent("pool") {
        for key in ["reserved", "max"].into_iter().filter(|key| tenant.has(key)) {
            let problem = format!("`{key}` has no effect: the tenant has no `pool`");
            report.wrong(tenant.at_value(key), problem, "take it out, or name the pool");
        }
    }
    let Located { value: id, at } = pool?;
    let Some(pool) = pools.get(&id) else {
        let known = || pools.keys().map(PoolId::as_str);
        report.wrong(
            at,
            format!("`pool` names the unknown pool `{id}`{}", did_you_mean(id.as_str(), known())),
            format!("add [[pools]] with this name, or use one of {}", listed(known())),
        );
        return None;
    };
    let lines = pool.lines?;
    let share = PoolShare { pool: id, reserved: reserved.unwrap_or(0), max: max.unwrap_or(lines) };
    if share.max > lines {
        report.wrong(
            tenant.at_value("max"),
            format!("`max` is {}, but the pool has {lines} lines", share.max),
            format!("use at most {lines}, or give the pool more"),
        );
    }
    if share.max < share.reserved {
        report.wrong(
            tenant.at_value("max"),
            format!("`max` is {}, less than the {} lines that are `reserved`", share.max, share.reserved),
            format!("use at least {}", share.reserved),
        );
    }
    // Lines of the pool are all that the tenant has: the specification's cannot be had beyond them.
    let demanded = bands.seat_lines_min.iter().flatten().max();
    if let Some(demanded) = demanded.filter(|it| **it > share.max) {
        report.wrong(
            tenant.at_value(if tenant.has("max") { "max" } else { "pool" }),
            format!("the tenant may hold {} lines of the pool, less than `seat_lines_min`", share.max),
            format!("let it hold at least {demanded}: the specification demands it (R-L2, R-L5)"),
        );
    }
    let largest = bands.bands.iter().filter_map(|band| band.capacity).map(|lines| lines.total()).max();
    if largest.is_some_and(|largest| u32::from(share.reserved) > largest) {
        report.wrong(
            tenant.at_value("reserved"),
            format!("{} lines are `reserved`, more than any band of the tenant has", share.reserved),
            "reserve no line that can never be used, or give a band more",
        );
    }
    Some(share)
}

/// Every tenant must get its reserved lines, so a pool has at least as many.
pub(super) fn check_reserved(report: &mut Report<'_>, pools: &PoolsRead, tenants: &Tenants) {
    for (id, pool) in pools {
        let shares = || tenants.values().filter_map(|tenant| tenant.core.pool).filter(|it| it.pool == *id);
        let reserved: u32 = shares().map(|share| u32::from(share.reserved)).sum();
        if pool.lines.is_some_and(|lines| u32::from(lines) < reserved) {
            report.wrong(
                pool.at,
                format!("the tenants of pool `{id}` have {reserved} lines reserved, more than it has"),
                format!("give it at least {reserved} lines, or reserve fewer (R-L5)"),
            );
        }
        if shares().next().is_none() {
            report.wrong(
                pool.at,
                format!("no tenant shares pool `{id}`"),
                "name it in a tenant, or take it out",
            );
        }
    }
}
