//! The recording tap: what was received, placed by RTP time on the call's own axis.

use super::codec::Codec;
use super::limits::TAP_DRIFT_SAMPLES;
use super::reception::Place;
use super::time::Moment;

/// Whose audio it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TapChannel {
    /// The caller: the leg that carries the tap.
    Left,
    /// Whoever is bridged to the caller.
    Right,
}

/// Hears what a call's people say. Called on a media thread for every packet: must neither block nor allocate much.
pub trait Tap: Send {
    /// Audio that was received. Its place is in samples since the tap was started; places of one channel may come out
    /// of order, with holes, or overlap a little.
    fn audio(&mut self, channel: TapChannel, position_samples: u64, codec: Codec, payload: &[u8]);

    /// For so many samples nobody was bridged to the caller: the right channel is silent there because there was nobody,
    /// not because audio was lost. Told when somebody comes, and before the end.
    fn alone(&mut self, samples: u64);

    /// The tap is taken off, so many samples after its start.
    fn finish(self: Box<Self>, length_samples: u64);
}

/// A tap on its leg, with the clocks of both channels.
pub(super) struct AttachedTap {
    tap: Box<dyn Tap>,
    started: Moment,
    left: ChannelClock,
    right: ChannelClock,
    /// Since when nobody has been bridged to the leg.
    alone_since: Option<Moment>,
}

impl AttachedTap {
    /// A tap that starts now, on a leg to which somebody is bridged or not.
    pub(super) fn new(tap: Box<dyn Tap>, is_bridged: bool, now: Moment) -> Self {
        let alone_since = (!is_bridged).then_some(now);
        Self { tap, started: now, left: ChannelClock::default(), right: ChannelClock::default(), alone_since }
    }

    /// Hands audio of a source on.
    pub(super) fn audio(
        &mut self,
        channel: TapChannel,
        source: u64,
        place: Place,
        timestamp: u32,
        audio: (Codec, &[u8]),
        now: Moment,
    ) {
        let clock = match channel {
            TapChannel::Left => &mut self.left,
            TapChannel::Right => &mut self.right,
        };
        let position = clock.position(source, place.generation, timestamp, now.samples_since(self.started));
        if let Some(position) = position {
            self.tap.audio(channel, position, audio.0, audio.1);
        }
    }

    /// Somebody is bridged to the leg.
    pub(super) fn meet_right(&mut self, now: Moment) {
        if let Some(since) = self.alone_since.take() {
            self.tap.alone(now.samples_since(since));
        }
    }

    /// The source of the right channel has gone: the next packet is anchored anew.
    pub(super) fn release_right(&mut self, now: Moment) {
        self.right.anchor = None;
        self.alone_since.get_or_insert(now);
    }

    /// Takes the tap off.
    pub(super) fn finish(mut self, now: Moment) {
        self.meet_right(now);
        self.tap.finish(now.samples_since(self.started));
    }
}

/// Turns one channel's RTP timestamps into places.
#[derive(Clone, Copy, Debug, Default)]
struct ChannelClock {
    anchor: Option<ChannelAnchor>,
}

#[derive(Clone, Copy, Debug)]
struct ChannelAnchor {
    source: u64,
    generation: u32,
    /// The packet before, not the first: a step between two packets never wraps.
    timestamp: u32,
    position: i64,
}

impl ChannelClock {
    /// The place of a packet; `None` if it belongs before the tap's start.
    fn position(
        &mut self,
        source: u64,
        generation: u32,
        timestamp: u32,
        elapsed_samples: u64,
    ) -> Option<u64> {
        let elapsed = i64::try_from(elapsed_samples).unwrap_or(i64::MAX);
        let position = self
            .anchor
            .filter(|anchor| anchor.source == source && anchor.generation == generation)
            .map(|anchor| anchor.position + i64::from(timestamp.wrapping_sub(anchor.timestamp) as i32))
            .filter(|position| position.abs_diff(elapsed) <= TAP_DRIFT_SAMPLES)
            .unwrap_or(elapsed);
        self.anchor = Some(ChannelAnchor { source, generation, timestamp, position });
        u64::try_from(position).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_follow_rtp_time_and_not_arrival() {
        let mut clock = ChannelClock::default();
        let places: Vec<_> = [(1_000, 400), (1_160, 640), (1_480, 800), (1_320, 805), (1_640, 1_040)]
            .into_iter()
            .map(|(timestamp, elapsed)| clock.position(1, 0, timestamp, elapsed))
            .collect();
        assert_eq!(places, [Some(400), Some(560), Some(880), Some(720), Some(1_040)]);
    }

    #[test]
    fn a_new_stream_source_or_drift_is_anchored_anew() {
        let mut clock = ChannelClock::default();
        assert_eq!(clock.position(1, 0, 1_000, 0), Some(0));
        assert_eq!(clock.position(1, 1, 9_000, 5_000), Some(5_000), "new generation");
        assert_eq!(clock.position(2, 1, 9_160, 5_400), Some(5_400), "other leg");
        assert_eq!(clock.position(2, 1, 9_320, 5_560 + 1_600), Some(5_560), "200 ms are borne");
        assert_eq!(clock.position(2, 1, 9_480, 5_720 + 1_601), Some(7_321), "more are not");
    }

    #[test]
    fn what_belongs_before_the_start_is_left_out() {
        let mut clock = ChannelClock::default();
        assert_eq!(clock.position(1, 0, 1_000, 100), Some(100));
        assert_eq!(clock.position(1, 0, 840, 110), None);
        assert_eq!(clock.position(1, 0, 1_160, 260), Some(260));
    }
}
