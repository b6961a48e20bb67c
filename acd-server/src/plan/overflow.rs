//! Where callers go on to whom a tenant cannot serve (R-Q8, R-G5).

use acd_core::TenantId;
use acd_core::plan::{Band, Overflow, OverflowCause};

use super::error::{Located, Report, did_you_mean, listed};
use super::fields::{Complaint, Fields};
use super::tenants::Tenants;
use super::{keys, values};

/// The tenant's overflow, and where it names the other one.
pub(super) fn overflow(
    report: &mut Report<'_>,
    tenant: Fields<'_>,
    bands: &[Band],
) -> Option<Located<Overflow>> {
    let fields = tenant.table(report, "overflow", &keys::OVERFLOW)?;
    let remedy = "name the tenant whose seats take the callers";
    let to = fields.required_parsed(report, "tenant", remedy, |text| values::name(TenantId::new, text));
    fields.require(report, "on", "write such as on = [\"nobody_logged_in\"]");
    let errors_before = report.len();
    let on = fields.parsed_list(report, "on", cause);
    if fields.has("on") && on.is_empty() && report.len() == errors_before {
        report.wrong(
            fields.at_value("on"),
            "`on` names no case, so no caller would ever overflow",
            "write such as on = [\"nobody_logged_in\"], or take `overflow` out",
        );
    }
    if let Some(closed) = on.iter().find(|it| it.value == OverflowCause::Closed)
        && bands.iter().all(|band| band.capacity.is_some())
    {
        report.doubtful(
            closed.at,
            "no caller overflows because the tenant is closed: no band of it is",
            "take \"closed\" out, or write the band with closed = true",
        );
    }
    if let Some(too_long) = on.iter().find(|it| it.value == OverflowCause::WaitTooLong)
        && tenant.is_absent("max_wait_s")
    {
        report.wrong(
            too_long.at,
            "no wait is too long: the tenant has no `max_wait_s`",
            "write max_wait_s, or take \"wait_too_long\" out",
        );
    }
    let Located { value: to, at } = to?;
    Some(Located { value: Overflow { to, on: on.into_iter().map(|it| it.value).collect() }, at })
}

fn cause(text: &str) -> Result<OverflowCause, Complaint> {
    match text {
        "closed" => Ok(OverflowCause::Closed),
        "nobody_logged_in" => Ok(OverflowCause::NobodyLoggedIn),
        "wait_too_long" => Ok(OverflowCause::WaitTooLong),
        _ => Err(Complaint::new(
            format!("\"{text}\" is no case in which callers overflow"),
            "use \"closed\", \"nobody_logged_in\" or \"wait_too_long\"",
        )),
    }
}

/// Holds all tenants against each other: nobody overflows to a stranger, to seats that may serve no other tenant, or back to
/// where the call began.
pub(super) fn check(report: &mut Report<'_>, tenants: &Tenants) {
    let next = |id: TenantId| tenants.get(&id).and_then(|it| Some(it.core.overflow.as_ref()?.to));
    for (id, tenant) in tenants {
        let (Some(to), Some(at)) = (next(*id), tenant.overflow_at) else { continue };
        if !tenants.contains_key(&to) {
            let known = || tenants.keys().map(TenantId::as_str);
            report.wrong(
                at,
                format!("`overflow` names the unknown tenant `{to}`{}", did_you_mean(to.as_str(), known())),
                format!("use one of {}", listed(known())),
            );
            continue;
        }
        if tenants.get(&to).is_some_and(|it| it.shell.dedicated_seats) {
            report.wrong(
                at,
                format!("callers would overflow to seats that may serve no other tenant: `{to}` has `dedicated_seats`"),
                "name a tenant without, or let this one keep its callers (R-S4)",
            );
        }
        let chain: Vec<TenantId> =
            std::iter::successors(Some(to), |at| next(*at)).take(tenants.len()).collect();
        if let Some(length) = chain.iter().position(|it| it == id) {
            let names = std::iter::once(*id).chain(chain.into_iter().take(length + 1));
            let names: Vec<String> = names.map(|it| it.to_string()).collect();
            report.wrong(
                at,
                format!("callers would overflow in a circle: {}", names.join(" to ")),
                "let one of them keep its callers",
            );
        }
    }
}
