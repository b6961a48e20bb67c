//! Lines: how many there are by band (R-L2, R-L3) and pool (R-L5), which calls hold them (R-L1, R-L6), and the edges of
//! blockage and of full seat lines (R-L7).

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::call_set::CallSet;
use crate::event::{CallEvent, CallPhase, LineUse};
use crate::ids::{CallId, PartyId, PromptId, SeatId, SkillId, TenantId};
use crate::limits::OVERFLOWS_MAX;
use crate::output::Output;
use crate::plan::{Capacity, OverflowCause, Seat, Tenant};
use crate::touched::Touched;

mod held;
mod hunts;
mod pools;
mod reach;
mod staffing;

use held::Held;
use hunts::Hunts;
use pools::Pools;
use staffing::Shortage;

pub(crate) use staffing::Staffs;

/// What a call takes away from others (R-L6, R-L11).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) enum Holding {
    /// One of the tenant's lines.
    Line,
    /// One of the tenant's closed lines.
    ClosedLine,
    /// Nothing: a test, a call that an agent began, one whose caller has left.
    Nothing,
}

/// A tenant with its live calls.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Room {
    /// The settings in force, or the last ones if the plan no longer has the tenant.
    pub(crate) tenant: Tenant,
    /// Whether the plan in force has the tenant.
    pub(crate) in_plan: bool,
    capacity: Option<Capacity>,
    /// Whether the capacity has been stated as a fact.
    capacity_stated: bool,
    /// The seat lines that bind waiting callers: those in force, or outside hours those of the last band that was
    /// open, since no call in progress is cut by an edge (R-L3).
    seat_lines: u16,
    lines: Held,
    closed_lines: CallSet,
    /// Calls that take nothing: tests, and those that have no caller (any more).
    without_line: CallSet,
    /// Parties that we dialled over the tenant's own trunk, until their legs have ended (R-L8).
    outbound: BTreeSet<PartyId>,
    /// Calls of this tenant that hold a line and are with seats of another (R-Q8): no seat line of this one.
    elsewhere: CallSet,
    /// Calls of other tenants whom this one's seats are to serve (R-Q8).
    guests: CallSet,
    blocked: bool,
    seat_lines_full: bool,
    /// What is played in place of the usual guidance (R-G4); a new plan leaves it as it is.
    pub(crate) emergency_guidance: Option<PromptId>,
    /// Seats that may serve a new caller and can be reached (R-L9).
    reachable_seats: BTreeSet<SeatId>,
    /// Whether there has been one: only a loss is worth an alarm, not the minute after the start.
    was_reachable: bool,
    unreachable: bool,
    /// Seats that are staffed for the tenant, with their skills; empty if the contract promises no staffing (R-A8).
    staff: BTreeMap<SeatId, Vec<SkillId>>,
    /// Promises of staffing that are broken.
    shortages: Vec<Shortage>,
    /// Within which time calls are expected; `None`: outside hours, or not at all (R-G5).
    calls_expected: Option<Duration>,
}

impl Room {
    pub(crate) fn new(tenant: Tenant) -> Self {
        Self {
            tenant,
            in_plan: true,
            capacity: None,
            capacity_stated: false,
            seat_lines: 0,
            lines: Held::default(),
            closed_lines: CallSet::default(),
            without_line: CallSet::default(),
            outbound: BTreeSet::new(),
            elsewhere: CallSet::default(),
            guests: CallSet::default(),
            blocked: false,
            seat_lines_full: false,
            emergency_guidance: None,
            reachable_seats: BTreeSet::new(),
            was_reachable: false,
            unreachable: false,
            staff: BTreeMap::new(),
            shortages: Vec::new(),
            calls_expected: None,
        }
    }

    /// How many carrier legs hold a line: the size of sets (R-L6, R-L8).
    pub(crate) fn lines_in_use(&self) -> u32 {
        u32::try_from(self.lines.len() + self.outbound.len())
            .expect("invariant: a tenant has at most CALLS_MAX calls")
    }

    /// How many live calls hold a closed line.
    pub(crate) fn closed_lines_in_use(&self) -> u32 {
        u32::try_from(self.closed_lines.len()).expect("invariant: a tenant has at most CALLS_MAX calls")
    }

