//! The books while they are open: facts in, figures out.

mod books;
mod calls;
mod lines;
mod outages;
mod parties;
mod plans;
mod seats;
mod staffing;
mod stretch;

use acd_core::plan::Plan;
use acd_core::{CallEvent, LegId, RefusalReason, TenantId, Timestamp};

use super::{Account, ClockStep, Counting, OutageCause, Slots};
use crate::Fold;
use crate::limits::OPENING_FACTS_MAX;
use books::Books;
use calls::Calls;
use lines::Lines;
use outages::Outages;
use parties::Parties;
use plans::Plans;
use seats::{Seats, Staff};
use staffing::Shortages;

/// Folds facts into the figures of one tenant over one period.
///
/// It must see every fact from the beginning of the life of the switch in which the period begins, or as many as the
/// journal has, and be told of lives and plans, since facts name neither the seats of a tenant nor, in time, a death:
/// [`life_begins`](Self::life_begins) before the first fact of each life, [`plan_changes`](Self::plan_changes) before
/// a later `PlanApplied`. It goes on past the period's end until [`is_settled`](Self::is_settled), so that calls of the
/// period are whole.
#[derive(Clone, Debug)]
pub struct Ledger {
    tenant: TenantId,
    counting: Counting,
    books: Books,
    calls: Calls,
    seats: Seats,
    lines: Lines,
    outages: Outages,
    shortages: Shortages,
    /// The instant of the last facts, if the shortages do not follow from them yet.
    unfollowed: Option<Timestamp>,
    parties: Parties,
    plans: Plans,
    /// The seats of the plan whose `PlanApplied` is still to come.
    next_staff: Option<Staff>,
    /// The facts of a life that has just begun, until it is known when the life before ended.
    opening: Option<Vec<(Timestamp, u64, CallEvent)>>,
    first: Option<(Timestamp, u64)>,
    last: Option<(Timestamp, u64)>,
    plans_unknown: u64,
}

impl Ledger {
    /// Empty books, counted as most clients have it.
    pub fn new(tenant: TenantId, slots: Slots) -> Self {
        Self::counting(tenant, slots, Counting::default())
    }

    /// Empty books, counted as a client's contract says.
    pub fn counting(tenant: TenantId, slots: Slots, counting: Counting) -> Self {
        Self {
            tenant,
            counting,
            books: Books::new(slots),
            calls: Calls::default(),
            seats: Seats::default(),
            lines: Lines::default(),
            outages: Outages::default(),
            shortages: Shortages::default(),
            unfollowed: None,
            parties: Parties::default(),
            plans: Plans::default(),
            next_staff: None,
            opening: None,
            first: None,
            last: None,
            plans_unknown: 0,
        }
    }

    /// The facts that follow begin in the middle of a life with this plan: what came before is not known.
    pub fn plan_stands(&mut self, plan: &Plan) {
        let at = self.last.map_or(self.books.slots.from(), |(time, _)| time);
        let staff = Staff::of(plan, self.tenant);
        self.seats.set_staff(at, staff, &mut self.books);
        self.plans.stands(at, plan, self.tenant);
    }

    /// The next fact is the first of a life of the switch that begins with this plan.
    pub fn life_begins(&mut self, plan: &Plan) {
        self.open_life(None);
        self.plans.comes(plan, self.tenant);
        self.next_staff = Some(Staff::of(plan, self.tenant));
        self.opening = Some(Vec::new());
    }

    /// The next `PlanApplied` puts this plan in force.
    pub fn plan_changes(&mut self, plan: &Plan) {
        self.plans.comes(plan, self.tenant);
        self.next_staff = Some(Staff::of(plan, self.tenant));
    }

    /// A plan that came into force at or after the end of what is read: it may say when the client was told of changes that
    /// are counted (R-L2). Nothing else of it counts.
    pub fn plan_follows(&mut self, at: Timestamp, plan: &Plan) {
        self.plans.follows(at, plan, self.tenant);
    }

    /// Whether what is still to come at or after `time` can change nothing: the period is over, its calls and their
    /// wrap-ups have ended, and the intervals that began in it too.
    pub fn is_settled(&self, time: Timestamp) -> bool {
        time >= self.books.slots.to()
            && self.opening.is_none()
            && self.unfollowed.is_none_or(|at| at >= self.books.slots.to())
            && !self.calls.any_in_period(&self.books.slots)
            && !self.lines.may_grow(self.books.slots.to(), time)
            && !self.outages.may_grow(self.books.slots.to())
            && !self.shortages.may_grow(self.books.slots.to())
    }

