//! Values that several forms write alike: raw figures, intervals, causes.

use acd_core::Timestamp;
use serde_json::{Map, Value, json};

use super::{civil, table};
use crate::accounting::{Figures, Interval, OutageCause, SeatTimes};

/// Every figure, counts and milliseconds.
pub(super) fn raw(it: &Figures) -> Value {
    let mut all = Map::new();
    for column in &table::COLUMNS {
        let value = match (column.value)(it) {
            table::Value::Count(it)
            | table::Value::Peak(it)
            | table::Value::Time(it)
            | table::Value::Seats(it) => it,
        };
        all.insert(column.key.to_owned(), json!(value));
    }
    all.insert("handled_in_progress".to_owned(), json!(it.handled_in_progress));
    all.insert("aside_ms".to_owned(), json!(it.aside_ms));
    all.insert("outbound_ms".to_owned(), json!(it.outbound_ms));
    all.insert("forwarded_ms".to_owned(), json!(it.forwarded_ms));
    all.insert("dedicated".to_owned(), seats(&it.dedicated));
    all.insert("shared".to_owned(), seats(&it.shared));
    Value::Object(all)
}

fn seats(it: &SeatTimes) -> Value {
    json!({
        "ready_ms": it.ready_ms,
        "ringing_ms": it.ringing_ms,
        "talking_ms": it.talking_ms,
        "holding_ms": it.holding_ms,
        "wrap_up_ms": it.wrap_up_ms,
        "elsewhere_ms": it.elsewhere_ms,
        "outbound_ms": it.outbound_ms,
        "paused_ms": it.paused_ms,
        "not_answering_ms": it.not_answering_ms,
        "unreachable_ms": it.unreachable_ms,
    })
}

/// An interval in civil time of the zone, and in milliseconds since the Unix epoch.
pub(super) fn interval(it: Interval, zone: i32) -> Value {
    json!({
        "from": instant(it.from, zone),
        "to": it.to.map(|to| instant(to, zone)),
        "from_time_ms": it.from.as_millis(),
        "to_time_ms": it.to.map(Timestamp::as_millis),
        "ms": it.ms(),
    })
}

pub(super) fn instant(at: Timestamp, zone: i32) -> String {
    civil::instant(at, zone)
}

/// A cause as JSON has it.
pub(super) const fn outage_cause(cause: OutageCause) -> &'static str {
    match cause {
        OutageCause::Crash => "crash",
        OutageCause::Drain => "drain",
        OutageCause::Stopped => "stopped",
        OutageCause::Trunk(_) => "trunk",
        OutageCause::NoReachableSeat => "no_reachable_seat",
    }
}

/// A cause as a form has it.
pub(super) const fn outage_cause_in_japanese(cause: OutageCause) -> &'static str {
    match cause {
        OutageCause::Crash => "障害",
        OutageCause::Drain => "新規受付停止",
        OutageCause::Stopped => "停止",
        OutageCause::Trunk(_) => "回線事業者側の不通",
        OutageCause::NoReachableSeat => "応対席の不通",
    }
}
