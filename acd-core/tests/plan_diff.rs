//! What one plan changes of another, in words that a line manager can read before the plan is applied.
#![allow(clippy::unwrap_used, reason = "a test that meets what it does not expect must fail")]

#[path = "support/plans.rs"]
mod plans;

use acd_core::plan::{
    Overflow, OverflowCause, PlaceAnnouncements, Plan, PoolShare, Staffing, StaffingSeats, diff,
};

const PLAN: &str = "\
tenant shiga: number 0770007119, number 0770008000, bands, day_start 8:00
band shiga: weekday saturday sunday 8:00-17:00 2+1
band shiga: weekday saturday sunday 17:00-8:00 7+2
band shiga: holiday 8:00-8:00 6+2
band shiga: range0 8:00-8:00 9+2
range shiga: year_end 12-26 8:00 to 1-5 8:00
tenant clinic: number 0440001000, lines 1+0
seat s1: serves shiga 2, serves clinic 1, skill nurse, login always, static
holiday 2026-04-29";

fn plan(text: &str) -> Plan {
    plans::read(&text.lines().map(str::to_owned).collect::<Vec<_>>())
}

/// What becomes different if these lines of the plan are replaced.
fn said(replaced: &[(&str, &str)]) -> Vec<String> {
    let mut new = PLAN.to_owned();
    for (old, by) in replaced {
        assert!(new.contains(old), "{old}");
        new = new.replace(old, by);
    }
    diff(&plan(PLAN), &plan(&new)).iter().map(ToString::to_string).collect()
}

#[test]
fn equal_plans_differ_in_nothing() {
    assert_eq!(said(&[]), Vec::<String>::new());
}

#[test]
fn tenants_and_their_numbers_come_go_and_move() {
    assert_eq!(
        said(&[("tenant clinic: number 0440001000", "tenant kyoto: number 0750007119")]),
        [
            "tenant clinic removed",
            "tenant kyoto added",
            "number 0440001000 of clinic removed",
            "number 0750007119 added to kyoto",
        ]
    );
    assert_eq!(
        said(&[("number 0770008000, ", ""), ("number 0440001000", "number 0440001000, number 0770008000")]),
        ["number 0770008000 moved from shiga to clinic"]
    );
    assert_eq!(
        said(&[("lines 1+0", "lines 1+0, guidance none")]),
        ["number 0440001000 of clinic: guidance or recording changed"]
    );
}

#[test]
fn lines_are_compared_by_the_time_of_the_day_and_not_by_how_the_bands_are_cut() {
    assert_eq!(
        said(&[("17:00-8:00 7+2", "17:00-0:00 7+2\nband shiga: weekday saturday sunday 0:00-8:00 7+2")]),
        Vec::<String>::new(),
        "the same lines in two bands"
    );
    assert_eq!(
        said(&[("8:00-17:00 2+1", "8:00-12:00 2+1\nband shiga: weekday saturday sunday 12:00-17:00 3+1")]),
        ["lines of shiga on weekday, saturday, sunday from 12:00 to 17:00: 2+1 -> 3+1"]
    );
    assert_eq!(
        said(&[("8:00-17:00 2+1", "8:00-20:00 2+1"), ("17:00-8:00 7+2", "20:00-8:00 closed")]),
        [
            "lines of shiga on weekday, saturday, sunday from 17:00 to 20:00: 7+2 -> 2+1",
            "lines of shiga on weekday, saturday, sunday from 20:00 to 08:00: 7+2 -> closed",
        ],
        "a band over midnight"
    );
    assert_eq!(
        said(&[("holiday 8:00-8:00 6+2", "holiday 8:00-8:00 7+2")]),
        ["lines of shiga on holiday all day: 6+2 -> 7+2"]
    );
    assert_eq!(
        said(&[("range0 8:00-8:00 9+2", "range0 8:00-8:00 8+2"), ("12-26 8:00", "12-28 8:00")]),
        ["lines of shiga on range year_end all day: 9+2 -> 8+2", "range year_end of shiga moved"]
    );
    assert_eq!(
        said(&[("year_end 12-26", "new_year 12-26")]),
        ["range year_end of shiga removed", "range new_year of shiga added"]
    );
    assert_eq!(
        said(&[
            ("day_start 8:00", "day_start 17:00"),
            ("holiday 8:00-8:00", "holiday 17:00-17:00"),
            ("range0 8:00-8:00", "range0 17:00-17:00"),
        ]),
        ["tenant shiga: beginning of the day changed"],
        "the lines are the same at every time"
    );
}