    /// Closes the books. `until` is the last instant that the journal knows: what is still open is counted up to it.
    pub fn close(mut self, until: Timestamp) -> Account {
        self.open_life(None);
        let until = self.last.map_or(until, |(time, _)| time.max(until));
        self.follow_staffing();
        self.parties.end_all(until, &mut self.calls, &mut self.books);
        self.seats.flush(until, &mut self.calls, &mut self.books);
        self.calls.close(until, &mut self.books);
        if let Some(stopped_at) = self.outages.stopped_at() {
            self.go_on(stopped_at, until);
        }
        self.lines.close(until, &mut self.books);
        self.outages.close(until, &mut self.books);
        self.shortages.close(until, &mut self.books);
        let recorded = self.first.map(|(from, _)| (from, until));
        self.books.note_unrecorded(recorded);
        let [dedicated_seats, shared_seats, guest_seats] = self.seats.into_seen();
        let slots = self.books.slots.clone();
        let figures = std::mem::take(&mut self.books.figures);
        let dropped = self.lines.blockages.dropped()
            + self.lines.seat_lines_full.dropped()
            + self.shortages.list.dropped();
        Account {
            tenant: self.tenant,
            counting: self.counting,
            understaffed: self.shortages.list.into_ordered(|it| (it.interval.from, it.skill, it.interval.to)),
            capacities: self.lines.capacities_within(&slots),
            lines_planned: {
                let (from, to) = slots.listed();
                let all = self.plans.within(&slots).into_iter();
                all.filter(|it| from <= it.at && it.at < to).collect()
            },
            slots,
            figures,
            clock_steps: self.books.into_clock_steps(),
            blockages: self.lines.blockages.into_vec(),
            seat_lines_full: self.lines.seat_lines_full.into_vec(),
            dropped: dropped + self.outages.list.dropped(),
            outages: self.outages.list.into_ordered(|it| (it.interval.from, it.cause, it.interval.to)),
            dedicated_seats,
            shared_seats,
            guest_seats,
            recorded,
            facts: self.first.zip(self.last).map(|((_, first), (_, last))| (first, last)),
            plans_unknown: self.plans_unknown,
            orphans: self.calls.orphans(),
        }
    }

    /// Ends the life before, at the instant at which the new one found it to have ended, and takes the facts that
    /// waited for that.
    fn open_life(&mut self, died_at: Option<Timestamp>) {
        let Some(facts) = self.opening.take() else { return };
        let begun_at = facts.first().map(|(time, ..)| *time);
        if let Some((last, _)) = self.last {
            let end = died_at.or(self.outages.stopped_at()).unwrap_or(last).max(last);
            self.end_life(end);
            if let Some(begun_at) = begun_at {
                self.go_on(end, begun_at);
            }
        }
        if let Some(begun_at) = begun_at {
            self.seats.begin_life(begun_at);
            self.lines.begin_life(begun_at);
        }
        for (time, seq, fact) in facts {
            self.take(time, &fact);
            self.last = Some((time, seq));
        }
    }

    /// The hours of a switch that is gone go on.
    fn go_on(&mut self, from: Timestamp, to: Timestamp) {
        if let Some(hours) = self.plans.hours() {
            self.lines.go_on(hours, (from, to), &mut self.books);
        }
        // A switch states the lines of those alone whom its plan has.
        if self.plans.let_go() {
            self.lines.set_capacity(to, None, &mut self.books);
        }
    }

    fn end_life(&mut self, at: Timestamp) {
        self.follow_staffing();
        self.parties.end_all(at, &mut self.calls, &mut self.books);
        self.calls.end_talks(at, &self.books);
        self.seats.end_life(at, &mut self.calls, &mut self.books);
        self.lines.end_life(at, &mut self.books);
        self.outages.end_life(at, &mut self.books);
        self.shortages.end_life(at, &mut self.books);
    }

    fn take(&mut self, time: Timestamp, event: &CallEvent) {
        if self.unfollowed.is_some_and(|at| at < time) {
            self.follow_staffing();
        }
        self.take_in(time, event);
        self.unfollowed = Some(time);
    }

    /// How many are staffed at an instant is known after the last of its facts: a seat that comes free in one turn and is
    /// rung for another client in the next was at no time there for this one.
    fn follow_staffing(&mut self) {
        let Some(at) = self.unfollowed.take() else { return };
        self.shortages.follow(at, &mut self.books);
    }

