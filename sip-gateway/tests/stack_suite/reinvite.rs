//! Re-INVITE and UPDATE, theirs and ours, and their glare.

use sip_gateway::sip::message::HeaderName;
use sip_gateway::sip::{SipCommand, Transport};

use crate::lab::{Invite, Lab, OUR_SDP, SDP};

const NEW_CONTACT: &str = "Contact: <sip:moved@192.0.2.9:5099>\r\n";

#[test]
fn a_reinvite_is_asked_answered_and_acknowledged() {
    let mut lab = Lab::new();
    let invite = Invite::default();
    let (dialog, ok) = lab.connected();
    lab.receive(&invite.within(&ok, "INVITE", 11, NEW_CONTACT, SDP));
    assert_eq!(lab.sends(), ["100 INVITE"]);
    assert_eq!(lab.told(), ["Reoffered Reinvite sdp"]);
    lab.command(SipCommand::AnswerReoffer { dialog, sdp: OUR_SDP.into() });
    let answer = lab.sent_one();
    assert_eq!((answer.brief().as_str(), answer.body().as_str()), ("200 INVITE", OUR_SDP));
    assert_eq!(lab.saved().remote_target, b"sip:moved@192.0.2.9:5099");
    lab.run(500);
    assert_eq!(lab.sends(), ["200 INVITE"], "sent again until its ACK");
    lab.receive(&invite.within(&ok, "ACK", 11, "", ""));
    assert_eq!(lab.told(), ["ReofferAcked"]);
    lab.command(SipCommand::Bye { dialog, reason: None });
    assert_eq!(lab.sent_one().peer.remote, "192.0.2.9:5099".parse().unwrap());
}

#[test]
fn a_refused_reinvite_leaves_the_dialog_as_it_was() {
    let mut lab = Lab::new();
    let invite = Invite::default();
    let (dialog, ok) = lab.connected();
    lab.receive(&invite.within(&ok, "INVITE", 11, NEW_CONTACT, SDP));
    lab.told();
    lab.sent.clear();
    let headers = vec![(HeaderName::Warning, b"305 acd \"no\"".to_vec())];
    lab.command(SipCommand::RejectReoffer { dialog, status: 488, headers });
    let refusal = lab.sent_one();
    assert_eq!(
        (refusal.brief().as_str(), refusal.header("Warning").as_str()),
        ("488 INVITE", "305 acd \"no\"")
    );
    assert_eq!(lab.saved().remote_target, b"sip:gw@192.0.2.9:5060");
    lab.receive(&invite.within(&ok, "OPTIONS", 12, "", ""));
    assert_eq!(lab.sends(), ["200 OPTIONS"]);
}

#[test]
fn a_reinvite_without_sdp_asks_for_our_offer() {
    let mut lab = Lab::new();
    let invite = Invite::default();
    let (dialog, ok) = lab.connected();
    lab.receive(&invite.within(&ok, "INVITE", 11, "", ""));
    assert_eq!(lab.told(), ["Reoffered Reinvite"]);
    lab.command(SipCommand::AnswerReoffer { dialog, sdp: OUR_SDP.into() });
    lab.sent.clear();
    // Until the answer is here, no other offer may come.
    lab.receive(&invite.within(&ok, "UPDATE", 12, "", SDP));
    assert_eq!(lab.sends(), ["491 UPDATE"]);
    lab.receive(&invite.within(&ok, "ACK", 11, "", SDP));
    assert_eq!(lab.told(), ["ReofferAcked sdp"]);
}

