//! Calls to us: INVITE, provisional, 2xx and its ACK, BYE.

use sip_gateway::sip::{SipCommand, Transport};

use crate::lab::{Invite, Lab, OUR_SDP, THEM};

#[test]
fn a_call_from_invite_to_bye() {
    let mut lab = Lab::new();
    let invite =
        Invite::more("Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\nRecord-Route: <sip:192.0.2.8:5070;lr>\r\n");
    let dialog = lab.invited_with(&invite);
    assert_eq!(lab.sends(), ["100 INVITE"]);

    lab.command(SipCommand::Provisional { dialog, status: 180, reason: "Ringing".into(), sdp: None });
    let ringing = lab.sent_one();
    assert_eq!(ringing.brief(), "180 INVITE");
    assert_eq!(ringing.headers("Record-Route"), ["<sip:p1;lr>, <sip:p2;lr>", "<sip:192.0.2.8:5070;lr>"]);
    assert_eq!(ringing.header("Contact"), "<sip:d1@192.0.2.1:5060>");

    lab.accept(dialog);
    let ok = lab.sent_one();
    assert_eq!(ok.brief(), "200 INVITE");
    assert_eq!(ok.tag("To"), ringing.tag("To"), "one call has one To tag");
    assert_eq!(ok.header("From"), "\"A\" <sip:0312345678@192.0.2.9>;tag=caller");
    assert_eq!(ok.header("Via"), "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKinvite");
    assert_eq!(ok.headers("Record-Route").len(), 2);
    assert_eq!(ok.header("Content-Type"), "application/sdp");
    assert_eq!(ok.body(), OUR_SDP);
    assert!(ok.header("Allow").contains("UPDATE"));

    lab.receive(&invite.within(&ok, "ACK", 10, "", ""));
    assert_eq!(lab.told(), ["InviteAcked"]);
    lab.receive(&invite.within(&ok, "ACK", 10, "", ""));
    assert_eq!(lab.told(), [] as [&str; 0], "an ACK counts once");
    lab.run(20_000);
    assert_eq!(lab.sends(), [] as [&str; 0], "an acknowledged 200 is not sent again");

    lab.receive(&invite.within(&ok, "BYE", 11, "", ""));
    assert_eq!(lab.sends(), ["200 BYE"]);
    assert_eq!(lab.told(), ["DialogEnded ByPeer"]);
    assert_eq!(lab.stack.alive().dialogs, 0);
    lab.assert_nothing_left();
}

#[test]
fn our_bye_takes_routes_target_and_cseq_of_the_dialog() {
    let mut lab = Lab::new();
    let invite = Invite::more("Record-Route: <sip:192.0.2.8:5070;lr>\r\nRecord-Route: <sip:p2;lr>\r\n");
    let (dialog, ok) = lab.connected_with(&invite);
    lab.command(SipCommand::Bye { dialog, reason: Some("Q.850;cause=16".into()) });
    let bye = lab.sent_one();
    assert_eq!((bye.brief().as_str(), bye.uri().as_str()), ("BYE", "sip:gw@192.0.2.9:5060"));
    assert_eq!(bye.headers("Route"), ["<sip:192.0.2.8:5070;lr>", "<sip:p2;lr>"]);
    assert_eq!(bye.peer.remote, "192.0.2.8:5070".parse().unwrap());
    assert_eq!(bye.header("From"), ok.header("To"));
    assert_eq!(bye.header("To"), ok.header("From"));
    assert_eq!(bye.header("Call-ID"), "call-1");
    assert_eq!(bye.header("Reason"), "Q.850;cause=16");
    assert!(bye.header("Via").starts_with("SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK"));
    assert_eq!(lab.told(), [] as [&str; 0]);
    lab.receive(&bye.reply(200, "", "", ""));
    assert_eq!(lab.told(), ["DialogEnded Released"]);
    lab.assert_nothing_left();
}

