//! The recording tap: both voices in their places, through loss, disorder, new streams and a change of seat.

mod media_support;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use media_support::{Bench, PATIENCE, Packet};
use sip_gateway::media::{Codec, MediaCommand, MediaLeg, Tap, TapChannel};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Piece {
    is_left: bool,
    position: u64,
    codec: Codec,
    byte: u8,
    length: usize,
}

#[derive(Default)]
struct Notes {
    pieces: Vec<Piece>,
    alone: u64,
    finished: Option<u64>,
}

#[derive(Clone, Default)]
struct NoteBook(Arc<Mutex<Notes>>);

impl Tap for NoteBook {
    fn audio(&mut self, channel: TapChannel, position: u64, codec: Codec, payload: &[u8]) {
        let is_left = channel == TapChannel::Left;
        let piece = Piece { is_left, position, codec, byte: payload[0], length: payload.len() };
        self.0.lock().expect("no panic").pieces.push(piece);
    }

    fn alone(&mut self, samples: u64) {
        self.0.lock().expect("no panic").alone += samples;
    }

    fn finish(self: Box<Self>, length_samples: u64) {
        self.0.lock().expect("no panic").finished = Some(length_samples);
    }
}

impl NoteBook {
    fn start(&self, bench: &mut Bench, leg: MediaLeg) {
        bench.plane.command(MediaCommand::StartTap { leg, tap: Box::new(self.clone()) });
        bench.settle();
    }

    fn pieces(&self) -> Vec<Piece> {
        self.0.lock().expect("no panic").pieces.clone()
    }

    /// What was heard, once there is so much of it.
    fn wait_for(&self, pieces: usize) -> Vec<Piece> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let heard = self.pieces();
            if heard.len() >= pieces {
                return heard;
            }
            assert!(Instant::now() < deadline, "{heard:?}");
            std::thread::yield_now();
        }
    }
}

#[test]
fn both_voices_are_heard_in_rtp_time() {
    let mut bench = Bench::new();
    let (caller_leg, mut caller) = bench.call();
    let (seat_leg, mut seat) = bench.open();
    seat.codec = Codec::Pcma;
    bench.configure(seat_leg, seat.session());
    bench.bridge(caller_leg, seat_leg);
    let notes = NoteBook::default();
    notes.start(&mut bench, caller_leg);
    let mut sent: Vec<Packet> = Vec::new();
    for byte in 0..5 {
        sent.push(Packet { payload: vec![byte; 160], ..caller.next.clone() });
        caller.skip();
    }
    // The second is lost, the last two are swapped.
    for at in [0, 2, 4, 3] {
        caller.send_packet(&sent[at]);
    }
    seat.say(200);
    seat.say(201);
    let heard = notes.wait_for(6);
    let left: Vec<_> = heard.iter().filter(|piece| piece.is_left).collect();
    let first = left[0].position;
    let places: Vec<_> = left.iter().map(|piece| (piece.byte, piece.position - first)).collect();
    assert_eq!(places, [(0, 0), (2, 320), (4, 640), (3, 480)]);
    let right: Vec<_> = heard.iter().filter(|piece| !piece.is_left).collect();
    assert_eq!((right[0].byte, right[1].byte), (200, 201));
    assert_eq!(right[1].position - right[0].position, 160);
    assert!(left.iter().all(|piece| piece.codec == Codec::Pcmu && piece.length == 160));
    assert!(right.iter().all(|piece| piece.codec == Codec::Pcma), "as it was received");
    bench.close(caller_leg);
    let finished = notes.0.lock().expect("no panic").finished.expect("finished with its leg");
    assert!(finished >= right[0].position);
}

#[test]
fn the_tap_outlives_a_change_of_seat_and_a_new_stream() {
    let mut bench = Bench::new();
    let (caller_leg, mut caller) = bench.call();
    let (first_leg, mut first) = bench.call();
    bench.bridge(caller_leg, first_leg);
    let notes = NoteBook::default();
    notes.start(&mut bench, caller_leg);
    first.say(1);
    caller.say(10);
    notes.wait_for(2);
    bench.close(first_leg);
    // The place of the next seat's voice is the time that passed, so some has to pass.
    std::thread::sleep(Duration::from_millis(250));
    let (second_leg, mut second) = bench.call();
    bench.bridge(caller_leg, second_leg);
    bench.settle();
    second.say(2);
    caller.next.ssrc += 1;
    caller.next.timestamp = 0x4000_0000;
    caller.say(11);
    let heard = notes.wait_for(4);
    let place = |byte: u8| heard.iter().find(|piece| piece.byte == byte).expect("heard").position;
    for (before, after) in [(1, 2), (10, 11)] {
        let passed = place(after) - place(before);
        assert!((2_000..8_000 * 15).contains(&passed), "{passed} samples for a quarter of a second");
    }
    bench.plane.command(MediaCommand::StopTap { leg: caller_leg });
    bench.settle();
    let finished = notes.0.lock().expect("no panic").finished.expect("finished");
    assert!(finished >= place(11));
    caller.say(12);
    bench.settle_packets(1);
    assert_eq!(notes.pieces().len(), 4, "a finished tap hears nothing");
}

/// R-R1, where the recording begins with the caller's answer: the caller is heard alone, then the seat beside it, both on
/// one axis of time.
#[test]
fn a_tap_before_the_bridge_hears_the_caller_alone() {
    let mut bench = Bench::new();
    let (caller_leg, mut caller) = bench.call();
    let (seat_leg, mut seat) = bench.call();
    let notes = NoteBook::default();
    notes.start(&mut bench, caller_leg);
    caller.say(1);
    seat.say(200);
    notes.wait_for(1);
    bench.settle_packets(1);
    // The place of the seat's voice is the time that passed, so some has to pass.
    std::thread::sleep(Duration::from_millis(250));
    bench.bridge(caller_leg, seat_leg);
    bench.settle();
    let alone = notes.0.lock().expect("no panic").alone;
    seat.say(201);
    // The caller's clock has run on meanwhile.
    caller.next.timestamp = caller.next.timestamp.wrapping_add(2_000);
    caller.say(2);
    let heard = notes.wait_for(3);
    let right: Vec<_> = heard.iter().filter(|piece| !piece.is_left).collect();
    assert_eq!(right.iter().map(|piece| piece.byte).collect::<Vec<_>>(), [201], "not before the answer");
    let left: Vec<_> = heard.iter().filter(|piece| piece.is_left).map(|piece| piece.byte).collect();
    assert_eq!(left, [1, 2]);
    assert!(alone >= 2_000, "{alone} samples alone in a quarter of a second");
    assert!(right[0].position >= alone, "the seat's voice lies behind the time alone: {right:?}, {alone}");
    bench.close(seat_leg);
    // The time alone is what passed.
    std::thread::sleep(Duration::from_millis(5));
    bench.plane.command(MediaCommand::StopTap { leg: caller_leg });
    bench.settle();
    let notes = notes.0.lock().expect("no panic");
    let finished = notes.finished.expect("finished");
    assert!(notes.alone > alone, "alone again after the seat has left");
    assert!(notes.alone < finished, "with the seat, the caller was not alone");
}

#[test]
fn a_tap_that_comes_too_late_is_finished_at_once() {
    let mut bench = Bench::new();
    let (leg, _phone) = bench.call();
    bench.close(leg);
    let notes = NoteBook::default();
    notes.start(&mut bench, leg);
    assert_eq!(notes.0.lock().expect("no panic").finished, Some(0));
}
