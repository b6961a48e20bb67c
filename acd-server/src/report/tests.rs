//! Forms out of real journals of real switches.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use acd_core::plan::Plan;
use acd_core::{
    CallId, CallerIdentity, CallerLegEnd, CommandSource, DialledNumber, Input, LegId, RequestId, RingId,
    SeatCommand, SeatId, Switch, Timestamp, TrunkId, WithheldReason,
};
use serde_json::Value;

mod destroyed;
mod figures;

use super::{parse_date, write};
use crate::cli::Report;
use crate::clock::parse_instant;
use crate::journal::{Batch, Journal, Life, Record, Retention};
use crate::plan::PlanFile;
use reports::forms::Purpose;

/// A folder of a test's own, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("acd-report-{}-{count}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn options(&self, out: &str) -> Report {
        Report {
            form: "fdma2".into(),
            tenant: "kyoto".into(),
            date: Some("2026-11-21".into()),
            month: None,
            year: None,
            config: None,
            profile: None,
            purpose: Purpose::Report,
            close: false,
            revisions: false,
            data: self.0.clone(),
            out: Some(self.0.join(out)),
        }
    }

    fn form(&self) -> Value {
        let path = write(&self.options("form.json"), at("2026-11-22T09:00:00+09:00")).unwrap();
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    }

    /// One life of the switch with these inputs in its journal.
    fn live(&self, plan: Plan, inputs: &[(Timestamp, Input)]) {
        let (opened, _) = Journal::open(&self.0).unwrap();
        let begun = inputs[0].0;
        let life = Life { plan: &plan, at: begun, retention: Retention::default(), wake: Box::new(|| ()) };
        let journal = opened.start(life).unwrap();
        let mut switch = Switch::new(plan.clone(), begun);
        let records = inputs.iter().map(|(time, input)| {
            switch.handle(*time, input.clone());
            while switch.poll_effect().is_some() {}
            let facts = std::iter::from_fn(|| switch.poll_event()).collect();
            Record { time: *time, input: input.clone(), facts }
        });
        journal.append(Batch { records: records.collect(), ..Batch::default() });
        journal.close().unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that is left behind is no failure of the test.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn at(text: &str) -> Timestamp {
    parse_instant(text).unwrap()
}

/// A time of 2026-11-21 in Asia/Tokyo.
fn on_day(time: &str) -> Timestamp {
    at(&format!("2026-11-21T{time}+09:00"))
}

/// Seat 101 logs in at 8:00; one call is admitted at 9:59:30, hears its guidance to 9:59:58, is answered at 10:00:05 and
/// ends at 10:03:05; another gives up in guidance at 10:30:04.
fn morning() -> Vec<(Timestamp, Input)> {
    let seat = SeatId::new("seat101").unwrap();
    let ring = RingId { call: CallId(1), attempt: 1 };
    let leg = LegId::Caller(CallId(1));
    vec![
        (on_day("07:00:00"), Input::NodeStarted { down_since: None }),
        (on_day("08:00:00"), Input::SeatRegistered { seat }),
        (
            on_day("08:00:00"),
            Input::SeatCommanded {
                seat,
                command: SeatCommand::LogIn,
                source: CommandSource::StarCode,
                request: RequestId(1),
            },
        ),
        (on_day("09:59:30"), arrival(1)),
        (on_day("09:59:30.100"), Input::CallerConnected { call: CallId(1) }),
        (on_day("09:59:58"), Input::AnnouncementEnded { leg, play: None }),
        (on_day("10:00:05"), Input::RingAnswered { ring }),
        (on_day("10:03:05"), Input::CallerLegEnded { call: CallId(1), end: CallerLegEnd::HungUp }),
        (on_day("10:30:00"), arrival(2)),
        (on_day("10:30:04"), Input::CallerLegEnded { call: CallId(2), end: CallerLegEnd::Cancelled }),
        (on_day("11:00:00"), Input::TimePassed),
    ]
}

fn arrival(call: u64) -> Input {
    Input::CallArrived {
        call: CallId(call),
        trunk: TrunkId::new("carrier").unwrap(),
        dialled: [DialledNumber::new("0750007119").unwrap()].into(),
        caller: CallerIdentity::Withheld(WithheldReason::Withheld),
        test: false,
        overloaded: false,
    }
}

fn built_in() -> Plan {
    PlanFile::built_in().core
}

#[test]
fn a_form_tells_what_the_journal_knows() {
    let folder = Folder::new();
    folder.live(built_in(), &morning());
    let form = folder.form();
    let hour = |hour: usize| &form["hours"][hour];
    assert_eq!(hour(9)["raw"]["offered"], 1);
    assert_eq!(hour(9)["raw"]["talk_ms"], 180_000);
    assert_eq!(hour(9)["printed"]["mean_handling_min"], "3.0");
    assert_eq!(hour(9)["printed"]["response_rate_percent"], "100.0");
    assert_eq!(hour(10)["raw"]["abandoned_in_guidance"], 1);
    assert_eq!(hour(10)["raw"]["short_abandons"], 1);
    assert_eq!(hour(10)["printed"]["response_rate_percent"], "0.0");
    // The built-in seat serves four tenants; it was theirs from 8:00 to the journal's end at 11:00.
    assert_eq!(hour(8)["raw"]["shared_seat_ms"], 3_600_000);
    assert_eq!(hour(8)["raw"]["dedicated_seat_ms"], 0);
    // Before 7:00 and after 11:00 nothing is known, and nothing is printed.
    assert_eq!((&hour(6)["recorded"], &hour(11)["recorded"]), (&Value::Bool(false), &Value::Bool(false)));
    assert_eq!(hour(6)["printed"]["offered"], "");
    assert_eq!((&form["provisional"], &form["begins_unrecorded"]), (&Value::Bool(true), &Value::Bool(true)));
    assert_eq!(form["target_permille"], 800);
    assert_eq!(form["target_met"], Value::Null);
    assert_eq!(form["capacities"][0]["seat_lines"], 3);
}

#[test]
fn a_crash_and_a_new_plan_between_two_lives_are_read() {
    let folder = Folder::new();
    folder.live(built_in(), &morning());
    // From 12:00 on seat 101 serves Kyoto alone.
    let mut plan = built_in();
    let kyoto = "kyoto".parse().unwrap();
    let seat = SeatId::new("seat101").unwrap();
    plan.seats.get_mut(&seat).unwrap().serves.retain(|tenant, _| *tenant == kyoto);
    let log_in = morning().remove(2).1;
    folder.live(
        plan,
        &[
            (on_day("12:00:00"), Input::NodeStarted { down_since: Some(on_day("11:00:00")) }),
            (on_day("12:00:00"), Input::SeatRegistered { seat }),
            (on_day("12:00:00"), log_in),
            (on_day("23:59:59.999"), Input::TimePassed),
            (at("2026-11-22T00:00:00+09:00"), Input::TimePassed),
        ],
    );
    let form = folder.form();
    assert_eq!(form["hours"][11]["raw"]["outage_ms"], 3_600_000);
    assert_eq!(form["hours"][11]["raw"]["shared_seat_ms"], 0);
    assert_eq!(form["hours"][12]["raw"]["dedicated_seat_ms"], 3_600_000);
    // From the start at 7:00 until its registration no seat could be reached, and none could be expected.
    let outages = form["outages"].as_array().unwrap();
    let causes: Vec<&str> = outages.iter().filter_map(|it| it["cause"].as_str()).collect();
    assert_eq!(causes, ["seats_not_back", "crash"]);
    assert!(outages.iter().all(|it| it["responsibility"] == "switch"));
    assert_eq!(form["provisional"], false);
}

/// R-L9: the switch dies 23:50 to 0:10. No fact between the two tells of it, and the day is over when the next life begins.
#[test]
fn a_crash_over_the_days_end_is_read() {
    let folder = Folder::new();
    let mut quiet = morning();
    quiet.truncate(3);
    quiet.push((on_day("23:50:00"), Input::TimePassed));
    // Nothing else is under way.
    let mut plan = built_in();
    plan.tenants.values_mut().for_each(|it| it.staffing.clear());
    folder.live(plan, &quiet);
    let back = at("2026-11-22T00:10:00+09:00");
    folder.live(built_in(), &[(back, Input::NodeStarted { down_since: Some(on_day("23:50:00")) })]);
    let form = folder.form();
    assert_eq!(form["hours"][23]["raw"]["outage_ms"], 600_000);
    let crash = form["outages"].as_array().unwrap().last().unwrap();
    assert_eq!((&crash["cause"], &crash["ms_of_day"]), (&Value::from("crash"), &Value::from(600_000)));
}

#[test]
fn a_plan_that_came_by_a_reload_is_read() {
    let folder = Folder::new();
    let mut plan = built_in();
    let kyoto = "kyoto".parse().unwrap();
    let seat = SeatId::new("seat101").unwrap();
    plan.seats.get_mut(&seat).unwrap().serves.retain(|tenant, _| *tenant == kyoto);
    let mut inputs = morning();
    inputs.push((
        on_day("11:15:00"),
        Input::PlanApplied { plan: Box::new(plan), by: acd_core::PlanSource::Api, who: None },
    ));
    inputs.push((on_day("12:00:00"), Input::TimePassed));
    folder.live(built_in(), &inputs);
    let eleven = folder.form()["hours"][11]["raw"].clone();
    assert_eq!(
        (&eleven["shared_seat_ms"], &eleven["dedicated_seat_ms"]),
        (&900_000.into(), &2_700_000.into())
    );
}

/// R-L2: a change of lines by a plan stands on the form with from when, by whom, reported when; the report may come in a later
/// plan, also after the day of the form, and another client's change is none of this one's.
#[test]
fn a_change_of_lines_is_listed_with_from_when_by_whom_and_reported_when() {
    let folder = Folder::new();
    let kyoto = "kyoto".parse().unwrap();
    let more = |plan: &mut acd_core::plan::Plan, tenant| {
        for band in &mut plan.tenants.get_mut(&tenant).unwrap().bands {
            let capacity = band.capacity.as_mut().unwrap();
            capacity.seat_lines += 1;
        }
    };
    let mut first = built_in();
    more(&mut first, kyoto);
    let mut told = first.clone();
    told.tenants.get_mut(&kyoto).unwrap().lines_reported_on =
        Some(acd_core::CivilDate { year: 2026, month: 11, day: 20 });
    let mut second = told.clone();
    more(&mut second, kyoto);
    let mut other = second.clone();
    other.tenants.get_mut(&"shiga".parse().unwrap()).unwrap().ring = std::time::Duration::from_secs(20);
    let mut inputs = morning();
    for (at, plan, who) in [
        ("11:15:00", first, Some("田中")),
        ("11:30:00", told, Some("田中")),
        ("11:45:00", second, None),
        ("11:50:00", other.clone(), Some("佐藤")),
    ] {
        let (plan, by) = (Box::new(plan), acd_core::PlanSource::Api);
        inputs.push((on_day(at), Input::PlanApplied { plan, by, who: who.map(str::to_owned) }));
    }
    inputs.push((on_day("12:00:00"), Input::TimePassed));
    let mut told = other.clone();
    told.tenants.get_mut(&kyoto).unwrap().lines_reported_on =
        Some(acd_core::CivilDate { year: 2026, month: 11, day: 22 });
    for plan in [other, told] {
        let (plan, by) = (Box::new(plan), acd_core::PlanSource::Api);
        inputs.push((at("2026-11-22T08:00:00+09:00"), Input::PlanApplied { plan, by, who: None }));
    }
    folder.live(built_in(), &inputs);
    let form = folder.form();
    let lines =
        form["definitions"].as_array().unwrap().iter().find(|it| it["item"] == "席回線数の変更").unwrap();
    let lines: Vec<&str> = lines["text"].as_str().unwrap().lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("2026/11/21 11:15:00.000から：平日"), "{}", lines[0]);
    assert!(lines[0].ends_with("（変更者：田中、操作による再読込、令和8年11月20日報告）"), "{}", lines[0]);
    assert!(lines[1].ends_with("（変更者：操作による再読込、令和8年11月22日報告）"), "{}", lines[1]);
}

