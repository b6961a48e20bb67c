//! Public holidays: a dated file of each year's days, and what the plan adds to it or takes away.

use acd_core::CivilDate;
use toml::de::DeTable;

use super::error::{At, Located, PlanError, Report};
use super::fields::{Complaint, Fields, wrong_type};
use super::files::{Files, HOLIDAYS, HOLIDAYS_NAME};
use super::limits::{PLAN_BYTES_MAX, YEAR};
use super::shell::HolidayCalendar;
use super::{keys, values};

/// The holidays of a plan.
pub(super) fn holidays(report: &mut Report<'_>, top: Fields<'_>, files: &Files) -> HolidayCalendar {
    let fields = top.table(report, "holidays", &keys::HOLIDAYS);
    let file = fields.and_then(|fields| fields.text(report, "file"));
    let loaded = match file {
        None => parse(HOLIDAYS_NAME, HOLIDAYS),
        Some(Located { value: path, at }) => match read(path, files) {
            Ok(text) => parse(path, &text),
            Err(Complaint { problem, remedy }) => {
                report.wrong(at, format!("`file` {problem}"), remedy);
                return HolidayCalendar::default();
            }
        },
    };
    let mut calendar = loaded.unwrap_or_else(|errors| {
        report.include(errors);
        HolidayCalendar::default()
    });
    let Some(fields) = fields else { return calendar };
    for Located { value: date, at } in fields.parsed_list(report, "add", values::date) {
        if calendar.names.insert(date, "休日".to_owned()).is_some() {
            report.wrong(at, format!("`add` has {date}, which is a holiday already"), "take it out");
        }
    }
    for Located { value: date, at } in fields.parsed_list(report, "remove", values::date) {
        if calendar.names.remove(&date).is_none() {
            report.wrong(at, format!("`remove` has {date}, which is no holiday"), "take it out");
        }
    }
    calendar
}

/// Reads a holiday file.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn parse(path: &str, text: &str) -> Result<HolidayCalendar, Vec<PlanError>> {
    let mut report = Report::new(path, text);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        report.syntax(At(error.span().map_or(0, |span| span.start)), error.message());
    }
    let top = Fields::new(&mut report, table.get_ref(), At(0), &keys::HOLIDAY_FILE);
    top.require(&mut report, "format", "write format = 1");
    top.integer(&mut report, "format", &super::FORMAT);
    let remedy = "write when it was checked against the gazette, such as dated = \"2026-11-21\"";
    let dated = top.required_parsed(&mut report, "dated", remedy, values::date);
    let mut calendar = HolidayCalendar {
        dated: dated.map_or_else(String::new, |dated| dated.value.to_string()),
        ..HolidayCalendar::default()
    };
    top.require(&mut report, "days", "write [days.2026] with \"01-01\" = \"元日\"");
    if let Some((years, _)) = top.open_table(&mut report, "days") {
        for (key, value) in years {
            let year = key.get_ref().parse::<i32>().ok();
            let Some(year) = year.filter(|year| (YEAR.min..=YEAR.max).contains(&i64::from(*year))) else {
                report.wrong(
                    key.span().into(),
                    format!("`{}` is no year from {} to {} (YEAR)", key.get_ref(), YEAR.min, YEAR.max),
                    "head each year's days such as [days.2026]",
                );
                continue;
            };
            match value.get_ref().as_table() {
                Some(days) => read_year(&mut report, year, days, &mut calendar),
                None => wrong_type(&mut report, key.get_ref(), value, "a table of \"MM-DD\" = \"name\""),
            }
        }
    }
    let errors = report.into_errors();
    if errors.is_empty() { Ok(calendar) } else { Err(errors) }
}

fn read_year(report: &mut Report<'_>, year: i32, days: &DeTable<'_>, calendar: &mut HolidayCalendar) {
    for (key, value) in days {
        let Some((month, day)) = values::month_day(key.get_ref(), Some(year)) else {
            report.wrong(
                key.span().into(),
                format!("`{}` is no day of {year}", key.get_ref()),
                "write MM-DD, such as \"01-01\"",
            );
            continue;
        };
        match value.get_ref().as_str() {
            Some(name) => {
                calendar.names.insert(CivilDate { year, month, day }, name.to_owned());
            }
            None => wrong_type(report, key.get_ref(), value, "the holiday's name in quotes"),
        }
    }
}

fn read(path: &str, files: &Files) -> Result<String, Complaint> {
    let unreadable = |why: String| {
        Complaint::new(
            format!("\"{path}\" cannot be read: {why}"),
            "name a file that exists, relative to the plan file, or leave `file` out",
        )
    };
    let bytes = files.read(path).map_err(|error| unreadable(error.to_string()))?;
    if bytes.len() > PLAN_BYTES_MAX {
        return Err(unreadable(format!("it has more than {PLAN_BYTES_MAX} bytes (PLAN_BYTES_MAX)")));
    }
    String::from_utf8(bytes.into_owned()).map_err(|error| unreadable(error.to_string()))
}
