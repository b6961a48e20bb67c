//! The live board: what the switch is doing at this instant, and what became of today's calls.

mod fold;
mod render;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use acd_core::plan::Capacity;
use acd_core::{
    CallId, CallPhase, CivilDate, DialledNumber, LineUse, Outcome, PartyId, RefusalReason, SeatId, SeatState,
    TenantId, Timestamp,
};

use crate::accounting::ClockStep;
pub use render::Paint;

/// The board of all tenants.
#[derive(Clone, Debug)]
pub struct Board {
    utc_offset_minutes: i32,
    /// The steps of the wall clock that somebody on the board may have lived through.
    clock_steps: Vec<ClockStep>,
    /// The day whose calls are counted; that of the newest fact.
    today: Option<CivilDate>,
    last: Option<(Timestamp, u64)>,
    live: BTreeMap<CallId, LiveCall>,
    /// Calls that agents began: for which client, and whether the agent holds.
    outbound: BTreeMap<CallId, (TenantId, bool)>,
    tenants: BTreeMap<TenantId, TenantBoard>,
    /// Refused calls of today by reason, those whose number no tenant has included.
    refused: BTreeMap<RefusalReason, u64>,
    /// Lines that legs hold which we dialled over tenants' own trunks (R-L8).
    dialled_lines: BTreeMap<PartyId, TenantId>,
    seats_planned: u32,
    seats: BTreeMap<SeatId, SeatState>,
}

/// A call that holds its line, or hears the closed announcement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct LiveCall {
    tenant: TenantId,
    dialled: DialledNumber,
    /// The seat holds, by its phone or by command (R-T1).
    on_hold: bool,
    phase: CallPhase,
    /// When the caller first entered the queue, while waiting or ringing (R-Q1).
    waits_since: Option<Timestamp>,
    admitted_on: CivilDate,
    /// Offered in the sense of R-A1; the others take no line of the tenant (R-L6).
    offered: bool,
    /// Until the caller's leg has ended (R-L1).
    holds_line: bool,
}

/// One tenant's part of the board.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TenantBoard {
    /// Lines in force; `None`: outside hours.
    pub capacity: Option<Capacity>,
    /// Since when a new call would be refused (R-L7), by the clock as it is set now.
    pub blocked_since: Option<Timestamp>,
    /// Since when all seat lines are busy (R-L7), by the clock as it is set now.
    pub seat_lines_full_since: Option<Timestamp>,
    /// Calls of today that took a line (R-A1).
    pub offered: u64,
    /// Offered calls of today that have ended, by outcome.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Calls of today that heard the closed announcement, in progress or ended.
    pub closed: u64,
    /// Calls of today that were refused, by reason.
    pub refused: BTreeMap<RefusalReason, u64>,
}

impl TenantBoard {
    /// Of those that have ended: answered by any seat, also if the caller then gave up between reception and adviser (R-A2).
    pub fn answered(&self) -> u64 {
        let of = |outcome| self.outcomes.get(&outcome).copied().unwrap_or(0);
        of(Outcome::Answered) + of(Outcome::AbandonedAfterReception)
    }

    /// Offered calls of today that have ended.
    pub fn ended(&self) -> u64 {
        self.outcomes.values().sum()
    }
}

/// A seat's call, as its screen shows it (R-S1, R-S5).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SeatCall {
    /// The call.
    pub call: CallId,
    /// For which client; of a caller who overflowed, the first one.
    pub tenant: TenantId,
    /// The number that the caller dialled; `None`: the agent calls out.
    pub dialled: Option<DialledNumber>,
    /// Where the call is: consulting and conference are states of the call.
    pub phase: CallPhase,
    /// The seat holds, by its phone or by command.
    pub on_hold: bool,
}

/// How many seats are in which state (R-S1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SeatCounts {
    /// Nobody is there.
    pub logged_out: u64,
    /// Free.
    pub ready: u64,
    /// Rung for a caller.
    pub ringing: u64,
    /// Talking with a caller.
    pub talking: u64,
    /// Calling out.
    pub outbound: u64,
    /// 後処理
    pub wrap_up: u64,
    /// Away.
    pub paused: u64,
    /// Did not answer or refused.
    pub not_answering: u64,
    /// Its phone is not there.
    pub unreachable: u64,
}

