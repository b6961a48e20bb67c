//! Whether the RTP ports suffice for the lines (R-L4): a call that finds none is refused, lines or not.

use std::collections::BTreeMap;

use acd_core::PoolId;

use super::error::Report;
use super::fields::Fields;
use super::limits::RTP_PORT;
use super::pools::PoolsRead;
use super::shell::MediaSettings;
use super::tenants::{TenantDraft, Tenants};

/// What takes ports.
#[derive(Clone, Copy)]
pub(super) struct Lines<'p> {
    pub(super) tenants: &'p Tenants,
    pub(super) pools: &'p PoolsRead,
    /// How many seats there are.
    pub(super) seats: usize,
}

/// Every leg takes a pair of ports: each caller, the seat of each as long as there are seats, and a party that a seat dials
/// over a trunk which takes no line.
pub(super) fn check(report: &mut Report<'_>, top: Fields<'_>, media: &MediaSettings, lines: Lines<'_>) {
    let pairs = u32::from(media.rtp_port_last.saturating_sub(media.rtp_port_first)) / 2 + 1;
    let seats = u32::try_from(lines.seats).unwrap_or(u32::MAX);
    let callers = callers(lines);
    let with_seats = callers.min(seats);
    let parties = lines.tenants.values().map(parties).sum::<u32>().min(with_seats);
    let wanted = callers + with_seats + parties;
    if wanted > pairs {
        report.doubtful(
            top.at_value("media"),
            format!(
                "`rtp_ports` has {pairs} pairs of ports, and the lines of the plan take {wanted} when all are used: \
                 {callers} callers, {with_seats} seats, {parties} parties; calls beyond them get 503"
            ),
            match u16::try_from(u32::from(media.rtp_port_first) + 2 * (wanted - 1)) {
                Ok(last) if i64::from(last) <= RTP_PORT.max => format!("let `last` be {last} at least, or lower the lines"),
                Ok(_) | Err(_) => "lower the lines, or spread the tenants over several switches".to_owned(),
            },
        );
    }
}

/// The callers of all lines at once, those of a pool bounded by it.
fn callers(lines: Lines<'_>) -> u32 {
    let mut alone = 0;
    let mut shared: BTreeMap<PoolId, u32> = BTreeMap::new();
    for tenant in lines.tenants.values() {
        let of_bands = tenant.core.bands.iter().filter_map(|band| band.capacity);
        let most = of_bands.map(|it| it.total()).max().unwrap_or(0);
        match tenant.core.pool {
            Some(share) => *shared.entry(share.pool).or_default() += most.min(share.max.into()),
            None => alone += most,
        }
    }
    let of_pool = |(id, most): (&PoolId, &u32)| {
        let lines = lines.pools.get(id).and_then(|pool| pool.lines);
        lines.map_or(*most, |lines| u32::from(lines).min(*most))
    };
    alone + shared.iter().map(of_pool).sum::<u32>()
}

/// One for each seat line, if the tenant's parties are not among its lines anyway (R-L8).
fn parties(tenant: &TenantDraft) -> u32 {
    if tenant.core.outbound.is_none_or(|it| it.takes_lines) {
        return 0;
    }
    let of_bands = tenant.core.bands.iter().filter_map(|band| band.capacity);
    of_bands.map(|it| u32::from(it.seat_lines)).max().unwrap_or(0)
}
