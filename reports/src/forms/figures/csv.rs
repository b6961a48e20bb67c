//! The figures as comma-separated text: one table a level, the definitions below.

use super::json::hours_in_order;
use super::{
    Derived, FORM, Statement, consultations, consultations_of_hour, definitions, derived, hour_label,
    hour_means, length_ms, offered_means, target, weekday,
};
use crate::accounting::{Figures, Interval, OfficialBlockage, Sheet};
use crate::forms::lines::Lines;
use crate::forms::{Header, civil, printed, table, values};

/// The figures as printed: minutes and percentages with one decimal.
pub fn csv(statement: &Statement, header: &Header) -> String {
    let Statement { sheet, list, .. } = statement;
    let mut out = Lines::default();
    out.line([FORM, sheet.profile.name]);
    out.line([header.title.as_str(), &sheet.period.to_string()]);
    out.gap();
    let target = target(header);
    levels(sheet, target, &mut out);
    means(sheet, &mut out);
    if let Some(list) = list {
        consultation_list(list, &mut out);
    }
    intervals(statement, header, &mut out);
    out.line(["算出条件"]);
    out.line(["区分", "項目", "内容", "規則"]);
    for it in definitions::of_statement(statement, header) {
        out.line([it.part, it.item, &it.text, it.rules]);
    }
    out.into_text()
}

fn levels(sheet: &Sheet, target: Option<u16>, out: &mut Lines) {
    let cells = |it: &Figures, length_ms| -> Vec<String> {
        let raw = table::COLUMNS.iter().map(|column| (column.value)(it).printed(length_ms));
        derived(sheet, it, length_ms, target).iter().map(|it| it.value.printed()).chain(raw).collect()
    };
    let heads = |pick: fn(&Derived) -> &'static str, raw: fn(&table::Column) -> &'static str| {
        let of = derived(sheet, &sheet.total, length_ms(sheet), target);
        let own: Vec<&str> = of.iter().map(pick).collect();
        own.into_iter().chain(table::COLUMNS.iter().map(raw)).collect::<Vec<_>>()
    };
    let headings = heads(|it| it.heading, |it| it.heading);
    let units = heads(|it| it.unit, |it| it.unit);
    out.line(["区分", "日付", "曜日", "時間帯"].iter().chain(&headings));
    out.line(["単位", "", "", ""].iter().chain(&units));
    let mut line = |level: &str, date: String, weekday: &str, hour: String, cells: Vec<String>| {
        out.line([level.to_owned(), date, weekday.to_owned(), hour].into_iter().chain(cells));
    };
    for it in &sheet.hours {
        let cells = if it.recorded { cells(&it.figures, it.length_ms) } else { Vec::new() };
        line("時間", it.day.to_string(), "", hour_label(it.hour), cells);
    }
    for it in &sheet.days {
        let (name, holiday) = weekday(sheet, it.date);
        let weekday = if holiday { format!("{name}・祝") } else { name.to_owned() };
        let cells = if it.recorded { cells(&it.figures, it.length_ms) } else { Vec::new() };
        line("日", it.date.to_string(), &weekday, String::new(), cells);
    }
    for it in &sheet.months {
        let days = sheet.days.get(it.days.clone()).unwrap_or_default();
        let length_ms = days.iter().map(|it| it.length_ms).sum();
        let cells = if it.recorded { cells(&it.figures, length_ms) } else { Vec::new() };
        line("月", format!("{:04}-{:02}", it.year, it.month), "", String::new(), cells);
    }
    line("合計", sheet.period.to_string(), "", String::new(), cells(&sheet.total, length_ms(sheet)));
    out.gap();
}

fn means(sheet: &Sheet, out: &mut Lines) {
    out.line(["時間帯別の平均"]);
    let headings = hour_means(sheet, 0);
    let heads = |pick: fn(&Derived) -> &'static str| headings.iter().map(pick).collect::<Vec<_>>();
    out.line(["時間帯"].iter().chain(&heads(|it| it.heading)));
    out.line(["単位"].iter().chain(&heads(|it| it.unit)));
    for hour in hours_in_order(sheet) {
        let cells = hour_means(sheet, hour).into_iter().map(|it| it.value.printed());
        out.line([hour_label(hour)].into_iter().chain(cells));
    }
    out.gap();
    let means = offered_means(sheet);
    out.line(["平均受付件数"].into_iter().chain(means.iter().map(|(heading, ..)| *heading)));
    out.line(["単位"].into_iter().chain(means.iter().map(|_| "件")));
    let cells = means.iter().map(|(_, _, mean)| printed::mean_count(*mean));
    out.line([sheet.period.to_string()].into_iter().chain(cells));
    out.gap();
}

fn consultation_list(sheet: &Sheet, out: &mut Lines) {
    out.line([format!("相談件数一覧（1日は{}時から）", sheet.calendar.day_start_hour)]);
    let hours: Vec<u8> = hours_in_order(sheet).collect();
    let heads = hours.iter().map(|hour| hour_label(*hour));
    let cell = |count: Option<u64>| count.map_or_else(String::new, |it| it.to_string());
    out.line(["実施日".to_owned()].into_iter().chain(heads).chain(["計".to_owned()]));
    for day in &sheet.days {
        let rows = sheet.hours.get(day.hours.clone()).unwrap_or_default();
        let count = |hour: &u8| cell(consultations_of_hour(sheet, rows, *hour));
        let sum = cell(day.recorded.then(|| consultations(sheet, &day.figures)));
        out.line([day.date.to_string()].into_iter().chain(hours.iter().map(count)).chain([sum]));
    }
    let count = |hour: &u8| consultations(sheet, &sheet.hour_of_day(*hour)).to_string();
    let sum = consultations(sheet, &sheet.total).to_string();
    out.line(["計".to_owned()].into_iter().chain(hours.iter().map(count)).chain([sum]));
    out.gap();
}

fn intervals(statement: &Statement, header: &Header, out: &mut Lines) {
    let account = &statement.account;
    let zone = header.utc_offset_minutes;
    let line = |kind: &str, it: Interval, remark: String| {
        [
            kind.to_owned(),
            civil::instant(it.from, zone),
            it.to.map_or_else(|| "継続".to_owned(), |to| civil::instant(to, zone)),
            account.interval_ms(it).map_or_else(String::new, printed::minutes),
            remark,
        ]
    };
    out.line(["区間", "開始", "終了", "時間(分)", "備考"]);
    let (official, beside) = statement.sheet.profile.blockages(account);
    let other = match statement.sheet.profile.blockage {
        OfficialBlockage::AllLines => "席回線全使用",
        OfficialBlockage::SeatLines => "全回線使用",
    };
    for (kind, list) in [("回線閉塞", official), (other, beside)] {
        for it in list {
            out.line(line(kind, it.interval, values::beginning(it).join("、")));
        }
    }
    for it in &account.outages {
        out.line(line("停止", it.interval, values::outage_remark(it.cause)));
    }
    for it in &account.understaffed {
        let skill = it.skill.map_or_else(|| "席".to_owned(), |skill| skill.to_string());
        let remark = format!("{skill} 必要{}、配置{}", it.wanted, it.staffed);
        out.line(line("配置不足", it.interval, remark));
    }
    out.gap();
}
