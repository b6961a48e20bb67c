//! What a month in progress says to machines of the days to come (R-A8, R-A12).
#![allow(clippy::unwrap_used, reason = "clippy knows tests by their attribute only")]

mod support;

use acd_core::{CivilDate, Timestamp};
use reports::accounting::{Calendar, Period, Profile};
use reports::forms::figures::{Statement, json};
use reports::forms::{Header, Purpose};
use serde_json::Value;
use support::{DATE, JST, account_over};

/// One seat is always there, from November 20, 22:00 to November 22, 12:00, where the record ends.
fn month() -> Value {
    let text = "
        -22:00:00 life
        -22:00:00 capacity 2+1
        -22:00:00 start
        -22:00:00 seat a1 ready
    ";
    let (period, profile) = (Period::Month { year: 2026, month: 11 }, Profile::KYOTO);
    let base = Calendar {
        utc_offset_minutes: JST,
        day_start_hour: 0,
        contract: None,
        holidays: [CivilDate { day: 23, ..DATE }].into(),
    };
    let slots = Calendar::slots(period, &Statement::calendars(&profile, &base)).unwrap();
    let account = account_over(slots, text, "2026-11-22T12:00:00");
    let header = Header {
        title: "kyoto".into(),
        date: period.first(),
        utc_offset_minutes: JST,
        target_permille: None,
        made_at: Timestamp::from_millis(0),
        made_by: "acd".into(),
        plan: "acd.toml".into(),
        profile,
        purpose: Purpose::Report,
        remarks: Vec::new(),
    };
    json(&Statement::new(account, period, profile, &base).unwrap(), &header)
}

#[test]
fn seats_of_an_hour_of_the_clock_are_the_mean_of_the_days_that_are_recorded() {
    let month = month();
    // Two days, one day, and two.
    for hour in [10, 13, 23] {
        let row = &month["hours_of_day"][hour];
        assert_eq!(row["figures"]["dedicated_seats"]["seats"], serde_json::json!([1, 1]), "{row}");
    }
    assert_eq!(month["days"][21]["figures"]["dedicated_seats"]["printed"], "1.0");
    assert_eq!(month["days"][22]["figures"]["dedicated_seats"]["seats"], Value::Null);
    assert_eq!(month["total"]["figures"]["dedicated_seats"]["seats"], serde_json::json!([1, 1]));
}

#[test]
fn the_list_of_consultations_says_what_of_it_is_recorded() {
    let list = &month()["consultation_list"];
    let recorded = |day: usize| {
        let hours = list["days"][day]["hours"].as_array().unwrap();
        let known = hours.iter().filter(|it| it["recorded"] == true).count();
        (list["days"][day]["recorded"].as_bool().unwrap(), known)
    };
    // The list's day begins at 8:00: of the 20th the last 10 hours are known, of the 22nd the first 4.
    assert_eq!(
        [18, 19, 20, 21, 22].map(recorded),
        [(false, 0), (true, 10), (true, 24), (true, 4), (false, 0)]
    );
    assert_eq!(list["months"][0]["recorded"], true);
}
