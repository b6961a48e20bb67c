use rsip::message::HeadersExt;
use rsip::prelude::UntypedHeader;
use rsip::{Header, Method, Request};

use super::*;
use crate::sip::bare::Bare;
use crate::sip::message;

/// Plays the switch towards one seat, by hand.
struct FakeSwitch {
    bare: Bare,
    calls: u32,
}

impl FakeSwitch {
    async fn takes_registration(&self, expires: &str) -> SocketAddr {
        let (register, peer) = self.bare.receive_request(Method::Register).await;
        let challenge =
            Header::WwwAuthenticate("Digest realm=\"acd\", nonce=\"n\", qop=\"auth\", algorithm=MD5".into());
        self.bare.send(message::response(&register, 401, "r", vec![challenge], String::new()), peer).await;
        let (register, peer) = self.bare.receive_request(Method::Register).await;
        let authorization = register.authorization_header().expect("an Authorization");
        assert!(authorization.value().contains("username=\"seat101\""));
        assert_eq!(register.expires_header().expect("an Expires").value(), expires);
        self.bare.send(message::response(&register, 200, "r", Vec::new(), String::new()), peer).await;
        peer
    }

    async fn takes_star_code(&self, code: &str) {
        let (invite, peer) = self.bare.receive_request(Method::Invite).await;
        assert_eq!(invite.uri.user(), Some(code));
        let session = sdp::describe(self.bare.address(), 1);
        let ok = message::response(&invite, 200, "s", vec![self.bare.contact()], session);
        self.bare.send(&ok, peer).await;
        self.bare.receive_request(Method::Ack).await;
        let bye = self.request(Method::Bye, ok.to_header().expect("a To").value(), &invite);
        self.bare.send(&bye, peer).await;
        self.bare.receive_response(200).await;
    }

    /// A request in the dialog that the seat's INVITE began.
    fn request(&self, method: Method, from: &str, invite: &Request) -> Request {
        let call_id = message::call_id(invite).expect("a Call-ID");
        let basics = message::Basics {
            via: format!("SIP/2.0/UDP {};branch=z9hG4bK{call_id}", self.bare.address()),
            from,
            to: &message::from(invite).expect("a From"),
            call_id: &call_id,
            cseq: 1,
        };
        message::request(method, invite.uri.clone(), basics, Vec::new(), String::new())
    }

    fn ring(&mut self, method: Method, to: &str, cseq: u32) -> Request {
        let call_id = format!("call{}", self.calls);
        let basics = message::Basics {
            via: format!("SIP/2.0/UDP {};branch=z9hG4bK{method}{}", self.bare.address(), self.calls),
            from: "\"しが救急電話相談\" <sip:09000000005@127.0.0.1>;tag=acd",
            to,
            call_id: &call_id,
            cseq,
        };
        let uri = message::uri("sip:seat101@127.0.0.1").expect("a URI");
        let session =
            if method == Method::Invite { sdp::describe(self.bare.address(), 2) } else { String::new() };
        message::request(method, uri, basics, vec![self.bare.contact()], session)
    }
}

fn seat(refuse: f64) -> Seat {
    Seat {
        number: 101,
        credentials: Credentials { user: "seat101".to_owned(), password: "demo-101".to_owned() },
        star_codes: true,
        manners: Manners { answer_after_ms: 0..=10, refuse, ignore: 0.0, hang_up: 0.0, talk_ms: 1..=1 },
        seed: 1,
        callers: Vec::new(),
        tap: None,
    }
}

struct Stage {
    switch: FakeSwitch,
    phone: SocketAddr,
    reports: mpsc::Receiver<SeatReport>,
    over: watch::Sender<bool>,
}

/// A seat that has registered and logged in by star codes.
async fn logged_in(refuse: f64) -> Stage {
    let switch = FakeSwitch { bare: Bare::new().await, calls: 0 };
    let (over, end) = watch::channel(false);
    let (sender, mut reports) = mpsc::channel(8);
    let anywhere = "127.0.0.1:0".parse().expect("an address");
    tokio::spawn(run(seat(refuse), anywhere, switch.bare.address(), sender, end));
    let phone = switch.takes_registration("300").await;
    switch.takes_star_code("*11").await;
    switch.takes_star_code("*12").await;
    assert!(matches!(reports.recv().await, Some(SeatReport::Ready { seat: 101 })));
    Stage { switch, phone, reports, over }
}

async fn bounded(work: impl Future<Output = ()>) {
    timeout(Duration::from_secs(20), work).await.expect("the test ends in time");
}

#[tokio::test]
async fn a_seat_logs_in_answers_and_takes_its_registration_back() {
    bounded(async {
        let mut stage = logged_in(0.0).await;
        let invite = stage.switch.ring(Method::Invite, "<sip:seat101@127.0.0.1>", 1);
        stage.switch.bare.send(&invite, stage.phone).await;
        stage.switch.bare.receive_response(180).await;
        let ok = stage.switch.bare.receive_response(200).await;
        let to = ok.to_header().expect("a To").value().to_owned();
        let ack = stage.switch.ring(Method::Ack, &to, 1);
        stage.switch.bare.send(&ack, stage.phone).await;
        let bye = stage.switch.ring(Method::Bye, &to, 2);
        stage.switch.bare.send(&bye, stage.phone).await;
        let Some(SeatReport::Talked(talk)) = stage.reports.recv().await else { panic!("a talk") };
        assert_eq!((talk.seat, talk.caller.as_str(), talk.hung_up), (101, "09000000005", false));
        stage.over.send_replace(true);
        stage.switch.takes_registration("0").await;
        assert!(stage.reports.recv().await.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_seat_that_refused_comes_back_by_star_code() {
    bounded(async {
        let mut stage = logged_in(1.0).await;
        let invite = stage.switch.ring(Method::Invite, "<sip:seat101@127.0.0.1>", 1);
        stage.switch.bare.send(&invite, stage.phone).await;
        let busy = stage.switch.bare.receive_response(486).await;
        let to = busy.to_header().expect("a To").value().to_owned();
        let ack = stage.switch.ring(Method::Ack, &to, 1);
        stage.switch.bare.send(&ack, stage.phone).await;
        let report = stage.reports.recv().await;
        assert!(matches!(report, Some(SeatReport::NotAnswered { seat: 101, refused: true })));
        stage.switch.takes_star_code("*12").await;
    })
    .await;
}
