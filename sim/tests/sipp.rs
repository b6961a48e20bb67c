//! The simulator's SIP and RTP against SIPp, another implementation. SIPp is in Debian's package `sip-tester`.

use std::net::{SocketAddr, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use acd_sim::caller::{Caller, CallerEnd, Conduct, Phases, call};
use acd_sim::media::{PersonId, Voice};
use acd_sim::sip::{DialogEvent, Endpoint, sdp};
use tokio::sync::watch;

/// A SIPp that is ended with the test.
struct Sipp(Child);

impl Sipp {
    fn start(arguments: &[&str]) -> Self {
        let child = Command::new("sipp")
            .args(["-nostdin", "-timeout", "30s", "-i", "127.0.0.1", "-mi", "127.0.0.1"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("SIPp can be started: apt-get install sip-tester");
        Self(child)
    }
}

impl Drop for Sipp {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    socket.local_addr().expect("an address").port()
}

fn loopback() -> SocketAddr {
    "127.0.0.1:0".parse().expect("an address")
}

/// INVITE is retransmitted until SIPp listens, so nothing has to wait for its start.
#[tokio::test]
async fn a_caller_hears_itself_from_an_echoing_sipp() {
    let port = free_port();
    let media = free_port().to_string();
    let _sipp = Sipp::start(&["-sn", "uas", "-rtp_echo", "-p", &port.to_string(), "-mp", &media, "-m", "1"]);
    let (endpoint, _calls) = Endpoint::bind(loopback(), 1).await.expect("a port");
    let caller = Caller {
        index: 3,
        number: "09012345678".to_owned(),
        dialled: "service".to_owned(),
        conduct: Conduct::LeaveInGuidance(Duration::from_secs(2)),
        seats: Vec::new(),
    };
    let (_over, end) = watch::channel(false);
    let (_phases, phases) = watch::channel(Phases::new());
    let switch = SocketAddr::new(loopback().ip(), port);
    let placed = call(&endpoint, switch, caller, phases, end);
    let report = tokio::time::timeout(Duration::from_secs(25), placed).await.expect("in time");
    assert_eq!(report.end, CallerEnd::HungUp);
    let heard_ms = Voice::of(PersonId::Caller(3)).heard_ms(&report.heard.samples);
    assert!(heard_ms >= 1_000, "{heard_ms} ms of its own voice came back");
    assert_eq!((report.heard.lost, report.heard.strange), (0, 0));
}

#[tokio::test]
async fn sipp_calls_a_phone_and_hangs_up() {
    let (endpoint, mut calls) = Endpoint::bind(loopback(), 2).await.expect("a port");
    let target = endpoint.local().to_string();
    let port = free_port().to_string();
    let _sipp = Sipp::start(&["-sn", "uac", "-s", "seat111", "-d", "500", "-p", &port, "-m", "1", &target]);
    let answered = async {
        let call = calls.recv().await.expect("a call");
        assert_eq!(call.called(), "seat111");
        assert_eq!(call.caller(), "sipp");
        assert!(call.remote().is_some(), "SIPp describes a session");
        call.ring().await.expect("sent");
        let session = sdp::describe("127.0.0.1:40000".parse().expect("an address"), 1);
        let mut dialog = call.accept(session).await.expect("sent").expect("a dialog");
        dialog.next().await.expect("an event")
    };
    let event = tokio::time::timeout(Duration::from_secs(25), answered).await.expect("in time");
    assert_eq!(event, DialogEvent::HungUp);
}
