//! 算出条件: every definition and parameter that a form was made with, rule by rule.

use super::{Header, civil, lines_planned, printed, values};
use crate::accounting::{
    Account, ClockStep, HandledBy, Handling, Interval, OfficialBlockage, OutageCause, Profile, Talk,
};

/// One line of the sheet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Definition {
    /// Of which part.
    pub(super) part: &'static str,
    /// What is defined.
    pub(super) item: &'static str,
    /// How.
    pub(super) text: String,
    /// By which rules of `docs/rules.md`.
    pub(super) rules: &'static str,
}

/// Intervals that a line lists; the rest stands in the JSON file.
const LISTED: usize = 8;

/// The definitions of a daily form, in their order.
pub(super) fn of_day(form: &'static str, account: &Account, header: &Header) -> Vec<Definition> {
    let mut all = subject(form, account, header);
    all.extend(record(account, header));
    all.extend(lines_and_seats(account, header));
    all.push(target(account, header));
    all.extend(of_words(&header.profile));
    all.extend(fixed(account));
    all.push(check(account, &header.profile));
    all
}

pub(super) fn line(
    part: &'static str,
    item: &'static str,
    rules: &'static str,
    text: impl Into<String>,
) -> Definition {
    Definition { part, item, text: text.into(), rules }
}

fn subject(form: &'static str, account: &Account, header: &Header) -> Vec<Definition> {
    let zone = header.utc_offset_minutes;
    let sign = if zone < 0 { '-' } else { '+' };
    let made_at = civil::instant(header.made_at, zone);
    vec![
        line("対象", "様式", "", form),
        line("対象", "委託者", "", format!("{}（{}）", header.title, account.tenant)),
        line(
            "対象",
            "対象日",
            "R-A9",
            format!(
                "{} 0時から24時まで（協定世界時{sign}{}:{:02}）",
                civil::date(header.date),
                zone.abs() / 60,
                zone.abs() % 60
            ),
        ),
        line(
            "対象",
            "作成",
            "R-A14",
            format!("{made_at} {} 用途：{}", header.made_by, header.purpose.in_japanese()),
        ),
        line("対象", "設定", "", header.plan.as_str()),
    ]
}

pub(super) fn record(account: &Account, header: &Header) -> Vec<Definition> {
    let zone = header.utc_offset_minutes;
    let total = account.total();
    let range = account.recorded.map_or_else(
        || "この期間にかかる記録がない。数値は空欄とする。".to_owned(),
        |(from, to)| format!("{}から{}まで", civil::instant(from, zone), civil::instant(to, zone)),
    );
    let facts = account.facts.map_or_else(String::new, |(first, last)| format!("、事実番号{first}～{last}"));
    let state = if account.is_provisional_after() {
        format!(
            "暫定。対象期間の全ての呼と後処理は終わっているが、{}までを数える相談件数一覧は、記録がそこに達していないか、継続中の呼がある。",
            civil::instant(account.slots.to(), zone)
        )
    } else if account.is_provisional() {
        format!(
            "暫定。記録が対象期間の終わりに達していないか、継続中の呼がある（未応答{}件、対応・後処理中{}件）。\
             継続中の時間は記録の終わりまでを算入した。",
            total.unanswered_in_progress, total.handled_in_progress
        )
    } else if account.begins_unrecorded() {
        "一部のみ。記録が対象期間の途中から始まる。記録のある時間の呼と後処理は全て終わっている。".to_owned()
    } else {
        "確定。対象期間の全ての呼と後処理が終わっている。".to_owned()
    };
    let mut lines = vec![
        line("記録", "記録の範囲", "R-A15", format!("{range}{facts}")),
        line("記録", "確定・暫定", "R-A13", state),
        line(
            "記録",
            "記録のない時間",
            "",
            if total.unrecorded_ms == 0 {
                "なし".to_owned()
            } else {
                let minutes = printed::minutes(total.unrecorded_ms);
                format!(
                    "{minutes}分。一部でも記録がある時間帯は記録のある分だけを、全くない時間帯は空欄で示す。"
                )
            },
        ),
        line("記録", "停止（原因・責任）", "R-L9", outages(account, zone)),
        line("記録", "時計の補正", "R-A15", clock(account, zone)),
    ];
    let mut doubts = header.remarks.clone();
    if account.plans_unknown > 0 {
        doubts.push(format!(
            "設定変更{}回の内容が記録にないため、席の専任・兼任は変更前の設定による。",
            account.plans_unknown
        ));
    }
    if account.orphans > 0 {
        doubts.push(format!("着信の記録がない呼の終了が{}件ある。", account.orphans));
    }
    if account.dropped > 0 {
        doubts.push(format!("一覧に載せきれない区間が{}件ある。時間の数値には含む。", account.dropped));
    }
    if !doubts.is_empty() {
        lines.push(line("記録", "注意", "", doubts.join("\n")));
    }
    lines
}

