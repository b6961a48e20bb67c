//! The form for machines: raw values and what is printed.

use serde_json::{Value, json};

use super::{FORM, PrintedRow, blockage_remark, full_rate_hours, hour_label, printed_rows};
use crate::accounting::{Account, Blockage, Figures, Interval};
use crate::forms::values::{
    blockage, clock_steps, instant, interval, listed_interval, outage_cause, raw, responsibility,
};
use crate::forms::{Header, civil, definitions};

/// The form as JSON: `hours` with raw milliseconds and the printed cells, `day`, `blockages` (the
/// client's: `blockage_is` says which of `all_lines_full` and `seat_lines_full` that is), `outages`, `capacities`, `full_rate_hours`, `definitions`. Instants are milliseconds since the Unix epoch
/// (`…_time_ms`) beside civil time in the tenant's zone.
pub fn json(account: &Account, header: &Header) -> Value {
    let zone = header.utc_offset_minutes;
    let printed = printed_rows(account, header);
    let hours: Vec<Value> = account
        .figures
        .iter()
        .enumerate()
        .zip(&printed)
        .map(|((slot, it), printed)| hour(account, slot, it, printed))
        .collect();
    let rate = header.profile.rate(&account.total());
    let (official, _) = header.profile.blockages(account);
    let list = |all: &[Blockage]| -> Vec<Value> { all.iter().map(|it| listed(account, it, zone)).collect() };
    let outages: Vec<Value> = account
        .outages
        .iter()
        .map(|it| {
            let mut value = listed_interval(account, it.interval, zone);
            value["ms_of_day"] = json!(account.interval_ms_within(it.interval));
            value["cause"] = json!(outage_cause(it.cause));
            value["responsibility"] = json!(responsibility(it.cause.responsibility()));
            value
        })
        .collect();
    let capacities: Vec<Value> = account
        .capacities
        .iter()
        .map(|(from, capacity)| {
            json!({
                "from": instant(*from, zone),
                "seat_lines": capacity.map(|it| it.seat_lines),
                "guidance_lines": capacity.map(|it| it.guidance_lines),
            })
        })
        .collect();
    json!({
        "form": "fdma2",
        "title": FORM,
        "tenant": account.tenant.as_str(),
        "tenant_title": header.title,
        "date": header.date.to_string(),
        "date_printed": civil::date(header.date),
        "utc_offset_minutes": zone,
        "made_at": instant(header.made_at, zone),
        "made_by": header.made_by,
        "purpose": header.purpose.as_str(),
        "provisional": account.is_provisional(),
        "begins_unrecorded": account.begins_unrecorded(),
        "recorded": account.recorded.map(|(from, to)| interval(Interval { from, to: Some(to) }, zone)),
        "facts": account.facts.map(|(first, last)| json!({ "first": first, "last": last })),
        "target_permille": header.target_permille,
        "target_met": header
            .target_permille
            .filter(|_| !account.begins_unrecorded())
            .and_then(|target| rate.meets(target)),
        "hours": hours,
        "day": day(account, &printed),
        "blockage_is": header.profile.blockage.as_str(),
        "blockages": list(official),
        "seat_lines_full": list(&account.seat_lines_full),
        "all_lines_full": list(&account.blockages),
        "outages": outages,
        "capacities": capacities,
        "clock_steps": clock_steps(account, zone),
        "dedicated_seats": account.dedicated_seats.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "shared_seats": account.shared_seats.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "full_rate_hours": full_rate_hours(account, header.profile).map(|(slot, _)| hour_label(slot)).collect::<Vec<_>>(),
        "definitions": definitions::of_day(FORM, account, header)
            .iter()
            .map(|it| json!({ "part": it.part, "item": it.item, "text": it.text, "rules": it.rules }))
            .collect::<Vec<_>>(),
    })
}

fn listed(account: &Account, it: &Blockage, zone: i32) -> Value {
    let mut value = blockage(account, it, zone);
    value["ms_of_day"] = json!(account.interval_ms_within(it.interval));
    value["remark"] = json!(blockage_remark(account, it));
    value
}

fn hour(account: &Account, slot: usize, it: &Figures, row: &PrintedRow) -> Value {
    json!({
        "hour": slot,
        "label": row.label,
        "recorded": !account.is_unrecorded(slot),
        "raw": raw(it),
        "printed": printed(row),
    })
}

fn day(account: &Account, rows: &[PrintedRow]) -> Value {
    let of = |label| rows.iter().find(|row| row.label == label).map(printed);
    json!({ "raw": raw(&account.total()), "sum": of("日合計"), "mean": of("日平均") })
}

fn printed(row: &PrintedRow) -> Value {
    let [staffed, offered, handled, rate, blockage, handling] = &row.cells;
    json!({
        "staffed_seats": staffed,
        "offered": offered,
        "handled": handled,
        "response_rate_percent": rate,
        "blockage_min": blockage,
        "mean_handling_min": handling,
        "shared_seats": row.shared,
    })
}
