//! The directory of a plan's tenant, as JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use acd_core::plan::{Directory, Duty, Entry, EntryKind, FireHeadquarters, Outbound};
use acd_core::{AreaId, CivilDate, DestinationId, DialledNumber, Pii, SkillId, TenantId, TimeOfDay, TrunkId};
use serde::{Deserialize, Serialize};
use serde_with::{As, DisplayFromStr};

use crate::leaf::{DateText, Millis, TimeText, in_containers};
use crate::parties::ClearNumber;

#[derive(Serialize, Deserialize)]
#[serde(remote = "Outbound")]
pub(crate) struct OutboundDef {
    #[serde(with = "As::<DisplayFromStr>")]
    trunk: TrunkId,
    takes_lines: bool,
    #[serde(with = "As::<DisplayFromStr>")]
    shown: DialledNumber,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Directory")]
pub(crate) struct DirectoryDef {
    #[serde(with = "As::<BTreeMap<DisplayFromStr, EntryDef>>")]
    entries: BTreeMap<DestinationId, Entry>,
    #[serde(with = "As::<BTreeMap<DisplayFromStr, DisplayFromStr>>")]
    mapped: BTreeMap<DialledNumber, DestinationId>,
    free_dialling: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Entry")]
struct EntryDef {
    title: String,
    #[serde(with = "EntryKindDef")]
    kind: EntryKind,
    #[serde(with = "As::<Vec<DutyDef>>")]
    duties: Vec<Duty>,
    #[serde(with = "As::<Vec<ClearNumber>>")]
    numbers: Vec<Pii<DialledNumber>>,
    #[serde(rename = "ring_ms", with = "As::<Millis>")]
    ring: Duration,
    #[serde(with = "As::<Option<ClearNumber>>")]
    emergency_contact: Option<Pii<DialledNumber>>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "EntryKind", rename_all = "snake_case")]
enum EntryKindDef {
    FireHeadquarters(#[serde(with = "FireHeadquartersDef")] FireHeadquarters),
    Interpreter {
        #[serde(with = "As::<BTreeSet<DisplayFromStr>>")]
        languages: BTreeSet<SkillId>,
    },
    Doctors,
    Staff,
    Tenant(#[serde(with = "As::<DisplayFromStr>")] TenantId),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "FireHeadquarters")]
struct FireHeadquartersDef {
    #[serde(with = "As::<BTreeSet<DisplayFromStr>>")]
    municipalities: BTreeSet<AreaId>,
    #[serde(with = "As::<BTreeSet<DisplayFromStr>>")]
    area_codes: BTreeSet<DialledNumber>,
    #[serde(with = "As::<Option<DateText>>")]
    verified_on: Option<CivilDate>,
    #[serde(with = "As::<Option<DateText>>")]
    consent_filed_on: Option<CivilDate>,
    #[serde(with = "As::<Option<DisplayFromStr>>")]
    underlying_number: Option<DialledNumber>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Duty")]
struct DutyDef {
    #[serde(with = "As::<(DateText, TimeText)>")]
    from: (CivilDate, TimeOfDay),
    #[serde(with = "As::<(DateText, TimeText)>")]
    to: (CivilDate, TimeOfDay),
    #[serde(with = "As::<ClearNumber>")]
    number: Pii<DialledNumber>,
}

in_containers!(OutboundDef => Outbound, EntryDef => Entry, DutyDef => Duty);
