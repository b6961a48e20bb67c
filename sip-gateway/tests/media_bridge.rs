//! Two legs joined: both ways, in either order of speaking, through laws, keys, loss and hold.

mod media_support;

use media_support::{Bench, Packet, Phone, assert_one_stream, prompt_id};
use sip_gateway::media::{Codec, MediaCommand, MediaEvent, MediaLeg, MediaSession, Playout};

struct Call {
    bench: Bench,
    caller: Phone,
    seat: Phone,
    caller_leg: MediaLeg,
    seat_leg: MediaLeg,
}

fn bridged() -> Call {
    let mut bench = Bench::new();
    let (caller_leg, caller) = bench.call();
    let (seat_leg, seat) = bench.call();
    bench.bridge(caller_leg, seat_leg);
    bench.settle();
    Call { bench, caller, seat, caller_leg, seat_leg }
}

#[test]
fn both_hear_each_other_whoever_speaks_first() {
    for seat_first in [false, true] {
        let mut call = bridged();
        for round in 0..20u8 {
            let (first, second) = if seat_first {
                (&mut call.seat, &mut call.caller)
            } else {
                (&mut call.caller, &mut call.seat)
            };
            first.say(round);
            let heard = second.hear();
            assert_eq!((heard.payload, heard.marker), (vec![round; 160], round == 0));
            second.say(100 + round);
            assert_eq!(first.hear().payload, [100 + round; 160]);
        }
        let seat = call.bench.close(call.seat_leg);
        assert_eq!((seat.packets_received, seat.packets_sent, seat.packets_lost), (20, 20, 0));
        let caller = call.bench.close(call.caller_leg);
        assert_eq!((caller.packets_received, caller.packets_sent, caller.packets_discarded), (20, 20, 0));
    }
}

#[test]
fn the_callers_stream_goes_on_from_guidance_over_bridge_to_waiting() {
    let mut bench = Bench::new();
    let (caller_leg, caller) = bench.call();
    let (seat_leg, mut seat) = bench.call();
    bench.play(caller_leg, Playout::Loop(prompt_id("music")));
    let mut packets = caller.hear_many(5);
    bench.bridge(caller_leg, seat_leg);
    bench.settle();
    packets.extend(caller.heard());
    let before = packets.len();
    for byte in 0..5 {
        seat.say(byte);
        packets.push(caller.hear());
    }
    assert!(
        packets[before].marker && packets[before].payload == [0; 160],
        "music has stopped, the seat is heard"
    );
    bench.plane.command(MediaCommand::Unbridge { a: seat_leg });
    bench.play(caller_leg, Playout::Loop(prompt_id("message")));
    packets.extend(caller.hear_many(5));
    assert!(packets[before + 5].marker && packets[before + 5].payload == [0x11; 160]);
    assert_one_stream(&packets);
    seat.say(9);
    bench.settle_packets(1);
    assert!(caller.heard().iter().all(|packet| packet.payload == [0x11; 160]), "parted");
}

#[test]
fn laws_are_turned_into_each_other() {
    let mut call = bridged();
    call.seat.codec = Codec::Pcma;
    call.bench.configure(call.seat_leg, call.seat.session());
    call.bench.settle();
    for sample in [-20_000i16, -300, 0, 5_000] {
        assert_passes(&mut call.caller, &call.seat, sample);
        assert_passes(&mut call.seat, &call.caller, sample);
    }
}

fn assert_passes(from: &mut Phone, to: &Phone, sample: i16) {
    from.say(from.codec.encode(sample));
    let heard = to.hear();
    assert_eq!(heard.payload_type, to.codec.static_payload_type());
    let (said, heard) = (i32::from(sample), i32::from(to.codec.decode(heard.payload[159])));
    assert!((heard - said).abs() <= 16 + said.abs() / 10, "{said} became {heard}");
}

#[test]
fn loss_and_disorder_are_handed_on_and_counted() {
    let mut call = bridged();
    let mut stream: Vec<Packet> = Vec::new();
    for byte in 0..10 {
        let mut packet = call.caller.next.clone();
        packet.payload = vec![byte; 160];
        stream.push(packet);
        call.caller.skip();
    }
    for at in [0, 1, 2, 5, 4, 6, 9] {
        call.caller.send_packet(&stream[at]);
    }
    let heard = call.seat.hear_many(7);
    let first = (heard[0].sequence, heard[0].timestamp);
    let places: Vec<_> = heard
        .iter()
        .map(|packet| {
            let place = packet.sequence.wrapping_sub(first.0);
            assert_eq!(packet.timestamp.wrapping_sub(first.1), u32::from(place) * 160);
            assert_eq!(packet.payload, [place as u8; 160]);
            place
        })
        .collect();
    assert_eq!(places, [0, 1, 2, 5, 4, 6, 9]);
    let quality = call.bench.close(call.caller_leg);
    assert_eq!((quality.packets_received, quality.packets_lost), (7, 3));
}

