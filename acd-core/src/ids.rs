//! Identifiers. Plan names are short inline strings, so that they are `Copy`, stay stable over a reload, and a person
//! who reads the journal sees `shiga` and `seat101` instead of numbers.

use alloc::string::String;
use core::cmp::Ordering;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::limits::NAME_BYTES_MAX;

/// A name out of the plan: 1 to [`NAME_BYTES_MAX`] bytes of `a-z`, `A-Z`, `0-9`, `_`, `-`, `.`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Name {
    /// The text, then zeroes, and in the last byte the length: four machine words.
    bytes: [u8; NAME_BYTES_MAX + 1],
}

/// Why a text is no [`Name`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameError {
    /// The text is empty.
    Empty,
    /// The text is longer than [`NAME_BYTES_MAX`] bytes.
    TooLong,
    /// The text holds a byte outside `a-z A-Z 0-9 _ - .`.
    BadByte(u8),
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a name may not be empty"),
            Self::TooLong => write!(f, "a name has at most {NAME_BYTES_MAX} characters"),
            Self::BadByte(byte) => {
                write!(f, "a name has only a-z, A-Z, 0-9, '_', '-' and '.', not '{}'", byte.escape_ascii())
            }
        }
    }
}

impl core::error::Error for NameError {}

impl Name {
    /// Checks and stores a name.
    ///
    /// # Errors
    /// If the text is empty, too long, or holds another character than those of a name.
    pub const fn new(text: &str) -> Result<Self, NameError> {
        let source = text.as_bytes();
        if source.is_empty() {
            return Err(NameError::Empty);
        }
        if source.len() > NAME_BYTES_MAX {
            return Err(NameError::TooLong);
        }
        let mut bytes = [0; NAME_BYTES_MAX + 1];
        let mut at = 0;
        while at < source.len() {
            let byte = source[at];
            if !(byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' || byte == b'.') {
                return Err(NameError::BadByte(byte));
            }
            bytes[at] = byte;
            at += 1;
        }
        // The length was checked against NAME_BYTES_MAX, which is below 256.
        bytes[NAME_BYTES_MAX] = source.len() as u8;
        Ok(Self { bytes })
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        // `new` lets only ASCII in, so the fall-back is never taken.
        core::str::from_utf8(&self.bytes[..usize::from(self.bytes[NAME_BYTES_MAX])]).unwrap_or_default()
    }
}

/// Names stand in the order of their texts. They are compared a word at a time: most of what a turn costs is finding
/// its way by names in ordered maps.
impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        let (mine, _) = self.bytes.as_chunks::<8>();
        let (theirs, _) = other.bytes.as_chunks::<8>();
        for (mine, theirs) in mine.iter().zip(theirs) {
            let (mine, theirs) = (u64::from_be_bytes(*mine), u64::from_be_bytes(*theirs));
            if mine != theirs {
                return mine.cmp(&theirs);
            }
        }
        Ordering::Equal
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).map_err(de::Error::custom)
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::new(text)
    }
}

macro_rules! named {
    ($(#[$doc:meta])* $id:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $id(pub Name);

        impl $id {
            /// Checks and stores the name.
            ///
            /// # Errors
            /// As [`Name::new`].
            pub const fn new(text: &str) -> Result<Self, NameError> {
                match Name::new(text) {
                    Ok(name) => Ok(Self(name)),
                    Err(error) => Err(error),
                }
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $id {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }
    };
}

named!(
    /// 委託者: one client of the switch (a prefecture's #7119, a #8000, a clinic).
    TenantId
);
named!(
    /// 席: where an agent works.
    SeatId
);
named!(
    /// What an agent can do (receptionist, adviser, a language).
    SkillId
);
named!(
    /// The SIP peering with a carrier.
    TrunkId
);
named!(
    /// A piece of audio that the plan names: guidance, waiting message, music.
    PromptId
);
named!(
    /// Lines that several tenants share (R-L5).
    PoolId
);
named!(
    /// A destination in a tenant's directory (`otsu_fire`, `thai`, `night_doctor`).
    DestinationId
);
named!(
    /// A municipality (市町村) as the directory names it, such as its code or `otsu`.
    AreaId
);
named!(
    /// The number that the caller dialled, as the plan writes it (`0770007119`).
    DialledNumber
);

/// 通話: a caller's whole visit. Allocated by the shell, rising over the life of a journal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct CallId(pub u64);

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One ring of one seat for one caller. Counted within the call, from 1, by the core.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct RingId {
    /// The call for which the seat is rung.
    pub call: CallId,
    /// How many rings this call has had, this one included.
    pub attempt: u32,
}

impl fmt::Display for RingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.call, self.attempt)
    }
}

/// One try to reach a third party, and the party itself once it has answered. Counted within the call, from 1, by the
/// core.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct PartyId {
    /// The call for which the party is dialled.
    pub call: CallId,
    /// How many tries this call has had, this one included.
    pub attempt: u32,
}

impl fmt::Display for PartyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.call, self.attempt)
    }
}

/// One playout to a leg of a call. Counted within the call, from 1, by the core.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlayId(pub u32);

/// One SIP dialog with its media, as the core names it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum LegId {
    /// The caller's leg of a call.
    Caller(CallId),
    /// The seat's leg, from its ring on.
    Seat(RingId),
    /// A third party's leg, from its dialling on.
    Party(PartyId),
}

impl LegId {
    /// The call that the leg belongs to.
    pub const fn call(self) -> CallId {
        match self {
            Self::Caller(call) => call,
            Self::Seat(ring) => ring.call,
            Self::Party(party) => party.call,
        }
    }
}

/// Ties the answer of the core to a seat's command (a star code, an interface's request). Allocated by the shell.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RequestId(pub u64);

const _: () = assert!((NAME_BYTES_MAX + 1).is_multiple_of(8), "a name is compared in whole words");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_the_order_of_their_texts() {
        let texts = [
            "a",
            "a.b",
            "aa",
            "b",
            "long-name-of-31-characters-aaaa",
            "long-name-of-31-characters-aaab",
            "Z",
            "0",
        ];
        for left in texts {
            for right in texts {
                let names = (Name::new(left).unwrap(), Name::new(right).unwrap());
                assert_eq!(names.0.cmp(&names.1), left.cmp(right), "{left} and {right}");
                assert_eq!(names.0 == names.1, left == right);
                assert_eq!(names.0.as_str(), left);
            }
        }
    }

    #[test]
    fn a_name_is_short_and_of_few_characters() {
        assert_eq!(Name::new(""), Err(NameError::Empty));
        assert!(Name::new(&"x".repeat(NAME_BYTES_MAX)).is_ok());
        assert_eq!(Name::new(&"x".repeat(NAME_BYTES_MAX + 1)), Err(NameError::TooLong));
        assert_eq!(Name::new("a b"), Err(NameError::BadByte(b' ')));
        assert_eq!(Name::new("-_.09azAZ").unwrap().as_str(), "-_.09azAZ");
    }
}
