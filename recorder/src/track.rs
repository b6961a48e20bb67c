//! One recording on the writer thread: its frames, its window, its file.

use std::cell::Cell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use acd_core::CallId;
use hound::{SampleFormat, WavSpec, WavWriter};

use crate::limits::{CHUNK_SAMPLES, QUIET_BEHIND_SAMPLES, QUIET_SAMPLES, TRACK_SAMPLES_MAX};
use crate::placement::{Placement, SampleSink};
use crate::recording::{End, Frames};
use crate::sink::{HEADER_BYTES, Sink, Storage, Writes};
use crate::{Failure, Outcome};

/// Stereo, 16 bits, 8 kHz.
const SPEC: WavSpec =
    WavSpec { channels: 2, sample_rate: 8_000, bits_per_sample: 16, sample_format: SampleFormat::Int };

/// Bytes of a pair of samples.
const PAIR_BYTES: u64 = 4;

/// A recording.
pub(crate) struct Track<S: Storage> {
    call: CallId,
    frames: Arc<Frames>,
    placement: Placement,
    /// `None` if the file could not be made: the call is then told as a gap.
    wav: Option<Wav<S>>,
    /// The recorder's time at the recording's start, in samples; known from the first frame.
    start: Option<u64>,
    told_write_failure: bool,
    told_overrun: bool,
}

/// The file.
struct Wav<S: Storage> {
    writer: WavWriter<Sink<S>>,
    storage: Rc<S>,
    writes: Rc<Cell<Writes>>,
    samples: u64,
    /// Samples beyond what a WAV file can hold.
    beyond: u64,
}

impl<S: Storage> Wav<S> {
    fn new(storage: S) -> Result<Self, hound::Error> {
        let storage = Rc::new(storage);
        let (sink, writes) = Sink::new(Rc::clone(&storage));
        let mut writer = WavWriter::new(sink, SPEC)?;
        // A crash within the first second leaves a file that plays, if only silence.
        writer.flush()?;
        Ok(Self { writer, storage, writes, samples: 0, beyond: 0 })
    }

    fn flush(&mut self) {
        if let Err(error) = self.writer.flush() {
            tracing::error!(%error, "a recording's header cannot be written");
        }
    }

    /// Closes the file; its length in samples, and the samples over both channels that it lacks.
    fn finish(self) -> (u64, u64) {
        if let Err(error) = self.writer.finalize() {
            tracing::error!(%error, "a recording's header cannot be written");
        }
        let lost = self.writes.get().lost_bytes;
        if lost > 0
            && let Err(error) = self.storage.set_len(HEADER_BYTES as u64 + self.samples * PAIR_BYTES)
        {
            tracing::error!(%error, "a recording cannot be brought to its length");
        }
        (self.samples, lost / 2 + self.beyond * 2)
    }
}

impl<S: Storage> SampleSink for Wav<S> {
    fn write(&mut self, samples: &[[i16; 2]]) {
        let room = (TRACK_SAMPLES_MAX - self.samples).min(samples.len() as u64) as usize;
        for chunk in samples[..room].chunks(CHUNK_SAMPLES) {
            let mut writer = self.writer.get_i16_writer(chunk.len() as u32 * 2);
            for &sample in chunk.iter().flatten() {
                writer.write_sample(sample);
            }
            if let Err(error) = writer.flush() {
                tracing::error!(%error, "a recording's audio cannot be written");
            }
        }
        self.samples += room as u64;
        self.beyond += (samples.len() - room) as u64;
    }
}

impl<S: Storage> Track<S> {
    /// A recording that begins, with its first outcome.
    pub(crate) fn begin(
        call: CallId,
        file: PathBuf,
        frames: Arc<Frames>,
        storage: std::io::Result<S>,
    ) -> (Self, Outcome) {
        let wav = storage.map_err(hound::Error::IoError).and_then(Wav::new);
        let (wav, outcome) = match wav {
            Ok(wav) => (Some(wav), Outcome::Started { call, file }),
            Err(error) => {
                tracing::error!(call = call.0, %error, "a recording's file cannot be made: look at the recordings folder");
                frames.close();
                (None, Outcome::Failed { call, failure: Failure::CannotCreate })
            }
        };
        let track = Self {
            call,
            frames,
            placement: Placement::new(),
            wav,
            start: None,
            told_write_failure: false,
            told_overrun: false,
        };
        (track, outcome)
    }

