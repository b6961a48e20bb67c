//! REGISTER with digest (RFC 3261 10.2).

use std::net::SocketAddr;

use rsip::{Header, Method, Response};

use super::{Credentials, Endpoint, SipError, message};

/// A phone's registration, to be refreshed.
#[derive(Debug)]
pub struct Registration {
    endpoint: Endpoint,
    registrar: SocketAddr,
    credentials: Credentials,
    call_id: String,
    tag: String,
    cseq: u32,
}

impl Registration {
    /// A registration that has not been sent yet.
    pub fn new(endpoint: Endpoint, registrar: SocketAddr, credentials: Credentials) -> Self {
        let call_id = format!("{}@{}", endpoint.token(), endpoint.local().ip());
        let tag = endpoint.token();
        Self { endpoint, registrar, credentials, call_id, tag, cseq: 0 }
    }

    /// Registers, or refreshes, for `expires_s` seconds; 0 takes the registration back.
    ///
    /// # Errors
    /// If the registrar does not answer, or refuses (401 or 403: wrong user or password).
    pub async fn register(&mut self, expires_s: u32) -> Result<(), SipError> {
        let first = self.send(expires_s, None).await?;
        let answer = match first.status_code.code() {
            401 | 407 => {
                let uri = message::uri(&format!("sip:{}", self.registrar))?;
                let cnonce = self.endpoint.token();
                match self.credentials.answer(&first, Method::Register, &uri, &cnonce) {
                    Some(authorization) => self.send(expires_s, Some(authorization)).await?,
                    None => first,
                }
            }
            _ => first,
        };
        match answer.status_code.code() {
            200..300 => Ok(()),
            status => Err(SipError::Refused { method: "REGISTER", peer: self.registrar, status }),
        }
    }

    async fn send(&mut self, expires_s: u32, authorization: Option<Header>) -> Result<Response, SipError> {
        self.cseq += 1;
        let address = format!("<sip:{}@{}>", self.credentials.user, self.registrar);
        let from = format!("{address};tag={}", self.tag);
        let basics = message::Basics {
            via: self.endpoint.via(),
            from: &from,
            to: &address,
            call_id: &self.call_id,
            cseq: self.cseq,
        };
        let mut more = vec![self.endpoint.contact(&self.credentials.user), Header::Expires(expires_s.into())];
        more.extend(authorization);
        let uri = message::uri(&format!("sip:{}", self.registrar))?;
        let request = message::request(Method::Register, uri, basics, more, String::new());
        self.endpoint.ask(&request, self.registrar).await
    }
}
