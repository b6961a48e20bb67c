//! Frames into samples in order: a window of about a second over both channels, in which late frames still find their
//! place, and what nobody filled becomes silence that is counted.

use audio_codec_algorithms::{decode_alaw, decode_ulaw};

use crate::limits::{BLOCK_SAMPLES, LATE_SAMPLES_MAX, WINDOW_SAMPLES};
use crate::recording::Frame;
use crate::{Channel, Encoding};

/// Marks a sample that nobody filled. No byte of G.711 decodes to it.
const ABSENT: i16 = i16::MIN;

/// Where samples go, in order: pairs of left and right.
pub(crate) trait SampleSink {
    /// Takes samples.
    fn write(&mut self, samples: &[[i16; 2]]);
}

/// The window of one recording.
#[derive(Debug)]
pub(crate) struct Placement {
    window: Box<[[i16; 2]]>,
    /// Samples handed out.
    written: u64,
    /// Where the newest audio ends.
    head: u64,
    absent: u64,
}

impl Placement {
    pub(crate) fn new() -> Self {
        Self { window: vec![[ABSENT; 2]; WINDOW_SAMPLES].into_boxed_slice(), written: 0, head: 0, absent: 0 }
    }

    /// Samples handed out, silence included.
    pub(crate) const fn written(&self) -> u64 {
        self.written
    }

    /// Where the newest audio ends.
    pub(crate) const fn head(&self) -> u64 {
        self.head
    }

    /// Samples of silence handed out because nobody filled them, over both channels.
    pub(crate) const fn absent(&self) -> u64 {
        self.absent
    }

    /// Puts a frame in its place. What would lie before the samples handed out is too late and left out.
    pub(crate) fn place(&mut self, frame: &Frame, sink: &mut impl SampleSink) {
        let channel = match frame.channel {
            Channel::Left => 0,
            Channel::Right => 1,
        };
        let decode: fn(u8) -> i16 = match frame.encoding {
            Encoding::Ulaw => decode_ulaw,
            Encoding::Alaw => decode_alaw,
        };
        let audio = frame.audio();
        let end = frame.position.saturating_add(audio.len() as u64);
        if let Some(beyond) = end.checked_sub(WINDOW_SAMPLES as u64) {
            self.hand_out(beyond, sink);
        }
        let late = self.written.saturating_sub(frame.position).min(audio.len() as u64);
        for (position, &byte) in (frame.position + late..).zip(&audio[late as usize..]) {
            self.window[slot(position)][channel] = decode(byte);
        }
        self.head = self.head.max(end);
    }

    /// Moves the head on over time in which nothing came.
    pub(crate) fn pass(&mut self, head: u64) {
        self.head = self.head.max(head);
    }

    /// Hands out what no late frame can change any more, if it is worth a write.
    pub(crate) fn settle(&mut self, sink: &mut impl SampleSink) -> bool {
        let settled = self.head.saturating_sub(LATE_SAMPLES_MAX);
        let is_worth_it = settled >= self.written + BLOCK_SAMPLES;
        if is_worth_it {
            self.hand_out(settled, sink);
        }
        is_worth_it
    }

    /// Hands out everything before a position.
    pub(crate) fn hand_out(&mut self, to: u64, sink: &mut impl SampleSink) {
        while self.written < to {
            let start = slot(self.written);
            let length = (to - self.written).min((WINDOW_SAMPLES - start) as u64) as usize;
            let samples = &mut self.window[start..start + length];
            for sample in samples.iter_mut().flatten() {
                if *sample == ABSENT {
                    *sample = 0;
                    self.absent += 1;
                }
            }
            sink.write(samples);
            samples.fill([ABSENT; 2]);
            self.written += length as u64;
        }
    }
}

/// The window's size is a power of two, so the remainder is a mask.
const fn slot(position: u64) -> usize {
    (position % WINDOW_SAMPLES as u64) as usize
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::recording::{Frames, Recording};

    #[derive(Default)]
    struct Heard(Vec<[i16; 2]>);

    impl SampleSink for Heard {
        fn write(&mut self, samples: &[[i16; 2]]) {
            self.0.extend(samples);
        }
    }

    fn frame(channel: Channel, position: u64, audio: &[u8]) -> Frame {
        let frames = Arc::new(Frames::default());
        Recording::new(Arc::clone(&frames)).push(channel, position, Encoding::Ulaw, audio);
        frames.pop().expect("one frame")
    }

    #[test]
    fn no_byte_decodes_to_the_mark_of_absence() {
        assert!((0..=255).all(|byte| decode_ulaw(byte) != ABSENT && decode_alaw(byte) != ABSENT));
    }

    #[test]
    fn a_frame_that_is_too_late_is_left_out_and_its_silence_counted() {
        let (mut placement, mut heard) = (Placement::new(), Heard::default());
        placement.place(&frame(Channel::Left, 0, &[0; 160]), &mut heard);
        placement.hand_out(320, &mut heard);
        placement.place(&frame(Channel::Left, 240, &[0; 160]), &mut heard);
        placement.hand_out(400, &mut heard);
        let loud = decode_ulaw(0);
        let left: Vec<_> = heard.0.iter().map(|pair| pair[0]).collect();
        assert_eq!(left[..160], [loud; 160]);
        assert_eq!(left[160..320], [0; 160]);
        assert_eq!(left[320..], [loud; 80]);
        assert_eq!(placement.absent(), 160 + 400);
    }

    #[test]
    fn a_leap_is_silence() {
        let (mut placement, mut heard) = (Placement::new(), Heard::default());
        let far = 5 * WINDOW_SAMPLES as u64 + 77;
        placement.place(&frame(Channel::Right, far, &[0; 160]), &mut heard);
        placement.hand_out(far + 160, &mut heard);
        assert_eq!(heard.0.len() as u64, far + 160);
        assert!(heard.0[..far as usize].iter().all(|pair| *pair == [0, 0]));
        assert_eq!(placement.absent(), far * 2 + 160);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Frames of both channels, out of order by less than what may be late, doubled and lost at will, make the
        /// same file as a map from place to sample.
        #[test]
        fn placement_equals_a_map(
            frames in proptest::collection::vec((any::<bool>(), 0u64..1_200, 1usize..161, any::<u8>()), 1..300),
            looks in 1usize..40,
        ) {
            let (mut placement, mut heard) = (Placement::new(), Heard::default());
            let mut model = BTreeMap::new();
            let mut length = 0;
            for (number, (is_left, shake, samples, byte)) in frames.into_iter().enumerate() {
                let position = number as u64 * 160 + shake;
                let channel = if is_left { Channel::Left } else { Channel::Right };
                placement.place(&frame(channel, position, &vec![byte; samples]), &mut heard);
                for at in position..position + samples as u64 {
                    model.insert((at, !is_left), decode_ulaw(byte));
                }
                length = length.max(position + samples as u64);
                if number % looks == 0 {
                    placement.settle(&mut heard);
                }
            }
            placement.hand_out(length, &mut heard);
            let expected: Vec<[i16; 2]> = (0..length)
                .map(|at| [false, true].map(|right| model.get(&(at, right)).copied().unwrap_or(0)))
                .collect();
            prop_assert_eq!(placement.absent(), length * 2 - model.len() as u64);
            prop_assert_eq!(heard.0, expected);
        }
    }
}
