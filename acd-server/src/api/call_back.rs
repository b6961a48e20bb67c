//! Whom to call back, out of the journal (R-T5, R-T8).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use acd_core::{
    CallEvent, CallId, CallerIdentity, Destination, DialledNumber, Pii, TenantId, Timestamp, dialable,
};
use acd_proto::v1;
use reports::{CallRecord, Fold, Records};

use crate::journal::{FactReader, JournalError, Page};
use crate::limits::{CALL_BACK_HOURS, CALL_BACK_HOURS_MAX, CALL_BACK_LIST_MAX, FACTS_PAGE_MAX};

/// The earlier call that an agent's own call is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Earlier {
    /// Whose it was.
    pub(super) tenant: TenantId,
    /// Its caller's number, where it is known and can be dialled from here.
    pub(super) number: Option<Pii<DialledNumber>>,
}

/// Looks an earlier call up; `None`: no such call was admitted, or it is no longer kept.
pub(super) fn earlier(data_dir: &Path, call: CallId) -> Result<Option<Earlier>, JournalError> {
    let first = FactReader::open(data_dir)?.first_of(call)?;
    let Some(CallEvent::CallAdmitted { tenant, caller, .. }) = first else { return Ok(None) };
    let number = match caller {
        CallerIdentity::Number(number) => dialable(number.reveal()).map(Pii::new),
        CallerIdentity::Withheld(_) => None,
    };
    Ok(Some(Earlier { tenant, number }))
}

/// The callers to call back, from the one who has waited longest.
pub(super) fn to_call_back(
    data_dir: &Path,
    now: Timestamp,
    tenants: &BTreeSet<TenantId>,
    request: &v1::ToCallBackRequest,
) -> Result<v1::ToCallBackResponse, JournalError> {
    let hours = match request.hours {
        0 => CALL_BACK_HOURS,
        hours => hours.min(CALL_BACK_HOURS_MAX),
    };
    let reader = FactReader::open(data_dir)?;
    let mut records = Records::default();
    let mut after = reader.before(now - Duration::from_secs(u64::from(hours) * 3_600))?;
    while let Page::Facts(facts) = reader.page(after, FACTS_PAGE_MAX)? {
        let Some(last) = facts.last() else { break };
        after = last.seq;
        for stored in &facts {
            records.apply(stored.time, stored.seq, &stored.fact);
        }
    }
    let wanted = records.to_call_back().filter(|it| tenants.is_empty() || tenants.contains(&it.tenant));
    let mut callers: Vec<v1::CallerToCallBack> =
        wanted.filter_map(|record| caller(&records, record, request.with_numbers)).collect();
    callers.sort_by_key(|it| (it.ended_time_ms, it.call));
    callers.truncate(CALL_BACK_LIST_MAX);
    let answered = records.last_answered();
    for listed in &mut callers {
        let record = records.calls().get(&CallId(listed.call));
        listed.answered_since = record.map_or(0, |it| answered_since(it, &answered));
    }
    Ok(v1::ToCallBackResponse { callers })
}

/// The last call that was answered after this one was admitted; 0: none.
fn answered_since(missed: &CallRecord, answered: &BTreeMap<(TenantId, &str), CallId>) -> u64 {
    let CallerIdentity::Number(number) = &missed.caller else { return 0 };
    let last = answered.get(&(missed.tenant, number.reveal().as_str()));
    last.filter(|last| **last > missed.call).map_or(0, |last| last.0)
}

fn caller(records: &Records, record: &CallRecord, with_number: bool) -> Option<v1::CallerToCallBack> {
    let end = record.end?;
    let number = match &record.caller {
        CallerIdentity::Number(number) if with_number => number.reveal().clone(),
        CallerIdentity::Number(_) | CallerIdentity::Withheld(_) => String::new(),
    };
    let back =
        |destination: Destination| matches!(destination, Destination::Caller | Destination::CallBack(_));
    let about = records.outbound().values().filter(|it| it.about == Some(record.call));
    let tries = record.parties.iter().chain(about.flat_map(|it| &it.parties));
    Some(v1::CallerToCallBack {
        call: record.call.0,
        tenant: record.tenant.to_string(),
        admitted_time_ms: record.admitted_at.as_millis(),
        ended_time_ms: end.at.as_millis(),
        outcome: v1::Outcome::from(end.outcome).into(),
        number,
        answered_since: 0,
        tries: u32::try_from(tries.filter(|it| back(it.destination)).count()).unwrap_or(u32::MAX),
    })
}
