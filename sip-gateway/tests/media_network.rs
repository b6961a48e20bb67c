//! What the network does to a leg: strangers, floods, NAT, silence, ports, reports.

mod media_support;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use acd_core::PlayId;
use media_support::{Bench, PATIENCE, Packet, Phone, config, prompt_id};
use sip_gateway::media::{MediaCommand, MediaError, MediaEvent, MediaSession, Playout, SilenceWatch};

fn stranger() -> UdpSocket {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port")
}

fn packet(byte: u8) -> Packet {
    Packet {
        payload_type: 0,
        marker: false,
        sequence: 1,
        timestamp: 1,
        ssrc: 0xBAD,
        payload: vec![byte; 160],
    }
}

#[test]
fn only_the_signalled_address_is_heard() {
    let mut bench = Bench::new();
    let (leg, mut phone) = bench.call();
    let (seat_leg, seat) = bench.call();
    bench.bridge(leg, seat_leg);
    bench.settle();
    stranger().send_to(&packet(66).bytes(), phone.plane).expect("sent");
    phone.say(1);
    assert_eq!(seat.hear().payload, [1; 160]);
    bench.settle_packets(2);
    assert_eq!(seat.heard(), []);
    assert_eq!(bench.close(leg).packets_received, 1);
}

#[test]
fn a_seat_behind_a_nat_is_heard_from_where_it_speaks_and_answered_there() {
    let mut bench = Bench::new();
    let (caller_leg, mut caller) = bench.call();
    let (seat_leg, mut seat) = bench.open();
    // The phone's own address is behind a NAT and leads nowhere.
    let nowhere = SocketAddr::from((Ipv4Addr::new(127, 9, 9, 9), 9));
    bench.configure(seat_leg, MediaSession { remote: nowhere, symmetric: true, ..seat.session() });
    bench.bridge(caller_leg, seat_leg);
    bench.settle();
    for byte in 0..8 {
        seat.say(byte);
        assert_eq!(caller.hear().payload, [byte; 160]);
        caller.say(100 + byte);
        assert_eq!(seat.hear().payload, [100 + byte; 160]);
    }
    stranger().send_to(&packet(66).bytes(), seat.plane).expect("sent");
    bench.settle_packets(1);
    assert_eq!(caller.heard(), []);
}

#[test]
fn while_a_seat_is_not_sure_its_strangers_are_counted() {
    let mut bench = Bench::new();
    let (seat_leg, mut seat) = bench.open();
    let nowhere = SocketAddr::from((Ipv4Addr::new(127, 9, 9, 9), 9));
    bench.configure(seat_leg, MediaSession { remote: nowhere, symmetric: true, ..seat.session() });
    bench.settle();
    seat.say(1);
    bench.settle_packets(1);
    let other = stranger();
    other.send_to(&packet(66).bytes(), seat.plane).expect("sent");
    bench.settle_packets(1);
    let quality = bench.close(seat_leg);
    assert_eq!((quality.packets_received, quality.packets_discarded), (1, 1));
    assert_eq!(bench.plane.counters().strangers, 1);
}

#[test]
fn what_is_no_rtp_of_the_session_is_counted_and_thrown_away() {
    let mut bench = Bench::new();
    let (leg, mut phone) = bench.call();
    bench.settle();
    let bad: [&[u8]; 4] = [b"", b"OPTIONS sip:x SIP/2.0\r\n\r\n", &[0x80; 11], &packet(1).bytes()[..]];
    for (number, bytes) in bad.into_iter().enumerate() {
        let mut bytes = bytes.to_vec();
        if number == 3 {
            bytes[1] = 35;
        }
        phone.rtp.send_to(&bytes, phone.plane).expect("sent");
    }
    phone.say(1);
    bench.settle_packets(5);
    let quality = bench.close(leg);
    assert_eq!((quality.packets_received, quality.packets_discarded), (1, 4));
    assert_eq!(bench.plane.counters().malformed, 4);
}

