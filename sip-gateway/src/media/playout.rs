//! What a leg hears when nobody is bridged to it: guidance, the waiting message and music, tones. Cut into packets
//! across the seams, so that nothing is lost or doubled and no seam is silent.

use std::sync::Arc;
use std::time::Duration;

use acd_core::PromptId;

use super::codec::Codec;
use super::limits::PACKET_SAMPLES;
use super::prompts::{Prompt, PromptLibrary, ToneKind};

/// Something to play.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Playout {
    /// From first frame to last, once; waits while the far end has us on hold (R-G1). Its end is reported.
    Once(PromptId),
    /// Again and again.
    Loop(PromptId),
    /// The waiting message, music, and the message again (R-G3).
    Waiting {
        /// The message.
        message: PromptId,
        /// Music between; `None`: the message alone, again and again.
        music: Option<PromptId>,
        /// From one start of the message to the next; if the message is longer, it follows itself at once.
        message_every: Duration,
    },
    /// A tone, once. Its end is reported.
    Tone(ToneKind),
}

/// A playout on its way.
#[derive(Clone, Debug)]
pub(super) enum Player {
    /// Played to its end.
    Once(Cursor),
    /// Played for ever.
    Loop(Cursor),
    /// Message and music in turn.
    Waiting {
        /// The message, and how far it is.
        message: Cursor,
        /// The music, and how far it is.
        music: Cursor,
        /// Samples from one start of the message to the next.
        every_samples: u64,
        /// Samples since the last one.
        since_message: u64,
    },
}

/// A place in a prompt.
#[derive(Clone, Debug)]
pub(super) struct Cursor {
    prompt: Arc<Prompt>,
    at: usize,
}

impl Cursor {
    const fn new(prompt: Arc<Prompt>) -> Self {
        Self { prompt, at: 0 }
    }

    /// Copies what is left, as far as there is room; how much it was.
    fn copy(&mut self, codec: Codec, out: &mut [u8]) -> usize {
        let left = &self.prompt.audio(codec)[self.at..];
        let length = left.len().min(out.len());
        out[..length].copy_from_slice(&left[..length]);
        self.at += length;
        length
    }

    fn is_over(&self) -> bool {
        self.at >= self.prompt.samples()
    }

    /// The same, from its beginning again and again.
    fn copy_looped(&mut self, codec: Codec, out: &mut [u8]) {
        let mut filled = 0;
        while filled < out.len() {
            if self.is_over() {
                self.at = 0;
            }
            filled += self.copy(codec, &mut out[filled..]);
        }
    }
}

impl Player {
    /// Starts a playout; `None` if the library does not know a prompt of it.
    pub(super) fn new(playout: Playout, library: &PromptLibrary) -> Option<Self> {
        let cursor = |id| library.shared(id).map(Cursor::new);
        Some(match playout {
            Playout::Once(id) => Self::Once(cursor(id)?),
            Playout::Loop(id) => Self::Loop(cursor(id)?),
            Playout::Waiting { message, music: None, .. } => Self::Loop(cursor(message)?),
            Playout::Waiting { message, music: Some(music), message_every } => Self::Waiting {
                message: cursor(message)?,
                music: cursor(music)?,
                every_samples: u64::try_from(message_every.as_micros() / 125).unwrap_or(u64::MAX),
                since_message: 0,
            },
            Playout::Tone(kind) => Self::Once(Cursor::new(library.tone(kind))),
        })
    }

    /// Whether all of it has been handed out.
    pub(super) fn is_over(&self) -> bool {
        match self {
            Self::Once(cursor) => cursor.is_over(),
            Self::Loop(_) | Self::Waiting { .. } => false,
        }
    }

    /// The next packet. What is left of a last packet is silence.
    pub(super) fn fill(&mut self, codec: Codec, out: &mut [u8; PACKET_SAMPLES]) {
        match self {
            Self::Once(cursor) => {
                let filled = cursor.copy(codec, out);
                out[filled..].fill(codec.silence());
            }
            Self::Loop(cursor) => cursor.copy_looped(codec, out),
            Self::Waiting { message, music, every_samples, since_message } => {
                if message.is_over() && *since_message >= *every_samples {
                    message.at = 0;
                    *since_message = 0;
                }
                let filled = message.copy(codec, out);
                if filled < out.len() {
                    music.copy_looped(codec, &mut out[filled..]);
                }
                *since_message += PACKET_SAMPLES as u64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library() -> PromptLibrary {
        let mut library = PromptLibrary::new();
        library.insert(id("message"), Prompt::from_ulaw(&[1; 200]).expect("short"));
        library.insert(id("music"), Prompt::from_ulaw(&[2; 70]).expect("short"));
        library
    }

    fn id(name: &str) -> PromptId {
        PromptId::new(name).expect("a name")
    }

    fn play(playout: Playout, packets: usize) -> Vec<u8> {
        let mut player = Player::new(playout, &library()).expect("known prompts");
        let mut heard = Vec::new();
        for _ in 0..packets {
            let mut out = [0; PACKET_SAMPLES];
            player.fill(Codec::Pcmu, &mut out);
            heard.extend(out);
        }
        heard
    }

    #[test]
    fn once_ends_after_its_last_frame_padded_with_silence() {
        let mut player = Player::new(Playout::Once(id("message")), &library()).expect("known");
        let mut out = [0; PACKET_SAMPLES];
        player.fill(Codec::Pcmu, &mut out);
        assert!(!player.is_over());
        player.fill(Codec::Pcmu, &mut out);
        assert!(player.is_over());
        assert_eq!(out[..40], [1; 40]);
        assert_eq!(out[40..], [0xFF; 120]);
    }

    #[test]
    fn waiting_has_no_silence_at_its_seams() {
        let playout = Playout::Waiting {
            message: id("message"),
            music: Some(id("music")),
            message_every: Duration::from_millis(60),
        };
        let heard = play(playout, 6);
        assert_eq!(heard[..200], [1; 200]);
        assert_eq!(heard[200..480], [2; 280]);
        assert_eq!(heard[480..680], [1; 200]);
        assert_eq!(heard[680..], [2; 280]);
    }

    #[test]
    fn a_message_longer_than_its_period_follows_itself() {
        let playout = Playout::Waiting {
            message: id("message"),
            music: Some(id("music")),
            message_every: Duration::ZERO,
        };
        let heard = play(playout, 4);
        assert_eq!(heard[..200], [1; 200]);
        assert_eq!(heard[200..320], [2; 120], "to the end of its packet");
        assert_eq!(heard[320..520], [1; 200]);
    }

    #[test]
    fn without_music_the_message_is_looped() {
        let playout =
            Playout::Waiting { message: id("message"), music: None, message_every: Duration::from_secs(30) };
        assert_eq!(play(playout, 20), [1; 20 * PACKET_SAMPLES]);
        assert!(Player::new(Playout::Loop(id("unknown")), &library()).is_none());
        assert!(!Player::new(Playout::Tone(ToneKind::Refuse), &library()).expect("built in").is_over());
    }
}
