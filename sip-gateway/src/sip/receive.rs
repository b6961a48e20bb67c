//! What arrives: retransmissions are absorbed, ACK and CANCEL find their INVITE, everything else is within a dialog or
//! out of any.

use acd_core::Timestamp;

use super::dialog::DialogId;
use super::event::{Peer, TransactionKey, Transmit};
use super::message::{Message, Method, NameAddr, ParseFault, Request, Response, Via, is_keep_alive, parse};
use super::send::reply_to;
use super::stack::SipStack;
use super::transaction::{
    Answer, ArrivalKey, ClientMachine, ClientMatch, ClientUser, ServerInvite, ServerMachine, ServerMatch,
    ServerOther,
};
use crate::limits::{TRANSACTIONS_MAX, TRANSACTIONS_RESERVED};

/// A request on its way in, with what was read of it.
pub(super) struct Arrival {
    pub(super) request: Request,
    pub(super) via: Via,
    pub(super) peer: Peer,
    pub(super) to_tag: Option<Vec<u8>>,
}

impl SipStack {
    /// Whether it was a request that could be read.
    pub(super) fn receive(&mut self, now: Timestamp, peer: Peer, bytes: &[u8]) -> bool {
        if is_keep_alive(bytes) {
            return false;
        }
        match parse(bytes) {
            Ok(Message::Request(request)) => {
                self.request_arrived(now, peer, request);
                return true;
            }
            Ok(Message::Response(response)) => self.response_arrived(now, &response),
            Err(fault) => self.malformed(peer, fault),
        }
        false
    }

    fn malformed(&mut self, peer: Peer, fault: ParseFault) {
        self.counters.malformed += 1;
        tracing::debug!(status = fault.status, reason = fault.reason, "malformed SIP message");
        let Some(mut request) = fault.reply else { return };
        note_source(&mut request, peer);
        let response = self.tagged(&request, request.response(fault.status, fault.reason));
        self.respond_stateless(peer, &request, &response);
    }

    fn request_arrived(&mut self, now: Timestamp, peer: Peer, mut request: Request) {
        let Some(via) = note_source(&mut request, peer) else { return };
        if request.method == Method::Ack {
            self.ack_arrived(now, &request, &via);
            return;
        }
        let matching = ServerMatch::new(&request, &via, &request.method);
        if let Some(key) = self.transactions.find_server(&matching) {
            self.counters.retransmissions_absorbed += 1;
            self.answer_again(key);
            return;
        }
        self.counters.request_received(&request.method);
        let to = request.headers.to().ok();
        let to_tag = to.as_ref().and_then(NameAddr::tag).map(<[u8]>::to_vec);
        let arrival = Arrival { request, via, peer, to_tag };
        let ends_or_goes_on = arrival.to_tag.is_some() || arrival.request.method == Method::Cancel;
        let bound = TRANSACTIONS_MAX + if ends_or_goes_on { TRANSACTIONS_RESERVED } else { 0 };
        if self.transactions.len() >= bound {
            self.full.transactions = true;
            self.refuse_overload(arrival);
        } else if arrival.request.method == Method::Cancel {
            self.cancel_arrived(now, &arrival);
        } else if self.is_our_own(&arrival.request) {
            self.refuse(&arrival, 482);
        } else if let Some(to_tag) = &arrival.to_tag {
            let from = arrival.request.headers.from().ok();
            let from_tag = from.as_ref().and_then(NameAddr::tag).unwrap_or_default();
            let call_id = arrival.request.headers.call_id().unwrap_or_default();
            match self.sessions.find(&DialogId::new(call_id, to_tag, from_tag)) {
                Some(dialog) => self.in_dialog(now, dialog, arrival),
                None => self.refuse(&arrival, 481),
            }
        } else {
            self.out_of_dialog(now, arrival);
        }
    }

    fn answer_again(&mut self, key: TransactionKey) {
        // A 100 that waits for the end of the turn goes out by itself.
        let Some(server) = self.transactions.server(key) else { return };
        if let Some(bytes) = server.request_again() {
            self.outbox.push_back(Transmit { peer: server.reply_to, bytes });
        }
    }

    fn ack_arrived(&mut self, now: Timestamp, request: &Request, via: &Via) {
        let key = self.transactions.find_server(&ServerMatch::new(request, via, &Method::Invite));
        let server = key.and_then(|key| self.transactions.server_mut(key));
        if let (Some(key), Some(server)) = (key, server)
            && let ServerMachine::Invite(machine) = &mut server.machine
            && !machine.ack(now, &self.config.timing)
        {
            self.reschedule_transaction(key);
            return;
        }
        let to = request.headers.to().ok();
        let to_tag = to.as_ref().and_then(NameAddr::tag).unwrap_or_default();
        let from = request.headers.from().ok();
        let from_tag = from.as_ref().and_then(NameAddr::tag).unwrap_or_default();
        let call_id = request.headers.call_id().unwrap_or_default();
        match self.sessions.find(&DialogId::new(call_id, to_tag, from_tag)) {
            Some(dialog) => self.dialog_acked(now, dialog, request),
            None => self.counters.strays += 1,
        }
    }

