//! What is no error, and cannot have been meant: said with its place.

use std::path::Path;

use acd_core::Timestamp;

use super::{SMALL, changed, doubts};
use crate::plan::{PlanFile, warnings};

const NONE: &[&str] = &[];
const TITLE: &str = "title = \"Shiga\"\n";
const BANDS: &str = "[[tenants.bands]]";
const OUTBOUND: &str =
    "[tenants.outbound]\ntrunk = \"carrier\"\nown_trunk = false\nnumber_shown = \"0770007119\"\n";

/// The small plan with ranges, each with its own band, from line 18 on.
fn with_ranges(ranges: &[&str]) -> Vec<String> {
    let names: Vec<String> = (0..ranges.len()).map(|at| format!("\"r{at}\"")).collect();
    let ranges: Vec<String> =
        ranges.iter().enumerate().map(|(at, it)| format!("  {{ name = \"r{at}\", {it} }},\n")).collect();
    let text = changed(TITLE, &format!("{TITLE}ranges = [\n{}]\n", ranges.concat()));
    doubts(&text.replace("days = [\"every\"]", &format!("days = [\"every\", {}]", names.join(", "))))
}

fn hidden(line: usize, name: &str, by: &str) -> String {
    format!(
        "plan.toml:{line}:3: the range `{name}` is never in force: what is written before it has all of it: {by}; write it before them, since the first that matches wins (R-L2), or take it out"
    )
}