    /// Takes what has come by `now` (the recorder's time in samples). True: the recording is over.
    pub(crate) fn look(&mut self, now: u64, is_last: bool, tell: &mut impl FnMut(Outcome)) -> bool {
        // Before the frames: what ends a recording is given after its last frame.
        let end = self.frames.end().or(is_last.then_some(End::WithAudio));
        let dropped = self.frames.take_dropped() > 0;
        let Some(wav) = &mut self.wav else {
            // That it has no file has been told, and there is no end of it.
            return end.is_some();
        };
        while let Some(frame) = self.frames.pop() {
            self.start.get_or_insert(now.saturating_sub(frame.position));
            self.placement.place(&frame, wav);
        }
        if let Some(start) = self.start {
            let passed = now.saturating_sub(start);
            if passed > self.placement.head() + QUIET_SAMPLES {
                self.placement.pass(passed - QUIET_BEHIND_SAMPLES);
            }
        }
        if self.placement.settle(wav) {
            wav.flush();
        }
        let failing = wav.writes.get().failing;
        for (is_so, told, failure) in [
            (failing, &mut self.told_write_failure, Failure::WriteFailed),
            (dropped, &mut self.told_overrun, Failure::Overrun),
        ] {
            if is_so && !*told {
                tell(Outcome::Failed { call: self.call, failure });
            }
            *told = is_so;
        }
        end.is_some_and(|end| {
            self.finish(end, tell);
            true
        })
    }

    fn finish(&mut self, end: End, tell: &mut impl FnMut(Outcome)) {
        let Some(mut wav) = self.wav.take() else {
            return;
        };
        let length = match end {
            End::At(length) => length,
            End::WithAudio => self.placement.head(),
        };
        self.placement.hand_out(length, &mut wav);
        debug_assert_eq!(
            self.placement.written(),
            wav.samples + wav.beyond,
            "all that is handed out is counted"
        );
        let (recorded, lacking) = wav.finish();
        let gaps = self.placement.absent().saturating_sub(self.frames.alone()) + lacking;
        tell(Outcome::Ended { call: self.call, recorded: duration(recorded), gaps: duration(gaps) });
    }
}

