//! Gaps and overlaps are found beside other errors, and nothing false is said where something cannot be read.

use super::super::{changed, errors};

/// The small plan with these bands, from line 26 on.
fn with_bands(bands: &str) -> String {
    let whole_band = "[[tenants.bands]]\ndays = [\"every\"]\nfrom = \"00:00\"\nto = \"24:00\"\nseat_lines = 2\nguidance_lines = 2\n";
    changed(whole_band, bands)
}

/// One band of two seat lines.
fn band(days: &str, from: &str, to: &str) -> String {
    format!("[[tenants.bands]]\ndays = {days}\nfrom = {from:?}\nto = {to:?}\nseat_lines = 2\n")
}

#[test]
fn every_error_of_a_tenant_is_said_at_once() {
    let text = r#"format = 1
[[trunks]]
name = "carrier"
networks = ["127.0.0.0/8"]
[prompts.w]
audio = "builtin:ja_waiting.wav"
[[tenants]]
name = "t1"
title = "x"
waiting_message = "w"
numbers = [{ number = "0300007119", guidance = "none" }]
bands = [{ days = ["weekday"], from = "00:00", to = "12:00", seat_lines = 2, seat_lines_min = 3 },
 { days = ["weekday"], from = "11:00", to = "24:00", seat_lines = 2 },
 { days = ["saturday"], from = "01:00", to = "24:00", seat_lines = 2 },
 { days = ["sunday"], from = "00:00", to = "24:00", seat_lines = 2, bogus = 1 }]
[[seats]]
name = "s1"
password = "p"
serves = { t1 = 1 }
"#;
    let coverage = [
        "plan.toml:13:2: the band covers `weekday` from 11:00 to 12:00, as the band of line 12 does; shorten one of them",
        "plan.toml:14:2: no band covers `saturday` from 00:00 to 01:00; let a neighbouring band go on, add one, or add one with closed = true",
    ];
    let holiday =
        "plan.toml:7:1: no band covers `holiday` at all; name it in the `days` of the bands that it has";
    let minimum = "plan.toml:12:75: `seat_lines` is 2, less than `seat_lines_min`; use at least 3: the specification demands it (R-L2)";
    let unknown = "plan.toml:15:69: unknown key `bogus` in [[tenants.bands]]; use one of `days`, `from`, `to`, `seat_lines`, `seat_lines_min`, `guidance_lines`, `closed`";
    assert_eq!(errors(text), [holiday, minimum, coverage[0], coverage[1], unknown]);
    let mended = text.replace(", seat_lines_min = 3", "").replace(", bogus = 1", "");
    assert_eq!(errors(&mended), [holiday, coverage[0], coverage[1]]);
}

