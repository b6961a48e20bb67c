//! 参考 時間帯別内訳: all figures of an hour in columns, the same for every kind of file.

use super::printed;
use crate::accounting::Figures;

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Value {
    /// Calls; the day has their sum.
    Count(u64),
    /// Milliseconds, printed as minutes; the day has their sum.
    Time(u64),
    /// Seat-milliseconds, printed as the mean number of seats; the day has the mean of its hours.
    Seats(u64),
    /// A highest level; the day has the highest of its hours.
    Peak(u64),
}

impl Value {
    /// As it is printed, for a slot of this length in milliseconds.
    pub(super) fn printed(self, length_ms: u64) -> String {
        match self {
            Self::Count(count) | Self::Peak(count) => count.to_string(),
            Self::Time(ms) => printed::minutes(ms),
            Self::Seats(ms) => printed::ratio(ms, length_ms).unwrap_or_default(),
        }
    }

    /// As a cell holds it.
    pub(super) fn raw(self, length_ms: u64) -> f64 {
        match self {
            Self::Count(count) | Self::Peak(count) => count as f64,
            Self::Time(ms) => printed::raw_minutes(ms),
            Self::Seats(ms) => ms as f64 / length_ms as f64,
        }
    }
}

/// One column.
pub(super) struct Column {
    /// Its heading.
    pub(super) heading: &'static str,
    /// Its unit.
    pub(super) unit: &'static str,
    /// Its name in JSON; times in milliseconds.
    pub(super) key: &'static str,
    /// Its value.
    pub(super) value: fn(&Figures) -> Value,
}

const fn column(
    heading: &'static str,
    unit: &'static str,
    key: &'static str,
    value: fn(&Figures) -> Value,
) -> Column {
    Column { heading, unit, key, value }
}

/// Where 入電件数 stands among [`COLUMNS`], and how many columns after it must add up to it (R-A15).
pub(super) const OFFERED: usize = 0;
pub(super) const OUTCOMES: std::ops::RangeInclusive<usize> = 1..=6;

/// The columns in their order.
pub(super) const COLUMNS: [Column; 37] = [
    column("入電件数", "件", "offered", |it| Value::Count(it.offered)),
    column("対応件数", "件", "handled", |it| Value::Count(it.handled)),
    column("放棄・ガイダンス中", "件", "abandoned_in_guidance", |it| {
        Value::Count(it.abandoned_in_guidance)
    }),
    column("放棄・待機中", "件", "abandoned_in_queue", |it| Value::Count(it.abandoned_in_queue)),
    column("放棄・呼出中", "件", "abandoned_while_ringing", |it| {
        Value::Count(it.abandoned_while_ringing)
    }),
    column("当方の失敗", "件", "failed", |it| Value::Count(it.failed)),
    column("未応答・継続中", "件", "unanswered_in_progress", |it| {
        Value::Count(it.unanswered_in_progress)
    }),
    column("短時間放棄・再掲", "件", "short_abandons", |it| Value::Count(it.short_abandons)),
    column("放棄・受付後・再掲", "件", "abandoned_after_reception", |it| {
        Value::Count(it.abandoned_after_reception)
    }),
    column("終了・受付後・再掲", "件", "failed_after_reception", |it| {
        Value::Count(it.failed_after_reception)
    }),
    column("応答・応答の時刻", "件", "answers", |it| Value::Count(it.answers)),
    column("応答・最終の職種の応答の時刻", "件", "final_answers", |it| {
        Value::Count(it.final_answers)
    }),
    column("話中呼", "件", "blocked_attempts", |it| Value::Count(it.blocked_attempts)),
    column("時間外・案内", "件", "closed_calls", |it| Value::Count(it.closed_calls)),
    column("時間外・拒否", "件", "closed_refused", |it| Value::Count(it.closed_refused)),
    column("停止中の拒否", "件", "outage_refused", |it| Value::Count(it.outage_refused)),
    column("試験呼", "件", "tests", |it| Value::Count(it.tests)),
    column("溢呼・他へ", "件", "overflow_out", |it| Value::Count(it.overflow_out)),
    column("溢呼・他から", "件", "overflow_in", |it| Value::Count(it.overflow_in)),
    column("通話時間", "分", "talk_ms", |it| Value::Time(it.talk_ms)),
    column("うち保留", "分", "hold_ms", |it| Value::Time(it.hold_ms)),
    column("うち相談者抜き", "分", "aside_ms", |it| Value::Time(it.aside_ms)),
    column("後処理時間", "分", "wrap_up_ms", |it| Value::Time(it.wrap_up_ms)),
    column("発信通話", "分", "outbound_ms", |it| Value::Time(it.outbound_ms)),
    column("転送後通話", "分", "forwarded_ms", |it| Value::Time(it.forwarded_ms)),
    column("全回線使用", "分", "blockage_ms", |it| Value::Time(it.blockage_ms)),
    column("席回線全使用", "分", "seat_lines_full_ms", |it| Value::Time(it.seat_lines_full_ms)),
    column("停止", "分", "outage_ms", |it| Value::Time(it.outage_ms)),
    column("配置不足", "分", "below_staffing_ms", |it| Value::Time(it.below_staffing_ms)),
    column("開設時間", "分", "open_ms", |it| Value::Time(it.open_ms)),
    column("記録なし", "分", "unrecorded_ms", |it| Value::Time(it.unrecorded_ms)),
    column("時計の進み", "分", "skipped_ms", |it| Value::Time(it.skipped_ms)),
    column("専任席", "人", "dedicated_seat_ms", |it| Value::Seats(it.dedicated.staffed_ms())),
    column("兼任席", "人", "shared_seat_ms", |it| Value::Seats(it.shared.staffed_ms())),
    column("専任席・他の委託者の呼に", "人", "dedicated_elsewhere_ms", |it| {
        Value::Seats(it.dedicated.elsewhere_ms)
    }),
    column("専任席の最大", "人", "dedicated_peak", |it| Value::Peak(it.dedicated_peak)),
    column("全席の最大", "人", "staffed_peak", |it| Value::Peak(it.staffed_peak)),
];
