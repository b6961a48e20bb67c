//! Calls out: our INVITE, its answers, our ACK, and their end.

use sip_gateway::sip::{SipCommand, Transport};

use crate::lab::{Lab, OUR_SDP, SDP, THEM};

const CONTACT: &str = "Contact: <sip:seat101@192.0.2.9:5062>\r\n";

#[test]
fn a_call_out_from_invite_to_bye() {
    let mut lab = Lab::new();
    let (_, invite) = lab.calling();
    assert_eq!(invite.uri(), "sip:seat101@192.0.2.9:5060");
    assert_eq!(invite.header("From").split(";tag=").next(), Some("<sip:caller@192.0.2.1:5060>"));
    assert_eq!(invite.header("To"), "<sip:seat101@192.0.2.1:5060>");
    assert_eq!(invite.header("Contact"), "<sip:d1@192.0.2.1:5060>");
    assert_eq!(invite.header("Max-Forwards"), "70");
    assert_eq!(invite.header("Supported"), "timer");
    assert_eq!(invite.body(), OUR_SDP);
    lab.receive(&invite.reply(100, "", "", ""));
    assert_eq!(lab.told(), [] as [&str; 0]);
    lab.receive(&invite.reply(180, "seat", CONTACT, ""));
    lab.receive(&invite.reply(183, "seat", CONTACT, SDP));
    assert_eq!(lab.told(), ["Ringing 180", "Ringing 183 sdp"]);
    assert!(lab.saved().early);

    let record = "Record-Route: <sip:p1;lr>, <sip:192.0.2.7;lr>\r\n";
    let ok = invite.reply(200, "seat", &format!("{CONTACT}{record}"), SDP);
    lab.receive(&ok);
    assert_eq!(lab.told(), ["Answered sdp"]);
    assert!(!lab.saved().early);
    let ack = lab.sent_one();
    assert_eq!((ack.brief().as_str(), ack.header("CSeq").as_str()), ("ACK", "1 ACK"));
    assert_eq!(ack.uri(), "sip:seat101@192.0.2.9:5062");
    assert_eq!(ack.headers("Route"), ["<sip:192.0.2.7;lr>", "<sip:p1;lr>"]);
    assert_eq!(ack.peer.remote, "192.0.2.7:5060".parse().unwrap());
    assert_eq!(ack.tag("To"), "seat");
    assert_ne!(ack.branch(), invite.branch(), "the ACK of a 2xx is a request of its own");
    lab.receive(&ok);
    let again = lab.sent_one();
    assert_eq!(again.text, ack.text);
    assert_eq!(lab.told(), [] as [&str; 0]);

    // The seat hangs up.
    let from = ack.header("To");
    let bye = format!(
        "BYE sip:d1@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP {THEM};branch=z9hG4bKb\r\nFrom: {from}\r\nTo: {}\r\n\
         Call-ID: {}\r\nCSeq: 1 BYE\r\n\r\n",
        ack.header("From"),
        ack.header("Call-ID")
    );
    lab.receive(&bye);
    assert_eq!(lab.sends(), ["200 BYE"]);
    assert_eq!(lab.told(), ["DialogEnded ByPeer"]);
    lab.receive(&ok);
    assert_eq!(lab.sends(), ["ACK"], "a 2xx that comes again after the end still gets its ACK");
    lab.assert_nothing_left();
}

#[test]
fn an_invite_is_sent_again_until_it_is_given_up() {
    let mut lab = Lab::new();
    lab.calling();
    lab.run(32_000);
    assert_eq!(
        lab.sends_at().iter().map(|(millis, _)| *millis).collect::<Vec<_>>(),
        [500, 1_500, 3_500, 7_500, 15_500, 31_500]
    );
    assert_eq!(lab.told(), ["Rejected 408"]);
    lab.assert_nothing_left();
    let mut lab = Lab::tcp();
    lab.calling();
    lab.run(32_000);
    assert_eq!(lab.sends(), [] as [&str; 0]);
    assert_eq!(lab.told(), ["Rejected 408"]);
    lab.assert_nothing_left();
}

