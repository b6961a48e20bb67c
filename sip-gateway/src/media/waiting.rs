//! What a waiting caller hears (R-G3): the message, the place in the queue where that is told, music, and the message
//! again.

use std::time::Duration;

use super::codec::Codec;
use super::limits::{PACKET_SAMPLES, PLACE_ASKED_AHEAD_SAMPLES};
use super::playout::Cursor;

/// The waiting on its way.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    message: Cursor,
    /// `None`: the message alone, again and again.
    music: Option<Cursor>,
    /// The announcement of the place, until it is over.
    place: Option<Cursor>,
    /// Samples from one start of the message to the next.
    every_samples: u64,
    /// Samples since the last one.
    since_message: u64,
    asking: Option<Asking>,
}

/// Asks for the place, once for each start of the message and no oftener than the message is wanted.
#[derive(Clone, Copy, Debug, Default)]
struct Asking {
    /// Samples since the last time.
    since: Option<u64>,
    is_due: bool,
}

impl Waiting {
    /// The waiting from its message on; with a place from that on, as if the message were over.
    pub(super) fn new(
        mut message: Cursor,
        music: Option<Cursor>,
        place: Option<Cursor>,
        message_every: Duration,
        asks_place: bool,
    ) -> Self {
        if place.is_some() {
            message.skip();
        }
        let every_samples = u64::try_from(message_every.as_micros() / 125).unwrap_or(u64::MAX);
        let asking = asks_place.then(Asking::default);
        Self { message, music, place, every_samples, since_message: 0, asking }
    }

    /// A place comes in the midst of the waiting that it replaces: its message is heard to the end, and its music goes on.
    pub(super) fn take_over(&mut self, before: &Self) {
        if self.place.is_none() {
            return;
        }
        self.message.take_over(&before.message);
        if let (Some(music), Some(before)) = (&mut self.music, &before.music) {
            music.take_over(before);
        }
        self.since_message = before.since_message;
        if let (Some(asking), Some(before)) = (&mut self.asking, &before.asking) {
            *asking = *before;
        }
    }

    /// Whether the place is asked for with the packet that was just filled.
    pub(super) fn asks_place(&mut self) -> bool {
        self.asking.as_mut().is_some_and(|asking| core::mem::take(&mut asking.is_due))
    }

    /// The next packet.
    pub(super) fn fill(&mut self, codec: Codec, out: &mut [u8; PACKET_SAMPLES]) {
        let is_due = self.music.is_some() && self.since_message >= self.every_samples;
        if is_due && self.message.is_over() && self.place.is_none() {
            self.begin_message();
        }
        self.ask();
        let mut filled = self.message.copy(codec, out);
        if let Some(place) = &mut self.place {
            filled += place.copy(codec, &mut out[filled..]);
            if place.is_over() {
                self.place = None;
            }
        }
        if let Some(music) = &mut self.music {
            music.copy_looped(codec, &mut out[filled..]);
        } else {
            while filled < out.len() {
                self.begin_message();
                filled += self.message.copy(codec, &mut out[filled..]);
            }
        }
        self.since_message += PACKET_SAMPLES as u64;
    }

    fn begin_message(&mut self) {
        self.message.restart();
        self.since_message = 0;
    }

