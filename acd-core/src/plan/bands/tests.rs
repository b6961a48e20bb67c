//! Bands by the day kinds of the specifications.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::*;
use crate::ids::PromptId;
use crate::plan::{LinesFullRefusal, Waiting};

const JST: i32 = 540;
const ALL_DAYS: [DayKind; 4] = [DayKind::Holiday, DayKind::Sunday, DayKind::Saturday, DayKind::Weekday];

fn time(hour: u32) -> TimeOfDay {
    TimeOfDay::from_hm(hour, 0).unwrap()
}

fn band(days: &[DayKind], from: u32, to: u32, seat_lines: u16) -> Band {
    Band {
        days: days.iter().copied().collect(),
        from: time(from),
        to: time(to),
        capacity: Some(Capacity { seat_lines, guidance_lines: 2 }),
    }
}

fn tenant(day_start: u32, bands: Vec<Band>, ranges: Vec<DateRange>) -> Tenant {
    Tenant {
        title: String::new(),
        utc_offset_minutes: JST,
        numbers: BTreeMap::new(),
        day_start: time(day_start),
        bands,
        ranges,
        pool: None,
        refusal: LinesFullRefusal::BusyHere,
        closed_lines: 2,
        closed_announcement: None,
        places: None,
        early_media: false,
        guidance_delay: core::time::Duration::ZERO,
        expect_calls_within: None,
        waiting: Waiting {
            message: PromptId::new("waiting").unwrap(),
            music: None,
            message_every: Duration::from_secs(30),
        },
        hold_music: None,
        ring: Duration::from_secs(15),
        max_wait: None,
        entry_skill: None,
        outbound: None,
        directory: crate::plan::Directory::default(),
        hand_over: BTreeMap::new(),
        overflow: None,
        staffing: Vec::new(),
        response_rate_target_permille: None,
        lines_reported_on: None,
    }
}

fn year_end() -> DateRange {
    DateRange { name: "year_end".into(), from: (12, 26, time(0)), to: (1, 5, time(8)), year: None }
}

/// The bands of the Shizuoka specification.
fn shizuoka() -> Tenant {
    use DayKind::{Holiday, Range, Saturday, Sunday, Weekday};
    let bands = vec![
        band(&[Saturday, Sunday, Holiday], 17, 23, 7),
        band(&[Sunday, Holiday], 8, 17, 6),
        band(&[Weekday], 17, 23, 5),
        band(&[Saturday], 13, 17, 4),
        band(&[Saturday, Sunday, Holiday], 23, 8, 3),
        band(&[Weekday], 8, 17, 2),
        band(&[Weekday], 23, 8, 2),
        band(&[Saturday], 8, 13, 2),
        band(&[Range(0)], 17, 22, 9),
        band(&[Range(0)], 8, 17, 8),
        band(&[Range(0)], 22, 23, 5),
        band(&[Range(0)], 23, 8, 3),
    ];
    tenant(8, bands, vec![year_end()])
}

fn at(year: i32, month: u8, day: u8, hour: u32) -> Timestamp {
    CivilDate { year, month, day }.at(time(hour), JST)
}

fn seat_lines(tenant: &Tenant, holidays: &[CivilDate], at: Timestamp) -> Option<u16> {
    let holidays = holidays.iter().copied().collect();
    capacity_at(tenant, &holidays, at).map(|capacity| capacity.seat_lines)
}

#[test]
fn a_night_belongs_to_the_day_on_which_it_began() {
    // R-L3; 2026-04-05 is a Sunday.
    let tenant = shizuoka();
    assert_eq!(seat_lines(&tenant, &[], at(2026, 4, 5, 7)), Some(3), "Saturday's night");
    assert_eq!(seat_lines(&tenant, &[], at(2026, 4, 5, 8)), Some(6), "Sunday");
    assert_eq!(seat_lines(&tenant, &[], at(2026, 4, 6, 7)), Some(3), "Sunday's night");
    assert_eq!(seat_lines(&tenant, &[], at(2026, 4, 6, 8)), Some(2), "Monday");
    assert_eq!(seat_lines(&tenant, &[], at(2026, 4, 7, 7)), Some(2), "Monday's night");
}

