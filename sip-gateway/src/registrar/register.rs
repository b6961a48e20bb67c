//! REGISTER (RFC 3261 section 10.3).

use std::time::Duration;

use acd_core::{SeatId, Timestamp};

use super::binding::{Binding, is_same_contact, next_hop};
use super::{BindingChange, BindingChangeKind, Registrar, RegistrarAnswer};
use crate::limits::PATHS_MAX;
use crate::sip::Peer;
use crate::sip::message::{ContactList, HeaderName, NameAddr, Request, Response};

/// What a REGISTER asks for, once it is known whose it is.
enum Wish {
    /// To be told the contact in force.
    Query,
    /// To end all bindings, or those of these contacts.
    Remove(Option<Vec<NameAddr>>),
    /// To be reached at a contact for so long.
    Bind(NameAddr, Duration),
}

/// A REGISTER that is refused, whoever sent it.
enum Refusal {
    Status(u16),
    TooBrief,
}

impl Registrar {
    /// Answers a REGISTER.
    pub fn handle(&mut self, now: Timestamp, request: &Request, peer: Peer) -> RegistrarAnswer {
        let seat = match self.authenticate(now, request, peer) {
            Ok(seat) => seat,
            Err(response) => return RegistrarAnswer { response, changes: Vec::new() },
        };
        match self.register(now, request, peer, seat) {
            Ok((response, kind)) => {
                let changes = kind.map(|kind| BindingChange { seat, kind }).into_iter().collect();
                RegistrarAnswer { response, changes }
            }
            Err(refusal) => {
                let response = match refusal {
                    Refusal::Status(status) => self.answer(request, status),
                    Refusal::TooBrief => {
                        let mut response = self.answer(request, 423);
                        let shortest = self.config.expires_min.as_secs().to_string();
                        response.headers.push(HeaderName::MinExpires, shortest);
                        response
                    }
                };
                RegistrarAnswer { response, changes: Vec::new() }
            }
        }
    }

    fn register(
        &mut self,
        now: Timestamp,
        request: &Request,
        peer: Peer,
        seat: SeatId,
    ) -> Result<(Response, Option<BindingChangeKind>), Refusal> {
        let bad = |_| Refusal::Status(400);
        let to = request.headers.to().map_err(bad)?;
        let user = self.seats.get(&seat).map(|seat| seat.user.as_slice());
        if user != Some(to.uri.user_unescaped().as_slice()) {
            // The password is right, the address is another's (RFC 3261 section 10.3 step 4).
            return Err(Refusal::Status(403));
        }
        let path = request.headers.paths().map_err(bad)?;
        if path.len() > PATHS_MAX {
            return Err(Refusal::Status(513));
        }
        let call_id = request.headers.call_id().map_err(bad)?.to_vec();
        let cseq = request.headers.cseq().map_err(bad)?.number;
        let wish = self.read_wish(request)?;
        let before = self.bindings.get(&seat);
        let is_late = before.is_some_and(|before| before.call_id == call_id && cseq <= before.cseq);
        let kind = match wish {
            Wish::Query => None,
            Wish::Bind(..) | Wish::Remove(_) if is_late => return Err(Refusal::Status(500)),
            Wish::Remove(contacts) => {
                let is_meant = before.is_some_and(|before| {
                    contacts.is_none_or(|list| {
                        list.iter().any(|contact| is_same_contact(&contact.uri, &before.contact))
                    })
                });
                if is_meant {
                    self.unbind(seat);
                }
                is_meant.then_some(BindingChangeKind::Removed)
            }
            Wish::Bind(contact, expires) => {
                let binding = Binding {
                    peer: next_hop(&contact.uri, &path, peer),
                    contact: contact.uri,
                    path,
                    source: peer.remote,
                    expires_at: now + expires,
                    call_id,
                    cseq,
                };
                let kind = match before {
                    None => BindingChangeKind::First,
                    Some(before)
                        if is_same_contact(&before.contact, &binding.contact)
                            && before.call_id == binding.call_id =>
                    {
                        BindingChangeKind::Refreshed
                    }
                    Some(_) => BindingChangeKind::Replaced,
                };
                self.bind(seat, binding);
                Some(kind)
            }
        };
        Ok((self.success(now, request, seat), kind))
    }

    fn read_wish(&self, request: &Request) -> Result<Wish, Refusal> {
        let header = request.headers.expires().map_err(|_| Refusal::Status(400))?;
        let list = match request.headers.contacts().map_err(|_| Refusal::Status(400))? {
            // `*` ends all bindings, and means nothing else (RFC 3261 section 10.2.2).
            ContactList::Any if header == Some(0) => return Ok(Wish::Remove(None)),
            ContactList::Any => return Err(Refusal::Status(400)),
            ContactList::List(list) => list,
        };
        if list.is_empty() {
            return Ok(Wish::Query);
        }
        let mut wanted: Option<(NameAddr, u32, u16)> = None;
        let mut removed = Vec::new();
        for contact in list {
            let expires = self.expires_of(&contact, header);
            let preference = preference_of(&contact);
            if expires == 0 {
                removed.push(contact);
            } else if wanted.as_ref().is_none_or(|(_, _, best)| preference > *best) {
                wanted = Some((contact, expires, preference));
            }
        }
        let Some((contact, expires, _)) = wanted else { return Ok(Wish::Remove(Some(removed))) };
        let expires = Duration::from_secs(u64::from(expires));
        if expires < self.config.expires_min {
            return Err(Refusal::TooBrief);
        }
        Ok(Wish::Bind(contact, expires.min(self.config.expires_max)))
    }

    /// The contact's own `expires`, else the header's, else the longest; a malformed one counts as none.
    fn expires_of(&self, contact: &NameAddr, header: Option<u32>) -> u32 {
        let longest = u32::try_from(self.config.expires_max.as_secs()).unwrap_or(u32::MAX);
        match contact.params.get("expires") {
            Some(value) => {
                std::str::from_utf8(value).ok().and_then(|text| text.parse().ok()).unwrap_or(longest)
            }
            None => header.unwrap_or(longest),
        }
    }

    /// 200 with the contact in force and the seconds that it has left.
    fn success(&mut self, now: Timestamp, request: &Request, seat: SeatId) -> Response {
        let mut response = self.answer(request, 200);
        if let Some(binding) = self.bindings.get(&seat) {
            let mut contact = NameAddr::new(binding.contact.clone());
            let left = binding.expires_at.since(now).as_secs().to_string();
            contact.params.push("expires", Some(left.as_bytes()));
            response.headers.push(HeaderName::Contact, contact.to_bytes());
            for path in request.headers.get_all(&HeaderName::Path) {
                response.headers.push(HeaderName::Path, path);
            }
        }
        response
    }
}

/// The `q` of a contact in thousandths; 1 where there is none.
fn preference_of(contact: &NameAddr) -> u16 {
    let text = contact.params.get("q").and_then(|value| std::str::from_utf8(value).ok());
    let value: f32 = text.and_then(|text| text.parse().ok()).unwrap_or(1.0);
    // The cast saturates, and NaN counts as 0.
    (value.clamp(0.0, 1.0) * 1_000.0) as u16
}
