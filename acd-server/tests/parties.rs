//! What agents command of third parties, over the real program: gRPC in, SIP on the loopback. The gateway cannot dial out yet
//! and says so by name, and caller and agent stay together.
#![allow(clippy::wildcard_enum_match_arm, reason = "a test waits for one fact among many")]

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use acd_proto::v1;
use acd_proto::v1::calls_client::CallsClient;
use acd_proto::v1::destination::Whom;
use acd_proto::v1::fact::Event;
use acd_proto::v1::facts_client::FactsClient;
use acd_proto::v1::party_end::Kind;
use tonic::transport::{Channel, Endpoint};

/// How long the tests wait for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A switch whose one seat is at this port.
fn plan(seat: SocketAddr) -> String {
    format!(
        r#"format = 1

[listen]
sip_udp = ["127.0.0.1:0"]
sip_tcp = ["127.0.0.1:0"]
http = "127.0.0.1:0"
grpc = "127.0.0.1:0"

[[trunks]]
name = "carrier"
networks = ["127.0.0.0/8"]

[prompts.waiting]
audio = "builtin:ja_waiting.wav"

[[tenants]]
name = "shiga"
title = "Shiga"
waiting_message = "waiting"
numbers = [{{ number = "0770007119", guidance = "none", recording = "off" }}]
bands = [{{ days = ["every"], from = "00:00", to = "24:00", seat_lines = 2, guidance_lines = 2 }}]

[tenants.outbound]
trunk = "carrier"
own_trunk = true
number_shown = "0770007119"

[tenants.directory]

[[tenants.directory.headquarters]]
name = "otsu_fire"
title = "Otsu"
municipalities = ["otsu"]
area_codes = ["077"]
number = "0775000101"
backup_number = "0775000102"
consent_filed_on = "2026-09-15"
underlying_number = "0775009119"

[[seats]]
name = "seat1"
static_contact = "sip:seat1@{seat}"
login = "always"
serves = {{ shiga = 1 }}
wrap_up_max_s = 0
"#
    )
}

struct Running {
    child: Child,
    sip: SocketAddr,
    grpc: String,
}

impl Running {
    fn start(config: &Path, data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_acd"))
            .args(["serve", "--config"])
            .arg(config)
            .arg("--data")
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program");
        let mut ready = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut ready).expect("a line");
        let word = |name: &str| {
            let found = ready.split_whitespace().find_map(|word| word.strip_prefix(name));
            found.unwrap_or_else(|| panic!("acd serve says {ready:?}")).to_owned()
        };
        let (sip, grpc) = (word("sip=").parse().expect("an address"), word("grpc="));
        Self { child, sip, grpc }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A phone that speaks as much SIP as a call needs.
struct Phone {
    socket: UdpSocket,
    name: &'static str,
}

/// A message as it came.
#[derive(Clone, Debug)]
struct Heard {
    text: String,
    from: SocketAddr,
}

impl Heard {
    fn is(&self, start: &str) -> bool {
        self.text.starts_with(start)
    }

    fn header(&self, name: &str) -> &str {
        let mut lines = self.text.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(it, _)| it.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }

    fn method(&self) -> &str {
        self.header("CSeq").split(' ').nth(1).unwrap_or_default()
    }

    /// The URI of the Contact header.
    fn contact(&self) -> &str {
        self.header("Contact").trim_start_matches('<').split('>').next().unwrap_or_default()
    }
}

impl Phone {
    fn new(name: &'static str) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
        socket.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        Self { socket, name }
    }

    fn address(&self) -> SocketAddr {
        self.socket.local_addr().expect("bound")
    }

    fn send(&self, to: SocketAddr, text: &str) {
        self.socket.send_to(text.as_bytes(), to).expect("sent");
    }