impl Board {
    /// An empty board whose day is that of a zone `utc_offset_minutes` east of Greenwich (Asia/Tokyo: 540, R-A9).
    pub const fn new(utc_offset_minutes: i32) -> Self {
        Self {
            utc_offset_minutes,
            clock_steps: Vec::new(),
            today: None,
            last: None,
            live: BTreeMap::new(),
            outbound: BTreeMap::new(),
            tenants: BTreeMap::new(),
            refused: BTreeMap::new(),
            dialled_lines: BTreeMap::new(),
            seats_planned: 0,
            seats: BTreeMap::new(),
        }
    }

    /// The tenants by name, those that any fact has named.
    pub const fn tenants(&self) -> &BTreeMap<TenantId, TenantBoard> {
        &self.tenants
    }

    /// The stamp and sequence number of the newest fact.
    pub const fn last(&self) -> Option<(Timestamp, u64)> {
        self.last
    }

    /// What a tenant's lines are doing: the set of its live calls, counted (R-L6).
    pub fn lines(&self, tenant: TenantId) -> LineUse {
        let dialled = self.dialled_lines.values().filter(|it| **it == tenant).count();
        let mut lines =
            LineUse { outbound: u32::try_from(dialled).unwrap_or(u32::MAX), ..LineUse::default() };
        let holds = |call: &&LiveCall| call.offered && call.holds_line && call.tenant == tenant;
        for call in self.live.values().filter(holds) {
            match call.phase {
                CallPhase::Arriving | CallPhase::Guidance => lines.guidance += 1,
                CallPhase::Waiting => lines.waiting += 1,
                CallPhase::Ringing => lines.ringing += 1,
                CallPhase::Talking | CallPhase::Consulting | CallPhase::Conference => lines.talking += 1,
                CallPhase::Transferred => lines.transferred += 1,
                CallPhase::Closed | CallPhase::Closing | CallPhase::WithoutCaller => lines.closing += 1,
                // It never had a caller.
                CallPhase::Outbound => {}
            }
        }
        lines
    }

    /// Since when the longest waiting caller of a tenant has waited, by the clock as it is set now: nobody has waited what
    /// a step of the clock skipped (R-A15).
    pub fn longest_wait_since(&self, tenant: TenantId) -> Option<Timestamp> {
        self.live.values().filter(|call| call.tenant == tenant).filter_map(|call| call.waits_since).min()
    }

    /// Calls in progress, those that hear the closed announcement included.
    pub fn calls_in_progress(&self) -> usize {
        self.live.len()
    }

    /// Seats by state; seats that no fact has named yet are logged out.
    pub fn seat_counts(&self) -> SeatCounts {
        let unnamed = u64::from(self.seats_planned).saturating_sub(self.seats.len() as u64);
        let mut counts = SeatCounts { logged_out: unnamed, ..SeatCounts::default() };
        for state in self.seats.values() {
            let count = match state {
                SeatState::LoggedOut => &mut counts.logged_out,
                SeatState::Ready => &mut counts.ready,
                SeatState::Ringing(_) => &mut counts.ringing,
                SeatState::Talking(_) => &mut counts.talking,
                SeatState::Outbound(_) => &mut counts.outbound,
                SeatState::WrapUp => &mut counts.wrap_up,
                SeatState::Paused(_) => &mut counts.paused,
                SeatState::NotAnswering(_) => &mut counts.not_answering,
                SeatState::Unreachable => &mut counts.unreachable,
            };
            *count += 1;
        }
        counts
    }

    /// Each seat's state, of those that any fact has named.
    pub const fn seats(&self) -> &BTreeMap<SeatId, SeatState> {
        &self.seats
    }

    /// The call for which a seat is rung, or in which it talks.
    pub fn seat_call(&self, seat: SeatId) -> Option<SeatCall> {
        let (SeatState::Ringing(ring) | SeatState::Talking(ring) | SeatState::Outbound(ring)) =
            *self.seats.get(&seat)?
        else {
            return None;
        };
        let call = ring.call;
        if let Some((tenant, on_hold)) = self.outbound.get(&call).copied() {
            return Some(SeatCall { call, tenant, dialled: None, phase: CallPhase::Outbound, on_hold });
        }
        let LiveCall { tenant, dialled, phase, on_hold, .. } = *self.live.get(&call)?;
        Some(SeatCall { call, tenant, dialled: Some(dialled), phase, on_hold })
    }

    /// Refused calls of today by reason, over all tenants and none.
    pub const fn refused(&self) -> &BTreeMap<RefusalReason, u64> {
        &self.refused
    }
}
