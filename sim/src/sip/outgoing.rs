//! A call that goes out: a caller's side of INVITE (RFC 3261 13.2, 17.1.1).

use std::net::SocketAddr;
use std::time::Duration;

use rsip::{Header, Method, Request, Response, Uri};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::dialog::Side;
use super::{Credentials, Dialog, Endpoint, SipError, message, sdp};
use crate::limits::{T1, TRANSACTION_TIME_MAX};

/// Whom to call, and as whom.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Where the INVITE is sent.
    pub peer: SocketAddr,
    /// The Request-URI and the To.
    pub to: String,
    /// The From: the user's URI.
    pub from: String,
    /// The user of our Contact.
    pub user: String,
    /// Our session.
    pub session: String,
    /// What to answer a challenge with.
    pub credentials: Option<Credentials>,
}

/// An INVITE on its way. Its clock runs while [`OutgoingCall::next`] is awaited.
#[derive(Debug)]
pub struct OutgoingCall {
    endpoint: Endpoint,
    invitation: Invitation,
    uri: Uri,
    from: String,
    tag: String,
    call_id: String,
    cseq: u32,
    request: Request,
    answers: mpsc::Receiver<Response>,
    interval: Duration,
    repeat_at: Option<Instant>,
    failed_at: Instant,
    challenged: bool,
    cancel: Option<Request>,
    cancel_sent: bool,
    progressed: bool,
}

/// How the call stands.
#[derive(Debug)]
pub enum Progress {
    /// 1xx; holds the status code.
    Provisional(u16),
    /// 200, acknowledged.
    Answered(Box<Dialog>, Option<sdp::Remote>),
    /// Another final answer, acknowledged; holds the status code.
    Refused(u16),
}

impl Endpoint {
    /// Sends an INVITE.
    ///
    /// # Errors
    /// If the address is none, or the socket fails.
    pub async fn invite(&self, invitation: Invitation) -> Result<OutgoingCall, SipError> {
        let uri = message::uri(&invitation.to)?;
        let tag = self.token();
        let from = format!("<{}>;tag={tag}", invitation.from);
        let call_id = format!("{}@{}", self.token(), self.local().ip());
        let request = build(self, &invitation, &uri, &from, &call_id, 1, None);
        let answers = self.expect_answers(&request);
        let mut call = OutgoingCall {
            endpoint: self.clone(),
            invitation,
            uri,
            from,
            tag,
            call_id,
            cseq: 1,
            request,
            answers,
            interval: T1,
            repeat_at: None,
            failed_at: Instant::now() + TRANSACTION_TIME_MAX,
            challenged: false,
            cancel: None,
            cancel_sent: false,
            progressed: false,
        };
        call.send().await?;
        Ok(call)
    }
}

fn build(
    endpoint: &Endpoint,
    invitation: &Invitation,
    uri: &Uri,
    from: &str,
    call_id: &str,
    cseq: u32,
    authorization: Option<Header>,
) -> Request {
    let to = format!("<{}>", invitation.to);
    let basics = message::Basics { via: endpoint.via(), from, to: &to, call_id, cseq };
    let mut more = vec![
        endpoint.contact(&invitation.user),
        Header::Allow("INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO".into()),
        Header::Supported("timer".into()),
    ];
    more.extend(authorization);
    message::request(Method::Invite, uri.clone(), basics, more, invitation.session.clone())
}

impl OutgoingCall {
    /// Waits for the next answer and acknowledges it where it is final. After a final one, do not call it again.
    ///
    /// # Errors
    /// If nobody answers in 64·T1, or the answer is no good.
    pub async fn next(&mut self) -> Result<Progress, SipError> {
        loop {
            let wake_at = self.repeat_at.unwrap_or(self.failed_at).min(self.failed_at);
            let Ok(Some(answer)) = tokio::time::timeout_at(wake_at, self.answers.recv()).await else {
                self.tick().await?;
                continue;
            };
            let status = answer.status_code.code();
            if status < 200 {
                self.repeat_at = None;
                // A phone may ring for longer than a transaction lives.
                self.failed_at = Instant::now() + TRANSACTION_TIME_MAX * 10;
                self.progressed = true;
                self.send_cancel();
                return Ok(Progress::Provisional(status));
            }
            if status < 300 {
                return self.answered(&answer).await;
            }
            self.refuse_ack(&answer).await?;
            if (status == 401 || status == 407) && !self.challenged && self.try_again(&answer).await? {
                continue;
            }
            return Ok(Progress::Refused(status));
        }
    }