#[test]
fn the_year_end_lasts_from_its_first_midnight_to_its_last_morning() {
    // R-L3: the larger of both readings of the nights at the edges.
    let tenant = shizuoka();
    assert_eq!(seat_lines(&tenant, &[], at(2026, 12, 25, 23)), Some(2));
    assert_eq!(seat_lines(&tenant, &[], at(2026, 12, 26, 0)), Some(3));
    assert_eq!(seat_lines(&tenant, &[], at(2026, 12, 31, 21)), Some(9));
    assert_eq!(seat_lines(&tenant, &[], at(2027, 1, 1, 22)), Some(5));
    assert_eq!(seat_lines(&tenant, &[], at(2027, 1, 5, 7)), Some(3));
    assert_eq!(seat_lines(&tenant, &[], at(2027, 1, 5, 8)), Some(2));
}

#[test]
fn a_range_wins_over_a_holiday_and_a_holiday_over_a_saturday() {
    // R-L2; 2028-04-29 is a holiday on a Saturday, 2027-01-01 a holiday within the year-end.
    let tenant = shizuoka();
    let holidays = [CivilDate { year: 2028, month: 4, day: 29 }, CivilDate { year: 2027, month: 1, day: 1 }];
    assert_eq!(seat_lines(&tenant, &holidays, at(2028, 4, 29, 14)), Some(6));
    assert_eq!(seat_lines(&tenant, &[], at(2028, 4, 29, 14)), Some(4));
    assert_eq!(seat_lines(&tenant, &holidays, at(2027, 1, 1, 14)), Some(8));
}

#[test]
fn a_range_of_one_year_is_of_that_year_only() {
    let mut tenant = shizuoka();
    tenant.ranges[0].year = Some(2026);
    assert_eq!(seat_lines(&tenant, &[], at(2026, 12, 31, 18)), Some(9));
    assert_eq!(seat_lines(&tenant, &[], at(2027, 1, 4, 18)), Some(9), "it began in 2026");
    assert_eq!(seat_lines(&tenant, &[], at(2027, 12, 31, 18)), Some(5));
}

#[test]
fn the_next_edge_is_never_late() {
    let tenant = shizuoka();
    let holidays = BTreeSet::new();
    assert_eq!(next_band_edge(&tenant, &holidays, at(2026, 4, 6, 7)), at(2026, 4, 6, 8));
    assert_eq!(next_band_edge(&tenant, &holidays, at(2026, 4, 6, 8)), at(2026, 4, 6, 17));
    assert_eq!(next_band_edge(&tenant, &holidays, at(2026, 12, 25, 23)), at(2026, 12, 26, 0));
    // Minute by minute over the days around the edges of the year-end: the capacity changes at edges only.
    let mut now = at(2026, 12, 24, 0);
    while now < at(2027, 1, 7, 0) {
        let edge = next_band_edge(&tenant, &holidays, now);
        assert!(edge > now);
        let capacity = capacity_at(&tenant, &holidays, now);
        while now < edge {
            assert_eq!(capacity_at(&tenant, &holidays, now), capacity, "before the edge at {edge:?}");
            now = now + Duration::from_secs(60);
        }
        assert_eq!(now, edge, "edges are on full minutes");
    }
}

#[test]
fn the_bands_of_the_specifications_have_no_fault() {
    assert_eq!(check_bands(&shizuoka()), []);
    let kyoto = tenant(7, vec![band(&ALL_DAYS, 7, 23, 3), band(&ALL_DAYS, 23, 7, 2)], Vec::new());
    assert_eq!(check_bands(&kyoto), []);
    let whole_day = tenant(0, vec![band(&ALL_DAYS, 0, 24, 8)], Vec::new());
    assert_eq!(check_bands(&whole_day), []);
}

