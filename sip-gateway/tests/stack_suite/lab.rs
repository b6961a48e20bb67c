//! One stack under glass: scripted messages in, start lines and events out, time by hand.

use std::net::SocketAddr;

use acd_core::Timestamp;
use sip_gateway::sip::message::{HeaderName, Host, Message, NameAddr, Uri, parse};
use sip_gateway::sip::{
    Alive, ConnectionId, DialogChange, DialogKey, DialogState, Listener, Peer, SipCommand, SipEvent,
    SipStack, StackConfig, Transport,
};

pub(crate) const US: &str = "192.0.2.1:5060";
pub(crate) const THEM: &str = "192.0.2.9:5060";
pub(crate) const SDP: &str =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
pub(crate) const OUR_SDP: &str =
    "v=0\r\no=- 2 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\n";

const DIALLED: &str = "<sip:0300007119@192.0.2.1>";

pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

pub(crate) fn config() -> StackConfig {
    let listener = |tcp| Listener { tcp, local: US.parse().unwrap(), advertised: None };
    StackConfig {
        user_agent: "acd".to_owned(),
        listeners: vec![listener(false), listener(true)],
        ..StackConfig::default()
    }
}

pub(crate) fn peer(transport: Transport) -> Peer {
    Peer { transport, local: US.parse().unwrap(), remote: THEM.parse().unwrap() }
}

/// A message that the stack sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) millis: i64,
    pub(crate) peer: Peer,
    pub(crate) text: String,
}

impl Sent {
    /// `BYE` or `200 BYE`.
    pub(crate) fn brief(&self) -> String {
        let method = self.header("CSeq").split(' ').nth(1).unwrap().to_owned();
        match self.text.strip_prefix("SIP/2.0 ") {
            Some(rest) => format!("{} {method}", &rest[..3]),
            None => method,
        }
    }

    /// The first value of a header; empty if there is none.
    pub(crate) fn header(&self, name: &str) -> String {
        self.headers(name).into_iter().next().unwrap_or_default()
    }

    pub(crate) fn headers(&self, name: &str) -> Vec<String> {
        let message = parse(self.text.as_bytes()).expect("what the stack sends is well-formed");
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        message.headers().get_all(&name).map(|value| String::from_utf8_lossy(value).into_owned()).collect()
    }

    pub(crate) fn body(&self) -> String {
        let body = match parse(self.text.as_bytes()).unwrap() {
            Message::Request(request) => request.body,
            Message::Response(response) => response.body,
        };
        String::from_utf8(body).unwrap()
    }

    pub(crate) fn uri(&self) -> String {
        self.text.split(' ').nth(1).unwrap().to_owned()
    }

    pub(crate) fn tag(&self, name: &str) -> String {
        let value = self.header(name);
        value.split(";tag=").nth(1).unwrap_or_default().split(';').next().unwrap().to_owned()
    }

    pub(crate) fn branch(&self) -> String {
        let value = self.header("Via");
        value.split(";branch=").nth(1).unwrap().split(';').next().unwrap().to_owned()
    }

    /// A response to this request, as a well-behaved peer writes it.
    pub(crate) fn reply(&self, status: u16, to_tag: &str, more: &str, body: &str) -> String {
        let to = self.header("To");
        let to = if to.contains(";tag=") || to_tag.is_empty() { to } else { format!("{to};tag={to_tag}") };
        let vias: String = self.headers("Via").iter().map(|via| format!("Via: {via}\r\n")).collect();
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        format!(
            "SIP/2.0 {status} X\r\n{vias}From: {}\r\nTo: {to}\r\nCall-ID: {}\r\nCSeq: {}\r\n{more}{kind}\
             Content-Length: {}\r\n\r\n{body}",
            self.header("From"),
            self.header("Call-ID"),
            self.header("CSeq"),
            body.len()
        )
    }
}