#[test]
fn a_refusal_gets_its_ack_each_time_and_is_told_once() {
    let mut lab = Lab::new();
    let (_, invite) = lab.calling();
    let busy = invite.reply(486, "seat", "", "");
    lab.receive(&busy);
    let ack = lab.sent_one();
    assert_eq!((ack.brief().as_str(), ack.branch()), ("ACK", invite.branch()));
    assert_eq!(ack.tag("To"), "seat");
    assert_eq!(ack.uri(), invite.uri());
    assert_eq!(ack.peer, invite.peer);
    lab.receive(&busy);
    assert_eq!(lab.sent_one().text, ack.text);
    assert_eq!(lab.told(), ["Rejected 486"]);
    lab.assert_nothing_left();
}

#[test]
fn a_failed_transport_fails_the_call_at_once_unless_the_peer_was_heard() {
    for transport in [Transport::Udp, Transport::TcpNew] {
        let mut lab = Lab::with(crate::lab::config(), transport);
        lab.calling();
        lab.stack.handle_transport_failure(crate::lab::at(0), THEM.parse().unwrap(), transport);
        lab.run(0);
        lab.receive("\r\n\r\n");
        assert_eq!(lab.told(), ["Rejected 503 by transport"]);
        lab.assert_nothing_left();
    }
    let mut lab = Lab::new();
    let (_, invite) = lab.calling();
    lab.receive(&invite.reply(180, "seat", "", ""));
    lab.told();
    lab.stack.handle_transport_failure(crate::lab::at(0), THEM.parse().unwrap(), Transport::Udp);
    lab.stack.handle_transport_failure(crate::lab::at(0), "192.0.2.77:1".parse().unwrap(), Transport::Udp);
    lab.receive("\r\n");
    assert_eq!(lab.told(), [] as [&str; 0]);
}

#[test]
fn a_second_branch_of_a_fork_that_answers_gets_ack_and_bye() {
    let mut lab = Lab::new();
    let (dialog, invite) = lab.answered("");
    let second = invite.reply(200, "other", "Contact: <sip:other@192.0.2.10:5060>\r\n", SDP);
    lab.receive(&second);
    let sent = lab.sent.clone();
    assert_eq!(lab.sends(), ["ACK", "BYE"]);
    for message in &sent {
        assert_eq!(message.tag("To"), "other");
        assert_eq!(message.peer.remote, "192.0.2.10:5060".parse().unwrap());
    }
    lab.receive(&second);
    assert_eq!(lab.sends(), ["ACK"]);
    assert_eq!(lab.told(), [] as [&str; 0]);
    lab.receive(&sent[1].reply(200, "", "", ""));
    lab.command(SipCommand::Bye { dialog, reason: None });
    let bye = lab.sent_one();
    assert_eq!(bye.tag("To"), "seat", "the first branch's dialog is untouched");
}

#[test]
fn an_invite_that_comes_back_to_us_is_a_loop() {
    let mut lab = Lab::new();
    let (_, invite) = lab.calling();
    let forwarded =
        invite.text.replacen("Via:", "Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKforward\r\nVia:", 1);
    lab.receive(&forwarded);
    assert_eq!(lab.sends(), ["482 INVITE"]);
    assert_eq!(lab.told(), [] as [&str; 0]);
}

#[test]
fn a_seat_that_hangs_up_before_its_200_arrives_is_a_failed_call() {
    let mut lab = Lab::new();
    let (_, invite) = lab.calling();
    let ringing = invite.reply(180, "seat", CONTACT, "");
    lab.receive(&ringing);
    lab.told();
    let bye = format!(
        "BYE sip:d1@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP {THEM};branch=z9hG4bKb\r\nFrom: {};tag=seat\r\nTo: {}\r\n\
         Call-ID: {}\r\nCSeq: 1 BYE\r\n\r\n",
        invite.header("To"),
        invite.header("From"),
        invite.header("Call-ID")
    );
    lab.receive(&bye);
    assert_eq!(lab.told(), ["Rejected 487"]);
    assert_eq!(lab.sends(), ["200 BYE", "CANCEL"]);
    lab.receive(&invite.reply(200, "seat", CONTACT, SDP));
    assert_eq!(lab.sends(), ["ACK", "BYE"]);
    assert_eq!(lab.told(), [] as [&str; 0]);
    lab.assert_nothing_left();
}