#[test]
fn a_bye_that_nobody_answers_ends_the_dialog_after_timer_f() {
    let mut lab = Lab::new();
    let (dialog, _) = lab.connected();
    lab.command(SipCommand::Bye { dialog, reason: None });
    lab.run(31_999);
    assert_eq!(lab.told(), [] as [&str; 0]);
    assert_eq!(lab.sends().len(), 11);
    lab.run(1);
    assert_eq!(lab.told(), ["DialogEnded Released"]);
    lab.assert_nothing_left();
}

#[test]
fn a_200_is_sent_again_until_its_ack_over_udp_and_tcp_alike() {
    for mut lab in [Lab::new(), Lab::tcp()] {
        let dialog = lab.invited();
        lab.sent.clear();
        lab.accept(dialog);
        lab.run(31_999);
        assert_eq!(
            lab.sends_at().iter().map(|(millis, _)| *millis).collect::<Vec<_>>(),
            [0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]
        );
        lab.run(1);
        assert_eq!(lab.told(), ["AckMissing", "DialogEnded AckMissing"]);
        assert_eq!(lab.sends(), ["BYE"]);
        lab.assert_nothing_left();
    }
}

#[test]
fn a_repeated_invite_is_answered_as_before_and_is_never_a_new_call() {
    let mut lab = Lab::new();
    let invite = Invite::default();
    let dialog = lab.invited();
    lab.receive(&invite.text());
    assert_eq!(lab.sends(), ["100 INVITE", "100 INVITE"]);
    lab.command(SipCommand::Provisional { dialog, status: 180, reason: "Ringing".into(), sdp: None });
    lab.receive(&invite.text());
    assert_eq!(lab.sends(), ["180 INVITE", "180 INVITE"]);
    lab.accept(dialog);
    let ok = lab.sent_last();
    lab.receive(&invite.within(&ok, "ACK", 10, "", ""));
    for _ in 0..31 {
        lab.run(1_000);
        lab.receive(&invite.text());
    }
    lab.receive(&invite.within(&ok, "BYE", 11, "", ""));
    lab.receive(&invite.text());
    assert_eq!(lab.sends(), ["200 BYE"], "RFC 6026: absorbed, also after the call's end");
    assert_eq!(lab.told(), ["InviteAcked", "DialogEnded ByPeer"]);
    lab.assert_nothing_left();
}

#[test]
fn a_refusal_is_sent_again_until_its_ack() {
    let mut lab = Lab::new();
    let invite = Invite::default();
    let dialog = lab.invited();
    let headers = vec![(sip_gateway::sip::message::HeaderName::RetryAfter, b"5".to_vec())];
    lab.command(SipCommand::Reject { dialog, status: 486, reason: "Busy Here".into(), headers });
    assert_eq!(lab.stack.alive().dialogs, 0);
    let refusal = lab.sent_last();
    assert_eq!((refusal.brief().as_str(), refusal.header("Retry-After").as_str()), ("486 INVITE", "5"));
    assert!(!refusal.tag("To").is_empty());
    lab.run(1_500);
    lab.receive(&invite.text());
    assert_eq!(lab.sends(), ["486 INVITE", "486 INVITE", "486 INVITE"]);
    lab.receive(&invite.ack(&refusal));
    lab.run(60_000);
    assert_eq!(lab.sends(), [] as [&str; 0]);
    lab.assert_nothing_left();
}

#[test]
fn a_late_offer_is_answered_in_the_ack() {
    let mut lab = Lab::new();
    let invite = Invite { body: String::new(), ..Invite::default() };
    let dialog = lab.invited_with(&invite);
    lab.accept(dialog);
    let ok = lab.sent_last();
    assert_eq!(ok.body(), OUR_SDP);
    lab.receive(&invite.within(&ok, "ACK", 10, "", crate::lab::SDP));
    assert_eq!(lab.told(), ["InviteAcked sdp"]);
}

