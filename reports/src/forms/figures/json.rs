//! The figures for machines.

use std::collections::BTreeSet;

use acd_core::SeatId;
use serde_json::{Map, Value, json};

use super::{
    Derived, DerivedValue, FORM, Statement, consultations, consultations_of_hour, definitions, derived,
    hour_label, hour_means, length_ms, offered_means, target, weekday,
};
use crate::accounting::{Blockage, Figures, Fraction, HourRow, Interval, Sheet};
use crate::forms::{Header, lines_planned, printed, values};

/// The figures as JSON: `hours`, `days`, `hours_of_day` (sums and means), `months`, `total`, each with `raw` counts and
/// milliseconds and `figures` as the profile has them (exact, and `printed`); the intervals; the list of consultations;
/// how totals by other days reconcile; the definitions.
pub fn json(statement: &Statement, header: &Header) -> Value {
    let Statement { account, sheet, list } = statement;
    let zone = header.utc_offset_minutes;
    let target = target(header);
    let rate = sheet.profile.rate(&sheet.total);
    let blockages =
        |all: &[Blockage]| all.iter().map(|it| values::blockage(account, it, zone)).collect::<Vec<_>>();
    let lines_planned = lines_planned::json(account, zone);
    let definitions: Vec<Value> = definitions::of_statement(statement, header)
        .iter()
        .map(|it| json!({ "part": it.part, "item": it.item, "text": it.text, "rules": it.rules }))
        .collect();
    json!({
        "form": "figures",
        "title": FORM,
        "profile": sheet.profile.name,
        "tenant": account.tenant.as_str(),
        "tenant_title": header.title,
        "period": sheet.period.to_string(),
        "first_day": sheet.period.first().to_string(),
        "last_day": sheet.period.last().to_string(),
        "day_start_hour": sheet.calendar.day_start_hour,
        "utc_offset_minutes": zone,
        "made_at": values::instant(header.made_at, zone),
        "made_by": header.made_by,
        "purpose": header.purpose.as_str(),
        "provisional": account.is_provisional(),
        "recorded": account.recorded.map(|(from, to)| values::interval(Interval { from, to: Some(to) }, zone)),
        "facts": account.facts.map(|(first, last)| json!({ "first": first, "last": last })),
        "target_permille": target,
        "target_met": target.and_then(|target| rate.meets(target)),
        "hours": sheet.hours.iter().map(|it| {
            let mut value = row(sheet, &it.figures, it.length_ms, target);
            value["day"] = json!(it.day.to_string());
            value["hour"] = json!(it.hour);
            value["from"] = json!(values::instant(it.from, zone));
            value["recorded"] = json!(it.recorded);
            value
        }).collect::<Vec<_>>(),
        "days": sheet.days.iter().map(|it| {
            let mut value = row(sheet, &it.figures, it.length_ms, target);
            let (name, holiday) = weekday(sheet, it.date);
            value["day"] = json!(it.date.to_string());
            value["weekday"] = json!(name);
            value["holiday"] = json!(holiday);
            value["recorded"] = json!(it.recorded);
            value["hours"] = json!(it.hours.len());
            value
        }).collect::<Vec<_>>(),
        "hours_of_day": hours_in_order(sheet).map(|hour| hour_of_day(sheet, hour, target)).collect::<Vec<_>>(),
        "months": sheet.months.iter().map(|it| {
            let days = sheet.days.get(it.days.clone()).unwrap_or_default();
            let mut value = row(sheet, &it.figures, days.iter().map(|it| it.length_ms).sum(), target);
            value["month"] = json!(format!("{:04}-{:02}", it.year, it.month));
            value["recorded"] = json!(it.recorded);
            value["days"] = json!(it.days.len());
            value
        }).collect::<Vec<_>>(),
        "total": row(sheet, &sheet.total, length_ms(sheet), target),
        "offered_a_day": offered_a_day(sheet),
        "reconciliation": {
            "civil": values::raw(&sheet.reconciliation.civil),
            "before": values::raw(&sheet.reconciliation.before),
            "after": values::raw(&sheet.reconciliation.after),
            "agrees": sheet.reconciliation.agrees(&sheet.total),
        },
        "consultation_list": list.as_ref().map(consultation_list),
        "blockage_is": sheet.profile.blockage.as_str(),
        "blockages": blockages(sheet.profile.blockages(account).0),
        "all_lines_full": blockages(&account.blockages),
        "seat_lines_full": blockages(&account.seat_lines_full),
        "outages": account.outages.iter().map(|it| {
            let mut value = values::listed_interval(account, it.interval, zone);
            value["cause"] = json!(values::outage_cause(it.cause));
            value["responsibility"] = json!(values::responsibility(it.cause.responsibility()));
            value
        }).collect::<Vec<_>>(),
        "understaffed": account.understaffed.iter().map(|it| {
            let mut value = values::listed_interval(account, it.interval, zone);
            value["skill"] = json!(it.skill.map(|it| it.to_string()));
            value["wanted"] = json!(it.wanted);
            value["staffed"] = json!(it.staffed);
            value
        }).collect::<Vec<_>>(),
        "clock_steps": values::clock_steps(account, zone),
        "dedicated_seats": names(&account.dedicated_seats),
        "shared_seats": names(&account.shared_seats),
        "guest_seats": names(&account.guest_seats),
        "lines_planned": lines_planned,
        "definitions": definitions,
    })
}