#[test]
fn two_invites_at_once_get_500_with_retry_after() {
    let mut lab = Lab::new();
    let invite = Invite::default();
    let (_, ok) = lab.connected();
    lab.receive(&invite.within(&ok, "INVITE", 11, "", SDP));
    lab.sent.clear();
    for (method, cseq) in [("INVITE", 12), ("UPDATE", 13)] {
        lab.receive(&invite.within(&ok, method, cseq, "", SDP));
        let refusal = lab.sent_last();
        assert_eq!(refusal.brief(), format!("500 {method}"));
        assert!(refusal.header("Retry-After").parse::<u8>().unwrap() <= 10);
    }
    let mut early = Lab::new();
    let dialog = early.invited();
    let reason = "Ringing".into();
    early.command(SipCommand::Provisional { dialog, status: 180, reason, sdp: None });
    let ringing = early.sent_last();
    early.receive(&invite.within(&ringing, "INVITE", 11, "", SDP));
    assert_eq!(early.sends(), ["500 INVITE"]);
}

#[test]
fn a_reinvite_that_overtakes_the_ack_is_served() {
    let mut lab = Lab::new();
    let invite = Invite::default();
    let dialog = lab.invited();
    lab.accept(dialog);
    let ok = lab.sent_last();
    lab.receive(&invite.within(&ok, "INVITE", 11, "", SDP));
    assert_eq!(lab.told(), ["Reoffered Reinvite sdp"]);
    lab.command(SipCommand::AnswerReoffer { dialog, sdp: OUR_SDP.into() });
    lab.receive(&invite.within(&ok, "ACK", 11, "", ""));
    lab.receive(&invite.within(&ok, "ACK", 10, "", ""));
    assert_eq!(lab.told(), ["ReofferAcked", "InviteAcked"]);
}

#[test]
fn a_cancelled_reinvite_gets_487_and_the_dialog_goes_on() {
    let mut lab = Lab::new();
    let invite = Invite::default();
    let (dialog, ok) = lab.connected();
    let reinvite = invite.within(&ok, "INVITE", 11, "", SDP);
    lab.receive(&reinvite);
    lab.told();
    lab.sent.clear();
    let cancel = invite.within(&ok, "INVITE", 11, "", "").replace("CSeq: 11 INVITE", "CSeq: 11 CANCEL");
    lab.receive(&cancel.replacen("INVITE ", "CANCEL ", 1));
    assert_eq!(lab.sends(), ["200 CANCEL", "487 INVITE"]);
    lab.command(SipCommand::AnswerReoffer { dialog, sdp: OUR_SDP.into() });
    assert_eq!(lab.sends(), [] as [&str; 0]);
    assert_eq!(lab.told(), [] as [&str; 0]);
    lab.receive(&invite.within(&ok, "BYE", 12, "", ""));
    assert_eq!(lab.told(), ["DialogEnded ByPeer"]);
}

#[test]
fn a_bye_ends_a_reinvite_that_waits() {
    let mut lab = Lab::new();
    let invite = Invite::default();
    let (_, ok) = lab.connected();
    lab.receive(&invite.within(&ok, "INVITE", 11, "", SDP));
    lab.sent.clear();
    lab.receive(&invite.within(&ok, "BYE", 12, "", ""));
    assert_eq!(lab.sends(), ["200 BYE", "487 INVITE"]);
    lab.assert_nothing_left();
}

#[test]
fn an_update_with_an_offer_is_asked_and_one_without_is_answered() {
    let mut lab = Lab::new();
    let invite = Invite::default();
    let (dialog, ok) = lab.connected();
    lab.receive(&invite.within(&ok, "UPDATE", 11, NEW_CONTACT, ""));
    assert_eq!(lab.sends(), ["200 UPDATE"]);
    assert_eq!(lab.told(), [] as [&str; 0]);
    assert_eq!(lab.saved().remote_target, b"sip:moved@192.0.2.9:5099");
    lab.receive(&invite.within(&ok, "UPDATE", 12, "", SDP));
    assert_eq!(lab.told(), ["Reoffered Update sdp"]);
    lab.command(SipCommand::AnswerReoffer { dialog, sdp: OUR_SDP.into() });
    let answer = lab.sent_one();
    assert_eq!((answer.brief().as_str(), answer.body().as_str()), ("200 UPDATE", OUR_SDP));
    lab.run(10_000);
    assert_eq!(lab.sends(), [] as [&str; 0], "no ACK is awaited");
    lab.receive(&invite.within(&ok, "UPDATE", 13, "Content-Type: text/plain\r\n", "hello"));
    assert_eq!(lab.sends(), ["415 UPDATE"]);
}

