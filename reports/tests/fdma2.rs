//! The day sheet of a day made by hand: what is printed, what the cells hold, what the formulas say.
#![allow(clippy::unwrap_used, reason = "clippy knows tests by their attribute only")]

mod support;

use std::io::Cursor;

use calamine::{Data, Range, Reader, Xlsx, open_workbook_from_rs};
use reports::accounting::{Account, HandledBy, OfficialBlockage, Profile, Slots};
use reports::forms::{Header, Purpose, fdma2};
use support::{DATE, JST, account_over, at};

/// Hour 8: 3 offered, 2 handled. Call 1 across the edge to 9: talk 4:00, wrap-up 0:49.5. Call 2 with two seats: talk
/// 1:00 + 1:30, wrap-up 0:30. Call 3 gives up in the queue. Handling (289,500 + 180,000) / 2 = 234,750 ms = 3.9125 min.
/// Hour 9: 1 offered, none handled: it gives up in guidance after 3 s. Hour 10: 1 offered, 1 handled, talk 1:00, wrap-up
/// 3:00, then lunch: handling 4.0 min. Hour 22: 1 offered, gives up while ringing. Others: none.
///
/// Blockage: yesterday 23:50 to 0:10:00.250 = 10.004 min of this day; 23:00 to 23:12:34.567 = 12.576 min, since lines
/// fell from 3 to 2 at the band's edge; 23:59 to tomorrow 0:20 = 1 min of this day. Sum 23.580… min.
///
/// Seats a1, a2 are there 8:00 to 10:05 and 8:00 to 9:00: a1 in hour 10 from 10:00 to 10:05 but for nothing: 300 s.
/// a2's phone is lost at 8:21:20. m1 is shared, 20:00 to 20:30.
///
/// The day: 6 offered, 3 handled: 50.0 %. Handling (289,500 + 180,000 + 240,000) / 3 = 236,500 ms = 3.94 min.
const DAY: &str = "
    -22:00:00 life
    -22:00:00 capacity 2+0
    -22:00:00 start
    -23:50:00 blocked
    00:10:00.250 unblocked
    07:00:00 capacity 3+0

    08:00:00 seat a1 ready
    08:00:00 seat a2 ready
    08:20:00 call 2
    08:20:10 ring 2.1 a2
    08:20:20 answer 2.1 a2
    08:21:20 lost 2.1 a2
    08:21:20 ring 2.2 a1
    08:21:30 answer 2.2 a1
    08:23:00 talked 2.2 a1 wrap-up
    08:23:00 end 2 answered
    08:23:30 seat a1 ready
    08:30:00 call 3
    08:31:00 end 3 in-queue
    08:59:30 call 1
    08:59:57.500 ring 1.1 a1
    09:00:10.500 answer 1.1 a1
    09:04:10.500 talked 1.1 a1 wrap-up
    09:04:10.700 end 1 answered
    09:05:00 seat a1 ready
    09:10:00 call 4
    09:10:03 end 4 in-guidance
    10:00:00 call 5
    10:00:30 ring 5.1 a1
    10:01:00 answer 5.1 a1
    10:02:00 talked 5.1 a1 wrap-up
    10:02:00 end 5 answered
    10:05:00 seat a1 paused
    10:50:00 seat a1 out
    11:00:00 refused 90 lines_full
    20:00:00 seat m1 ready
    20:30:00 seat m1 out
    22:30:00 seat a3 ready
    22:40:00 call 6
    22:40:10 ring 6.1 a3
    22:40:15 gone 6.1 a3
    22:40:15 end 6 while-ringing
    22:45:00 seat a3 out
    23:00:00 capacity 2+0
    23:00:00 blocked
    23:12:34.567 unblocked
    23:59:00 blocked
    +00:20:00 unblocked
";

fn header(target_permille: Option<u16>) -> Header {
    Header {
        profile: Profile::KYOTO,
        purpose: Purpose::Report,
        title: "救急安心センターきょうと #7119".into(),
        date: DATE,
        utc_offset_minutes: JST,
        target_permille,
        made_at: at("+09:00:00"),
        made_by: "acd 0.1.0".into(),
        plan: "acd.toml".into(),
        remarks: vec!["注意書き".into()],
    }
}

