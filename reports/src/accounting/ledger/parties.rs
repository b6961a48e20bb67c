//! What third parties took: consultations beside the talk (R-A10), and the seconds of the legs that we dialled and of
//! the calls that we forwarded (R-L8).

use std::collections::BTreeMap;

use acd_core::{CallId, CallPhase, Company, PartyId, Timestamp};

use super::books::Books;
use super::calls::Calls;
use crate::limits::OPEN_CALLS_MAX;

#[derive(Clone, Debug, Default)]
pub(super) struct Parties {
    /// The tenant's parties: dialled, or there.
    open: BTreeMap<PartyId, Open>,
    /// Since when calls of the tenant are with a party alone.
    forwarded: BTreeMap<CallId, Timestamp>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Open {
    answered_at: Option<Timestamp>,
    aside_since: Option<Timestamp>,
}

impl Parties {
    pub(super) fn dialled(&mut self, party: PartyId) {
        self.open.insert(party, Open::default());
        while self.open.len() > OPEN_CALLS_MAX {
            self.open.pop_first();
        }
    }

    /// The party speaks with others than before; from its answer on its leg costs.
    pub(super) fn moved(
        &mut self,
        at: Timestamp,
        party: PartyId,
        company: Company,
        calls: &Calls,
        books: &mut Books,
    ) {
        let Some(open) = self.open.get_mut(&party) else { return };
        open.answered_at.get_or_insert(at);
        let since = open.aside_since.take();
        open.aside_since = (company == Company::Aside).then_some(at);
        charge_aside(since, at, party, calls, books);
    }

    pub(super) fn ended(&mut self, at: Timestamp, party: PartyId, calls: &Calls, books: &mut Books) {
        let Some(open) = self.open.remove(&party) else { return };
        charge_aside(open.aside_since, at, party, calls, books);
        if let Some(since) = open.answered_at {
            books.spread(since, at, |it| &mut it.outbound_ms);
            // Whoever stays with the caller is a supervisor, and a caller who is being released is with nobody.
            if !self.has_party(party.call) {
                self.leave(at, party.call, books);
            }
        }
    }

    fn has_party(&self, call: CallId) -> bool {
        let first = PartyId { call, attempt: 0 };
        self.open.range(first..).next().is_some_and(|(party, _)| party.call == call)
    }

    /// A call with a party alone is forwarded; one with a supervisor, who is no party that we dialled, is not (R-S5).
    pub(super) fn phase(
        &mut self,
        at: Timestamp,
        call: CallId,
        phase: CallPhase,
        calls: &Calls,
        books: &mut Books,
    ) {
        if phase == CallPhase::Transferred && calls.has(call) && self.has_party(call) {
            self.forwarded.insert(call, at);
        } else {
            self.leave(at, call, books);
        }
    }

    /// The call is forwarded no more.
    pub(super) fn leave(&mut self, at: Timestamp, call: CallId, books: &mut Books) {
        if let Some(since) = self.forwarded.remove(&call) {
            books.spread(since, at, |it| &mut it.forwarded_ms);
        }
    }

    /// The record, or the switch, ends here.
    pub(super) fn end_all(&mut self, at: Timestamp, calls: &Calls, books: &mut Books) {
        while let Some((party, _)) = self.open.first_key_value() {
            let party = *party;
            self.ended(at, party, calls, books);
        }
        while let Some((call, _)) = self.forwarded.first_key_value() {
            let call = *call;
            self.leave(at, call, books);
        }
    }
}

/// A consultation belongs to its call, as talk does.
fn charge_aside(since: Option<Timestamp>, at: Timestamp, party: PartyId, calls: &Calls, books: &mut Books) {
    if let Some(since) = since {
        books.add(calls.slot(party.call), books.ms(since, at), |it| &mut it.aside_ms);
    }
}