#[test]
fn our_reinvite_and_its_answers() {
    let mut lab = Lab::new();
    let (dialog, ok) = lab.connected();
    lab.command(SipCommand::Reinvite { dialog, sdp: OUR_SDP.into() });
    let ours = lab.sent_one();
    assert_eq!((ours.brief().as_str(), ours.header("CSeq").as_str()), ("INVITE", "1 INVITE"));
    assert_eq!(ours.header("To"), ok.header("From"));
    // Glare: theirs while ours is under way.
    lab.receive(&Invite::default().within(&ok, "INVITE", 11, "", SDP));
    assert_eq!(lab.sends(), ["491 INVITE"]);
    let answer = ours.reply(200, "", NEW_CONTACT, SDP);
    lab.receive(&answer);
    lab.receive(&answer);
    let acks = lab.sent.clone();
    assert_eq!(lab.sends(), ["ACK", "ACK"]);
    assert_eq!(acks[0].uri(), "sip:gw@192.0.2.9:5060");
    assert_eq!(lab.told(), ["ReofferAnswered sdp"]);
    lab.command(SipCommand::Reinvite { dialog, sdp: OUR_SDP.into() });
    let ours = lab.sent_one();
    assert_eq!(ours.uri(), "sip:moved@192.0.2.9:5099");
    lab.receive(&ours.reply(488, "", "", ""));
    assert_eq!(lab.sends(), ["ACK"]);
    assert_eq!(lab.told(), ["ReofferAnswered 488"]);
    lab.command(SipCommand::Reinvite { dialog, sdp: OUR_SDP.into() });
    let ours = lab.sent_one();
    lab.receive(&ours.reply(481, "", "", ""));
    assert_eq!(lab.told(), ["DialogEnded PeerGone(481)"]);
    lab.assert_nothing_left();
}

#[test]
fn our_reinvite_that_met_theirs_is_tried_again_after_a_while() {
    // (who owns the Call-ID, the earliest and the latest retry)
    for (owner, earliest, latest) in [(false, 0, 2_000), (true, 2_100, 4_000)] {
        let mut lab = Lab::new();
        let dialog = if owner { lab.answered("").0 } else { lab.connected().0 };
        lab.command(SipCommand::Reinvite { dialog, sdp: OUR_SDP.into() });
        let ours = lab.sent_one();
        lab.receive(&ours.reply(491, "", "", ""));
        assert_eq!(lab.sends(), ["ACK"]);
        lab.run(latest);
        let sent = lab.sends_at();
        assert_eq!(sent.first().map(|(_, brief)| brief.as_str()), Some("INVITE"));
        assert!((earliest..=latest).contains(&sent[0].0), "{sent:?}");
        assert_eq!(lab.told(), [] as [&str; 0]);
    }
}

#[test]
fn a_peer_that_moved_is_answered_where_it_is() {
    let mut lab = Lab::new();
    let contact = "Contact: <sip:gw@10.0.0.9:5060>\r\n".into();
    let (dialog, ok) = lab.connected_with(&Invite { contact, ..Invite::default() });
    lab.receive_from("192.0.2.200:7777", &Invite::default().within(&ok, "OPTIONS", 11, "", ""));
    lab.sent.clear();
    lab.command(SipCommand::Probe { dialog });
    let probe = lab.sent_one();
    assert_eq!(
        (probe.peer.transport, probe.peer.remote),
        (Transport::Udp, "192.0.2.200:7777".parse().unwrap())
    );
}
