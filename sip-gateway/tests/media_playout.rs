//! Playing: to the frame, in one stream, through hold and change.

mod media_support;

use std::time::Duration;

use acd_core::PlayId;
use media_support::{Bench, Packet, SILENCE, assert_one_stream, library, prompt_id};
use sip_gateway::media::{MediaCommand, MediaEvent, MediaSession, Playout, Prompt, ToneKind};

/// No pauses but those of a machine that stalls for 100 ms and more, which can be one in five packets at most.
fn assert_flows(packets: &[Packet]) {
    let pauses = packets[1..].iter().filter(|packet| packet.marker).count();
    assert!(pauses <= packets.len() / 5, "{pauses} pauses in {} packets", packets.len());
}

#[test]
fn guidance_is_heard_from_first_frame_to_last_and_its_end_reported_after_it() {
    let mut bench = Bench::new();
    let (leg, phone) = bench.call();
    bench.play(leg, Playout::Once(prompt_id("guidance")));
    let packets = phone.hear_many(7);
    let mut expected: Vec<u8> = (0..1_000u32).map(|at| (at % 251) as u8).collect();
    expected.resize(7 * 160, SILENCE);
    let heard: Vec<u8> = packets.iter().flat_map(|packet| packet.payload.clone()).collect();
    assert_eq!(heard, expected);
    assert_one_stream(&packets);
    assert!(packets[0].marker);
    assert_flows(&packets);
    assert_eq!(bench.event(), MediaEvent::PlayoutEnded { leg, play: PlayId(1) });
    assert_eq!(phone.heard(), [], "nothing follows");
}

#[test]
fn eight_seconds_of_ulaw_are_400_packets() {
    let mut bench = Bench::new();
    let (leg, phone) = bench.call();
    let mut library = library();
    let audio: Vec<u8> = (0..64_000u32).map(|at| (at / 160 % 251) as u8).collect();
    library.insert(prompt_id("long"), Prompt::from_ulaw(&audio).expect("short"));
    bench.plane.replace_prompts(library);
    bench.play(leg, Playout::Once(prompt_id("long")));
    let packets = phone.hear_many(400);
    assert_eq!(bench.event(), MediaEvent::PlayoutEnded { leg, play: PlayId(1) });
    assert_eq!(phone.heard(), []);
    assert_one_stream(&packets);
    let heard: Vec<u8> = packets.into_iter().flat_map(|packet| packet.payload).collect();
    assert!(heard == audio, "every byte");
}

#[test]
fn hold_pauses_guidance_and_the_rest_follows() {
    let mut bench = Bench::new();
    let (leg, phone) = bench.call();
    bench.play(leg, Playout::Once(prompt_id("guidance")));
    let mut packets = phone.hear_many(2);
    bench.configure(leg, MediaSession { send: false, ..phone.session() });
    bench.settle();
    packets.extend(phone.heard());
    // Frames that were due meanwhile must not have been skipped, so time has to pass.
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(phone.heard(), [], "on hold");
    let before = packets.len();
    bench.configure(leg, phone.session());
    packets.extend(phone.hear_many(7 - before));
    assert_eq!(bench.event(), MediaEvent::PlayoutEnded { leg, play: PlayId(1) });
    assert_one_stream(&packets);
    assert!(packets[before].marker, "a talkspurt begins");
    let step = packets[before].timestamp.wrapping_sub(packets[before - 1].timestamp);
    assert!(step >= 5 * 160, "the time on hold has passed: {step}");
    let heard: Vec<u8> = packets.into_iter().flat_map(|packet| packet.payload).take(1_000).collect();
    assert_eq!(heard, (0..1_000u32).map(|at| (at % 251) as u8).collect::<Vec<_>>());
}

#[test]
fn waiting_follows_guidance_in_the_same_stream_without_a_gap() {
    let mut bench = Bench::new();
    let (leg, phone) = bench.call();
    bench.play(leg, Playout::Once(prompt_id("guidance")));
    let mut packets = phone.hear_many(7);
    assert_eq!(bench.event(), MediaEvent::PlayoutEnded { leg, play: PlayId(1) });
    let waiting = Playout::Waiting {
        message: prompt_id("message"),
        music: Some(prompt_id("music")),
        message_every: Duration::from_millis(100),
        asks_place: false,
        place: None,
    };
    bench.play(leg, waiting);
    let queue = phone.hear_many(13);
    let heard: Vec<u8> = queue.iter().map(|packet| packet.payload[0]).collect();
    assert_eq!(heard, [0x11, 0x11, 0x11, 0x22, 0x22, 0x11, 0x11, 0x11, 0x22, 0x22, 0x11, 0x11, 0x11]);
    assert_one_stream(&queue);
    assert_flows(&queue);
    packets.extend(queue);
    assert_one_stream(&packets);
    bench.plane.command(MediaCommand::StopPlaying { leg });
    bench.settle();
    phone.heard();
    assert_eq!(bench.events(), [], "what has no end reports none");
}