fn outages(account: &Account, zone: i32) -> String {
    if account.outages.is_empty() {
        return "なし".to_owned();
    }
    let total = printed::minutes(account.total().outage_ms);
    let list = account
        .outages
        .iter()
        .map(|it| format!("{}（{}）", interval(it.interval, zone), values::outage_remark(it.cause)));
    let trunks = account.outages.iter().any(|it| matches!(it.cause, OutageCause::Trunk(_)));
    let whose = if trunks {
        "どの委託者の呼を運ぶはずだったかは分からないため、回線事業者側の不通は全委託者に示す。"
    } else {
        ""
    };
    format!("期間分{total}分。{}。回線閉塞には含めない。{whose}", listed(list))
}

/// Steps of the wall clock: nobody is charged for time that did not pass.
fn clock(account: &Account, zone: i32) -> String {
    let steps: Vec<String> = account.listed_clock_steps().map(|it| clock_step(it, zone)).collect();
    if steps.is_empty() {
        return "なし".to_owned();
    }
    format!(
        "{}。飛んだ時間は経過していないため、通話・保留・後処理・待機・閉塞・配置のいずれの時間にも算入せず、時間帯の長さからも除く。\
         戻した分は時刻を50分の1だけ遅く進めて合わせるので、その間の時間は最大2％短い。",
        listed(steps.into_iter())
    )
}

fn clock_step(it: &ClockStep, zone: i32) -> String {
    let at = civil::instant(it.at, zone);
    let ms = it.step_ms.unsigned_abs();
    let way = if it.step_ms < 0 { "戻し" } else { "進み" };
    let skipped = u64::try_from(it.skipped.as_millis()).unwrap_or(u64::MAX);
    format!("{at} {way}{}分（時刻の飛び{}分）", printed::minutes(ms), printed::minutes(skipped))
}

fn interval(it: Interval, zone: i32) -> String {
    let to = it.to.map_or_else(|| "継続".to_owned(), |to| civil::instant(to, zone));
    format!("{}～{to}", civil::instant(it.from, zone))
}

fn listed(all: impl ExactSizeIterator<Item = String>) -> String {
    let more = all.len().saturating_sub(LISTED);
    let mut text = all.take(LISTED).collect::<Vec<_>>().join("、");
    if more > 0 {
        text.push_str(&format!("、ほか{more}件"));
    }
    text
}

pub(super) fn lines_and_seats(account: &Account, header: &Header) -> Vec<Definition> {
    let zone = header.utc_offset_minutes;
    let (begin, _) = account.slots.listed();
    let lines_in_force = account.capacities.iter().map(|(at, capacity)| {
        let from = civil::clock(begin.max(*at), zone);
        capacity.map_or_else(
            || format!("{from}から開設時間外"),
            |it| {
                let (seat, guidance) = (it.seat_lines, it.guidance_lines);
                format!("{from}から{}回線（席{seat}＋ガイダンス{guidance}）", it.total())
            },
        )
    });
    let seats = |seats: &std::collections::BTreeSet<acd_core::SeatId>| {
        if seats.is_empty() {
            return "なし".to_owned();
        }
        format!("{}席（{}）", seats.len(), listed(seats.iter().map(ToString::to_string)))
    };
    vec![
        line(
            "回線・席",
            "有効回線数",
            "R-L2 R-L3",
            if account.capacities.is_empty() {
                "記録がない".to_owned()
            } else {
                format!("{}。変更時に通話中の呼は切らない。", listed(lines_in_force))
            },
        ),
        line("回線・席", "席回線数の変更", "R-L2", lines_planned::text(account, zone)),
        line("回線・席", "専任席", "R-A8", seats(&account.dedicated_seats)),
        line("回線・席", "兼任席", "R-A8", seats(&account.shared_seats)),
        line("回線・席", "応援席", "R-A8", guests(account, seats(&account.guest_seats))),
    ]
}

/// Seats of others that served callers of ours, and ours that served callers of others (R-A1, R-A8).
fn guests(account: &Account, seats: String) -> String {
    let lent = printed::minutes(account.total().dedicated.elsewhere_ms);
    format!(
        "当委託者の呼が溢れて応対した他の委託者の席：{seats}。その呼の呼出・通話・後処理の時間は、当委託者の通話・処理・相談の時間と兼任席の\
         配置に計上する（待機時間は計上しない）。当委託者の専任席が他の委託者の呼に当たった時間：{lent}分。その時間は当委託者の配置・待機・\
         相談に含めず、呼の委託者に計上する。"
    )
}