fn day() -> Account {
    account_over(Slots::hours(DATE, JST), DAY, "+06:00:00")
}

fn csv_lines(account: &Account, header: &Header) -> Vec<String> {
    fdma2::csv(account, header).split("\r\n").map(str::to_owned).collect()
}

#[test]
fn the_form_prints_what_was_worked_out() {
    let lines = csv_lines(&day(), &header(Some(800)));
    assert_eq!(lines[0], "\u{feff}#7119 対応状況一覧（日表）");
    assert_eq!(lines[1], "救急安心センターきょうと #7119,令和8年11月21日");
    assert_eq!(lines[3], "1 時間別記録");
    assert_eq!(
        lines[4],
        ",配置オペレーター数,入電件数(A),対応件数(B),応答率B/A,回線閉塞時間,平均処理時間,参考 兼任席"
    );
    assert_eq!(lines[5], "単位,人,件,件,%,分,分,人");
    let hour = |hour: usize| lines[6 + hour].as_str();
    assert_eq!(hour(0), "0時～1時,0.0,0,0,,10.0,,0.0");
    assert_eq!(hour(7), "7時～8時,0.0,0,0,,0.0,,0.0");
    // a1 the whole hour, a2 1,280 s of it: 4,880 / 3,600 = 1.36; 2 of 3: 66.666 %, rounded down.
    assert_eq!(hour(8), "8時～9時,1.4,3,2,66.6,0.0,3.9,0.0");
    assert_eq!(hour(9), "9時～10時,1.0,1,0,0.0,0.0,,0.0");
    assert_eq!(hour(10), "10時～11時,0.1,1,1,100.0,0.0,4.0,0.0");
    assert_eq!(hour(20), "20時～21時,0.0,0,0,,0.0,,0.5");
    assert_eq!(hour(22), "22時～23時,0.3,1,0,0.0,0.0,,0.0");
    assert_eq!(hour(23), "23時～24時,0.0,0,0,,13.6,,0.0");
    assert_eq!(lines[30], "日合計,—,6,3,50.0,23.6,—,—");
    // 6 / 24 = 0.25 and 3 / 24 = 0.125 calls, 23.58 / 24 = 0.98 min.
    assert_eq!(lines[31], "日平均,—,0.3,0.1,50.0,1.0,3.9,—");
}

#[test]
fn without_a_target_the_rate_is_rounded_half_up() {
    let lines = csv_lines(&day(), &header(None));
    assert_eq!(lines[14], "8時～9時,1.4,3,2,66.7,0.0,3.9,0.0");
}

#[test]
fn blockages_and_full_hours_are_listed() {
    let lines = csv_lines(&day(), &header(Some(800)));
    let part = |name: &str| lines.iter().position(|line| line == name).unwrap();
    let blockages = &lines[part("2 回線閉塞日時・時間") + 2..];
    assert_eq!(
        blockages[..4],
        [
            "1,2026/11/20 23:50:00.000,2026/11/21 00:10:00.250,20.0,10.0,前日から継続、通話2",
            "2,2026/11/21 23:00:00.000,2026/11/21 23:12:34.567,12.6,12.6,通話2",
            "3,2026/11/21 23:59:00.000,2026/11/22 00:20:00.000,21.0,1.0,通話2、翌日へ継続",
            "合計,,,,23.6,",
        ]
    );
    let full = &lines[part("3 応答率100%の時間帯") + 1..];
    assert_eq!(
        full[..3],
        ["日付,時間帯,入電件数,対応件数,配置オペレーター数", "令和8年11月21日,10時～11時,1,1,0.1", ""]
    );
}

struct Sheet {
    values: Range<Data>,
    formulas: Range<String>,
}

impl Sheet {
    fn open(name: &str, bytes: &[u8]) -> Self {
        let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes.to_vec())).unwrap();
        Self { values: book.worksheet_range(name).unwrap(), formulas: book.worksheet_formula(name).unwrap() }
    }

    /// Row and column from 0.
    fn text(&self, row: u32, column: u32) -> String {
        self.values.get_value((row, column)).map_or_else(String::new, ToString::to_string)
    }

    fn number(&self, row: u32, column: u32) -> f64 {
        match self.values.get_value((row, column)) {
            Some(Data::Float(number)) => *number,
            Some(Data::Int(number)) => *number as f64,
            Some(Data::DateTime(instant)) => instant.as_f64(),
            // The result of a formula may be kept as text.
            other => other.unwrap().to_string().parse().unwrap(),
        }
    }

    fn formula(&self, row: u32, column: u32) -> &str {
        self.formulas.get_value((row, column)).map_or("", String::as_str)
    }
}