#[test]
fn a_band_whose_time_cannot_be_read_hides_the_gaps_of_its_days_alone() {
    let text = with_bands(
        &[
            band(r#"["weekday", "holiday"]"#, "00:00", "12.00"),
            band(r#"["weekday"]"#, "12:00", "20:00"),
            band(r#"["weekday"]"#, "19:00", "24:00"),
            band(r#"["saturday"]"#, "00:00", "23:00"),
        ]
        .concat(),
    );
    assert_eq!(
        errors(&text),
        [
            "plan.toml:16:1: no band covers `sunday` at all; name it in the `days` of the bands that it has",
            r#"plan.toml:29:6: `to` "12.00" is no time of day; write HH:MM from 00:00 to 24:00"#,
            "plan.toml:36:1: the band covers `weekday` from 19:00 to 20:00, as the band of line 31 does; shorten one of them",
            "plan.toml:41:1: no band covers `saturday` from 23:00 to 24:00; let a neighbouring band go on, add one, or add one with closed = true",
        ]
    );
}

#[test]
fn a_word_that_cannot_be_read_may_be_any_kind_but_those_beside_it() {
    let text = with_bands(
        &[
            band(r#"["weekday", "sundy"]"#, "00:00", "23:00"),
            band(r#"["saturday"]"#, "00:00", "12:00"),
            band(r#"["saturday"]"#, "11:00", "13:00"),
        ]
        .concat(),
    );
    assert_eq!(
        errors(&text),
        [
            "plan.toml:26:1: no band covers `weekday` from 23:00 to 24:00; let a neighbouring band go on, add one, or add one with closed = true",
            "plan.toml:27:20: `days` has the unknown kind `sundy` (did you mean `sunday`?); use some of `every`, `holiday`, `saturday`, `sunday`, `weekday`",
            "plan.toml:36:1: the band covers `saturday` from 11:00 to 12:00, as the band of line 31 does; shorten one of them",
        ]
    );
    // No days, and an entry that is no band: they may be anything.
    for unread in [
        with_bands(&band("[]", "00:00", "24:00")),
        with_bands(&band("7", "00:00", "24:00")),
        with_bands(&band(r#"["weekday", 7]"#, "00:00", "24:00")),
        with_bands("").replace("title = \"Shiga\"", "title = \"Shiga\"\nbands = [7]"),
        with_bands("").replace("title = \"Shiga\"", "title = \"Shiga\"\nbands = 7"),
    ] {
        let found = errors(&unread);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(!found[0].contains("no band covers"), "{found:?}");
    }
}

#[test]
fn a_range_that_cannot_be_read_hides_its_own_gaps_alone() {
    let range = |name: &str, from: &str| {
        format!("[[tenants.ranges]]\nname = {name:?}\nfrom = {from:?}\nto = \"01-05 08:00\"\n")
    };
    let bands = |range_days: &str| {
        [band(r#"["every"]"#, "00:00", "23:00"), band(range_days, "00:00", "12:00")].concat()
    };
    let gap = "plan.toml:26:1: no band covers `weekday`, `saturday`, `sunday`, `holiday` from 23:00 to 24:00; let a neighbouring band go on, add one, or add one with closed = true";

    let text = with_bands(&(bands(r#"["year_end"]"#) + &range("year_end", "12-32 00:00")));
    let edge = r#"plan.toml:38:8: `from` "12-32 00:00" is no instant of every year; write MM-DD HH:MM, such as 12-26 00:00, with a day that exists"#;
    assert_eq!(errors(&text), [gap, edge]);

    let text = with_bands(&(bands(r#"["year end"]"#) + &range("year end", "12-26 00:00")));
    let found = errors(&text);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0], gap);
    assert!(found[1].starts_with("plan.toml:37:8: `name` \"year end\" is no name"), "{found:?}");

    // Two kinds of one name: whose bands they are cannot be said.
    let text = with_bands(&(bands(r#"["holiday"]"#) + &range("holiday", "12-26 00:00")));
    assert_eq!(
        errors(&text),
        [
            gap.replace(", `holiday`", "").as_str(),
            "plan.toml:37:8: a kind of day `holiday` exists already; give the range a name of its own",
        ]
    );
}

#[test]
fn where_the_day_begins_must_be_known() {
    let bands = [band(r#"["every"]"#, "08:00", "20:00"), band(r#"["every"]"#, "20:00", "08:00")].concat();
    let text = |day_start: &str| {
        with_bands(&bands).replace("title = \"Shiga\"", &format!("title = \"Shiga\"\n{day_start}"))
    };
    assert_eq!(errors(&text("day_start = \"08:00\"")), Vec::<String>::new());
    for unread in ["day_start = \"8:00\"", "day_stort = \"08:00\""] {
        let found = errors(&text(unread));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("plan.toml:19:") && found[0].contains("`day_st"), "{found:?}");
    }
}

#[test]
fn a_band_past_the_days_end_hides_what_comes_of_it_alone() {
    let text = with_bands(
        &[band(r#"["weekday"]"#, "20:00", "08:00"), band(r#"["saturday", "sunday"]"#, "00:00", "23:00")]
            .concat(),
    );
    assert_eq!(
        errors(&text),
        [
            "plan.toml:16:1: no band covers `holiday` at all; name it in the `days` of the bands that it has",
            "plan.toml:26:1: the band runs past `day_start` 00:00, where the next day's bands begin; split it there, or move `day_start` to its end (R-L3)",
            "plan.toml:31:1: no band covers `saturday`, `sunday` from 23:00 to 24:00; let a neighbouring band go on, add one, or add one with closed = true",
        ]
    );
}

#[test]
fn broken_syntax_hides_the_coverage_of_its_own_tenant_alone() {
    let gap = with_bands(&band(r#"["every"]"#, "00:00", "23:00"));
    let syntax = |text: &str| errors(text).iter().filter(|error| error.contains("this is not TOML")).count();
    let gaps = |text: &str| errors(text).iter().filter(|error| error.contains("no band covers")).count();
    let elsewhere = gap.replace("password = \"demo-{n}\"", "password = demo");
    assert_eq!((syntax(&elsewhere), gaps(&elsewhere)), (1, 1), "{:?}", errors(&elsewhere));
    let within = gap.replace("days = [\"every\"]", "days = every");
    assert_eq!((syntax(&within), gaps(&within)), (1, 0), "{:?}", errors(&within));
}

#[test]
fn bands_below_a_broken_header_are_not_held_against_the_tenant_above() {
    let whole = band(r#"["every"]"#, "00:00", "24:00");
    let next = "[[tenants]\nname = \"kyoto\"\ntitle = \"Kyoto\"\nwaiting_message = \"waiting\"\n";
    let found = errors(&with_bands(&[whole.as_str(), next, whole.as_str()].concat()));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("plan.toml:31:11: this is not TOML: unclosed array table"), "{found:?}");
}
