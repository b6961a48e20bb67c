//! CANCEL at every moment, theirs and ours.

use sip_gateway::sip::SipCommand;

use crate::lab::{Invite, Lab, SDP};

#[test]
fn a_cancel_before_the_answer_ends_the_invite() {
    for ringing in [false, true] {
        let mut lab = Lab::new();
        let invite = Invite::default();
        let dialog = lab.invited();
        if ringing {
            let reason = "Ringing".into();
            lab.command(SipCommand::Provisional { dialog, status: 180, reason, sdp: None });
        }
        lab.sent.clear();
        lab.receive(&invite.cancel());
        assert_eq!(lab.told(), ["InviteCancelled"]);
        let tags: Vec<_> = lab.sent.iter().map(|sent| sent.tag("To")).collect();
        assert_eq!(tags[0], tags[1]);
        let terminated = lab.sent.last().unwrap().clone();
        assert_eq!(lab.sends(), ["200 CANCEL", "487 INVITE"]);
        lab.receive(&invite.cancel());
        assert_eq!(lab.sends(), ["200 CANCEL"], "a repeated CANCEL is answered as before");
        lab.run(500);
        assert_eq!(lab.sends(), ["487 INVITE"]);
        lab.receive(&invite.ack(&terminated));
        lab.accept(dialog);
        lab.run(40_000);
        assert_eq!(lab.sends(), [] as [&str; 0], "an answer that comes too late is none");
        assert_eq!(lab.stack.counters().commands_too_late, 1);
        lab.assert_nothing_left();
    }
}

#[test]
fn a_cancel_that_crosses_the_200_changes_nothing() {
    let mut lab = Lab::new();
    let invite = Invite::default();
    let dialog = lab.invited();
    lab.accept(dialog);
    let ok = lab.sent_last();
    lab.receive(&invite.cancel());
    assert_eq!(lab.sends(), ["200 CANCEL"]);
    lab.receive(&invite.within(&ok, "ACK", 10, "", ""));
    assert_eq!(lab.told(), ["InviteAcked"]);
}

#[test]
fn a_cancel_of_nothing_gets_481() {
    let mut lab = Lab::new();
    lab.receive(&Invite::default().cancel());
    assert_eq!(lab.sends(), ["481 CANCEL"]);
    assert_eq!(lab.stack.alive().transactions, 0);
}

#[test]
fn a_bye_of_the_caller_before_the_answer_ends_the_invite() {
    let mut lab = Lab::new();
    let invite = Invite::default();
    let dialog = lab.invited();
    lab.command(SipCommand::Provisional { dialog, status: 180, reason: "Ringing".into(), sdp: None });
    let ringing = lab.sent_last();
    lab.receive(&invite.within(&ringing, "BYE", 11, "", ""));
    assert_eq!(lab.sends(), ["200 BYE", "487 INVITE"]);
    assert_eq!(lab.told(), ["InviteCancelled"]);
}

#[test]
fn our_cancel_waits_for_a_provisional_answer() {
    let mut lab = Lab::new();
    let (dialog, invite) = lab.calling();
    lab.command(SipCommand::Cancel { dialog });
    assert_eq!(lab.sends(), [] as [&str; 0]);
    lab.receive(&invite.reply(100, "", "", ""));
    let cancel = lab.sent_one();
    assert_eq!(cancel.brief(), "CANCEL");
    assert_eq!(cancel.uri(), invite.uri());
    assert_eq!(cancel.header("Via"), invite.header("Via"));
    assert_eq!(cancel.header("CSeq"), "1 CANCEL");
    assert_eq!((cancel.header("From"), cancel.header("To")), (invite.header("From"), invite.header("To")));
    lab.receive(&cancel.reply(200, "seat", "", ""));
    lab.receive(&invite.reply(487, "seat", "", ""));
    assert_eq!(lab.sends(), ["ACK"]);
    assert_eq!(lab.told(), ["Rejected 487"]);
    lab.assert_nothing_left();
}

#[test]
fn our_cancel_of_a_ringing_call_leaves_at_once_and_is_given_up_after_64_t1() {
    let mut lab = Lab::new();
    let (dialog, invite) = lab.calling();
    lab.receive(&invite.reply(180, "seat", "", ""));
    assert_eq!(lab.told(), ["Ringing 180"]);
    lab.command(SipCommand::Cancel { dialog });
    lab.command(SipCommand::Cancel { dialog });
    let cancel = lab.sent_one();
    lab.receive(&cancel.reply(200, "seat", "", ""));
    lab.run(31_999);
    assert_eq!(lab.told(), [] as [&str; 0]);
    lab.run(1);
    assert_eq!(lab.told(), ["Rejected 487"]);
    lab.assert_nothing_left();
}

#[test]
fn a_200_that_crosses_our_cancel_gets_ack_and_bye() {
    for heard in [false, true] {
        let mut lab = Lab::new();
        let (dialog, invite) = lab.calling();
        if heard {
            lab.receive(&invite.reply(180, "seat", "", ""));
        }
        lab.command(SipCommand::Cancel { dialog });
        lab.events.clear();
        lab.sent.clear();
        let ok = invite.reply(200, "seat", "Contact: <sip:seat101@192.0.2.9>\r\n", SDP);
        lab.receive(&ok);
        assert_eq!(lab.told(), ["Rejected 487"]);
        let bye = lab.sent.last().unwrap().clone();
        assert_eq!(lab.sends(), ["ACK", "BYE"]);
        lab.receive(&ok);
        assert_eq!(lab.sends(), ["ACK"]);
        lab.receive(&bye.reply(200, "", "", ""));
        assert_eq!(lab.told(), [] as [&str; 0]);
        lab.assert_nothing_left();
    }
}

#[test]
fn a_200_after_the_call_was_given_up_gets_ack_and_bye() {
    let mut lab = Lab::new();
    let (_, invite) = lab.calling();
    lab.run(32_000);
    assert_eq!(lab.told(), ["Rejected 408"]);
    lab.sent.clear();
    lab.run(10_000);
    lab.receive(&invite.reply(200, "seat", "Contact: <sip:seat101@192.0.2.9>\r\n", SDP));
    assert_eq!(lab.sends(), ["ACK", "BYE"]);
    assert_eq!(lab.told(), [] as [&str; 0]);
    lab.assert_nothing_left();
}

#[test]
fn a_cancel_that_comes_after_the_200_ends_the_dialog() {
    let mut lab = Lab::new();
    let (dialog, _) = lab.answered("");
    lab.command(SipCommand::Cancel { dialog });
    let bye = lab.sent_one();
    assert_eq!(bye.brief(), "BYE");
    lab.receive(&bye.reply(200, "", "", ""));
    assert_eq!(lab.told(), ["DialogEnded Released"]);
}

#[test]
fn a_bye_during_a_cancelled_call_is_a_cancel_too() {
    let mut lab = Lab::new();
    let (dialog, invite) = lab.calling();
    lab.command(SipCommand::Bye { dialog, reason: None });
    lab.receive(&invite.reply(180, "seat", "", ""));
    assert_eq!(lab.sends(), ["CANCEL"]);
}