fn target(account: &Account, header: &Header) -> Definition {
    let rate = header.profile.rate(&account.total());
    let text = match header.target_permille {
        None => "目標値の定めなし。".to_owned(),
        Some(target) => {
            let met = match rate.meets(target) {
                None => "入電がなく比較しない",
                Some(true) => "達成",
                Some(false) => "未達成",
            };
            format!(
                "{}％。当日は{}件÷{}件で{met}（四捨五入・切捨て前の値で比較）。",
                printed::permille(u64::from(target)),
                rate.handled,
                rate.offered
            )
        }
    };
    line("目標", "応答率の目標", "R-A3", text)
}

/// What the words of a client mean that a profile decides (R-A1 to R-A6, R-L7). Two files whose lines differ here were
/// counted differently.
pub(super) fn of_words(it: &Profile) -> Vec<Definition> {
    let offered = if it.count_blocked_as_offered {
        "開設時間内に回線を捕捉した呼（INVITE受信の時刻による）に、話中呼（拒否の時刻による）を加える。"
    } else {
        "開設時間内に回線を捕捉した呼。INVITE受信の時刻が属する時間帯に計上する。話中呼は含まず別掲する。"
    };
    let handled_by = match it.handled_by {
        HandledBy::AnySeat => {
            "入電のうち席（受付員を含む）が応答した呼。受付後・相談員前の放棄も対応とし、別に再掲する。"
        }
        HandledBy::FinalSkill => {
            "入電のうち席が応答し、受付後・相談員前に放棄されず、終了（当方の失敗等）もしなかった呼。受付の電話機が失われて待機に戻った呼も受付後とする。\
             受付員の応対で終わり取り次がなかった呼は対応とする。\
             受付後の放棄・終了は別に示す。参考の内訳の対応件数はいずれかの席の応答により、これらを再掲する。"
        }
    };
    let hour = if it.answer_hour {
        "応答の時刻が属する時間帯に計上するため、応答率は100％を超え得る。"
    } else {
        "応答の時刻にかかわらず入電の時間帯に計上する。"
    };
    let times = if it.answer_hour { "応答の時間帯" } else { "入電の時間帯" };
    let talk = match it.talk {
        Talk::WithHold => "席の応答から通話終了まで。保留を含む。",
        Talk::WithoutHold => "席の応答から通話終了までのうち、保留を除く。",
    };
    let handling = match it.handling {
        Handling::TalkAndWrapUp => "通話時間（保留を含む）＋後処理時間。",
        Handling::WrapUp => "後処理時間のみ（通話後に記録を登録する時間）。",
    };
    let (blockage, beside) = match it.blockage {
        OfficialBlockage::AllLines => (
            "全回線の使用、すなわち新たな呼が回線不足で拒否される状態（使用中の回線数が有効回線数以上）",
            "席回線全使用（全ての席回線が使用中の状態。ガイダンス回線の空きを問わない）",
        ),
        OfficialBlockage::SeatLines => (
            "席回線全使用、すなわち全ての席回線が使用中の状態（ガイダンス回線の空きを問わない）",
            "全回線使用（新たな呼が回線不足で拒否される状態）",
        ),
    };
    vec![
        line(
            "定義",
            "入電件数(A)",
            "R-A1 R-L10",
            format!(
                "{offered}ガイダンス中に切断された呼も含む。開設時間外の呼、試験呼は含まず、参考に別掲する。"
            ),
        ),
        line(
            "定義",
            "対応件数(B)",
            "R-A2 R-A10",
            format!("{handled_by}{hour}複数の席が対応しても1件とする。"),
        ),
        line(
            "定義",
            "応答率",
            "R-A3",
            "対応件数÷入電件数。入電のない時間帯は空欄とする。目標がある場合は小数第2位以下を切り捨てて表示する\
             （セルの式 INT(1000×B÷A)÷10）。目標がない場合は値を丸めずに持ち、表示だけを小数第1位に四捨五入する。",
        ),
        line(
            "定義",
            "回線閉塞",
            "R-L7 R-A4",
            format!(
                "委託者の定めにより、{blockage}にある区間をいう。始点を含み終点を含まない。ガイダンス・待機・通話・転送中の呼は回線を使い、\
                 後処理は使わない。開設時間外に閉塞はない。受付停止・過負荷の間も続き、その停止とは別の区間として\
                 互いに差し引かない。閉塞時間は時・日の境でミリ秒まで正確に分割し、一覧の区間は分割しない。\
                 {beside}は回線閉塞とせず、別に参考に示す。"
            ),
        ),
        line("定義", "通話時間", "R-A5 R-A6", talk),
        line(
            "定義",
            "処理時間",
            "R-A5 R-A6 R-A10",
            format!(
                "{handling}通話時間は席の応答から通話終了まで、後処理時間は席が後処理の状態にあった時間で、その後の休憩・離席を含まない。\
                 複数の席の時間は合算し、対応件数に数えた呼の時間を{times}に全て計上する。"
            ),
        ),
        line("定義", "平均処理時間", "R-A5", "処理時間÷対応件数。対応のない時間帯は空欄とする。"),
        line(
            "定義",
            "発信・転送（様式外）",
            "R-L8 R-A10",
            "発信通話は当委託者のために発信した呼の、相手の応答から終了まで（発信専用回線によるものも含む）。転送後通話は席が離れた後に\
             相談者と第三者だけで通話した時間（第三者の応答前の呼出を含まない）。どちらも時の境で分割し、同じ時間が両方に計上され得る。うち相談者抜きは席が第三者とだけ話した\
             時間で、通話時間の内数として入電の時間帯に計上する。",
        ),
    ]
}

