//! What a later revision of a closed month says otherwise, in words (R-A13).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::forms::table;
use crate::limits::DIFFERENCES_MAX;

/// The definitions of which a difference is one of counting; the others tell of the record and the making.
const COUNTING: [&str; 4] = ["定義", "目標", "丸め", "対象"];

/// Definitions that differ from file to file for no reason of counting.
const OF_THE_FILE: [&str; 3] = ["作成", "設定", "委託者"];

/// Compares two files of the same month as [`json`](fn@super::json) makes them; empty: they say the same. The last line says
/// how many were left out.
pub fn differences(before: &Value, after: &Value) -> Vec<String> {
    let mut all = Vec::new();
    provisional(before, after, &mut all);
    rules(before, after, &mut all);
    rows(before, after, "total", &mut all);
    rows(before, after, "days", &mut all);
    rows(before, after, "hours", &mut all);
    intervals(before, after, &mut all);
    let left_out = all.len().saturating_sub(DIFFERENCES_MAX);
    if left_out > 0 {
        all.truncate(DIFFERENCES_MAX);
        all.push(format!("ほか{left_out}件"));
    }
    all
}

fn provisional(before: &Value, after: &Value, all: &mut Vec<String>) {
    let word = |it: &Value| if it["provisional"] == true { "暫定" } else { "確定" };
    if word(before) != word(after) {
        all.push(format!("{}→{}", word(before), word(after)));
    }
}

fn rules(before: &Value, after: &Value, all: &mut Vec<String>) {
    if before["profile"] != after["profile"] {
        all.push(format!("算出方法：{}→{}", text(&before["profile"]), text(&after["profile"])));
    }
    if before["target_permille"] != after["target_permille"] {
        let percent = |it: &Value| {
            it["target_permille"]
                .as_u64()
                .map_or_else(|| "なし".to_owned(), |it| format!("{}.{}％", it / 10, it % 10))
        };
        all.push(format!("応答率の目標：{}→{}", percent(before), percent(after)));
    }
    let of = |it: &Value| -> BTreeMap<String, String> {
        let lines = it["definitions"].as_array().into_iter().flatten();
        lines
            .filter(|it| COUNTING.contains(&text(&it["part"])) && !OF_THE_FILE.contains(&text(&it["item"])))
            // The target's line has the month's result in it.
            .filter(|it| text(&it["part"]) != "目標")
            .map(|it| (text(&it["item"]).to_owned(), text(&it["text"]).to_owned()))
            .collect()
    };
    let (old, new) = (of(before), of(after));
    for (item, was) in &old {
        match new.get(item) {
            Some(is) if is == was => {}
            Some(is) => all.push(format!("算出条件「{item}」：{was}→{is}")),
            None => all.push(format!("算出条件「{item}」：{was}→なし")),
        }
    }
    for (item, is) in new.iter().filter(|(item, _)| !old.contains_key(*item)) {
        all.push(format!("算出条件「{item}」：なし→{is}"));
    }
}

/// The raw figures and the client's own of one level.
fn rows(before: &Value, after: &Value, level: &str, all: &mut Vec<String>) {
    let of = |it: &Value| -> Vec<(String, Value)> {
        it[level].as_array().map_or_else(
            || vec![("計".to_owned(), it[level].clone())],
            |rows| rows.iter().map(|it| (label(it), it.clone())).collect(),
        )
    };
    let (old, new) = (of(before), of(after));
    let known: BTreeMap<&str, &Value> = new.iter().map(|(label, it)| (label.as_str(), it)).collect();
    for (label, was) in &old {
        match known.get(label.as_str()) {
            Some(is) => row(label, was, is, all),
            None => all.push(format!("{label}：なくなった")),
        }
    }
    let before: BTreeSet<&str> = old.iter().map(|(label, _)| label.as_str()).collect();
    for (label, _) in new.iter().filter(|(label, _)| !before.contains(label.as_str())) {
        all.push(format!("{label}：加わった"));
    }
}

fn row(label: &str, was: &Value, is: &Value, all: &mut Vec<String>) {
    let count = all.len();
    for column in &table::COLUMNS {
        let (old, new) = (&was["raw"][column.key], &is["raw"][column.key]);
        if old != new {
            let unit = match (column.value)(&crate::accounting::Figures::default()) {
                table::Value::Count(_) | table::Value::Peak(_) => column.unit,
                table::Value::Time(_) | table::Value::Seats(_) => "ミリ秒",
            };
            all.push(format!("{label}：{} {old}→{new}{unit}", column.heading));
        }
    }
    // The client's own figures follow from these, unless it counts otherwise.
    if all.len() == count && was != is {
        let (old, new) = (&was["figures"], &is["figures"]);
        let keys = old.as_object().into_iter().flat_map(|it| it.keys());
        let changed: Vec<&str> = keys.filter(|key| old[*key] != new[*key]).map(String::as_str).collect();
        let list = if changed.is_empty() { "内訳".to_owned() } else { changed.join("、") };
        all.push(format!("{label}：{list}が異なる"));
    }
}

fn intervals(before: &Value, after: &Value, all: &mut Vec<String>) {
    let lists = [
        ("blockages", "回線閉塞"),
        ("seat_lines_full", "席回線全使用"),
        ("outages", "停止"),
        ("understaffed", "配置不足"),
    ];
    for (key, name) in lists {
        if before[key] == after[key] {
            continue;
        }
        let count = |it: &Value| it[key].as_array().map_or(0, Vec::len);
        all.push(format!("{name}の一覧：{}件→{}件", count(before), count(after)));
    }
}

fn label(row: &Value) -> String {
    match (row["day"].as_str(), row["from"].as_str()) {
        (Some(_), Some(from)) => format!("{from}からの1時間"),
        (Some(day), None) => day.to_owned(),
        (None, _) => text(&row["month"]).to_owned(),
    }
}

fn text(it: &Value) -> &str {
    it.as_str().unwrap_or_default()
}