#[test]
fn cells_hold_raw_values_and_totals_are_formulas_with_their_results() {
    let bytes = fdma2::xlsx(&day(), &header(Some(800))).unwrap();
    let sheet = Sheet::open("1 時間別記録", &bytes);
    assert_eq!(sheet.text(1, 0), fdma2::TITLE);
    assert_eq!(sheet.text(3, 4), "令和8年11月21日");
    assert_eq!(sheet.text(4, 1), "配置\nオペレーター数");
    assert_eq!((sheet.text(6, 0), sheet.text(29, 0)), ("0時～1時".into(), "23時～24時".into()));
    let near = |row, column, value: f64| {
        let found = sheet.number(row, column);
        assert!((found - value).abs() < 1e-9, "row {row} column {column}: {found}, not {value}");
    };
    // Hour 8 is row 14.
    near(14, 1, 4_880.0 / 3_600.0);
    near(14, 2, 3.0);
    near(14, 6, 234_750.0 / 60_000.0);
    near(29, 5, (754_567.0 + 60_000.0) / 60_000.0);
    assert_eq!(sheet.formula(14, 4), "IF(C15>0,INT(1000*D15/C15)/10,\"\")");
    near(14, 4, 66.6);
    // No call: blank.
    assert_eq!((sheet.text(6, 4), sheet.text(6, 6)), (String::new(), String::new()));

    assert_eq!(sheet.formula(30, 2), "SUM(C7:C30)");
    near(30, 2, 6.0);
    assert_eq!(sheet.formula(30, 5), "SUM(F7:F30)");
    near(30, 5, (600_250.0 + 754_567.0 + 60_000.0) / 60_000.0);
    assert_eq!(sheet.formula(31, 3), "D31/24");
    near(31, 3, 0.125);
    assert_eq!(sheet.formula(31, 6), "IF(D31>0,SUMPRODUCT(D7:D30,G7:G30)/D31,\"\")");
    near(31, 6, 236_500.0 / 60_000.0);
    assert_eq!(
        (sheet.text(30, 1), sheet.text(31, 1), sheet.text(30, 6)),
        ("—".into(), "—".into(), "—".into())
    );
    // The shared seats stand outside the frame.
    near(26, 8, 0.5);
}

#[test]
fn what_formulas_say_is_what_the_raw_values_give() {
    let account = day();
    let bytes = fdma2::xlsx(&account, &header(None)).unwrap();
    let sheet = Sheet::open("1 時間別記録", &bytes);
    assert_eq!(sheet.formula(14, 4), "IF(C15>0,100*D15/C15,\"\")");
    assert!((sheet.number(14, 4) - 200.0 / 3.0).abs() < 1e-9);
    // Summed as a spreadsheet would.
    for column in [2, 3, 5] {
        let sum: f64 = (6..30).map(|row| sheet.number(row, column)).sum();
        assert!((sum - sheet.number(30, column)).abs() < 1e-9, "column {column}");
    }
    let weighted: f64 = (6..30)
        .filter(|row| !sheet.text(*row, 6).is_empty())
        .map(|row| sheet.number(row, 3) * sheet.number(row, 6))
        .sum();
    assert!((weighted / sheet.number(30, 3) - sheet.number(31, 6)).abs() < 1e-9);
}