    /// Whether one more caller may be with a seat (R-L2).
    pub(crate) fn seat_line_is_free(&self) -> bool {
        self.with_own_seats() < u32::from(self.seat_lines)
    }

    /// Whether a call of the tenant is alive, or one of another that its seats are to serve.
    pub(crate) fn has_calls(&self) -> bool {
        self.calls_len() > 0 || !self.guests.is_empty() || !self.outbound.is_empty()
    }

    /// How many calls of the tenant are alive, tests and those without a caller included.
    pub(crate) fn calls_len(&self) -> usize {
        self.lines.len() + self.closed_lines.len() + self.without_line.len()
    }

    /// How many callers of other tenants are this one's to serve (R-Q8).
    pub(crate) fn guests_len(&self) -> usize {
        self.guests.len()
    }

    /// Whether a caller of another tenant is this one's to serve (R-Q8).
    pub(crate) fn has_guest(&self, call: CallId) -> bool {
        self.guests.contains(call)
    }

    /// Whether a call has what a call of this phase holds.
    pub(crate) fn holds(&self, call: CallId, holding: Holding, phase: CallPhase) -> bool {
        match holding {
            Holding::Line => self.lines.in_phase(phase).contains(call),
            Holding::ClosedLine => self.closed_lines.contains(call),
            Holding::Nothing => self.without_line.contains(call),
        }
    }

    /// How many callers are with seats; who is with those of another tenant takes no seat line (R-Q8).
    fn with_own_seats(&self) -> u32 {
        let with_seats = self.in_phase(CallPhase::Ringing) + self.with_seats();
        let elsewhere = u32::try_from(self.elsewhere.len()).expect("invariant: at most CALLS_MAX calls");
        with_seats.saturating_sub(elsewhere)
    }

    fn in_phase(&self, phase: CallPhase) -> u32 {
        u32::try_from(self.lines.in_phase(phase).len())
            .expect("invariant: a tenant has at most CALLS_MAX calls")
    }

    /// Callers who talk with a seat.
    fn with_seats(&self) -> u32 {
        [CallPhase::Talking, CallPhase::Consulting, CallPhase::Conference]
            .into_iter()
            .map(|phase| self.in_phase(phase))
            .sum()
    }

    fn line_use(&self) -> LineUse {
        LineUse {
            guidance: self.in_phase(CallPhase::Arriving) + self.in_phase(CallPhase::Guidance),
            waiting: self.in_phase(CallPhase::Waiting),
            ringing: self.in_phase(CallPhase::Ringing),
            talking: self.with_seats(),
            transferred: self.in_phase(CallPhase::Transferred),
            // A caller who is released while the others go on holds the line until that is done.
            closing: self.in_phase(CallPhase::Closing) + self.in_phase(CallPhase::WithoutCaller),
            outbound: u32::try_from(self.outbound.len())
                .expect("invariant: no more parties than calls may have at once"),
        }
    }

    fn move_call(&mut self, call: CallId, holding: Holding, from: Option<CallPhase>, to: Option<CallPhase>) {
        match holding {
            Holding::Line => {
                if let Some(from) = from {
                    let left = self.lines.remove(call, from);
                    assert!(left, "invariant: a live call holds its line in the set of its phase");
                }
                if let Some(to) = to {
                    self.lines.insert(call, to);
                }
            }
            Holding::ClosedLine => keep(&mut self.closed_lines, call, to),
            Holding::Nothing => keep(&mut self.without_line, call, to),
        }
    }
}

fn set(calls: &mut CallSet, call: CallId, is_in: bool) {
    if is_in {
        calls.insert(call);
    } else {
        calls.remove(call);
    }
}

fn keep(calls: &mut CallSet, call: CallId, phase: Option<CallPhase>) {
    if phase.is_some() {
        calls.insert(call);
    } else {
        calls.remove(call);
    }
}

/// The rooms of all tenants.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Lines {
    rooms: BTreeMap<TenantId, Room>,
    pools: Pools,
    hunts: Hunts,
    /// Whether calls are taken: no drain, no stop.
    accepting: bool,
    /// Tenants whose lines changed in this turn.
    touched: Touched<TenantId>,
}

impl Lines {
    pub(crate) fn get(&self, tenant: TenantId) -> Option<&Room> {
        self.rooms.get(&tenant)
    }

