//! The numbers that are tried for a destination, one after the other, and the lines that they wait for, as the rules have it
//! (R-T2, R-T3, R-T8, R-L8).
#![allow(clippy::unwrap_in_result, reason = "a number that is none must fail the test")]

use std::time::Duration;

use acd_core::plan::{EntryKind, Tenant};
use acd_core::{
    AlarmKind, CallCommandResult, CallEvent, CallId, CallerIdentity, CivilDate, Company, Destination,
    DestinationId, DialledNumber, PartyEnd, PartyId, Pii, TenantId, Timestamp,
};

use crate::model::{Call, Model};
use crate::parties::{Caller, Party};

/// The numbers of a destination that are still to be tried.
pub(crate) struct Hunt {
    destination: Destination,
    /// Whose numbers they are.
    pub(crate) entry: Option<DestinationId>,
    ring: Duration,
    pub(crate) numbers: Vec<Pii<DialledNumber>>,
    pub(crate) emergency: Option<Pii<DialledNumber>>,
    /// In this round.
    tried: Vec<Pii<DialledNumber>>,
    anew: bool,
    /// In this round.
    paused: bool,
    /// Its last try.
    last: u32,
    /// Until when, and after which try.
    pub(crate) pauses: Option<(PartyId, Timestamp)>,
    somebody_must: bool,
    pub(crate) rounds: u32,
    /// One number is no hunt.
    several: bool,
    /// Over the tenant's own trunk, as the plan had it when the agent gave the order.
    takes_lines: bool,
    pub(crate) headquarters: Option<(DestinationId, Option<CivilDate>)>,
    /// The try that is over, while the next one waits for a line.
    pub(crate) waits_for: Option<PartyId>,
    /// That try had no line itself, and none is about to be free for this hunt.
    without_line: bool,
}

impl Hunt {
    /// What this round has not tried; one that begins anew begins with the emergency contact.
    fn left(&self) -> Vec<Pii<DialledNumber>> {
        let first = self.emergency.filter(|_| self.anew);
        first.into_iter().chain(self.numbers.clone()).filter(|it| !self.tried.contains(it)).collect()
    }
}

/// R-T6: the fire headquarters whose area code has most of the number's first digits.
fn by_area_code(plan: &Tenant, number: &str) -> Option<DestinationId> {
    (1..=number.len()).rev().find_map(|digits| {
        plan.directory.entries.iter().find_map(|(name, entry)| {
            let EntryKind::FireHeadquarters(it) = &entry.kind else { return None };
            it.area_codes.iter().any(|code| code.as_str() == &number[..digits]).then_some(*name)
        })
    })
}

impl Call {
    /// R-L8: the try whose line must be free before the next number is dialled.
    pub(crate) fn waits_for(&self) -> Option<PartyId> {
        self.hunt.as_ref()?.waits_for
    }

    /// The try after which a line or the end of a pause is waited for.
    pub(crate) fn last_try(&self) -> Option<PartyId> {
        let hunt = self.hunt.as_ref()?;
        hunt.waits_for.or(hunt.pauses.map(|(party, _)| party))
    }
}

impl Model {
    /// R-T2: what a destination means, or why it cannot be dialled.
    pub(crate) fn hunt(
        &self,
        tenant: TenantId,
        for_finished_call: bool,
        caller: &CallerIdentity,
        destination: Destination,
    ) -> Result<Hunt, CallCommandResult> {
        let plan = &self.tenant(tenant).plan;
        let Some(trunk) = plan.outbound else { return Err(CallCommandResult::NoOutboundTrunk) };
        let takes_lines = trunk.takes_lines;
        let number = match caller {
            CallerIdentity::Number(number) => Some(number.reveal().parse::<DialledNumber>().unwrap()),
            CallerIdentity::Withheld(_) => None,
        };
        let alone = |number| Hunt {
            destination,
            entry: None,
            ring: plan.ring,
            numbers: vec![number],
            emergency: None,
            tried: Vec::new(),
            anew: false,
            paused: false,
            last: 0,
            pauses: None,
            somebody_must: false,
            rounds: 0,
            several: false,
            takes_lines,
            headquarters: None,
            waits_for: None,
            without_line: false,
        };
        let name = match destination {
            Destination::Entry(name) => Some(name),
            Destination::Headquarters(Some(area)) => {
                plan.directory.entries.iter().find_map(|(name, entry)| {
                    let EntryKind::FireHeadquarters(it) = &entry.kind else { return None };
                    it.municipalities.contains(&area).then_some(*name)
                })
            }
            Destination::Headquarters(None) => number.and_then(|it| by_area_code(plan, it.as_str())),
            Destination::Caller | Destination::CallBack(_) => {
                let back =
                    if let Destination::CallBack(back) = destination { Some(*back.reveal()) } else { number };
                let number = back.ok_or(CallCommandResult::UnknownDestination)?;
                if ["110", "118", "119"].contains(&number.as_str()) {
                    return Err(CallCommandResult::Forbidden);
                }
                return Ok(alone(Pii::new(number)));
            }
            Destination::Number(number) => match plan.directory.mapped.get(number.reveal()) {
                Some(name) => Some(*name),
                None if ["110", "118", "119"].contains(&number.reveal().as_str()) => {
                    return Err(CallCommandResult::Forbidden);
                }
                None if plan.directory.free_dialling => return Ok(alone(number)),
                None => return Err(CallCommandResult::Forbidden),
            },
        };
        let entry = name.and_then(|name| plan.directory.entries.get(&name));
        let (Some(name), Some(entry)) = (name, entry) else {
            return Err(CallCommandResult::UnknownDestination);
        };
        let numbers = crate::calendar::to_try(entry, plan.utc_offset_minutes, self.now);
        let somebody_must = for_finished_call && matches!(entry.kind, EntryKind::Doctors | EntryKind::Staff);
        let headquarters = match &entry.kind {
            EntryKind::FireHeadquarters(it) => Some((name, it.consent_filed_on)),
            EntryKind::Interpreter { .. } | EntryKind::Doctors | EntryKind::Staff | EntryKind::Tenant(_) => {
                None
            }
        };
        Ok(Hunt {
            destination,
            entry: Some(name),
            ring: entry.ring,
            several: numbers.len() > 1 || somebody_must,
            numbers,
            emergency: entry.emergency_contact,
            tried: Vec::new(),
            anew: false,
            paused: false,
            last: 0,
            pauses: None,
            somebody_must,
            rounds: 20,
            takes_lines,
            headquarters,
            waits_for: None,
            without_line: false,
        })
    }

