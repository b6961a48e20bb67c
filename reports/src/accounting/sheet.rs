//! 日表, 月表, 年度: an account cut into the hours, days and months of a calendar, as a client counts.

mod means;

use std::ops::Range;

use acd_core::{CivilDate, Timestamp};

use super::{Account, Calendar, DayClass, Figures, Period, Profile};

pub use means::{HourMeans, OfferedMeans};

/// The figures of a period by hours, days and months; each level is the sum of the one before it, to the millisecond
/// (R-A15).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sheet {
    /// What it is about.
    pub period: Period,
    /// How it is counted.
    pub profile: Profile,
    /// When its days begin.
    pub calendar: Calendar,
    /// The hours of all its days, oldest first.
    pub hours: Vec<HourRow>,
    /// Its days.
    pub days: Vec<DayRow>,
    /// Its months; of a day's sheet the one in which the day lies.
    pub months: Vec<MonthRow>,
    /// The whole.
    pub total: Figures,
    /// How it comes to the same as a period from midnight to midnight.
    pub reconciliation: Reconciliation,
}

/// One hour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HourRow {
    /// The day to which the form counts it.
    pub day: CivilDate,
    /// Its first instant.
    pub from: Timestamp,
    /// Its hour by the clock, 0 to 23.
    pub hour: u8,
    /// Its length in milliseconds, without what the clock skipped.
    pub length_ms: u64,
    /// Whether any of it is recorded.
    pub recorded: bool,
    /// Its figures.
    pub figures: Figures,
}

/// One day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DayRow {
    /// Which.
    pub date: CivilDate,
    /// What kind of day.
    pub class: DayClass,
    /// Its hours among [`Sheet::hours`].
    pub hours: Range<usize>,
    /// The length of its recorded hours in milliseconds, over which a mean of the clock is taken: of the others nobody knows.
    pub length_ms: u64,
    /// Whether any of it is recorded.
    pub recorded: bool,
    /// Its figures.
    pub figures: Figures,
}

/// One month.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MonthRow {
    /// Of which year.
    pub year: i32,
    /// Which, 1 to 12.
    pub month: u8,
    /// Its days among [`Sheet::days`].
    pub days: Range<usize>,
    /// Whether any of it is recorded.
    pub recorded: bool,
    /// Its figures.
    pub figures: Figures,
}

/// How a period of days that begin at some hour and the same one from midnight to midnight differ (R-A9):
/// `civil + after = total + before`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reconciliation {
    /// From 0:00 of the first day to 24:00 of the last.
    pub civil: Figures,
    /// Before the first day begins: the last hours of the period before.
    pub before: Figures,
    /// After 24:00 of the last day, and still its hours.
    pub after: Figures,
}

impl Reconciliation {
    /// Whether both totals come to the same, peaks aside.
    pub fn agrees(&self, total: &Figures) -> bool {
        let without_peaks = |all: [Figures; 2]| {
            let mut sum: Figures = all.into_iter().sum();
            (sum.dedicated_peak, sum.staffed_peak) = (0, 0);
            sum
        };
        without_peaks([self.civil, self.after]) == without_peaks([*total, self.before])
    }
}

impl Sheet {
    /// Cuts an account whose slots are [`Calendar::slots`] of the period; `None`: its slots do not reach over the days.
    pub fn new(account: &Account, period: Period, profile: Profile, calendar: &Calendar) -> Option<Self> {
        let slots = &account.slots;
        let mut sheet = Self {
            period,
            profile,
            calendar: calendar.clone(),
            hours: Vec::new(),
            days: Vec::new(),
            months: Vec::new(),
            total: Figures::default(),
            reconciliation: reconcile(account, period, calendar)?,
        };
        for date in period.dates() {
            let (from, to) = calendar.day(date);
            let begin = sheet.hours.len();
            for slot in within(account, from, to)? {
                let (from, _) = slots.bounds(slot)?;
                sheet.hours.push(HourRow {
                    day: date,
                    from,
                    hour: calendar.hour_of(from).1,
                    length_ms: account.length_ms(slot),
                    recorded: !account.is_unrecorded(slot),
                    figures: *account.figures.get(slot)?,
                });
            }
            sheet.push_day(date, begin..sheet.hours.len());
        }
        Some(sheet)
    }

    fn push_day(&mut self, date: CivilDate, hours: Range<usize>) {
        let rows = self.hours.get(hours.clone()).unwrap_or_default();
        let figures: Figures = rows.iter().map(|it| it.figures).sum();
        let length_ms = rows.iter().filter(|it| it.recorded).map(|it| it.length_ms).sum();
        let class = self.calendar.class(date);
        let recorded = rows.iter().any(|it| it.recorded);
        self.days.push(DayRow { date, class, hours, length_ms, recorded, figures });
        let day = self.days.len() - 1;
        match self.months.last_mut().filter(|it| (it.year, it.month) == (date.year, date.month)) {
            Some(month) => {
                month.days.end = day + 1;
                month.recorded |= recorded;
                month.figures += figures;
            }
            None => {
                let (year, month) = (date.year, date.month);
                self.months.push(MonthRow { year, month, days: day..day + 1, recorded, figures });
            }
        }
        self.total += figures;
    }

    /// The sum of an hour of the clock over all days.
    pub fn hour_of_day(&self, hour: u8) -> Figures {
        self.hours.iter().filter(|it| it.hour == hour).map(|it| it.figures).sum()
    }
}

/// The slots from one instant to another, which must be edges of theirs.
fn within(account: &Account, from: Timestamp, to: Timestamp) -> Option<Range<usize>> {
    let slots = &account.slots;
    let begin = slots.slot_of(from)?;
    let end = if to == slots.to() { slots.count() } else { slots.slot_of(to)? };
    let are_edges = slots.bounds(begin)?.0 == from && slots.bounds(end - 1)?.1 == to;
    are_edges.then_some(begin..end)
}

fn reconcile(account: &Account, period: Period, calendar: &Calendar) -> Option<Reconciliation> {
    let (from, _) = calendar.day(period.first());
    let (_, to) = calendar.day(period.last());
    let (civil_from, _) = calendar.civil_day(period.first());
    let (_, civil_to) = calendar.civil_day(period.last());
    let sum = |from, to| {
        if from == to {
            return Some(Figures::default());
        }
        Some(account.figures.get(within(account, from, to)?)?.iter().copied().sum())
    };
    Some(Reconciliation {
        civil: sum(civil_from, civil_to)?,
        before: sum(civil_from, from)?,
        after: sum(civil_to, to)?,
    })
}
