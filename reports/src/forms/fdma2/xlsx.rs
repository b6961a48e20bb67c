//! The form as a workbook.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet};

use super::{TITLE, xlsx_hours, xlsx_lists};
use crate::accounting::Account;
use crate::forms::{FormError, Header, civil};

/// The form as an xlsx workbook of five sheets: parts 1, 2 and 3, all figures of each hour, the definitions. Cells hold raw values with number formats, totals are formulas that carry their
/// results, so that a viewer that does not calculate shows them too.
///
/// # Errors
/// If the workbook cannot be laid out, which a list of blockages longer than a sheet might bring about.
pub fn xlsx(account: &Account, header: &Header) -> Result<Vec<u8>, FormError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(header)?);
    let sheets: [(&str, Write); 5] = [
        ("1 時間別記録", xlsx_hours::form),
        ("2 回線閉塞日時・時間", xlsx_lists::part_2),
        ("3 応答率100%の時間帯", xlsx_lists::part_3),
        ("参考 時間帯別内訳", xlsx_hours::details),
        ("算出条件", xlsx_lists::definitions),
    ];
    for (name, write) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(name)?;
        let (date, maker) = (civil::date(header.date), &header.made_by);
        sheet.set_footer(format!("&L&8{} {date}&C&8&P / &N&R&8{maker}", header.title.replace('&', "&&")));
        write(sheet, account, header)?;
    }
    Ok(workbook.save_to_buffer()?)
}

type Write = fn(&mut Worksheet, &Account, &Header) -> Result<(), FormError>;

/// The same facts give the same file, to the byte, but for the instant at which it is made.
fn properties(header: &Header) -> Result<DocProperties, FormError> {
    let made_at = ExcelDateTime::from_timestamp(header.made_at.as_millis().div_euclid(1_000))?;
    Ok(DocProperties::new()
        .set_title(format!("{TITLE} {}", civil::date(header.date)))
        .set_subject(header.title.as_str())
        .set_author(header.made_by.as_str())
        .set_creation_datetime(&made_at))
}
