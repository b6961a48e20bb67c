//! The form as comma-separated text.

use super::{
    BLOCKAGE_COLUMNS, COLUMNS, FORM, FULL_RATE_COLUMNS, PART_1, PART_2, PART_3, TITLE, beside_part_2,
    blockage_remark, full_rate_hours, has_shared_seats, hour_label, notes, printed_rows,
};
use crate::accounting::{Account, Blockage};
use crate::forms::lines::Lines;
use crate::forms::{Header, civil, definitions, printed, table};

/// The form as printed, with all its parts one below the other: UTF-8 with a byte order mark, by which Excel knows it,
/// lines ended by CR LF, quotes where RFC 4180 wants them.
pub fn csv(account: &Account, header: &Header) -> String {
    let mut out = Lines::default();
    out.line([TITLE]);
    out.line([header.title.as_str(), &civil::date(header.date)]);
    out.gap();
    hours(account, header, &mut out);
    out.gap();
    blockages(account, header, &mut out);
    out.gap();
    full_rate(account, header, &mut out);
    out.gap();
    details(account, &mut out);
    out.gap();
    out.line(["算出条件"]);
    out.line(["区分", "項目", "内容", "規則"]);
    for it in definitions::of_day(FORM, account, header) {
        out.line([it.part, it.item, &it.text, it.rules]);
    }
    out.into_text()
}

fn hours(account: &Account, header: &Header, out: &mut Lines) {
    let shared = has_shared_seats(account);
    let beside = |text: &str| shared.then(|| text.to_owned());
    out.line([PART_1]);
    let headings = COLUMNS.map(|(heading, _)| heading.replace('\n', ""));
    out.line([String::new()].into_iter().chain(headings).chain(beside("参考 兼任席")));
    let units = COLUMNS.map(|(_, unit)| unit.to_owned());
    out.line(["単位".to_owned()].into_iter().chain(units).chain(beside("人")));
    for row in printed_rows(account, header) {
        let last = beside(&row.shared);
        out.line([row.label].into_iter().chain(row.cells).chain(last));
    }
    for note in notes(account, header) {
        out.line([note]);
    }
}

fn blockages(account: &Account, header: &Header, out: &mut Lines) {
    let (official, beside) = header.profile.blockages(account);
    let total = account.total();
    let official_ms = header.profile.blockage_ms(&total);
    // One of the two is the client's, the other stands beside it.
    let beside_ms = total.blockage_ms + total.seat_lines_full_ms - official_ms;
    let lists = [(PART_2, official, official_ms), (beside_part_2(&header.profile), beside, beside_ms)];
    for (title, list, ms) in lists {
        out.line([title]);
        out.line(BLOCKAGE_COLUMNS);
        blockage_list(account, header, list, out);
        out.line(["合計", "", "", "", printed::minutes(ms).as_str(), ""]);
    }
}

fn blockage_list(account: &Account, header: &Header, list: &[Blockage], out: &mut Lines) {
    let zone = header.utc_offset_minutes;
    for (number, it) in list.iter().enumerate() {
        out.line([
            (number + 1).to_string(),
            civil::instant(it.interval.from, zone),
            it.interval.to.map_or_else(|| "継続".to_owned(), |to| civil::instant(to, zone)),
            account.interval_ms(it.interval).map_or_else(String::new, printed::minutes),
            printed::minutes(account.interval_ms_within(it.interval)),
            blockage_remark(account, it),
        ]);
    }
}

fn full_rate(account: &Account, header: &Header, out: &mut Lines) {
    out.line([PART_3]);
    out.line(FULL_RATE_COLUMNS);
    for (slot, it) in full_rate_hours(account, header.profile) {
        let seats = printed::ratio(it.dedicated.staffed_ms(), account.length_ms(slot));
        out.line([
            civil::date(header.date),
            hour_label(slot),
            header.profile.offered(it).to_string(),
            header.profile.handled(it).to_string(),
            seats.unwrap_or_default(),
        ]);
    }
}

fn details(account: &Account, out: &mut Lines) {
    out.line(["参考 時間帯別内訳"]);
    out.line([""].into_iter().chain(table::COLUMNS.iter().map(|it| it.heading)));
    out.line(["単位"].into_iter().chain(table::COLUMNS.iter().map(|it| it.unit)));
    for (slot, figures) in account.figures.iter().enumerate() {
        let length_ms = account.length_ms(slot);
        let cells = table::COLUMNS.iter().map(|it| {
            if account.is_unrecorded(slot) { String::new() } else { (it.value)(figures).printed(length_ms) }
        });
        out.line([hour_label(slot)].into_iter().chain(cells));
    }
    let (total, recorded_ms) = (account.total(), account.length_of_recorded_ms());
    let cells = table::COLUMNS.iter().map(|it| (it.value)(&total).printed(recorded_ms));
    out.line(["日合計".to_owned()].into_iter().chain(cells));
}
