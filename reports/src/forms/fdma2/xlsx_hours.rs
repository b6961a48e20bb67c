//! The sheets that have a row an hour.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Formula, Worksheet};

use super::layout::{self, ONE_DECIMAL, WHOLE};
use super::{COLUMNS, NONE, PART_1, TITLE, has_shared_seats, hour_label, notes};
use crate::accounting::{Account, Figures, Rate};
use crate::forms::{FormError, Header, civil, printed, table};

/// Rows and columns of part 1, from 0.
const HEADING_ROW: u32 = 4;
const FIRST_ROW: u32 = 6;
const SUM_ROW: u32 = FIRST_ROW + 24;
const MEAN_ROW: u32 = SUM_ROW + 1;
const SHARED_COLUMN: u16 = 8;

/// Part 1: the form itself.
pub(super) fn form(sheet: &mut Worksheet, account: &Account, header: &Header) -> Result<(), FormError> {
    layout::upright(sheet);
    sheet.set_print_fit_to_pages(1, 1);
    sheet.set_column_width(0, 13.5)?;
    for column in 1..=6 {
        sheet.set_column_width(column, 12.5)?;
    }
    head(sheet, header)?;
    headings(sheet)?;
    for (slot, figures) in account.figures.iter().enumerate() {
        let row = row_of(slot);
        sheet.set_row_height(row, 24)?;
        sheet.write_string_with_format(row, 0, hour_label(slot), &layout::centred())?;
        if account.is_unrecorded(slot) {
            blank(sheet, row)?;
        } else {
            hour(sheet, account, header, (slot, figures))?;
        }
    }
    sums(sheet, account, header)?;
    let shared = has_shared_seats(account);
    if shared {
        shared_seats(sheet, account)?;
    }
    let last_column = if shared { SHARED_COLUMN } else { 6 };
    let mut row = MEAN_ROW + 1;
    for note in notes(account, header) {
        row += 1;
        sheet.set_row_height(row, 15)?;
        sheet.write_string_with_format(row, 0, note, &layout::text(9.0))?;
    }
    sheet.set_print_area(0, 0, row, last_column)?;
    Ok(())
}

fn row_of(slot: usize) -> u32 {
    FIRST_ROW.saturating_add(u32::try_from(slot).unwrap_or(u32::MAX))
}

fn head(sheet: &mut Worksheet, header: &Header) -> Result<(), FormError> {
    let right = |size| layout::text(size).set_align(FormatAlign::Right);
    sheet.write_string_with_format(0, 6, "別紙様式2", &right(10.5))?;
    sheet.set_row_height(1, 30)?;
    let title = layout::text(16.0).set_bold().set_align(FormatAlign::Center);
    sheet.merge_range(1, 0, 1, 6, TITLE, &title)?;
    sheet.set_row_height(2, 20)?;
    sheet.write_string_with_format(2, 0, header.title.as_str(), &layout::text(11.0))?;
    sheet.set_row_height(3, 22)?;
    sheet.write_string_with_format(3, 0, PART_1, &layout::text(12.0).set_bold())?;
    sheet.merge_range(3, 4, 3, 6, &civil::date(header.date), &right(11.0))?;
    Ok(())
}

fn headings(sheet: &mut Worksheet) -> Result<(), FormError> {
    let heading = layout::heading();
    sheet.set_row_height(HEADING_ROW, 40)?;
    sheet.set_row_height(HEADING_ROW + 1, 22)?;
    sheet.write_string_with_format(HEADING_ROW, 0, "", &heading)?;
    sheet.write_string_with_format(HEADING_ROW + 1, 0, "単位", &heading)?;
    for (column, (text, unit)) in (1..).zip(COLUMNS) {
        sheet.write_string_with_format(HEADING_ROW, column, text, &heading)?;
        sheet.write_string_with_format(HEADING_ROW + 1, column, unit, &heading)?;
    }
    Ok(())
}

fn blank(sheet: &mut Worksheet, row: u32) -> Result<(), FormError> {
    for column in 1..=6 {
        sheet.write_blank(row, column, &layout::cell())?;
    }
    Ok(())
}

fn hour(
    sheet: &mut Worksheet,
    account: &Account,
    header: &Header,
    (slot, it): (usize, &Figures),
) -> Result<(), FormError> {
    let row = row_of(slot);
    let (whole, decimal) = (layout::number(WHOLE), layout::number(ONE_DECIMAL));
    let seats = it.dedicated.staffed_ms() as f64 / account.length_ms(slot) as f64;
    sheet.write_number_with_format(row, 1, seats, &decimal)?;
    let profile = &header.profile;
    let handled_calls = profile.handled(it);
    sheet.write_number_with_format(row, 2, profile.offered(it) as f64, &whole)?;
    sheet.write_number_with_format(row, 3, handled_calls as f64, &whole)?;
    let (offered, handled) = (format!("C{}", row + 1), format!("D{}", row + 1));
    sheet.write_formula_with_format(row, 4, rate(&offered, &handled, profile.rate(it), header), &decimal)?;
    sheet.write_number_with_format(row, 5, printed::raw_minutes(profile.blockage_ms(it)), &decimal)?;
    if handled_calls > 0 {
        let mean = printed::raw_minutes(profile.handling_ms(it)) / handled_calls as f64;
        sheet.write_number_with_format(row, 6, mean, &decimal)?;
    } else {
        sheet.write_blank(row, 6, &layout::cell())?;
    }
    Ok(())
}

