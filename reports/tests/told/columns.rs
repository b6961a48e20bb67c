//! What can be asked of a row: the words of the questions, the headings of the form, where the exact value is.

use serde_json::Value;

/// Where the exact value of a column stands in the form for machines.
#[derive(Clone, Copy)]
pub(crate) enum Exact {
    /// Among the client's own figures.
    Own(&'static str),
    /// Among the raw ones.
    Raw(&'static str),
    /// The same of seats: those that serve this client alone, those that serve others too.
    Seats(&'static str),
}

/// A column.
#[derive(Clone, Copy)]
pub(crate) struct Column {
    /// As a question names it.
    pub(crate) word: &'static str,
    /// As the form names it.
    pub(crate) heading: &'static str,
    pub(crate) exact: Exact,
}

const fn own(word: &'static str, heading: &'static str, key: &'static str) -> Column {
    Column { word, heading, exact: Exact::Own(key) }
}

const fn raw(word: &'static str, heading: &'static str, key: &'static str) -> Column {
    Column { word, heading, exact: Exact::Raw(key) }
}

const fn seats(word: &'static str, heading: &'static str, key: &'static str) -> Column {
    Column { word, heading, exact: Exact::Seats(key) }
}

/// Of an hour, a day, a month, the whole.
const OF_A_ROW: [Column; 54] = [
    own("offered", "入電", "offered"),
    own("handled", "対応", "handled"),
    own("rate", "応答率", "response_rate"),
    own("blockage", "回線閉塞時間", "blockage"),
    own("mean handling", "平均処理時間", "mean_handling"),
    own("mean talk", "平均通話時間", "mean_talk"),
    own("mean wrap-up", "平均後処理時間", "mean_wrap_up"),
    own("talk in the hour", "通話時間（時刻）", "clock_talk"),
    own("hold in the hour", "保留時間（時刻）", "clock_hold"),
    own("handling in the hour", "処理時間（時刻）", "clock_handling"),
    own("consultation in the hour", "相談時間（時刻）", "clock_consultation"),
    own("waiting in the hour", "待機時間（時刻）", "clock_waiting"),
    own("occupancy", "占有率", "occupancy"),
    own("seats", "配置・専任席", "dedicated_seats"),
    own("shared seats", "配置・兼任席", "shared_seats"),
    raw("calls within hours", "入電件数", "offered"),
    raw("answered by anybody", "対応件数", "handled"),
    raw("abandoned in guidance", "放棄・ガイダンス中", "abandoned_in_guidance"),
    raw("abandoned in the queue", "放棄・待機中", "abandoned_in_queue"),
    raw("abandoned while ringing", "放棄・呼出中", "abandoned_while_ringing"),
    raw("failed", "当方の失敗", "failed"),
    raw("in progress", "未応答・継続中", "unanswered_in_progress"),
    raw("short abandons", "短時間放棄・再掲", "short_abandons"),
    raw("abandoned after reception", "放棄・受付後・再掲", "abandoned_after_reception"),
    raw("ended after reception", "終了・受付後・再掲", "failed_after_reception"),
    raw("answers", "応答・応答の時刻", "answers"),
    raw("blocked", "話中呼", "blocked_attempts"),
    raw("closed", "時間外・案内", "closed_calls"),
    raw("closed and refused", "時間外・拒否", "closed_refused"),
    raw("refused in outage", "停止中の拒否", "outage_refused"),
    raw("tests", "試験呼", "tests"),
    raw("overflow out", "溢呼・他へ", "overflow_out"),
    raw("overflow in", "溢呼・他から", "overflow_in"),
    raw("talk", "通話時間", "talk_ms"),
    raw("hold", "うち保留", "hold_ms"),
    raw("wrap-up", "後処理時間", "wrap_up_ms"),
    raw("all lines", "全回線使用", "blockage_ms"),
    raw("all seat lines", "席回線全使用", "seat_lines_full_ms"),
    raw("outage", "停止", "outage_ms"),
    raw("short staff", "配置不足", "below_staffing_ms"),
    raw("open", "開設時間", "open_ms"),
    raw("peak of seats", "専任席の最大", "dedicated_peak"),
    raw("peak of all seats", "全席の最大", "staffed_peak"),
    raw("aside", "うち相談者抜き", "aside_ms"),
    raw("forwarded", "転送後通話", "forwarded_ms"),
    raw("outbound", "発信通話", "outbound_ms"),
    seats("ready", "待受", "ready_ms"),
    seats("ringing", "呼出", "ringing_ms"),
    seats("paused", "休止", "paused_ms"),
    seats("not answering", "応答なし", "not_answering_ms"),
    seats("unreachable", "不通", "unreachable_ms"),
    seats("elsewhere", "他の委託者", "elsewhere_ms"),
    seats("calling out", "発信中", "outbound_ms"),
    seats("wrapping up", "後処理中", "wrap_up_ms"),
];

/// Of an hour of the clock over all days.
const OF_MEANS: [Column; 8] = [
    own("days open", "開設日数", "days_open"),
    own("days handled", "対応のあった日数", "days_handled"),
    own("seats", "平均配置・専任席", "mean_dedicated_seats"),
    own("shared seats", "平均配置・兼任席", "mean_shared_seats"),
    own("blockage", "平均回線閉塞時間", "mean_blockage"),
    own("handling", "日平均の平均処理時間", "mean_of_daily_mean_handling"),
    own("talk", "日平均の平均通話時間", "mean_of_daily_mean_talk"),
    own("wrap-up", "日平均の平均後処理時間", "mean_of_daily_mean_wrap_up"),
];

/// The column of a row that a question names.
pub(crate) fn of_a_row(word: &str) -> Column {
    find(&OF_A_ROW, word)
}

/// The mean that a question names.
pub(crate) fn of_means(word: &str) -> Column {
    find(&OF_MEANS, word)
}

fn find(columns: &[Column], word: &str) -> Column {
    *columns.iter().find(|it| it.word == word).unwrap_or_else(|| panic!("no column is called {word}"))
}

impl Column {
    /// Its value in words. `printed` gives the form's cell below a heading.
    pub(crate) fn told(&self, row: &Value, printed: impl Fn(&str) -> String) -> String {
        let Self { word, heading, exact } = *self;
        let value = match exact {
            Exact::Own(key) => {
                let exact = &row["figures"][key];
                let cell = printed(heading);
                assert_eq!(exact["printed"].as_str(), Some(cell.as_str()), "{word}: two forms differ");
                own_value(exact, &cell, key == "occupancy")
            }
            Exact::Raw(key) if key.ends_with("_ms") => {
                let exact = clock(row["raw"][key].as_u64().unwrap());
                format!("{} min ({exact})", printed(heading))
            }
            Exact::Raw(key) => {
                let cell = printed(heading);
                assert_eq!(row["raw"][key].to_string(), cell, "{word}: two forms differ");
                cell
            }
            Exact::Seats(key) => {
                let of = |kind: &str| row["raw"][kind][key].as_u64().unwrap();
                clock(of("dedicated") + of("shared"))
            }
        };
        format!("{heading} {word} {value}")
    }
}

/// A figure of the client's own: as it is printed, and exactly.
fn own_value(exact: &Value, cell: &str, of_time: bool) -> String {
    let cell = if cell.is_empty() { "blank" } else { cell };
    if exact.get("count").is_some() {
        return cell.to_owned();
    }
    if let Some(ms) = exact.get("ms") {
        return match (ms.as_u64(), ms.as_array()) {
            (Some(ms), _) => format!("{cell} min ({})", clock(ms)),
            (_, Some(parts)) => format!("{cell} min ({})", quotient(parts)),
            (None, None) => cell.to_owned(),
        };
    }
    if let Some(parts) = exact.get("seats") {
        return parts
            .as_array()
            .map_or_else(|| cell.to_owned(), |it| format!("{cell} ({} of {})", it[0], it[1]));
    }
    let reached = match exact["target_met"].as_bool() {
        None => "",
        Some(true) => ", target reached",
        Some(false) => ", target missed",
    };
    // Of an occupancy both are milliseconds.
    let part = |it: &Value| if of_time { clock(it.as_u64().unwrap()) } else { it.to_string() };
    if cell == "blank" {
        cell.to_owned()
    } else {
        format!("{cell} % ({} of {}{reached})", part(&exact["of"]), part(&exact["all"]))
    }
}

/// A mean of milliseconds.
fn quotient(parts: &[Value]) -> String {
    let (much, of) = (parts[0].as_u64().unwrap(), parts[1].as_u64().unwrap());
    if of == 1 { clock(much) } else { format!("{}…", full_clock(much / of)) }
}

/// `4:00`, `1:02:03.250`.
pub(crate) fn clock(ms: u64) -> String {
    full_clock(ms).trim_end_matches(".000").to_owned()
}

fn full_clock(ms: u64) -> String {
    let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    let hours = if hours > 0 { format!("{hours}:{minutes:02}") } else { minutes.to_string() };
    format!("{hours}:{seconds:02}.{:03}", ms % 1_000)
}
