use std::net::SocketAddr;
use std::time::Duration;

use rsip::message::HeadersExt;
use rsip::prelude::UntypedHeader;
use rsip::{Header, Method, SipMessage};
use tokio::sync::mpsc;

use super::bare::Bare;
use super::*;
use crate::sip::sdp::describe;

/// No test may hang: everything here happens on the loopback interface.
async fn bounded<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work).await.expect("the test ends in time")
}

fn loopback() -> SocketAddr {
    "127.0.0.1:0".parse().expect("an address")
}

async fn pair() -> (Endpoint, Endpoint, mpsc::Receiver<IncomingCall>) {
    let (caller, _) = Endpoint::bind(loopback(), 1).await.expect("a port");
    let (seat, calls) = Endpoint::bind(loopback(), 2).await.expect("a port");
    (caller, seat, calls)
}

fn invitation(peer: SocketAddr) -> Invitation {
    Invitation {
        peer,
        to: format!("sip:seat111@{peer}"),
        from: "sip:0751234567@127.0.0.1".to_owned(),
        user: "0751234567".to_owned(),
        session: describe("127.0.0.1:40000".parse().expect("an address"), 1),
        credentials: None,
    }
}

async fn answered(call: &mut OutgoingCall) -> (Box<Dialog>, Option<sdp::Remote>) {
    loop {
        match call.next().await.expect("an answer") {
            Progress::Provisional(_) => {}
            Progress::Answered(dialog, remote) => return (dialog, remote),
            Progress::Refused(status) => panic!("refused {status}"),
        }
    }
}

async fn refused(call: &mut OutgoingCall) -> u16 {
    loop {
        match call.next().await.expect("an answer") {
            Progress::Provisional(_) => {}
            Progress::Answered(..) => panic!("answered"),
            Progress::Refused(status) => return status,
        }
    }
}

