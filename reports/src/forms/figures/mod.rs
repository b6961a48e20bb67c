//! 数値一覧: every figure of a day, a month or a fiscal year by hours, days and months, as a client's profile counts. It is no
//! sheet of an agency; those print what stands here.

mod csv;
mod definitions;
mod differences;
mod json;

use acd_core::CivilDate;

use super::{Header, printed};
use crate::accounting::{Account, Calendar, Figures, Fraction, HourRow, Period, Profile, Rate, Sheet};

pub use csv::csv;
pub use differences::differences;
pub use json::json;

/// Its title.
const FORM: &str = "数値一覧";

/// What a file of figures is made of.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The books, whose slots are [`Calendar::slots`] of the period and both calendars.
    pub account: Account,
    /// The period as the client's sheets have it.
    pub sheet: Sheet,
    /// The period as the client's list of consultations has it.
    pub list: Option<Sheet>,
}

impl Statement {
    /// The calendars of a profile: that of its sheets, and that of its list of consultations if it has one.
    pub fn calendars(profile: &Profile, base: &Calendar) -> Vec<Calendar> {
        let hours = [Some(profile.day_start_hour), profile.consultation_list_hour];
        hours.into_iter().flatten().map(|hour| base.with_day_start(hour)).collect()
    }

    /// Cuts an account; `None`: its slots do not reach over the period.
    pub fn new(account: Account, period: Period, profile: Profile, base: &Calendar) -> Option<Self> {
        let sheet_of = |hour| Sheet::new(&account, period, profile, &base.with_day_start(hour));
        let sheet = sheet_of(profile.day_start_hour)?;
        let list = match profile.consultation_list_hour {
            Some(hour) => Some(sheet_of(hour)?),
            None => None,
        };
        Some(Self { account, sheet, list })
    }
}

/// A figure as a profile has it, beside the raw ones.
struct Derived {
    heading: &'static str,
    unit: &'static str,
    key: &'static str,
    value: DerivedValue,
}

enum DerivedValue {
    Count(u64),
    Time(u64),
    /// A mean of milliseconds.
    MeanTime(Option<Fraction>),
    /// A percentage against a target: rounded down.
    Rate(Rate, Option<u16>),
    Seats(Option<Fraction>),
}

impl DerivedValue {
    fn printed(&self) -> String {
        match self {
            Self::Count(count) => count.to_string(),
            Self::Time(ms) => printed::minutes(*ms),
            Self::MeanTime(mean) => printed::mean_in_minutes(*mean),
            Self::Rate(rate, target) => printed::percentage(*rate, target.is_some()),
            Self::Seats(seats) => printed::mean_count(*seats),
        }
    }
}

/// The client's own figures of a slot, a day, a month or the whole.
fn derived(sheet: &Sheet, it: &Figures, length_ms: u64, target: Option<u16>) -> Vec<Derived> {
    let profile = &sheet.profile;
    let times = profile.clock_times(it);
    let seats = |ms| DerivedValue::Seats(Fraction::new(u128::from(ms), u128::from(length_ms)));
    let row = |heading, unit, key, value| Derived { heading, unit, key, value };
    use DerivedValue::{Count, MeanTime, Rate, Time};
    vec![
        row("入電", "件", "offered", Count(profile.offered(it))),
        row("対応", "件", "handled", Count(profile.handled(it))),
        row("応答率", "%", "response_rate", Rate(profile.rate(it), target)),
        row("回線閉塞時間", "分", "blockage", Time(profile.blockage_ms(it))),
        row("平均処理時間", "分", "mean_handling", MeanTime(sheet.mean_handling_ms(it))),
        row("平均通話時間", "分", "mean_talk", MeanTime(sheet.mean_talk_ms(it))),
        row("平均後処理時間", "分", "mean_wrap_up", MeanTime(sheet.mean_wrap_up_ms(it))),
        row("通話時間（時刻）", "分", "clock_talk", Time(times.talk_ms)),
        row("保留時間（時刻）", "分", "clock_hold", Time(times.hold_ms)),
        row("処理時間（時刻）", "分", "clock_handling", Time(times.handling_ms)),
        row("相談時間（時刻）", "分", "clock_consultation", Time(times.consultation_ms)),
        row("待機時間（時刻）", "分", "clock_waiting", Time(times.waiting_ms)),
        row("占有率", "%", "occupancy", Rate(profile.occupancy(it), None)),
        row("配置・専任席", "人", "dedicated_seats", seats(it.dedicated.staffed_ms())),
        row("配置・兼任席", "人", "shared_seats", seats(it.shared.staffed_ms())),
    ]
}

