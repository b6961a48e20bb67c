//! Whom a tenant's agents may reach, and over which trunk (R-T2, R-L8).

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ids::{AreaId, DestinationId, DialledNumber, SkillId, TenantId, TrunkId};
use crate::pii::Pii;
use crate::time::{CivilDate, TimeOfDay, Timestamp};

/// The way out of a tenant's calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Outbound {
    /// Over which carrier.
    pub trunk: TrunkId,
    /// Whether the trunk is the tenant's own, so that a party's leg takes one of its lines (R-L8).
    pub takes_lines: bool,
    /// The number that is shown to whom we dial.
    pub shown: DialledNumber,
}

/// The destinations of a tenant (R-T2).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Directory {
    /// By name.
    pub entries: BTreeMap<DestinationId, Entry>,
    /// Numbers of the emergency services that reach an entry on purpose; the others cannot be dialled.
    pub mapped: BTreeMap<DialledNumber, DestinationId>,
    /// Whether any other number may be dialled.
    pub free_dialling: bool,
}

/// One destination: its numbers are tried from first to last (R-T3).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// What a screen shows.
    pub title: String,
    /// What it is.
    pub kind: EntryKind,
    /// Who is on duty when; tried before the numbers.
    pub duties: Vec<Duty>,
    /// The numbers in order: headquarters' direct and back-up number, the doctors who fall back.
    pub numbers: Vec<Pii<DialledNumber>>,
    /// How long each is rung.
    pub ring: Duration,
    /// Whom an outbound call tries when all others have failed, before it begins anew (R-T8).
    pub emergency_contact: Option<Pii<DialledNumber>>,
}

/// What a destination is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum EntryKind {
    /// 消防本部
    FireHeadquarters(FireHeadquarters),
    /// 通訳
    Interpreter {
        /// Its languages.
        languages: BTreeSet<SkillId>,
    },
    /// 当番医, 副当番医, …
    Doctors,
    /// The clinic's own people.
    Staff,
    /// Another client of this switch.
    Tenant(TenantId),
}

/// What is known of a fire headquarters (R-T2, R-T6).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct FireHeadquarters {
    /// Its municipalities.
    pub municipalities: BTreeSet<AreaId>,
    /// The area codes of its callers; the longest that a number begins with wins.
    pub area_codes: BTreeSet<DialledNumber>,
    /// When somebody last made sure that the numbers are right.
    pub verified_on: Option<CivilDate>,
    /// When our consent was filed with it, without which it cannot ask a carrier for us.
    pub consent_filed_on: Option<CivilDate>,
    /// 裏番号: the number of the tenant that it was told of.
    pub underlying_number: Option<DialledNumber>,
}

/// One turn of duty in the tenant's civil time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Duty {
    /// The first instant.
    pub from: (CivilDate, TimeOfDay),
    /// The first instant after it.
    pub to: (CivilDate, TimeOfDay),
    /// Who is rung.
    pub number: Pii<DialledNumber>,
}

impl Entry {
    /// The numbers to try at an instant: those on duty, then the others, each once (R-T3).
    pub fn tries(&self, now: Timestamp, utc_offset_minutes: i32) -> Vec<Pii<DialledNumber>> {
        let at = |(date, time): (CivilDate, TimeOfDay)| date.at(time, utc_offset_minutes);
        let on_duty = self.duties.iter().filter(|duty| (at(duty.from)..at(duty.to)).contains(&now));
        let mut tries = Vec::new();
        for number in on_duty.map(|duty| duty.number).chain(self.numbers.iter().copied()) {
            if !tries.contains(&number) {
                tries.push(number);
            }
        }
        tries
    }
}

impl Directory {
    /// The fire headquarters of a municipality.
    pub fn headquarters_of(&self, area: AreaId) -> Option<DestinationId> {
        self.headquarters().find(|(_, it)| it.municipalities.contains(&area)).map(|(id, _)| id)
    }

    /// The fire headquarters of the longest area code that a number begins with.
    pub fn headquarters_by_number(&self, number: DialledNumber) -> Option<DestinationId> {
        self.headquarters()
            .flat_map(|(id, it)| it.area_codes.iter().map(move |code| (id, code.as_str())))
            .filter(|(_, code)| number.as_str().starts_with(code))
            .max_by_key(|(id, code)| (code.len(), core::cmp::Reverse(*id)))
            .map(|(id, _)| id)
    }

    fn headquarters(&self) -> impl Iterator<Item = (DestinationId, &FireHeadquarters)> {
        self.entries.iter().filter_map(|(id, entry)| match &entry.kind {
            EntryKind::FireHeadquarters(it) => Some((*id, it)),
            EntryKind::Interpreter { .. } | EntryKind::Doctors | EntryKind::Staff | EntryKind::Tenant(_) => {
                None
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headquarters(area_codes: &[&str]) -> Entry {
        Entry {
            title: String::new(),
            kind: EntryKind::FireHeadquarters(FireHeadquarters {
                area_codes: area_codes.iter().map(|it| it.parse().unwrap()).collect(),
                ..FireHeadquarters::default()
            }),
            duties: Vec::new(),
            numbers: Vec::new(),
            ring: Duration::from_secs(15),
            emergency_contact: None,
        }
    }

    #[test]
    fn the_longest_area_code_that_a_number_begins_with_wins() {
        let codes: [(&str, &[&str]); 4] = [
            ("first", &["077"]),
            ("second", &["0775", "0748"]),
            ("third", &["07", "07752"]),
            ("other", &["075"]),
        ];
        let directory = Directory {
            entries: codes.iter().map(|(name, codes)| (name.parse().unwrap(), headquarters(codes))).collect(),
            ..Directory::default()
        };
        for (number, found) in [
            ("0774000101", Some("first")),
            ("0775900101", Some("second")),
            ("0748000101", Some("second")),
            ("0775200101", Some("third")),
            ("0720000101", Some("third")),
            ("0750000101", Some("other")),
            ("0630000101", None),
            ("07", Some("third")),
            ("0", None),
        ] {
            let found = found.map(|name| name.parse().unwrap());
            assert_eq!(directory.headquarters_by_number(number.parse().unwrap()), found, "{number}");
        }
    }
}
