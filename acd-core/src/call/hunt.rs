//! Whom a destination means, and the numbers that are still to be tried for it (R-T2, R-T3).

use alloc::vec::Vec;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::Visit;
use crate::house::House;
use crate::ids::{DestinationId, DialledNumber};
use crate::input::{CallCommandResult, CallerIdentity};
use crate::limits::HUNT_ROUNDS_MAX;
use crate::party::{Destination, LineKind, dialable, is_emergency_number, line_kind};
use crate::pii::Pii;
use crate::plan::{Directory, Entry, EntryKind, Outbound};
use crate::time::CivilDate;

/// The numbers of a destination, in the order in which they are tried.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Hunt {
    pub(super) destination: Destination,
    pub(super) outbound: Outbound,
    /// How long each is rung.
    pub(super) ring: Duration,
    /// Whose numbers they are; `None`: one number by itself.
    entry: Option<DestinationId>,
    /// In the order in which they are tried.
    numbers: Vec<Pii<DialledNumber>>,
    /// Who comes before them when all have failed (R-T8).
    emergency_contact: Option<Pii<DialledNumber>>,
    /// Those that this round has tried.
    tried: Vec<Pii<DialledNumber>>,
    /// Which attempt of the call its last try was; 0: there has been none.
    pub(super) last_attempt: u32,
    /// Whether it is of several tries, and not of one number once.
    of_several: bool,
    /// The fire headquarters that it stands for, and when our consent was filed with them (R-T6).
    pub(super) headquarters: Option<(DestinationId, Option<CivilDate>)>,
    /// How many more rounds there may be.
    rounds: u32,
    /// A round has failed.
    begun_anew: bool,
    /// The pause of this round is over.
    has_paused: bool,
    /// Somebody must be found in the end: when all have failed, all are tried again, the emergency contact first (R-T8).
    somebody_must: bool,
}

impl Hunt {
    /// The numbers that a destination means for this call.
    pub(super) fn of(
        destination: Destination,
        visit: &Visit,
        house: &House,
    ) -> Result<Self, CallCommandResult> {
        let tenant = &house.lines.room(visit.tenant).tenant;
        let Some(outbound) = tenant.outbound else { return Err(CallCommandResult::NoOutboundTrunk) };
        let one = |number| Self {
            destination,
            outbound,
            ring: tenant.ring,
            entry: None,
            numbers: [number].into(),
            emergency_contact: None,
            tried: Vec::new(),
            last_attempt: 0,
            of_several: false,
            headquarters: None,
            rounds: 0,
            begun_anew: false,
            has_paused: false,
            somebody_must: false,
        };
        let directory = &tenant.directory;
        let id = match destination {
            Destination::Entry(id) => Some(id),
            Destination::Headquarters(Some(area)) => directory.headquarters_of(area),
            Destination::Headquarters(None) => {
                visit.caller_number().and_then(|number| directory.headquarters_by_number(number))
            }
            Destination::Caller => {
                let number = visit.caller_number().ok_or(CallCommandResult::UnknownDestination)?;
                return person(number).map(one);
            }
            Destination::CallBack(number) => return person(*number.reveal()).map(one),
            Destination::Number(number) => match allowed(*number.reveal(), directory)? {
                Some(id) => Some(id),
                None => return Ok(one(number)),
            },
        };
        let found = id.and_then(|id| Some((id, directory.entries.get(&id)?)));
        let (id, entry) = found.ok_or(CallCommandResult::UnknownDestination)?;
        let numbers = entry.tries(house.now, tenant.utc_offset_minutes);
        if numbers.is_empty() {
            return Err(CallCommandResult::UnknownDestination);
        }
        let somebody_must = visit.about.is_some() && hunting_goes_on(entry);
        Ok(Self {
            destination,
            outbound,
            ring: entry.ring,
            headquarters: consent(entry).map(|consent_filed_on| (id, consent_filed_on)),
            entry: Some(id),
            of_several: numbers.len() > 1 || somebody_must,
            numbers,
            emergency_contact: entry.emergency_contact,
            tried: Vec::new(),
            last_attempt: 0,
            rounds: HUNT_ROUNDS_MAX,
            begun_anew: false,
            has_paused: false,
            somebody_must,
        })
    }

    /// The next number to try: whoever is on duty by now, as the plan in force has it (R-T3).
    pub(super) fn next(&mut self, visit: &Visit, house: &House) -> Option<Pii<DialledNumber>> {
        self.follow_plan(visit, house);
        let number = self.left().next()?;
        self.tried.push(number);
        Some(number)
    }

    /// Whether it pauses before the next number, once in each round after the first: those who have not answered are not
    /// dialled again at once. The emergency contact comes before the pause, which so parts its tries as well (R-T8).
    pub(super) fn pauses(&mut self, visit: &Visit, house: &House) -> bool {
        self.follow_plan(visit, house);
        let Some(number) = self.left().next() else { return false };
        let is_emergency_contact = |it: &Pii<DialledNumber>| self.emergency_contact.as_ref() == Some(it);
        let comes_before = is_emergency_contact(&number) && !self.numbers.iter().all(is_emergency_contact);
        let pauses = self.begun_anew && !self.has_paused && !comes_before;
        self.has_paused |= pauses;
        pauses
    }

