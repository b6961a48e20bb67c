//! The media thread's side of a recording: a queue that never blocks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use crossbeam_queue::SegQueue;

use crate::limits::{FRAME_SAMPLES, FRAMES_MAX};
use crate::{Channel, Encoding};

/// One recording. Dropping it without [`Recording::finish`] ends it where its audio ends.
#[derive(Debug)]
pub struct Recording {
    frames: Arc<Frames>,
}

/// Audio on its way to the writer.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) position: u64,
    pub(crate) channel: Channel,
    pub(crate) encoding: Encoding,
    length: u8,
    bytes: [u8; FRAME_SAMPLES],
}

impl Frame {
    /// The coded samples.
    pub(crate) fn audio(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

/// What the media thread and the writer share.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    queue: SegQueue<Frame>,
    waiting: AtomicUsize,
    dropped: AtomicU64,
    /// Samples of the right channel for which there was nobody to record.
    alone: AtomicU64,
    /// The writer takes no more; what comes is thrown away.
    deaf: AtomicBool,
    /// Samples from start to end plus one; 0 while the recording runs.
    finished: AtomicU64,
}

/// Stands for an end that nobody gave: where the audio ends.
const FINISHED_UNKNOWN: u64 = u64::MAX;

/// How a recording ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// So many samples after its start.
    At(u64),
    /// Where its audio ends.
    WithAudio,
}

impl Frames {
    /// The oldest frame.
    pub(crate) fn pop(&self) -> Option<Frame> {
        let frame = self.queue.pop()?;
        self.waiting.fetch_sub(1, Ordering::AcqRel);
        Some(frame)
    }

    /// Frames dropped since the last look.
    pub(crate) fn take_dropped(&self) -> u64 {
        self.dropped.swap(0, Ordering::AcqRel)
    }

    /// Samples of the right channel for which there was nobody to record.
    pub(crate) fn alone(&self) -> u64 {
        self.alone.load(Ordering::Acquire)
    }

    /// How it ended, if it has. All frames were pushed before.
    pub(crate) fn end(&self) -> Option<End> {
        match self.finished.load(Ordering::Acquire) {
            0 => None,
            FINISHED_UNKNOWN => Some(End::WithAudio),
            length => Some(End::At(length - 1)),
        }
    }

    /// Takes no more frames.
    pub(crate) fn close(&self) {
        self.deaf.store(true, Ordering::Release);
        while self.pop().is_some() {}
    }

    fn push(&self, frame: Frame) {
        if self.deaf.load(Ordering::Acquire) {
            return;
        }
        if self.waiting.fetch_add(1, Ordering::AcqRel) >= FRAMES_MAX {
            self.waiting.fetch_sub(1, Ordering::AcqRel);
            self.dropped.fetch_add(1, Ordering::AcqRel);
            return;
        }
        self.queue.push(frame);
    }
}

impl Recording {
    pub(crate) const fn new(frames: Arc<Frames>) -> Self {
        Self { frames }
    }

    /// Gives audio to the writer: its place in samples since the recording's start, one byte a sample. Never blocks;
    /// what the queue cannot hold is dropped and told as [`crate::Failure::Overrun`]. Audio of one channel may come out
    /// of order by some 100 ms, twice, or not at all.
    pub fn push(&self, channel: Channel, position_samples: u64, encoding: Encoding, audio: &[u8]) {
        let mut position = position_samples;
        for part in audio.chunks(FRAME_SAMPLES) {
            let mut bytes = [0; FRAME_SAMPLES];
            bytes[..part.len()].copy_from_slice(part);
            // A part has at most FRAME_SAMPLES bytes, which is below 256.
            self.frames.push(Frame { position, channel, encoding, length: part.len() as u8, bytes });
            position = position.saturating_add(part.len() as u64);
        }
    }

    /// States that for so many samples nobody was on the right channel: the silence there is no gap.
    pub fn alone(&self, samples: u64) {
        self.frames.alone.fetch_add(samples, Ordering::AcqRel);
    }

    /// Ends the recording, so many samples after its start. Audio beyond is left out.
    pub fn finish(self, length_samples: u64) {
        let end = length_samples.saturating_add(1).min(FINISHED_UNKNOWN - 1);
        self.frames.finished.store(end, Ordering::Release);
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        // After `finish` the end is known and stays.
        let _ =
            self.frames.finished.compare_exchange(0, FINISHED_UNKNOWN, Ordering::AcqRel, Ordering::Acquire);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_packets_are_cut_and_the_queue_is_bounded() {
        let frames = Arc::new(Frames::default());
        let recording = Recording::new(Arc::clone(&frames));
        recording.push(Channel::Left, 1_000, Encoding::Ulaw, &[7; 400]);
        let cut: Vec<_> =
            std::iter::from_fn(|| frames.pop()).map(|frame| (frame.position, frame.audio().len())).collect();
        assert_eq!(cut, [(1_000, 160), (1_160, 160), (1_320, 80)]);
        for _ in 0..FRAMES_MAX + 5 {
            recording.push(Channel::Left, 0, Encoding::Ulaw, &[7; 160]);
        }
        assert_eq!(frames.take_dropped(), 5);
        assert_eq!(std::iter::from_fn(|| frames.pop()).count(), FRAMES_MAX);
    }

    #[test]
    fn an_end_is_given_or_found() {
        let frames = Arc::new(Frames::default());
        let recording = Recording::new(Arc::clone(&frames));
        assert_eq!(frames.end(), None);
        recording.finish(0);
        assert_eq!(frames.end(), Some(End::At(0)));
        let frames = Arc::new(Frames::default());
        drop(Recording::new(Arc::clone(&frames)));
        assert_eq!(frames.end(), Some(End::WithAudio));
    }
}
