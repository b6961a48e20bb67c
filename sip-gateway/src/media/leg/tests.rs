//! Silence, by a clock of the tests' own.

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::media::ports::PortAllocator;

const PHONE: &str = "127.0.0.1:4000";
const AFTER: Duration = Duration::from_secs(30);
const EACH: Duration = Duration::from_secs(60);

/// A leg, and the seconds since it was opened.
struct Lab {
    leg: Leg,
    outbox: Outbox,
    told: crossbeam_channel::Receiver<MediaEvent>,
    seconds: u64,
    sequence: u16,
}

impl Lab {
    fn new() -> Self {
        let mut allocator = PortAllocator::new(&(39_800..=39_899), 0).expect("a range");
        let ports = allocator.bind("127.0.0.1".parse().expect("an address")).expect("free ports");
        let (tell, told) = crossbeam_channel::unbounded();
        let outbox = Outbox::new(tell, Arc::new(|| {}), Arc::new(SharedCounters::default()));
        let reporting = Reporting::new([1, 2], Moment::default());
        let leg = Leg::new(MediaLeg(1), ports, Outgoing::new(1, 2), reporting);
        Self { leg, outbox, told, seconds: 0, sequence: 0 }
    }

    fn now(&self) -> Moment {
        Moment::from_micros(self.seconds * 1_000_000)
    }

    fn agree(&mut self, receive: bool, silence: SilenceWatch) {
        let phone: SocketAddr = PHONE.parse().expect("an address");
        let session = MediaSession {
            remote: phone,
            remote_rtcp: phone,
            codec: Codec::Pcmu,
            payload_type: 0,
            telephone_event: None,
            send: true,
            receive,
            symmetric: false,
            silence,
        };
        let now = self.now();
        self.leg.configure(session, now, &Arc::clone(&self.outbox.counters));
    }

    /// A packet comes.
    fn packet(&mut self) {
        let mut packet = vec![0x80, 0];
        packet.extend(self.sequence.to_be_bytes());
        packet.extend((u32::from(self.sequence) * 160).to_be_bytes());
        packet.extend([0, 0, 0, 1]);
        packet.resize(172, 0x55);
        self.sequence += 1;
        let now = self.now();
        self.leg.receive(&packet, PHONE.parse().expect("an address"), now, &mut self.outbox);
    }

    /// Lets seconds pass; after how many of them the leg was reported silent.
    fn silent_after(&mut self, seconds: u64) -> Vec<u64> {
        let mut silent = Vec::new();
        for second in 1..=seconds {
            self.seconds += 1;
            let now = self.now();
            self.leg.look_after(now, &mut self.outbox);
            self.outbox.flush();
            let is_silent = |event: MediaEvent| matches!(event, MediaEvent::Silent { .. });
            silent.extend(self.told.try_iter().filter(|event| is_silent(*event)).map(|_| second));
        }
        silent
    }
}

#[test]
fn a_seats_silence_counts_from_its_first_packet_and_once() {
    let mut lab = Lab::new();
    lab.agree(true, SilenceWatch::AfterFirstPacket(AFTER));
    assert_eq!(lab.silent_after(100), []);
    lab.packet();
    assert_eq!(lab.silent_after(100), [30]);
}

#[test]
fn a_watch_that_was_off_counts_from_when_it_is_on_again() {
    let on = SilenceWatch::AfterFirstPacket(AFTER);
    for (receive, watch) in [(true, SilenceWatch::Off), (false, on), (false, SilenceWatch::Off)] {
        let mut lab = Lab::new();
        lab.agree(true, on);
        lab.packet();
        assert_eq!(lab.silent_after(29), []);
        lab.agree(receive, watch);
        assert_eq!(lab.silent_after(100), [], "R-Q7: off while on hold");
        lab.agree(true, on);
        assert_eq!(lab.silent_after(100), [30]);
    }
}

#[test]
fn a_session_refresh_does_not_begin_the_silence_anew() {
    let mut lab = Lab::new();
    lab.agree(true, SilenceWatch::AfterFirstPacket(AFTER));
    lab.packet();
    assert_eq!(lab.silent_after(20), []);
    lab.agree(true, SilenceWatch::AfterFirstPacket(AFTER));
    assert_eq!(lab.silent_after(100), [10]);
}

#[test]
fn a_callers_silence_is_told_again_and_again_whether_or_not_the_caller_is_to_be_heard() {
    for receive in [true, false] {
        let mut lab = Lab::new();
        lab.agree(receive, SilenceWatch::Each(EACH));
        assert_eq!(lab.silent_after(130), [60, 120], "R-L10, received {receive}");
    }
    let mut lab = Lab::new();
    lab.agree(true, SilenceWatch::Each(EACH));
    assert_eq!(lab.silent_after(50), []);
    lab.packet();
    lab.agree(false, SilenceWatch::Each(EACH));
    assert_eq!(lab.silent_after(100), [60], "a caller who holds and vanishes");
}