/// 応答率 in percent: rounded down to one decimal where there is a target, else left to the number format (R-A3).
/// A thousandfold of whole numbers divides exactly or is a fraction off the next whole one, so INT meets no error.
fn rate(offered: &str, handled: &str, rate: Rate, header: &Header) -> Formula {
    let (formula, result) = if header.target_permille.is_some() {
        let result = rate.permille_floor().map(printed::permille);
        (format!("=IF({offered}>0,INT(1000*{handled}/{offered})/10,\"\")"), result)
    } else {
        let result =
            (rate.offered > 0).then(|| (100.0 * rate.handled as f64 / rate.offered as f64).to_string());
        (format!("=IF({offered}>0,100*{handled}/{offered},\"\")"), result)
    };
    Formula::new(formula).set_result(result.unwrap_or_default())
}

fn sums(sheet: &mut Worksheet, account: &Account, header: &Header) -> Result<(), FormError> {
    let (total, profile) = (account.total(), &header.profile);
    let (first, last) = (FIRST_ROW + 1, FIRST_ROW + 24);
    let strong = |format: Format| format.set_border_top(FormatBorder::Thin);
    let (whole, decimal) = (strong(layout::number(WHOLE)), strong(layout::number(ONE_DECIMAL)));
    let label = layout::heading();
    for (row, text) in [(SUM_ROW, "日合計"), (MEAN_ROW, "日平均")] {
        sheet.set_row_height(row, 27)?;
        sheet.write_string_with_format(row, 0, text, &label)?;
        sheet.write_string_with_format(row, 1, NONE, &layout::centred())?;
    }
    sheet.write_string_with_format(SUM_ROW, 6, NONE, &layout::centred())?;

    let sum_line = SUM_ROW + 1;
    let blockage_min = printed::raw_minutes(profile.blockage_ms(&total));
    let columns = [
        (2, 'C', profile.offered(&total) as f64, &whole),
        (3, 'D', profile.handled(&total) as f64, &whole),
        (5, 'F', blockage_min, &decimal),
    ];
    for (column, letter, sum, format) in columns {
        let formula =
            Formula::new(format!("=SUM({letter}{first}:{letter}{last})")).set_result(sum.to_string());
        sheet.write_formula_with_format(SUM_ROW, column, formula, format)?;
        let mean = Formula::new(format!("={letter}{sum_line}/24")).set_result((sum / 24.0).to_string());
        sheet.write_formula_with_format(MEAN_ROW, column, mean, &decimal)?;
    }
    let (offered, handled) = (format!("C{sum_line}"), format!("D{sum_line}"));
    for row in [SUM_ROW, MEAN_ROW] {
        sheet.write_formula_with_format(
            row,
            4,
            rate(&offered, &handled, profile.rate(&total), header),
            &decimal,
        )?;
    }
    let weighted =
        format!("=IF(D{sum_line}>0,SUMPRODUCT(D{first}:D{last},G{first}:G{last})/D{sum_line},\"\")");
    let handled_calls = profile.handled(&total);
    let result = if handled_calls > 0 {
        (printed::raw_minutes(profile.handling_ms(&total)) / handled_calls as f64).to_string()
    } else {
        String::new()
    };
    sheet.write_formula_with_format(MEAN_ROW, 6, Formula::new(weighted).set_result(result), &decimal)?;
    Ok(())
}

/// Shared seats are in a column of their own (R-A8), outside the agency's frame.
fn shared_seats(sheet: &mut Worksheet, account: &Account) -> Result<(), FormError> {
    sheet.set_column_width(SHARED_COLUMN - 1, 1.5)?;
    sheet.set_column_width(SHARED_COLUMN, 10)?;
    let dotted = |format: Format| format.set_border(FormatBorder::Hair);
    let heading = dotted(layout::text(9.0)).set_align(FormatAlign::Center).set_text_wrap();
    sheet.write_string_with_format(HEADING_ROW, SHARED_COLUMN, "（参考）\n兼任席", &heading)?;
    sheet.write_string_with_format(HEADING_ROW + 1, SHARED_COLUMN, "人", &heading)?;
    let number = dotted(layout::number(ONE_DECIMAL));
    for (slot, it) in account.figures.iter().enumerate() {
        let row = row_of(slot);
        if account.is_unrecorded(slot) {
            sheet.write_blank(row, SHARED_COLUMN, &number)?;
        } else {
            let seats = it.shared.staffed_ms() as f64 / account.length_ms(slot) as f64;
            sheet.write_number_with_format(row, SHARED_COLUMN, seats, &number)?;
        }
    }
    Ok(())
}