#[test]
fn bye_before_ack_is_answered_and_stops_the_200() {
    let mut lab = Lab::new();
    let invite = Invite::default();
    let dialog = lab.invited();
    lab.accept(dialog);
    let ok = lab.sent_last();
    lab.receive(&invite.within(&ok, "BYE", 11, "", ""));
    assert_eq!(lab.sends(), ["200 BYE"]);
    assert_eq!(lab.told(), ["DialogEnded ByPeer"]);
    lab.receive(&invite.within(&ok, "ACK", 10, "", ""));
    lab.run(40_000);
    assert_eq!(lab.sends(), [] as [&str; 0]);
    assert_eq!(lab.told(), [] as [&str; 0]);
    lab.assert_nothing_left();
}

#[test]
fn our_bye_waits_for_the_ack_of_our_200() {
    let mut lab = Lab::new();
    let invite = Invite::default();
    let dialog = lab.invited();
    lab.accept(dialog);
    let ok = lab.sent_last();
    lab.command(SipCommand::Bye { dialog, reason: None });
    assert_eq!(lab.sends(), [] as [&str; 0]);
    lab.receive(&invite.within(&ok, "ACK", 10, "", ""));
    assert_eq!(lab.sends(), ["BYE"]);
    assert_eq!(lab.told(), [] as [&str; 0], "the owner has ended the call and hears of no ACK");

    let mut silent = Lab::new();
    let dialog = silent.invited();
    silent.accept(dialog);
    silent.command(SipCommand::Bye { dialog, reason: None });
    silent.sent.clear();
    silent.run(32_000);
    assert_eq!(silent.sends().last().map(String::as_str), Some("BYE"));
    silent.run(32_000);
    assert_eq!(silent.told(), ["DialogEnded Released"]);
    silent.assert_nothing_left();
}

#[test]
fn a_bye_in_both_directions_at_once_ends_once() {
    let mut lab = Lab::new();
    let (dialog, ok) = lab.connected();
    lab.command(SipCommand::Bye { dialog, reason: None });
    let bye = lab.sent_one();
    lab.receive(&Invite::default().within(&ok, "BYE", 11, "", ""));
    assert_eq!(lab.sends(), ["200 BYE"]);
    lab.receive(&bye.reply(481, "", "", ""));
    assert_eq!(lab.told(), ["DialogEnded Released"]);
    lab.assert_nothing_left();
}

#[test]
fn answers_go_where_via_says() {
    for (via, from, expected) in [
        ("192.0.2.9:5070", "192.0.2.9:40000", "192.0.2.9:5070"),
        ("192.0.2.9", "192.0.2.9:40000", "192.0.2.9:5060"),
        ("192.0.2.9:5070;rport", "192.0.2.9:40000", "192.0.2.9:40000"),
        ("gw.example:5070", "192.0.2.9:40000", "192.0.2.9:5070"),
    ] {
        let mut lab = Lab::new();
        let invite = Invite { via: via.to_owned(), ..Invite::default() };
        lab.receive_from(from, &invite.text());
        let trying = lab.sent_one();
        assert_eq!(trying.peer.remote, expected.parse().unwrap(), "{via}");
        let echoed = trying.header("Via");
        assert_eq!(
            echoed.contains("received=192.0.2.9"),
            via.contains("rport") || via.contains("gw"),
            "{echoed}"
        );
        assert_eq!(echoed.contains("rport=40000"), via.contains("rport"), "{echoed}");
    }
    let mut lab = Lab::tcp();
    lab.receive_from("192.0.2.9:40000", &Invite::default().text());
    let trying = lab.sent_one();
    assert_eq!(trying.peer.remote, "192.0.2.9:40000".parse().unwrap());
    assert!(matches!(trying.peer.transport, Transport::Tcp(_)));
}

