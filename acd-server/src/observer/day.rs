//! The response rate of this hour and of this day (R-A2, R-A3): a fold over facts.

use std::collections::BTreeMap;

use acd_core::{CallEvent, CallId, Outcome, TenantId, Timestamp};
use reports::accounting::HandledBy;

const HOUR_MILLIS: i64 = 3_600_000;

/// Hours of a day; older ones are of no rate.
const HOURS: i64 = 24;

/// Calls offered and handled, by tenant and by hour of admission.
#[derive(Clone, Debug)]
pub struct Day {
    offset_millis: i64,
    tenants: BTreeMap<TenantId, BTreeMap<i64, Counts>>,
    /// Offered calls in progress.
    open: BTreeMap<CallId, Open>,
    /// The newest hour, counted from 1970 in the zone.
    hour: i64,
}

/// An offered call.
#[derive(Clone, Copy, Debug)]
struct Open {
    tenant: TenantId,
    /// The hour of its admission.
    hour: i64,
    answered: bool,
    /// Reception has answered, and no adviser yet.
    awaits_adviser: bool,
}

/// The calls of an hour.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    offered: u64,
    answered: u64,
    /// Of the answered ones: ended between reception and adviser.
    lost_after_reception: u64,
}

impl Counts {
    const fn rate(self, handled_by: HandledBy) -> Rate {
        let handled = match handled_by {
            HandledBy::AnySeat => self.answered,
            HandledBy::FinalSkill => self.answered - self.lost_after_reception,
        };
        Rate { offered: self.offered, handled }
    }
}

/// Calls admitted in a window, and those of them that are handled as the client counts. The rate is `handled / offered`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rate {
    /// Calls that took a line within hours (R-A1).
    pub offered: u64,
    /// Of them, answered by any seat, or not lost between reception and adviser (R-A2).
    pub handled: u64,
}

impl Rate {
    /// Response rate; none where nothing was offered (R-A3).
    pub fn ratio(self) -> Option<f64> {
        (self.offered > 0).then(|| self.handled as f64 / self.offered as f64)
    }
}

impl Day {
    /// No calls, in a zone so many minutes east of Greenwich.
    pub const fn new(utc_offset_minutes: i32) -> Self {
        Self {
            offset_millis: utc_offset_minutes as i64 * 60_000,
            tenants: BTreeMap::new(),
            open: BTreeMap::new(),
            hour: i64::MIN,
        }
    }

    /// Takes the next fact.
    pub fn apply(&mut self, time: Timestamp, fact: &CallEvent) {
        self.pass(time);
        #[expect(clippy::wildcard_enum_match_arm, reason = "most facts are in no rate")]
        match fact {
            CallEvent::CallAdmitted { call, tenant, test: false, closed: false, .. } => {
                let (tenant, hour) = (*tenant, self.hour);
                self.counts(tenant, hour).offered += 1;
                self.open.insert(*call, Open { tenant, hour, answered: false, awaits_adviser: false });
            }
            CallEvent::CallAnswered { ring, .. } => {
                let Some(open) = self.open.get_mut(&ring.call) else { return };
                open.awaits_adviser = false;
                if !std::mem::replace(&mut open.answered, true) {
                    let open = *open;
                    self.count(open, |counts| &mut counts.answered);
                }
            }
            CallEvent::CallerQueued { call, awaits_adviser: true, .. } => {
                if let Some(open) = self.open.get_mut(call) {
                    open.awaits_adviser = true;
                }
            }
            CallEvent::CallEnded { call, outcome, .. } => {
                let Some(open) = self.open.remove(call) else { return };
                if open.awaits_adviser || *outcome == Outcome::AbandonedAfterReception {
                    self.count(open, |counts| &mut counts.lost_after_reception);
                }
            }
            _ => {}
        }
    }

    fn count(&mut self, call: Open, of: impl Fn(&mut Counts) -> &mut u64) {
        if self.keeps(call.hour) {
            *of(self.counts(call.tenant, call.hour)) += 1;
        }
    }

    /// Time has passed: hours that no window reaches are forgotten.
    pub fn pass(&mut self, time: Timestamp) {
        let hour = (time.as_millis() + self.offset_millis).div_euclid(HOUR_MILLIS);
        if hour <= self.hour {
            return;
        }
        self.hour = hour;
        for hours in self.tenants.values_mut() {
            hours.retain(|&kept, _| kept > hour - HOURS);
        }
    }

    /// Calls of a tenant admitted in this clock hour, as the client counts.
    pub fn this_hour(&self, tenant: TenantId, handled_by: HandledBy) -> Rate {
        let counts = self.tenants.get(&tenant).and_then(|hours| hours.get(&self.hour)).copied();
        counts.unwrap_or_default().rate(handled_by)
    }

    /// Calls of a tenant admitted since midnight, as the client counts.
    pub fn today(&self, tenant: TenantId, handled_by: HandledBy) -> Rate {
        let midnight = self.hour.saturating_sub(self.hour.rem_euclid(HOURS));
        let Some(hours) = self.tenants.get(&tenant) else { return Rate::default() };
        hours.range(midnight..).map(|(_, counts)| counts.rate(handled_by)).fold(
            Rate::default(),
            |sum, rate| Rate { offered: sum.offered + rate.offered, handled: sum.handled + rate.handled },
        )
    }

    const fn keeps(&self, hour: i64) -> bool {
        hour > self.hour - HOURS
    }

    fn counts(&mut self, tenant: TenantId, hour: i64) -> &mut Counts {
        self.tenants.entry(tenant).or_default().entry(hour).or_default()
    }
}
