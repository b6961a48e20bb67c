//! When the journal gets a snapshot of the switch, from which a replay can begin once the inputs before it are gone.

use acd_core::{CivilDate, Timestamp};

use super::settings::JAPAN_OFFSET_MINUTES;
use crate::journal::{Journal, JournalState};
use crate::limits::SNAPSHOT_RECORDS;

/// What has happened since the last one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Snapshots {
    day: CivilDate,
    records: usize,
    /// Records that the journal had lost by then.
    lost: u64,
}

impl Snapshots {
    /// A life begins with a segment of its own.
    pub(super) const fn new(now: Timestamp) -> Self {
        Self { day: day_of(now), records: 0, lost: 0 }
    }

    /// Whether one is due with these records: at the first of a day, after [`SNAPSHOT_RECORDS`], or since records were
    /// lost, after which no replay could go on. A journal that cannot write is not given more.
    pub(super) fn is_due(&mut self, now: Timestamp, records: usize, journal: &Journal) -> bool {
        self.records += records;
        let lost = journal.lost_records();
        if records == 0 || journal.state() == JournalState::Degraded || !self.is_over(now, lost) {
            return false;
        }
        *self = Self { day: day_of(now), records: 0, lost };
        true
    }

    fn is_over(&self, now: Timestamp, lost: u64) -> bool {
        day_of(now) != self.day || self.records >= SNAPSHOT_RECORDS || lost > self.lost
    }
}

const fn day_of(now: Timestamp) -> CivilDate {
    now.civil(JAPAN_OFFSET_MINUTES).date
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// 2026-11-21T23:59:59.999+09:00.
    const LATE: Timestamp = Timestamp::from_millis(1_795_273_199_999);

    #[test]
    fn the_first_record_of_a_day_and_the_last_of_many_and_the_first_after_a_loss_are_due() {
        let mut since = Snapshots::new(LATE);
        assert!(!since.is_over(LATE, 0));
        assert!(since.is_over(LATE + Duration::from_millis(1), 0), "midnight in Japan");
        assert!(since.is_over(LATE, 1), "records were lost");
        since.records = SNAPSHOT_RECORDS - 1;
        assert!(!since.is_over(LATE, 0));
        since.records = SNAPSHOT_RECORDS;
        assert!(since.is_over(LATE, 0));
    }
}
