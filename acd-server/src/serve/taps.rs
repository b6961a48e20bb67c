//! Where the media plane's tap meets the recorder: the two crates do not know each other.

use std::path::PathBuf;
use std::sync::Arc;

use acd_core::{CallId, Input, RecordingFailure, TenantId, Timestamp};
use recorder::{Channel, Encoding, Failure, Outcome, Recorder, Recording};
use sip_gateway::bridge::Taps;
use sip_gateway::media::{Codec, Tap, TapChannel};

/// Opens recordings for the bridge, named by tenant, date and call.
pub(super) struct RecorderTaps {
    pub(super) recorder: Arc<Recorder>,
    pub(super) utc_offset_minutes: i32,
}

impl Taps for RecorderTaps {
    fn open(
        &mut self,
        now: Timestamp,
        call: CallId,
        tenant: TenantId,
    ) -> Result<Box<dyn Tap>, RecordingFailure> {
        let date = now.civil(self.utc_offset_minutes).date;
        let file = PathBuf::from(format!("{tenant}/{date}/{call}.wav"));
        let recording = self.recorder.open(call, file).map_err(failure)?;
        Ok(Box::new(RecordingTap(recording)))
    }
}

struct RecordingTap(Recording);

impl Tap for RecordingTap {
    fn audio(&mut self, channel: TapChannel, position_samples: u64, codec: Codec, payload: &[u8]) {
        let channel = match channel {
            TapChannel::Left => Channel::Left,
            TapChannel::Right => Channel::Right,
        };
        let encoding = match codec {
            Codec::Pcmu => Encoding::Ulaw,
            Codec::Pcma => Encoding::Alaw,
        };
        self.0.push(channel, position_samples, encoding, payload);
    }

    fn alone(&mut self, samples: u64) {
        self.0.alone(samples);
    }

    fn finish(self: Box<Self>, length_samples: u64) {
        self.0.finish(length_samples);
    }
}

const fn failure(failure: Failure) -> RecordingFailure {
    match failure {
        Failure::CannotCreate => RecordingFailure::CannotCreate,
        Failure::WriteFailed => RecordingFailure::WriteFailed,
        Failure::Overrun => RecordingFailure::Overrun,
    }
}

/// The recorder's outcomes as inputs.
pub(super) struct Outcomes(pub(super) Arc<Recorder>);

impl Outcomes {
    /// The next one.
    pub(super) fn poll(&self) -> Option<Input> {
        Some(match self.0.poll_outcome()? {
            Outcome::Started { call, file } => {
                Input::RecordingStarted { call, file: file.to_string_lossy().into_owned() }
            }
            Outcome::Failed { call, failure: cause } => {
                Input::RecordingFailed { call, failure: failure(cause) }
            }
            Outcome::Ended { call, recorded, gaps } => Input::RecordingEnded { call, recorded, gaps },
        })
    }

    /// Recordings whose end has not been told.
    pub(super) fn open_len(&self) -> usize {
        self.0.open_len()
    }
}
