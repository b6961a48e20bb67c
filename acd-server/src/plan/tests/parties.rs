//! The way out and the directory, as the core gets them, and what is doubtful about them (R-T2, R-L8).

use std::path::Path;
use std::time::Duration;

use acd_core::plan::{Directory, EntryKind};
use acd_core::{AreaId, CivilDate, DestinationId, DialledNumber, TenantId, TimeOfDay, Timestamp, TrunkId};

use crate::plan::{PlanFile, render_json, render_text, warnings};

fn example() -> PlanFile {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/plans/parties.toml");
    PlanFile::load(&path).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

fn directory<'p>(plan: &'p PlanFile, tenant: &str) -> &'p Directory {
    &plan.core.tenants[&TenantId::new(tenant).unwrap()].directory
}

fn entry(name: &str) -> DestinationId {
    DestinationId::new(name).unwrap()
}

/// 2026-11-21 20:00 in Japan, or later by days.
fn evening(days_later: i64) -> Timestamp {
    let date = CivilDate::from_days(CivilDate { year: 2026, month: 11, day: 21 }.days() + days_later);
    date.at(TimeOfDay::from_hm(20, 0).unwrap(), 540)
}

/// What is said of the example, without its beginning.
fn doubts(plan: &PlanFile, now: Timestamp) -> Vec<String> {
    warnings(plan, now).iter().map(ToString::to_string).collect()
}

#[test]
fn the_example_reaches_headquarters_by_municipality_area_code_and_119() {
    let plan = example();
    let shiga = directory(&plan, "shiga");
    let area = |name| AreaId::new(name).unwrap();
    let number = |digits| DialledNumber::new(digits).unwrap();
    assert_eq!(shiga.headquarters_of(area("otsu")), Some(entry("otsu_fire")));
    assert_eq!(shiga.headquarters_of(area("moriyama")), Some(entry("kusatsu_fire")));
    assert_eq!(shiga.headquarters_of(area("kyoto")), None);
    assert_eq!(shiga.headquarters_by_number(number("0771234567")), Some(entry("otsu_fire")));
    assert_eq!(shiga.mapped.get(&number("119")), Some(&entry("kusatsu_fire")));
    assert!(!shiga.free_dialling && directory(&plan, "homecare").free_dialling);
    let otsu = &shiga.entries[&entry("otsu_fire")];
    let tries: Vec<&str> = otsu.numbers.iter().map(|it| it.reveal().as_str()).collect();
    assert_eq!((tries, otsu.ring), (vec!["0775000101", "0775000102"], Duration::from_secs(15)));
    let EntryKind::FireHeadquarters(it) = &otsu.kind else { panic!("{otsu:?}") };
    assert_eq!(it.verified_on, Some(CivilDate { year: 2026, month: 10, day: 1 }));
    assert_eq!(it.consent_filed_on, Some(CivilDate { year: 2026, month: 9, day: 15 }));
    assert_eq!(it.underlying_number, Some(number("0775009119")));
    let outbound = plan.core.tenants[&TenantId::new("shiga").unwrap()].outbound.unwrap();
    assert_eq!(outbound.trunk, TrunkId::new("outbound").unwrap());
    assert!(!outbound.takes_lines);
}

