//! What becomes of each call, decided by its number: the seats read it from the caller's address.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// How a short call goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Kind {
    /// Guidance, queue, a seat that answers at once, a short talk; the caller hangs up.
    Talk,
    /// The same, and the talk is recorded.
    Recorded,
    /// The same, and the seat hangs up.
    SeatHangsUp,
    /// The first seat that is rung refuses, the next one answers.
    SeatRefuses,
    /// The caller hangs up in the guidance.
    LeavesInGuidance,
    /// The caller hangs up while a seat rings.
    LeavesWhileRinging,
    /// CANCEL behind the INVITE.
    Cancels,
    /// A number that nobody has.
    WrongNumber,
    /// A number with one line, on which others are too.
    Crowded,
}

/// Out of 100 calls.
const SHARES: [(Kind, u32); 9] = [
    (Kind::Talk, 52),
    (Kind::Recorded, 10),
    (Kind::SeatHangsUp, 10),
    (Kind::SeatRefuses, 4),
    (Kind::LeavesInGuidance, 8),
    (Kind::LeavesWhileRinging, 5),
    (Kind::Cancels, 3),
    (Kind::WrongNumber, 3),
    (Kind::Crowded, 5),
];

impl Kind {
    /// Draws one.
    pub(super) fn draw(rng: &mut ChaCha8Rng) -> Self {
        let sum: u32 = SHARES.iter().map(|(_, share)| share).sum();
        let mut drawn = rng.random_range(0..sum);
        for (kind, share) in SHARES {
            if drawn < share {
                return kind;
            }
            drawn -= share;
        }
        Self::Talk
    }

    /// The number that such a caller dials.
    pub(super) const fn dialled(self) -> &'static str {
        match self {
            Self::Talk
            | Self::SeatHangsUp
            | Self::SeatRefuses
            | Self::LeavesInGuidance
            | Self::LeavesWhileRinging
            | Self::Cancels => "0440007130",
            Self::Recorded => "0440007119",
            Self::WrongNumber => "0440009999",
            Self::Crowded => "0440007001",
        }
    }

    /// The caller's number: the kind and which call it is.
    pub(super) fn caller(self, index: u32) -> String {
        format!("0{}{index:08}", self as u32 + 1)
    }

    /// The kind of a caller's number.
    pub(super) fn of_caller(number: &str) -> Option<Self> {
        let digit = number.get(1..2)?.parse::<usize>().ok()?;
        SHARES.get(digit.checked_sub(1)?).map(|(kind, _)| *kind)
    }

    /// As the summary has it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Talk => "talk",
            Self::Recorded => "recorded_talk",
            Self::SeatHangsUp => "seat_hangs_up",
            Self::SeatRefuses => "seat_refuses_first",
            Self::LeavesInGuidance => "leaves_in_guidance",
            Self::LeavesWhileRinging => "leaves_while_ringing",
            Self::Cancels => "cancels",
            Self::WrongNumber => "wrong_number",
            Self::Crowded => "crowded",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use std::collections::BTreeMap;

    #[test]
    fn the_number_tells_the_kind_and_all_kinds_are_drawn() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut drawn = BTreeMap::<Kind, u32>::new();
        for index in 0..2_000 {
            let kind = Kind::draw(&mut rng);
            assert_eq!(Kind::of_caller(&kind.caller(index)), Some(kind));
            *drawn.entry(kind).or_default() += 1;
        }
        assert_eq!(drawn.len(), SHARES.len());
        assert!(drawn[&Kind::Talk] > 900);
        assert_eq!(Kind::of_caller("anonymous"), None);
    }
}