    fn take_in(&mut self, time: Timestamp, event: &CallEvent) {
        if let CallEvent::CallAdmitted { call, test: true, .. } = event {
            self.calls.rehearse(*call);
        }
        let Self { books, calls, seats, lines, outages, shortages, parties, plans, .. } = self;
        let ours = |tenant: &TenantId| *tenant == self.tenant;
        match event {
            CallEvent::PlanApplied { by, who, lines_reported_on, .. } => {
                plans.applied(time, *by, who.as_deref(), lines_reported_on.get(&self.tenant).copied());
                match self.next_staff.take() {
                    Some(staff) => seats.set_staff(time, staff, books),
                    None => self.plans_unknown += 1,
                }
            }
            CallEvent::WallClockStepped { step_ms, skipped } => {
                books.step_clock(ClockStep { at: time, step_ms: *step_ms, skipped: *skipped });
            }
            CallEvent::NodeStarted => outages.node_started(time, books),
            CallEvent::NodeOutage { from, to } => outages.node_outage(*from, *to, books),
            CallEvent::DrainStarted => outages.drain_started(time),
            CallEvent::TrunkLost { trunk, .. } => outages.began(OutageCause::Trunk(*trunk), time),
            CallEvent::TrunkRestored { trunk } => outages.ended(OutageCause::Trunk(*trunk), time, books),
            CallEvent::OverloadStarted => outages.began(OutageCause::Overload, time),
            CallEvent::OverloadEnded { .. } => outages.ended(OutageCause::Overload, time, books),
            CallEvent::NoReachableSeatStarted { tenant } if ours(tenant) => {
                outages.began(OutageCause::NoReachableSeat, time);
            }
            CallEvent::NoReachableSeatEnded { tenant } if ours(tenant) => {
                outages.ended(OutageCause::NoReachableSeat, time, books);
            }
            CallEvent::NodeStopped => {
                outages.node_stopped(time, books);
                parties.end_all(time, calls, books);
                calls.end_talks(time, books);
                seats.end_life(time, calls, books);
                shortages.end_life(time, books);
            }

            CallEvent::CapacityChanged { tenant, capacity } if ours(tenant) => {
                lines.set_capacity(time, *capacity, books);
            }
            CallEvent::BlockageStarted { tenant, lines: line_use, lent } if ours(tenant) => {
                lines.blockage_started(time, *line_use, *lent, books);
            }
            CallEvent::BlockageEnded { tenant } if ours(tenant) => lines.blockage_ended(time, books),
            CallEvent::SeatLinesFullStarted { tenant, lines: line_use } if ours(tenant) => {
                lines.full_started(time, *line_use, books);
            }
            CallEvent::SeatLinesFullEnded { tenant } if ours(tenant) => lines.full_ended(time, books),

            // The stop has told all: what has no staff from there on is an outage.
            CallEvent::StaffingShort { tenant, skill, wanted, staffed }
                if ours(tenant) && seats.is_alive() =>
            {
                shortages.short(*skill, *wanted, *staffed);
            }
            CallEvent::StaffingRestored { tenant, skill } if ours(tenant) => shortages.restored(*skill),

            CallEvent::CallAdmitted { call, tenant, test, closed, .. } if ours(tenant) => {
                if *test {
                    books.count(time, |it| &mut it.tests);
                    calls.pass_by(*call);
                } else if *closed {
                    books.count(time, |it| &mut it.closed_calls);
                    calls.pass_by(*call);
                } else {
                    calls.admit(time, *call, books);
                }
            }
            CallEvent::CallRefused { tenant: Some(tenant), reason, test: false, .. } if ours(tenant) => {
                match reason {
                    RefusalReason::UnknownNumber => {}
                    RefusalReason::LinesFull => books.count(time, |it| &mut it.blocked_attempts),
                    RefusalReason::Closed => books.count(time, |it| &mut it.closed_refused),
                    RefusalReason::Draining | RefusalReason::Overload => {
                        books.count(time, |it| &mut it.outage_refused);
                    }
                }
            }
            CallEvent::CallAnswered { ring, seat } => calls.answer(time, *ring, *seat, books),
            CallEvent::TalkEnded { ring, .. } => calls.end_talk(time, *ring, books),
            // A party that holds hears nobody: caller and seat talk on.
            CallEvent::HoldStarted { leg: LegId::Party(_) }
            | CallEvent::HoldEnded { leg: LegId::Party(_) } => {}
            CallEvent::HoldStarted { leg } => hold(time, *leg, true, (calls, seats), books),
            CallEvent::HoldEnded { leg } => hold(time, *leg, false, (calls, seats), books),
            // Who has left holds no more.
            CallEvent::CallerLeft { call, .. } => {
                hold(time, LegId::Caller(*call), false, (calls, seats), books);
            }
            CallEvent::PartyDialled { party, tenant, .. }
                if ours(tenant) && !calls.is_rehearsal(party.call) =>
            {
                parties.dialled(*party);
            }
            CallEvent::PartyAnswered { party, company } | CallEvent::PartyMoved { party, company } => {
                parties.moved(time, *party, *company, calls, books);
            }
            CallEvent::PartyEnded { party, .. } => parties.ended(time, *party, calls, books),
            CallEvent::CallPhaseChanged { call, phase } => {
                parties.phase(time, *call, *phase, calls, books);
            }
            CallEvent::CallerQueued { call, awaits_adviser, .. } => {
                parties.leave(time, *call, books);
                if *awaits_adviser {
                    calls.await_adviser(*call);
                }
            }
            CallEvent::CallEnded { call, tenant, outcome, .. } if ours(tenant) => {
                parties.leave(time, *call, books);
                calls.end(time, *call, *outcome, self.counting.short_abandon, books);
            }
            CallEvent::CallOverflowed { call, tenant, to, .. } if !calls.is_rehearsal(*call) => {
                if ours(tenant) {
                    books.count(time, |it| &mut it.overflow_out);
                }
                if ours(to) {
                    books.count(time, |it| &mut it.overflow_in);
                }
            }
            CallEvent::SeatStateChanged { seat, from, to } => {
                seats.change(time, *seat, (*from, *to), calls, books);
            }

            // Facts of other tenants, and those that no figure is made of.
            CallEvent::CapacityChanged { .. }
            | CallEvent::BlockageStarted { .. }
            | CallEvent::BlockageEnded { .. }
            | CallEvent::SeatLinesFullStarted { .. }
            | CallEvent::SeatLinesFullEnded { .. }
            | CallEvent::StaffingShort { .. }
            | CallEvent::StaffingRestored { .. }
            | CallEvent::CallAdmitted { .. }
            | CallEvent::CallRefused { .. }
            | CallEvent::CallEnded { .. }
            | CallEvent::NoReachableSeatStarted { .. }
            | CallEvent::NoReachableSeatEnded { .. }
            | CallEvent::GuidanceCommanded { .. }
            | CallEvent::JournalDegraded
            | CallEvent::JournalRestored
            | CallEvent::AlarmRaised { .. }
            | CallEvent::CallerConnected { .. }
            | CallEvent::GuidanceStarted { .. }
            | CallEvent::GuidanceCompleted { .. }
            | CallEvent::GuidanceFailed { .. }
            | CallEvent::CallerProgressFailed { .. }
            | CallEvent::AnnouncementFailed { .. }
            | CallEvent::RefusalFailed { .. }
            | CallEvent::CallOverflowed { .. }
            | CallEvent::PartyDialled { .. }
            | CallEvent::SupervisorRung { .. }
            | CallEvent::PartyLineFreed { .. }
            | CallEvent::DestinationUnreached { .. }
            | CallEvent::HeadquartersDialled { .. }
            | CallEvent::NumberShown { .. }
            | CallEvent::ConditionChecked { .. }
            | CallEvent::OutboundStarted { .. }
            | CallEvent::OutboundEnded { .. }
            | CallEvent::OutboundCommanded { .. }
            | CallEvent::ChoiceStarted { .. }
            | CallEvent::ChoiceMade { .. }
            | CallEvent::PlaceSaid { .. }
            | CallEvent::RingStarted { .. }
            | CallEvent::RingEnded { .. }
            | CallEvent::DigitPressed { .. }
            | CallEvent::CallCommanded { .. }
            | CallEvent::SeatRegistered { .. }
            | CallEvent::SeatUnregistered { .. }
            | CallEvent::SeatCommanded { .. }
            | CallEvent::RecordingStarted { .. }
            | CallEvent::RecordingOff { .. }
            | CallEvent::RecordingFailed { .. }
            | CallEvent::RecordingEnded { .. }
            | CallEvent::LegMeasured { .. }
            | CallEvent::InputUnexpected { .. } => {}
        }
    }
}