    pub(crate) fn may_dial(
        &self,
        tenant: TenantId,
        (for_finished_call, test): (bool, bool),
        caller: &CallerIdentity,
        destination: Destination,
    ) -> CallCommandResult {
        match self.hunt(tenant, for_finished_call, caller, destination) {
            Err(result) => result,
            Ok(_) if self.takes_line(tenant, test) && !self.has_line(tenant) => CallCommandResult::LinesFull,
            Ok(_) => CallCommandResult::Done,
        }
    }

    fn takes_line(&self, tenant: TenantId, test: bool) -> bool {
        self.tenant(tenant).plan.outbound.is_some_and(|it| it.takes_lines) && !test
    }

    fn has_line(&self, tenant: TenantId) -> bool {
        self.lines_for(tenant).is_none_or(|it| self.lines_in_use(tenant) < it)
    }

    /// R-T3: by now somebody else may be on duty, and the plan another.
    fn hunt_by_the_plan(&mut self, at: usize) {
        let plan = &self.tenant(self.calls[at].tenant).plan;
        let hunt = self.calls[at].hunt.as_ref().unwrap();
        let takes_lines = plan.outbound.map_or(hunt.takes_lines, |it| it.takes_lines);
        let entry = hunt.entry.and_then(|name| plan.directory.entries.get(&name));
        let found = entry.map(|it| {
            (it.ring, it.emergency_contact, crate::calendar::to_try(it, plan.utc_offset_minutes, self.now))
        });
        let hunt = self.calls[at].hunt.as_mut().unwrap();
        hunt.takes_lines = takes_lines;
        if let Some((ring, emergency_contact, on_duty)) = found.filter(|it| !it.2.is_empty()) {
            hunt.ring = ring;
            hunt.numbers = on_duty;
            hunt.emergency = emergency_contact;
        }
    }

