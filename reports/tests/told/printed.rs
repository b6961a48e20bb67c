//! The form as printed, cell by cell.

/// A line of comma-separated text.
pub(crate) type Line = Vec<String>;

/// Reads comma-separated text.
pub(crate) fn lines(text: &str) -> Vec<Line> {
    let mut all = vec![vec![String::new()]];
    let mut quoted = false;
    for it in text.trim_start_matches('\u{feff}').chars() {
        let line = all.last_mut().unwrap();
        match it {
            '"' => quoted = !quoted,
            ',' if !quoted => line.push(String::new()),
            '\n' if !quoted => all.push(vec![String::new()]),
            '\r' if !quoted => {}
            other => line.last_mut().unwrap().push(other),
        }
    }
    all
}

/// The lines of the table whose heading begins with this cell: heading first, up to the next gap.
pub(crate) fn table<'a>(all: &'a [Line], heading: &str) -> &'a [Line] {
    let begin = all.iter().position(|it| it[0] == heading).unwrap_or_else(|| panic!("no table {heading}"));
    let length = all[begin..].iter().position(|it| it.len() == 1 && it[0].is_empty()).unwrap();
    &all[begin..begin + length]
}

/// The cell below a heading.
pub(crate) fn cell(headings: &Line, line: &Line, heading: &str) -> String {
    let column =
        headings.iter().position(|it| it == heading).unwrap_or_else(|| panic!("no column {heading}"));
    line.get(column).cloned().unwrap_or_default()
}