    /// The number could not be tried.
    pub(super) fn put_back(&mut self) {
        self.tried.pop();
    }

    /// The numbers of this round that have not been tried.
    fn left(&self) -> impl Iterator<Item = Pii<DialledNumber>> {
        let first = self.emergency_contact.filter(|_| self.begun_anew);
        first.into_iter().chain(self.numbers.iter().copied()).filter(|it| !self.tried.contains(it))
    }

    /// Whether it waits for a line of the tenant where none is free: all would be passed over in an instant. That one number
    /// cannot be dialled the agent is to hear at once.
    pub(super) const fn waits_for_line(&self) -> bool {
        self.of_several
    }

    /// Whether there is a number to try, in this round or the next.
    pub(super) fn has_more(&self) -> bool {
        self.left().next().is_some() || (self.rounds > 0 && self.somebody_must)
    }

    /// Whether somebody must be found in the end, so that it is an alarm when nobody is (R-T8).
    pub(super) const fn is_for_the_finished_call(&self) -> bool {
        self.somebody_must
    }

    /// Nobody can be dialled at all.
    pub(super) fn give_up(&mut self) {
        self.entry = None;
        self.numbers.clear();
        self.emergency_contact = None;
        self.rounds = 0;
    }

    /// All have been tried: whether it begins anew (R-T8).
    pub(super) fn begin_anew(&mut self) -> bool {
        if !self.somebody_must || self.rounds == 0 {
            return false;
        }
        self.rounds -= 1;
        self.begun_anew = true;
        self.has_paused = false;
        self.tried.clear();
        true
    }

    /// The way out of the plan in force; a plan that has none leaves the one that there was.
    pub(super) fn outbound_by_plan(&self, visit: &Visit, house: &House) -> Outbound {
        house.lines.room(visit.tenant).tenant.outbound.unwrap_or(self.outbound)
    }

    /// An entry that the plan no longer has, or that has nobody now, leaves the numbers that it had.
    fn follow_plan(&mut self, visit: &Visit, house: &House) {
        let tenant = &house.lines.room(visit.tenant).tenant;
        self.outbound = self.outbound_by_plan(visit, house);
        let Some(entry) = self.entry.and_then(|id| tenant.directory.entries.get(&id)) else { return };
        let numbers = entry.tries(house.now, tenant.utc_offset_minutes);
        if !numbers.is_empty() {
            self.ring = entry.ring;
            self.numbers = numbers;
            self.emergency_contact = entry.emergency_contact;
        }
    }
}

/// Whether a number may be dialled freely; the entry that an emergency number stands for (R-T2).
fn allowed(number: DialledNumber, directory: &Directory) -> Result<Option<DestinationId>, CallCommandResult> {
    if let Some(id) = directory.mapped.get(&number) {
        return Ok(Some(*id));
    }
    if is_emergency_number(number) || !directory.free_dialling {
        return Err(CallCommandResult::Forbidden);
    }
    Ok(None)
}

/// The number of somebody who called, which may be forged: nobody is behind an emergency number (R-T2).
fn person(number: DialledNumber) -> Result<Pii<DialledNumber>, CallCommandResult> {
    if is_emergency_number(number) { Err(CallCommandResult::Forbidden) } else { Ok(Pii::new(number)) }
}

/// Whether a hunt after the caller's call is not over when all have failed: these are people of the tenant, one of whom must
/// be found, with an emergency contact or without (R-T8).
const fn hunting_goes_on(entry: &Entry) -> bool {
    match entry.kind {
        EntryKind::Doctors | EntryKind::Staff => true,
        EntryKind::FireHeadquarters(_) | EntryKind::Interpreter { .. } | EntryKind::Tenant(_) => false,
    }
}

/// When our consent was filed with a fire headquarters; `None`: it is none.
const fn consent(entry: &Entry) -> Option<Option<CivilDate>> {
    match &entry.kind {
        EntryKind::FireHeadquarters(it) => Some(it.consent_filed_on),
        EntryKind::Interpreter { .. } | EntryKind::Doctors | EntryKind::Staff | EntryKind::Tenant(_) => None,
    }
}

impl Visit {
    /// The kind of line of the caller's number (R-T6).
    pub(super) fn line_kind(&self) -> LineKind {
        match &self.caller {
            CallerIdentity::Number(number) => line_kind(number.reveal()),
            CallerIdentity::Withheld(_) => LineKind::Unknown,
        }
    }

    /// The caller's number as it is dialled from here, if it is known.
    pub(super) fn caller_number(&self) -> Option<DialledNumber> {
        match &self.caller {
            CallerIdentity::Number(number) => dialable(number.reveal()),
            CallerIdentity::Withheld(_) => None,
        }
    }
}
