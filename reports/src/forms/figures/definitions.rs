//! 算出条件 of the figures: what the client's words mean here, choice by choice.

use super::{FORM, Statement, consultations};
use crate::accounting::{Profile, Sheet, StaffingSeats};
use crate::forms::definitions::{Definition, check, line, lines_and_seats, of_words, record};
use crate::forms::{Header, civil, printed};

/// The definitions in their order.
pub(super) fn of_statement(statement: &Statement, header: &Header) -> Vec<Definition> {
    let Statement { account, sheet, list } = statement;
    let mut all = vec![
        line("対象", "様式", "", format!("{FORM}（{}）", sheet.profile.name)),
        line("対象", "委託者", "", format!("{}（{}）", header.title, account.tenant)),
        line("対象", "対象期間", "R-A9", period(sheet)),
        line(
            "対象",
            "作成",
            "R-A14",
            format!(
                "{} {} 用途：{}",
                civil::instant(header.made_at, header.utc_offset_minutes),
                header.made_by,
                header.purpose.in_japanese()
            ),
        ),
        line("対象", "設定", "", header.plan.as_str()),
    ];
    all.extend(record(account, header));
    all.extend(lines_and_seats(account, header));
    all.push(line("回線・席", "約束の配置", "R-A8", staffing(statement)));
    all.push(target(sheet, header));
    all.extend(of_words(&sheet.profile));
    all.extend(of_profile(&sheet.profile));
    all.push(line("照合", "日の始まりによる差", "R-A9", reconciled(sheet)));
    if let Some(list) = list {
        all.push(line("照合", "相談件数一覧との差", "R-A9", reconciled_list(list)));
    }
    all.push(check(account, &sheet.profile));
    all
}

fn period(sheet: &Sheet) -> String {
    let start = sheet.calendar.day_start_hour;
    let mut text = format!("{}、1日は{start}時から翌{start}時まで", sheet.period);
    if start > 0 && sheet.calendar.contract.is_some() {
        text.push_str(
            "（契約の初日は0時から、最終日は24時まで。初日の前日は24時まで、最終日の翌日は0時から）",
        );
    }
    text
}

fn staffing(statement: &Statement) -> String {
    let promises = &statement.account.counting.staffing;
    if promises.is_empty() {
        return "定めなし".to_owned();
    }
    let one = |it: &crate::accounting::Staffing| {
        let skill = it.skill.map_or_else(|| "全席".to_owned(), |skill| skill.to_string());
        match it.seats {
            StaffingSeats::SeatLines => format!("{skill}は席回線数以上"),
            StaffingSeats::Count(seats) => format!("{skill}は{seats}以上"),
        }
    };
    let short = printed::minutes(statement.sheet.total.below_staffing_ms);
    let promises = promises.iter().map(one).collect::<Vec<_>>().join("、");
    format!("{promises}。開設時間内にこれを下回った時間：{short}分")
}

fn target(sheet: &Sheet, header: &Header) -> Definition {
    let text = header.target_permille.map_or_else(
        || "目標値の定めなし。".to_owned(),
        |target| {
            let rate = sheet.profile.rate(&sheet.total);
            let met = match rate.meets(target) {
                None => "入電がなく比較しない",
                Some(true) => "達成",
                Some(false) => "未達成",
            };
            let below =
                |of: usize, all: usize, unit: &str| format!("未達成の{unit}{of}（入電のある{all}のうち）");
            let count = |rates: Vec<Option<bool>>, unit| {
                let known: Vec<bool> = rates.into_iter().flatten().collect();
                below(known.iter().filter(|met| !**met).count(), known.len(), unit)
            };
            let of = |it| sheet.profile.rate(it).meets(target);
            format!(
                "{}％。{}件÷{}件で{met}。{}、{}、{}。四捨五入・切捨て前の値で比較し、表示は切り捨てる。",
                printed::permille(u64::from(target)),
                rate.handled,
                rate.offered,
                count(sheet.hours.iter().map(|it| of(&it.figures)).collect(), "時間帯"),
                count(sheet.days.iter().map(|it| of(&it.figures)).collect(), "日"),
                count(sheet.months.iter().map(|it| of(&it.figures)).collect(), "月"),
            )
        },
    );
    line("目標", "応答率の目標", "R-A3", text)
}

fn reconciled(sheet: &Sheet) -> String {
    let it = &sheet.reconciliation;
    let (profile, total) = (&sheet.profile, &sheet.total);
    let verdict = if it.agrees(total) { "一致" } else { "不一致" };
    let both = |figures| format!("入電{}・対応{}", profile.offered(figures), profile.handled(figures));
    format!(
        "0時からの日による計（{}）＋末日の翌日分（{}）＝本表の計（{}）＋前期に属する初日分（{}）：{verdict}",
        both(&it.civil),
        both(&it.after),
        both(total),
        both(&it.before)
    )
}

fn reconciled_list(list: &Sheet) -> String {
    let it = &list.reconciliation;
    let verdict = if it.agrees(&list.total) { "一致" } else { "不一致" };
    format!(
        "0時からの日による対応{}＋末日の翌日分{}＝一覧の計{}＋前期に属する初日分{}：{verdict}",
        consultations(list, &it.civil),
        consultations(list, &it.after),
        consultations(list, &list.total),
        consultations(list, &it.before)
    )
}

/// What the words mean that only these figures have.
fn of_profile(it: &Profile) -> Vec<Definition> {
    let waiting = if it.ringing_counts_as_waiting {
        "席が待機又は呼出の状態にあった時間。"
    } else {
        "席が待機の状態にあった時間。呼出は含まない。"
    };
    vec![
        line("定義", "相談時間", "R-A6", "通話時間（保留を除く）＋保留時間＋後処理時間。"),
        line("定義", "待機時間", "R-A7", format!("{waiting}兼任席の待機は受け持つ各委託者に計上する。")),
        line(
            "定義",
            "占有率",
            "R-A7",
            "相談時間÷（相談時間＋待機時間）。席の時間を時の境で正確に分割して求める。離席・無応答・到達不能・発信は含まない。",
        ),
        line(
            "定義",
            "平均（時間帯別）",
            "R-A5",
            "処理・通話・後処理は各日の平均の平均（対応のない日を除く）。回線閉塞と配置は、その時間帯を開設した日数で除す。停止中も、その時の設定の開設時間を開設とする。",
        ),
        line("定義", "平均（日・月・年度）", "R-A5", "対応件数による加重平均。"),
        line(
            "定義",
            "平均受付件数",
            "R-A9",
            "入電件数÷記録のある日数。曜日別の欄は祝日を除き、祝日は曜日にかかわらず「日・祝」の欄による。",
        ),
        line(
            "定義",
            "配置オペレーター数",
            "R-A8",
            "待機・呼出・通話・後処理の席の時間の平均。専任席・兼任席とも他の委託者の呼に当たった時間を除き、兼任席は別欄とする。応援席は\
             当委託者の呼に当たった時間だけを兼任席の欄に加える。",
        ),
        line(
            "定義",
            "短時間放棄",
            "R-A11",
            format!("入電から{}秒未満の放棄。再掲であり入電から除かない。", it.short_abandon.as_secs_f64()),
        ),
        line("定義", "相談件数一覧", "R-A9", "対応件数による。成立・不成立は相談記録による。"),
        line(
            "丸め",
            "表示と値",
            "R-A12",
            "記録と計算はミリ秒の整数と分数で行う。表示だけを小数第1位（四捨五入、目標のある応答率は切捨て）とする。",
        ),
    ]
}