#[test]
fn lists_details_and_definitions_have_sheets_of_their_own() {
    let bytes = fdma2::xlsx(&day(), &header(Some(800))).unwrap();
    let blockages = Sheet::open("2 回線閉塞日時・時間", &bytes);
    assert_eq!(blockages.text(5, 0), "1");
    // 2026-11-20 23:50 as a spreadsheet counts days.
    assert!((blockages.number(5, 1) - (46_346.0 + 23.0 / 24.0 + 50.0 / 1_440.0)).abs() < 1e-9);
    assert_eq!(blockages.formula(8, 4), "SUM(E6:E8)");
    assert_eq!(Sheet::open("3 応答率100%の時間帯", &bytes).text(5, 1), "10時～11時");

    let details = Sheet::open("参考 時間帯別内訳", &bytes);
    assert_eq!((details.text(2, 13), details.number(15, 13)), ("話中呼".into(), 1.0));
    assert_eq!(details.formula(28, 1), "SUM(B5:B28)");
    assert_eq!(details.text(29, 9), "一致");

    let definitions = Sheet::open("算出条件", &bytes);
    let text: String = (0..60).map(|row| definitions.text(row, 2) + "\n").collect();
    for wanted in [
        "80.0％。当日は3件÷6件で未達成",
        "0時から2回線（席2＋ガイダンス0）、7時から3回線（席3＋ガイダンス0）、23時から2回線",
        "2026/11/20 22:00:00.000から2026/11/22 06:00:00.000まで",
        "3席（a1、a2、a3）",
        "注意書き",
        "入電6＝対応3（うち受付後の放棄0）＋放棄3＋当方の失敗0＋未応答・継続中0：一致",
        "確定。",
    ] {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
}

/// R-L8, R-A10: 9:50 of legs dialled, 6:00 of callers with parties alone, 2:00 of consultations without the caller.
#[test]
fn outbound_and_forwarded_time_is_printed_beside_the_form() {
    let mut account = day();
    let nine = &mut account.figures[9];
    (nine.outbound_ms, nine.forwarded_ms, nine.aside_ms) = (590_000, 360_000, 120_000);
    let bytes = fdma2::xlsx(&account, &header(None)).unwrap();
    let details = Sheet::open("参考 時間帯別内訳", &bytes);
    let headings: Vec<String> = (0..38).map(|column| details.text(2, column)).collect();
    let lines = csv_lines(&account, &header(None));
    let table: Vec<Vec<&str>> = lines
        .iter()
        .skip_while(|line| *line != "参考 時間帯別内訳")
        .skip(1)
        .take(27)
        .map(|line| line.split(',').collect())
        .collect();
    let json = fdma2::json(&account, &header(None));
    let wanted = [
        ("発信通話", "outbound_ms", 590_000_u32, "9.8"),
        ("転送後通話", "forwarded_ms", 360_000, "6.0"),
        ("うち相談者抜き", "aside_ms", 120_000, "2.0"),
    ];
    for (heading, key, ms, printed) in wanted {
        let column = headings.iter().position(|it| it == heading).unwrap();
        let minutes = f64::from(ms) / 60_000.0;
        let of_sheet = u32::try_from(column).unwrap();
        assert!((details.number(13, of_sheet) - minutes).abs() < 1e-9, "{heading}");
        assert!((details.number(28, of_sheet) - minutes).abs() < 1e-9, "{heading}");
        assert_eq!((table[0][column], table[1][column]), (heading, "分"));
        assert_eq!((table[2][column], table[11][column], table[26][column]), ("0.0", printed, printed));
        assert_eq!((&json["hours"][9]["raw"][key], &json["day"]["raw"][key]), (&ms.into(), &ms.into()));
    }
}

#[test]
fn the_same_facts_give_the_same_file() {
    let make = || fdma2::xlsx(&day(), &header(Some(800))).unwrap();
    assert_eq!(make(), make());
}

#[test]
fn a_day_in_progress_is_said_to_be_provisional_and_its_future_is_blank() {
    let account =
        account_over(Slots::hours(DATE, JST), DAY.split("    10:05:00").next().unwrap(), "10:05:00");
    let lines = csv_lines(&account, &header(Some(800)));
    assert_eq!(lines[17], "11時～12時,,,,,,,");
    assert!(lines.iter().any(|line| line.starts_with("※ 暫定値（2026/11/21 10:05:00.000までの記録による）")));
    let bytes = fdma2::xlsx(&account, &header(Some(800))).unwrap();
    let sheet = Sheet::open("1 時間別記録", &bytes);
    assert_eq!((sheet.text(17, 2), sheet.text(17, 4)), (String::new(), String::new()));
    assert!((sheet.number(30, 2) - 5.0).abs() < 1e-9);
}

#[test]
fn a_day_whose_record_begins_late_is_no_whole_day_and_meets_no_target() {
    // Recorded from 6:00 on: 360 min are not. One call, answered: 100 % of what is known.
    let text = "
        06:00:00 life
        06:00:00 capacity 2+0
        06:00:00 start
        08:00:00 seat a1 ready
        08:20:00 call 1
        08:20:10 ring 1.1 a1
        08:20:20 answer 1.1 a1
        08:21:20 talked 1.1 a1 wrap-up
        08:21:20 end 1 answered
        08:21:30 seat a1 ready
        20:00:00 seat a1 out
        ";
    let account = account_over(Slots::hours(DATE, JST), text, "+00:00:10");
    assert!(!account.is_provisional() && account.begins_unrecorded());
    let form = fdma2::json(&account, &header(Some(800)));
    assert_eq!((&form["begins_unrecorded"], &form["target_met"]), (&true.into(), &serde_json::Value::Null));
    let lines = csv_lines(&account, &header(Some(800)));
    assert!(lines.iter().any(|line| line.starts_with("※ 対象日のうち360.0分は記録がなく")), "{lines:?}");
    assert_eq!(lines[6], "0時～1時,,,,,,,");
    // R-A8: staffed 8:00 to 20:00, 12 of the 18 hours of which anything is known, and not of 24.
    let begin = lines.iter().position(|line| line == "参考 時間帯別内訳").unwrap();
    let column = lines[begin + 1].split(',').position(|it| it == "専任席").unwrap();
    let cells = |row: usize| lines[begin + row].split(',').nth(column).unwrap();
    assert_eq!((cells(3), cells(11), cells(27)), ("", "1.0", "0.7"));
    let details = Sheet::open("参考 時間帯別内訳", &fdma2::xlsx(&account, &header(None)).unwrap());
    let column = u32::try_from(column).unwrap();
    assert!(details.formula(28, column).starts_with("AVERAGE("));
    assert!((details.number(28, column) - 12.0 / 18.0).abs() < 1e-9);
}

#[test]
fn json_has_raw_and_printed_values() {
    let form = fdma2::json(&day(), &header(Some(800)));
    let eight = &form["hours"][8];
    assert_eq!((&eight["raw"]["talk_ms"], &eight["raw"]["wrap_up_ms"]), (&390_000.into(), &79_500.into()));
    assert_eq!(eight["printed"]["response_rate_percent"], "66.6");
    assert_eq!(form["day"]["sum"]["offered"], "6");
    assert_eq!(form["day"]["mean"]["mean_handling_min"], "3.9");
    assert_eq!(form["blockages"][2]["ms"], 1_260_000);
    assert_eq!(form["blockages"][2]["ms_of_day"], 60_000);
    assert_eq!(form["full_rate_hours"], serde_json::json!(["10時～11時"]));
    assert_eq!((&form["provisional"], &form["target_met"]), (&false.into(), &false.into()));
}

/// A day of a client that wants everything otherwise. Hour 8: call 1 at 8:10 answered 8:10:30, talk 2:00, wrap-up 1:00. Call 2
/// at 8:58, answered by reception at 8:59, talk 0:30, gives up between reception and adviser at 8:59:40; wrap-up 0:10. Call 3
/// at 8:59:50, answered at 9:00:10, talk 5:00 with a hold of 2:00, wrap-up 1:00. One attempt is refused at 8:20.
const OTHERWISE: &str = "
    -22:00:00 life
    -22:00:00 capacity 2+1
    -22:00:00 start
    08:00:00 seat a1 ready
    08:00:00 seat a2 ready
    08:10:00 call 1
    08:10:00 full
    08:10:30 ring 1.1 a1
    08:10:30 answer 1.1 a1
    08:12:30 talked 1.1 a1 wrap-up
    08:12:30 end 1 answered
    08:13:30 seat a1 ready
    08:19:00 lent 2
    08:20:00 refused 9 lines_full
    08:22:00 not-full
    08:22:00 unblocked
    08:58:00 call 2
    08:58:50 ring 2.1 a1
    08:59:00 answer 2.1 a1
    08:59:30 handed 2.1 a1
    08:59:40 seat a1 ready
    08:59:40 end 2 after-reception
    08:59:50 call 3
    08:59:55 ring 3.1 a2
    09:00:10 answer 3.1 a2
    09:02:00 hold 3.1
    09:04:00 resume 3.1
    09:05:10 talked 3.1 a2 wrap-up
    09:05:10 end 3 answered
    09:06:10 seat a2 ready
    10:00:00 seat a1 out
    10:00:00 seat a2 out
";

fn without_shared_seats(line: &str) -> String {
    line.rsplit_once(',').unwrap().0.to_owned()
}

/// R-L7, R-A1, R-A2, R-A5, R-A6: every choice of the client is the form's.
#[test]
fn the_form_obeys_every_choice_of_the_clients_profile() {
    let account = account_over(Slots::hours(DATE, JST), OTHERWISE, "+06:00:00");
    let hours = |profile: Profile| {
        let lines = csv_lines(&account, &Header { profile, ..header(None) });
        [14, 15, 30].map(|line: usize| without_shared_seats(&lines[line]))
    };
    let usual = Profile::FDMA;
    // Hour 8: 3 offered and handled; handling 180 + 40 + 360 s = 580 s, a third of it 3.22 min; blocked 8:19 to 8:22.
    assert_eq!(
        hours(usual),
        ["8時～9時,2.0,3,3,100.0,3.0,3.2", "9時～10時,2.0,0,0,,0.0,", "日合計,—,3,3,100.0,3.0,—"]
    );
    // Call 2 is not handled: 180 + 360 = 540 s of two calls, 4.5 min.
    let final_skill = Profile { handled_by: HandledBy::FinalSkill, ..usual };
    assert_eq!(hours(final_skill)[0], "8時～9時,2.0,3,2,66.7,3.0,4.5");
    // Call 3 counts in hour 9, with its 6 min; calls 1 and 2 took 220 s, half of it 1.83 min.
    let answer_hour = Profile { answer_hour: true, ..usual };
    assert_eq!(
        hours(answer_hour),
        ["8時～9時,2.0,3,2,66.7,3.0,1.8", "9時～10時,2.0,0,1,,0.0,6.0", "日合計,—,3,3,100.0,3.0,—"]
    );
    // Both: call 1 alone in hour 8, with 3 min.
    let both = Profile { answer_hour: true, ..final_skill };
    assert_eq!(hours(both)[0], "8時～9時,2.0,3,1,33.3,3.0,3.0");
    // The refused attempt is a fourth offered call: 3 of 4.
    let blocked = Profile { count_blocked_as_offered: true, ..usual };
    assert_eq!(hours(blocked)[0], "8時～9時,2.0,4,3,75.0,3.0,3.2");
    // All seat lines were busy from 8:10 to 8:22.
    let seat_lines = Profile { blockage: OfficialBlockage::SeatLines, ..usual };
    assert_eq!(hours(seat_lines)[0], "8時～9時,2.0,3,3,100.0,12.0,3.2");
    // Wrap-up alone: 60 + 10 + 60 = 130 s of three calls, 0.72 min.
    assert_eq!(hours(Profile::SHIGA)[0], "8時～9時,2.0,3,3,100.0,3.0,0.7");
}

/// The workbook and the JSON say the same as the printed text, and the hours at 100 % follow the client's rate.
#[test]
fn every_kind_of_file_obeys_the_clients_profile() {
    let account = account_over(Slots::hours(DATE, JST), OTHERWISE, "+06:00:00");
    let profile = Profile {
        handled_by: HandledBy::FinalSkill,
        answer_hour: true,
        count_blocked_as_offered: true,
        blockage: OfficialBlockage::SeatLines,
        ..Profile::FDMA
    };
    let header = Header { profile, ..header(None) };
    // Hour 8: 4 offered, 1 handled of 3 min, 12 min blocked. Hour 9: call 3, none offered.
    let printed = without_shared_seats(&csv_lines(&account, &header)[14]);
    assert_eq!(printed, "8時～9時,2.0,4,1,25.0,12.0,3.0");
    let sheet = Sheet::open("1 時間別記録", &fdma2::xlsx(&account, &header).unwrap());
    let found: Vec<f64> = (2..=6).map(|column| sheet.number(14, column)).collect();
    assert_eq!(found, [4.0, 1.0, 25.0, 12.0, 3.0]);
    let day: Vec<f64> = [2, 3, 4, 5].map(|column| sheet.number(30, column)).to_vec();
    assert_eq!(day, [4.0, 2.0, 50.0, 12.0]);
    // 180 and 360 s over both calls.
    assert!((sheet.number(31, 6) - 4.5).abs() < 1e-9);
    let json = fdma2::json(&account, &header);
    assert_eq!(json["hours"][8]["printed"]["handled"], "1");
    assert_eq!(json["full_rate_hours"], serde_json::json!([]));
    let usual = fdma2::json(&account, &Header { profile: Profile::FDMA, ..header });
    assert_eq!(usual["full_rate_hours"], serde_json::json!(["8時～9時"]));
}

/// R-L7: the client's blockage heads the list, the other state of the lines stands below it; each says what the lines were
/// doing when it began, and how many of the pool's others held (R-L5, R-L8).
#[test]
fn both_states_of_the_lines_are_listed_and_the_clients_is_the_blockage() {
    let account = account_over(Slots::hours(DATE, JST), OTHERWISE, "+06:00:00");
    let all = "1,2026/11/21 08:19:00.000,2026/11/21 08:22:00.000,3.0,3.0,\
               ガイダンス1・待機1・転送1・発信1、共用回線のうち他の委託者が使用2";
    let seat = "1,2026/11/21 08:10:00.000,2026/11/21 08:22:00.000,12.0,12.0,通話2";
    let choices = [
        (OfficialBlockage::AllLines, all, seat, "参考 席回線全使用", "3.0", "12.0"),
        (OfficialBlockage::SeatLines, seat, all, "参考 全回線使用", "12.0", "3.0"),
    ];
    for (blockage, official, beside, title, official_min, beside_min) in choices {
        let header = Header { profile: Profile { blockage, ..Profile::FDMA }, ..header(None) };
        let lines = csv_lines(&account, &header);
        let part = lines.iter().position(|line| line == "2 回線閉塞日時・時間").unwrap();
        assert_eq!(lines[part + 2], official);
        assert_eq!(lines[part + 3], format!("合計,,,,{official_min},"));
        assert!(lines[part + 4].starts_with(title), "{}", lines[part + 4]);
        assert_eq!(lines[part + 6], beside);
        assert_eq!(lines[part + 7], format!("合計,,,,{beside_min},"));
        let json = fdma2::json(&account, &header);
        assert_eq!(json["blockage_is"], blockage.as_str());
        assert_eq!(json["all_lines_full"][0]["lines"]["outbound"], 1);
        assert_eq!(json["all_lines_full"][0]["lent"], 2);
        let sheet = Sheet::open("2 回線閉塞日時・時間", &fdma2::xlsx(&account, &header).unwrap());
        assert_eq!(format!("{:.1}", sheet.number(6, 4)), official_min);
        assert!(sheet.text(8, 0).starts_with(title));
        assert_eq!(format!("{:.1}", sheet.number(11, 4)), beside_min);
    }
}

/// Every choice is stated, so that two forms that were counted differently differ in their 算出条件.
#[test]
fn the_definitions_state_every_choice_of_the_clients_profile() {
    let account = account_over(Slots::hours(DATE, JST), OTHERWISE, "+06:00:00");
    let stated = |profile| {
        let form = fdma2::json(&account, &Header { profile, ..header(None) });
        form["definitions"].to_string()
    };
    let usual = Profile::FDMA;
    let choices = [
        (usual, "話中呼は含まず別掲する"),
        (Profile { count_blocked_as_offered: true, ..usual }, "話中呼（拒否の時刻による）を加える"),
        (
            Profile { handled_by: HandledBy::FinalSkill, ..usual },
            "受付後・相談員前に放棄されず、終了（当方の失敗等）もしなかった呼",
        ),
        (Profile { answer_hour: true, ..usual }, "対応件数に数えた呼の時間を応答の時間帯に全て計上する"),
        (Profile { blockage: OfficialBlockage::SeatLines, ..usual }, "委託者の定めにより、席回線全使用"),
        (Profile::SHIGA, "後処理時間のみ"),
    ];
    for (index, (profile, wanted)) in choices.iter().enumerate() {
        assert!(stated(*profile).contains(wanted), "{wanted}");
        let others = choices.iter().enumerate().filter(|(other, _)| *other != index);
        for (_, (other, _)) in others {
            assert_ne!(stated(*profile), stated(*other));
        }
    }
}
