//! The sheets that are lists: parts 2 and 3, and the definitions.

use rust_xlsxwriter::{Format, FormatAlign, Formula, Worksheet};

use super::layout::{self, ONE_DECIMAL, WHOLE};
use super::{
    BLOCKAGE_COLUMNS, FORM, FULL_RATE_COLUMNS, PART_2, PART_3, TITLE, beside_part_2, blockage_remark,
    full_rate_hours, hour_label,
};
use crate::accounting::{Account, Blockage};
use crate::forms::{FormError, Header, civil, definitions as conditions, printed};

/// Day and time, to the millisecond as it is kept.
const INSTANT: &str = "m\"月\"d\"日\" hh:mm:ss.000";
/// The same, of an instant on the next day.
const INSTANT_GOES_ON: &str = "m\"月\"d\"日\" hh:mm:ss.000\"（継続）\"";

/// Part 2. The agency has parts 2 and 3 on one page; a day of many blockages has no room for that.
pub(super) fn part_2(sheet: &mut Worksheet, account: &Account, header: &Header) -> Result<(), FormError> {
    head(sheet, header, &[7.0, 23.0, 27.0, 12.0, 12.0, 30.0])?;
    let row = blockages(sheet, account, header)?;
    sheet.set_print_area(0, 0, row, 5)?;
    sheet.set_repeat_rows(FIRST_ROW - 1, FIRST_ROW - 1)?;
    Ok(())
}

/// Part 3.
pub(super) fn part_3(sheet: &mut Worksheet, account: &Account, header: &Header) -> Result<(), FormError> {
    head(sheet, header, &[22.0, 20.0, 16.0, 16.0, 22.0])?;
    let row = full_rate(sheet, account, header)?;
    sheet.set_print_area(0, 0, row, 4)?;
    Ok(())
}

/// The first row of a list: below title, subject, the part's name and its headings.
const FIRST_ROW: u32 = 5;

/// Title and subject over columns of these widths.
fn head(sheet: &mut Worksheet, header: &Header, widths: &[f64]) -> Result<(), FormError> {
    layout::upright(sheet);
    let mut last = 0;
    for (column, width) in (0..).zip(widths) {
        sheet.set_column_width(column, *width)?;
        last = column;
    }
    sheet.set_row_height(0, 30)?;
    let title = layout::text(16.0).set_bold().set_align(FormatAlign::Center);
    sheet.merge_range(0, 0, 0, last, TITLE, &title)?;
    sheet.write_string_with_format(1, 0, header.title.as_str(), &layout::text(11.0))?;
    let right = layout::text(11.0).set_align(FormatAlign::Right);
    let period = format!("{}（{}日）", civil::month(header.date), header.date.day);
    sheet.write_string_with_format(1, last, period, &right)?;
    sheet.set_row_height(FIRST_ROW - 2, 22)?;
    Ok(())
}

fn headings(sheet: &mut Worksheet, row: u32, texts: &[&str]) -> Result<(), FormError> {
    sheet.set_row_height(row, 32)?;
    for (column, text) in (0..).zip(texts) {
        sheet.write_string_with_format(row, column, *text, &layout::heading())?;
    }
    Ok(())
}

/// The client's blockages, and below them the other state of the lines (R-L7). Gives the last row.
fn blockages(sheet: &mut Worksheet, account: &Account, header: &Header) -> Result<u32, FormError> {
    let (official, beside) = header.profile.blockages(account);
    let total = account.total();
    let official_ms = header.profile.blockage_ms(&total);
    let row = blockage_list(sheet, account, header, (FIRST_ROW - 2, PART_2), (official, official_ms))?;
    // One of the two is the client's, the other stands beside it.
    let beside_ms = total.blockage_ms + total.seat_lines_full_ms - official_ms;
    let title = beside_part_2(&header.profile);
    blockage_list(sheet, account, header, (row + 2, title), (beside, beside_ms))
}

/// A list below its title; gives its last row.
fn blockage_list(
    sheet: &mut Worksheet,
    account: &Account,
    header: &Header,
    (title_row, title): (u32, &str),
    (list, ms): (&[Blockage], u64),
) -> Result<u32, FormError> {
    sheet.write_string_with_format(title_row, 0, title, &layout::text(12.0).set_bold())?;
    headings(sheet, title_row + 1, &BLOCKAGE_COLUMNS)?;
    let first = title_row + 2;
    let mut row = first;
    for (number, it) in (1_u32..).zip(list) {
        sheet.write_number_with_format(row, 0, number, &layout::centred())?;
        blockage(sheet, account, header, (row, it))?;
        row += 1;
    }
    if list.is_empty() {
        sheet.set_row_height(row, 20)?;
        sheet.merge_range(row, 0, row, 5, "該当なし", &layout::centred())?;
        row += 1;
    }
    let decimal = layout::number(ONE_DECIMAL);
    sheet.set_row_height(row, 22)?;
    sheet.merge_range(row, 0, row, 3, "合計（当日分）", &layout::heading())?;
    let total = printed::raw_minutes(ms).to_string();
    let formula = Formula::new(format!("=SUM(E{}:E{row})", first + 1)).set_result(total);
    sheet.write_formula_with_format(row, 4, formula, &decimal)?;
    sheet.write_blank(row, 5, &layout::cell())?;
    Ok(row)
}

