//! Keys pressed, as telephone-event (RFC 4733): each counted once, however often it is repeated and whatever is lost.

/// Reports each key of one leg once.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct DigitDetector {
    last: Option<Pressed>,
}

#[derive(Clone, Copy, Debug)]
struct Pressed {
    generation: u32,
    timestamp: u32,
    event: u8,
    duration: u16,
}

impl DigitDetector {
    /// Takes one packet; the key if it is the first that came of its press. All packets of a press carry the timestamp
    /// of its beginning (RFC 4733 2.3.2), so the first that arrives reports it, even if the others are lost.
    pub(super) fn note(
        &mut self,
        generation: u32,
        timestamp: u32,
        marker: bool,
        payload: &[u8],
    ) -> Option<char> {
        let &[event, _, high, low, ..] = payload else {
            return None;
        };
        let pressed = Pressed { generation, timestamp, event, duration: u16::from_be_bytes([high, low]) };
        if let Some(before) = self.last {
            let step = timestamp.wrapping_sub(before.timestamp) as i32;
            if step == 0 && before.event == event {
                self.last = Some(pressed);
                return None;
            }
            if step < 0 && before.generation == generation {
                return None;
            }
            // A key held for over 8.19 s is sent in segments that follow each other (RFC 4733 2.5.1.3).
            let segment = !marker && before.event == event && before.duration == u16::MAX && step == 0xFFFF;
            if segment {
                self.last = Some(pressed);
                return None;
            }
        }
        self.last = Some(pressed);
        key(event)
    }
}

/// The key of an event code (RFC 4733 table 7); hook flash and tones are no keys.
const fn key(event: u8) -> Option<char> {
    match event {
        0..=9 => Some((b'0' + event) as char),
        10 => Some('*'),
        11 => Some('#'),
        12..=15 => Some((b'A' + event - 12) as char),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: u8 = 0x80;

    fn keys(packets: &[(u32, bool, [u8; 4])]) -> String {
        let mut detector = DigitDetector::default();
        packets
            .iter()
            .filter_map(|&(timestamp, marker, payload)| detector.note(1, timestamp, marker, &payload))
            .collect()
    }

    #[test]
    fn a_press_is_one_digit() {
        let press = [
            (1_000, true, [5, 10, 0, 160]),
            (1_000, false, [5, 10, 1, 64]),
            (1_000, false, [5, END | 10, 1, 224]),
            (1_000, false, [5, END | 10, 1, 224]),
            (1_000, false, [5, END | 10, 1, 224]),
        ];
        assert_eq!(keys(&press), "5");
        assert_eq!(keys(&press[2..]), "5", "its beginning was lost");
        assert_eq!(keys(&press[..1]), "5", "its end was lost");
    }

    #[test]
    fn the_same_key_twice_is_two_digits_even_without_the_first_end() {
        assert_eq!(keys(&[(1_000, true, [5, 10, 0, 160]), (4_000, true, [5, 10, 0, 160])]), "55");
    }

    #[test]
    fn a_late_packet_of_an_earlier_press_is_none() {
        let packets = [
            (1_000, true, [1, 10, 0, 160]),
            (4_000, true, [2, 10, 0, 160]),
            (1_000, false, [1, END, 1, 224]),
        ];
        assert_eq!(keys(&packets), "12");
    }

    #[test]
    fn a_key_held_for_long_is_one_digit() {
        let packets = [
            (1_000, true, [11, 10, 0, 160]),
            (1_000, false, [11, 10, 0xFF, 0xFF]),
            (1_000 + 0xFFFF, false, [11, 10, 0, 160]),
            (1_000 + 0xFFFF, false, [11, END, 1, 0]),
        ];
        assert_eq!(keys(&packets), "#");
    }

    #[test]
    fn every_key_has_its_sign_and_a_flash_has_none() {
        let packets: Vec<_> =
            (0..=16u8).map(|event| (u32::from(event) * 1_000, true, [event, 0, 0, 0])).collect();
        assert_eq!(keys(&packets), "0123456789*#ABCD");
        assert_eq!(keys(&[(0, true, [1, 0, 0, 0])]), "1");
        assert_eq!(DigitDetector::default().note(1, 0, true, &[1, 0, 0]), None, "too short");
    }
}
