//! How a client counts (R-A), and for how long its facts are kept (R-A14).

use std::time::Duration;

use acd_core::{CivilDate, SkillId};
use reports::accounting::{
    Contract, Counting, HandledBy, OfficialBlockage, Profile, Staffing, StaffingSeats,
};
use reports::limits::STAFFING_MAX;
use serde_json::{Value, json};

use super::error::{Located, Report};
use super::fields::Fields;
use super::limits::{ANNUAL_REPORT_YEARS, FACT_RETENTION_DAYS, SHORT_ABANDON_MS, STAFFED_SEATS, YEAR};
use super::shell::{AccountingSettings, FactKeeping};
use super::{keys, values};

/// Reads the table; without it a client counts as the agency does.
pub(super) fn accounting(report: &mut Report<'_>, tenant: Fields<'_>) -> AccountingSettings {
    let mut settings = AccountingSettings::default();
    let Some(fields) = tenant.table(report, "accounting", &keys::ACCOUNTING) else { return settings };
    let profiles = Profile::ALL.map(|it| (it.name, it));
    let mut profile = fields.word(report, "profile", &profiles).unwrap_or(Profile::FDMA);
    if let Some(ringing) = fields.boolean(report, "ringing_counts_as_waiting") {
        profile.ringing_counts_as_waiting = ringing;
    }
    let handled_by = [("any_seat", HandledBy::AnySeat), ("final_skill", HandledBy::FinalSkill)];
    profile.handled_by = fields.word(report, "handled_by", &handled_by).unwrap_or(profile.handled_by);
    if let Some(answer_hour) = fields.boolean(report, "answer_hour") {
        profile.answer_hour = answer_hour;
    }
    if let Some(blocked) = fields.boolean(report, "count_blocked_as_offered") {
        profile.count_blocked_as_offered = blocked;
    }
    let blockage = [("all_lines", OfficialBlockage::AllLines), ("seat_lines", OfficialBlockage::SeatLines)];
    profile.blockage = fields.word(report, "blockage", &blockage).unwrap_or(profile.blockage);
    if let Some(ms) = fields.integer(report, "short_abandon_ms", &SHORT_ABANDON_MS) {
        profile.short_abandon = Duration::from_millis(ms.unsigned_abs());
    }
    settings.counting = Counting { short_abandon: profile.short_abandon, staffing: staffing(report, fields) };
    settings.profile = profile;
    settings.contract = contract(report, fields);
    settings.keeping = keeping(report, fields);
    settings
}

/// For `acd check`: what differs from the agency's way of counting, by its key.
pub(super) fn accounting_text(settings: &AccountingSettings) -> String {
    let mut text = settings.profile.name.to_owned();
    let usual = Profile::named(settings.profile.name).unwrap_or(Profile::FDMA);
    let AccountingSettings { profile, counting, contract, keeping } = settings;
    let mut add = |differs: bool, words: String| {
        if differs {
            text.push_str(", ");
            text.push_str(&words);
        }
    };
    add(
        profile.ringing_counts_as_waiting != usual.ringing_counts_as_waiting,
        format!("ringing_counts_as_waiting = {}", profile.ringing_counts_as_waiting),
    );
    add(profile.handled_by != usual.handled_by, "handled_by = final_skill".to_owned());
    add(profile.answer_hour, "answer_hour".to_owned());
    add(profile.count_blocked_as_offered, "count_blocked_as_offered".to_owned());
    add(profile.blockage != usual.blockage, "blockage = seat_lines".to_owned());
    add(
        profile.short_abandon != usual.short_abandon,
        format!("short_abandon_ms = {}", profile.short_abandon.as_millis()),
    );
    for it in &counting.staffing {
        let skill = it.skill.map_or_else(|| "seats".to_owned(), |skill| skill.to_string());
        let wanted = match it.seats {
            StaffingSeats::SeatLines => "seat lines".to_owned(),
            StaffingSeats::Count(seats) => seats.to_string(),
        };
        add(true, format!("{skill} >= {wanted}"));
    }
    if let Some(it) = contract {
        add(true, format!("contract {} to {}", it.first, it.last));
    }
    if let Some(days) = keeping.days {
        add(true, format!("facts kept {days} days"));
    }
    let accepted = keeping.accepted_on.map_or_else(|| "not yet".to_owned(), |day| day.to_string());
    if let Some(years) = keeping.years_after_annual_report {
        let made = keeping.annual_reports.iter().map(|(year, day)| format!("{year} of {day}"));
        let made = if keeping.annual_reports.is_empty() {
            "none yet".to_owned()
        } else {
            made.collect::<Vec<_>>().join(", ")
        };
        add(true, format!("facts kept {years} years from the annual report that used them ({made})"));
    }
    add(keeping.until_accepted, format!("facts kept until the last report is accepted ({accepted})"));
    text
}

