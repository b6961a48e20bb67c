//! Values that several forms write alike: raw figures, intervals, causes.

use acd_core::Timestamp;
use serde_json::{Map, Value, json};

use super::{civil, table};
use crate::accounting::{
    Account, Blockage, CallTimes, ClockStep, Figures, Interval, OutageCause, Responsibility, SeatTimes,
};

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
    all.insert("answered_times".to_owned(), times(it.answered_times));
    all.insert("after_reception_times".to_owned(), times(it.after_reception_times));
    all.insert("final_answered_times".to_owned(), times(it.final_answered_times));
    all.insert("dedicated".to_owned(), seats(&it.dedicated));
    all.insert("shared".to_owned(), seats(&it.shared));
    Value::Object(all)
}

fn times(it: CallTimes) -> Value {
    json!({ "talk_ms": it.talk_ms, "hold_ms": it.hold_ms, "wrap_up_ms": it.wrap_up_ms })
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

/// A blockage, or the other state of the lines, with what the lines were doing when it began (R-L7, R-L5).
pub(super) fn blockage(account: &Account, it: &Blockage, zone: i32) -> Value {
    let mut value = listed_interval(account, it.interval, zone);
    value["cut_by_outage"] = json!(it.cut_by_outage);
    value["lent"] = json!(it.lent);
    value["lines"] = json!(it.lines.map(|it| json!({
        "guidance": it.guidance,
        "waiting": it.waiting,
        "ringing": it.ringing,
        "talking": it.talking,
        "transferred": it.transferred,
        "closing": it.closing,
        "outbound": it.outbound,
    })));
    value
}

/// The same in words, and whether an outage ended it.
pub(super) fn beginning(it: &Blockage) -> Vec<String> {
    let mut words = Vec::new();
    match it.lines {
        None => words.push("記録開始前から".to_owned()),
        Some(lines) => {
            let uses = [
                ("ガイダンス", lines.guidance),
                ("待機", lines.waiting),
                ("呼出", lines.ringing),
                ("通話", lines.talking),
                ("転送", lines.transferred),
                ("終話中", lines.closing),
                ("発信", lines.outbound),
            ];
            let in_use = uses.iter().filter(|(_, calls)| *calls > 0);
            let uses: Vec<String> = in_use.map(|(use_, calls)| format!("{use_}{calls}")).collect();
            if !uses.is_empty() {
                words.push(uses.join("・"));
            }
        }
    }
    if it.lent > 0 {
        words.push(format!("共用回線のうち他の委託者が使用{}", it.lent));
    }
    if it.cut_by_outage {
        words.push("停止により終了".to_owned());
    }
    words
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

/// An interval of an account, whose milliseconds leave out what the clock skipped.
pub(super) fn listed_interval(account: &Account, it: Interval, zone: i32) -> Value {
    let mut value = interval(it, zone);
    value["ms"] = json!(account.interval_ms(it));
    value
}

/// The steps of the wall clock.
pub(super) fn clock_steps(account: &Account, zone: i32) -> Vec<Value> {
    let of = |it: &ClockStep| {
        json!({
            "at": instant(it.at, zone),
            "step_ms": it.step_ms,
            "skipped_ms": u64::try_from(it.skipped.as_millis()).unwrap_or(u64::MAX),
        })
    };
    account.listed_clock_steps().map(of).collect()
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
        OutageCause::Overload => "overload",
        OutageCause::Trunk(_) => "trunk",
        OutageCause::SeatsNotBack => "seats_not_back",
        OutageCause::NoReachableSeat => "no_reachable_seat",
    }
}

/// A cause as a form has it.
pub(super) const fn outage_cause_in_japanese(cause: OutageCause) -> &'static str {
    match cause {
        OutageCause::Crash => "障害",
        OutageCause::Drain => "新規受付停止",
        OutageCause::Stopped => "停止",
        OutageCause::Overload => "設備の輻輳",
        OutageCause::Trunk(_) => "回線事業者側の不通",
        OutageCause::SeatsNotBack => "再開後の席の再登録待ち",
        OutageCause::NoReachableSeat => "応対席の不通",
    }
}

/// A responsibility as JSON has it.
pub(super) const fn responsibility(whose: Responsibility) -> &'static str {
    match whose {
        Responsibility::Switch => "switch",
        Responsibility::Carrier => "carrier",
        Responsibility::Centre => "centre",
    }
}

/// Cause and responsibility as a form has them.
pub(super) fn outage_remark(cause: OutageCause) -> String {
    let whose = match cause.responsibility() {
        Responsibility::Switch => "当方",
        Responsibility::Carrier => "回線事業者",
        Responsibility::Centre => "応対センター",
    };
    format!("{}、責任：{whose}", outage_cause_in_japanese(cause))
}