const fn duration(samples: u64) -> Duration {
    Duration::from_micros(samples * 125)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::io;

    use super::*;
    use crate::recording::Recording;
    use crate::{Channel, Encoding};

    /// A disk with so much room.
    #[derive(Default)]
    struct Disk {
        bytes: RefCell<Vec<u8>>,
        room: Cell<usize>,
    }

    impl Storage for Rc<Disk> {
        fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
            let mut held = self.bytes.borrow_mut();
            let end = offset as usize + bytes.len();
            if end > self.room.get() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            let length = held.len().max(end);
            held.resize(length, 0);
            held[offset as usize..end].copy_from_slice(bytes);
            Ok(bytes.len())
        }

        fn set_len(&self, length: u64) -> io::Result<()> {
            self.bytes.borrow_mut().resize(length as usize, 0);
            Ok(())
        }
    }

    struct Bench {
        disk: Rc<Disk>,
        recording: Option<Recording>,
        track: Track<Rc<Disk>>,
        told: Vec<Outcome>,
    }

    const CALL: CallId = CallId(5);

    impl Bench {
        fn new(room: usize) -> Self {
            let disk = Rc::new(Disk { room: Cell::new(room), ..Disk::default() });
            let frames = Arc::new(Frames::default());
            let recording = Recording::new(Arc::clone(&frames));
            let (track, outcome) = Track::begin(CALL, "t/5.wav".into(), frames, Ok(Rc::clone(&disk)));
            Self { disk, recording: Some(recording), track, told: vec![outcome] }
        }

        fn push(&self, from: u64, to: u64) {
            let recording = self.recording.as_ref().expect("not finished");
            for position in (from..to).step_by(160) {
                recording.push(Channel::Left, position, Encoding::Ulaw, &[0x10; 160]);
                recording.push(Channel::Right, position, Encoding::Alaw, &[0x20; 160]);
            }
        }

        fn look(&mut self, now: u64) -> bool {
            let told = &mut self.told;
            self.track.look(now, false, &mut |outcome| told.push(outcome))
        }

        fn finish(&mut self, length: u64) {
            self.recording.take().expect("once").finish(length);
            assert!(self.look(length));
        }

        fn samples(&self) -> Vec<i16> {
            let bytes = self.disk.bytes.borrow();
            let mut reader = hound::WavReader::new(bytes.as_slice()).expect("plays");
            reader.samples().map(|sample| sample.expect("whole")).collect()
        }
    }

    fn ended(recorded_samples: u64, gap_samples: u64) -> Outcome {
        Outcome::Ended { call: CALL, recorded: duration(recorded_samples), gaps: duration(gap_samples) }
    }

    #[test]
    fn a_whole_call_has_no_gap() {
        let mut bench = Bench::new(usize::MAX);
        bench.push(0, 16_000);
        assert!(!bench.look(16_000));
        bench.finish(16_000);
        assert_eq!(bench.told[1..], [ended(16_000, 0)]);
        let samples = bench.samples();
        assert_eq!(samples.len(), 32_000);
        assert!(samples.iter().all(|&sample| sample != 0));
    }

    #[test]
    fn what_never_came_is_counted_on_each_channel_and_what_lies_beyond_the_end_is_left_out() {
        let mut bench = Bench::new(usize::MAX);
        bench.push(0, 8_000);
        bench.push(16_000, 24_000);
        bench.look(24_000);
        bench.finish(22_000);
        assert_eq!(bench.told[1..], [ended(22_000, 16_000)]);
    }

    #[test]
    fn while_nobody_is_on_the_right_its_silence_is_no_gap() {
        let mut bench = Bench::new(usize::MAX);
        let recording = bench.recording.as_ref().expect("not finished");
        for position in (0..16_000).step_by(160) {
            recording.push(Channel::Left, position, Encoding::Ulaw, &[0x10; 160]);
        }
        recording.alone(16_000);
        bench.look(16_000);
        bench.push(16_000, 24_000);
        bench.finish(32_000);
        assert_eq!(bench.told[1..], [ended(32_000, 16_000)], "what nobody sent at the end is one");
        let samples = bench.samples();
        assert!(samples[..32_000].chunks(2).all(|pair| pair[0] != 0 && pair[1] == 0));
        assert!(samples[32_000..48_000].iter().all(|&sample| sample != 0));
    }

    #[test]
    fn a_file_that_plays_is_there_before_the_end() {
        let mut bench = Bench::new(usize::MAX);
        bench.push(0, 40_000);
        bench.look(40_000);
        let samples = bench.samples();
        assert!(samples.len() >= (40_000 - 7_200) * 2, "{}", samples.len());
    }

    #[test]
    fn a_full_disk_is_told_once_and_its_place_stays_silent() {
        let mut bench = Bench::new(HEADER_BYTES + 8_000 * 4);
        bench.push(0, 8_000);
        bench.look(8_000);
        bench.push(8_000, 32_000);
        bench.look(32_000);
        bench.look(32_100);
        bench.disk.room.set(usize::MAX);
        bench.push(32_000, 64_000);
        bench.look(64_000);
        bench.finish(64_000);
        let failure = Outcome::Failed { call: CALL, failure: Failure::WriteFailed };
        assert_eq!(bench.told[1], failure);
        let [Outcome::Ended { recorded, gaps, .. }] = bench.told[2..] else {
            panic!("told {:?}", bench.told);
        };
        let samples = bench.samples();
        assert_eq!(recorded, duration(64_000));
        assert_eq!(samples.len(), 128_000);
        let silent = samples.iter().filter(|&&sample| sample == 0).count() as u64;
        assert!(silent > 0);
        assert_eq!(gaps, duration(silent));
        assert!(samples[64_000 * 2 - 1] != 0, "it goes on behind the hole");
    }

    #[test]
    fn a_disk_that_stays_full_makes_one_long_gap_and_a_file_of_the_whole_length() {
        let mut bench = Bench::new(0);
        bench.push(0, 16_000);
        bench.look(16_000);
        bench.finish(16_000);
        assert_eq!(bench.told.last(), Some(&ended(16_000, 32_000)));
        assert_eq!(bench.disk.bytes.borrow().len(), HEADER_BYTES + 64_000);
    }

    #[test]
    fn an_overrun_is_told_once_and_is_a_gap() {
        let mut bench = Bench::new(usize::MAX);
        bench.push(0, 160 * 510);
        bench.look(160 * 510);
        bench.look(160 * 510);
        bench.finish(160 * 510);
        let overrun = Outcome::Failed { call: CALL, failure: Failure::Overrun };
        assert_eq!(bench.told[1..], [overrun, ended(160 * 510, 160 * 20)]);
    }

    #[test]
    fn silence_is_written_while_nobody_is_heard() {
        let mut bench = Bench::new(usize::MAX);
        bench.push(0, 1_600);
        bench.look(1_600);
        for second in 1..10 {
            bench.look(second * 8_000);
        }
        assert!(bench.samples().len() as u64 >= (72_000 - QUIET_SAMPLES - QUIET_BEHIND_SAMPLES) * 2);
        bench.push(72_000, 73_600);
        bench.finish(73_600);
        let samples = bench.samples();
        assert_eq!(bench.told[1..], [ended(73_600, (73_600 - 3_200) * 2)]);
        assert!(samples[72_000 * 2..].iter().all(|&sample| sample != 0), "who speaks again is heard whole");
    }

    #[test]
    fn a_call_without_a_file_has_no_end_to_tell() {
        let frames = Arc::new(Frames::default());
        let recording = Recording::new(Arc::clone(&frames));
        let refused: io::Result<Rc<Disk>> = Err(io::ErrorKind::PermissionDenied.into());
        let (mut track, outcome) = Track::begin(CALL, "t/5.wav".into(), frames, refused);
        assert_eq!(outcome, Outcome::Failed { call: CALL, failure: Failure::CannotCreate });
        recording.push(Channel::Left, 0, Encoding::Ulaw, &[0; 160]);
        recording.finish(8_000);
        let mut told = Vec::new();
        assert!(track.look(8_000, false, &mut |outcome| told.push(outcome)));
        assert_eq!(told, []);
    }
}
