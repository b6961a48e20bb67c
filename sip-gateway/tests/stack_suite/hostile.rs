//! Floods and bent bytes.

use sip_gateway::limits::TRANSACTIONS_MAX;
use sip_gateway::sip::{Alive, SipCommand, SipEvent, TransactionKey};

use crate::lab::{Invite, Lab, OUR_SDP, SDP, at, peer};

#[test]
fn a_flood_gets_503_and_calls_in_progress_can_still_end() {
    let mut lab = Lab::new();
    let (_, ok) = lab.connected();
    let options = |number: usize| {
        format!(
            "OPTIONS sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKo{number}\r\n\
             From: <sip:a@b>;tag=f\r\nTo: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\n\r\n"
        )
    };
    for number in 0..TRANSACTIONS_MAX {
        lab.stack.handle_message(at(0), peer(lab.transport), options(number).as_bytes());
    }
    lab.sent.clear();
    lab.receive(&options(TRANSACTIONS_MAX));
    let refusal = lab.sent_last();
    assert_eq!((refusal.brief().as_str(), refusal.header("Retry-After").as_str()), ("503 OPTIONS", "5"));
    assert_eq!(lab.stack.counters().overloaded, 2, "the call's own INVITE transaction counts too");
    lab.told();
    lab.receive(&Invite { branch: "z9hG4bKlate".into(), call_id: "late".into(), ..Invite::default() }.text());
    assert_eq!(lab.sends(), ["503 INVITE"]);
    assert_eq!(lab.told(), ["InviteTurnedAway"]);
    // What is no call for us is none now either (R-L4).
    let unsupported = Invite { branch: "z9hG4bKodd".into(), call_id: "odd".into(), ..Invite::default() };
    lab.receive(&unsupported.text().replacen("CSeq", "Require: 100rel, teleport\r\nCSeq", 1));
    assert_eq!(lab.sends(), ["420 INVITE"]);
    assert!(lab.told().is_empty());
    lab.receive(&Invite::default().within(&ok, "BYE", 11, "", ""));
    assert_eq!(lab.sends(), ["200 BYE"]);
    assert_eq!(lab.told(), ["DialogEnded ByPeer"]);
}

/// What the owner does about everything, so that nothing waits for it.
fn answer_all(lab: &mut Lab, from: usize) {
    while let Some(event) = lab.events.pop() {
        let command = match event {
            SipEvent::InviteArrived { dialog, .. } if dialog.0.is_multiple_of(3) => {
                SipCommand::Reject { dialog, status: 486, reason: "Busy Here".into(), headers: Vec::new() }
            }
            SipEvent::InviteArrived { dialog, .. } => SipCommand::Accept { dialog, sdp: OUR_SDP.into() },
            SipEvent::Reoffered { dialog, .. } => SipCommand::AnswerReoffer { dialog, sdp: OUR_SDP.into() },
            SipEvent::InviteAcked { dialog, .. } if from.is_multiple_of(2) => {
                SipCommand::Bye { dialog, reason: None }
            }
            SipEvent::RequestArrived { transaction, request, .. } => {
                SipCommand::Respond { transaction, response: lab.stack.options_response(&request) }
            }
            SipEvent::InviteAcked { .. }
            | SipEvent::InviteTurnedAway { .. }
            | SipEvent::InviteCancelled { .. }
            | SipEvent::AckMissing { .. }
            | SipEvent::Ringing { .. }
            | SipEvent::Answered { .. }
            | SipEvent::Rejected { .. }
            | SipEvent::ReofferAcked { .. }
            | SipEvent::ReofferAnswered { .. }
            | SipEvent::DialogEnded { .. }
            | SipEvent::AskAnswered { .. }
            | SipEvent::AskUnanswered { .. }
            | SipEvent::InfoDigit { .. } => continue,
        };
        lab.command(command);
    }
}

/// Feeds a conversation whose messages are bent at a place and in a way that `seed` decides.
fn bend(text: &str, seed: u64) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    let mut dice = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for _ in 0..1 + seed % 3 {
        dice = (dice ^ (dice >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let place = (dice >> 8) as usize % bytes.len().max(1);
        if bytes.is_empty() {
            break;
        }
        match dice % 5 {
            0 => bytes[place] = (dice >> 40) as u8,
            1 => drop(bytes.remove(place)),
            2 => bytes.truncate(place + 1),
            3 => bytes.insert(place, *b";,<>\"\r\n =:@\0".get((dice >> 40) as usize % 12).unwrap_or(&0)),
            _ => {
                let end = (place + (dice >> 48) as usize % 40).min(bytes.len());
                let copy = bytes[place..end].to_vec();
                bytes.splice(place..place, copy);
            }
        }
    }
    bytes
}

#[test]
fn bent_messages_break_nothing_and_leave_nothing_behind() {
    let mut lab = Lab::new();
    let invite =
        Invite::more("Supported: timer\r\nSession-Expires: 300\r\nRecord-Route: <sip:192.0.2.9;lr>\r\n");
    let (dialog, ok) = lab.connected_with(&invite);
    lab.command(SipCommand::Reinvite { dialog, sdp: OUR_SDP.into() });
    let (_, ours) = lab.calling_behind();
    let conversation = [
        Invite { call_id: "other".into(), branch: "z9hG4bKother".into(), ..invite.clone() }.text(),
        invite.text(),
        invite.cancel(),
        invite.within(&ok, "ACK", 10, "", ""),
        invite.within(&ok, "INVITE", 11, "", SDP),
        invite.within(&ok, "UPDATE", 12, "Supported: timer\r\nSession-Expires: 200\r\n", ""),
        invite.within(&ok, "INFO", 13, "Content-Type: application/dtmf-relay\r\n", "Signal=1\r\n"),
        invite.within(&ok, "PRACK", 14, "RAck: 1 10 INVITE\r\n", ""),
        ours.reply(183, "seat", "Contact: <sip:s@192.0.2.9>\r\n", SDP),
        ours.reply(200, "seat", "Contact: <sip:s@192.0.2.9>\r\nRecord-Route: <sip:p;lr>\r\n", SDP),
        ours.reply(486, "seat", "", ""),
    ];
    for round in 0..2_000_u64 {
        for (at_message, text) in conversation.iter().enumerate() {
            let bytes = bend(text, round * 16 + at_message as u64);
            lab.stack.handle_message(at(lab.now), peer(lab.transport), &bytes);
            lab.receive("\r\n");
            answer_all(&mut lab, at_message);
        }
        lab.run(50);
    }
    lab.sent.clear();
    // Session timers, BYEs and refusals end the rest; a call of ours that rings for ever is the owner's to cancel.
    let last = lab.stack.next_dialog();
    for dialog in 1..last.0 {
        lab.command(SipCommand::Bye { dialog: sip_gateway::sip::DialogKey(dialog), reason: None });
    }
    for _ in 0..20 {
        lab.run(60_000);
        answer_all(&mut lab, 0);
    }
    assert_eq!(lab.stack.alive(), Alive::default());
}

#[test]
fn an_answer_to_no_request_is_counted() {
    let mut lab = Lab::new();
    let response = sip_gateway::sip::message::Response::new(200, "OK");
    lab.command(SipCommand::Respond { transaction: TransactionKey(99), response });
    assert_eq!(lab.stack.counters().commands_too_late, 1);
    assert_eq!(lab.sends(), [] as [&str; 0]);
}
