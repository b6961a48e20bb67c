//! 時間帯: the slots into which a report cuts its period.

use acd_core::{CivilDate, TimeOfDay, Timestamp};

/// Milliseconds of an hour.
const HOUR_MS: i64 = 3_600_000;

/// Slots without a gap: slot n is the half-open interval from edge n to edge n + 1.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slots {
    edges: Vec<Timestamp>,
    /// From where to where the lists of the report tell.
    listed: (Timestamp, Timestamp),
}

impl Slots {
    /// Slots between these instants; `None` if they do not rise strictly or are fewer than two.
    pub fn new(edges: Vec<Timestamp>) -> Option<Self> {
        let rising = edges.windows(2).all(|pair| pair[0] < pair[1]);
        let listed = (*edges.first()?, *edges.last()?);
        (edges.len() >= 2 && rising).then_some(Self { edges, listed })
    }

    /// The same, of which the report's lists tell from one instant to another: slots may reach further than the period
    /// whose figures stand beside the lists (R-A4, R-A9).
    pub fn listing(self, from: Timestamp, to: Timestamp) -> Self {
        Self { listed: (from, to), ..self }
    }

    /// The first instant of which the report's lists tell, and the first after: all slots, unless something else was
    /// [said](Self::listing).
    pub const fn listed(&self) -> (Timestamp, Timestamp) {
        self.listed
    }

    /// The 24 hours from 0:00 of a day in a zone `utc_offset_minutes` east of Greenwich (R-A9).
    pub fn hours(date: CivilDate, utc_offset_minutes: i32) -> Self {
        let midnight = date.at(TimeOfDay::MIDNIGHT, utc_offset_minutes).as_millis();
        let edge = |hour| Timestamp::from_millis(midnight + hour * HOUR_MS);
        Self { edges: (0..=24).map(edge).collect(), listed: (edge(0), edge(24)) }
    }

    /// How many there are; at least one.
    pub const fn count(&self) -> usize {
        self.edges.len() - 1
    }

    /// When the first begins.
    pub fn from(&self) -> Timestamp {
        self.edges[0]
    }

    /// When the last has ended.
    pub fn to(&self) -> Timestamp {
        self.edges[self.count()]
    }

    /// Beginning and end of a slot; `None`: there is no such slot.
    pub fn bounds(&self, slot: usize) -> Option<(Timestamp, Timestamp)> {
        Some((*self.edges.get(slot)?, *self.edges.get(slot + 1)?))
    }

    /// The length of a slot in milliseconds; 0 if there is no such slot.
    pub fn length_ms(&self, slot: usize) -> u64 {
        self.bounds(slot).map_or(0, |(from, to)| ms_between(from, to))
    }

    /// The slot of an instant; `None` outside the period.
    pub fn slot_of(&self, at: Timestamp) -> Option<usize> {
        if at < self.from() || at >= self.to() {
            return None;
        }
        Some(self.edges.partition_point(|edge| *edge <= at) - 1)
    }

    /// Cuts [from, to) at the edges: each slot that it touches with its milliseconds there (R-A4).
    pub fn cut(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = (usize, u64)> + '_ {
        let first = self.edges.partition_point(|edge| *edge <= from).saturating_sub(1);
        (first..self.count())
            .map_while(move |slot| {
                let (begin, end) = self.bounds(slot)?;
                (begin < to).then(|| (slot, ms_between(begin.max(from), end.min(to))))
            })
            .filter(|(_, ms)| *ms > 0)
    }
}

/// Milliseconds from one instant to a later one, else 0.
pub(super) const fn ms_between(from: Timestamp, to: Timestamp) -> u64 {
    let ms = to.as_millis().saturating_sub(from.as_millis());
    if ms > 0 { ms.unsigned_abs() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    fn slots() -> Slots {
        Slots::new(vec![at(0), at(100), at(250)]).expect("rising edges")
    }

    #[test]
    fn an_instant_belongs_to_the_slot_that_it_begins() {
        let cases = [(-1, None), (0, Some(0)), (99, Some(0)), (100, Some(1)), (249, Some(1)), (250, None)];
        for (ms, slot) in cases {
            assert_eq!(slots().slot_of(at(ms)), slot, "{ms}");
        }
    }

    #[test]
    fn an_interval_is_cut_at_the_edges_and_the_period() {
        let cut = |from, to| slots().cut(at(from), at(to)).collect::<Vec<_>>();
        assert_eq!(cut(-50, 300), [(0, 100), (1, 150)]);
        assert_eq!(cut(99, 101), [(0, 1), (1, 1)]);
        assert_eq!(cut(100, 250), [(1, 150)]);
        assert_eq!(cut(-10, 0), []);
        assert_eq!(cut(250, 300), []);
        assert_eq!(cut(120, 120), []);
        assert_eq!(cut(130, 120), []);
    }

    #[test]
    fn a_day_has_24_hours_of_its_zone() {
        let day = Slots::hours(CivilDate { year: 2026, month: 11, day: 21 }, 540);
        assert_eq!(day.count(), 24);
        // 2026-11-21T00:00:00+09:00
        assert_eq!(day.from(), at(1_795_186_800_000));
        assert_eq!(day.to(), at(1_795_186_800_000 + 86_400_000));
        assert_eq!(day.length_ms(23), 3_600_000);
        assert_eq!(day.length_ms(24), 0);
    }

    #[test]
    fn edges_that_do_not_rise_are_no_slots() {
        assert_eq!(Slots::new(vec![at(0)]), None);
        assert_eq!(Slots::new(vec![at(0), at(0)]), None);
    }
}
