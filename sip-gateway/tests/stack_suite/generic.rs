//! What is judged before any policy: malformed, unknown, unsupported, looped, merged, out of order.

use sip_gateway::sip::message::{HeaderName, Message, parse};
use sip_gateway::sip::{Alive, SipCommand, SipEvent};

use crate::lab::{Invite, Lab, SDP};

#[test]
fn invites_that_nobody_could_serve_are_refused_and_leave_nothing_behind() {
    for (invite, brief, header, value) in [
        (
            Invite::more("Require: nothingSupportsThis, timer\r\n"),
            "420 INVITE",
            "Unsupported",
            "nothingSupportsThis",
        ),
        (Invite::more("Content-Type: text/plain\r\n"), "415 INVITE", "Accept", "application/sdp"),
        (
            Invite::more("Content-Encoding: gzip\r\nContent-Type: application/sdp\r\n"),
            "415 INVITE",
            "Accept-Encoding",
            "identity",
        ),
        (Invite::more("Accept: text/plain\r\n"), "406 INVITE", "Unsupported", ""),
        (Invite::more("Supported: timer\r\nSession-Expires: 60\r\n"), "422 INVITE", "Min-SE", "90"),
        (Invite { uri: "nobody:knows".into(), ..Invite::default() }, "416 INVITE", "Unsupported", ""),
        (Invite { uri: "http://192.0.2.1/".into(), ..Invite::default() }, "416 INVITE", "Unsupported", ""),
    ] {
        let mut lab = Lab::new();
        lab.receive(&invite.text());
        let refusal = lab.sent_one();
        assert_eq!((refusal.brief().as_str(), refusal.header(header).as_str()), (brief, value));
        assert!(!refusal.tag("To").is_empty());
        assert_eq!(lab.told(), [] as [&str; 0]);
        assert_eq!(lab.stack.alive(), Default::default());
        lab.receive(&invite.text());
        assert_eq!(lab.sent_one().text, refusal.text, "a repetition gets the very same answer");
        lab.receive(&invite.ack(&refusal));
        assert_eq!(lab.sends(), [] as [&str; 0]);
    }
}

#[test]
fn invites_of_every_kind_that_carriers_send_are_served() {
    for invite in [
        Invite::more("Require: timer\r\n"),
        Invite::more("Require: 100rel\r\n"),
        Invite::more("Accept: application/sdp, text/plain\r\n"),
        Invite::more("Accept: application/*\r\n"),
        Invite::more("Content-Type: application/SDP;charset=utf-8\r\n"),
        Invite::more("Max-Forwards: 0\r\n"),
        Invite { uri: "tel:0312345678".into(), ..Invite::default() },
        Invite { uri: "sips:7119@192.0.2.1".into(), ..Invite::default() },
        Invite { contact: String::new(), ..Invite::default() },
    ] {
        let mut lab = Lab::new();
        let text = match invite.more.starts_with("Max-Forwards") {
            true => Invite::default().text().replace("Max-Forwards: 70", "Max-Forwards: 0"),
            false => invite.text(),
        };
        lab.receive(&text);
        assert_eq!(lab.told(), ["InviteArrived"], "{invite:?}");
    }
}

#[test]
fn a_stranger_refused_without_state_leaves_nothing_behind_but_one_answer() {
    let mut lab = Lab::new();
    let invite = Invite::default();
    let refuse = |lab: &mut Lab| {
        let Some(SipEvent::InviteArrived { dialog, .. }) = lab.events.pop() else {
            panic!("no INVITE was told")
        };
        let (status, reason, headers) = (403, "Forbidden".into(), Vec::new());
        lab.stack.command(crate::lab::at(0), SipCommand::RejectStateless { dialog, status, reason, headers });
    };
    // The owner answers while it drains the events, before anything is sent.
    let mut first = String::new();
    for _ in 0..2 {
        lab.stack.handle_message(
            crate::lab::at(0),
            crate::lab::peer(lab.transport),
            invite.text().as_bytes(),
        );
        while let Some(event) = lab.stack.poll_event() {
            lab.events = vec![event];
            refuse(&mut lab);
        }
        lab.events.clear();
        lab.receive("\r\n");
        let refusal = lab.sent_one();
        assert_eq!(refusal.brief(), "403 INVITE", "no 100 goes before it");
        assert_eq!(lab.stack.alive(), Default::default());
        if first.is_empty() {
            first.clone_from(&refusal.text);
        }
        assert_eq!(refusal.text, first);
        lab.receive(&invite.ack(&refusal));
        assert_eq!(lab.sends(), [] as [&str; 0]);
    }
    assert_eq!(lab.stack.counters().strays, 2);
    assert_eq!(lab.changes, []);
}

#[test]
fn a_dropped_invite_gets_silence() {
    let mut lab = Lab::new();
    lab.stack.handle_message(
        crate::lab::at(0),
        crate::lab::peer(lab.transport),
        Invite::default().text().as_bytes(),
    );
    let Some(SipEvent::InviteArrived { dialog, .. }) = lab.stack.poll_event() else {
        panic!("no INVITE was told")
    };
    lab.command(SipCommand::Drop { dialog });
    assert_eq!(lab.sends(), [] as [&str; 0]);
    assert_eq!(lab.stack.alive(), Default::default());
}