#[test]
fn gaps_and_overlaps_are_found_by_kind_of_day() {
    use DayKind::{Holiday, Saturday, Sunday, Weekday};
    let tenant = tenant(
        8,
        vec![
            band(&[Weekday, Sunday, Holiday], 8, 17, 2),
            band(&[Weekday, Sunday], 17, 8, 2),
            band(&[Holiday], 16, 23, 2),
            band(&[Saturday], 10, 20, 2),
        ],
        Vec::new(),
    );
    assert_eq!(
        check_bands(&tenant),
        [
            BandFault::Overlap { kind: Holiday, first: 0, second: 2, from: time(16), to: time(17) },
            BandFault::Gap { kind: Holiday, from: time(23), to: time(8) },
            BandFault::Gap { kind: Saturday, from: time(8), to: time(10) },
            BandFault::Gap { kind: Saturday, from: time(20), to: time(8) },
        ]
    );
}

#[test]
fn a_long_band_overlaps_all_that_lie_within_it() {
    use DayKind::Weekday;
    let overlaps = |bands: &[(u32, u32)]| {
        let bands = bands.iter().map(|(from, to)| band(&[Weekday], *from, *to, 2)).collect();
        let faults = check_bands(&tenant(8, bands, Vec::new()));
        let pairs = faults.into_iter().filter_map(|fault| match fault {
            BandFault::Overlap { first, second, from, to, .. } => {
                Some((first, second, from.as_millis() / 3_600_000, to.as_millis() / 3_600_000))
            }
            BandFault::Gap { .. }
            | BandFault::PastDayEnd { .. }
            | BandFault::NoDays { .. }
            | BandFault::UnknownRange { .. } => None,
        });
        pairs.collect::<Vec<_>>()
    };
    assert_eq!(overlaps(&[(8, 20), (9, 10), (15, 16)]), [(0, 1, 9, 10), (0, 2, 15, 16)]);
    assert_eq!(overlaps(&[(8, 10), (9, 12), (11, 13)]), [(0, 1, 9, 10), (1, 2, 11, 12)]);
    assert_eq!(overlaps(&[(8, 12), (9, 12), (10, 11)]), [(0, 1, 9, 12), (0, 2, 10, 11)]);
    assert_eq!(overlaps(&[(8, 10), (10, 12), (12, 8)]), []);
}

#[test]
fn a_fault_says_where_it_is_and_what_to_do() {
    let (kind, from, to) = (DayKind::Weekday, time(8), time(10));
    let faults = [
        BandFault::Gap { kind, from, to },
        BandFault::Overlap { kind, first: 0, second: 2, from, to },
        BandFault::PastDayEnd { band: 1 },
        BandFault::NoDays { band: 1 },
        BandFault::UnknownRange { band: 1, range: 7 },
    ];
    assert_eq!(
        faults.map(|fault| fault.to_string()),
        [
            "no band covers 08:00 to 10:00 on Weekday: add one or lengthen a neighbour",
            "bands 0 and 2 both cover 08:00 to 10:00 on Weekday: shorten one of them",
            "band 1 runs past day_start: split it there, or move day_start to its end",
            "band 1 names no kind of day: name at least one",
            "band 1 names date range 7, which the tenant does not have",
        ]
    );
}

#[test]
fn a_band_may_not_run_past_the_day() {
    let tenant = tenant(0, vec![band(&ALL_DAYS, 7, 23, 3), band(&ALL_DAYS, 23, 7, 2)], Vec::new());
    let faults = check_bands(&tenant);
    assert!(faults.contains(&BandFault::PastDayEnd { band: 1 }), "{faults:?}");
    assert!(
        faults.contains(&BandFault::Gap { kind: DayKind::Weekday, from: time(0), to: time(7) }),
        "{faults:?}"
    );
}