    /// The room of a live call's tenant.
    pub(crate) fn room(&self, tenant: TenantId) -> &Room {
        self.rooms.get(&tenant).expect("invariant: a tenant with live calls keeps its room")
    }

    pub(crate) fn rooms(&self) -> impl Iterator<Item = &Room> {
        self.rooms.values()
    }

    pub(crate) fn ids(&self) -> Vec<TenantId> {
        self.rooms.keys().copied().collect()
    }

    /// Sets a tenant's emergency guidance; whether the plan has the tenant.
    pub(crate) fn set_emergency_guidance(&mut self, id: TenantId, prompt: Option<PromptId>) -> bool {
        let room = self.rooms.get_mut(&id).filter(|room| room.in_plan);
        room.map(|room| room.emergency_guidance = prompt).is_some()
    }

    /// Opens a tenant's room or gives it new settings.
    pub(crate) fn settle_in(&mut self, id: TenantId, tenant: Tenant) {
        match self.rooms.get_mut(&id) {
            Some(room) => {
                room.tenant = tenant;
                room.in_plan = true;
            }
            None => {
                self.rooms.insert(id, Room::new(tenant));
            }
        }
        self.touched.insert(id);
    }

    /// Takes a tenant out of the plan; its room stays until its last call has ended.
    pub(crate) fn move_out(&mut self, id: TenantId) {
        if let Some(room) = self.rooms.get_mut(&id) {
            room.in_plan = false;
            self.touched.insert(id);
        }
    }

    /// Puts a capacity in force; whether it must be stated, as it is the first or another than before.
    pub(crate) fn set_capacity(&mut self, id: TenantId, capacity: Option<Capacity>) -> bool {
        let Some(room) = self.rooms.get_mut(&id) else { return false };
        if let Some(open) = capacity {
            room.seat_lines = open.seat_lines;
        }
        let before = core::mem::replace(&mut room.capacity, capacity);
        self.touched.insert(id);
        !core::mem::replace(&mut room.capacity_stated, true) || before != capacity
    }

    /// Follows who is with seats of another tenant (R-Q8).
    pub(crate) fn set_elsewhere(&mut self, tenant: TenantId, call: CallId, elsewhere: bool) {
        let room = self.rooms.get_mut(&tenant).expect("invariant: a tenant with live calls keeps its room");
        set(&mut room.elsewhere, call, elsewhere);
        self.touched.insert(tenant);
    }

    /// Follows whose seats are to serve a caller of another tenant (R-Q8).
    pub(crate) fn set_guest(&mut self, host: TenantId, call: CallId, guest: bool) {
        let room = self.rooms.get_mut(&host).expect("invariant: a tenant with guests keeps its room");
        set(&mut room.guests, call, guest);
        self.touched.insert(host);
    }

    /// Where a caller who comes outside a tenant's hours goes on to: to the first tenant of the chain that is within its own.
    pub(crate) fn overflow_closed(&self, from: TenantId) -> Option<TenantId> {
        self.overflow(from, OverflowCause::Closed, |_| true)
    }

    /// Where a tenant's callers go on to: to the first tenant of the chain that is within its hours and takes them. One that
    /// is, and does not, is passed over where it lets its own callers go on for the same reason.
    pub(crate) fn overflow(
        &self,
        from: TenantId,
        cause: OverflowCause,
        takes: impl Fn(TenantId) -> bool,
    ) -> Option<TenantId> {
        let (mut at, mut cause) = (from, cause);
        for _ in 0..OVERFLOWS_MAX {
            let overflow = self.rooms.get(&at)?.tenant.overflow.as_ref()?;
            let next = self.rooms.get(&overflow.to).filter(|next| next.in_plan)?;
            if !overflow.on.contains(&cause) || overflow.to == from {
                return None;
            }
            let is_open = next.capacity.is_some();
            if is_open && takes(overflow.to) {
                return Some(overflow.to);
            }
            at = overflow.to;
            cause = if is_open { OverflowCause::NobodyLoggedIn } else { OverflowCause::Closed };
        }
        None
    }

    /// The tenants whose callers may overflow.
    pub(crate) fn overflowing(&self) -> impl Iterator<Item = TenantId> {
        self.rooms.iter().filter(|(_, room)| room.tenant.overflow.is_some()).map(|(id, _)| *id)
    }