fn fixed(account: &Account) -> Vec<Definition> {
    let short_s = account.counting.short_abandon.as_secs();
    vec![
        line(
            "定義",
            "配置オペレーター数",
            "R-A8",
            "専任席が待機・呼出・通話・後処理の状態にあった時間（溢れて来た他の委託者の呼に当たった時間を除く）を合計し、時間帯の長さで除した平均（日・月・合計は記録のある時間帯の長さで除す）。休憩・離席、応答しなかった席、電話機に届かない席は含まない。\
             兼任席は他の委託者の呼に当たった時間を除き、別欄に示す（待機中の時間は受け持つ各委託者に計上する）。応援席は当委託者の呼に当たった\
             時間だけを同じ欄に加える。",
        ),
        line(
            "定義",
            "放棄呼",
            "R-A2 R-A11",
            format!(
                "席の応答前に相談者が切断した呼。ガイダンス中・待機中・呼出中に分けて示す。入電から{short_s}秒未満のものを短時間放棄として再掲し、\
                 いずれも入電件数から除かない。受付の席が応答した後、相談員の応答前に切断した呼は対応件数に含め、受付後として再掲する。"
            ),
        ),
        line(
            "定義",
            "話中呼・停止",
            "R-L4 R-L9",
            "回線不足で拒否した呼を話中呼という。障害・停止・新規受付停止の間の拒否は話中呼に含めず、その時間は閉塞とは別に停止として示す。",
        ),
        line(
            "定義",
            "試験呼",
            "R-L6",
            "試験・習熟の呼は回線を占有せず、件数を参考に示すほかは、どの数値にも含めない。",
        ),
        line(
            "定義",
            "日合計・日平均",
            "",
            "日合計の応答率と日平均の応答率は日の対応件数÷日の入電件数。日平均の件数・閉塞時間は日合計÷24。\
             日平均の平均処理時間は対応件数による加重平均。",
        ),
        line(
            "定義",
            "応答率100%の時間帯",
            "",
            "入電が1件以上あり、その全てに対応した時間帯。丸め前の値で判定する。",
        ),
        line(
            "丸め",
            "表示と値",
            "R-A12 R-A13",
            "記録と計算はミリ秒の整数で行う。セルは丸めない値を持ち、表示だけを分・人は小数第1位（四捨五入）とする。合計は丸めない値の和である。",
        ),
    ]
}

pub(super) fn check(account: &Account, profile: &Profile) -> Definition {
    let it = account.total();
    let verdict = if it.is_balanced() { "一致" } else { "不一致" };
    line(
        "照合",
        "件数の照合",
        "R-A15",
        match profile.handled_by {
            HandledBy::AnySeat => format!(
                "入電{}＝対応{}（うち受付後の放棄{}）＋放棄{}＋当方の失敗{}＋未応答・継続中{}：{verdict}",
                it.offered,
                it.handled,
                it.abandoned_after_reception,
                it.abandoned(),
                it.failed,
                it.unanswered_in_progress
            ),
            HandledBy::FinalSkill => format!(
                "入電{}＝対応{}＋受付後の放棄{}＋受付後の終了{}＋放棄{}＋当方の失敗{}＋未応答・継続中{}：{verdict}",
                it.offered,
                it.handled - it.lost_after_reception(),
                it.abandoned_after_reception,
                it.failed_after_reception,
                it.abandoned(),
                it.failed,
                it.unanswered_in_progress
            ),
        },
    )
}
