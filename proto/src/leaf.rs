//! The smallest parts: durations, instants, civil dates and times, rings and legs.

use std::fmt;
use std::time::Duration;

use acd_core::{CallId, CivilDate, LegId, PartyId, PlayId, RingId, TimeOfDay, Timestamp};
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_with::{DeserializeAs, SerializeAs};

/// Lets a remote definition stand inside options, lists and maps.
macro_rules! in_containers {
    ($($definition:ident => $core:ty),+ $(,)?) => {$(
        impl serde_with::SerializeAs<$core> for $definition {
            fn serialize_as<S: serde::Serializer>(core: &$core, serializer: S) -> Result<S::Ok, S::Error> {
                $definition::serialize(core, serializer)
            }
        }

        impl<'de> serde_with::DeserializeAs<'de, $core> for $definition {
            fn deserialize_as<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$core, D::Error> {
                $definition::deserialize(deserializer)
            }
        }
    )+};
}

pub(crate) use in_containers;

/// A [`Duration`] in whole milliseconds, truncated.
pub(crate) struct Millis;

impl SerializeAs<Duration> for Millis {
    fn serialize_as<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }
}

impl<'de> DeserializeAs<'de, Duration> for Millis {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}

/// A [`Timestamp`] in milliseconds since the Unix epoch.
pub(crate) struct TimeMillis;

impl SerializeAs<Timestamp> for TimeMillis {
    fn serialize_as<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(time.as_millis())
    }
}

impl<'de> DeserializeAs<'de, Timestamp> for TimeMillis {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        i64::deserialize(deserializer).map(Timestamp::from_millis)
    }
}

/// A [`CivilDate`] as `2026-11-21`.
pub(crate) struct DateText;

impl SerializeAs<CivilDate> for DateText {
    fn serialize_as<S: Serializer>(date: &CivilDate, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(date)
    }
}

impl<'de> DeserializeAs<'de, CivilDate> for DateText {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<CivilDate, D::Error> {
        deserializer.deserialize_str(TextVisitor { expected: "a date as 2026-11-21", parse: date })
    }
}

fn date(text: &str) -> Option<CivilDate> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let date = CivilDate { year: year.parse().ok()?, month: month.parse().ok()?, day: day.parse().ok()? };
    // Only a day that exists comes back as itself.
    (CivilDate::from_days(date.days()) == date).then_some(date)
}

/// A [`TimeOfDay`] as `23:00`: a plan's times are whole minutes.
pub(crate) struct TimeText;

impl SerializeAs<TimeOfDay> for TimeText {
    fn serialize_as<S: Serializer>(time: &TimeOfDay, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(time)
    }
}

impl<'de> DeserializeAs<'de, TimeOfDay> for TimeText {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<TimeOfDay, D::Error> {
        deserializer.deserialize_str(TextVisitor { expected: "a time as 23:00", parse: time })
    }
}

fn time(text: &str) -> Option<TimeOfDay> {
    let (hour, minute) = text.split_once(':')?;
    TimeOfDay::from_hm(hour.parse().ok()?, minute.parse().ok()?)
}

struct TextVisitor<T> {
    expected: &'static str,
    parse: fn(&str) -> Option<T>,
}

impl<T> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.parse)(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// A [`CallId`] as its number.
#[derive(Serialize, Deserialize)]
#[serde(remote = "CallId")]
pub(crate) struct CallIdDef(u64);

/// A [`RingId`] as `call` and `attempt`, flattened into what holds it.
#[derive(Serialize, Deserialize)]
#[serde(remote = "RingId")]
pub(crate) struct RingIdDef {
    #[serde(with = "CallIdDef")]
    call: CallId,
    attempt: u32,
}

/// A [`PlayId`] as its number.
#[derive(Serialize, Deserialize)]
#[serde(remote = "PlayId")]
pub(crate) struct PlayIdDef(u32);

in_containers!(CallIdDef => CallId, PlayIdDef => PlayId, RingIdDef => RingId);

/// A [`LegId`] as `call`, `leg` and, for a seat's, `attempt`, for a party's `party`; flattened into what holds it.
pub(crate) struct LegIdDef;

#[derive(Serialize, Deserialize)]
struct LegFields {
    call: u64,
    leg: LegSide,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    party: Option<u32>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LegSide {
    Caller,
    Seat,
    Party,
}

impl LegIdDef {
    pub(crate) fn serialize<S: Serializer>(leg: &LegId, serializer: S) -> Result<S::Ok, S::Error> {
        let call = leg.call();
        let (leg, attempt, party) = match *leg {
            LegId::Caller(_) => (LegSide::Caller, None, None),
            LegId::Seat(ring) => (LegSide::Seat, Some(ring.attempt), None),
            LegId::Party(party) => (LegSide::Party, None, Some(party.attempt)),
        };
        LegFields { call: call.0, leg, attempt, party }.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LegId, D::Error> {
        let LegFields { call, leg, attempt, party } = LegFields::deserialize(deserializer)?;
        let call = CallId(call);
        match (leg, attempt, party) {
            (LegSide::Caller, None, None) => Ok(LegId::Caller(call)),
            (LegSide::Seat, Some(attempt), None) => Ok(LegId::Seat(RingId { call, attempt })),
            (LegSide::Party, None, Some(attempt)) => Ok(LegId::Party(PartyId { call, attempt })),
            (LegSide::Caller, _, _) => Err(D::Error::custom("a caller's leg has no attempt and no party")),
            (LegSide::Seat, _, _) => Err(D::Error::custom("a seat's leg has its attempt alone")),
            (LegSide::Party, _, _) => Err(D::Error::custom("a party's leg has its party alone")),
        }
    }
}