    /// The next message that is wanted; others (retransmissions, provisional answers) are passed over.
    fn hear(&self, wanted: impl Fn(&Heard) -> bool) -> Heard {
        let mut buffer = [0; 65_536];
        loop {
            let (length, from) = self.socket.recv_from(&mut buffer).expect("a message in time");
            let heard = Heard { text: String::from_utf8_lossy(&buffer[..length]).into_owned(), from };
            if wanted(&heard) {
                return heard;
            }
        }
    }

    fn sdp(&self) -> String {
        // Nobody listens there: that no RTP comes is no matter here.
        let port = self.address().port();
        format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
        )
    }

    fn request(&self, method: &str, uri: &str, call: &Dialog, body: &str) -> String {
        let Dialog { id, cseq, to, .. } = call;
        let (name, address) = (self.name, self.address());
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {address};branch=z9hG4bK{id}{method}{cseq}\r\nMax-Forwards: 70\r\n\
             From: <sip:{name}@{address}>;tag={id}\r\nTo: {to}\r\nCall-ID: {id}\r\nCSeq: {cseq} {method}\r\n\
             Contact: <sip:{name}@{address}>\r\n{kind}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    /// Calls and waits for the answer.
    fn call(&self, switch: SocketAddr, id: &'static str) -> Dialog {
        let uri = format!("sip:0770007119@{switch}");
        let mut dialog = Dialog { id, cseq: 1, to: format!("<{uri}>"), target: uri, switch };
        self.send(switch, &self.request("INVITE", &dialog.target, &dialog, &self.sdp()));
        let answer =
            self.hear(|it| it.is("SIP/2.0 200") && it.method() == "INVITE" && it.header("Call-ID") == id);
        dialog.to = answer.header("To").to_owned();
        answer.contact().clone_into(&mut dialog.target);
        self.send(switch, &self.request("ACK", &dialog.target, &dialog, ""));
        dialog
    }

    fn hang_up(&self, mut dialog: Dialog) {
        dialog.cseq += 1;
        self.send(dialog.switch, &self.request("BYE", &dialog.target, &dialog, ""));
        self.hear(|it| it.is("SIP/2.0 200") && it.method() == "BYE" && it.header("Call-ID") == dialog.id);
    }

    /// Answers the next INVITE with 200, and waits for its ACK; gives its Call-ID.
    fn answer(&self, not: &[String]) -> String {
        let invite = self.hear(|it| it.is("INVITE ") && !not.iter().any(|id| id == it.header("Call-ID")));
        let contact = format!("Contact: <sip:{}@{}>\r\n", self.name, self.address());
        self.respond(&invite, &format!("{contact}Content-Type: application/sdp\r\n"), &self.sdp());
        let id = invite.header("Call-ID").to_owned();
        self.hear(|it| it.is("ACK ") && it.header("Call-ID") == id);
        id
    }

    /// Waits for the BYE of a call and answers it.
    fn released(&self, id: &str) {
        let bye = self.hear(|it| it.is("BYE ") && it.header("Call-ID") == id);
        self.respond(&bye, "", "");
    }

    fn respond(&self, to: &Heard, more: &str, body: &str) {
        let mut tagged = to.header("To").to_owned();
        if !tagged.contains("tag=") {
            tagged.push_str(";tag=");
            tagged.push_str(self.name);
        }
        let text = format!(
            "SIP/2.0 200 OK\r\nVia: {}\r\nFrom: {}\r\nTo: {tagged}\r\nCall-ID: {}\r\nCSeq: {}\r\n{more}Content-Length: {}\r\n\r\n{body}",
            to.header("Via"),
            to.header("From"),
            to.header("Call-ID"),
            to.header("CSeq"),
            body.len()
        );
        self.send(to.from, &text);
    }
}

#[derive(Clone, Debug)]
struct Dialog {
    id: &'static str,
    cseq: u32,
    to: String,
    target: String,
    switch: SocketAddr,
}

/// What the switch says, in order.
struct Facts {
    stream: tonic::Streaming<v1::Fact>,
}

impl Facts {
    async fn of(channel: Channel) -> Self {
        let request =
            v1::StreamFactsRequest { with_numbers: true, purpose: "review".to_owned(), ..Default::default() };
        let stream = FactsClient::new(channel).stream(request).await.expect("a stream").into_inner();
        Self { stream }
    }

