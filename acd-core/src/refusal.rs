//! Refused calls that hear the busy announcement in early media before their 486 (R-L4). They hold no line (R-L6).

use crate::effect::{Announcement, Effect};
use crate::event::{CallEvent, RefusalReason};
use crate::ids::{CallId, LegId, TenantId};
use crate::input::CallerLegEnd;
use crate::outstanding::BusyAnnouncement;
use crate::plan::LinesFullRefusal;
use crate::switch::Switch;

impl Switch {
    /// What a refused call is to hear; `None`: it gets its final answer at once.
    pub(crate) fn busy_announcement(
        &self,
        tenant: Option<TenantId>,
        reason: RefusalReason,
    ) -> Option<BusyAnnouncement> {
        let tenant = tenant.filter(|_| reason == RefusalReason::LinesFull)?;
        match self.house.lines.room(tenant).tenant.refusal {
            LinesFullRefusal::Announcement { prompt, lines }
                if self.house.outstanding.announced_len(tenant) < usize::from(lines) =>
            {
                Some(BusyAnnouncement { tenant, prompt, plays: false })
            }
            LinesFullRefusal::Announcement { .. }
            | LinesFullRefusal::BusyHere
            | LinesFullRefusal::RetryAfter(_) => None,
        }
    }

    /// A 183 is out; whether it was a refused call's that waited for it.
    pub(crate) fn refused_call_progressed(&mut self, call: CallId) -> bool {
        let announced = self.house.outstanding.announced.get_mut(&call);
        let Some(announced) = announced.filter(|it| !it.plays) else { return false };
        announced.plays = true;
        let announcement = Announcement::Once(announced.prompt);
        self.house.play(LegId::Caller(call), announcement);
        true
    }

    /// The busy announcement was heard, or cannot be; whether there was one.
    pub(crate) fn end_busy_announcement(&mut self, call: CallId) -> bool {
        let announced = self.house.outstanding.announced.remove(&call).is_some();
        if announced {
            self.house.plays.forget(call);
            let reason = RefusalReason::LinesFull;
            self.house.out.order(Effect::RefuseCall { call, reason, retry_after: None });
            self.house.outstanding.refused.add(call);
        }
        announced
    }

    /// The leg of a refused call has ended.
    pub(crate) fn refused_call_gone(&mut self, call: CallId, end: CallerLegEnd) {
        match end {
            CallerLegEnd::Released | CallerLegEnd::Cancelled | CallerLegEnd::HungUp => {}
            CallerLegEnd::AckMissing | CallerLegEnd::SessionExpired | CallerLegEnd::Failed => {
                self.house.out.state(CallEvent::RefusalFailed { call, end });
            }
        }
    }

    /// The switch stops: nobody will be there to hear of the announcements' ends.
    pub(crate) fn end_busy_announcements(&mut self) {
        while let Some((call, _)) = self.house.outstanding.announced.first_key_value() {
            let call = *call;
            self.end_busy_announcement(call);
        }
    }
}
