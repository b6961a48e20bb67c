//! What the screen shows of a caller who does not respond (R-T6).

use std::time::Duration;

use acd_core::plan::Plan;
use acd_core::{CallerKnown, HeadquartersKnown, LocateCondition};
use acd_proto::v1;

use crate::interfaces::CallerSeen;

/// A caller in the interface's words. A withheld number is not in it.
pub(super) fn known(seen: &CallerSeen, plan: &Plan) -> v1::CallerKnown {
    let CallerSeen { known, silent, sealed: _ } = seen;
    let CallerKnown { tenant, caller, line, conditions, seat, headquarters } = known;
    let conditions = LocateCondition::ALL
        .into_iter()
        .map(|condition| v1::ConditionState {
            condition: v1::LocateCondition::from(condition).into(),
            holds: conditions.get(&condition).copied(),
        })
        .collect();
    let millis = |silent: Duration| u64::try_from(silent.as_millis()).unwrap_or(u64::MAX);
    let mut shown = v1::CallerKnown {
        tenant: tenant.to_string(),
        caller: Some(v1::caller(caller, true)),
        line: v1::LineKind::from(*line).into(),
        silent_ms: silent.map(millis),
        conditions,
        seat: seat.map_or_else(String::new, |seat| seat.to_string()),
        carrier_can_be_asked: known.carrier_can_be_asked(),
        ..v1::CallerKnown::default()
    };
    if let Some(HeadquartersKnown { destination, consent_filed_on, underlying_number }) = headquarters {
        let entry = plan.tenants.get(tenant).and_then(|it| it.directory.entries.get(destination));
        shown.headquarters = destination.to_string();
        shown.headquarters_title = entry.map_or_else(String::new, |entry| entry.title.clone());
        shown.consent_filed_on = consent_filed_on.map_or_else(String::new, |date| date.to_string());
        shown.underlying_number = underlying_number.map_or_else(String::new, |number| number.to_string());
    }
    shown
}