/// One stack, its peer's pen, and a clock.
pub(crate) struct Lab {
    pub(crate) stack: SipStack,
    pub(crate) now: i64,
    pub(crate) transport: Transport,
    pub(crate) sent: Vec<Sent>,
    pub(crate) events: Vec<SipEvent>,
    pub(crate) changes: Vec<DialogChange>,
}

impl Lab {
    pub(crate) fn new() -> Self {
        Self::with(config(), Transport::Udp)
    }

    pub(crate) fn tcp() -> Self {
        Self::with(config(), Transport::Tcp(ConnectionId(1)))
    }

    pub(crate) fn with(config: StackConfig, transport: Transport) -> Self {
        Self {
            stack: SipStack::new(config, [7; 32]),
            now: 0,
            transport,
            sent: Vec::new(),
            events: Vec::new(),
            changes: Vec::new(),
        }
    }

    fn drain(&mut self) {
        while let Some(event) = self.stack.poll_event() {
            self.events.push(event);
        }
        while let Some(change) = self.stack.poll_dialog_change() {
            self.changes.push(change);
        }
        while let Some(transmit) = self.stack.poll_transmit() {
            let text = String::from_utf8_lossy(&transmit.bytes).into_owned();
            self.sent.push(Sent { millis: self.now, peer: transmit.peer, text });
        }
    }

    pub(crate) fn receive(&mut self, text: &str) {
        self.receive_from(THEM, text);
    }

    pub(crate) fn receive_from(&mut self, remote: &str, text: &str) {
        let remote: SocketAddr = remote.parse().unwrap();
        let peer = Peer { remote, ..peer(self.transport) };
        self.stack.handle_message(at(self.now), peer, text.as_bytes());
        self.drain();
    }

    pub(crate) fn command(&mut self, command: SipCommand) {
        self.stack.command(at(self.now), command);
        self.drain();
    }

    /// Lets time pass, firing what is due when it is due.
    pub(crate) fn run(&mut self, millis: i64) {
        let until = self.now + millis;
        while let Some((due, _)) = self.stack.poll_timeout().filter(|(due, _)| *due <= at(until)) {
            self.now = self.now.max(due.as_millis());
            self.stack.handle_timeout(at(self.now));
            self.drain();
        }
        self.now = until;
    }

    /// Takes what was sent since the last look, briefly.
    pub(crate) fn sends(&mut self) -> Vec<String> {
        std::mem::take(&mut self.sent).iter().map(Sent::brief).collect()
    }

    /// As [`Self::sends`], with the time of each.
    pub(crate) fn sends_at(&mut self) -> Vec<(i64, String)> {
        std::mem::take(&mut self.sent).iter().map(|sent| (sent.millis, sent.brief())).collect()
    }

    /// Takes the only message that was sent since the last look.
    pub(crate) fn sent_one(&mut self) -> Sent {
        let sent = std::mem::take(&mut self.sent);
        assert_eq!(sent.len(), 1, "{:?}", sent.iter().map(Sent::brief).collect::<Vec<_>>());
        sent.into_iter().next().unwrap()
    }

    /// Takes the last message that was sent, and forgets those before.
    pub(crate) fn sent_last(&mut self) -> Sent {
        std::mem::take(&mut self.sent).pop().expect("something was sent")
    }

    /// Takes the events since the last look, briefly.
    pub(crate) fn told(&mut self) -> Vec<String> {
        std::mem::take(&mut self.events).iter().map(brief).collect()
    }

    /// The dialog as it was last told for the journal.
    pub(crate) fn saved(&self) -> DialogState {
        self.changes
            .iter()
            .rev()
            .find_map(|change| match change {
                DialogChange::Saved { state, .. } => Some((**state).clone()),
                DialogChange::Ended { .. } => None,
            })
            .expect("a dialog was saved")
    }

    pub(crate) fn assert_nothing_left(&mut self) {
        self.run(70_000);
        assert_eq!(self.stack.alive(), Alive::default());
    }

    // --- the usual openings ---