    /// The next fact of which something is wanted.
    async fn next<T>(&mut self, wanted: impl Fn(&Event) -> Option<T>) -> T {
        let search = async {
            loop {
                let fact = self.stream.message().await.expect("facts").expect("more facts");
                if let Some(found) = fact.event.as_ref().and_then(&wanted) {
                    return found;
                }
            }
        };
        tokio::time::timeout(PATIENCE, search).await.expect("the fact in time")
    }

    async fn party_ended(&mut self) -> (u64, Kind) {
        self.next(|event| match event {
            Event::PartyEnded(it) => {
                Some((it.party.as_ref().map_or(0, |it| it.call), it.end.as_ref().expect("an end").kind()))
            }
            _ => None,
        })
        .await
    }
}

fn to(whom: Whom) -> Option<v1::Destination> {
    Some(v1::Destination { whom: Some(whom) })
}

#[test]
fn a_party_that_cannot_be_dialled_leaves_caller_and_agent_together_and_callers_are_called_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let (caller, seat) = (Phone::new("0771234567"), Phone::new("seat1"));
    let config = folder.path().join("plan.toml");
    std::fs::write(&config, plan(seat.address())).expect("a file");
    let switch = Running::start(&config, &folder.path().join("data"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let channel = runtime.block_on(async {
        Endpoint::from_shared(format!("http://{}", switch.grpc))
            .expect("a URI")
            .connect()
            .await
            .expect("gRPC")
    });
    let mut calls = CallsClient::new(channel.clone());
    let mut facts = runtime.block_on(Facts::of(channel));
    let plain = |call: u64, id: &str| v1::CommandCallRequest { call, idempotency_id: id.to_owned() };

    let first = caller.call(switch.sip, "first");
    let ring = seat.answer(&[]);
    let call = runtime.block_on(facts.next(|event| match event {
        Event::CallAnswered(it) => it.ring.as_ref().map(|ring| ring.call),
        _ => None,
    }));

    // The agent dials headquarters for a caller who does not respond.
    let check = v1::CheckConditionRequest {
        call,
        condition: v1::LocateCondition::Unresponsive.into(),
        holds: true,
        idempotency_id: "1".to_owned(),
    };
    assert_eq!(
        runtime.block_on(calls.check(check)).expect("checked").into_inner().result(),
        v1::CallCommandResult::Done
    );
    let request =
        v1::NotRespondingRequest { call, municipality: String::new(), idempotency_id: "2".to_owned() };
    let answer = runtime.block_on(calls.not_responding(request.clone())).expect("an answer").into_inner();
    assert_eq!(answer.result(), v1::CallCommandResult::Done);
    let known = answer.known.expect("the caller is there");
    let number = v1::caller::Identity::Number("0771234567".to_owned());
    assert!(known.caller.as_ref().and_then(|it| it.identity.as_ref()) == Some(&number), "as received");
    assert_eq!((known.line(), known.silent_ms), (v1::LineKind::Fixed, None), "no sound has come");
    assert_eq!((known.headquarters.as_str(), known.consent_filed_on.as_str()), ("otsu_fire", "2026-09-15"));
    assert!(known.carrier_can_be_asked);
    let holds: Vec<Option<bool>> = known.conditions.iter().map(|it| it.holds).collect();
    assert_eq!(holds, [Some(true), None, None]);
    assert_eq!(runtime.block_on(facts.party_ended()), (call, Kind::NotSupported));
    let talks = |event: &Event| match event {
        Event::CallPhaseChanged(it) if it.phase() == v1::CallPhase::Talking => Some(it.call),
        _ => None,
    };
    assert_eq!(runtime.block_on(facts.next(talks)), call, "the talk goes on");
    let again = runtime.block_on(calls.not_responding(request)).expect("the same answer").into_inner();
    assert_eq!(again.result(), v1::CallCommandResult::Done, "and nothing is dialled a second time");

    // Refusals have names.
    let dial =
        |whom, id: &str| v1::DialPartyRequest { call, destination: to(whom), idempotency_id: id.to_owned() };
    let mut dialled = |whom, id| runtime.block_on(calls.dial(dial(whom, id)));
    let result = dialled(Whom::Number("119".to_owned()), "3").expect("an answer").into_inner();
    assert_eq!(result.result(), v1::CallCommandResult::Forbidden);
    let result = dialled(Whom::Entry("kyoto_fire".to_owned()), "4").expect("an answer").into_inner();
    assert_eq!(result.result(), v1::CallCommandResult::UnknownDestination);
    let refused =
        dialled(Whom::CallBack("0771234567".to_owned()), "5").expect_err("no destination of a command");
    assert_eq!(refused.code(), tonic::Code::InvalidArgument);

    // Another caller gives up in the queue meanwhile.
    let second = caller.call(switch.sip, "second");
    let waits = |event: &Event| match event {
        Event::CallerQueued(it) if it.call != call => Some(it.call),
        _ => None,
    };
    let gave_up = runtime.block_on(facts.next(waits));
    caller.hang_up(second);

    // The talk is still there: it can be held, and the caller ends it.
    let held = runtime.block_on(calls.hold(plain(call, "6"))).expect("an answer").into_inner();
    assert_eq!(held.result(), v1::CallCommandResult::Done);
    caller.hang_up(first);
    seat.released(&ring);
    let ended = |event: &Event| match event {
        Event::CallEnded(it) if it.call == call => Some(it.outcome()),
        _ => None,
    };
    assert_eq!(runtime.block_on(facts.next(ended)), v1::Outcome::Answered);

    // The one who gave up is on the list, and an agent's choice from it is a call of its own.
    let wanted = v1::ToCallBackRequest { with_numbers: true, ..Default::default() };
    let list = runtime.block_on(calls.to_call_back(wanted)).expect("a list").into_inner().callers;
    assert_eq!(list.len(), 1, "{list:?}");
    assert_eq!((list[0].call, list[0].tenant.as_str(), list[0].tries), (gave_up, "shiga", 0));
    assert_eq!(list[0].outcome(), v1::Outcome::AbandonedInQueue);
    assert!(list[0].number == "0771234567");
    let back = v1::CallOutRequest {
        seat: "seat1".to_owned(),
        destination: to(Whom::Caller(true)),
        about: gave_up,
        idempotency_id: "7".to_owned(),
        ..Default::default()
    };
    let started = runtime.block_on(calls.call_out(back.clone())).expect("an answer").into_inner();
    assert_eq!(started.result(), v1::CallCommandResult::Done);
    assert!(started.call > gave_up, "the switch gives it the next number");
    let again = runtime.block_on(calls.call_out(back)).expect("the same answer").into_inner();
    assert_eq!(again.call, started.call);
    let ring_out = seat.answer(&[ring]);
    assert_eq!(runtime.block_on(facts.party_ended()), (started.call, Kind::NotSupported));
    seat.released(&ring_out);
    let over = |event: &Event| match event {
        Event::OutboundEnded(it) => Some((it.call, it.reached)),
        _ => None,
    };
    assert_eq!(runtime.block_on(facts.next(over)), (started.call, false));
    let list = runtime.block_on(calls.to_call_back(v1::ToCallBackRequest::default())).expect("a list");
    let list = list.into_inner().callers;
    assert_eq!((list.len(), list[0].tries), (1, 1), "nobody was reached: {list:?}");
    assert!(list[0].number.is_empty(), "numbers are given to whom asks for them");
}
