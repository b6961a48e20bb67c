//! Which calls are taken, which are refused, and why: number, drain, hours, lines, overload, in this order: whoever finds no
//! line is refused for want of one, whatever else is wanting (R-L4).

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use core::time::Duration;

use crate::call::{Call, Visit, Watchers};
use crate::effect::Effect;
use crate::event::{CallEvent, RefusalReason, UnexpectedInput};
use crate::ids::{CallId, DialledNumber, TenantId, TrunkId};
use crate::input::{AlarmKind, CallerIdentity};
use crate::limits::{CALLS_MAX, OVERLOAD_RETRY_AFTER};
use crate::lines::{Holding, Room};
use crate::plan::LinesFullRefusal;
use crate::switch::Switch;

/// A call as it arrives.
pub(crate) struct Arrival<'a> {
    pub(crate) call: CallId,
    pub(crate) trunk: TrunkId,
    pub(crate) dialled: &'a [DialledNumber],
    pub(crate) caller: CallerIdentity,
    pub(crate) test: bool,
    pub(crate) overloaded: bool,
}

/// What an admitted call takes, and how many of these there are.
struct Admission {
    holding: Holding,
    closed: bool,
    /// The caller goes on to another tenant's queue (R-G5).
    overflows: bool,
    lines_in_use: u32,
    capacity: u32,
}

impl Switch {
    /// Admits or refuses a call.
    pub(crate) fn call_arrived(&mut self, arrival: Arrival<'_>) {
        if self.highest_call.is_some_and(|highest| arrival.call <= highest) {
            return self.house.unexpected(UnexpectedInput::CallDuplicate, Some(arrival.call));
        }
        self.highest_call = Some(arrival.call);

        let known = arrival.dialled.iter().find_map(|number| Some((*number, *self.numbers.get(number)?)));
        let Some((dialled, tenant)) = known else {
            let dialled = arrival.dialled.first().copied();
            return self.refuse(arrival, None, dialled, RefusalReason::UnknownNumber);
        };
        if !arrival.test {
            self.house.expect_call(tenant);
        }
        let admission = if self.draining {
            Err(RefusalReason::Draining)
        } else {
            let lines = &self.house.lines;
            let overflows = lines.overflow_closed(tenant).is_some();
            admission(lines.room(tenant), lines.line_limit(tenant), overflows, arrival.test)
        };
        let is_outside = match &admission {
            Ok(admission) => admission.closed && !admission.overflows,
            Err(reason) => *reason == RefusalReason::Closed,
        };
        if is_outside && !arrival.test {
            self.house.raise(AlarmKind::CallOutsideHours, Some(tenant), Some(arrival.call));
        }
        let is_full = arrival.overloaded || self.calls.len() >= CALLS_MAX;
        match admission {
            Ok(_) if is_full => self.refuse(arrival, Some(tenant), Some(dialled), RefusalReason::Overload),
            Ok(admission) => self.admit(arrival, tenant, dialled, &admission),
            Err(reason) => self.refuse(arrival, Some(tenant), Some(dialled), reason),
        }
    }

    fn admit(
        &mut self,
        arrival: Arrival<'_>,
        tenant: TenantId,
        dialled: DialledNumber,
        admission: &Admission,
    ) {
        let Arrival { call, trunk, caller, test, .. } = arrival;
        let number = self
            .house
            .lines
            .room(tenant)
            .tenant
            .numbers
            .get(&dialled)
            .expect("invariant: the number was found in this tenant");
        let visit = Visit {
            call,
            tenant,
            caller: caller.clone(),
            guidance: number.guidance.clone(),
            recording: number.recording,
            choice: number.choice.clone().map(Box::new),
            skill: None,
            closed: admission.closed,
            holding: admission.holding,
            test,
            outbound: false,
            about: None,
            rings: 0,
            parties: 0,
            answered: false,
            awaits_adviser: false,
            serving: tenant,
            overflows: 0,
            waits_since: None,
            is_overdue: false,
            caller_holds: false,
            unheard: BTreeSet::new(),
            watchers: Watchers::new(),
            conditions: BTreeMap::new(),
        };
        self.house.out.state(CallEvent::CallAdmitted {
            call,
            tenant,
            trunk,
            dialled,
            caller,
            test,
            closed: admission.closed,
            lines_in_use: admission.lines_in_use,
            capacity: admission.capacity,
        });
        let admitted = Call::admit(visit, &mut self.house);
        self.calls.insert(call, Box::new(admitted));
    }

    fn refuse(
        &mut self,
        arrival: Arrival<'_>,
        tenant: Option<TenantId>,
        dialled: Option<DialledNumber>,
        reason: RefusalReason,
    ) {
        let Arrival { call, trunk, caller, test, .. } = arrival;
        if let Some(announcement) = self.busy_announcement(tenant, reason) {
            self.house.out.order(Effect::ProgressCaller { call });
            self.house.outstanding.announced.insert(call, announcement);
            self.house.out.state(CallEvent::CallRefused {
                call,
                tenant,
                trunk,
                dialled,
                caller,
                reason,
                test,
            });
            return;
        }
        let retry_after = match reason {
            RefusalReason::LinesFull | RefusalReason::Closed => self.retry_after(tenant),
            RefusalReason::Overload => Some(OVERLOAD_RETRY_AFTER),
            RefusalReason::UnknownNumber | RefusalReason::Draining => None,
        };
        self.house.out.order(Effect::RefuseCall { call, reason, retry_after });
        self.house.outstanding.refused.add(call);
        self.house.out.state(CallEvent::CallRefused { call, tenant, trunk, dialled, caller, reason, test });
    }

    fn retry_after(&self, tenant: Option<TenantId>) -> Option<Duration> {
        match self.house.lines.room(tenant?).tenant.refusal {
            LinesFullRefusal::RetryAfter(after) => Some(after),
            LinesFullRefusal::BusyHere | LinesFullRefusal::Announcement { .. } => None,
        }
    }
}

/// Whether a room that may hold so many lines has one for one more call (R-L4); `None`: outside hours.
fn admission(
    room: &Room,
    limit: Option<u32>,
    overflows: bool,
    test: bool,
) -> Result<Admission, RefusalReason> {
    let (holding, lines_in_use, capacity, full) = match limit {
        Some(limit) => (Holding::Line, room.lines_in_use(), limit, RefusalReason::LinesFull),
        None if room.tenant.closed_announcement.is_none() && !overflows => return Err(RefusalReason::Closed),
        None => {
            let capacity = u32::from(room.tenant.closed_lines);
            (Holding::ClosedLine, room.closed_lines_in_use(), capacity, RefusalReason::Closed)
        }
    };
    let closed = holding == Holding::ClosedLine;
    if test {
        return Ok(Admission { holding: Holding::Nothing, closed, overflows, lines_in_use, capacity });
    }
    if lines_in_use >= capacity {
        return Err(full);
    }
    Ok(Admission { holding, closed, overflows, lines_in_use: lines_in_use + 1, capacity })
}