#[test]
fn a_flood_on_one_port_starves_nobody() {
    let mut bench = Bench::new();
    let (caller_leg, mut caller) = bench.call();
    let (seat_leg, seat) = bench.call();
    bench.bridge(caller_leg, seat_leg);
    let (flooded_leg, flooded) = bench.call();
    bench.settle();
    let (to, socket) = (flooded.plane, flooded.rtp.try_clone().expect("a socket"));
    let (sent, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let (counted, stopped) = (Arc::clone(&sent), Arc::clone(&stop));
    let flood = std::thread::spawn(move || {
        let bytes = packet(66).bytes();
        while !stopped.load(Ordering::Relaxed) {
            let _ = socket.send_to(&bytes, to);
            counted.fetch_add(1, Ordering::Relaxed);
        }
    });
    let deadline = Instant::now() + PATIENCE;
    while sent.load(Ordering::Relaxed) < 20_000 {
        for byte in 0..50 {
            caller.say(byte);
            assert_eq!(seat.hear().payload, [byte; 160]);
        }
        assert!(Instant::now() < deadline, "the flood does not come");
    }
    stop.store(true, Ordering::Relaxed);
    flood.join().expect("ended");
    assert_eq!(bench.close(caller_leg).packets_lost, 0);
    assert!(bench.close(flooded_leg).packets_received > 50, "the flood was there");
}

#[test]
fn ports_come_round_are_skipped_when_taken_and_run_out() {
    // Three pairs that are free now.
    let first = (0..200)
        .map(|_| stranger().local_addr().expect("bound").port() & !1)
        .find(|&first| {
            first < 65_000
                && (first..first + 6).all(|port| UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok())
        })
        .expect("six free ports in a row");
    let mut config = config();
    config.ports = first..=first + 5;
    let mut bench = Bench::with(config);
    let a = bench.plane.bind().expect("free");
    assert_eq!(a.rtp_port(), first);
    drop(a);
    let other = UdpSocket::bind((Ipv4Addr::LOCALHOST, first + 3)).expect("free");
    let b = bench.plane.bind().expect("free");
    assert_eq!(b.rtp_port(), first + 4, "the pair that another program holds is skipped");
    let c = bench.plane.bind().expect("free");
    assert_eq!((c.rtp_port(), bench.plane.ports_in_use()), (first, 2));
    let error = bench.plane.bind().expect_err("none is left");
    assert!(matches!(error, MediaError::PortsExhausted { pairs: 3, in_use: 2 }), "{error}");
    assert!(error.to_string().contains("widen the range"));
    drop(other);
    assert_eq!(bench.plane.bind().expect("free again").rtp_port(), first + 2);
    drop(b);
    assert_eq!(bench.plane.ports_in_use(), 1);
}

#[test]
fn closing_a_leg_frees_its_ports() {
    let mut bench = Bench::new();
    let (leg, _phone) = bench.call();
    bench.settle();
    assert_eq!(bench.plane.ports_in_use(), 1);
    bench.close(leg);
    assert_eq!(bench.plane.ports_in_use(), 0);
}

#[test]
fn silence_is_reported_once_after_the_first_packet_and_not_on_hold() {
    let mut bench = Bench::new();
    let (leg, mut phone) = bench.open();
    let session = MediaSession {
        silence: SilenceWatch::AfterFirstPacket(Duration::from_millis(300)),
        ..phone.session()
    };
    bench.configure(leg, session);
    bench.settle();
    phone.say(1);
    assert_eq!(bench.event(), MediaEvent::FirstPacket { leg });
    assert_eq!(bench.event(), MediaEvent::Silent { leg });
    phone.say(2);
    assert_eq!(bench.event(), MediaEvent::Silent { leg }, "a new episode");
    bench.configure(leg, MediaSession { receive: false, ..session });
    phone.say(3);
    // On hold silence is expected: it would be reported after 300 ms, so more than that has to pass.
    std::thread::sleep(Duration::from_millis(800));
    bench.settle();
    assert_eq!(bench.events(), []);
    bench.configure(leg, session);
    assert_eq!(bench.event(), MediaEvent::Silent { leg }, "counted from the end of the hold");
}

#[test]
fn a_caller_who_never_sends_is_reported_silent_again_and_again() {
    let mut bench = Bench::new();
    let (leg, phone) = bench.open();
    let session = MediaSession { silence: SilenceWatch::Each(Duration::from_millis(300)), ..phone.session() };
    bench.configure(leg, session);
    assert_eq!(bench.event(), MediaEvent::Silent { leg }, "R-L10: no packet has ever come");
    assert_eq!(bench.event(), MediaEvent::Silent { leg }, "a dialog that lived may die later");
}

#[test]
fn reports_go_both_ways_and_goodbye_ends_them() {
    let mut bench = Bench::new();
    let (leg, mut phone) = bench.call();
    bench.play(leg, Playout::Loop(prompt_id("music")));
    let ssrc = phone.hear().ssrc;
    // Ten of twelve packets arrive, and their numbers wrap.
    phone.next.sequence = 65_530;
    for number in 0..12u8 {
        if number % 6 == 3 { phone.skip() } else { phone.say(number) }
    }
    bench.settle_packets(10);
    // A receiver report: 17 packets of that source lost.
    let mut report = vec![0x81, 201, 0, 7, 0, 0, 0, 9];
    report.extend(ssrc.to_be_bytes());
    report.extend([0, 0, 0, 17]);
    report.extend([0; 16]);
    let rtcp = SocketAddr::new(phone.plane.ip(), phone.plane.port() + 1);
    phone.rtcp.send_to(&report, rtcp).expect("sent");
    let mut buffer = [0; 1_500];
    let (length, from) = phone.rtcp.recv_from(&mut buffer).expect("a report within 10 s");
    assert_eq!(from, rtcp);
    let word = |at: usize| u32::from_be_bytes(buffer[at..at + 4].try_into().expect("four bytes"));
    assert_eq!((buffer[0], buffer[1]), (0x81, 200), "a sender report with one block");
    assert_eq!(word(4), ssrc);
    assert!(word(20) > 0 && word(24) == word(20) * 160, "packets and bytes sent");
    assert_eq!((word(28), word(32) & 0xFF_FFFF), (phone.next.ssrc, 2), "two of its packets were lost");
    assert_eq!(
        word(36),
        0x1_0000 + u32::from(phone.next.sequence.wrapping_sub(1)),
        "its numbers have wrapped once"
    );
    assert_eq!((buffer[52] & 0xC0, buffer[53], buffer[60]), (0x80, 202, 1), "SDES with CNAME");
    assert!(length >= 64);
    let quality = bench.close(leg);
    assert_eq!((quality.packets_lost, quality.remote_packets_lost), (2, 17));
    let deadline = Instant::now() + PATIENCE;
    loop {
        let length = phone.rtcp.recv(&mut buffer).expect("a goodbye");
        if buffer[..length].windows(2).any(|pair| pair == [0x81, 203]) {
            break;
        }
        assert!(Instant::now() < deadline, "no goodbye");
    }
}

#[test]
fn icmp_errors_are_counted_and_end_nothing() {
    let mut bench = Bench::new();
    let (leg, phone) = bench.open();
    let session = phone.session();
    drop(phone);
    bench.configure(leg, session);
    bench.play(leg, Playout::Once(prompt_id("guidance")));
    assert_eq!(bench.event(), MediaEvent::PlayoutEnded { leg, play: PlayId(1) });
    assert!(bench.plane.counters().icmp_errors > 0);
    assert_eq!(bench.close(leg).packets_sent, 7);
}

#[test]
fn the_old_way_of_hold_sends_nothing_to_nowhere() {
    let mut bench = Bench::new();
    let (leg, phone) = bench.call();
    bench.play(leg, Playout::Loop(prompt_id("music")));
    phone.hear();
    let nowhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, session_port(&phone)));
    bench.configure(leg, MediaSession { remote: nowhere, send: false, ..phone.session() });
    bench.settle();
    phone.heard();
    // Packets were due meanwhile, so time has to pass.
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(phone.heard(), []);
    bench.configure(leg, phone.session());
    assert!(phone.hear().marker);
    assert_eq!(bench.plane.counters().send_failures, 0);
}