    /// CANCEL, as soon as there is a provisional answer (RFC 3261 9.1). Go on with [`OutgoingCall::next`]: a 200 may
    /// still win.
    pub fn cancel(&mut self) {
        if self.cancel.is_none() {
            // Same branch and CSeq number as the INVITE: that is what it names.
            let to = format!("<{}>", self.invitation.to);
            let basics = message::Basics {
                via: message::via(&self.request).unwrap_or_default(),
                from: &self.from,
                to: &to,
                call_id: &self.call_id,
                cseq: self.cseq,
            };
            self.cancel =
                Some(message::request(Method::Cancel, self.uri.clone(), basics, Vec::new(), String::new()));
            self.send_cancel();
        }
    }

    fn send_cancel(&mut self) {
        if let Some(cancel) = self.cancel.clone()
            && self.progressed
            && !self.cancel_sent
        {
            self.cancel_sent = true;
            let endpoint = self.endpoint.clone();
            let peer = self.invitation.peer;
            // The INVITE's own answer says what became of it.
            tokio::spawn(async move { endpoint.ask(&cancel, peer).await.map(drop) });
        }
    }

    async fn send(&mut self) -> Result<(), SipError> {
        self.repeat_at = Some(Instant::now() + self.interval);
        self.endpoint.send(&message::bytes(&self.request), self.invitation.peer).await
    }

    /// Timer A repeats the INVITE, Timer B ends it.
    async fn tick(&mut self) -> Result<(), SipError> {
        if Instant::now() >= self.failed_at {
            return Err(SipError::NoAnswer { method: "INVITE", peer: self.invitation.peer });
        }
        self.interval *= 2;
        self.send().await
    }

    async fn try_again(&mut self, challenge: &Response) -> Result<bool, SipError> {
        let Some(credentials) = &self.invitation.credentials else { return Ok(false) };
        let cnonce = self.endpoint.token();
        let Some(answer) = credentials.answer(challenge, Method::Invite, &self.uri, &cnonce) else {
            return Ok(false);
        };
        self.challenged = true;
        self.cseq += 1;
        self.endpoint.forget_answers(&self.request);
        self.request = build(
            &self.endpoint,
            &self.invitation,
            &self.uri,
            &self.from,
            &self.call_id,
            self.cseq,
            Some(answer),
        );
        self.answers = self.endpoint.expect_answers(&self.request);
        self.interval = T1;
        self.failed_at = Instant::now() + TRANSACTION_TIME_MAX;
        self.send().await?;
        Ok(true)
    }

    /// RFC 3261 17.1.1.3: the ACK of a refusal belongs to the INVITE's transaction.
    async fn refuse_ack(&self, answer: &Response) -> Result<(), SipError> {
        let mut ack = self.request.clone();
        ack.method = Method::Ack;
        ack.body.clear();
        ack.headers.retain(|header| {
            matches!(header, Header::Via(_) | Header::MaxForwards(_) | Header::From(_) | Header::CallId(_))
        });
        ack.headers.push(Header::To(message::to(answer).unwrap_or_default().into()));
        ack.headers.push(Header::CSeq(format!("{} ACK", self.cseq).into()));
        ack.headers.push(Header::ContentLength(0.into()));
        let datagram = message::bytes(&ack);
        self.endpoint.send(&datagram, self.invitation.peer).await?;
        self.endpoint.keep_ack(&self.call_id, self.cseq, self.invitation.peer, datagram);
        self.endpoint.forget_answers(&self.request);
        Ok(())
    }

    async fn answered(&self, answer: &Response) -> Result<Progress, SipError> {
        let peer = self.invitation.peer;
        let bad = || SipError::BadMessage { what: "200 to INVITE", peer };
        let remote = message::to(answer).ok_or_else(bad)?;
        let target = message::contact(answer).ok_or_else(bad)?;
        message::tag(&remote).ok_or_else(bad)?;
        let requests = self.endpoint.enter_dialog(&self.call_id, &self.tag);
        // RFC 3261 13.2.2.4: the ACK of a 200 is a transaction of its own.
        let basics = message::Basics {
            via: self.endpoint.via(),
            from: &self.from,
            to: &remote,
            call_id: &self.call_id,
            cseq: self.cseq,
        };
        let ack = message::request(Method::Ack, target.clone(), basics, Vec::new(), String::new());
        let datagram = message::bytes(&ack);
        self.endpoint.send(&datagram, peer).await?;
        self.endpoint.keep_ack(&self.call_id, self.cseq, peer, datagram);
        self.endpoint.forget_answers(&self.request);
        let dialog = Dialog::new(
            self.endpoint.clone(),
            Side {
                call_id: self.call_id.clone(),
                local: self.from.clone(),
                local_tag: self.tag.clone(),
                remote,
                target,
                contact: self.endpoint.contact(&self.invitation.user),
                peer,
                cseq: self.cseq,
                session: self.invitation.session.clone(),
            },
            requests,
        );
        Ok(Progress::Answered(Box::new(dialog), sdp::read(&message::body(&answer.body))))
    }
}

impl Drop for OutgoingCall {
    fn drop(&mut self) {
        self.endpoint.forget_answers(&self.request);
    }
}
