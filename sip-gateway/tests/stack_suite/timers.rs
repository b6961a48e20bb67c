//! Session timers (RFC 4028) and reliable provisional answers (RFC 3262).

use sip_gateway::sip::SipCommand;

use crate::lab::{Invite, Lab, OUR_SDP, SDP, Sent};

fn timed(more: &str) -> Invite {
    Invite::more(&format!("Supported: timer\r\n{more}"))
}

#[test]
fn the_callers_interval_is_echoed_and_required() {
    let mut lab = Lab::new();
    let (_, ok) = lab.connected_with(&timed("Session-Expires: 300;refresher=uac\r\nMin-SE: 90\r\n"));
    assert_eq!(ok.header("Session-Expires"), "300;refresher=uac");
    assert_eq!(ok.header("Require"), "timer");
    let mut lab = Lab::new();
    let (_, ok) = lab.connected();
    assert_eq!((ok.header("Session-Expires"), ok.header("Require")), (String::new(), String::new()));
}

#[test]
fn a_session_that_the_caller_does_not_refresh_ends_before_its_time() {
    let mut lab = Lab::new();
    lab.connected_with(&timed("Session-Expires: 300\r\n"));
    lab.run(267_999);
    assert_eq!(lab.told(), [] as [&str; 0]);
    lab.run(1);
    assert_eq!(lab.told(), ["DialogEnded SessionExpired"]);
    assert_eq!(lab.sends(), ["BYE"]);
    lab.assert_nothing_left();
}

#[test]
fn a_refresh_by_update_or_reinvite_begins_the_interval_again() {
    let mut lab = Lab::new();
    let invite = timed("Session-Expires: 300\r\n");
    let (dialog, ok) = lab.connected_with(&invite);
    let more = "Supported: timer\r\nSession-Expires: 300;refresher=uac\r\n";
    let refreshed = |answer: Sent| {
        assert_eq!(answer.header("Session-Expires"), "300;refresher=uac");
        assert_eq!(answer.header("Require"), "timer");
    };
    lab.run(150_000);
    lab.receive(&invite.within(&ok, "UPDATE", 11, more, ""));
    refreshed(lab.sent_one());
    lab.run(200_000);
    lab.receive(&invite.within(&ok, "INVITE", 12, more, SDP));
    lab.command(SipCommand::AnswerReoffer { dialog, sdp: OUR_SDP.into() });
    refreshed(lab.sent_last());
    lab.receive(&invite.within(&ok, "ACK", 12, "", ""));
    lab.told();
    lab.run(267_999);
    assert_eq!(lab.told(), [] as [&str; 0]);
    lab.run(1);
    assert_eq!(lab.told(), ["DialogEnded SessionExpired"]);
}

#[test]
fn an_interval_below_ours_within_a_dialog_gets_422() {
    let mut lab = Lab::new();
    let invite = timed("Session-Expires: 300\r\n");
    let (_, ok) = lab.connected_with(&invite);
    for (method, body) in [("UPDATE", ""), ("INVITE", SDP)] {
        let cseq = if body.is_empty() { 11 } else { 12 };
        let more = "Supported: timer\r\nSession-Expires: 60\r\n";
        lab.receive(&invite.within(&ok, method, cseq, more, body));
        let refusal = lab.sent_one();
        assert_eq!((refusal.brief(), refusal.header("Min-SE")), (format!("422 {method}"), "90".into()));
    }
    assert_eq!(lab.told(), [] as [&str; 0]);
}

#[test]
fn we_refresh_where_we_are_the_refresher_by_update_if_the_peer_takes_it() {
    for (allow, method) in [("INVITE, ACK, BYE, UPDATE", "UPDATE"), ("INVITE, ACK, BYE", "INVITE")] {
        let mut lab = Lab::new();
        let invite = timed(&format!("Allow: {allow}\r\nSession-Expires: 300;refresher=uas\r\n"));
        lab.connected_with(&invite);
        lab.run(149_999);
        assert_eq!(lab.sends(), [] as [&str; 0]);
        lab.run(1);
        let refresh = lab.sent_one();
        assert_eq!(refresh.brief(), method);
        assert_eq!(refresh.header("Session-Expires"), "300;refresher=uac");
        if method == "INVITE" {
            assert_eq!(refresh.body(), OUR_SDP);
        }
        let body = if method == "INVITE" { SDP } else { "" };
        let more = "Session-Expires: 300;refresher=uac\r\nRequire: timer\r\n";
        lab.receive(&refresh.reply(200, "", more, body));
        lab.sent.clear();
        lab.told();
        lab.run(150_000);
        assert_eq!(lab.sends(), [method], "and again after the next half");
    }
}