/// The same for machines.
pub(super) fn accounting_json(settings: &AccountingSettings) -> Value {
    let AccountingSettings { profile, counting, contract, keeping } = settings;
    let staffing = counting.staffing.iter().map(|it| {
        let seats = match it.seats {
            StaffingSeats::SeatLines => None,
            StaffingSeats::Count(seats) => Some(seats),
        };
        json!({ "skill": it.skill.map(|skill| skill.to_string()), "seats": seats })
    });
    json!({
        "profile": profile.name,
        "ringing_counts_as_waiting": profile.ringing_counts_as_waiting,
        "handled_by": match profile.handled_by {
            HandledBy::AnySeat => "any_seat",
            HandledBy::FinalSkill => "final_skill",
        },
        "answer_hour": profile.answer_hour,
        "count_blocked_as_offered": profile.count_blocked_as_offered,
        "blockage": match profile.blockage {
            OfficialBlockage::AllLines => "all_lines",
            OfficialBlockage::SeatLines => "seat_lines",
        },
        "short_abandon_ms": profile.short_abandon.as_millis() as u64,
        "staffing": staffing.collect::<Vec<_>>(),
        "contract_first_day": contract.map(|it| it.first.to_string()),
        "contract_last_day": contract.map(|it| it.last.to_string()),
        "fact_retention_days": keeping.days,
        "keep_facts_until_accepted": keeping.until_accepted,
        "accepted_on": keeping.accepted_on.map(|it| it.to_string()),
        "keep_years_after_annual_report": keeping.years_after_annual_report,
        "annual_reports": keeping.annual_reports.iter().map(|(year, made_on)| {
            json!({ "fiscal_year": year, "made_on": made_on.to_string() })
        }).collect::<Vec<_>>(),
    })
}

fn staffing(report: &mut Report<'_>, fields: Fields<'_>) -> Vec<Staffing> {
    let tables = fields.tables(report, "staffing", &keys::STAFFING);
    if tables.len() > STAFFING_MAX {
        report.wrong(
            fields.at_value("staffing"),
            format!("`staffing` has more than {STAFFING_MAX} promises (STAFFING_MAX)"),
            "join those of one skill",
        );
    }
    let mut all: Vec<Staffing> = Vec::new();
    for table in tables {
        let skill = table.parsed(report, "skill", |text| values::name(SkillId::new, text));
        let seats = table
            .count(report, "seats", &STAFFED_SEATS)
            .map_or(StaffingSeats::SeatLines, StaffingSeats::Count);
        let skill = skill.map(|it| it.value);
        if all.iter().any(|it| it.skill == skill) {
            report.wrong(table.at(), "this skill's staffing is promised twice", "promise it once");
        }
        all.push(Staffing { skill, seats });
    }
    all
}

fn contract(report: &mut Report<'_>, fields: Fields<'_>) -> Option<Contract> {
    let first = fields.parsed(report, "contract_first_day", values::date);
    let last = fields.parsed(report, "contract_last_day", values::date);
    for (key, other) in
        [("contract_first_day", "contract_last_day"), ("contract_last_day", "contract_first_day")]
    {
        if fields.has(key) && fields.is_absent(other) {
            report.missing(fields.at(), format!("`{key}` stands without `{other}`"), "write both days");
        }
    }
    let (Located { value: first, .. }, Located { value: last, at }) = first.zip(last)?;
    if last < first {
        report.wrong(at, "the contract ends before it begins", "write its last day");
    }
    Some(Contract { first, last })
}

fn keeping(report: &mut Report<'_>, fields: Fields<'_>) -> FactKeeping {
    let days = fields.integer(report, "fact_retention_days", &FACT_RETENTION_DAYS);
    let accepted_on = fields.parsed(report, "accepted_on", values::date);
    let until_accepted = fields.boolean(report, "keep_facts_until_accepted").unwrap_or(false);
    if let (false, Some(Located { at, .. })) = (until_accepted, &accepted_on) {
        report.wrong(
            *at,
            "`accepted_on` stands without `keep_facts_until_accepted`",
            "write keep_facts_until_accepted = true, or leave the day out",
        );
    }
    let years_after_annual_report =
        fields.count(report, "keep_years_after_annual_report", &ANNUAL_REPORT_YEARS);
    let annual_reports = annual_reports(report, fields);
    if years_after_annual_report.is_none() && !annual_reports.is_empty() {
        report.missing(
            fields.at(),
            "`annual_reports` stands without `keep_years_after_annual_report`",
            "write for how many years from a report on its facts are kept",
        );
    }
    FactKeeping {
        years_after_annual_report,
        annual_reports,
        days: days.and_then(|days| u32::try_from(days).ok()),
        until_accepted,
        accepted_on: accepted_on.map(|it| it.value),
    }
}

fn annual_reports(report: &mut Report<'_>, fields: Fields<'_>) -> Vec<(i32, CivilDate)> {
    let mut all: Vec<(i32, CivilDate)> = Vec::new();
    for table in fields.tables(report, "annual_reports", &keys::ANNUAL_REPORTS) {
        for key in ["fiscal_year", "made_on"] {
            table.require(
                report,
                key,
                "write the year of its April, and the day on which the report was made",
            );
        }
        let year = table.integer(report, "fiscal_year", &YEAR).and_then(|year| i32::try_from(year).ok());
        let made_on = table.parsed(report, "made_on", values::date);
        let Some((year, Located { value: made_on, at })) = year.zip(made_on) else { continue };
        if made_on <= (CivilDate { year, month: 4, day: 1 }) {
            report.wrong(
                at,
                "the report was made before its year began",
                "write the day on which it was made",
            );
        }
        if all.last().is_some_and(|(before, _)| year != before + 1) {
            report.wrong(
                table.at(),
                "the years of the annual reports do not follow each other",
                "write them in their order, each once, without a gap",
            );
        }
        all.push((year, made_on));
    }
    all
}
