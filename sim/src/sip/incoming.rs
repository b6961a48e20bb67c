//! A call that comes in: a seat's side of INVITE.

use std::net::SocketAddr;
use std::sync::Arc;

use rsip::Request;
use tokio::sync::Notify;

use super::dialog::Side;
use super::{Dialog, Endpoint, SipError, message, sdp};

/// An INVITE that waits for its answer.
#[derive(Debug)]
pub struct IncomingCall {
    endpoint: Endpoint,
    request: Request,
    peer: SocketAddr,
    tag: String,
    cancelled: Arc<Notify>,
}

impl IncomingCall {
    pub(crate) const fn new(
        endpoint: Endpoint,
        request: Request,
        peer: SocketAddr,
        tag: String,
        cancelled: Arc<Notify>,
    ) -> Self {
        Self { endpoint, request, peer, tag, cancelled }
    }

    /// The user part of the caller's address.
    pub fn caller(&self) -> String {
        let from = message::from(&self.request).unwrap_or_default();
        message::user(&from).unwrap_or_default().to_owned()
    }

    /// The user part of the address that was called.
    pub fn called(&self) -> String {
        self.request.uri.user().unwrap_or_default().to_owned()
    }

    /// What the caller's session wants; `None`: no session, or none that we can speak.
    pub fn remote(&self) -> Option<sdp::Remote> {
        sdp::read(&message::body(&self.request.body))
    }

    /// 180: the phone rings.
    ///
    /// # Errors
    /// If the socket fails.
    pub async fn ring(&self) -> Result<(), SipError> {
        let contact = self.endpoint.contact(&self.called());
        self.endpoint.answer(&self.request, 180, vec![contact], String::new()).await.map(drop)
    }

    /// Waits until the caller has cancelled; the 487 is sent by then.
    pub async fn cancelled(&self) {
        self.cancelled.notified().await;
    }

    /// A final answer that is no 200.
    ///
    /// # Errors
    /// If the socket fails.
    pub async fn refuse(self, status: u16) -> Result<(), SipError> {
        self.endpoint.answer(&self.request, status, Vec::new(), String::new()).await.map(drop)
    }

    /// 200 with our session. `None`: the caller had cancelled before.
    ///
    /// # Errors
    /// If the socket fails, or the INVITE lacks what a dialog needs.
    pub async fn accept(self, session: String) -> Result<Option<Dialog>, SipError> {
        let bad = || SipError::BadMessage { what: "INVITE", peer: self.peer };
        let call_id = message::call_id(&self.request).ok_or_else(bad)?;
        let from = message::from(&self.request).ok_or_else(bad)?;
        let to = message::to(&self.request).ok_or_else(bad)?;
        let target = message::contact(&self.request).ok_or_else(bad)?;
        let requests = self.endpoint.enter_dialog(&call_id, &self.tag);
        let contact = self.endpoint.contact(&self.called());
        if !self.endpoint.answer(&self.request, 200, vec![contact.clone()], session.clone()).await? {
            self.endpoint.leave_dialog(&call_id, &self.tag);
            return Ok(None);
        }
        Ok(Some(Dialog::new(
            self.endpoint,
            Side {
                call_id,
                local: format!("{to};tag={}", self.tag),
                local_tag: self.tag,
                remote: from,
                target,
                contact,
                peer: self.peer,
                cseq: 0,
                session,
            },
            requests,
        )))
    }
}
