//! The plan in the program is what the specifications say.

use std::time::Duration;

use acd_core::plan::{Guidance, Login, RecordingPolicy, Tenant, capacity_at};
use acd_core::{CivilDate, DialledNumber, SeatId, TenantId, TimeOfDay, Timestamp};

use crate::plan::{DigestAlgorithm, Files, PlanFile, PromptAudio, PromptSource, files};

fn tenant<'p>(plan: &'p PlanFile, name: &str) -> &'p Tenant {
    plan.core.tenants.get(&TenantId::new(name).unwrap()).expect("the tenant is in the plan")
}

/// An instant in Japan, such as `2026-11-23 08:00`.
fn instant(at: &str) -> Timestamp {
    let number = |range: std::ops::Range<usize>| at[range].parse::<u32>().unwrap();
    let date = CivilDate {
        year: at[0..4].parse().unwrap(),
        month: u8::try_from(number(5..7)).unwrap(),
        day: u8::try_from(number(8..10)).unwrap(),
    };
    date.at(TimeOfDay::from_hm(number(11..13), number(14..16)).unwrap(), 540)
}

/// Seat lines and guidance lines of a tenant at an instant.
fn lines(plan: &PlanFile, name: &str, at: &str) -> Option<(u16, u16)> {
    let capacity = capacity_at(tenant(plan, name), &plan.core.holidays, instant(at));
    capacity.map(|lines| (lines.seat_lines, lines.guidance_lines))
}

#[test]
fn the_built_in_plan_loads_and_has_five_tenants_by_number() {
    let plan = PlanFile::built_in();
    let reached = |number: &str| {
        let number = DialledNumber::new(number).unwrap();
        let found: Vec<&str> = plan
            .core
            .tenants
            .iter()
            .filter(|(_, tenant)| tenant.numbers.contains_key(&number))
            .map(|(id, _)| id.as_str())
            .collect();
        found.join(" ")
    };
    assert_eq!(reached("0300007119"), "fdma");
    assert_eq!(reached("0770007119"), "shiga");
    assert_eq!(reached("0540008000"), "shizuoka");
    assert_eq!(reached("0750007119"), "kyoto");
    assert_eq!(reached("0440001000"), "homecare");
    assert_eq!(plan.core.tenants.len(), 5);
    assert_eq!(tenant(&plan, "shizuoka").response_rate_target_permille, Some(891));
    assert_eq!(tenant(&plan, "kyoto").response_rate_target_permille, Some(800));
    for (id, tenant) in &plan.core.tenants {
        for number in tenant.numbers.values() {
            assert_eq!(number.recording, RecordingPolicy::FromAnswer, "{id}");
            let taped = matches!(number.guidance, Guidance::Tape(_));
            assert_eq!(taped, id.as_str() != "homecare", "{id}: only a clinic has no guidance (R-G1)");
        }
        assert!(tenant.waiting.music.is_some() && tenant.hold_music.is_some(), "{id} is never silent (R-G3)");
    }
}

#[test]
fn it_listens_on_this_host_only() {
    assert!(PlanFile::built_in().shell.is_loopback());
}

#[test]
fn seats_are_as_they_are_documented() {
    let plan = PlanFile::built_in();
    assert_eq!(plan.core.seats.len(), 20);
    for (number, (id, seat)) in (101_u32..).zip(&plan.core.seats) {
        assert_eq!(id.as_str(), format!("seat{number}"));
        let login = if number <= 110 { Login::ByCommand } else { Login::OnRegister };
        assert_eq!(seat.login, login, "{id}");
        let serves: Vec<(&str, u16)> =
            seat.serves.iter().map(|(id, priority)| (id.as_str(), *priority)).collect();
        let shizuoka_alone = (108..=110).contains(&number) || number >= 116;
        if shizuoka_alone {
            assert_eq!(serves, [("shizuoka", 1)], "{id}");
        } else {
            assert_eq!(serves, [("fdma", 1), ("homecare", 1), ("kyoto", 1), ("shiga", 1)], "{id}");
        }
        assert_eq!(seat.wrap_up_max, Some(Duration::ZERO), "{id}");
    }
    let seat = &plan.shell.seats[&SeatId::new("seat101").unwrap()];
    assert_eq!(seat.user, "seat101");
    let algorithms: Vec<DigestAlgorithm> = seat.ha1.iter().map(|ha1| ha1.algorithm).collect();
    assert_eq!(algorithms, [DigestAlgorithm::Md5]);
    // printf %s 'seat101:acd:demo-101' | md5sum
    assert_eq!(seat.ha1[0].hex.reveal(), "4488f4bb68737e2b3a1c1c61c2156553");
}

