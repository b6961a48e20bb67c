//! When the tables are full: what is turned away with 503, and when there is room again (R-L9).

use super::event::SipEvent;
use super::message::{HeaderName, Method};
use super::receive::Arrival;
use super::stack::SipStack;
use crate::limits::{DIALOGS_MAX, OVERLOAD_MARGIN, TRANSACTIONS_MAX};

/// Which tables were full and have not had ample room since.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Full {
    pub(super) transactions: bool,
    pub(super) dialogs: bool,
}

impl SipStack {
    /// Whether a table was full and has not had ample room since.
    pub fn is_overloaded(&mut self) -> bool {
        self.full.transactions &=
            self.transactions.len() > TRANSACTIONS_MAX - TRANSACTIONS_MAX / OVERLOAD_MARGIN;
        self.full.dialogs &= self.sessions.len() > DIALOGS_MAX - DIALOGS_MAX / OVERLOAD_MARGIN;
        self.full.transactions || self.full.dialogs
    }

    /// Turns a request away and keeps nothing of it.
    pub(super) fn refuse_overload(&mut self, arrival: Arrival) {
        self.counters.overloaded += 1;
        let is_call = arrival.request.method == Method::Invite && arrival.to_tag.is_none();
        // What is no call for us is none in an overload either (R-L4).
        if is_call && let Some(response) = self.invite_objection(&arrival.request) {
            return self.respond_stateless(arrival.peer, &arrival.request, &response);
        }
        let mut response = self.plain_answer(&arrival.request, 503);
        response.headers.push(HeaderName::RetryAfter, "5");
        self.respond_stateless(arrival.peer, &arrival.request, &response);
        if is_call {
            let request = Box::new(arrival.request);
            self.events.push_back(SipEvent::InviteTurnedAway { request, peer: arrival.peer });
        }
    }
}
