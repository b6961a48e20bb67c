//! Intervals that a report lists whole, beside the milliseconds that it cuts (R-A4).

use acd_core::{LineUse, SkillId, Timestamp, TrunkId};

/// A half-open interval.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Interval {
    /// Its first instant, or the first that is recorded.
    pub from: Timestamp,
    /// The first instant after it; `None`: it went on when the record ended.
    pub to: Option<Timestamp>,
}

impl Interval {
    /// Its milliseconds; `None`: it has no end yet.
    pub fn ms(self) -> Option<u64> {
        self.to.map(|to| super::slots::ms_between(self.from, to))
    }

    /// Whether a part of it lies in [from, to).
    pub fn touches(self, (from, to): (Timestamp, Timestamp)) -> bool {
        self.from < to && self.to.is_none_or(|end| end > from)
    }
}

/// A new call of the tenant would have been refused, or all its seat lines were busy; which of the two is the client's
/// 回線閉塞 is the client's choice (R-L7).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Blockage {
    /// When.
    pub interval: Interval,
    /// What the lines were doing when it began; `None`: it began before the record.
    pub lines: Option<LineUse>,
    /// Lines of the tenant's pool that other tenants' calls held when it began (R-L5).
    pub lent: u32,
    /// The switch stopped or died during it: from there on it is an outage (R-L9).
    pub cut_by_outage: bool,
}

/// Fewer seats staffed than the plan wants (R-A8).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Understaffing {
    /// When.
    pub interval: Interval,
    /// Of which skill; `None`: of any.
    pub skill: Option<SkillId>,
    /// How many seats the plan wants.
    pub wanted: u64,
    /// How many were staffed.
    pub staffed: u64,
}

/// Why the switch took no calls (R-L9).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum OutageCause {
    /// It ended without saying so.
    Crash,
    /// It was being drained.
    Drain,
    /// It had been stopped.
    Stopped,
    /// It was full, and had turned a call away: media ports, transactions or dialogs.
    Overload,
    /// A carrier's trunk was dead.
    Trunk(TrunkId),
    /// The switch had just started, and no phone had registered with it anew, for which each had up to
    /// [`SEATS_BACK_MAX`](crate::limits::SEATS_BACK_MAX).
    SeatsNotBack,
    /// No seat that may serve a new caller could be reached.
    NoReachableSeat,
}

/// Whose an outage is (R-L9).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Responsibility {
    /// Ours: who runs the switch.
    Switch,
    /// The carrier's.
    Carrier,
    /// Its operations centre's: who staffs the seats.
    Centre,
}

impl OutageCause {
    /// Whose it is. It follows from the cause, and nowhere else.
    pub const fn responsibility(self) -> Responsibility {
        match self {
            // Phones register when their time comes; that they must is the restart's doing.
            Self::Crash | Self::Drain | Self::Stopped | Self::Overload | Self::SeatsNotBack => {
                Responsibility::Switch
            }
            Self::Trunk(_) => Responsibility::Carrier,
            Self::NoReachableSeat => Responsibility::Centre,
        }
    }
}

/// An interval in which the switch took no calls; never part of a blockage.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outage {
    /// When.
    pub interval: Interval,
    /// Why.
    pub cause: OutageCause,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_that_adjoins_a_period_does_not_touch_it() {
        let at = Timestamp::from_millis;
        let touches =
            |from, to: Option<i64>| Interval { from: at(from), to: to.map(at) }.touches((at(100), at(200)));
        for (from, to) in [(0, Some(100)), (200, Some(300)), (200, None)] {
            assert!(!touches(from, to), "{from} to {to:?}");
        }
        for (from, to) in [(0, Some(101)), (199, Some(300)), (199, None), (0, None), (120, Some(130))] {
            assert!(touches(from, to), "{from} to {to:?}");
        }
    }
}
