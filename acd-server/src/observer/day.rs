//! The response rate of this hour and of this day (R-A2, R-A3): a fold over facts.

use std::collections::BTreeMap;

use acd_core::{CallEvent, CallId, TenantId, Timestamp};

const HOUR_MILLIS: i64 = 3_600_000;

/// Hours of a day; older ones are of no rate.
const HOURS: i64 = 24;

/// Calls offered and handled, by tenant and by hour of admission.
#[derive(Clone, Debug)]
pub struct Day {
    offset_millis: i64,
    tenants: BTreeMap<TenantId, BTreeMap<i64, Rate>>,
    /// Offered calls that no seat has answered yet, with the hour of their admission.
    unanswered: BTreeMap<CallId, (TenantId, i64)>,
    /// The newest hour, counted from 1970 in the zone.
    hour: i64,
}

/// Calls admitted in a window, and those of them that a seat has answered. The rate is `handled / offered`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rate {
    /// Calls that took a line within hours (R-A1).
    pub offered: u64,
    /// Of them, answered by a seat (R-A2).
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
            unanswered: BTreeMap::new(),
            hour: i64::MIN,
        }
    }

    /// Takes the next fact.
    pub fn apply(&mut self, time: Timestamp, fact: &CallEvent) {
        self.pass(time);
        if let CallEvent::CallAdmitted { call, tenant, test: false, closed: false, .. } = fact {
            self.rate(*tenant, self.hour).offered += 1;
            self.unanswered.insert(*call, (*tenant, self.hour));
        } else if let CallEvent::CallAnswered { ring, .. } = fact {
            if let Some((tenant, hour)) = self.unanswered.remove(&ring.call)
                && self.keeps(hour)
            {
                self.rate(tenant, hour).handled += 1;
            }
        } else if let CallEvent::CallEnded { call, .. } = fact {
            self.unanswered.remove(call);
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

    /// Calls of a tenant admitted in this clock hour.
    pub fn this_hour(&self, tenant: TenantId) -> Rate {
        self.tenants.get(&tenant).and_then(|hours| hours.get(&self.hour)).copied().unwrap_or_default()
    }

    /// Calls of a tenant admitted since midnight.
    pub fn today(&self, tenant: TenantId) -> Rate {
        let midnight = self.hour.saturating_sub(self.hour.rem_euclid(HOURS));
        let Some(hours) = self.tenants.get(&tenant) else { return Rate::default() };
        hours.range(midnight..).fold(Rate::default(), |sum, (_, rate)| Rate {
            offered: sum.offered + rate.offered,
            handled: sum.handled + rate.handled,
        })
    }

    const fn keeps(&self, hour: i64) -> bool {
        hour > self.hour - HOURS
    }

    fn rate(&mut self, tenant: TenantId, hour: i64) -> &mut Rate {
        self.tenants.entry(tenant).or_default().entry(hour).or_default()
    }
}