#[tokio::test]
async fn a_call_is_set_up_and_ended_by_either_side() {
    bounded(async {
        for caller_ends in [true, false] {
            let (caller, seat, mut calls) = pair().await;
            let mut call = caller.invite(invitation(seat.local())).await.expect("sent");
            let incoming = calls.recv().await.expect("a call");
            assert_eq!(incoming.caller(), "0751234567");
            assert_eq!(incoming.called(), "seat111");
            assert_eq!(incoming.remote().expect("a session").media.port(), 40_000);
            incoming.ring().await.expect("sent");
            let session = describe("127.0.0.1:40002".parse().expect("an address"), 2);
            let mut far = incoming.accept(session).await.expect("sent").expect("a dialog");
            let (mut near, remote) = answered(&mut call).await;
            assert_eq!(remote.expect("a session").media.port(), 40_002);
            if caller_ends {
                let (ended, event) = tokio::join!(near.hang_up(), far.next());
                ended.expect("answered");
                assert_eq!(event.expect("an event"), DialogEvent::HungUp);
            } else {
                let (ended, event) = tokio::join!(far.hang_up(), near.next());
                ended.expect("answered");
                assert_eq!(event.expect("an event"), DialogEvent::HungUp);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn byes_that_cross_both_end() {
    bounded(async {
        let (caller, seat, mut calls) = pair().await;
        let mut call = caller.invite(invitation(seat.local())).await.expect("sent");
        let incoming = calls.recv().await.expect("a call");
        let far = incoming.accept(describe(loopback(), 2)).await.expect("sent").expect("a dialog");
        let (near, _) = answered(&mut call).await;
        let (one, two) = tokio::join!(near.hang_up(), far.hang_up());
        one.expect("ended");
        two.expect("ended");
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_call_is_487_on_both_sides() {
    bounded(async {
        let (caller, seat, mut calls) = pair().await;
        let mut call = caller.invite(invitation(seat.local())).await.expect("sent");
        let incoming = calls.recv().await.expect("a call");
        incoming.ring().await.expect("sent");
        call.cancel();
        let (status, ()) = tokio::join!(refused(&mut call), incoming.cancelled());
        assert_eq!(status, 487);
        assert!(incoming.accept(String::new()).await.expect("no socket error").is_none());
    })
    .await;
}

#[tokio::test]
async fn a_cancel_goes_out_once_however_often_the_other_side_says_that_it_rings() {
    bounded(async {
        let bare = Bare::new().await;
        let (caller, _calls) = Endpoint::bind(loopback(), 1).await.expect("a port");
        let mut call = caller.invite(invitation(bare.address())).await.expect("sent");
        call.cancel();
        let far = async {
            let (invite, peer) = bare.receive_request(Method::Invite).await;
            for status in [100, 180, 180, 180] {
                bare.send(message::response(&invite, status, "t", Vec::new(), String::new()), peer).await;
            }
            let (cancel, _) = bare.receive_request(Method::Cancel).await;
            bare.send(message::response(&cancel, 200, "t", Vec::new(), String::new()), peer).await;
            bare.send(message::response(&invite, 487, "t", Vec::new(), String::new()), peer).await;
            loop {
                if let (SipMessage::Request(next), _) = bare.receive().await {
                    return next.method;
                }
            }
        };
        let (status, next) = tokio::join!(refused(&mut call), far);
        assert_eq!((status, next), (487, Method::Ack));
    })
    .await;
}

#[tokio::test]
async fn a_refusal_carries_its_status() {
    bounded(async {
        let (caller, seat, mut calls) = pair().await;
        let mut call = caller.invite(invitation(seat.local())).await.expect("sent");
        calls.recv().await.expect("a call").refuse(486).await.expect("sent");
        assert_eq!(refused(&mut call).await, 486);
    })
    .await;
}

#[tokio::test]
async fn a_lost_invite_is_repeated_and_a_repeated_200_is_acknowledged_again() {
    bounded(async {
        let bare = Bare::new().await;
        let (caller, _calls) = Endpoint::bind(loopback(), 1).await.expect("a port");
        let mut call = caller.invite(invitation(bare.address())).await.expect("sent");
        let far = async {
            let (first, _) = bare.receive_request(Method::Invite).await;
            let (second, peer) = bare.receive_request(Method::Invite).await;
            assert_eq!(first, second);
            let contact = bare.contact();
            let ok = message::response(&second, 200, "t", vec![contact], describe(bare.address(), 3));
            bare.send(&ok, peer).await;
            let (ack, _) = bare.receive_request(Method::Ack).await;
            bare.send(&ok, peer).await;
            let (again, _) = bare.receive_request(Method::Ack).await;
            assert_eq!(ack, again);
            assert_eq!(message::cseq(&ack), Some((1, Method::Ack)));
            assert_eq!(message::tag(ack.to_header().expect("a To").value()), Some("t"));
            assert_ne!(message::branch(&ack), message::branch(&second));
        };
        let ((_dialog, _), ()) = tokio::join!(answered(&mut call), far);
    })
    .await;
}

#[tokio::test]
async fn a_200_is_repeated_until_its_ack_and_a_repeated_invite_is_one_call() {
    bounded(async {
        let bare = Bare::new().await;
        let (seat, mut calls) = Endpoint::bind(loopback(), 2).await.expect("a port");
        let basics = message::Basics {
            via: format!("SIP/2.0/UDP {};branch=z9hG4bKone", bare.address()),
            from: "\"静岡, #8000; 夜間\" <sip:0751234567@127.0.0.1>;tag=f",
            to: "<sip:seat111@127.0.0.1>",
            call_id: "one",
            cseq: 1,
        };
        let uri = message::uri("sip:seat111@127.0.0.1").expect("a URI");
        let contact = Header::Contact(format!("<sip:acd@{}>", bare.address()).into());
        let invite =
            message::request(Method::Invite, uri, basics, vec![contact], describe(bare.address(), 1));
        bare.send(&invite, seat.local()).await;
        bare.send(&invite, seat.local()).await;
        let incoming = calls.recv().await.expect("a call");
        assert_eq!(incoming.caller(), "0751234567");
        let _dialog = incoming.accept(describe(loopback(), 2)).await.expect("sent").expect("a dialog");
        let mut oks = 0;
        while oks < 2 {
            if let (SipMessage::Response(response), _) = bare.receive().await
                && response.status_code.code() == 200
            {
                oks += 1;
            }
        }
        assert!(calls.try_recv().is_err(), "one call");
    })
    .await;
}

#[tokio::test]
async fn requests_outside_any_dialog_get_481_and_options_200() {
    bounded(async {
        let (caller, seat, _calls) = pair().await;
        for (method, to, status) in [
            (Method::Bye, "<sip:a@127.0.0.1>;tag=gone", 481),
            (Method::Options, "<sip:a@127.0.0.1>", 200),
            (Method::Subscribe, "<sip:a@127.0.0.1>", 405),
        ] {
            let basics = message::Basics {
                via: caller.via(),
                from: "<sip:b@127.0.0.1>;tag=b",
                to,
                call_id: "c",
                cseq: 1,
            };
            let uri = message::uri("sip:a@127.0.0.1").expect("a URI");
            let request = message::request(method, uri, basics, Vec::new(), String::new());
            let answer = caller.ask(&request, seat.local()).await.expect("an answer");
            assert_eq!(answer.status_code.code(), status, "{method}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_registration_answers_the_challenge_that_it_knows() {
    let bare = Bare::new().await;
    let (phone, _calls) = Endpoint::bind(loopback(), 5).await.expect("a port");
    let credentials = Credentials { user: "seat111".to_owned(), password: "demo-111".to_owned() };
    let mut registration = Registration::new(phone, bare.address(), credentials);
    let registrar = async {
        let (first, peer) = bare.receive_request(Method::Register).await;
        let challenge = |algorithm: &str| {
            Header::WwwAuthenticate(
                format!("Digest realm=\"acd\", nonce=\"n1\", algorithm={algorithm}").into(),
            )
        };
        let more = vec![challenge("SHA-256"), challenge("MD5")];
        bare.send(message::response(&first, 401, "r", more, String::new()), peer).await;
        let (second, _) = bare.receive_request(Method::Register).await;
        let authorization = second.authorization_header().expect("an Authorization").value().to_owned();
        bare.send(message::response(&second, 200, "r", Vec::new(), String::new()), peer).await;
        assert_eq!(message::cseq(&second), Some((2, Method::Register)));
        authorization
    };
    let (registered, authorization) =
        bounded(async { tokio::join!(registration.register(60), registrar) }).await;
    registered.expect("registered");
    assert!(authorization.contains("algorithm=MD5"), "the first challenge that we know: {authorization}");
    assert!(authorization.contains("username=\"seat111\""), "{authorization}");
}

/// Expected values by `md5sum`.
#[test]
fn the_digest_is_that_of_rfc_2617() {
    let credentials = Credentials { user: "seat111".to_owned(), password: "demo-111".to_owned() };
    let uri = message::uri("sip:127.0.0.1:5060").expect("a URI");
    for (qop, response) in
        [("", "bb4fad56f4cf14c174b5b65e9fd75726"), (", qop=\"auth\"", "458e5a01a322a5319dbd11e905a7b4bc")]
    {
        let challenge = format!("Digest realm=\"acd\", nonce=\"n1\", algorithm=MD5{qop}");
        let refusal = rsip::Response {
            status_code: 401.into(),
            headers: Header::WwwAuthenticate(challenge.into()).into(),
            ..Default::default()
        };
        let header = credentials.answer(&refusal, Method::Register, &uri, "c1").expect("an answer");
        assert!(header.to_string().contains(&format!("response=\"{response}\"")), "{header}");
        assert_eq!(header.to_string().contains("qop=auth, nc=00000001, cnonce=\"c1\""), !qop.is_empty());
    }
}

#[test]
fn tags_and_users_are_found_behind_hostile_display_names() {
    let value = "\"a;tag=evil, <sip:x@y>\" <sip:0751234567@127.0.0.1;user=phone>;tag=good";
    assert_eq!(message::tag(value), Some("good"));
    assert_eq!(message::user(value), Some("0751234567"));
    assert_eq!(message::tag("<sip:a@b;tag=no>"), None);
    assert_eq!(message::user("sip:anonymous@anonymous.invalid;tag=1"), Some("anonymous"));
}