    /// An INVITE arrives and is told; 100 is sent.
    pub(crate) fn invited(&mut self) -> DialogKey {
        self.invited_with(&Invite::default())
    }

    pub(crate) fn invited_with(&mut self, invite: &Invite) -> DialogKey {
        self.receive(&invite.text());
        match self.events.pop() {
            Some(SipEvent::InviteArrived { dialog, .. }) => dialog,
            other => panic!("no INVITE was told but {other:?}"),
        }
    }

    pub(crate) fn accept(&mut self, dialog: DialogKey) {
        self.command(SipCommand::Accept { dialog, sdp: OUR_SDP.into() });
    }

    /// A call to us up to its ACK; what was sent and told is forgotten. Hands back the 200.
    pub(crate) fn connected_with(&mut self, invite: &Invite) -> (DialogKey, Sent) {
        let dialog = self.invited_with(invite);
        self.sent.clear();
        self.accept(dialog);
        let ok = self.sent_last();
        self.receive(&invite.within(&ok, "ACK", invite.cseq, "", ""));
        self.events.clear();
        self.sent.clear();
        (dialog, ok)
    }

    pub(crate) fn connected(&mut self) -> (DialogKey, Sent) {
        self.connected_with(&Invite::default())
    }

    /// Our INVITE is sent; whatever was sent before is forgotten.
    pub(crate) fn calling_behind(&mut self) -> (DialogKey, Sent) {
        self.sent.clear();
        self.calling()
    }

    /// Our INVITE is sent.
    pub(crate) fn calling(&mut self) -> (DialogKey, Sent) {
        let dialog = self.stack.next_dialog();
        let peer = Peer { transport: self.transport, ..peer(Transport::Udp) };
        let uri = |user: &str, ip: &str| {
            let ip: std::net::IpAddr = ip.parse().unwrap();
            Uri::sip(Some(user.as_bytes()), Host::from(ip), Some(5060))
        };
        self.command(SipCommand::Invite {
            dialog,
            peer,
            request_uri: uri("seat101", "192.0.2.9"),
            from: NameAddr::new(uri("caller", "192.0.2.1")),
            to: NameAddr::new(uri("seat101", "192.0.2.1")),
            route: Vec::new(),
            sdp: Some(OUR_SDP.into()),
            headers: Vec::new(),
        });
        let invite = self.sent_one();
        (dialog, invite)
    }

    /// A call out up to our ACK; what was sent and told is forgotten.
    pub(crate) fn answered(&mut self, more: &str) -> (DialogKey, Sent) {
        let (dialog, invite) = self.calling();
        let more = format!("Contact: <sip:seat101@192.0.2.9:5060>\r\n{more}");
        self.receive(&invite.reply(200, "seat", &more, SDP));
        self.events.clear();
        self.sent.clear();
        (dialog, invite)
    }
}

/// An event in a few words.
pub(crate) fn brief(event: &SipEvent) -> String {
    let sdp = |sdp: &Option<Vec<u8>>| if sdp.is_some() { " sdp" } else { "" };
    match event {
        SipEvent::InviteArrived { .. } => "InviteArrived".to_owned(),
        SipEvent::InviteTurnedAway { .. } => "InviteTurnedAway".to_owned(),
        SipEvent::InviteCancelled { .. } => "InviteCancelled".to_owned(),
        SipEvent::InviteAcked { sdp: body, .. } => format!("InviteAcked{}", sdp(body)),
        SipEvent::AckMissing { .. } => "AckMissing".to_owned(),
        SipEvent::Ringing { status, sdp: body, .. } => format!("Ringing {status}{}", sdp(body)),
        SipEvent::Answered { sdp: body, .. } => format!("Answered{}", sdp(body)),
        SipEvent::Rejected { status, by_transport, .. } => {
            format!("Rejected {status}{}", if *by_transport { " by transport" } else { "" })
        }
        SipEvent::Reoffered { sdp: body, by, .. } => format!("Reoffered {by:?}{}", sdp(body)),
        SipEvent::ReofferAcked { sdp: body, .. } => format!("ReofferAcked{}", sdp(body)),
        SipEvent::ReofferAnswered { result: Ok(body), .. } => format!("ReofferAnswered{}", sdp(body)),
        SipEvent::ReofferAnswered { result: Err(status), .. } => format!("ReofferAnswered {status}"),
        SipEvent::DialogEnded { end, .. } => format!("DialogEnded {end:?}"),
        SipEvent::RequestArrived { request, .. } => format!("RequestArrived {}", request.method),
        SipEvent::AskAnswered { ask, status } => format!("AskAnswered {} {status}", ask.0),
        SipEvent::AskUnanswered { ask, by_transport } => {
            format!("AskUnanswered {}{}", ask.0, if *by_transport { " by transport" } else { "" })
        }
        SipEvent::InfoDigit { digit, .. } => format!("InfoDigit {digit}"),
    }
}