#[test]
fn a_change_is_told_once_for_as_long_as_it_lasts_and_again_where_it_returns() {
    assert_eq!(
        said(&[("8:00-17:00 2+1", "8:00-12:00 3+1\nband shiga: weekday saturday sunday 12:00-17:00 3+1")]),
        ["lines of shiga on weekday, saturday, sunday from 08:00 to 17:00: 2+1 -> 3+1"]
    );
    let noon = "8:00-10:00 3+1
band shiga: weekday saturday sunday 10:00-12:00 2+1
band shiga: weekday saturday sunday 12:00-17:00 3+1";
    assert_eq!(
        said(&[("8:00-17:00 2+1", noon)]),
        [
            "lines of shiga on weekday, saturday, sunday from 08:00 to 10:00: 2+1 -> 3+1",
            "lines of shiga on weekday, saturday, sunday from 12:00 to 17:00: 2+1 -> 3+1",
        ]
    );
}

#[test]
fn seats_come_go_and_serve_others() {
    assert_eq!(said(&[("seat s1", "seat s2")]), ["seat s1 removed", "seat s2 added"]);
    assert_eq!(
        said(&[("serves shiga 2, serves clinic 1, skill nurse", "serves shiga 3, skill english")]),
        [
            "seat s1 no longer serves clinic",
            "seat s1 serves shiga with priority 3 instead of 2",
            "seat s1 no longer has skill nurse",
            "seat s1 has skill english",
        ]
    );
    assert_eq!(
        said(&[("login always, static", "wrap_up 60s, not_answering_retry 5s, unreachable_retry 5s")]),
        [
            "seat s1: log-in changed",
            "seat s1: static contact changed",
            "seat s1: wrap-up changed",
            "seat s1: return after no answer changed",
            "seat s1: return after it was unreachable changed",
        ]
    );
}

#[test]
fn pools_come_go_and_grow() {
    let (mut old, mut new) = (plan(PLAN), plan(PLAN));
    let [a, b, c] = ["a", "b", "c"].map(|name| name.parse().unwrap());
    old.pools.extend([(a, 5), (b, 5)]);
    new.pools.extend([(b, 6), (c, 7)]);
    for tenant in new.tenants.values_mut().take(1) {
        tenant.pool = Some(PoolShare { pool: c, reserved: 1, max: 3 });
    }
    let said: Vec<String> = diff(&old, &new).iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "tenant clinic: share in a pool of lines changed",
            "lines of pool a: 5 -> none",
            "lines of pool b: 5 -> 6",
            "lines of pool c: none -> 7",
        ]
    );
}

#[test]
fn every_other_setting_is_named() {
    assert_eq!(
        said(&[(
            "lines 1+0",
            "lines 1+0, retry_after 5s, closed_lines 3, closed_announcement, hold_music, ring 9s, max_wait 60s, \
             skill nurse"
        )]),
        [
            "tenant clinic: refusal for want of a line changed",
            "tenant clinic: closed lines changed",
            "tenant clinic: closed announcement changed",
            "tenant clinic: hold music changed",
            "tenant clinic: ring time changed",
            "tenant clinic: longest wait changed",
            "tenant clinic: entry skill changed",
        ]
    );
    assert_eq!(
        said(&[("holiday 2026-04-29", "holiday 2026-05-06")]),
        ["2026-04-29 is no longer a holiday", "2026-05-06 is a holiday"]
    );
    let (old, mut new) = (plan(PLAN), plan(PLAN));
    for tenant in new.tenants.values_mut().take(1) {
        tenant.title = "other".into();
        tenant.utc_offset_minutes = 0;
        tenant.waiting.music = None;
        tenant.places = Some(PlaceAnnouncements { places: [].into(), beyond: None });
        tenant.hand_over.insert("nurse".parse().unwrap(), "*1".into());
        tenant.overflow = Some(Overflow { to: "other".parse().unwrap(), on: [OverflowCause::Closed].into() });
        tenant.staffing = vec![Staffing { skill: None, seats: StaffingSeats::SeatLines }];
        tenant.response_rate_target_permille = Some(891);
    }
    let said: Vec<String> = diff(&old, &new).iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "title",
            "time zone",
            "waiting message and music",
            "announcements of the place",
            "hand-over",
            "overflow",
            "promised staffing",
            "response rate target"
        ]
        .map(|setting| format!("tenant clinic: {setting} changed"))
    );
}
