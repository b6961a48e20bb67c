//! 別紙様式2 「#7119 対応状況一覧（日表）」 of the Fire and Disaster Management Agency's standard specification: the day
//! of one tenant by hours, the blockages, and the hours in which every call was handled. Kyoto's day sheet is the same.
//!
//! Title, headings, units, rows and totals are the agency's. Its copy shows no body for parts 2 and 3; those columns are
//! ours. Beside it stand all figures of each hour, and the definitions.

mod csv;
mod json;
mod layout;
mod xlsx;
mod xlsx_hours;
mod xlsx_lists;

use super::{Header, printed, values};
use crate::accounting::{Account, Blockage, Figures, OfficialBlockage, Profile};

pub use csv::csv;
pub use json::json;
pub use xlsx::xlsx;

/// The form's own title.
pub const TITLE: &str = "#7119 対応状況一覧（日表）";

/// Where it is found.
const FORM: &str = "別紙様式2 #7119 対応状況一覧（日表）";

/// Headings and units of part 1, after the hours.
const COLUMNS: [(&str, &str); 6] = [
    ("配置\nオペレーター数", "人"),
    ("入電件数\n(A)", "件"),
    ("対応件数\n(B)", "件"),
    ("応答率\nB/A", "%"),
    ("回線閉塞時間", "分"),
    ("平均処理時間", "分"),
];

const PART_1: &str = "1 時間別記録";
const PART_2: &str = "2 回線閉塞日時・時間";
const PART_3: &str = "3 応答率100%の時間帯";

/// Headings of part 2.
const BLOCKAGE_COLUMNS: [&str; 6] =
    ["No.", "閉塞開始日時", "閉塞解消日時", "回線閉塞時間(分)", "うち当日分(分)", "開始時の回線の状態・備考"];

/// The name of the state of the lines that is not the client's blockage and stands beside it (R-L7).
const fn beside_part_2(profile: &Profile) -> &'static str {
    match profile.blockage {
        OfficialBlockage::AllLines => "参考 席回線全使用（回線閉塞には数えない）",
        OfficialBlockage::SeatLines => {
            "参考 全回線使用（席回線・ガイダンス回線とも空きなし。回線閉塞の別掲）"
        }
    }
}

/// Headings of part 3.
const FULL_RATE_COLUMNS: [&str; 5] = ["日付", "時間帯", "入電件数", "対応件数", "配置オペレーター数"];

/// What stands where the form has no figure.
const NONE: &str = "—";

/// Hours of a day, by which the day's means divide.
const HOURS: u64 = 24;

/// `0時～1時`
fn hour_label(slot: usize) -> String {
    format!("{slot}時～{}時", slot + 1)
}

/// Whether the column of shared seats stands beside the form.
fn has_shared_seats(account: &Account) -> bool {
    !account.shared_seats.is_empty() || account.total().shared.staffed_ms() > 0
}

/// The slots whose every call was handled, with their figures.
fn full_rate_hours(account: &Account, profile: Profile) -> impl Iterator<Item = (usize, &Figures)> {
    account.figures.iter().enumerate().filter(move |(_, it)| profile.rate(it).meets(1_000) == Some(true))
}

/// What the lines were doing when a blockage began, and what else must be known of it.
fn blockage_remark(account: &Account, blockage: &Blockage) -> String {
    let mut remarks = Vec::new();
    if blockage.interval.from < account.slots.from() {
        remarks.push("前日から継続".to_owned());
    }
    remarks.extend(values::beginning(blockage));
    match blockage.interval.to {
        None => remarks.push("記録の終わりで継続".to_owned()),
        Some(to) if to > account.slots.to() => remarks.push("翌日へ継続".to_owned()),
        Some(_) => {}
    }
    remarks.join("、")
}

/// Part 1 as it is printed: a row's label, its six cells, and the shared seats beside them.
struct PrintedRow {
    label: String,
    cells: [String; 6],
    shared: String,
}

/// The 24 hours, the day's sums and the day's means.
fn printed_rows(account: &Account, header: &Header) -> Vec<PrintedRow> {
    let has_target = header.target_permille.is_some();
    let total = account.total();
    let profile = &header.profile;
    let rate = printed::percentage(profile.rate(&total), has_target);
    let none = || NONE.to_owned();
    let mean = |count: u64| printed::ratio(count, HOURS).unwrap_or_default();
    let mut rows: Vec<PrintedRow> = account
        .figures
        .iter()
        .enumerate()
        .map(|(slot, it)| printed_hour(account, slot, it, header))
        .collect();
    rows.push(PrintedRow {
        label: "日合計".into(),
        cells: [
            none(),
            profile.offered(&total).to_string(),
            profile.handled(&total).to_string(),
            rate.clone(),
            printed::minutes(profile.blockage_ms(&total)),
            none(),
        ],
        shared: none(),
    });
    rows.push(PrintedRow {
        label: "日平均".into(),
        cells: [
            none(),
            mean(profile.offered(&total)),
            mean(profile.handled(&total)),
            rate,
            printed::mean_minutes(profile.blockage_ms(&total), HOURS),
            printed::mean_minutes(profile.handling_ms(&total), profile.handled(&total)),
        ],
        shared: none(),
    });
    rows
}

fn printed_hour(account: &Account, slot: usize, it: &Figures, header: &Header) -> PrintedRow {
    let profile = &header.profile;
    let label = hour_label(slot);
    if account.is_unrecorded(slot) {
        return PrintedRow { label, cells: Default::default(), shared: String::new() };
    }
    let length_ms = account.length_ms(slot);
    let seats = |ms| printed::ratio(ms, length_ms).unwrap_or_default();
    PrintedRow {
        label,
        cells: [
            seats(it.dedicated.staffed_ms()),
            profile.offered(it).to_string(),
            profile.handled(it).to_string(),
            printed::percentage(profile.rate(it), header.target_permille.is_some()),
            printed::minutes(profile.blockage_ms(it)),
            printed::mean_minutes(profile.handling_ms(it), profile.handled(it)),
        ],
        shared: seats(it.shared.staffed_ms()),
    }
}

/// What stands below part 1.
fn notes(account: &Account, header: &Header) -> Vec<String> {
    let mut notes = Vec::new();
    if account.is_provisional() {
        let until = account.recorded.map_or_else(
            || "記録なし".to_owned(),
            |(_, to)| format!("{}までの記録", super::civil::instant(to, header.utc_offset_minutes)),
        );
        notes.push(format!("※ 暫定値（{until}による）。空欄は記録のない時間帯又は入電・対応のない時間帯。"));
    } else {
        notes.push("※ 応答率・平均処理時間の空欄は、入電・対応のない時間帯。".to_owned());
    }
    if account.begins_unrecorded() {
        notes.push(format!(
            "※ 対象日のうち{}分は記録がなく、数値は記録のある時間のみによる（目標の達成は判定しない）。",
            printed::minutes(account.total().unrecorded_ms)
        ));
    }
    if let Some(target) = header.target_permille {
        notes.push(format!(
            "※ 応答率は小数第2位以下切捨て（目標{}％。達成の判定は丸め前の値による）。",
            printed::permille(u64::from(target))
        ));
    }
    if has_shared_seats(account) {
        notes.push("※ 配置オペレーター数は専任席。兼任席（他の委託者と共用）と応援席（溢れた呼に応対した他の委託者の席）は右欄に別掲。".to_owned());
    }
    notes.push("※ 数値の定義、記録の範囲、丸めは「算出条件」のとおり。".to_owned());
    notes
}
