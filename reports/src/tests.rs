//! Facts made by hand, for the tests of every fold.

use acd_core::{
    CallEvent, CallId, CallPhase, CallerIdentity, CallerLegEnd, DialledNumber, Outcome, Pii, RefusalReason,
    RingId, SeatId, TenantId, Timestamp, TrunkId,
};

pub(crate) const TENANT: TenantId = match TenantId::new("shiga") {
    Ok(tenant) => tenant,
    Err(_) => panic!("a good name"),
};

/// Milliseconds after 2026-11-21T09:00:00+09:00.
pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_795_219_200_000 + millis)
}

pub(crate) fn seat(name: &str) -> SeatId {
    SeatId::new(name).expect("a good name")
}

pub(crate) fn ring(call: u64, attempt: u32) -> RingId {
    RingId { call: CallId(call), attempt }
}

fn caller() -> CallerIdentity {
    CallerIdentity::Number(Pii::new("0751234567".to_owned()))
}

pub(crate) fn admitted(call: u64) -> CallEvent {
    CallEvent::CallAdmitted {
        call: CallId(call),
        tenant: TENANT,
        trunk: TrunkId::new("carrier").expect("a good name"),
        dialled: DialledNumber::new("0770007119").expect("a good name"),
        caller: caller(),
        test: false,
        closed: false,
        lines_in_use: 1,
        capacity: 4,
    }
}

pub(crate) fn refused(call: u64, tenant: Option<TenantId>, reason: RefusalReason) -> CallEvent {
    CallEvent::CallRefused {
        call: CallId(call),
        tenant,
        trunk: TrunkId::new("carrier").expect("a good name"),
        dialled: None,
        caller: caller(),
        test: false,
        reason,
    }
}

pub(crate) fn queued(call: u64, since: Timestamp) -> CallEvent {
    CallEvent::CallerQueued {
        call: CallId(call),
        tenant: TENANT,
        skill: None,
        since,
        put_back: false,
        awaits_adviser: false,
    }
}

pub(crate) fn ended(call: u64, outcome: Outcome) -> CallEvent {
    CallEvent::CallEnded {
        call: CallId(call),
        tenant: TENANT,
        outcome,
        phase: CallPhase::Talking,
        end: Some(CallerLegEnd::HungUp),
    }
}
