//! Figures of months, and months that are closed.

use super::*;
use crate::report::{ReportError, answer};

/// The options of a month's figures in JSON.
fn november(folder: &Folder) -> Report {
    Report {
        form: "figures".into(),
        date: None,
        month: Some("2026-11".into()),
        ..folder.options("figures.json")
    }
}

fn closing(folder: &Folder) -> Report {
    Report { close: true, out: None, ..november(folder) }
}

fn figures(options: &Report) -> Value {
    let path = write(options, at("2026-12-01T09:00:00+09:00")).unwrap();
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The journal goes on to the end of November with nothing in it.
fn quiet_end(folder: &Folder) {
    let begun = at("2026-11-21T11:00:01+09:00");
    let end = at("2026-12-01T08:00:01+09:00");
    folder.live(
        built_in(),
        &[(begun, Input::NodeStarted { down_since: Some(begun) }), (end, Input::TimePassed)],
    );
}

/// R-A13: month 11 of the morning's two calls, one of them handled after 27.9 s of guidance and 7 s of ringing.
#[test]
fn a_month_has_its_days_and_hours() {
    let folder = Folder::new();
    folder.live(built_in(), &morning());
    let month = figures(&november(&folder));
    assert_eq!(month["days"].as_array().unwrap().len(), 30);
    assert_eq!(month["hours"].as_array().unwrap().len(), 720);
    assert_eq!(month["days"][20]["raw"]["offered"], 2);
    assert_eq!(month["total"]["raw"]["talk_ms"], 180_000);
    assert_eq!(month["total"]["figures"]["response_rate"]["printed"], "50.0");
    assert_eq!(month["total"]["figures"]["response_rate"]["target_met"], false);
    assert_eq!(month["months"][0]["month"], "2026-11");
    assert_eq!(month["profile"], "kyoto");
    assert_eq!(month["purpose"], "report");
    // Kyoto's list of consultations begins its days at 8:00: the call of 9:59 is in its second column.
    assert_eq!(month["consultation_list"]["days"][20]["hours"][1]["count"], 1);
    assert_eq!(month["reconciliation"]["agrees"], true);

    let year = Report { month: None, year: Some("2026".into()), ..november(&folder) };
    let year = figures(&year);
    assert_eq!(year["days"].as_array().unwrap().len(), 365);
    assert_eq!(year["months"][7]["raw"], month["total"]["raw"]);
    assert_eq!(year["total"]["raw"]["offered"], 2);
}

#[test]
fn another_profile_looks_at_the_same_facts() {
    let folder = Folder::new();
    folder.live(built_in(), &morning());
    let shiga = Report { profile: Some("shiga".into()), ..november(&folder) };
    let day = |it: &Value| it["days"][20]["figures"].clone();
    // Kyoto: talk 180 s and no wrap-up in the built-in plan; Shiga: handling is wrap-up alone.
    assert_eq!(day(&figures(&november(&folder)))["mean_handling"]["printed"], "3.0");
    assert_eq!(day(&figures(&shiga))["mean_handling"]["printed"], "0.0");
    let unknown = Report { profile: Some("osaka".into()), ..november(&folder) };
    assert!(matches!(write(&unknown, on_day("12:00:00")), Err(ReportError::UnknownProfile(_))));
}

#[test]
fn figures_are_text_for_a_spreadsheet_too_and_no_workbook() {
    let folder = Folder::new();
    folder.live(built_in(), &morning());
    let csv = Report { out: Some(folder.0.join("figures.csv")), ..november(&folder) };
    let text = fs::read_to_string(write(&csv, on_day("12:00:00")).unwrap()).unwrap();
    let line = text.lines().find(|it| it.starts_with("日,2026-11-21,土")).unwrap();
    assert!(line.starts_with("日,2026-11-21,土,,2,1,50.0,"), "{line}");
    let xlsx = Report { out: Some(folder.0.join("figures.xlsx")), ..november(&folder) };
    assert!(matches!(write(&xlsx, on_day("12:00:00")), Err(ReportError::NoWorkbook(_))));
}

/// R-A13: revision 1, nothing new, then facts that came later, then another definition.
#[test]
fn a_closed_month_gets_a_revision_for_what_came_later_and_for_nothing_else() {
    let folder = Folder::new();
    folder.live(built_in(), &morning());
    quiet_end(&folder);
    let first = at("2026-12-05T09:00:00+09:00");
    let close = |options: &Report, at| answer(options, at).unwrap();
    let said = close(&closing(&folder), first);
    assert!(said.starts_with("2026-11 closed as revision 1: "), "{said}");
    assert_eq!(close(&closing(&folder), first), "2026-11 is unchanged since revision 1");

    // A journal that was brought back has a call more, at 11:30 on the 22nd, who gave up in guidance.
    let later = Folder::new();
    let mut inputs = morning();
    inputs.push((at("2026-11-22T11:30:00+09:00"), arrival(3)));
    let end = CallerLegEnd::Cancelled;
    inputs.push((at("2026-11-22T11:30:09+09:00"), Input::CallerLegEnded { call: CallId(3), end }));
    later.live(built_in(), &inputs);
    let begun = at("2026-11-22T11:40:00+09:00");
    let last = at("2026-12-01T08:00:01+09:00");
    later.live(
        built_in(),
        &[(begun, Input::NodeStarted { down_since: Some(begun) }), (last, Input::TimePassed)],
    );
    fs::rename(folder.0.join("closed"), later.0.join("closed")).unwrap();
    let said = close(&closing(&later), first);
    assert!(said.starts_with("2026-11 closed as revision 2: "), "{said}");
    for words in [
        "計：入電件数 2→3件",
        "2026-11-22：入電件数 0→1件",
        "2026/11/22 11:00:00.000からの1時間：放棄・ガイダンス中 0→1件",
    ] {
        assert!(said.contains(words), "{words} in {said}");
    }

    let listed = answer(&Report { revisions: true, out: None, ..november(&later) }, first).unwrap();
    assert!(
        listed
            .contains("revision 1 final, closed 2026-12-05T09:00:00.000+09:00: offered 2, handled 1, 50.0 %"),
        "{listed}"
    );
    assert!(listed.contains("IS ANOTHER ONE"), "the first was made of another journal: {listed}");
    assert!(listed.contains("revision 2 final"), "{listed}");
    assert!(listed.contains("unchanged"), "{listed}");

    // R-A14: a revision that says nothing of figures leaves nothing; what changed, and what is listed, does.
    let stated = fs::read_to_string(later.0.join("exports.jsonl")).unwrap();
    let stated: Vec<Value> = stated.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let words: Vec<_> = stated.iter().map(|it| it["what"].as_str().unwrap()).collect();
    assert_eq!(words, ["report --close", "report --revisions"]);
    assert!(stated.iter().all(|it| it["purpose"] == "report" && it["range"]["period"] == "2026-11"));
}

/// R-A13: a definition that changes is a revision with its words.
#[test]
fn another_definition_is_another_revision() {
    let folder = Folder::new();
    folder.live(built_in(), &morning());
    quiet_end(&folder);
    let plan = |accounting: &str| {
        let path = folder.0.join("plan.toml");
        let text = include_str!("../../../../deploy/plans/builtin.toml")
            .replace(r#"accounting = { profile = "kyoto", keep_years_after_annual_report = 3 }"#, accounting);
        fs::write(&path, text).unwrap();
        Report { config: Some(path), ..closing(&folder) }
    };
    let when = at("2026-12-05T09:00:00+09:00");
    let said =
        answer(&plan(r#"accounting = { profile = "kyoto", keep_years_after_annual_report = 3 }"#), when)
            .unwrap();
    assert!(said.contains("revision 1"), "{said}");
    let narrow = r#"accounting = { profile = "kyoto", ringing_counts_as_waiting = false }"#;
    let said = answer(&plan(narrow), when).unwrap();
    assert!(said.contains("revision 2"), "{said}");
    assert!(said.contains("算出条件「待機時間」：席が待機又は呼出の状態にあった時間。"), "{said}");
}

/// The contract wants March on the 31st itself: preliminary, and final afterwards. No other month, and no other client's.
#[test]
fn only_kyotos_march_is_closed_on_its_last_day() {
    let folder = Folder::new();
    let begun = at("2026-11-01T00:00:00+09:00");
    let last = at("2027-03-31T17:00:00+09:00");
    folder.live(built_in(), &[(begun, Input::NodeStarted { down_since: None }), (last, Input::TimePassed)]);
    let march = Report { month: Some("2027-03".into()), ..closing(&folder) };
    let on_the = |options: &Report, day: &str| answer(options, at(&format!("{day}T18:00:00+09:00")));
    assert!(matches!(on_the(&march, "2027-03-30"), Err(ReportError::NotOver { .. })));
    let said = on_the(&march, "2027-03-31").unwrap();
    assert!(said.starts_with("2027-03 closed as revision 1 (preliminary)"), "{said}");
    let fdma = Report { tenant: "fdma".into(), ..march.clone() };
    assert!(matches!(on_the(&fdma, "2027-03-31"), Err(ReportError::NotOver { .. })));
    assert!(matches!(on_the(&closing(&folder), "2026-11-30"), Err(ReportError::NotOver { .. })));

    let night = at("2027-04-01T08:00:01+09:00");
    let begun = at("2027-03-31T17:00:01+09:00");
    folder.live(
        built_in(),
        &[(begun, Input::NodeStarted { down_since: Some(begun) }), (night, Input::TimePassed)],
    );
    let said = on_the(&march, "2027-04-01").unwrap();
    assert!(said.contains("revision 2: "), "{said}");
    assert!(said.contains("暫定→確定"), "{said}");
}