#[test]
fn every_kind_of_file_is_written_whole_and_nothing_beside_it() {
    let folder = Folder::new();
    folder.live(built_in(), &morning());
    let beginnings: [(&str, &[u8]); 3] =
        [("a.xlsx", b"PK"), ("b.csv", "\u{feff}#7119".as_bytes()), ("c.json", b"{")];
    for (name, beginning) in beginnings {
        let path = write(&folder.options(name), on_day("12:00:00")).unwrap();
        assert!(fs::read(&path).unwrap().starts_with(beginning), "{name}");
    }
    let names = fs::read_dir(&folder.0).unwrap().map(|it| it.unwrap().file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().starts_with('.')));
}

#[test]
fn a_day_before_and_after_all_records_is_a_blank_form() {
    let folder = Folder::new();
    folder.live(built_in(), &morning());
    for date in ["2026-11-20", "2026-11-22"] {
        let options = Report { date: Some(date.into()), ..folder.options("form.json") };
        let path = write(&options, on_day("12:00:00")).unwrap();
        let form: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        assert_eq!(form["day"]["raw"]["unrecorded_ms"], 86_400_000, "{date}");
        assert_eq!(form["provisional"], true);
    }
}

#[test]
fn what_is_wrong_is_said_with_what_would_be_right() {
    let folder = Folder::new();
    let says = |change: &dyn Fn(&mut Report), right: &str| {
        let mut options = folder.options("form.json");
        change(&mut options);
        let error = write(&options, on_day("12:00:00")).unwrap_err();
        assert!(error.to_string().contains(right), "{error}");
        error.exit_code()
    };
    type Mistake<'m> = (&'m dyn Fn(&mut Report), &'m str);
    let used_wrongly: [Mistake<'_>; 7] = [
        (&|it| it.form = "fdma9".into(), "the forms are fdma2"),
        (&|it| (it.date, it.month) = (None, Some("2026-11".into())), "--form figures"),
        (&|it| (it.date, it.year) = (None, Some("2026".into())), "--form figures"),
        (&|it| it.date = None, "--date YYYY-MM-DD"),
        (&|it| it.date = Some("2026-02-30".into()), "2026-11-21"),
        (&|it| it.tenant = "kobe".into(), "shizuoka"),
        (&|it| it.out = Some(Path::new("form.pdf").into()), ".xlsx, .csv or .json"),
    ];
    for (change, right) in used_wrongly {
        assert_eq!(says(change, right), std::process::ExitCode::from(2), "{right}");
    }
    assert_eq!(says(&|_| {}, "no journal"), std::process::ExitCode::FAILURE);
}

#[test]
fn only_days_of_the_calendar_are_days() {
    assert!(parse_date("2028-02-29").is_some());
    for text in
        ["2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "20261121", "2026-11-21T", "-026-01-01"]
    {
        assert_eq!(parse_date(text), None, "{text}");
    }
    let day = parse_date("2026-11-21").unwrap();
    assert_eq!((day.year, day.month, day.day), (2026, 11, 21));
}

#[test]
fn a_file_that_cannot_be_written_leaves_nothing() {
    let folder = Folder::new();
    folder.live(built_in(), &morning());
    let error = write(&folder.options("no/such/folder.json"), on_day("12:00:00") + Duration::from_secs(1));
    assert!(error.unwrap_err().to_string().starts_with("cannot write"));
}

#[test]
fn phones_may_take_a_registration_to_be_back_after_a_start() {
    let granted = sip_gateway::registrar::RegistrarConfig::default().expires_max;
    assert_eq!(granted, reports::limits::SEATS_BACK_MAX, "R-L9: from then on their absence is the centre's");
}