#[test]
fn the_example_rings_who_is_on_duty_and_then_the_fall_backs() {
    let plan = example();
    let doctor = &directory(&plan, "homecare").entries[&entry("night_doctor")];
    let tries = |at| {
        let tries = doctor.tries(at, 540);
        tries.iter().map(|it| it.reveal().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(tries(evening(0)), ["09000000013", "09000000011", "09000000012"]);
    assert_eq!(tries(evening(1)), ["09000000014", "09000000011", "09000000012"]);
    assert_eq!(tries(evening(2)), ["09000000011", "09000000012"], "nobody is on duty");
    assert_eq!(doctor.ring, Duration::from_secs(30));
    assert!(doctor.emergency_contact.is_some());
}

#[test]
fn the_plan_as_understood_counts_numbers_and_shows_none() {
    let plan = example();
    let (text, json) = (render_text(&plan), render_json(&plan));
    for line in [
        "  out over outbound (separate, takes no lines)  showing 0770007119\n",
        "  119 reaches kusatsu_fire\n",
        "  headquarters otsu_fire  大津市消防局  ring 15 s  2 numbers for otsu 077, verified 2026-10-01, consent filed 2026-09-15, underlying number told\n",
        "  interpreter interpreters  多言語コールセンター  ring 30 s  2 numbers for chinese english portuguese\n",
        "  other_tenant clinic_line  在宅クリニック受付  ring 15 s  1 number of tenant homecare\n",
        "  free dialling allowed\n",
        "  doctors night_doctor  夜間当番医  ring 30 s  2 numbers to fall back on, 2 turns of duty until 2026-11-23 08:30, emergency contact\n",
        "  staff head_nurse  看護師長  ring 15 s  1 number\n",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    let shiga = json["tenants"].as_array().unwrap().iter().find(|it| it["name"] == "shiga").unwrap();
    assert_eq!(shiga["outbound"]["own_trunk"], false);
    assert_eq!(shiga["directory"]["emergency_numbers"]["119"], "kusatsu_fire");
    assert_eq!(shiga["directory"]["entries"][3]["of"]["municipalities"][0], "otsu");
    for shown in [text, json.to_string()] {
        assert!(!shown.contains("0900000") && !shown.contains("077500"), "a number in {shown}");
    }
}

#[test]
fn nothing_is_doubtful_until_a_verification_is_old_and_a_roster_over() {
    let plan = example();
    assert_eq!(doubts(&plan, evening(0)), Vec::<String>::new());
    let over = "tenant homecare: the roster `night_doctor` ended on 2026-11-23 at 08:30: nobody is on duty from then on; write the turns of duty that follow";
    assert_eq!(doubts(&plan, evening(2)), [over]);
    // 180 days after 2026-10-01 are over with 2027-03-30.
    let last_day = CivilDate { year: 2027, month: 3, day: 30 }.days()
        - CivilDate { year: 2026, month: 11, day: 21 }.days();
    assert_eq!(doubts(&plan, evening(last_day)), [over]);
    let later = doubts(&plan, evening(last_day + 1));
    let old = "tenant shiga: the number of headquarters `otsu_fire` was verified on 2026-10-01, more than 180 days ago (R-T2); call them, and write the day as verified_on";
    assert_eq!(later.len(), 3, "{later:#?}");
    assert!(later.iter().any(|it| it == old), "{later:#?}");
}

#[test]
fn what_headquarters_and_rosters_lack_is_doubtful() {
    let mut plan = example();
    for (id, tenant) in &mut plan.core.tenants {
        if let Some(outbound) = &mut tenant.outbound {
            outbound.takes_lines = id.as_str() == "shiga";
        }
        for entry in tenant.directory.entries.values_mut() {
            if let EntryKind::FireHeadquarters(it) = &mut entry.kind {
                (it.verified_on, it.consent_filed_on, it.underlying_number) = (None, None, None);
            }
            entry.numbers.truncate(1);
            entry.emergency_contact = None;
        }
        tenant.directory.entries.remove(&entry("kusatsu_fire"));
    }
    assert_eq!(
        doubts(&plan, evening(0)),
        [
            "tenant homecare: the roster `night_doctor` has 1 fall-backs, fewer than 2 (R-T3); write whom to call when who is on duty does not answer",
            "tenant homecare: the roster `night_doctor` has no emergency contact for when nobody answers (R-T8); write one as emergency_contact",
            "tenant shiga: parties are dialled over the tenant's own trunk `outbound`, and each takes a line of the callers' (R-L8); give the tenant a separate outbound trunk, or count those lines in",
            "tenant shiga: nobody has verified the number of headquarters `otsu_fire` (R-T2); call them, and write the day as verified_on",
            "tenant shiga: headquarters `otsu_fire` have no back-up number (R-T2); ask for one, and write it as backup_number",
            "tenant shiga: our consent is not filed with headquarters `otsu_fire`: they cannot ask a carrier where a silent caller is (R-T6); file it, and write the day as consent_filed_on",
            "tenant shiga: headquarters `otsu_fire` do not know the number that lies under the tenant's (裏番号): they cannot ask a carrier where a silent caller is (R-T6); tell them, and write it as underlying_number",
        ]
    );
}
