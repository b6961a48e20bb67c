//! Words for third parties: whom to dial, how a try or a presence ends, who speaks with whom (R-T).

use serde::{Deserialize, Serialize};

use crate::ids::{AreaId, DestinationId, DialledNumber};
use crate::pii::Pii;

/// Whom an agent wants to reach (R-T2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum Destination {
    /// An entry of the tenant's directory.
    Entry(DestinationId),
    /// The fire headquarters of a municipality; `None`: of the area code of the caller's number (R-T6).
    Headquarters(Option<AreaId>),
    /// The caller, whose leg has ended (R-T5).
    Caller,
    /// Any number, where the plan allows free dialling.
    Number(Pii<DialledNumber>),
    /// The caller of the earlier call that an outbound call is about, as the shell found the number in the journal.
    CallBack(Pii<DialledNumber>),
}

/// Why a try failed without an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PartyFailure {
    /// Somebody or something there refused. Holds the status code.
    Refused(u16),
    /// Nothing answered on the way (408, 503, ICMP, transport). Holds the status code, 0 for none.
    Unreachable(u16),
    /// The try that we cancelled is over (487).
    Cancelled,
    /// The outside cannot dial third parties, or let supervisors listen.
    NotSupported,
}

/// How the leg of a party that had answered ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PartyLegEnd {
    /// BYE from the party.
    HungUp,
    /// We released it, and that is done.
    Released,
    /// The leg failed: an in-dialog request failed, or the media was silent for too long.
    Lost,
}

/// How a try or a party's presence ended (R-T3, R-T7).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PartyEnd {
    /// Not answered, and why.
    Failed(PartyFailure),
    /// Nobody answered in the time of the try.
    TimedOut,
    /// Not dialled: no line of the tenant's own trunk was free (R-L8). A hunt tries the number again when one is.
    NoLine,
    /// The party hung up.
    HungUp,
    /// The party's leg was lost.
    Lost,
    /// An agent or a supervisor dropped the party, or ended the call, by command.
    Commanded,
    /// Nobody was left to speak with.
    Alone,
    /// The switch died or was stopped.
    NodeOutage,
}

/// With whom a party that has answered speaks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum Company {
    /// With everybody else of the call.
    Together,
    /// With the seat alone: a consultation (R-A10).
    Aside,
    /// With nobody: the seat has gone back to the others.
    Held,
    /// With nobody: a supervisor, who hears all that the seat hears and says (R-S5).
    Listening,
    /// With the seat, which alone hears the supervisor, who hears all that the seat hears and says (R-S5).
    Whispering,
}

/// A supervisor's part in a talk (R-S5).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum Supervision {
    /// Hears all, and nobody hears the supervisor.
    Listen,
    /// Hears all, and the seat alone hears the supervisor.
    Whisper,
    /// Speaks with all, as a party does.
    Join,
}

impl Supervision {
    /// With whom a supervisor of this part speaks.
    pub const fn company(self) -> Company {
        match self {
            Self::Listen => Company::Listening,
            Self::Whisper => Company::Whispering,
            Self::Join => Company::Together,
        }
    }
}

/// What kind of line a number is, guessed from its digits (R-T6).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum LineKind {
    /// 固定電話: the only kind of which a subscriber's address can be asked.
    Fixed,
    /// 携帯電話
    Mobile,
    /// IP 電話 (050)
    Ip,
    /// Anything else, or no number.
    Unknown,
}

/// The conditions of the notice of 2017-11-17 for asking a carrier where a silent caller lives (R-T6).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum LocateCondition {
    /// The caller does not respond.
    Unresponsive,
    /// The caller's life or body is in danger.
    LifeInDanger,
    /// Where the caller is can be learnt by no other way.
    WhereaboutsUnknown,
}

impl LocateCondition {
    /// All of them, in the order of the notice.
    pub const ALL: [Self; 3] = [Self::Unresponsive, Self::LifeInDanger, Self::WhereaboutsUnknown];
}

/// The digits that a number is dialled by from here: `+81` becomes the leading 0. `None`: no number of this country.
pub fn dialable(number: &str) -> Option<DialledNumber> {
    let (lead, rest) = match number.strip_prefix("+81") {
        Some(rest) => ("0", rest),
        None => ("", number),
    };
    let mut digits = [0_u8; crate::limits::NAME_BYTES_MAX];
    let mut length = 0;
    for byte in lead.bytes().chain(rest.bytes()) {
        if !byte.is_ascii_digit() {
            return None;
        }
        *digits.get_mut(length)? = byte;
        length += 1;
    }
    DialledNumber::new(core::str::from_utf8(&digits[..length]).ok()?).ok()
}

/// Whether a number is one of the emergency services', which would reach those of the trunk's own address (R-T2). A
/// prefix that shows or withholds our number changes nothing.
pub fn is_emergency_number(number: DialledNumber) -> bool {
    let digits = number.as_str();
    let digits = digits.strip_prefix("184").or_else(|| digits.strip_prefix("186")).unwrap_or(digits);
    matches!(digits, "110" | "118" | "119")
}

/// The kind of line of a number as received (R-T6). No mobile or IP telephone has 0 as its fourth digit: `0800` of eleven
/// digits is a freephone number.
pub fn line_kind(number: &str) -> LineKind {
    let Some(number) = dialable(number) else { return LineKind::Unknown };
    let digits = number.as_str();
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| digits.starts_with(prefix));
    match digits.len() {
        11 if digits.as_bytes()[3] == b'0' => LineKind::Unknown,
        11 if starts(&["090", "080", "070", "060"]) => LineKind::Mobile,
        11 if starts(&["050"]) => LineKind::Ip,
        10 if digits.starts_with('0') && !starts(&["00", "0120", "0800", "0570", "0990"]) => LineKind::Fixed,
        _ => LineKind::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(digits: &str) -> DialledNumber {
        DialledNumber::new(digits).unwrap()
    }

    #[test]
    fn emergency_numbers_are_known_behind_a_prefix_too() {
        for digits in ["110", "118", "119", "184119", "186110"] {
            assert!(is_emergency_number(number(digits)), "{digits}");
        }
        for digits in ["117", "1190", "0119", "0770119119", "184"] {
            assert!(!is_emergency_number(number(digits)), "{digits}");
        }
    }

    #[test]
    fn a_number_says_what_kind_of_line_it_may_be() {
        for (digits, kind) in [
            ("0775281234", LineKind::Fixed),
            ("+81775281234", LineKind::Fixed),
            ("09012345678", LineKind::Mobile),
            ("+818012345678", LineKind::Mobile),
            ("05012345678", LineKind::Ip),
            ("02012345678", LineKind::Unknown),
            ("08012345678", LineKind::Mobile),
            ("08001234567", LineKind::Unknown),
            ("+818001234567", LineKind::Unknown),
            ("09001234567", LineKind::Unknown),
            ("07001234567", LineKind::Unknown),
            ("06001234567", LineKind::Unknown),
            ("05001234567", LineKind::Unknown),
            ("0120123456", LineKind::Unknown),
            ("+14155550100", LineKind::Unknown),
            ("anonymous", LineKind::Unknown),
            ("", LineKind::Unknown),
        ] {
            assert_eq!(line_kind(digits), kind, "{digits}");
        }
    }
}