/// 参考: all figures of each hour, with the check that calls add up (R-A15).
pub(super) fn details(sheet: &mut Worksheet, account: &Account, header: &Header) -> Result<(), FormError> {
    layout::lying(sheet);
    // On one page nobody could read it. What stands in the column that both pages have would stand on both, cut off.
    sheet.set_print_fit_to_pages(2, 1);
    sheet.set_repeat_columns(0, 0)?;
    sheet.set_column_width(0, 11)?;
    let title = layout::text(13.0).set_bold();
    sheet.write_string_with_format(0, 1, "参考 時間帯別内訳（様式外）", &title)?;
    let subject = format!("{} {}", header.title, civil::date(header.date));
    sheet.write_string_with_format(1, 1, subject, &layout::text(10.5))?;
    sheet.set_row_height(2, 62)?;
    sheet.write_string_with_format(2, 0, "", &layout::heading())?;
    sheet.write_string_with_format(3, 0, "単位", &layout::heading())?;
    for slot in 0..account.slots.count() {
        sheet.set_row_height(detail_row(slot), 19)?;
        sheet.write_string_with_format(detail_row(slot), 0, hour_label(slot), &layout::centred())?;
    }
    let sum_row = detail_row(account.slots.count());
    sheet.set_row_height(sum_row, 22)?;
    sheet.write_string_with_format(sum_row, 0, "日合計", &layout::heading())?;
    for (index, it) in (1..).zip(&table::COLUMNS) {
        detail_column(sheet, account, index, it)?;
    }
    check(sheet, account, sum_row)?;
    let last = u16::try_from(table::COLUMNS.len()).unwrap_or(u16::MAX);
    sheet.set_print_area(0, 0, sum_row + 2, last)?;
    sheet.set_freeze_panes(4, 1)?;
    Ok(())
}

fn detail_row(slot: usize) -> u32 {
    4_u32.saturating_add(u32::try_from(slot).unwrap_or(u32::MAX))
}

fn detail_column(
    sheet: &mut Worksheet,
    account: &Account,
    index: u16,
    it: &table::Column,
) -> Result<(), FormError> {
    sheet.set_column_width(index, 7.5)?;
    sheet.write_string_with_format(2, index, it.heading, &layout::heading().set_font_size(9.0))?;
    sheet.write_string_with_format(3, index, it.unit, &layout::heading())?;
    let total = (it.value)(&account.total());
    let (format, function) = match total {
        table::Value::Count(_) => (WHOLE, "SUM"),
        table::Value::Peak(_) => (WHOLE, "MAX"),
        table::Value::Time(_) => (ONE_DECIMAL, "SUM"),
        table::Value::Seats(_) => (ONE_DECIMAL, "AVERAGE"),
    };
    let number = layout::number(format);
    let mut hours = Vec::new();
    for (slot, figures) in account.figures.iter().enumerate() {
        let row = detail_row(slot);
        if account.is_unrecorded(slot) {
            sheet.write_blank(row, index, &number)?;
        } else {
            let raw = (it.value)(figures).raw(account.length_ms(slot));
            sheet.write_number_with_format(row, index, raw, &number)?;
            hours.push(raw);
        }
    }
    let letter = rust_xlsxwriter::utility::column_number_to_name(index);
    let (first, last) = (detail_row(0) + 1, detail_row(account.slots.count()));
    let range = format!("{function}({letter}{first}:{letter}{last})");
    let (formula, result) = match total {
        // An average passes over blank cells, and there is none of nothing.
        table::Value::Seats(_) if hours.is_empty() => (String::from("=\"\""), String::new()),
        table::Value::Seats(_) => {
            (format!("={range}"), (hours.iter().sum::<f64>() / hours.len() as f64).to_string())
        }
        table::Value::Count(_) | table::Value::Peak(_) | table::Value::Time(_) => {
            (format!("={range}"), total.raw(1).to_string())
        }
    };
    let formula = Formula::new(formula).set_result(result);
    sheet.write_formula_with_format(detail_row(account.slots.count()), index, formula, &number)?;
    Ok(())
}

fn check(sheet: &mut Worksheet, account: &Account, sum_row: u32) -> Result<(), FormError> {
    let name = |index: usize| {
        let column = u16::try_from(index + 1).unwrap_or(u16::MAX);
        format!("{}{}", rust_xlsxwriter::utility::column_number_to_name(column), sum_row + 1)
    };
    let (first, last) = (name(*table::OUTCOMES.start()), name(*table::OUTCOMES.end()));
    let formula = format!("=IF({}=SUM({first}:{last}),\"一致\",\"不一致\")", name(table::OFFERED));
    let result = if account.total().is_balanced() { "一致" } else { "不一致" };
    let text = layout::text(10.5);
    sheet.write_string_with_format(sum_row + 1, 1, "照合：入電件数＝対応＋放棄＋失敗＋継続中", &text)?;
    let formula = Formula::new(formula).set_result(result);
    sheet.write_formula_with_format(sum_row + 1, 9, formula, &text.clone().set_bold())?;
    let note = "席の日合計欄は24時間の平均、最大の日合計欄は最大。短時間放棄は放棄の再掲。";
    sheet.write_string_with_format(sum_row + 2, 1, note, &layout::text(9.0))?;
    Ok(())
}
