//! Changes of the lines by plans, in words: from when, by whom, reported when (R-L2).

use acd_core::PlanSource;
use acd_core::plan::{Capacity, Change, PoolShare};
use serde_json::{Value, json};

use super::civil;
use crate::accounting::{Account, LinesChange, LinesPlanned};

/// All of a period; `なし` if there are none.
pub(super) fn text(account: &Account, zone: i32) -> String {
    if account.lines_planned.is_empty() {
        return "なし".to_owned();
    }
    account.lines_planned.iter().map(|it| line(it, zone)).collect::<Vec<_>>().join("\n")
}

fn line(it: &LinesPlanned, zone: i32) -> String {
    let changes: Vec<String> = it.changes.iter().map(change).collect();
    let reported = it
        .reported_on
        .map_or_else(|| "報告日の記載なし".to_owned(), |day| format!("{}報告", civil::date(day)));
    format!("{}から：{}（変更者：{}、{reported}）", civil::instant(it.at, zone), changes.join("、"), whom(it))
}

fn whom(it: &LinesPlanned) -> String {
    let way = match it.by {
        PlanSource::Start => "起動時の設定",
        PlanSource::Signal => "信号による再読込",
        PlanSource::Api => "操作による再読込",
    };
    it.who.as_ref().map_or_else(|| way.to_owned(), |who| format!("{who}、{way}"))
}

fn change(it: &LinesChange) -> String {
    match it {
        LinesChange::OfPlan(it) => change_of_plan(it),
        LinesChange::OfShare { before, after } => format!("共有回線 {}→{}", share(*before), share(*after)),
    }
}

fn share(it: Option<PoolShare>) -> String {
    it.map_or_else(
        || "なし".to_owned(),
        |PoolShare { pool, reserved, max }| format!("「{pool}」（専用{reserved}・最大{max}）"),
    )
}

fn change_of_plan(it: &Change) -> String {
    let lines = |it: Option<Capacity>| {
        it.map_or_else(
            || "開設時間外".to_owned(),
            |it| format!("席{}＋ガイダンス{}", it.seat_lines, it.guidance_lines),
        )
    };
    if let Change::LinesChanged { days, from, to, before, after, .. } = it {
        let days: Vec<&str> = days.iter().map(|day| kind_of_day(day)).collect();
        let times = if from == to { "終日".to_owned() } else { format!("{from}～{to}") };
        return format!("{} {times} {}→{}", days.join("・"), lines(*before), lines(*after));
    }
    if let Change::RangeChanged { range, how, .. } = it {
        let how = match *how {
            "added" => "追加",
            "removed" => "廃止",
            _ => "日付の変更",
        };
        return format!("期間「{range}」の{how}");
    }
    if let Change::PoolChanged { pool, before: Some(before), after: Some(after) } = it {
        return format!("共有回線「{pool}」全{before}→全{after}");
    }
    it.to_string()
}

fn kind_of_day(name: &str) -> &str {
    match name {
        "weekday" => "平日",
        "saturday" => "土曜",
        "sunday" => "日曜",
        "holiday" => "祝日",
        range => range.strip_prefix("range ").unwrap_or(range),
    }
}

/// The same for machines.
pub(super) fn json(account: &Account, zone: i32) -> Vec<Value> {
    let of = |it: &LinesPlanned| {
        json!({
            "from": civil::instant(it.at, zone),
            "from_time_ms": it.at.as_millis(),
            "by": match it.by {
                PlanSource::Start => "start",
                PlanSource::Signal => "signal",
                PlanSource::Api => "api",
            },
            "who": it.who,
            "reported_on": it.reported_on.map(|day| day.to_string()),
            "changes": it.changes.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    };
    account.lines_planned.iter().map(of).collect()
}