    /// Whether the request went through us before: one of its Vias is that of a request of ours (RFC 3261 section
    /// 16.3 calls it a loop; for us it is a seat that forwards to the switch).
    fn is_our_own(&self, request: &Request) -> bool {
        let finds = |method: &Method, branch: &[u8]| {
            self.transactions.find_client(&ClientMatch::new(branch, method)).is_some()
        };
        request
            .headers
            .vias_raw()
            .any(|via| branch_of(via).is_some_and(|branch| finds(&request.method, branch)))
    }

    /// Answers a request that gets no transaction. It leaves nothing behind, so it may be refused to anybody.
    pub(super) fn refuse(&mut self, arrival: &Arrival, status: u16) {
        let response = self.plain_answer(&arrival.request, status);
        self.respond_stateless(arrival.peer, &arrival.request, &response);
    }

    /// Begins the server transaction of a request.
    pub(super) fn begin_server(
        &mut self,
        arrival: &Arrival,
        dialog: Option<super::event::DialogKey>,
    ) -> TransactionKey {
        let request = &arrival.request;
        let reliable = arrival.peer.transport.is_reliable();
        let matching = ServerMatch::new(request, &arrival.via, &request.method);
        let is_invite = request.method == Method::Invite;
        let machine = if is_invite {
            ServerMachine::Invite(ServerInvite::new(reliable))
        } else {
            ServerMachine::Other(ServerOther::new(reliable))
        };
        let merging = (is_invite && arrival.to_tag.is_none()).then(|| ArrivalKey::new(request));
        let reply_to = reply_to(&arrival.via, arrival.peer);
        self.transactions.add_server(machine, matching, reply_to, merging, dialog)
    }

    fn response_arrived(&mut self, now: Timestamp, response: &Response) {
        let headers = &response.headers;
        let (Ok(via), Ok(cseq)) = (headers.top_via(), headers.cseq()) else { return };
        let branch = via.branch.unwrap_or_default();
        let Some(key) = self.transactions.find_client(&ClientMatch::new(&branch, &cseq.method)) else {
            self.stray_response(now, response, &cseq.method);
            return;
        };
        let timing = self.config.timing;
        let Some(client) = self.transactions.client_mut(key) else { return };
        let answer = match &mut client.machine {
            ClientMachine::Invite(machine) => machine.response(now, &timing, response.status),
            ClientMachine::Other(machine) => machine.response(now, &timing, response.status),
        };
        let user = client.user;
        match answer {
            Answer::Absorb => self.counters.retransmissions_absorbed += 1,
            Answer::AckAgain => self.ack_again(key, b""),
            Answer::Pass | Answer::PassAndAck => {
                let is_success = (200..300).contains(&response.status);
                if cseq.method == Method::Invite && is_success && self.is_acked(key, response) {
                    self.ack_again(key, &super::dialog::to_tag(response));
                } else {
                    self.counters.response_received(&cseq.method, response.status);
                    if answer == Answer::PassAndAck {
                        self.ack_refusal(key, response);
                    }
                    self.answer_arrived(now, user, key, response);
                }
            }
        }
        self.reschedule_transaction(key);
    }

    fn answer_arrived(&mut self, now: Timestamp, user: ClientUser, key: TransactionKey, response: &Response) {
        let is_final = response.status >= 200;
        match user {
            ClientUser::Invite(dialog) => self.invite_answered(now, dialog, key, response),
            ClientUser::Reinvite(dialog) => self.reinvite_answered(now, dialog, key, response),
            ClientUser::Update(dialog) if is_final => self.update_answered(now, dialog, response),
            ClientUser::Probe(dialog) if is_final => self.probe_answered(now, dialog, response.status),
            ClientUser::Bye(dialog) if is_final => self.bye_answered(dialog),
            ClientUser::Ask(ask) if is_final => self.ask_answered(ask, response.status),
            ClientUser::Update(_)
            | ClientUser::Probe(_)
            | ClientUser::Bye(_)
            | ClientUser::Ask(_)
            | ClientUser::Nobody => {}
        }
    }

    /// A 2xx to an INVITE whose transaction is over still makes a dialog at the peer, which must be ended.
    fn stray_response(&mut self, now: Timestamp, response: &Response, method: &Method) {
        self.counters.strays += 1;
        if *method != Method::Invite || !(200..300).contains(&response.status) {
            return;
        }
        let from = response.headers.from().ok();
        let local_tag = from.as_ref().and_then(NameAddr::tag).unwrap_or_default();
        let call_id = response.headers.call_id().unwrap_or_default();
        if let Some(dialog) = self.sessions.find(&DialogId::calling(call_id, local_tag)) {
            self.late_answer(now, dialog, None, response);
        }
    }
}

/// Notes whence a request came in its top Via (RFC 3261 section 18.2.1); the Via stays as received where there is
/// nothing to note.
fn note_source(request: &mut Request, peer: Peer) -> Option<Via> {
    let before = request.headers.top_via().ok()?;
    let mut via = before.clone();
    via.note_source(peer.remote);
    if via != before {
        request.headers.replace_top_via(&via.to_bytes());
    }
    Some(via)
}

/// The branch of a raw Via element.
fn branch_of(via: &[u8]) -> Option<&[u8]> {
    via.split(|&byte| byte == b';').skip(1).find_map(|param| {
        let param = param.trim_ascii();
        let name = param.get(..7)?;
        name.eq_ignore_ascii_case(b"branch=").then(|| &param[7..])
    })
}