#[test]
fn a_copy_of_an_invite_that_came_by_another_way_is_merged() {
    let mut lab = Lab::new();
    lab.invited();
    lab.sent.clear();
    let copy = Invite { branch: "z9hG4bKother".into(), ..Invite::default() };
    lab.receive(&copy.text());
    assert_eq!(lab.sends(), ["482 INVITE"]);
    let next = Invite { branch: "z9hG4bKnext".into(), cseq: 11, ..Invite::default() };
    lab.receive(&next.text());
    assert_eq!(lab.told(), ["InviteArrived"], "another CSeq is another call");
}

#[test]
fn requests_for_no_dialog_get_481_and_unknown_methods_their_answer() {
    let request = |method: &str, to: &str| {
        format!(
            "{method} sip:acd@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\n\
             From: <sip:a@b>;tag=f\r\nTo: {to}\r\nCall-ID: x\r\nCSeq: 1 {method}\r\nContent-Length: 0\r\n\r\n"
        )
    };
    for method in ["BYE", "INVITE", "UPDATE", "INFO", "OPTIONS", "PRACK", "REFER", "NOTIFY", "FOO"] {
        let mut lab = Lab::new();
        lab.receive(&request(method, "<sip:c@d>;tag=gone"));
        assert_eq!(lab.sends(), [format!("481 {method}")]);
        assert_eq!(lab.stack.alive(), Default::default());
    }
    for (method, status) in [
        ("BYE", 481),
        ("INFO", 481),
        ("NOTIFY", 481),
        ("REFER", 405),
        ("SUBSCRIBE", 405),
        ("MESSAGE", 405),
        ("FOO", 501),
        ("invite", 501),
    ] {
        let mut lab = Lab::new();
        lab.receive(&request(method, "<sip:c@d>"));
        let answer = lab.sent_one();
        assert_eq!(answer.brief(), format!("{status} {method}"));
        assert_eq!(answer.header("Allow").is_empty(), status == 481);
    }
    let mut lab = Lab::new();
    lab.receive(&request("ACK", "<sip:c@d>;tag=gone"));
    lab.receive(&request("ACK", "<sip:c@d>"));
    assert_eq!(lab.sends(), [] as [&str; 0]);
    assert_eq!(lab.stack.counters().strays, 2);
}

#[test]
fn register_and_options_are_the_owners_to_answer() {
    let mut lab = Lab::new();
    let text = "OPTIONS sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=f\r\n\
                To: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\n\r\n";
    lab.receive(text);
    let Some(SipEvent::RequestArrived { transaction, request, .. }) = lab.events.pop() else {
        panic!("no OPTIONS was told")
    };
    let response = lab.stack.options_response(&request);
    lab.command(SipCommand::Respond { transaction, response });
    let answer = lab.sent_one();
    assert_eq!(answer.brief(), "200 OPTIONS");
    assert_eq!(answer.header("Accept"), "application/sdp");
    assert!(answer.header("Supported").contains("timer"));
    assert!(!answer.tag("To").is_empty());
    lab.receive(text);
    assert_eq!(lab.sent_one().text, answer.text);
    assert_eq!(lab.told(), [] as [&str; 0]);
    lab.assert_nothing_left();
    lab.receive(&text.replace("OPTIONS", "REGISTER"));
    assert_eq!(lab.told(), ["RequestArrived REGISTER"]);
}

#[test]
fn an_answer_without_state_is_given_anew_and_leaves_nothing_behind() {
    let mut lab = Lab::new();
    let text = "REGISTER sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=f\r\n\
                To: <sip:a@b>\r\nCall-ID: x\r\nCSeq: 1 REGISTER\r\n\r\n";
    for _ in 0..2 {
        lab.receive(text);
        let Some(SipEvent::RequestArrived { transaction, request, .. }) = lab.events.pop() else {
            panic!("no REGISTER was told")
        };
        let response = request.respond(401);
        lab.command(SipCommand::RespondStateless { transaction, response: response.clone() });
        let answer = lab.sent_one();
        assert_eq!(answer.brief(), "401 REGISTER");
        assert!(!answer.tag("To").is_empty() && !answer.header("Server").is_empty());
        assert_eq!(lab.stack.alive(), Alive::default());
        lab.command(SipCommand::RespondStateless { transaction, response });
        assert_eq!(lab.sends(), [] as [&str; 0], "it is answered once");
    }
    assert_eq!(lab.stack.counters().commands_too_late, 2);
    assert_eq!(lab.stack.counters().responses_sent[&("REGISTER", 401)], 2);
}