    /// Whether a seat serves the tenant, or one that the tenant's callers may overflow to: who has served a caller who
    /// overflowed finishes the work for the caller's own tenant (R-Q8, R-T8).
    pub(crate) fn may_serve_callers_of(&self, tenant: TenantId, seat: &Seat) -> bool {
        let overflow = |at: &TenantId| Some(self.rooms.get(at)?.tenant.overflow.as_ref()?.to);
        let mut chain = core::iter::successors(Some(tenant), overflow).take(1 + OVERFLOWS_MAX);
        chain.any(|at| seat.serves.contains_key(&at))
    }

    /// Follows a call from one phase to the next; `None`: not there yet, or not there any more.
    pub(crate) fn move_call(
        &mut self,
        tenant: TenantId,
        call: CallId,
        holding: Holding,
        from: Option<CallPhase>,
        to: Option<CallPhase>,
    ) {
        let room = self.rooms.get_mut(&tenant).expect("invariant: a tenant with live calls keeps its room");
        room.move_call(call, holding, from, to);
        self.touched.insert(tenant);
    }

    /// The caller's leg has ended and the call goes on: it holds its line no more (R-L1).
    pub(crate) fn free_line(&mut self, tenant: TenantId, call: CallId, holding: Holding, phase: CallPhase) {
        self.move_call(tenant, call, holding, Some(phase), None);
        self.move_call(tenant, call, Holding::Nothing, None, Some(phase));
        self.set_elsewhere(tenant, call, false);
    }

    /// Whether a leg that we dial may take a line (R-L8); outside hours no line is there to be taken or spared.
    pub(crate) fn line_is_free(&self, tenant: TenantId) -> bool {
        self.line_limit(tenant).is_none_or(|limit| self.room(tenant).lines_in_use() < limit)
    }

    /// A party that is dialled over the tenant's own trunk takes a line (R-L8).
    pub(crate) fn take_outbound(&mut self, tenant: TenantId, party: PartyId) {
        let room = self.rooms.get_mut(&tenant).expect("invariant: a tenant with live calls keeps its room");
        room.outbound.insert(party);
        self.touched.insert(tenant);
    }

    /// A party whose leg holds a line.
    pub(crate) fn any_outbound(&self) -> Option<PartyId> {
        self.rooms.values().find_map(|room| room.outbound.first().copied())
    }

    /// The leg of a party has ended: the tenant whose line it held, if it held one.
    pub(crate) fn free_outbound(&mut self, party: PartyId) -> Option<TenantId> {
        let (tenant, room) = self.rooms.iter_mut().find(|(_, room)| room.outbound.contains(&party))?;
        room.outbound.remove(&party);
        self.touched.insert(*tenant);
        Some(*tenant)
    }

    /// States the edges of blockage and of full seat lines that this turn has crossed, and closes the rooms that
    /// neither the plan nor a call needs. Returns the tenants whose rooms were closed.
    pub(crate) fn state_edges(&mut self, out: &mut Output) -> Vec<TenantId> {
        let mut closed = Vec::new();
        let standings = self.touched_pools();
        while let Some(tenant) = self.touched.pop_first() {
            let Some(room) = self.rooms.get_mut(&tenant) else { continue };
            let capacity = room.capacity;
            let standing = room.pool().and_then(|pool| standings.get(&pool));
            let blocked = room.line_limit(standing).is_some_and(|limit| room.lines_in_use() >= limit);
            let seat_lines_full = capacity.is_some() && !room.seat_line_is_free();

            if core::mem::replace(&mut room.blocked, blocked) != blocked {
                out.state(if blocked {
                    CallEvent::BlockageStarted { tenant, lines: room.line_use(), lent: room.lent(standing) }
                } else {
                    CallEvent::BlockageEnded { tenant }
                });
            }
            if core::mem::replace(&mut room.seat_lines_full, seat_lines_full) != seat_lines_full {
                out.state(if seat_lines_full {
                    CallEvent::SeatLinesFullStarted { tenant, lines: room.line_use() }
                } else {
                    CallEvent::SeatLinesFullEnded { tenant }
                });
            }
            room.state_reach(tenant, self.accepting, out);
            room.state_staffing(tenant, out);
            if !room.in_plan && !room.has_calls() {
                self.rooms.remove(&tenant);
                self.pools.leave(tenant);
                closed.push(tenant);
            }
        }
        closed
    }
}