/// The hours of the clock in the order of the sheet's days.
pub(super) fn hours_in_order(sheet: &Sheet) -> impl Iterator<Item = u8> + use<> {
    let start = sheet.calendar.day_start_hour;
    (0..24).map(move |hour| (hour + start) % 24)
}

fn names(seats: &BTreeSet<SeatId>) -> Vec<String> {
    seats.iter().map(ToString::to_string).collect()
}

fn row(sheet: &Sheet, it: &Figures, length_ms: u64, target: Option<u16>) -> Value {
    json!({ "raw": values::raw(it), "figures": object(derived(sheet, it, length_ms, target)) })
}

fn hour_of_day(sheet: &Sheet, hour: u8, target: Option<u16>) -> Value {
    let rows = sheet.hours.iter().filter(|it| it.recorded && it.hour == hour);
    let length_ms = rows.map(|it| it.length_ms).sum();
    let mut value = row(sheet, &sheet.hour_of_day(hour), length_ms, target);
    value["hour"] = json!(hour);
    value["label"] = json!(hour_label(hour));
    value["means"] = object(hour_means(sheet, hour));
    value
}

fn object(all: Vec<Derived>) -> Value {
    let mut object = Map::new();
    for it in all {
        let mut value = match &it.value {
            DerivedValue::Count(count) => json!({ "count": count }),
            DerivedValue::Time(ms) => json!({ "ms": ms }),
            DerivedValue::MeanTime(mean) => json!({ "ms": fraction(*mean) }),
            DerivedValue::Rate(rate, target) => json!({
                "of": rate.handled,
                "all": rate.offered,
                "target_met": target.and_then(|target| rate.meets(target)),
            }),
            DerivedValue::Seats(seats) => json!({ "seats": fraction(*seats) }),
        };
        value["printed"] = json!(it.value.printed());
        object.insert(it.key.to_owned(), value);
    }
    Value::Object(object)
}

/// `[numerator, denominator]`, exact; as texts where a number of JSON could not hold them.
fn fraction(it: Option<Fraction>) -> Value {
    let number = |it: u128| u64::try_from(it).map_or_else(|_| json!(it.to_string()), |it| json!(it));
    it.map_or(Value::Null, |it| json!([number(it.numerator), number(it.denominator)]))
}

fn offered_a_day(sheet: &Sheet) -> Value {
    let mut object = Map::new();
    for (_, key, mean) in offered_means(sheet) {
        let value = json!({ "calls": fraction(mean), "printed": printed::mean_count(mean) });
        object.insert(key.to_owned(), value);
    }
    Value::Object(object)
}

fn consultation_list(sheet: &Sheet) -> Value {
    let by_hour = |rows: &[HourRow]| -> Vec<Value> {
        hours_in_order(sheet)
            .map(|hour| {
                let count = consultations_of_hour(sheet, rows, hour);
                json!({ "hour": hour, "count": count.unwrap_or(0), "recorded": count.is_some() })
            })
            .collect()
    };
    let days: Vec<Value> = sheet
        .days
        .iter()
        .map(|it| {
            let rows = sheet.hours.get(it.hours.clone()).unwrap_or_default();
            let count = consultations(sheet, &it.figures);
            json!({
                "day": it.date.to_string(),
                "hours": by_hour(rows),
                "count": count,
                "recorded": it.recorded,
            })
        })
        .collect();
    let months: Vec<Value> = sheet
        .months
        .iter()
        .map(|it| {
            let days = sheet.days.get(it.days.clone()).unwrap_or_default();
            let hours = days.first().zip(days.last()).map(|(first, last)| first.hours.start..last.hours.end);
            let rows = hours.and_then(|it| sheet.hours.get(it)).unwrap_or_default();
            let count = consultations(sheet, &it.figures);
            json!({
                "month": format!("{:04}-{:02}", it.year, it.month),
                "hours": by_hour(rows),
                "count": count,
                "recorded": it.recorded,
            })
        })
        .collect();
    json!({
        "day_start_hour": sheet.calendar.day_start_hour,
        "days": days,
        "months": months,
        "count": consultations(sheet, &sheet.total),
        "reconciliation": {
            "civil": consultations(sheet, &sheet.reconciliation.civil),
            "before": consultations(sheet, &sheet.reconciliation.before),
            "after": consultations(sheet, &sheet.reconciliation.after),
            "agrees": sheet.reconciliation.agrees(&sheet.total),
        },
    })
}