#[test]
fn no_password_and_no_hash_is_in_the_debug_output() {
    let shown = format!("{:?}", PlanFile::built_in());
    assert!(!shown.contains("demo-"));
    assert!(!shown.contains("4488f4bb68737e2b3a1c1c61c2156553"));
}

#[test]
fn every_prompt_can_be_played_and_lasts_as_long_as_the_plan_thinks() {
    let plan = PlanFile::built_in();
    assert_eq!(plan.shell.prompts.len(), 9);
    for (id, prompt) in &plan.shell.prompts {
        assert!(matches!(prompt.source, PromptSource::Embedded(_)), "{id}");
        assert_eq!(prompt.audio().unwrap().duration_ms(), u64::from(prompt.duration_ms), "{id}");
        assert_eq!(prompt.text.is_none(), id.as_str() == "music", "{id}: speech has its text beside it");
    }
}

#[test]
fn the_music_has_no_gap() {
    let plan = PlanFile::built_in();
    let (_, music) = plan.shell.prompts.iter().find(|(id, _)| id.as_str() == "music").unwrap();
    let PromptAudio::Linear(samples) = music.audio().unwrap() else { panic!("the music is a WAV") };
    // R-G3: no silence over 100 ms, which is 800 samples.
    for (index, window) in samples.chunks(800).enumerate() {
        let loudest = window.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
        assert!(loudest > 300, "silence at {} ms", index * 100);
    }
}

#[test]
fn the_fdma_shiga_and_kyoto_lines_are_as_specified() {
    let plan = PlanFile::built_in();
    assert_eq!(lines(&plan, "fdma", "2026-11-21 03:00"), Some((8, 2)));
    assert_eq!(lines(&plan, "shiga", "2026-12-31 23:59"), Some((2, 2)));
    assert_eq!(lines(&plan, "kyoto", "2026-11-21 06:59"), Some((2, 0)));
    assert_eq!(lines(&plan, "kyoto", "2026-11-21 07:00"), Some((3, 0)));
    assert_eq!(lines(&plan, "kyoto", "2026-11-21 22:59"), Some((3, 0)));
    assert_eq!(lines(&plan, "kyoto", "2026-11-21 23:00"), Some((2, 0)));
    assert_eq!(lines(&plan, "kyoto", "2026-11-22 00:00"), Some((2, 0)));
}

#[test]
fn the_shizuoka_lines_are_as_specified() {
    let plan = PlanFile::built_in();
    let cases: &[(&str, u16)] = &[
        // Tuesday
        ("2026-11-24 08:00", 2),
        ("2026-11-24 16:59", 2),
        ("2026-11-24 17:00", 5),
        ("2026-11-24 22:59", 5),
        ("2026-11-24 23:00", 2),
        ("2026-11-25 07:59", 2),
        // Saturday
        ("2026-11-21 07:59", 2),
        ("2026-11-21 08:00", 2),
        ("2026-11-21 12:59", 2),
        ("2026-11-21 13:00", 4),
        ("2026-11-21 17:00", 7),
        ("2026-11-21 23:00", 3),
        ("2026-11-22 07:59", 3),
        // Sunday, and its night until Monday, which here is a holiday (勤労感謝の日)
        ("2026-11-22 08:00", 6),
        ("2026-11-22 17:00", 7),
        ("2026-11-22 23:00", 3),
        ("2026-11-23 07:59", 3),
        ("2026-11-23 08:00", 6),
        ("2026-11-23 22:59", 7),
        ("2026-11-24 07:59", 3),
        // 国民の休日 between 敬老の日 and 秋分の日
        ("2026-09-22 08:00", 6),
        // 昭和の日 on a Saturday: a holiday, not a Saturday
        ("2028-04-29 08:00", 6),
        ("2028-04-29 13:00", 6),
        ("2028-04-22 13:00", 4),
        // The year's end and its edges: 2026-12-25 is a Friday, 2027-01-05 a Tuesday
        ("2026-12-25 22:59", 5),
        ("2026-12-25 23:59", 2),
        ("2026-12-26 00:00", 3),
        ("2026-12-26 07:59", 3),
        ("2026-12-26 08:00", 8),
        ("2026-12-31 17:00", 9),
        ("2026-12-31 21:59", 9),
        ("2026-12-31 22:00", 5),
        ("2026-12-31 23:00", 3),
        ("2027-01-01 08:00", 8),
        ("2027-01-04 23:00", 3),
        ("2027-01-05 07:59", 3),
        ("2027-01-05 08:00", 2),
        ("2027-01-05 17:00", 5),
    ];
    for (at, seat_lines) in cases {
        assert_eq!(lines(&plan, "shizuoka", at), Some((*seat_lines, 2)), "{at}");
    }
}