    fn ask(&mut self) {
        let Some(asking) = &mut self.asking else { return };
        asking.since = asking.since.map(|since| since + PACKET_SAMPLES as u64);
        let is_ending = (1..=PLACE_ASKED_AHEAD_SAMPLES).contains(&self.message.left());
        if is_ending && asking.since.is_none_or(|since| since >= self.every_samples) {
            *asking = Asking { since: Some(0), is_due: true };
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::media::prompts::Prompt;

    const MESSAGE_PACKETS: usize = 20;

    fn prompt(byte: u8, samples: usize) -> Arc<Prompt> {
        Arc::new(Prompt::from_ulaw(&vec![byte; samples]).expect("short"))
    }

    /// The message is ones, music twos, the place threes.
    struct Sounds {
        message: Arc<Prompt>,
        music: Arc<Prompt>,
        place: Arc<Prompt>,
    }

    impl Sounds {
        fn new() -> Self {
            let message = prompt(1, MESSAGE_PACKETS * PACKET_SAMPLES);
            Self { message, music: prompt(2, 70), place: prompt(3, 200) }
        }

        fn waiting(&self, music: bool, place: bool, every_packets: u32) -> Waiting {
            let cursor = |prompt: &Arc<Prompt>| Cursor::new(Arc::clone(prompt));
            Waiting::new(
                cursor(&self.message),
                music.then(|| cursor(&self.music)),
                place.then(|| cursor(&self.place)),
                Duration::from_millis(20) * every_packets,
                true,
            )
        }
    }

    /// Plays packets: what is heard, and with which packets the place was asked for.
    fn play(waiting: &mut Waiting, packets: usize) -> (Vec<u8>, Vec<usize>) {
        let (mut heard, mut asked) = (Vec::new(), Vec::new());
        for at in 0..packets {
            let mut out = [0; PACKET_SAMPLES];
            waiting.fill(Codec::Pcmu, &mut out);
            heard.extend(out);
            if waiting.asks_place() {
                asked.push(at);
            }
        }
        (heard, asked)
    }

    /// What is heard in a row, with its length in samples.
    fn parts(heard: &[u8]) -> Vec<(u8, usize)> {
        heard.chunk_by(|one, other| one == other).map(|part| (part[0], part.len())).collect()
    }

    #[test]
    fn the_place_is_asked_for_before_each_message_ends() {
        let (heard, asked) = play(&mut Sounds::new().waiting(true, false, 30), 60);
        assert_eq!(parts(&heard), [(1, 3_200), (2, 1_600), (1, 3_200), (2, 1_600)]);
        assert_eq!(asked, [10, 40], "200 ms ahead of the ends");
    }

    #[test]
    fn the_place_follows_the_message_and_the_music_and_the_next_message_follow_it() {
        let sounds = Sounds::new();
        let mut before = sounds.waiting(true, false, 30);
        let (mut heard, asked) = play(&mut before, 12);
        assert_eq!(asked, [10]);
        let mut after = sounds.waiting(true, true, 30);
        after.take_over(&before);
        let (rest, asked) = play(&mut after, 48);
        heard.extend(rest);
        assert_eq!(parts(&heard), [(1, 3_200), (3, 200), (2, 1_400), (1, 3_200), (2, 1_600)]);
        assert_eq!(asked, [28], "with the next message, not twice with one");
    }

    #[test]
    fn a_place_that_comes_late_interrupts_the_music_which_goes_on() {
        let sounds = Sounds::new();
        let mut before = sounds.waiting(true, false, 30);
        play(&mut before, 25);
        let mut after = sounds.waiting(true, true, 30);
        after.take_over(&before);
        assert_eq!(parts(&play(&mut after, 6).0), [(3, 200), (2, 600), (1, 160)]);
    }

    #[test]
    fn without_music_the_place_stands_between_the_messages() {
        let sounds = Sounds::new();
        let mut before = sounds.waiting(false, false, 20);
        play(&mut before, 15);
        let mut after = sounds.waiting(false, true, 20);
        after.take_over(&before);
        let (heard, asked) = play(&mut after, 27);
        assert_eq!(parts(&heard), [(1, 800), (3, 200), (1, 3_320)]);
        assert_eq!(asked, [17], "with the next message");
    }

    #[test]
    fn what_begins_anew_takes_nothing_over_and_a_place_may_stand_first() {
        let sounds = Sounds::new();
        let mut before = sounds.waiting(true, false, 30);
        play(&mut before, 25);
        let mut anew = sounds.waiting(true, false, 30);
        anew.take_over(&before);
        assert_eq!(parts(&play(&mut anew, 20).0), [(1, 3_200)]);
        assert_eq!(parts(&play(&mut sounds.waiting(true, true, 30), 2).0), [(3, 200), (2, 120)]);
    }
}