#[test]
fn a_peer_of_rfc_2543_is_served() {
    let mut lab = Lab::new();
    let old = |method: &str, to: &str, cseq: u32| {
        format!(
            "{method} sip:7119@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9\r\nFrom: <sip:a@192.0.2.9>\r\n\
             To: {to}\r\nCall-ID: old\r\nCSeq: {cseq} {method}\r\n\r\n"
        )
    };
    lab.receive(&old("INVITE", "<sip:7119@192.0.2.1>", 1));
    lab.receive(&old("INVITE", "<sip:7119@192.0.2.1>", 1));
    assert_eq!(lab.told(), ["InviteArrived"]);
    lab.accept(sip_gateway::sip::DialogKey(1));
    let ok = lab.sent_last();
    lab.receive(&old("ACK", &ok.header("To"), 1));
    assert_eq!(lab.told(), ["InviteAcked"]);
    lab.receive(&old("BYE", &ok.header("To"), 2));
    assert_eq!(lab.told(), ["DialogEnded ByPeer"]);
    lab.assert_nothing_left();
}

#[test]
fn the_journal_is_told_of_every_change_and_of_the_end() {
    let mut lab = Lab::new();
    let (dialog, ok) = lab.connected();
    let state = lab.saved();
    assert_eq!((state.local_cseq, state.remote_cseq, state.early), (0, Some(10), false));
    assert_eq!(state.remote_target, b"sip:gw@192.0.2.9:5060");
    assert_eq!(state.local_sdp, OUR_SDP.as_bytes());
    assert_eq!(state.local, ok.header("To").into_bytes());
    lab.receive(&Invite::default().within(&ok, "INFO", 14, "", ""));
    assert_eq!(lab.saved().remote_cseq, Some(14));
    lab.command(SipCommand::Probe { dialog });
    assert_eq!(lab.saved().local_cseq, 1);
    lab.receive(&Invite::default().within(&ok, "BYE", 15, "", ""));
    assert_eq!(lab.changes.last(), Some(&sip_gateway::sip::DialogChange::Ended { dialog }));
}

#[test]
fn a_dialog_of_the_life_before_is_ended_by_bye() {
    let mut before = Lab::new();
    before.connected();
    let state = Box::new(before.saved());
    let mut lab = Lab::new();
    lab.command(SipCommand::ByeStored { state });
    let bye = lab.sent_one();
    assert_eq!(bye.header("CSeq"), "101 BYE", "above anything that was sent and not saved");
    assert_eq!(bye.peer.remote, THEM.parse().unwrap());
    lab.run(500);
    assert_eq!(lab.sends(), ["BYE"]);
    lab.receive(&bye.reply(200, "", "", ""));
    assert_eq!(lab.told(), [] as [&str; 0]);
    lab.assert_nothing_left();
}

#[test]
fn a_dialog_over_a_connection_that_broke_goes_on_over_a_new_one() {
    let mut lab = Lab::tcp();
    let invite =
        Invite { contact: "Contact: <sip:gw@192.0.2.9:5066;transport=tcp>\r\n".into(), ..Invite::default() };
    let (dialog, _) = lab.connected_with(&invite);
    let (remote, transport) = (THEM.parse().unwrap(), lab.transport);
    lab.stack.handle_transport_failure(crate::lab::at(lab.now), remote, transport);
    assert_eq!(lab.told(), [] as [&str; 0]);
    lab.command(SipCommand::Bye { dialog, reason: None });
    let bye = lab.sent_one();
    assert_eq!((bye.peer.transport, bye.peer.remote), (Transport::TcpNew, "192.0.2.9:5066".parse().unwrap()));
    assert!(bye.header("Via").starts_with("SIP/2.0/TCP 192.0.2.1:5060;"));
}

#[test]
fn a_dialog_that_is_ending_takes_nothing_but_bye() {
    let mut lab = Lab::new();
    let (dialog, ok) = lab.connected();
    lab.command(SipCommand::Bye { dialog, reason: None });
    lab.sent.clear();
    for (cseq, method, status) in
        [(11, "INFO", 481), (12, "UPDATE", 481), (13, "INVITE", 481), (14, "BYE", 200)]
    {
        lab.receive(&Invite::default().within(&ok, method, cseq, "", ""));
        assert_eq!(lab.sends(), [format!("{status} {method}")]);
    }
}
