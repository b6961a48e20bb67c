//! What a leg hears when nobody is bridged to it: guidance, the waiting message and music, tones. Cut into packets
//! across the seams, so that nothing is lost or doubled and no seam is silent.

use std::sync::Arc;
use std::time::Duration;

use acd_core::PromptId;

use super::codec::Codec;
use super::limits::PACKET_SAMPLES;
use super::prompts::{Prompt, PromptLibrary, ToneKind};
use super::waiting::Waiting;

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
        /// Whether the place is asked for when the message is about to end
        /// ([`MediaEvent::PlaceAsked`](super::MediaEvent::PlaceAsked)).
        asks_place: bool,
        /// The announcement of the place, in the midst of the waiting that it replaces: after the message that plays, and
        /// the music goes on.
        place: Option<PromptId>,
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
    /// Message, place and music in turn.
    Waiting(Waiting),
}

/// A place in a prompt.
#[derive(Clone, Debug)]
pub(super) struct Cursor {
    prompt: Arc<Prompt>,
    at: usize,
}

impl Cursor {
    pub(super) const fn new(prompt: Arc<Prompt>) -> Self {
        Self { prompt, at: 0 }
    }

    /// Copies what is left, as far as there is room; how much it was.
    pub(super) fn copy(&mut self, codec: Codec, out: &mut [u8]) -> usize {
        let left = &self.prompt.audio(codec)[self.at..];
        let length = left.len().min(out.len());
        out[..length].copy_from_slice(&left[..length]);
        self.at += length;
        length
    }

    /// Samples that are left.
    pub(super) fn left(&self) -> usize {
        self.prompt.samples().saturating_sub(self.at)
    }

    /// From its beginning.
    pub(super) const fn restart(&mut self) {
        self.at = 0;
    }

    /// To its end.
    pub(super) fn skip(&mut self) {
        self.at = self.prompt.samples();
    }

    /// Where another stands in the same prompt.
    pub(super) fn take_over(&mut self, before: &Self) {
        if Arc::ptr_eq(&self.prompt, &before.prompt) {
            self.at = before.at;
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.at >= self.prompt.samples()
    }

    /// The same, from its beginning again and again.
    pub(super) fn copy_looped(&mut self, codec: Codec, out: &mut [u8]) {
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
            Playout::Waiting { message, music: None, asks_place: false, place: None, .. } => {
                Self::Loop(cursor(message)?)
            }
            Playout::Waiting { message, music, message_every, asks_place, place } => {
                let (message, music) =
                    (cursor(message)?, music.map(|it| cursor(it).ok_or(())).transpose().ok()?);
                let place = place.map(|it| cursor(it).ok_or(())).transpose().ok()?;
                Self::Waiting(Waiting::new(message, music, place, message_every, asks_place))
            }
            Playout::Tone(kind) => Self::Once(Cursor::new(library.tone(kind))),
        })
    }

    /// Whether all of it has been handed out.
    pub(super) fn is_over(&self) -> bool {
        match self {
            Self::Once(cursor) => cursor.is_over(),
            Self::Loop(_) | Self::Waiting(_) => false,
        }
    }

    /// Goes on where what it replaces left off, if it is one that does.
    pub(super) fn take_over(&mut self, before: &Self) {
        if let (Self::Waiting(waiting), Self::Waiting(before)) = (self, before) {
            waiting.take_over(before);
        }
    }

    /// Whether the place is asked for with the packet that was just filled.
    pub(super) fn asks_place(&mut self) -> bool {
        match self {
            Self::Waiting(waiting) => waiting.asks_place(),
            Self::Once(_) | Self::Loop(_) => false,
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
            Self::Waiting(waiting) => waiting.fill(codec, out),
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
            asks_place: false,
            place: None,
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
            asks_place: false,
            place: None,
        };
        let heard = play(playout, 4);
        assert_eq!(heard[..200], [1; 200]);
        assert_eq!(heard[200..320], [2; 120], "to the end of its packet");
        assert_eq!(heard[320..520], [1; 200]);
    }

    #[test]
    fn without_music_the_message_is_looped() {
        let playout = Playout::Waiting {
            message: id("message"),
            music: None,
            message_every: Duration::from_secs(30),
            asks_place: false,
            place: None,
        };
        assert_eq!(play(playout, 20), [1; 20 * PACKET_SAMPLES]);
        assert!(Player::new(Playout::Loop(id("unknown")), &library()).is_none());
        assert!(!Player::new(Playout::Tone(ToneKind::Refuse), &library()).expect("built in").is_over());
    }
}
