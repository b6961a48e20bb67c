//! What third parties took: the seconds of the legs that we dialled and of the calls that we forwarded (R-L8), and who of
//! them is with the seat alone, of which the calls know what is a part of the talk (R-A10).

use std::collections::BTreeMap;

use acd_core::{CallId, CallPhase, Company, PartyId, Timestamp};

use super::books::Books;
use super::calls::Calls;
use crate::limits::OPEN_CALLS_MAX;

#[derive(Clone, Debug, Default)]
pub(super) struct Parties {
    /// The tenant's parties: dialled, or there.
    open: BTreeMap<PartyId, Open>,
    /// Calls of the tenant whose seat has left, and since when each is with a party; `None`: nobody has answered, or is left.
    forwarded: BTreeMap<CallId, Option<Timestamp>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Open {
    answered_at: Option<Timestamp>,
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
        calls: &mut Calls,
        books: &mut Books,
    ) {
        let Some(open) = self.open.get_mut(&party) else { return };
        open.answered_at.get_or_insert(at);
        calls.set_aside(at, party, company == Company::Aside, books);
        self.follow(at, party.call, books);
    }

    pub(super) fn ended(&mut self, at: Timestamp, party: PartyId, calls: &mut Calls, books: &mut Books) {
        let Some(open) = self.open.remove(&party) else { return };
        calls.set_aside(at, party, false, books);
        if let Some(since) = open.answered_at {
            books.spread(since, at, |it| &mut it.outbound_ms);
        }
        self.follow(at, party.call, books);
    }

    /// Whether a party that has answered is there. A supervisor is none that we dialled (R-S5).
    fn has_party(&self, call: CallId) -> bool {
        let first = PartyId { call, attempt: 0 };
        let mut of_call = self.open.range(first..).take_while(|(party, _)| party.call == call);
        of_call.any(|(_, open)| open.answered_at.is_some())
    }

    /// A call that the seat has left is forwarded while a party is with the caller.
    pub(super) fn phase(
        &mut self,
        at: Timestamp,
        call: CallId,
        phase: CallPhase,
        calls: &Calls,
        books: &mut Books,
    ) {
        if phase == CallPhase::Transferred && calls.has(call) {
            self.forwarded.entry(call).or_insert(None);
            self.follow(at, call, books);
        } else {
            self.leave(at, call, books);
        }
    }

    /// Nobody pays for a phone that rings unanswered: the time runs from a party's answer to the last one's going.
    fn follow(&mut self, at: Timestamp, call: CallId, books: &mut Books) {
        let has_party = self.has_party(call);
        let Some(since) = self.forwarded.get_mut(&call) else { return };
        match (*since, has_party) {
            (None, true) => *since = Some(at),
            (Some(from), false) => {
                *since = None;
                books.spread(from, at, |it| &mut it.forwarded_ms);
            }
            (None, false) | (Some(_), true) => {}
        }
    }

    /// The call is forwarded no more.
    pub(super) fn leave(&mut self, at: Timestamp, call: CallId, books: &mut Books) {
        if let Some(Some(since)) = self.forwarded.remove(&call) {
            books.spread(since, at, |it| &mut it.forwarded_ms);
        }
    }

    /// The record, or the switch, ends here.
    pub(super) fn end_all(&mut self, at: Timestamp, calls: &mut Calls, books: &mut Books) {
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