#[test]
fn a_vanished_peer_is_found_by_a_probe() {
    for (status, events, sends) in [
        (481, &["DialogEnded PeerGone(481)"][..], &[][..]),
        (408, &["DialogEnded PeerGone(408)"], &["BYE"]),
        (200, &[], &[]),
        (405, &[], &[]),
    ] {
        let mut lab = Lab::new();
        let (dialog, _) = lab.connected();
        lab.command(SipCommand::Probe { dialog });
        let probe = lab.sent_one();
        assert_eq!(probe.brief(), "OPTIONS");
        lab.receive(&probe.reply(status, "", "", ""));
        assert_eq!(lab.told(), events);
        assert_eq!(lab.sends(), sends);
    }
    let mut lab = Lab::new();
    let (dialog, _) = lab.connected();
    lab.command(SipCommand::Probe { dialog });
    lab.sent.clear();
    lab.run(32_000);
    assert_eq!(lab.told(), ["DialogEnded PeerGone(408)"]);
    assert_eq!(lab.sends().last().map(String::as_str), Some("BYE"));
    lab.assert_nothing_left();
}

/// ICMP says that what was sent there did not arrive.
fn icmp(lab: &mut Lab) {
    lab.stack.handle_transport_failure(crate::lab::at(lab.now), THEM.parse().unwrap(), Transport::Udp);
    lab.receive("\r\n");
}

#[test]
fn icmp_for_a_probe_is_no_answer_and_it_is_sent_again() {
    let mut lab = Lab::new();
    let (dialog, _) = lab.connected();
    lab.command(SipCommand::Probe { dialog });
    let first = lab.sent_one();
    icmp(&mut lab);
    lab.run(3_999);
    assert_eq!((lab.told(), lab.sends()), (vec![], vec![]), "R-L10: only 481 and 408 end the leg");
    lab.run(1);
    let second = lab.sent_one();
    assert_eq!(second.brief(), "OPTIONS");
    assert_ne!(first.header("CSeq"), second.header("CSeq"));
    // The peer is back: nothing more is asked before the next silence.
    lab.receive(&second.reply(200, "", "", ""));
    icmp(&mut lab);
    lab.run(120_000);
    assert_eq!((lab.told(), lab.sends()), (vec![], vec![]));
    // The next silence finds it as patient as the first.
    lab.command(SipCommand::Probe { dialog });
    lab.sent.clear();
    icmp(&mut lab);
    lab.run(4_000);
    lab.receive(&lab.sent.last().expect("sent again").reply(481, "", "", ""));
    assert_eq!(lab.told(), ["DialogEnded PeerGone(481)"]);
    lab.sent.clear();
    lab.assert_nothing_left();
}

#[test]
fn a_peer_that_icmp_keeps_away_is_given_up_when_an_unanswered_probe_would_be() {
    let mut lab = Lab::new();
    let (dialog, _) = lab.connected();
    lab.command(SipCommand::Probe { dialog });
    for _ in 0..7 {
        icmp(&mut lab);
        assert_eq!(lab.told(), [] as [&str; 0], "at {} ms", lab.now);
        lab.run(4_000);
    }
    assert_eq!(lab.sends(), ["OPTIONS"; 8]);
    icmp(&mut lab);
    assert_eq!(lab.told(), ["DialogEnded PeerGone(408)"]);
    assert_eq!(lab.sends(), ["BYE"]);
    icmp(&mut lab);
    lab.assert_nothing_left();
}

#[test]
fn a_probe_whose_connection_is_lost_opens_another_and_one_of_an_ended_dialog_is_not_sent_again() {
    let mut lab = Lab::tcp();
    let (dialog, _) = lab.connected();
    lab.command(SipCommand::Probe { dialog });
    lab.sent.clear();
    lab.stack.handle_transport_failure(crate::lab::at(0), THEM.parse().unwrap(), lab.transport);
    lab.run(4_000);
    let again = lab.sent_one();
    assert_eq!((again.brief(), again.peer.transport), ("OPTIONS".to_owned(), Transport::TcpNew));
    assert_eq!(lab.told(), [] as [&str; 0]);

    let mut lab = Lab::new();
    let (dialog, _) = lab.connected();
    lab.command(SipCommand::Probe { dialog });
    icmp(&mut lab);
    lab.command(SipCommand::Bye { dialog, reason: None });
    lab.sent.clear();
    lab.run(4_000);
    assert!(!lab.sends().contains(&"OPTIONS".to_owned()));
    lab.assert_nothing_left();
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let written = |seed| {
        let mut lab = Lab::new();
        lab.stack = sip_gateway::sip::SipStack::new(crate::lab::config(), [seed; 32]);
        lab.calling().1.text
    };
    assert_eq!(written(1), written(1));
    assert_ne!(written(1), written(2));
}
