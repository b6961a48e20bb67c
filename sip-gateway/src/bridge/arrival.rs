//! Requests out of a dialog: whose INVITE it is, what a seat dials, and what OPTIONS and REGISTER get.
//!
//! An INVITE whose From is a seat's address, or whose source is a live binding, is a seat's and is challenged; else it
//! is a trunk's by network; else it gets 403.

use acd_core::{
    CallId, CommandSource, Input, LegId, Name, PauseReason, SeatCommand, SeatId, Timestamp, TrunkId,
};

use super::Bridge;
use super::identity::{caller_identity, dialled_numbers, sealed_number};
use super::leg::{Leg, LegRole};
use super::trunks::StrangerAnswer;
use crate::sip::message::{HeaderName, Method, Request, Uri};
use crate::sip::{DialogKey, Peer, SipCommand, TransactionKey};

const PAUSE: Name = match Name::new("pause") {
    Ok(name) => name,
    Err(_) => panic!("a name of five letters is one"),
};

impl Bridge {
    pub(super) fn invite_arrived(
        &mut self,
        now: Timestamp,
        dialog: DialogKey,
        request: &Request,
        peer: Peer,
    ) {
        if self.seat_of(request, peer).is_some() {
            self.seat_invited(now, dialog, request, peer);
        } else if let Some(trunk) = self.trunks.trunk_of(peer.remote.ip()) {
            self.caller_invited(now, dialog, request, trunk);
        } else {
            self.stranger_invited(now, dialog, peer);
        }
    }

    pub(super) fn seat_of(&self, request: &Request, peer: Peer) -> Option<SeatId> {
        let from = request.headers.from().ok();
        let user = from.and_then(|from| String::from_utf8(from.uri.user_unescaped()).ok());
        user.and_then(|user| self.registrar.seat_named(&user)).or_else(|| self.registrar.seat_at(peer.remote))
    }

    fn stranger_invited(&mut self, now: Timestamp, dialog: DialogKey, peer: Peer) {
        let reason = match self.trunks.stranger(now, peer.remote.ip()) {
            StrangerAnswer::Forbidden => Some("Forbidden".to_owned()),
            StrangerAnswer::Nothing => None,
        };
        match reason {
            Some(reason) => self.stack.command(
                now,
                SipCommand::RejectStateless { dialog, status: 403, reason, headers: Vec::new() },
            ),
            None => self.stack.command(now, SipCommand::Drop { dialog }),
        }
    }

    fn caller_invited(&mut self, now: Timestamp, dialog: DialogKey, request: &Request, trunk: TrunkId) {
        let heard = self.watch.heard_of(trunk);
        self.inputs.extend(heard);
        let call = CallId(self.next_call);
        let mut leg = Leg::new(LegRole::Caller { call });
        if let Err(fault) = leg.take_offer(&request.body, self.settings.media_address) {
            let headers = fault.warning().map(|text| (HeaderName::Warning, text)).into_iter().collect();
            let reason = "Not Acceptable Here".to_owned();
            self.stack.command(now, SipCommand::Reject { dialog, status: 488, reason, headers });
            return;
        }
        self.next_call += 1;
        let test = self.trunks.is_rehearsal(trunk);
        leg.ports = self.reserve_ports(call, test);
        let overloaded = leg.ports.is_none();
        leg.sealed = sealed_number(request);
        self.legs.insert(dialog, leg);
        self.callers.insert(call, dialog);
        self.input(Input::CallArrived {
            call,
            trunk,
            dialled: dialled_numbers(request),
            caller: caller_identity(request),
            test,
            overloaded,
        });
    }

    fn seat_invited(&mut self, now: Timestamp, dialog: DialogKey, request: &Request, peer: Peer) {
        let reject = |status, reason: &str, headers| SipCommand::Reject {
            dialog,
            status,
            reason: reason.to_owned(),
            headers,
        };
        let seat = match self.registrar.authenticate(now, request, peer) {
            Ok(seat) => seat,
            Err(refusal) => {
                let headers = refusal
                    .headers
                    .get_all(&HeaderName::WwwAuthenticate)
                    .map(|value| (HeaderName::WwwAuthenticate, value.to_vec()))
                    .collect();
                let reason = String::from_utf8_lossy(&refusal.reason).into_owned();
                // Kept, it would be sent eleven times to whoever is named as its sender and never sends an ACK.
                let status = refusal.status;
                self.stack.command(now, SipCommand::RejectStateless { dialog, status, reason, headers });
                return;
            }
        };
        let dialled = Uri::parse(&request.uri).map(|uri| uri.user_unescaped()).unwrap_or_default();
        let Some(command) = star_code(&dialled) else {
            self.stack.command(now, reject(404, "Not Found", Vec::new()));
            return;
        };
        let asked = self.next_request();
        let mut leg = Leg::new(LegRole::StarCode { seat, request: asked });
        if let Err(fault) = leg.take_offer(&request.body, self.settings.media_address) {
            let headers = fault.warning().map(|text| (HeaderName::Warning, text)).into_iter().collect();
            self.stack.command(now, reject(488, "Not Acceptable Here", headers));
            return;
        }
        self.legs.insert(dialog, leg);
        self.commands.insert(asked, dialog);
        self.input(Input::SeatCommanded { seat, command, source: CommandSource::StarCode, request: asked });
    }

    pub(super) fn request_arrived(
        &mut self,
        now: Timestamp,
        transaction: TransactionKey,
        request: &Request,
        peer: Peer,
    ) {
        match request.method {
            Method::Register => {
                let answer = self.registrar.handle(now, request, peer);
                let response = answer.response;
                // Whoever has no password leaves nothing behind: their REGISTERs would else fill the table of
                // transactions, and callers would get 503.
                let command = if response.status < 300 {
                    SipCommand::Respond { transaction, response }
                } else {
                    SipCommand::RespondStateless { transaction, response }
                };
                self.stack.command(now, command);
                self.binding_changes(answer.changes);
            }
            Method::Options => {
                let response = self.stack.options_response(request);
                self.stack.command(now, SipCommand::RespondStateless { transaction, response });
            }
            Method::Invite
            | Method::Ack
            | Method::Bye
            | Method::Cancel
            | Method::Update
            | Method::Prack
            | Method::Info
            | Method::Refer
            | Method::Subscribe
            | Method::Notify
            | Method::Message
            | Method::Publish
            | Method::Other(_) => {
                let response = self.stack.not_allowed_response(request);
                self.stack.command(now, SipCommand::RespondStateless { transaction, response });
            }
        }
    }

    /// What the journal must know of a dialog's leg.
    pub fn leg_of_dialog(&self, dialog: DialogKey) -> Option<LegId> {
        self.core_leg(dialog)
    }
}

/// The star codes (R-S2).
fn star_code(dialled: &[u8]) -> Option<SeatCommand> {
    match dialled {
        b"*11" => Some(SeatCommand::LogIn),
        b"*12" => Some(SeatCommand::Ready),
        b"*13" => Some(SeatCommand::Pause(PauseReason(PAUSE))),
        b"*14" => Some(SeatCommand::LogOut),
        _ => None,
    }
}
