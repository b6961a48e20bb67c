//! The way out of a tenant's calls to third parties (R-L8).

use std::collections::BTreeMap;

use acd_core::plan::Outbound;
use acd_core::{DialledNumber, TrunkId, is_emergency_number};

use super::error::{Located, Report, did_you_mean, listed};
use super::fields::Fields;
use super::shell::TrunkSettings;
use super::{keys, values};

/// The trunk and what is shown to whom is dialled.
pub(super) fn outbound(
    report: &mut Report<'_>,
    tenant: Fields<'_>,
    trunks: &BTreeMap<TrunkId, TrunkSettings>,
) -> Option<Outbound> {
    let fields = tenant.table(report, "outbound", &keys::OUTBOUND)?;
    let remedy = "name the carrier over which calls go out";
    let trunk = fields.required_parsed(report, "trunk", remedy, |text| values::name(TrunkId::new, text));
    fields.require(
        report,
        "own_trunk",
        "write true if it is the one that the tenant's callers come over, so that a party takes a line, else false (R-L8)",
    );
    let own_trunk = fields.boolean(report, "own_trunk");
    let remedy = "write the number that is shown to whom is dialled, such as number_shown = \"0770007119\"";
    let shown = fields.required_parsed(report, "number_shown", remedy, number);
    if let Some(Located { value: trunk, at }) = trunk
        && !trunks.contains_key(&trunk)
    {
        let known = || trunks.keys().map(TrunkId::as_str);
        report.wrong(
            at,
            format!("`outbound` names the unknown trunk `{trunk}`{}", did_you_mean(trunk.as_str(), known())),
            format!("add [[trunks]] with this name, or use one of {}", listed(known())),
        );
    }
    if let Some(Located { value: number, at }) = shown
        && is_emergency_number(number)
    {
        report.wrong(
            at,
            format!("`number_shown` is {number}, a number of the emergency services"),
            "write a number of the tenant's own, under which it can be called back",
        );
    }
    Some(Outbound { trunk: trunk?.value, takes_lines: own_trunk?, shown: shown?.value })
}

/// A number as it is dialled.
pub(super) fn number(text: &str) -> Result<DialledNumber, super::fields::Complaint> {
    values::dialled_digits(text).and_then(|text| values::name(DialledNumber::new, text))
}