#[test]
fn the_clinic_is_open_at_night_and_on_holidays_and_at_any_hour_in_the_demonstration() {
    let plan = PlanFile::built_in();
    let open = Some((2, 1));
    let cases = [
        ("2026-11-20 08:29", open), // Friday morning: Thursday's night
        ("2026-11-20 08:30", None),
        ("2026-11-20 17:59", None),
        ("2026-11-20 18:00", open),
        ("2026-11-21 12:00", open), // Saturday
        ("2026-11-22 12:00", open), // Sunday
        ("2026-11-23 12:00", open), // holiday
        ("2026-11-24 08:29", open),
        ("2026-11-24 08:30", None),
    ];
    for (at, expected) in cases {
        assert_eq!(lines(&plan, "homecare", at), expected, "{at}");
        assert_eq!(lines(&PlanFile::built_in_demo(), "homecare", at), open, "{at}");
    }
    assert_eq!(tenant(&PlanFile::built_in_demo(), "fdma"), tenant(&plan, "fdma"));
}

#[test]
fn the_same_plan_from_the_disk_is_the_same_but_for_where_its_audio_is() {
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/plans"));
    let from_disk = PlanFile::load(&folder.join("builtin.toml")).unwrap();
    let built_in = PlanFile::built_in();
    assert_eq!(from_disk.core, built_in.core);
    for (id, prompt) in &from_disk.shell.prompts {
        assert_eq!(prompt.audio().unwrap(), built_in.shell.prompts[id].audio().unwrap(), "{id}");
    }
}

#[test]
fn the_bench_plan_is_as_the_load_tests_want_it() {
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/plans"));
    let plan = PlanFile::load(&folder.join("bench.toml")).unwrap();
    let number = |number: &str| {
        let dialled = DialledNumber::new(number).unwrap();
        let tenant = plan.core.tenants.values().find(|tenant| tenant.numbers.contains_key(&dialled)).unwrap();
        let settings = &tenant.numbers[&dialled];
        let Guidance::Tape(prompt) = settings.guidance else { panic!("{number} has guidance") };
        let lines = tenant.bands[0].capacity.unwrap().total();
        (plan.shell.prompts[&prompt].duration_ms, settings.recording, lines)
    };
    assert_eq!(number("7119"), (8_000, RecordingPolicy::FromAnswer, 4_000));
    assert_eq!(number("7120"), (8_000, RecordingPolicy::Off, 4_000));
    assert_eq!(number("7130"), (1_000, RecordingPolicy::Off, 4_000));
    assert_eq!(plan.core.seats.len(), 4_000);
    for (id, seat) in &plan.core.seats {
        assert_eq!((seat.login, seat.serves.len()), (Login::Always, 3), "{id}");
        assert_eq!(seat.wrap_up_max, Some(Duration::ZERO));
        assert_eq!(seat.not_answering_retry, Some(Duration::from_secs(1)));
        assert_eq!(seat.unreachable_retry, Some(Duration::from_secs(1)));
        let contact = plan.shell.seats[id].static_contact.as_ref().unwrap();
        assert_eq!(contact.address, "127.0.0.1:16000".parse().unwrap());
    }
    assert_eq!(plan.shell.media.timeout, None);
    assert_eq!((plan.shell.media.rtp_port_first, plan.shell.media.rtp_port_last), (17_000, 29_998));
}

#[test]
fn the_embedded_audio_is_all_used() {
    assert_eq!(files::EMBEDDED.len(), PlanFile::built_in().shell.prompts.len());
    assert!(Files::Embedded.read("builtin:none.wav").is_err());
}