#[test]
fn what_cannot_be_read_is_answered_where_it_can_be() {
    let mut lab = Lab::new();
    let invite = Invite::default().text();
    for (text, brief) in [
        (invite.replace("SIP/2.0\r\nVia", "SIP/7.0\r\nVia"), Some("505")),
        (invite.replace("CSeq: 10 INVITE", "CSeq: 10 BYE"), Some("400")),
        (invite.replace("Call-ID: call-1\r\n", ""), Some("400")),
        (
            invite.replace("INVITE sip:0300007119@192.0.2.1 SIP/2.0", "SIP/2.0 200 OK").replace("CSeq", "X"),
            None,
        ),
        ("garbage\r\n\r\n".to_owned(), None),
    ] {
        lab.receive(&text);
        let sent: Vec<String> = std::mem::take(&mut lab.sent).into_iter().map(|sent| sent.text).collect();
        let status = sent.first().map(|text| text[8..11].to_owned());
        assert_eq!(status.as_deref(), brief, "{text}");
        if let Some(first) = sent.first() {
            assert!(matches!(first.as_bytes(), bytes if bytes.starts_with(b"SIP/2.0 ")));
        }
    }
    assert_eq!(lab.stack.counters().malformed, 5);
    assert_eq!(lab.stack.alive(), Default::default());
    assert_eq!(lab.told(), [] as [&str; 0]);
}

#[test]
fn within_a_dialog_the_order_of_requests_is_kept() {
    let mut lab = Lab::new();
    let invite = Invite::default();
    let (_, ok) = lab.connected();
    lab.receive(&invite.within(&ok, "OPTIONS", 15, "", ""));
    assert_eq!(lab.sends(), ["200 OPTIONS"]);
    lab.receive(&invite.within(&ok, "INFO", 12, "", ""));
    assert_eq!(lab.sends(), ["500 INFO"]);
    lab.receive(&invite.within(&ok, "INFO", 16, "Require: foo\r\n", ""));
    let refusal = lab.sent_one();
    assert_eq!((refusal.brief().as_str(), refusal.header("Unsupported").as_str()), ("420 INFO", "foo"));
    lab.receive(&invite.within(&ok, "BYE", 14, "", ""));
    assert_eq!(lab.sends(), ["500 BYE"]);
    lab.receive(&invite.within(&ok, "REFER", 17, "", ""));
    assert_eq!(lab.sends(), ["405 REFER"]);
    lab.receive(&invite.within(&ok, "FOO", 18, "", ""));
    assert_eq!(lab.sends(), ["501 FOO"]);
    assert_eq!(lab.told(), [] as [&str; 0]);
}

#[test]
fn digits_by_info_are_told() {
    let mut lab = Lab::new();
    let invite = Invite::default();
    let (_, ok) = lab.connected();
    let kind = "Content-Type: application/dtmf-relay\r\n";
    lab.receive(&invite.within(&ok, "INFO", 11, kind, "Signal=5\r\nDuration=160\r\n"));
    lab.receive(&invite.within(&ok, "INFO", 12, kind, "Signal=q\r\n"));
    lab.receive(&invite.within(&ok, "INFO", 13, "Content-Type: text/plain\r\n", "hello"));
    lab.receive(&invite.within(&ok, "INFO", 14, "", ""));
    assert_eq!(lab.sends(), ["200 INFO", "400 INFO", "415 INFO", "200 INFO"]);
    assert_eq!(lab.told(), ["InfoDigit 5"]);
}

#[test]
fn a_response_to_nothing_is_ignored() {
    let mut lab = Lab::new();
    let (_, invite) = lab.calling();
    let stray = invite.reply(200, "seat", "", SDP).replace(&invite.branch(), "z9hG4bKnever");
    lab.receive(&stray.replace(&invite.tag("From"), "nobody"));
    assert_eq!(lab.sends(), [] as [&str; 0]);
    assert_eq!(lab.told(), [] as [&str; 0]);
    assert_eq!(lab.stack.counters().strays, 1);
}

#[test]
fn names_and_bytes_of_any_charset_come_back_as_they_were() {
    let mut lab = Lab::new();
    let text = Invite::default().text().replace("\"A\"", "\"A\\\"b, ;tag=evil\"");
    lab.receive(&text);
    assert_eq!(lab.told(), ["InviteArrived"]);
    let trying = lab.sent_one();
    assert!(trying.header("From").starts_with("\"A\\\"b, ;tag=evil\" <"));

    let mut bytes = Invite::default().text().into_bytes();
    let at = bytes.windows(3).position(|window| window == b"\"A\"").unwrap();
    bytes.splice(at + 1..at + 2, [0x93, 0xfa, 0x96, 0x7b]);
    let mut stack = Lab::new().stack;
    stack.handle_message(crate::lab::at(0), crate::lab::peer(sip_gateway::sip::Transport::Udp), &bytes);
    let sent = stack.poll_transmit().unwrap();
    let Ok(Message::Response(response)) = parse(&sent.bytes) else { panic!("no response") };
    assert!(
        response.headers.get(&HeaderName::From).unwrap().starts_with(&[b'"', 0x93, 0xfa, 0x96, 0x7b, b'"'])
    );
}
