//! Directories that lead back to this switch: whoever is meant, a caller of ours would be called (R-T2).

use std::collections::BTreeMap;

use acd_core::{DialledNumber, TenantId};

use super::error::Report;
use super::tenants::Tenants;

/// Holds the numbers of all directories against those that reach the plan's tenants. Another client is dialled by its own
/// number on purpose.
pub(super) fn check(report: &mut Report<'_>, tenants: &Tenants) {
    let own: BTreeMap<DialledNumber, TenantId> = tenants
        .iter()
        .flat_map(|(id, tenant)| tenant.core.numbers.keys().map(move |number| (*number, *id)))
        .collect();
    for dialled in tenants.values().flat_map(|tenant| &tenant.directory_places.dialled) {
        let Some(owner) = own.get(&dialled.number.value) else { continue };
        let entry = dialled.entry;
        match dialled.tenant {
            Some(meant) if meant == *owner => {}
            Some(meant) => report.doubtful(
                dialled.number.at,
                format!("`{entry}` is tenant `{meant}`, but the number is tenant `{owner}`'s of this plan"),
                format!("write a number of `{meant}`, or name `{owner}`"),
            ),
            None => report.doubtful(
                dialled.number.at,
                format!("`{entry}` would call ourselves: the number is tenant `{owner}`'s of this plan"),
                "write the number of whom is meant; another client has its entry under [[tenants.directory.tenants]]",
            ),
        }
    }
}