fn blockage(
    sheet: &mut Worksheet,
    account: &Account,
    header: &Header,
    (row, it): (u32, &Blockage),
) -> Result<(), FormError> {
    let zone = header.utc_offset_minutes;
    let instant = |format: &str| layout::centred().set_num_format(format);
    let decimal = layout::number(ONE_DECIMAL);
    sheet.set_row_height(row, 20)?;
    sheet.write_number_with_format(row, 1, civil::serial(it.interval.from, zone), &instant(INSTANT))?;
    match it.interval.to {
        Some(to) => {
            let format = if to > account.slots.to() { INSTANT_GOES_ON } else { INSTANT };
            sheet.write_number_with_format(row, 2, civil::serial(to, zone), &instant(format))?;
        }
        None => {
            sheet.write_string_with_format(row, 2, "継続", &layout::centred())?;
        }
    }
    match account.interval_ms(it.interval) {
        Some(ms) => sheet.write_number_with_format(row, 3, printed::raw_minutes(ms), &decimal)?,
        None => sheet.write_string_with_format(row, 3, "継続", &layout::centred())?,
    };
    let of_day = printed::raw_minutes(account.interval_ms_within(it.interval));
    sheet.write_number_with_format(row, 4, of_day, &decimal)?;
    let wrapped = layout::cell().set_text_wrap().set_indent(1);
    sheet.write_string_with_format(row, 5, blockage_remark(account, it), &wrapped)?;
    Ok(())
}

/// Gives the last row.
fn full_rate(sheet: &mut Worksheet, account: &Account, header: &Header) -> Result<u32, FormError> {
    sheet.write_string_with_format(FIRST_ROW - 2, 0, PART_3, &layout::text(12.0).set_bold())?;
    headings(sheet, FIRST_ROW - 1, &FULL_RATE_COLUMNS)?;
    let mut row = FIRST_ROW;
    let date = civil::date(header.date);
    for (slot, it) in full_rate_hours(account, header.profile) {
        sheet.set_row_height(row, 20)?;
        sheet.write_string_with_format(row, 0, date.as_str(), &layout::centred())?;
        sheet.write_string_with_format(row, 1, hour_label(slot), &layout::centred())?;
        sheet.write_number_with_format(row, 2, header.profile.offered(it) as f64, &layout::number(WHOLE))?;
        sheet.write_number_with_format(row, 3, header.profile.handled(it) as f64, &layout::number(WHOLE))?;
        let seats = it.dedicated.staffed_ms() as f64 / account.length_ms(slot) as f64;
        sheet.write_number_with_format(row, 4, seats, &layout::number(ONE_DECIMAL))?;
        row += 1;
    }
    if row == FIRST_ROW {
        sheet.set_row_height(row, 20)?;
        sheet.merge_range(row, 0, row, 4, "該当なし", &layout::centred())?;
        return Ok(row);
    }
    Ok(row - 1)
}

/// 算出条件
pub(super) fn definitions(
    sheet: &mut Worksheet,
    account: &Account,
    header: &Header,
) -> Result<(), FormError> {
    const TEXT_WIDTH: f64 = 72.0;
    layout::upright(sheet);
    for (column, width) in (0..).zip([9.0, 19.0, TEXT_WIDTH, 13.0]) {
        sheet.set_column_width(column, width)?;
    }
    sheet.write_string_with_format(0, 0, "算出条件", &layout::text(14.0).set_bold())?;
    let subject = format!("{FORM} {} {}", header.title, civil::date(header.date));
    sheet.write_string_with_format(1, 0, subject, &layout::text(10.5))?;
    headings(sheet, 2, &["区分", "項目", "内容", "規則"])?;
    sheet.set_repeat_rows(2, 2)?;
    let top = |format: Format| format.set_align(FormatAlign::Top).set_text_wrap();
    let cell = top(layout::cell().set_font_size(9.5));
    let mut row = 3;
    for it in conditions::of_day(FORM, account, header) {
        sheet.write_string_with_format(row, 0, it.part, &cell)?;
        sheet.write_string_with_format(row, 1, it.item, &cell)?;
        sheet.write_string_with_format(row, 2, it.text.as_str(), &cell)?;
        sheet.write_string_with_format(row, 3, it.rules, &cell)?;
        sheet.set_row_height(row, lines_of(&it.text, TEXT_WIDTH).max(1) * 14 + 3)?;
        row += 1;
    }
    sheet.set_print_area(0, 0, row.saturating_sub(1), 3)?;
    Ok(())
}

/// How many lines a text takes in a column of so many characters, Japanese ones being two wide.
fn lines_of(text: &str, width: f64) -> u32 {
    let wide = |line: &str| line.chars().map(|c| if c.is_ascii() { 1.0 } else { 2.0 }).sum::<f64>();
    // The sheet counts in digits of 11 points, the text stands in 9.5.
    text.lines().map(|line| ((wide(line) / (width * 1.08)).ceil() as u32).max(1)).sum()
}