#[test]
fn a_range_behind_others() {
    let august = r#"from = "08-01 00:00", to = "09-01 00:00""#;
    let bon = r#"from = "08-13 00:00", to = "08-16 00:00""#;
    let winter = r#"from = "12-20 00:00", to = "01-10 00:00""#;
    assert_eq!(with_ranges(&[august, bon]), [hidden(21, "r1", "`r0`")]);
    assert_eq!(with_ranges(&[bon, august]), NONE);
    assert_eq!(with_ranges(&[bon, bon]), [hidden(21, "r1", "`r0`")]);
    // Two together hold it; with an hour between them they do not.
    let first = r#"from = "08-01 00:00", to = "08-14 12:00""#;
    let second = r#"from = "08-14 12:00", to = "08-20 00:00""#;
    let later = r#"from = "08-14 13:00", to = "08-20 00:00""#;
    assert_eq!(with_ranges(&[second, first, bon]), [hidden(22, "r2", "`r1`, `r0`")]);
    assert_eq!(with_ranges(&[later, first, bon]), NONE);
    // Over the year's end.
    assert_eq!(
        with_ranges(&[winter, r#"from = "01-01 00:00", to = "01-04 00:00""#]),
        [hidden(21, "r1", "`r0`")]
    );
    assert_eq!(
        with_ranges(&[winter, r#"from = "12-31 00:00", to = "01-04 00:00""#]),
        [hidden(21, "r1", "`r0`")]
    );
    assert_eq!(with_ranges(&[winter, r#"from = "12-31 00:00", to = "01-11 00:00""#]), NONE);
    // One year of it is hidden by every year's and by that year's, every year is not by one year's.
    let in_year = |range: &str, year: i32| format!("{range}, year = {year}");
    assert_eq!(with_ranges(&[august, &in_year(bon, 2027)]), [hidden(21, "r1", "`r0`")]);
    assert_eq!(with_ranges(&[&in_year(august, 2027), &in_year(bon, 2027)]), [hidden(21, "r1", "`r0`")]);
    assert_eq!(with_ranges(&[&in_year(august, 2026), &in_year(bon, 2027)]), NONE);
    assert_eq!(with_ranges(&[&in_year(august, 2027), bon]), NONE);
    let january = in_year(r#"from = "01-01 00:00", to = "01-04 00:00""#, 2028);
    assert_eq!(with_ranges(&[&in_year(winter, 2027), &january]), [hidden(21, "r1", "`r0`")]);
    assert_eq!(with_ranges(&[&in_year(winter, 2028), &january]), NONE);
}

#[test]
fn a_tenant_that_is_never_open() {
    let closed = changed("seat_lines = 2\nguidance_lines = 2\n", "closed = true\n");
    let shut = "plan.toml:16:1: the tenant is closed at all hours: no caller of it is ever offered to its seats; write a band with `seat_lines`, or take the tenant out";
    assert_eq!(doubts(&closed), [shut]);
    assert_eq!(doubts(&with_a_closed_night(&closed.replace("24:00", "20:00"))), [shut]);
    assert_eq!(doubts(&with_a_closed_night(&SMALL.replace("24:00", "20:00"))), NONE);
}

fn with_a_closed_night(text: &str) -> String {
    text.replace(BANDS, "[[tenants.bands]]\ndays = [\"every\"]\nfrom = \"20:00\"\nto = \"24:00\"\nclosed = true\n\n[[tenants.bands]]")
}

#[test]
fn announcements_and_overflows_that_nobody_gets() {
    let night = with_a_closed_night(&SMALL.replace("24:00", "20:00"));
    let heard = |lines: &str| {
        doubts(&night.replace(TITLE, &format!("{TITLE}closed_announcement = \"waiting\"\n{lines}")))
    };
    assert_eq!(heard(""), NONE);
    assert_eq!(heard("closed_lines = 1\n"), NONE);
    assert_eq!(
        heard("closed_lines = 0\n"),
        [
            "plan.toml:20:16: nobody would hear the `closed_announcement`: there are 0 `closed_lines` (R-L11); use at least 1, or take the announcement out"
        ]
    );
    assert_eq!(doubts(&night.replace(TITLE, &format!("{TITLE}closed_lines = 0\n"))), NONE);

    let overflow = |text: &str, lines: &str| {
        let other = "[[tenants]]\nname = \"kyoto\"\ntitle = \"Kyoto\"\nwaiting_message = \"waiting\"\nhold_music = \"waiting\"\nnumbers = [{ number = \"0750007119\", guidance = \"none\" }]\nbands = [{ days = \"every\", from = \"00:00\", to = \"24:00\", seat_lines = 1 }]\n\n[[seats]]";
        let to = format!(
            "{TITLE}{lines}overflow = {{ tenant = \"kyoto\", on = [\"nobody_logged_in\", \"closed\"] }}\n"
        );
        let text = text.replace("[[seats]]", other).replace("{ shiga = 1 }", "{ shiga = 1, kyoto = 1 }");
        doubts(&text.replace(TITLE, &to))
    };
    assert_eq!(overflow(&night, ""), NONE);
    assert_eq!(
        overflow(&night, "closed_lines = 0\n"),
        [
            "plan.toml:19:16: nobody would overflow outside hours: there are 0 `closed_lines` (R-L11); use at least 1, or take \"closed\" out of `overflow`"
        ]
    );
    assert_eq!(
        overflow(SMALL, ""),
        [
            "plan.toml:19:58: no caller overflows because the tenant is closed: no band of it is; take \"closed\" out, or write the band with closed = true"
        ]
    );
}

#[test]
fn a_plan_of_rehearsals_alone() {
    const NETWORKS: &str = "networks = [\"127.0.0.0/8\"]";
    let rehearsal = changed(NETWORKS, &format!("{NETWORKS}\nrehearsal = true"));
    assert_eq!(
        doubts(&rehearsal),
        [
            "plan.toml:6:1: every trunk is a rehearsal's: no call would take a line or stand in a form (R-L6); add the carrier's trunk, or take rehearsal = true out"
        ]
    );
    let carrier = "[[trunks]]\nname = \"second\"\nnetworks = [\"192.0.2.0/28\"]\n\n[[tenants]]";
    assert_eq!(doubts(&rehearsal.replacen("[[tenants]]", carrier, 1)), NONE);
}

/// The small plan with a way out and this in the directory, whose first line is 32.
fn of_directory(entries: &str) -> Vec<String> {
    doubts(&changed(BANDS, &format!("{OUTBOUND}\n[tenants.directory]\n{entries}\n{BANDS}")))
}

#[test]
fn a_number_that_is_tried_twice() {
    let otsu = |backup: &str| {
        let said = of_directory(&format!(
            "[[tenants.directory.headquarters]]\nname = \"otsu\"\ntitle = \"Otsu\"\nmunicipalities = [\"otsu\"]\nnumber = \"0775000101\"\nbackup_number = \"{backup}\"\nverified_on = \"1970-01-01\"\nconsent_filed_on = \"2026-09-15\"\nunderlying_number = \"0775009119\"\n"
        ));
        said.concat()
    };
    assert_eq!(otsu("0775000102"), "");
    assert_eq!(
        otsu("0775000101"),
        "plan.toml:37:17: `backup_number` is the direct number again, which would be tried twice; ask for another one, or leave it out (R-T2)"
    );
    let roster = |fall_backs: &str| {
        of_directory(&format!(
            "[[tenants.directory.doctors]]\nname = \"d\"\ntitle = \"D\"\nfall_backs = [{fall_backs}]\nemergency_contact = \"09000000019\"\n"
        ))
    };
    assert_eq!(roster(r#""09000000011", "09000000012""#), NONE);
    assert_eq!(roster(r#""09000000011", "09000000012", "09000000011""#), NONE);
    assert_eq!(
        roster(r#""09000000011", "09000000011""#),
        [
            "tenant shiga: the roster `d` has 1 fall-backs, each counted once, fewer than 2 (R-T3); write whom to call when who is on duty does not answer"
        ]
    );
}

#[test]
fn a_directory_that_leads_back_to_the_plans_own_numbers() {
    let staff = |number: &str, contact: &str| {
        of_directory(&format!(
            "[[tenants.directory.staff]]\nname = \"nurse\"\ntitle = \"Nurse\"\nnumbers = [\"09000000011\", \"{number}\"]\nemergency_contact = \"{contact}\"\n"
        ))
    };
    let ourselves = |place: &str| {
        format!(
            "plan.toml:{place}: `nurse` would call ourselves: the number is tenant `shiga`'s of this plan; write the number of whom is meant; another client has its entry under [[tenants.directory.tenants]]"
        )
    };
    assert_eq!(staff("09000000012", "09000000019"), NONE);
    assert_eq!(staff("0770007119", "09000000019"), [ourselves("35:27")]);
    assert_eq!(staff("09000000012", "0770007119"), [ourselves("36:21")]);
    let duty = of_directory(
        "[[tenants.directory.doctors]]\nname = \"nurse\"\ntitle = \"D\"\nfall_backs = [\"09000000011\", \"09000000012\"]\nemergency_contact = \"09000000019\"\nduties = [{ from = \"2026-11-21 18:00\", to = \"2026-11-22 08:00\", number = \"0770007119\" }]\n",
    );
    assert_eq!(duty, [ourselves("37:74")]);

    // Another client is dialled by its own number on purpose.
    let other = |number: &str| {
        let kyoto = "[[tenants]]\nname = \"kyoto\"\ntitle = \"Kyoto\"\nwaiting_message = \"waiting\"\nhold_music = \"waiting\"\nnumbers = [{ number = \"0750007119\", guidance = \"none\" }]\nbands = [{ days = \"every\", from = \"00:00\", to = \"24:00\", seat_lines = 1 }]\n\n[[seats]]";
        let entry = format!(
            "{OUTBOUND}\n[[tenants.directory.tenants]]\nname = \"k\"\ntitle = \"K\"\ntenant = \"kyoto\"\nnumbers = [\"{number}\"]\n\n{BANDS}"
        );
        let text = changed(BANDS, &entry).replace("[[seats]]", kyoto);
        doubts(&text.replace("{ shiga = 1 }", "{ shiga = 1, kyoto = 1 }"))
    };
    assert_eq!(other("0750007119"), NONE);
    assert_eq!(
        other("0770007119"),
        [
            "plan.toml:35:12: `k` is tenant `kyoto`, but the number is tenant `shiga`'s of this plan; write a number of `kyoto`, or name `shiga`"
        ]
    );
}

#[test]
fn ports_for_fewer_calls_than_there_are_lines() {
    let media = |last: u16, text: &str| {
        let media = format!("[media]\nrtp_ports = {{ first = 20000, last = {last} }}\n\n[[trunks]]");
        doubts(&text.replacen("[[trunks]]", &media, 1))
    };
    let said = |has: u32, takes: &str, last: u16| {
        format!(
            "plan.toml:6:1: `rtp_ports` has {has} pairs of ports, and the lines of the plan take {takes}; calls beyond them get 503; let `last` be {last} at least, or lower the lines"
        )
    };
    // Four lines and three seats.
    let seven = "7 when all are used: 4 callers, 3 seats, 0 parties";
    assert_eq!(media(20_012, SMALL), NONE);
    assert_eq!(media(20_010, SMALL), [said(6, seven, 20_012)]);
    assert_eq!(media(20_000, SMALL), [said(1, seven, 20_012)]);
    // A party at each of the two seat lines.
    let out = changed(BANDS, &format!("{OUTBOUND}\n{BANDS}"));
    assert_eq!(media(20_016, &out), NONE);
    assert_eq!(media(20_014, &out), [said(8, "9 when all are used: 4 callers, 3 seats, 2 parties", 20_016)]);
    // A pool bounds the callers.
    let pooled = changed(TITLE, &format!("{TITLE}pool = \"p\"\n")).replacen(
        "[[tenants]]",
        "[[pools]]\nname = \"p\"\nlines = 3\n\n[[tenants]]",
        1,
    );
    assert_eq!(media(20_010, &pooled), NONE);
    assert_eq!(
        media(20_008, &pooled),
        [said(5, "6 when all are used: 3 callers, 3 seats, 0 parties", 20_010)]
    );
    // No range is that wide.
    let wide =
        SMALL.replace("seat_lines = 2", "seat_lines = 10000").replace("seat1..seat3", "seat0001..seat9999");
    let wide = wide.replace("guidance_lines = 2", "guidance_lines = 10000");
    assert_eq!(
        media(65_534, &wide),
        [
            "plan.toml:6:1: `rtp_ports` has 22768 pairs of ports, and the lines of the plan take 29999 when all are used: 20000 callers, 9999 seats, 0 parties; calls beyond them get 503; lower the lines, or spread the tenants over several switches"
        ]
    );
}

/// R-T1: on hold, and while an agent consults, a caller hears music.
#[test]
fn silence_on_hold() {
    const HOLD_MUSIC: &str = "hold_music = \"waiting\"\n";
    let silent = "tenant shiga: a caller on hold, or while an agent consults, hears nothing: there is no `hold_music` (R-T1); name a prompt as hold_music, such as that of waiting_music";
    assert_eq!(doubts(SMALL), NONE);
    assert_eq!(doubts(&changed(HOLD_MUSIC, "")), [silent]);
    // The music of the wait is not played on hold.
    assert_eq!(doubts(&changed(HOLD_MUSIC, "waiting_music = \"waiting\"\n")), [silent]);
}

#[test]
fn the_plans_that_come_with_the_program_are_in_no_doubt() {
    assert_eq!(PlanFile::built_in().doubts, []);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/plans");
    assert_eq!(PlanFile::load(&folder.join("builtin.toml")).unwrap().doubts, []);
    assert_eq!(PlanFile::load(&folder.join("parties.toml")).unwrap().doubts, []);
    let bench = warnings(&PlanFile::load(&folder.join("bench.toml")).unwrap(), Timestamp::from_millis(0));
    assert!(!bench.iter().any(|it| it.problem.contains("hold_music")), "{bench:?}");
    let said: Vec<String> =
        warnings(&PlanFile::built_in(), Timestamp::from_millis(0)).iter().map(ToString::to_string).collect();
    assert_eq!(said, NONE);
}
