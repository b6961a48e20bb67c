//! 月表の平均 (R-A5): each as the fraction that it is.

use acd_core::Weekday;

use super::{DayRow, HourRow, Sheet};
use crate::accounting::{DayClass, Figures, Fraction};

/// The means of one hour of the clock over the days of a sheet; `None`: of no day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HourMeans {
    /// Days on which the hour was open.
    pub days_open: u64,
    /// Days on which a call of the hour was handled.
    pub days_handled: u64,
    /// 平均配置オペレーター数: the mean over the open days of the dedicated seats staffed on average.
    pub dedicated_seats: Option<Fraction>,
    /// The same of shared seats.
    pub shared_seats: Option<Fraction>,
    /// 平均回線閉塞時間 in milliseconds: over the open days, those without any counted as nothing.
    pub blockage_ms: Option<Fraction>,
    /// 平均処理時間 in milliseconds: the mean of the days' means, days without handled calls left out.
    pub handling_ms: Option<Fraction>,
    /// 平均通話時間, likewise.
    pub talk_ms: Option<Fraction>,
    /// 平均後処理時間, likewise.
    pub wrap_up_ms: Option<Fraction>,
}

/// 平均受付件数: offered calls a day, over the days that are recorded; `None`: over no day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OfferedMeans {
    /// 月, 火, 水, 木, 金, 土: each without its holidays, which stand with the Sundays as Kyoto's 月表 has it.
    pub weekdays: [Option<Fraction>; 6],
    /// 月～土: days that are neither Sundays nor holidays.
    pub monday_to_saturday: Option<Fraction>,
    /// 日・祝
    pub sundays_and_holidays: Option<Fraction>,
    /// 1日平均
    pub all: Option<Fraction>,
}

/// In the order of [`OfferedMeans::weekdays`].
const MONDAY_TO_SATURDAY: [Weekday; 6] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
];

impl Sheet {
    /// The means of an hour of the clock (R-A5). An hour that comes twice in one day, as on a contract's first day, is one of
    /// that day.
    pub fn hour_means(&self, hour: u8) -> HourMeans {
        let open = self.days_of_hour(hour, |it| it.open_ms > 0);
        let handled = self.days_of_hour(hour, |it| self.profile.handled(it) > 0);
        let mean_of = |ms: &dyn Fn(&Figures) -> u64| {
            Fraction::mean(handled.iter().filter_map(|(it, _)| self.mean(it, ms(it))))
        };
        let over_open = |much: &dyn Fn(&Figures) -> u64| {
            let sum: u128 = open.iter().map(|(it, _)| u128::from(much(it))).sum();
            Fraction::new(sum, open.len() as u128)
        };
        let seats = |ms: &dyn Fn(&Figures) -> u64| {
            Fraction::mean(
                open.iter().filter_map(|(it, length)| Fraction::new(u128::from(ms(it)), u128::from(*length))),
            )
        };
        HourMeans {
            days_open: open.len() as u64,
            days_handled: handled.len() as u64,
            dedicated_seats: seats(&|it| it.dedicated.staffed_ms()),
            shared_seats: seats(&|it| it.shared.staffed_ms()),
            blockage_ms: over_open(&|it| self.profile.blockage_ms(it)),
            handling_ms: mean_of(&|it| self.profile.handling_ms(it)),
            talk_ms: mean_of(&|it| self.profile.talk_ms(it)),
            wrap_up_ms: mean_of(&|it| self.profile.wrap_up_ms(it)),
        }
    }

    /// The days on which an hour of the clock was as wanted: what it had there, and its length in milliseconds.
    fn days_of_hour(&self, hour: u8, is_wanted: impl Fn(&Figures) -> bool) -> Vec<(Figures, u64)> {
        let of_day = |day: &DayRow| {
            let rows = self.hours.get(day.hours.clone()).unwrap_or_default().iter();
            let wanted: Vec<&HourRow> = rows.filter(|it| it.hour == hour && is_wanted(&it.figures)).collect();
            let length_ms = wanted.iter().map(|it| it.length_ms).sum();
            let figures = wanted.iter().map(|it| it.figures).sum();
            (!wanted.is_empty()).then_some((figures, length_ms))
        };
        self.days.iter().filter_map(of_day).collect()
    }

    /// 平均処理時間 of figures in milliseconds, weighted by calls: that of a day, a month, a year (R-A5).
    pub fn mean_handling_ms(&self, it: &Figures) -> Option<Fraction> {
        self.mean(it, self.profile.handling_ms(it))
    }

    /// 平均通話時間, likewise.
    pub fn mean_talk_ms(&self, it: &Figures) -> Option<Fraction> {
        self.mean(it, self.profile.talk_ms(it))
    }

    /// 平均後処理時間, likewise.
    pub fn mean_wrap_up_ms(&self, it: &Figures) -> Option<Fraction> {
        self.mean(it, self.profile.wrap_up_ms(it))
    }

    /// A time of the handled calls over these.
    fn mean(&self, it: &Figures, ms: u64) -> Option<Fraction> {
        Fraction::new(u128::from(ms), u128::from(self.profile.handled(it)))
    }

    /// 平均受付件数 by the day of the week and by the kind of day.
    pub fn offered_means(&self) -> OfferedMeans {
        let mean = |wanted: &dyn Fn(&DayRow) -> bool| {
            Fraction::mean(
                self.days
                    .iter()
                    .filter(|it| it.recorded && wanted(it))
                    .filter_map(|it| Fraction::new(u128::from(self.profile.offered(&it.figures)), 1)),
            )
        };
        let rests = |it: &DayRow| matches!(it.class, DayClass::Sunday | DayClass::Holiday);
        OfferedMeans {
            weekdays: MONDAY_TO_SATURDAY
                .map(|weekday| mean(&|it| !rests(it) && it.date.weekday() == weekday)),
            monday_to_saturday: mean(&|it| !rests(it)),
            sundays_and_holidays: mean(&rests),
            all: mean(&|_| true),
        }
    }
}
