//! How the sheets look: one pen for all of them.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Worksheet};

/// The typeface of Japanese offices; where it is missing, family and character set lead to another Mincho.
const FONT: &str = "ＭＳ 明朝";
/// Roman, in the sense of the file format.
const FAMILY: u8 = 1;
/// Shift JIS: the sign of a Japanese typeface.
const CHARSET: u8 = 128;

/// One decimal; rounds half up when shown. The blank after it keeps the number off the line.
pub(super) const ONE_DECIMAL: &str = "#,##0.0_ ";
/// Calls.
pub(super) const WHOLE: &str = "#,##0_ ";

/// Paper size A4 in the file format.
const A4: u8 = 9;

/// Text without borders.
pub(super) fn text(size: f64) -> Format {
    Format::new()
        .set_font_name(FONT)
        .set_font_family(FAMILY)
        .set_font_charset(CHARSET)
        .set_font_size(size)
        .set_align(FormatAlign::VerticalCenter)
}

/// A cell of a table.
pub(super) fn cell() -> Format {
    text(10.5).set_border(FormatBorder::Thin)
}

/// A number in a table.
pub(super) fn number(format: &str) -> Format {
    cell().set_align(FormatAlign::Right).set_num_format(format)
}

/// Text in the middle of a table's cell.
pub(super) fn centred() -> Format {
    cell().set_align(FormatAlign::Center)
}

/// A heading: centred, wrapped, shaded.
pub(super) fn heading() -> Format {
    centred().set_text_wrap().set_background_color(0x00F2_F2F2)
}

/// A4 upright, as wide as the paper, as many pages as it takes.
pub(super) fn upright(sheet: &mut Worksheet) {
    sheet
        .set_portrait()
        .set_paper_size(A4)
        .set_margins(0.6, 0.6, 0.7, 0.6, 0.3, 0.3)
        .set_print_center_horizontally(true)
        .set_screen_gridlines(false)
        // A formula whose result is empty text would else be kept as 0.
        .set_formula_result_default("")
        .set_print_fit_to_pages(1, 0);
}

/// A4 lying.
pub(super) fn lying(sheet: &mut Worksheet) {
    upright(sheet);
    sheet.set_landscape();
}
