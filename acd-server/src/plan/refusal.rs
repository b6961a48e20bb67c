//! Reads what a caller gets for want of a line (R-L4).

use acd_core::plan::LinesFullRefusal;

use super::error::Report;
use super::fields::Fields;
use super::limits::{BUSY_LINES, RETRY_AFTER_S};
use super::prompts::{self, Prompts};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Busy,
    Unavailable,
    Announcement,
}

/// A tenant's refusal. What cannot be read stands for 486: a plan with an error is never used.
pub(super) fn refusal(report: &mut Report<'_>, fields: Fields<'_>, prompts: &Prompts) -> LinesFullRefusal {
    let words =
        [("busy", Kind::Busy), ("unavailable", Kind::Unavailable), ("announcement", Kind::Announcement)];
    let kind = fields.word(report, "lines_full", &words).unwrap_or(Kind::Busy);
    let retry_after = fields.seconds(report, "retry_after_s", &RETRY_AFTER_S);
    let prompt = prompts::reference(report, fields, "busy_announcement", prompts);
    let lines = fields.count(report, "busy_lines", &BUSY_LINES);
    let takes = |key: &str| match kind {
        Kind::Busy => false,
        Kind::Unavailable => key == "retry_after_s",
        Kind::Announcement => key != "retry_after_s",
    };
    for (key, word) in [
        ("retry_after_s", "unavailable"),
        ("busy_announcement", "announcement"),
        ("busy_lines", "announcement"),
    ] {
        if fields.has(key) && !takes(key) {
            report.wrong(
                fields.at_value(key),
                format!("`{key}` has no effect: `lines_full` is not \"{word}\""),
                format!("take it out, or write lines_full = \"{word}\""),
            );
        }
    }
    match kind {
        Kind::Busy => LinesFullRefusal::BusyHere,
        Kind::Unavailable => {
            fields.require(report, "retry_after_s", "write retry_after_s, or lines_full = \"busy\"");
            retry_after.map_or(LinesFullRefusal::BusyHere, LinesFullRefusal::RetryAfter)
        }
        Kind::Announcement => {
            fields.require(report, "busy_announcement", "name the prompt, or write lines_full = \"busy\"");
            let lines = lines.unwrap_or(2);
            prompt
                .map_or(LinesFullRefusal::BusyHere, |prompt| LinesFullRefusal::Announcement { prompt, lines })
        }
    }
}
