//! OPTIONS of ours out of any dialog (RFC 3261 sections 11 and 17.1.2).

use std::time::Duration;

use sip_gateway::sip::message::Uri;
use sip_gateway::sip::{AskKey, SipCommand, StackConfig, Transport};

use crate::lab::{Lab, THEM, config, peer};

const WAIT: Duration = Duration::from_secs(4);

fn ask(lab: &mut Lab, number: u64) {
    let transport = if lab.transport == Transport::Udp { Transport::Udp } else { Transport::TcpNew };
    lab.command(SipCommand::Ask {
        ask: AskKey(number),
        peer: peer(transport),
        request_uri: Uri::parse(b"sip:192.0.2.9").unwrap(),
        wait: WAIT,
    });
}

#[test]
fn it_is_a_request_that_any_peer_can_read_and_answer() {
    let mut lab = Lab::new();
    ask(&mut lab, 1);
    let sent = lab.sent_one();
    assert_eq!(sent.peer, peer(Transport::Udp));
    assert!(sent.text.starts_with("OPTIONS sip:192.0.2.9 SIP/2.0\r\n"), "{}", sent.text);
    assert_eq!(sent.header("To"), "<sip:192.0.2.9>");
    assert!(sent.header("From").starts_with("<sip:192.0.2.1:5060>;tag="), "{}", sent.text);
    assert_eq!(sent.header("CSeq"), "1 OPTIONS");
    assert_eq!(sent.header("Contact"), "<sip:192.0.2.1:5060>");
    assert_eq!((sent.header("Max-Forwards"), sent.header("Accept")), ("70".into(), "application/sdp".into()));
    assert!(!sent.header("Call-ID").is_empty() && !sent.header("Allow").is_empty());
    lab.receive(&sent.reply(200, "them", "", ""));
    assert_eq!(lab.told(), ["AskAnswered 1 200"]);
    lab.assert_nothing_left();
    assert_eq!(lab.sends(), [] as [&str; 0]);
}

#[test]
fn any_final_answer_is_one_and_a_provisional_one_is_none() {
    for status in [200, 302, 404, 405, 481, 486, 500, 503, 603] {
        let mut lab = Lab::new();
        ask(&mut lab, 7);
        let sent = lab.sent_one();
        lab.receive(&sent.reply(100, "", "", ""));
        assert_eq!(lab.told(), [] as [&str; 0]);
        lab.receive(&sent.reply(status, "them", "", ""));
        lab.receive(&sent.reply(status, "them", "", ""));
        assert_eq!(lab.told(), [format!("AskAnswered 7 {status}")]);
        lab.assert_nothing_left();
    }
}

#[test]
fn without_an_answer_it_is_sent_four_times_and_given_up() {
    let mut lab = Lab::new();
    ask(&mut lab, 1);
    lab.run(3_999);
    assert_eq!(lab.told(), [] as [&str; 0]);
    let sent: Vec<i64> = lab.sends_at().into_iter().map(|(millis, _)| millis).collect();
    assert_eq!(sent, [0, 500, 1_500, 3_500]);
    lab.run(1);
    assert_eq!(lab.told(), ["AskUnanswered 1"]);
    lab.assert_nothing_left();
}

#[test]
fn an_answer_after_the_wait_belongs_to_nothing() {
    let mut lab = Lab::new();
    ask(&mut lab, 1);
    let sent = lab.sent_one();
    lab.run(4_000);
    lab.told();
    lab.receive(&sent.reply(200, "them", "", ""));
    assert_eq!(lab.told(), [] as [&str; 0]);
    assert_eq!(lab.stack.counters().strays, 1);
}

#[test]
fn over_tcp_it_is_sent_once_and_a_refused_connection_says_so() {
    let mut lab = Lab::tcp();
    ask(&mut lab, 1);
    let sent = lab.sent_one();
    assert_eq!(sent.peer.transport, Transport::TcpNew);
    assert_eq!(sent.header("Contact"), "<sip:192.0.2.1:5060;transport=tcp>");
    lab.stack.handle_transport_failure(crate::lab::at(10), THEM.parse().unwrap(), Transport::TcpNew);
    lab.run(10);
    lab.command(SipCommand::Cancel { dialog: sip_gateway::sip::DialogKey(99) });
    assert_eq!(lab.told(), ["AskUnanswered 1 by transport"]);
    lab.assert_nothing_left();
}

#[test]
fn jitter_is_below_its_bound_and_not_always_the_same() {
    let mut stack = sip_gateway::sip::SipStack::new(StackConfig { ..config() }, [3; 32]);
    let drawn: Vec<Duration> = (0..100).map(|_| stack.jitter(Duration::from_secs(10))).collect();
    assert!(drawn.iter().all(|length| *length < Duration::from_secs(10)));
    let distinct: std::collections::BTreeSet<_> = drawn.iter().collect();
    assert!(distinct.len() > 50);
    assert_eq!(stack.jitter(Duration::ZERO), Duration::ZERO);
}