#[test]
fn one_playout_replaces_another_without_its_end_or_a_seam() {
    let mut bench = Bench::new();
    let (leg, phone) = bench.call();
    bench.play(leg, Playout::Loop(prompt_id("music")));
    let mut packets = phone.hear_many(5);
    bench.play(leg, Playout::Tone(ToneKind::Confirm));
    assert_eq!(bench.event(), MediaEvent::PlayoutEnded { leg, play: PlayId(2) });
    packets.extend(phone.heard());
    assert_one_stream(&packets);
    assert_flows(&packets);
    assert!(packets.len() >= 5 + 18, "360 ms of tone");
    assert_eq!(bench.events(), []);
}

#[test]
fn a_playout_waits_for_the_session_and_an_unknown_prompt_fails() {
    let mut bench = Bench::new();
    let (leg, phone) = bench.open();
    bench.play(leg, Playout::Once(prompt_id("nothing")));
    assert_eq!(bench.event(), MediaEvent::PlayoutFailed { leg, play: PlayId(1) });
    bench.play(leg, Playout::Once(prompt_id("message")));
    bench.settle();
    assert_eq!(phone.heard(), []);
    bench.configure(leg, phone.session());
    assert_eq!(phone.hear_many(3).iter().filter(|packet| packet.payload == [0x11; 160]).count(), 3);
    assert_eq!(bench.event(), MediaEvent::PlayoutEnded { leg, play: PlayId(2) });
}

#[test]
fn a_leg_of_a_law_hears_a_law() {
    let mut bench = Bench::new();
    let (leg, mut phone) = bench.open();
    phone.codec = sip_gateway::media::Codec::Pcma;
    bench.configure(leg, phone.session());
    bench.play(leg, Playout::Once(prompt_id("guidance")));
    let packets = phone.hear_many(7);
    assert!(packets.iter().all(|packet| packet.payload_type == 8));
    let last = packets[6].payload.last().copied();
    assert_eq!(last, Some(0xD5), "A-law silence");
}

#[test]
fn the_place_in_the_queue_is_told_after_the_message_without_silence_and_the_music_goes_on() {
    let mut bench = Bench::new();
    let (leg, phone) = bench.call();
    let mut library = library();
    library.insert(prompt_id("message"), Prompt::from_ulaw(&[0x11; 4_800]).expect("short"));
    library.insert(prompt_id("place"), Prompt::from_ulaw(&[0x33; 320]).expect("short"));
    bench.plane.replace_prompts(library);
    let waiting = |place| Playout::Waiting {
        message: prompt_id("message"),
        music: Some(prompt_id("music")),
        message_every: Duration::from_secs(2),
        asks_place: true,
        place,
    };
    bench.play(leg, waiting(None));
    assert_eq!(bench.event(), MediaEvent::PlaceAsked { leg, play: PlayId(1) });
    bench.play(leg, waiting(Some(prompt_id("place"))));
    let packets = phone.hear_many(140);
    assert_one_stream(&packets);
    assert_flows(&packets);
    let heard: Vec<u8> = packets.iter().flat_map(|packet| packet.payload.clone()).collect();
    let mut parts: Vec<(u8, usize)> =
        heard.chunk_by(|one, other| one == other).map(|part| (part[0], part.len())).collect();
    // A machine that stalls may let the music begin before the answer comes.
    if parts[1].0 == 0x22 {
        parts.remove(1);
    }
    let order: Vec<u8> = parts.iter().map(|(byte, _)| *byte).collect();
    assert_eq!(order, [0x11, 0x33, 0x22, 0x11, 0x22], "nothing else, and no silence: {parts:?}");
    assert_eq!((parts[0].1, parts[1].1, parts[3].1), (4_800, 320, 4_800), "each whole");
    assert_eq!(bench.event(), MediaEvent::PlaceAsked { leg, play: PlayId(2) }, "the next message asks again");
}