#[test]
fn a_refused_update_is_followed_by_a_reinvite_and_a_dead_peer_by_bye() {
    let refresh = |status: u16, more: &str| {
        let mut lab = Lab::new();
        lab.connected_with(&timed("Allow: UPDATE\r\nSession-Expires: 300;refresher=uas\r\n"));
        lab.run(150_000);
        let refresh = lab.sent_one();
        lab.receive(&refresh.reply(status, "", more, ""));
        lab.run(0);
        (lab.sends(), lab.told(), lab)
    };
    assert_eq!(refresh(405, "").0, ["INVITE"]);
    assert_eq!(refresh(501, "").0, ["INVITE"]);
    assert_eq!(refresh(422, "Min-SE: 600\r\n").0, ["UPDATE"]);
    assert_eq!(refresh(481, "").1, ["DialogEnded PeerGone(481)"]);
    let (sends, told, _) = refresh(408, "");
    assert_eq!((sends, told), (vec!["BYE".to_owned()], vec!["DialogEnded PeerGone(408)".to_owned()]));
    let (_, _, mut lab) = refresh(503, "");
    lab.run(10_000);
    assert_eq!(lab.sends(), ["UPDATE"]);
    lab.run(32_000);
    assert_eq!(lab.told(), ["DialogEnded PeerGone(408)"]);
    lab.assert_nothing_left();
}

#[test]
fn a_seats_own_session_timer_is_honoured() {
    let mut lab = Lab::new();
    lab.answered("Session-Expires: 300;refresher=uas\r\n");
    lab.run(268_000);
    assert_eq!(lab.told(), ["DialogEnded SessionExpired"]);
    let mut lab = Lab::new();
    lab.answered("Session-Expires: 300;refresher=uac\r\nAllow: UPDATE\r\n");
    lab.run(150_000);
    assert_eq!(lab.sends(), ["UPDATE"]);
    let mut lab = Lab::new();
    lab.answered("");
    lab.run(100_000_000);
    assert_eq!(lab.sends(), [] as [&str; 0]);
}

#[test]
fn a_reliable_provisional_answer_is_sent_again_until_its_prack() {
    let mut lab = Lab::new();
    let invite = Invite::more("Require: 100rel\r\n");
    let dialog = lab.invited_with(&invite);
    lab.sent.clear();
    lab.command(SipCommand::Provisional {
        dialog,
        status: 183,
        reason: "P".into(),
        sdp: Some(OUR_SDP.into()),
    });
    let progress = lab.sent_one();
    assert_eq!((progress.brief().as_str(), progress.header("Require").as_str()), ("183 INVITE", "100rel"));
    let rseq: u32 = progress.header("RSeq").parse().unwrap();
    lab.run(3_500);
    assert_eq!(lab.sends_at().iter().map(|(millis, _)| *millis).collect::<Vec<_>>(), [500, 1_500, 3_500]);
    // The next one and the 2xx wait for the PRACK.
    lab.command(SipCommand::Provisional { dialog, status: 180, reason: "R".into(), sdp: None });
    lab.accept(dialog);
    assert_eq!(lab.sends(), [] as [&str; 0]);
    let prack =
        |cseq, rseq: u32| invite.within(&progress, "PRACK", cseq, &format!("RAck: {rseq} 10 INVITE\r\n"), "");
    lab.receive(&prack(11, rseq + 7));
    assert_eq!(lab.sends(), ["481 PRACK"]);
    lab.receive(&prack(12, rseq));
    assert_eq!(lab.sent[1].header("RSeq"), (rseq + 1).to_string());
    assert_eq!(lab.sends(), ["200 PRACK", "180 INVITE"]);
    lab.receive(&prack(13, rseq + 1));
    assert_eq!(lab.sends(), ["200 PRACK", "200 INVITE"]);
    lab.run(400);
    assert_eq!(lab.sends(), [] as [&str; 0]);
}

#[test]
fn a_provisional_answer_without_sdp_holds_no_2xx_and_its_prack_may_come_late() {
    let mut lab = Lab::new();
    let invite = Invite::more("Require: 100rel\r\n");
    let dialog = lab.invited_with(&invite);
    lab.sent.clear();
    lab.command(SipCommand::Provisional { dialog, status: 180, reason: "R".into(), sdp: None });
    let ringing = lab.sent_one();
    lab.accept(dialog);
    assert_eq!(lab.sends(), ["200 INVITE"]);
    let rack = format!("RAck: {} 10 INVITE\r\n", ringing.header("RSeq"));
    lab.receive(&invite.within(&ringing, "PRACK", 11, &rack, ""));
    assert_eq!(lab.sends(), ["200 PRACK"]);
}

#[test]
fn without_100rel_provisional_answers_are_sent_once() {
    for more in ["", "Supported: 100rel\r\n"] {
        let mut lab = Lab::new();
        let dialog = lab.invited_with(&Invite::more(more));
        lab.sent.clear();
        lab.command(SipCommand::Provisional { dialog, status: 180, reason: "R".into(), sdp: None });
        lab.run(20_000);
        let ringing = lab.sent_one();
        assert_eq!(ringing.header("RSeq"), "");
    }
}

#[test]
fn a_caller_that_never_sends_prack_is_given_up() {
    let mut lab = Lab::new();
    let dialog = lab.invited_with(&Invite::more("Require: 100rel\r\n"));
    lab.command(SipCommand::Provisional { dialog, status: 180, reason: "R".into(), sdp: None });
    lab.sent.clear();
    lab.run(32_000);
    assert_eq!(lab.sends().last().map(String::as_str), Some("504 INVITE"));
    assert_eq!(lab.told(), ["DialogEnded AckMissing"]);
    lab.assert_nothing_left();
}