/// What the carrier writes.
#[derive(Clone, Debug)]
pub(crate) struct Invite {
    pub(crate) branch: String,
    pub(crate) call_id: String,
    pub(crate) from_tag: String,
    pub(crate) cseq: u32,
    pub(crate) uri: String,
    pub(crate) contact: String,
    pub(crate) more: String,
    pub(crate) body: String,
    pub(crate) via: String,
}

impl Default for Invite {
    fn default() -> Self {
        Self {
            branch: "z9hG4bKinvite".to_owned(),
            call_id: "call-1".to_owned(),
            from_tag: "caller".to_owned(),
            cseq: 10,
            uri: "sip:0300007119@192.0.2.1".to_owned(),
            contact: "Contact: <sip:gw@192.0.2.9:5060>\r\n".to_owned(),
            more: String::new(),
            body: SDP.to_owned(),
            via: "192.0.2.9:5060".to_owned(),
        }
    }
}

impl Invite {
    pub(crate) fn more(more: &str) -> Self {
        Self { more: more.to_owned(), ..Self::default() }
    }

    /// `rest` is further headers and the body.
    fn write(
        &self,
        method: &str,
        branch: &str,
        cseq: u32,
        to: &str,
        uri: &str,
        rest: (&str, &str),
    ) -> String {
        let (more, body) = rest;
        let kind = if body.is_empty() || more.contains("Content-Type") {
            ""
        } else {
            "Content-Type: application/sdp\r\n"
        };
        format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {};branch={branch}\r\nMax-Forwards: 70\r\n\
             From: \"A\" <sip:0312345678@192.0.2.9>;tag={}\r\nTo: {to}\r\nCall-ID: {}\r\n\
             CSeq: {cseq} {method}\r\n{more}{kind}Content-Length: {}\r\n\r\n{body}",
            self.via,
            self.from_tag,
            self.call_id,
            body.len()
        )
    }

    pub(crate) fn text(&self) -> String {
        let more = format!("{}{}", self.contact, self.more);
        self.write("INVITE", &self.branch, self.cseq, DIALLED, &self.uri, (&more, &self.body))
    }

    /// CANCEL of this INVITE.
    pub(crate) fn cancel(&self) -> String {
        self.write("CANCEL", &self.branch, self.cseq, DIALLED, &self.uri, ("", ""))
    }

    /// ACK of a refusal of this INVITE.
    pub(crate) fn ack(&self, refusal: &Sent) -> String {
        self.write("ACK", &self.branch, self.cseq, &refusal.header("To"), &self.uri, ("", ""))
    }

    /// A request within the dialog that our response made.
    pub(crate) fn within(&self, ok: &Sent, method: &str, cseq: u32, more: &str, body: &str) -> String {
        let branch = format!("z9hG4bK{method}{cseq}");
        self.write(method, &branch, cseq, &ok.header("To"), "sip:d1@192.0.2.1:5060", (more, body))
    }
}
