//! The calendar against a person who counts day by day, and the clock against known instants.

use alloc::string::ToString;

use super::*;

const fn date(year: i32, month: u8, day: u8) -> CivilDate {
    CivilDate { year, month, day }
}

/// The day after, as everybody learns it at school.
fn tomorrow(today: CivilDate) -> CivilDate {
    let leap = today.year % 400 == 0 || (today.year % 4 == 0 && today.year % 100 != 0);
    let last = match today.month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    match today {
        CivilDate { year, month: 12, day: 31 } => date(year + 1, 1, 1),
        CivilDate { year, month, day } if day == last => date(year, month + 1, 1),
        CivilDate { year, month, day } => date(year, month, day + 1),
    }
}

#[test]
fn eight_centuries_counted_day_by_day() {
    use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    let mut today = date(1599, 12, 31);
    // `date -d 1599-12-31 +%A`: Friday.
    let mut week = [Friday, Saturday, Sunday, Monday, Tuesday, Wednesday, Thursday].into_iter().cycle();
    for days in date(1599, 12, 31).days()..=date(2400, 12, 31).days() {
        assert_eq!(CivilDate::from_days(days), today);
        assert_eq!(today.days(), days, "{today}");
        assert_eq!(Some(today.weekday()), week.next(), "{today}");
        today = tomorrow(today);
    }
    assert_eq!(today, date(2401, 1, 1), "no day was left out or counted twice");
    assert_eq!(date(1970, 1, 1).days(), 0);
}

#[test]
fn civil_time_of_known_instants() {
    // `date -d @1775001599 --iso-8601=seconds` in Tokyo and in London.
    let at = Timestamp::from_millis(1_775_001_599_999);
    assert_eq!(at.civil(540).to_string(), "2026-04-01 08:59");
    assert_eq!(at.civil(540).time.as_millis(), ((8 * 60 + 59) * 60 + 59) * 1_000 + 999);
    assert_eq!(at.civil(0).to_string(), "2026-03-31 23:59");
    assert_eq!(at.civil(-210).to_string(), "2026-03-31 20:29", "west of Greenwich");
    let before_1970 = Timestamp::from_millis(-1);
    assert_eq!(before_1970.civil(0).to_string(), "1969-12-31 23:59");
    let nine = TimeOfDay::from_hm(9, 0).unwrap();
    assert_eq!(date(2026, 4, 1).at(nine, 540), at + Duration::from_millis(1));
    assert_eq!(date(2026, 4, 1).at(nine, 540).as_millis(), 1_775_001_600_000);
    assert_eq!(date(2026, 4, 1).at(nine, -210).as_millis(), 1_775_046_600_000);
}

#[test]
fn a_time_of_day_ends_with_24_00() {
    let said = |hour, minute| TimeOfDay::from_hm(hour, minute).map(|time| time.to_string());
    assert_eq!(said(0, 0).as_deref(), Some("00:00"));
    assert_eq!(said(7, 59).as_deref(), Some("07:59"));
    assert_eq!(said(23, 59).as_deref(), Some("23:59"));
    assert_eq!(said(24, 0).as_deref(), Some("24:00"));
    for (hour, minute) in [(24, 1), (25, 0), (0, 60), (23, 60)] {
        assert_eq!(said(hour, minute), None, "{hour}:{minute}");
    }
    let day = 86_400_000;
    assert_eq!(TimeOfDay::from_millis(day), TimeOfDay::from_hm(24, 0));
    assert_eq!(TimeOfDay::from_millis(day + 1), None);
    assert_eq!(TimeOfDay::try_from(1).map(u32::from), Ok(1));
    assert!(TimeOfDay::try_from(day + 1).is_err());
}

#[test]
fn instants_and_the_time_between_them() {
    let (early, late) = (Timestamp::from_millis(-250), Timestamp::from_millis(1_000));
    assert_eq!(late.since(early), Duration::from_millis(1_250));
    assert_eq!(early.since(late), Duration::ZERO, "nothing passes backwards");
    assert_eq!(early + Duration::from_millis(1_250), late);
    assert_eq!(late - Duration::from_millis(1_250), early);
    assert_eq!((late + Duration::MAX).as_millis(), i64::MAX);
    assert_eq!((early - Duration::MAX).as_millis(), i64::MIN);
}
