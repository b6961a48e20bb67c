//! A dialog after its INVITE: requests from the other side answered, our BYE sent (RFC 3261 12, 15).

use std::net::SocketAddr;

use rsip::{Header, Method, Request, Uri};
use tokio::sync::mpsc;

use super::{Endpoint, SipError, message, sdp};

/// Our side of a dialog.
#[derive(Debug)]
pub(crate) struct Side {
    pub(crate) call_id: String,
    pub(crate) local: String,
    pub(crate) local_tag: String,
    pub(crate) remote: String,
    pub(crate) target: Uri,
    pub(crate) contact: Header,
    pub(crate) peer: SocketAddr,
    pub(crate) cseq: u32,
    pub(crate) session: String,
}

/// An established dialog. Dropped without [`Dialog::hang_up`], later requests get 481.
#[derive(Debug)]
pub struct Dialog {
    endpoint: Endpoint,
    side: Side,
    requests: mpsc::Receiver<Request>,
    ended: bool,
}

/// What the other side did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DialogEvent {
    /// BYE: the dialog is over.
    HungUp,
    /// A session with other wishes, by re-INVITE or UPDATE.
    MediaChanged(sdp::Remote),
}

impl Dialog {
    pub(crate) const fn new(endpoint: Endpoint, side: Side, requests: mpsc::Receiver<Request>) -> Self {
        Self { endpoint, side, requests, ended: false }
    }

    /// Waits for the other side; requests are answered in here. Never comes back while nothing happens.
    ///
    /// # Errors
    /// If the socket fails.
    pub async fn next(&mut self) -> Result<DialogEvent, SipError> {
        loop {
            let Some(request) = self.requests.recv().await else { return Ok(DialogEvent::HungUp) };
            if let Some(event) = self.answer(&request).await? {
                return Ok(event);
            }
        }
    }

    /// BYE, to its answer. A BYE of the other side that crosses it is answered too.
    ///
    /// # Errors
    /// If nobody answers.
    pub async fn hang_up(mut self) -> Result<(), SipError> {
        if self.ended {
            return Ok(());
        }
        self.side.cseq += 1;
        let basics = message::Basics {
            via: self.endpoint.via(),
            from: &self.side.local,
            to: &self.side.remote,
            call_id: &self.side.call_id,
            cseq: self.side.cseq,
        };
        let bye = message::request(Method::Bye, self.side.target.clone(), basics, Vec::new(), String::new());
        let endpoint = self.endpoint.clone();
        let peer = self.side.peer;
        let asked = endpoint.ask(&bye, peer);
        tokio::pin!(asked);
        loop {
            tokio::select! {
                answer = &mut asked => {
                    let status = answer?.status_code.code();
                    // 481: the other side's BYE was quicker.
                    return if status < 300 || status == 481 {
                        Ok(())
                    } else {
                        Err(SipError::Refused { method: "BYE", peer, status })
                    };
                }
                Some(request) = self.requests.recv() => {
                    self.answer(&request).await?;
                }
            }
        }
    }

    async fn answer(&mut self, request: &Request) -> Result<Option<DialogEvent>, SipError> {
        // A session timer's refresh wants its header back (RFC 4028 9).
        let mut more: Vec<Header> = message::other(&request.headers, "Session-Expires")
            .flat_map(|value| {
                [Header::Other("Session-Expires".into(), value.into()), Header::Require("timer".into())]
            })
            .collect();
        if request.method == Method::Bye {
            self.endpoint.answer(request, 200, Vec::new(), String::new()).await?;
            self.ended = true;
            return Ok(Some(DialogEvent::HungUp));
        }
        if request.method == Method::Invite || request.method == Method::Update {
            more.push(self.side.contact.clone());
            if let Some(target) = message::contact(request) {
                self.side.target = target;
            }
            let wish = message::body(&request.body);
            // An INVITE without a session asks for ours; an UPDATE without one is a refresh alone.
            let session = if wish.is_empty() && request.method == Method::Update {
                String::new()
            } else {
                self.side.session.clone()
            };
            let remote = sdp::read(&wish);
            if !wish.is_empty() && remote.is_none() {
                self.endpoint.answer(request, 488, Vec::new(), String::new()).await?;
                return Ok(None);
            }
            self.endpoint.answer(request, 200, more, session).await?;
            return Ok(remote.map(DialogEvent::MediaChanged));
        }
        let status = if matches!(request.method, Method::Options | Method::Info) { 200 } else { 405 };
        self.endpoint.answer(request, status, Vec::new(), String::new()).await?;
        Ok(None)
    }
}

impl Drop for Dialog {
    fn drop(&mut self) {
        self.endpoint.leave_dialog(&self.side.call_id, &self.side.local_tag);
    }
}
