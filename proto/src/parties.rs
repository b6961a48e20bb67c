//! Third parties: their ids, whom agents want to reach, how tries and presences end.

use acd_core::{
    AreaId, CallId, Company, Destination, DestinationId, DialledNumber, LineKind, LocateCondition, PartyEnd,
    PartyFailure, PartyId, PartyLegEnd, Pii, Supervision,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_with::{As, DeserializeAs, DisplayFromStr, SerializeAs};

use crate::leaf::{CallIdDef, in_containers};

/// A [`PartyId`] as `call` and `party`, flattened into what holds it.
#[derive(Serialize, Deserialize)]
#[serde(remote = "PartyId")]
pub(crate) struct PartyIdDef {
    #[serde(with = "CallIdDef")]
    call: CallId,
    #[serde(rename = "party")]
    attempt: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Destination", rename_all = "snake_case")]
pub(crate) enum DestinationDef {
    Entry(#[serde(with = "As::<DisplayFromStr>")] DestinationId),
    Headquarters(#[serde(with = "As::<Option<DisplayFromStr>>")] Option<AreaId>),
    Caller,
    Number(#[serde(with = "As::<ClearNumber>")] Pii<DialledNumber>),
    CallBack(#[serde(with = "As::<ClearNumber>")] Pii<DialledNumber>),
}

/// The journal and the plan are the places where numbers are kept in the clear.
pub(crate) struct ClearNumber;

impl SerializeAs<Pii<DialledNumber>> for ClearNumber {
    fn serialize_as<S: Serializer>(number: &Pii<DialledNumber>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number.reveal())
    }
}

impl<'de> DeserializeAs<'de, Pii<DialledNumber>> for ClearNumber {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Pii<DialledNumber>, D::Error> {
        let number = As::<DisplayFromStr>::deserialize(deserializer)?;
        Ok(Pii::new(number))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "PartyFailure", rename_all = "snake_case")]
pub(crate) enum PartyFailureDef {
    Refused(u16),
    Unreachable(u16),
    Cancelled,
    NotSupported,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "PartyLegEnd", rename_all = "snake_case")]
pub(crate) enum PartyLegEndDef {
    HungUp,
    Released,
    Lost,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "PartyEnd", rename_all = "snake_case")]
pub(crate) enum PartyEndDef {
    Failed(#[serde(with = "PartyFailureDef")] PartyFailure),
    TimedOut,
    NoLine,
    HungUp,
    Lost,
    Commanded,
    Alone,
    NodeOutage,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Company", rename_all = "snake_case")]
pub(crate) enum CompanyDef {
    Together,
    Aside,
    Held,
    Listening,
    Whispering,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Supervision", rename_all = "snake_case")]
pub(crate) enum SupervisionDef {
    Listen,
    Whisper,
    Join,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "LineKind", rename_all = "snake_case")]
pub(crate) enum LineKindDef {
    Fixed,
    Mobile,
    Ip,
    Unknown,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "LocateCondition", rename_all = "snake_case")]
pub(crate) enum LocateConditionDef {
    Unresponsive,
    LifeInDanger,
    WhereaboutsUnknown,
}

in_containers!(PartyIdDef => PartyId);