#[test]
fn a_range_needs_bands_and_bands_need_their_range() {
    let mut tenant = shizuoka();
    tenant.bands.push(band(&[DayKind::Range(1)], 8, 8, 2));
    tenant.bands.push(band(&[], 8, 8, 2));
    assert_eq!(
        check_bands(&tenant),
        [BandFault::UnknownRange { band: 12, range: 1 }, BandFault::NoDays { band: 13 }]
    );

    tenant.bands.truncate(8);
    assert_eq!(
        check_bands(&tenant),
        [BandFault::Gap { kind: DayKind::Range(0), from: time(8), to: time(8) }]
    );
}

#[test]
fn a_range_from_new_year_on_begins_at_midnight_though_the_day_goes_on() {
    let new_year = DateRange { name: "x".into(), from: (1, 1, time(0)), to: (1, 4, time(8)), year: None };
    let bands = vec![band(&ALL_DAYS, 8, 8, 2), band(&[DayKind::Range(0)], 8, 8, 1)];
    let tenant = tenant(8, bands, vec![new_year]);
    assert_eq!(next_band_edge(&tenant, &BTreeSet::new(), at(2026, 12, 31, 12)), at(2027, 1, 1, 0));
    assert_eq!(seat_lines(&tenant, &[], at(2026, 12, 31, 23)), Some(2));
    assert_eq!(seat_lines(&tenant, &[], at(2027, 1, 1, 0)), Some(1));
}

#[test]
fn a_range_that_ends_as_it_begins_lasts_all_year() {
    let all_year = DateRange { name: "x".into(), from: (4, 1, time(0)), to: (4, 1, time(0)), year: None };
    let bands = vec![band(&ALL_DAYS, 8, 8, 2), band(&[DayKind::Range(0)], 8, 8, 1)];
    let tenant = tenant(8, bands, vec![all_year]);
    for (year, month, day) in [(2026, 4, 1), (2026, 8, 13), (2027, 3, 31)] {
        assert_eq!(seat_lines(&tenant, &[], at(year, month, day, 12)), Some(1), "{year}-{month}-{day}");
    }
}

#[test]
fn a_range_of_a_few_hours_within_one_day_needs_no_band_before_and_after() {
    let open_house =
        DateRange { name: "x".into(), from: (8, 13, time(10)), to: (8, 13, time(20)), year: None };
    let mut tenant = tenant(8, vec![band(&ALL_DAYS, 8, 8, 2)], vec![open_house]);
    tenant.bands.push(band(&[DayKind::Range(0)], 10, 19, 1));
    assert_eq!(
        check_bands(&tenant),
        [BandFault::Gap { kind: DayKind::Range(0), from: time(19), to: time(20) }]
    );
    tenant.bands.push(band(&[DayKind::Range(0)], 19, 20, 1));
    assert_eq!(check_bands(&tenant), []);
}

#[test]
fn a_range_shorter_than_a_day_needs_its_own_hours_only() {
    let short = DateRange { name: "x".into(), from: (8, 13, time(20)), to: (8, 14, time(10)), year: None };
    let mut tenant = tenant(8, vec![band(&ALL_DAYS, 8, 8, 2)], vec![short]);
    tenant.bands.push(band(&[DayKind::Range(0)], 20, 8, 1));
    assert_eq!(
        check_bands(&tenant),
        [BandFault::Gap { kind: DayKind::Range(0), from: time(8), to: time(10) }]
    );
    tenant.bands.push(band(&[DayKind::Range(0)], 8, 10, 1));
    assert_eq!(check_bands(&tenant), []);
    assert_eq!(seat_lines(&tenant, &[], at(2026, 8, 13, 19)), Some(2));
    assert_eq!(seat_lines(&tenant, &[], at(2026, 8, 13, 20)), Some(1));
    assert_eq!(seat_lines(&tenant, &[], at(2026, 8, 14, 9)), Some(1));
    assert_eq!(seat_lines(&tenant, &[], at(2026, 8, 14, 10)), Some(2));
}