    /// R-T3: the next number, or none; a hunt after a call begins anew (R-T8).
    pub(crate) fn try_next(&mut self, at: usize) {
        let mut anew = false;
        loop {
            let Call { id: call, tenant, test, tries, .. } = self.calls[at];
            if self.calls[at].hunt.is_none() {
                return;
            }
            self.hunt_by_the_plan(at);
            let Some(hunt) = self.calls[at].hunt.as_mut() else { return };
            let (destination, ring, takes_lines) = (hunt.destination, hunt.ring, hunt.takes_lines);
            let left = hunt.left();
            if left.is_empty() || tries >= 1_000 {
                let somebody_must = hunt.somebody_must;
                let again = !anew && tries < 1_000 && hunt.rounds > 0 && somebody_must;
                if again {
                    hunt.rounds -= 1;
                    hunt.anew = true;
                    hunt.paused = false;
                    hunt.tried.clear();
                } else {
                    self.calls[at].hunt = None;
                }
                self.state(CallEvent::DestinationUnreached { call, destination });
                if somebody_must {
                    self.raise(AlarmKind::NobodyReached, Some(tenant), Some(call));
                }
                if !again {
                    return;
                }
                anew = true;
                continue;
            }
            let number = left[0];
            let emergency = hunt.emergency;
            let only_emergency = hunt.numbers.iter().all(|it| Some(*it) == emergency);
            let before_the_pause = Some(number) == emergency && !only_emergency;
            if hunt.anew && !hunt.paused && !before_the_pause {
                // R-T8: nobody is dialled again at once.
                hunt.paused = true;
                let until = self.now + Duration::from_secs(60);
                hunt.pauses = Some((PartyId { call, attempt: hunt.last }, until));
                return;
            }
            hunt.tried.push(number);
            hunt.last = tries + 1;
            self.calls[at].tries += 1;
            let party = PartyId { call, attempt: tries + 1 };
            let wants_line = takes_lines && !test;
            let takes_line = wants_line && self.has_line(tenant);
            self.state(CallEvent::PartyDialled { party, tenant, destination, number, takes_line });
            if wants_line && !takes_line {
                self.state(CallEvent::PartyEnded { party, end: PartyEnd::NoLine });
                let has_seat = self.calls[at].ring.is_some();
                let Some(hunt) = self.calls[at].hunt.as_mut().filter(|it| it.several && has_seat) else {
                    continue;
                };
                hunt.tried.pop();
                hunt.without_line = true;
                if hunt.somebody_must {
                    self.raise(AlarmKind::NobodyReached, Some(tenant), Some(call));
                }
                return self.wait_for_line(at, party);
            }
            if takes_line {
                self.lines_out.push((party, tenant));
            }
            let until = Some(self.now + ring);
            let company = Company::Together;
            let (answered, holds, supervisor) = (false, false, None);
            self.calls[at].parties.push(Party { id: party, answered, company, holds, supervisor, until });
            return;
        }
    }

    /// Nobody answered in the time of the try.
    pub(crate) fn party_timed_out(&mut self, at: usize) {
        let found = self.calls[at].parties.iter().position(|it| !it.answered).unwrap();
        let party = self.calls[at].parties.remove(found).id;
        self.parties_cancelled.push(party);
        self.state(CallEvent::PartyEnded { party, end: PartyEnd::TimedOut });
        let Call { tenant, test, .. } = self.calls[at];
        let has_line = self.has_line(tenant);
        let by_plan = self.tenant(tenant).plan.outbound.map(|it| it.takes_lines);
        if let Some(hunt) = self.calls[at].hunt.as_ref()
            && by_plan.unwrap_or(hunt.takes_lines)
            && !test
            && !has_line
            && (!hunt.left().is_empty() || (hunt.rounds > 0 && hunt.somebody_must))
        {
            return self.wait_for_line(at, party);
        }
        self.try_next(at);
        self.after_try(at);
    }

    pub(crate) fn after_try(&mut self, at: usize) {
        let call = &self.calls[at];
        if !call.lives() && call.caller == Caller::Here {
            // R-T4: whom nobody answered is put back; the seat has left.
            return self.come_back(at);
        }
        self.regroup(at);
    }

    /// R-L8: who comes later waits longer.
    fn wait_for_line(&mut self, at: usize, party: PartyId) {
        if let Some(hunt) = &mut self.calls[at].hunt {
            hunt.waits_for = Some(party);
        }
        let call = self.calls[at].id;
        if !self.hunts.contains(&call) {
            self.hunts.push(call);
        }
    }

    /// No hunt waits while its tenant has a line: who has waited longest is first.
    pub(crate) fn hunts_go_on(&mut self) {
        loop {
            let waits = |it: &Call| it.waits_for().is_some();
            let calls = &self.calls;
            self.hunts.retain(|hunt| calls.iter().any(|it| it.id == *hunt && waits(it)));
            let tenant_of = |hunt| self.calls.iter().find(|it| it.id == hunt).unwrap().tenant;
            let goes_on = |it: &&CallId| {
                let own = self.tenant(tenant_of(**it)).plan.outbound.is_none_or(|it| it.takes_lines);
                !own || self.has_line(tenant_of(**it))
            };
            let Some(next) = self.hunts.iter().find(goes_on) else { return };
            let at = self.calls.iter().position(|it| it.id == *next).unwrap();
            self.go_on(at);
        }
    }

    /// A line is there for the next number, or a pause is over.
    pub(crate) fn go_on(&mut self, at: usize) {
        if let Some(hunt) = &mut self.calls[at].hunt {
            hunt.pauses = None;
            hunt.waits_for = None;
            hunt.without_line = false;
        }
        self.try_next(at);
        self.after_try(at);
    }

    /// The seat has left: a hunt without a line keeps no caller from other seats.
    pub(crate) fn seat_has_left(&mut self, at: usize) {
        let call = &mut self.calls[at];
        if !call.lives() || !call.hunt.as_ref().is_some_and(|it| it.without_line) {
            return self.regroup(at);
        }
        let (id, tenant) = (call.id, call.tenant);
        let hunt = call.hunt.take().unwrap();
        self.state(CallEvent::DestinationUnreached { call: id, destination: hunt.destination });
        if hunt.somebody_must {
            self.raise(AlarmKind::NobodyReached, Some(tenant), Some(id));
        }
        self.after_try(at);
    }
}