/// A side of a call holds or resumes.
fn hold(at: Timestamp, leg: LegId, held: bool, (calls, seats): (&mut Calls, &mut Seats), books: &mut Books) {
    if let Some((talking, on_hold)) = calls.set_held(at, leg, held, books) {
        for seat in talking {
            seats.set_held(at, seat, on_hold, books);
        }
    }
}

impl Fold for Ledger {
    fn apply(&mut self, time: Timestamp, seq: u64, event: &CallEvent) {
        if self.first.is_none() {
            self.first = Some((time, seq));
            self.seats.begin_life(time);
            self.lines.begin_life(time);
        }
        let Some(opening) = &mut self.opening else {
            self.take(time, event);
            self.last = Some((time, seq));
            return;
        };
        opening.push((time, seq, event.clone()));
        // `NodeStarted` comes right after the outage that it may have found.
        if let CallEvent::NodeOutage { from, .. } = event {
            self.open_life(Some(*from));
        } else if *event == CallEvent::NodeStarted || opening.len() >= OPENING_FACTS_MAX {
            self.open_life(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use acd_core::{CallId, CivilDate, Company, Outcome, PartyId};

    use super::*;
    use crate::accounting::{Blockage, Interval, Outage, Understaffing};
    use crate::limits::{INTERVALS_MAX, OPEN_CALLS_MAX};

    fn ledger() -> Ledger {
        let slots = Slots::hours(CivilDate { year: 2026, month: 11, day: 21 }, 540);
        Ledger::new(TenantId::new("kyoto").expect("a name"), slots)
    }

    #[test]
    fn the_oldest_of_too_many_tests_and_closed_calls_is_forgotten_and_no_other() {
        let mut ledger = ledger();
        let at = ledger.books.slots.from();
        let ids: Vec<CallId> = (0_u64..).map(CallId).take(OPEN_CALLS_MAX + 1).collect();
        for id in &ids {
            ledger.calls.pass_by(*id);
        }
        for id in &ids {
            ledger.calls.end(at, *id, Outcome::Closed, Duration::ZERO, &mut ledger.books);
        }
        assert_eq!(ledger.close(at).orphans, 1);
    }

    /// R-L8: of the seconds of legs that we dialled only those of the very oldest are lost.
    #[test]
    fn the_oldest_of_too_many_parties_is_forgotten_and_no_other() {
        let mut ledger = ledger();
        let from = ledger.books.slots.from();
        let parties: Vec<PartyId> =
            (0_u64..).map(|id| PartyId { call: CallId(id), attempt: 1 }).take(OPEN_CALLS_MAX + 1).collect();
        for party in &parties {
            ledger.parties.dialled(*party);
        }
        for party in &parties {
            ledger.parties.moved(from, *party, Company::Together, &mut ledger.calls, &mut ledger.books);
        }
        let account = ledger.close(from + Duration::from_millis(1));
        assert_eq!(account.total().outbound_ms, OPEN_CALLS_MAX as u64);
    }

    /// Each list is one to four longer than it may be, so that it shows which was left out of the sum.
    #[test]
    fn what_the_lists_have_no_room_for_is_said() {
        let mut ledger = ledger();
        let interval = Interval { from: ledger.books.slots.from(), to: Some(ledger.books.slots.to()) };
        let blockage = Blockage { interval, lines: None, lent: 0, cut_by_outage: false };
        for _ in 0..INTERVALS_MAX + 1 {
            ledger.lines.blockages.push(blockage);
        }
        for _ in 0..INTERVALS_MAX + 2 {
            ledger.lines.seat_lines_full.push(blockage);
        }
        for _ in 0..INTERVALS_MAX + 3 {
            ledger.outages.list.push(Outage { interval, cause: OutageCause::Crash });
        }
        for _ in 0..INTERVALS_MAX + 4 {
            ledger.shortages.list.push(Understaffing { interval, skill: None, wanted: 1, staffed: 0 });
        }
        let account = ledger.close(interval.from);
        assert_eq!(account.dropped, 1 + 2 + 3 + 4);
        let Account { blockages, seat_lines_full, outages, understaffed, .. } = account;
        let listed = [blockages.len(), seat_lines_full.len(), outages.len(), understaffed.len()];
        assert_eq!(listed, [INTERVALS_MAX; 4]);
    }
}