#[test]
fn a_new_stream_of_the_far_end_is_no_new_stream_to_the_other() {
    let mut call = bridged();
    let mut heard = Vec::new();
    for restart in 0..3u32 {
        call.caller.next.ssrc = 0x1000 + restart;
        call.caller.next.sequence = (restart * 7_777) as u16;
        call.caller.next.timestamp = restart.wrapping_mul(0x7777_7777);
        for byte in 0..3 {
            call.caller.say(byte);
            heard.push(call.seat.hear());
        }
    }
    assert_eq!(
        heard.iter().map(|packet| packet.marker).collect::<Vec<_>>(),
        [true, false, false, true, false, false, true, false, false]
    );
    for pair in heard.windows(2) {
        assert_eq!((pair[0].ssrc, pair[0].sequence.wrapping_add(1)), (pair[1].ssrc, pair[1].sequence));
        assert!((pair[1].timestamp.wrapping_sub(pair[0].timestamp) as i32) > 0);
    }
}

#[test]
fn a_digit_is_reported_once_and_handed_on_with_the_other_sides_number() {
    let mut call = bridged();
    call.bench.configure(call.seat_leg, MediaSession { telephone_event: Some(96), ..call.seat.session() });
    call.bench.settle();
    call.caller.say(1);
    let before = call.seat.hear();
    let timestamp = call.caller.next.timestamp;
    for (first, last, duration) in
        [(true, false, 160), (false, false, 320), (false, true, 480), (false, true, 480), (false, true, 480)]
    {
        call.caller.press(7, timestamp, first, last, duration);
    }
    let heard = call.seat.hear_many(5);
    assert!(heard.iter().all(|packet| packet.payload_type == 96));
    assert!(
        heard.iter().all(|packet| packet.timestamp == before.timestamp.wrapping_add(160)),
        "one timestamp"
    );
    assert_eq!(
        heard.iter().map(|packet| packet.marker).collect::<Vec<_>>(),
        [true, false, false, false, false]
    );
    assert_eq!(heard[4].payload, [7, 0x8A, 1, 0xE0]);
    call.bench.settle_packets(1);
    assert_eq!(call.bench.event_but_first_packet(), MediaEvent::Digit { leg: call.caller_leg, digit: '7' });
    assert_eq!(call.bench.events(), [], "once");
}

#[test]
fn what_the_other_side_cannot_hear_is_kept_back_without_a_hole() {
    let mut call = bridged();
    call.bench.configure(call.seat_leg, MediaSession { telephone_event: None, ..call.seat.session() });
    call.bench.settle();
    call.caller.say(1);
    let timestamp = call.caller.next.timestamp;
    call.caller.press(3, timestamp, true, false, 160);
    call.caller.press(3, timestamp, false, true, 320);
    let noise = Packet { payload_type: 13, payload: vec![40], ..call.caller.next.clone() };
    call.caller.send_packet(&noise);
    call.caller.skip();
    call.caller.say(2);
    let heard = call.seat.hear_many(2);
    assert_eq!((&heard[0].payload, &heard[1].payload), (&vec![1; 160], &vec![2; 160]));
    assert_eq!(heard[1].sequence, heard[0].sequence.wrapping_add(1));
    assert_eq!(call.seat.heard(), []);
}

#[test]
fn who_is_on_hold_hears_nothing_and_who_may_not_speak_is_not_heard() {
    let mut call = bridged();
    call.caller.say(1);
    let before = call.seat.hear();
    call.bench.configure(call.seat_leg, MediaSession { send: false, receive: false, ..call.seat.session() });
    call.bench.settle();
    for _ in 0..3 {
        call.caller.say(2);
        call.seat.say(3);
    }
    call.bench.settle_packets(3);
    assert_eq!((call.seat.heard(), call.caller.heard()), (vec![], vec![]));
    call.bench.configure(call.seat_leg, call.seat.session());
    call.bench.settle();
    call.caller.say(4);
    let after = call.seat.hear();
    assert_eq!((after.payload.as_slice(), after.marker), ([4; 160].as_slice(), true));
    assert_eq!(after.sequence, before.sequence.wrapping_add(1), "what was kept back is not lost");
    call.seat.say(5);
    assert_eq!(call.caller.hear().payload, [5; 160]);
}

#[test]
fn music_to_a_held_caller_replaces_the_seat_until_it_stops() {
    let mut call = bridged();
    call.seat.say(1);
    let mut packets = vec![call.caller.hear()];
    call.bench.play(call.caller_leg, Playout::Loop(prompt_id("music")));
    packets.push(call.caller.hear());
    call.seat.say(2);
    packets.extend(call.caller.hear_many(3));
    call.bench.plane.command(MediaCommand::StopPlaying { leg: call.caller_leg });
    call.bench.settle();
    packets.extend(call.caller.heard());
    assert!(packets[1..].iter().all(|packet| packet.payload == [0x22; 160]));
    call.seat.say(3);
    packets.push(call.caller.hear());
    assert_eq!(packets.last().map(|packet| packet.payload[0]), Some(3));
    assert_one_stream(&packets);
}