/// The means of an hour of the clock (R-A5).
fn hour_means(sheet: &Sheet, hour: u8) -> Vec<Derived> {
    let means = sheet.hour_means(hour);
    let row = |heading, unit, key, value| Derived { heading, unit, key, value };
    use DerivedValue::{Count, MeanTime, Seats};
    vec![
        row("開設日数", "日", "days_open", Count(means.days_open)),
        row("対応のあった日数", "日", "days_handled", Count(means.days_handled)),
        row("平均配置・専任席", "人", "mean_dedicated_seats", Seats(means.dedicated_seats)),
        row("平均配置・兼任席", "人", "mean_shared_seats", Seats(means.shared_seats)),
        row("平均回線閉塞時間", "分", "mean_blockage", MeanTime(means.blockage_ms)),
        row("日平均の平均処理時間", "分", "mean_of_daily_mean_handling", MeanTime(means.handling_ms)),
        row("日平均の平均通話時間", "分", "mean_of_daily_mean_talk", MeanTime(means.talk_ms)),
        row("日平均の平均後処理時間", "分", "mean_of_daily_mean_wrap_up", MeanTime(means.wrap_up_ms)),
    ]
}

/// 平均受付件数 in the columns of Kyoto's 月表, then by kind of day: each heading, its name in JSON, and the mean.
fn offered_means(sheet: &Sheet) -> [(&'static str, &'static str, Option<Fraction>); 9] {
    let it = sheet.offered_means();
    let [monday, tuesday, wednesday, thursday, friday, saturday] = it.weekdays;
    [
        ("月", "monday", monday),
        ("火", "tuesday", tuesday),
        ("水", "wednesday", wednesday),
        ("木", "thursday", thursday),
        ("金", "friday", friday),
        ("土", "saturday", saturday),
        ("日・祝", "sundays_and_holidays", it.sundays_and_holidays),
        ("月～土", "monday_to_saturday", it.monday_to_saturday),
        ("1日平均", "all", it.all),
    ]
}

/// `0時～1時`
fn hour_label(hour: u8) -> String {
    format!("{hour}時～{}時", hour + 1)
}

/// 曜日, and 祝 beside it.
fn weekday(sheet: &Sheet, date: CivilDate) -> (&'static str, bool) {
    use acd_core::Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    let name = match date.weekday() {
        Monday => "月",
        Tuesday => "火",
        Wednesday => "水",
        Thursday => "木",
        Friday => "金",
        Saturday => "土",
        Sunday => "日",
    };
    (name, sheet.calendar.holidays.contains(&date))
}

/// What the list of consultations counts.
fn consultations(sheet: &Sheet, it: &Figures) -> u64 {
    sheet.profile.handled(it)
}

/// What the list of consultations counts in an hour of the clock of these; `None`: none of it is recorded.
fn consultations_of_hour(sheet: &Sheet, rows: &[HourRow], hour: u8) -> Option<u64> {
    let of_hour = || rows.iter().filter(move |it| it.hour == hour);
    let is_recorded = if of_hour().next().is_some() {
        of_hour().any(|it| it.recorded)
    } else {
        // A day at an end of the contract has not every hour, and nothing was in those that it has not.
        rows.iter().any(|it| it.recorded)
    };
    is_recorded.then(|| of_hour().map(|it| consultations(sheet, &it.figures)).sum())
}

/// The length of the whole period's recorded hours in milliseconds.
fn length_ms(sheet: &Sheet) -> u64 {
    sheet.days.iter().map(|it| it.length_ms).sum()
}

/// The target, if the client names one.
const fn target(header: &Header) -> Option<u16> {
    header.target_permille
}