fn session_port(phone: &Phone) -> u16 {
    phone.session().remote.port()
}

#[test]
fn a_far_end_that_moves_is_followed() {
    let mut bench = Bench::new();
    let (leg, phone) = bench.call();
    bench.play(leg, Playout::Loop(prompt_id("music")));
    let before = phone.hear();
    let mut moved = Phone::new(phone.plane);
    bench.configure(leg, moved.session());
    let after = moved.hear();
    assert_eq!(before.ssrc, after.ssrc);
    moved.say(1);
    assert_eq!(bench.event(), MediaEvent::FirstPacket { leg });
}

#[test]
fn ipv6_is_spoken() {
    if UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        return;
    }
    let mut config = config();
    config.bind = vec![IpAddr::V6(Ipv6Addr::LOCALHOST)];
    let mut bench = Bench::with(config);
    let (a_leg, mut a) = bench.call();
    let (b_leg, b) = bench.call();
    bench.bridge(a_leg, b_leg);
    bench.settle();
    a.say(9);
    assert_eq!(b.hear().payload, [9; 160]);
}

#[test]
fn commands_for_legs_that_are_gone_do_nothing() {
    let mut bench = Bench::new();
    let (leg, phone) = bench.call();
    bench.close(leg);
    bench.configure(leg, phone.session());
    bench.play(leg, Playout::Once(prompt_id("guidance")));
    bench.bridge(leg, leg);
    bench.plane.command(MediaCommand::Close { leg });
    bench.settle();
    assert_eq!(bench.events(), []);
}
