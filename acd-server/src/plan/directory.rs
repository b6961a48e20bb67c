//! Whom a tenant's agents may reach (R-T2).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use acd_core::limits::{DIRECTORY_ENTRIES_MAX, ENTRY_NUMBERS_MAX};
use acd_core::plan::{Directory, Duty, Entry, EntryKind, FireHeadquarters};
use acd_core::{
    AreaId, CivilDate, DestinationId, DialledNumber, Pii, SkillId, TenantId, TimeOfDay, is_emergency_number,
};

use super::error::{Located, Report, did_you_mean, listed};
use super::fields::{Complaint, Fields, wrong_type};
use super::limits::{AREA_CODE_DIGITS, RING_S, VERIFIED_WITHIN_DAYS};
use super::outbound::number;
use super::tenants::Tenants;
use super::{keys, values};

/// The directory with the places that later checks point at.
#[derive(Debug, Default)]
pub(super) struct DirectoryRead {
    pub(super) core: Directory,
    /// How old the verification of a number may be.
    pub(super) verified_within_days: Option<u16>,
    places: Places,
}

/// What later checks point at.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Where other tenants are named.
    tenants: Vec<Located<TenantId>>,
    /// Every number that an entry is reached by.
    pub(super) dialled: Vec<Dialled>,
}

/// A number of an entry.
#[derive(Debug)]
pub(super) struct Dialled {
    pub(super) entry: DestinationId,
    /// The other client of this switch that the entry stands for.
    pub(super) tenant: Option<TenantId>,
    pub(super) number: Located<DialledNumber>,
}

/// Entries as they are read.
struct Entries {
    read: DirectoryRead,
    /// How long a number is rung unless its entry says otherwise.
    ring: Duration,
    /// Where numbers of the emergency services stand as numbers of entries.
    emergency: Vec<(DestinationId, Located<DialledNumber>)>,
    areas: BTreeMap<AreaId, DestinationId>,
    codes: BTreeMap<DialledNumber, DestinationId>,
}

/// The tenant's directory; `ring` is its `ring_s`.
pub(super) fn directory(report: &mut Report<'_>, tenant: Fields<'_>, ring: Duration) -> DirectoryRead {
    let Some(fields) = tenant.table(report, "directory", &keys::DIRECTORY) else {
        return DirectoryRead::default();
    };
    if tenant.is_absent("outbound") {
        report.missing(
            fields.at(),
            "nobody in the directory can be dialled: the tenant has no way out",
            "write [tenants.outbound] with its trunk, or take the directory out",
        );
    }
    let mut entries = Entries {
        read: DirectoryRead {
            verified_within_days: fields.count(report, "verified_within_days", &VERIFIED_WITHIN_DAYS),
            ..DirectoryRead::default()
        },
        ring,
        emergency: Vec::new(),
        areas: BTreeMap::new(),
        codes: BTreeMap::new(),
    };
    entries.read.core.free_dialling = fields.boolean(report, "free_dialling").unwrap_or(false);
    entries.headquarters(report, fields);
    entries.interpreters(report, fields);
    entries.doctors(report, fields);
    entries.staff(report, fields);
    entries.tenants(report, fields);
    entries.map_emergency_numbers(report, fields);
    let count = entries.read.core.entries.len();
    if count > DIRECTORY_ENTRIES_MAX {
        report.wrong(
            fields.at(),
            format!(
                "the directory has {count} entries, more than {DIRECTORY_ENTRIES_MAX} (DIRECTORY_ENTRIES_MAX)"
            ),
            "leave out whom nobody dials",
        );
    }
    entries.read
}

/// Holds all tenants against each other: nobody's directory names a stranger, or its own tenant.
pub(super) fn check(report: &mut Report<'_>, tenants: &Tenants) {
    for (id, tenant) in tenants {
        for Located { value: to, at } in &tenant.directory_places.tenants {
            let known = || tenants.keys().filter(|known| *known != id).map(TenantId::as_str);
            if to == id {
                report.wrong(
                    *at,
                    format!("tenant `{id}` is in its own directory"),
                    format!("use one of {}", listed(known())),
                );
            } else if !tenants.contains_key(to) {
                let near = did_you_mean(to.as_str(), known());
                report.wrong(
                    *at,
                    format!("the directory names the unknown tenant `{to}`{near}"),
                    format!("use one of {}", listed(known())),
                );
            }
        }
    }
}

impl DirectoryRead {
    /// Splits what the core must know from what later checks need.
    pub(super) fn into_parts(self) -> (Directory, Option<u16>, Places) {
        (self.core, self.verified_within_days, self.places)
    }
}

impl Entries {
    fn headquarters(&mut self, report: &mut Report<'_>, directory: Fields<'_>) {
        for fields in directory.tables(report, "headquarters", &keys::HEADQUARTERS) {
            let name = name(report, fields);
            let areas = fields.parsed_list(report, "municipalities", |text| values::name(AreaId::new, text));
            let codes = fields.parsed_list(report, "area_codes", area_code);
            if fields.is_absent("municipalities") && fields.is_absent("area_codes") {
                report.missing(
                    fields.at(),
                    "these headquarters are nobody's: they have neither `municipalities` nor `area_codes`",
                    "write whose callers they answer for, such as municipalities = [\"otsu\"]",
                );
            }
            if let Some(name) = name {
                each_once(report, &mut self.areas, &areas, name.value, "municipality");
                each_once(report, &mut self.codes, &codes, name.value, "area code");
            }
            fields.require(report, "number", "write the direct number that is answered day and night");
            let numbers: Vec<Located<DialledNumber>> = ["number", "backup_number"]
                .into_iter()
                .filter_map(|key| fields.parsed(report, key, number))
                .collect();
            if let [direct, backup] = numbers.as_slice()
                && direct.value == backup.value
            {
                report.doubtful(
                    backup.at,
                    "`backup_number` is the direct number again, which would be tried twice",
                    "ask for another one, or leave it out (R-T2)",
                );
            }
            let date = |report: &mut Report<'_>, key| {
                fields.parsed(report, key, values::date).map(|date| date.value)
            };
            let kind = EntryKind::FireHeadquarters(FireHeadquarters {
                municipalities: areas.into_iter().map(|it| it.value).collect(),
                area_codes: codes.into_iter().map(|it| it.value).collect(),
                verified_on: date(report, "verified_on"),
                consent_filed_on: date(report, "consent_filed_on"),
                underlying_number: fields.parsed(report, "underlying_number", number).map(|it| it.value),
            });
            self.add(report, fields, name, kind, Numbers { numbers, ..Numbers::default() });
        }
    }

    fn interpreters(&mut self, report: &mut Report<'_>, directory: Fields<'_>) {
        for fields in directory.tables(report, "interpreters", &keys::INTERPRETERS) {
            let name = name(report, fields);
            fields.require(report, "languages", "write which, such as languages = [\"english\"]");
            let languages = fields.parsed_list(report, "languages", |text| values::name(SkillId::new, text));
            let languages: BTreeSet<SkillId> = languages.into_iter().map(|it| it.value).collect();
            let numbers = numbers(report, fields);
            self.add(report, fields, name, EntryKind::Interpreter { languages }, numbers);
        }
    }

    fn doctors(&mut self, report: &mut Report<'_>, directory: Fields<'_>) {
        for fields in directory.tables(report, "doctors", &keys::DOCTORS) {
            let name = name(report, fields);
            let mut found = duties(report, fields);
            found.numbers = fields.parsed_list(report, "fall_backs", number);
            if found.numbers.is_empty() && fields.is_absent("duties") && fields.is_absent("fall_backs") {
                report.missing(
                    fields.at(),
                    "the roster has no number: neither `duties` nor `fall_backs`",
                    "write [[tenants.directory.doctors.duties]] and at least two fall_backs (R-T3)",
                );
            }
            self.add(report, fields, name, EntryKind::Doctors, found);
        }
    }

    fn staff(&mut self, report: &mut Report<'_>, directory: Fields<'_>) {
        for fields in directory.tables(report, "staff", &keys::STAFF) {
            let name = name(report, fields);
            let numbers = numbers(report, fields);
            self.add(report, fields, name, EntryKind::Staff, numbers);
        }
    }

    fn tenants(&mut self, report: &mut Report<'_>, directory: Fields<'_>) {
        for fields in directory.tables(report, "tenants", &keys::OTHER_TENANTS) {
            let name = name(report, fields);
            let remedy = "name the other client of this switch";
            let tenant =
                fields.required_parsed(report, "tenant", remedy, |text| values::name(TenantId::new, text));
            let numbers = numbers(report, fields);
            let Some(tenant) = tenant else { continue };
            self.read.places.tenants.push(tenant);
            self.add(report, fields, name, EntryKind::Tenant(tenant.value), numbers);
        }
    }

    fn add(
        &mut self,
        report: &mut Report<'_>,
        fields: Fields<'_>,
        name: Option<Located<DestinationId>>,
        kind: EntryKind,
        found: Numbers,
    ) {
        let remedy = "write what the agent's screen shows, such as title = \"大津市消防局\"";
        let title = fields.required_text(report, "title", remedy).map_or("", |text| text.value).to_owned();
        let ring = fields.seconds(report, "ring_s", &RING_S).unwrap_or(self.ring);
        let contact = matches!(kind, EntryKind::Doctors | EntryKind::Staff)
            .then(|| fields.parsed(report, "emergency_contact", number))
            .flatten();
        let count = found.numbers.len() + found.duties.len();
        if count > ENTRY_NUMBERS_MAX {
            report.wrong(
                fields.at(),
                format!("the entry has {count} numbers and turns of duty, more than {ENTRY_NUMBERS_MAX} (ENTRY_NUMBERS_MAX)"),
                "take out turns of duty that are over",
            );
        }
        let Some(Located { value: name, at }) = name else { return };
        let all = found.numbers.iter().chain(&found.duty_numbers).chain(&contact);
        let emergency = all.clone().copied().filter(|it| is_emergency_number(it.value)).map(|it| (name, it));
        self.emergency.extend(emergency);
        let tenant = if let EntryKind::Tenant(tenant) = kind { Some(tenant) } else { None };
        self.read.places.dialled.extend(all.map(|number| Dialled { entry: name, tenant, number: *number }));
        let entry = Entry {
            title,
            kind,
            duties: found.duties,
            numbers: found.numbers.into_iter().map(|it| Pii::new(it.value)).collect(),
            ring,
            emergency_contact: contact.map(|it| Pii::new(it.value)),
        };
        if self.read.core.entries.insert(name, entry).is_some() {
            report.wrong(at, format!("`{name}` is in the directory twice"), "name each entry once");
        }
    }

    /// The emergency services' own numbers reach an entry on purpose or nobody (R-T2).
    fn map_emergency_numbers(&mut self, report: &mut Report<'_>, directory: Fields<'_>) {
        if let Some((table, _)) = directory.open_table(report, "emergency_numbers") {
            for (key, value) in table {
                let called = DialledNumber::new(key.get_ref()).ok().filter(|it| is_emergency_number(*it));
                let Some(called) = called else {
                    report.wrong(
                        key.span().into(),
                        format!("`{}` is no number of the emergency services", key.get_ref()),
                        "map 110, 118 and 119 alone; any other number is dialled as it is",
                    );
                    continue;
                };
                let Some(entry) = value.get_ref().as_str() else {
                    wrong_type(report, key.get_ref(), value, "the name of an entry of the directory");
                    continue;
                };
                let known = || self.read.core.entries.keys().map(DestinationId::as_str);
                match self.read.core.entries.keys().find(|it| it.as_str() == entry).copied() {
                    Some(entry) => {
                        self.read.core.mapped.insert(called, entry);
                    }
                    None => report.wrong(
                        value.span().into(),
                        format!(
                            "{called} is mapped to the unknown entry `{entry}`{}",
                            did_you_mean(entry, known())
                        ),
                        format!("use one of {}", listed(known())),
                    ),
                }
            }
        }
        for (entry, Located { value: number, at }) in &self.emergency {
            if self.read.core.mapped.get(number) != Some(entry) {
                report.wrong(
                    *at,
                    format!("{number} reaches the emergency services of the trunk's own address, not those of the caller"),
                    format!("write a direct number, or map it on purpose: emergency_numbers = {{ \"{number}\" = \"{entry}\" }} (R-T2)"),
                );
            }
        }
    }
}

/// Numbers with their places.
#[derive(Default)]
struct Numbers {
    numbers: Vec<Located<DialledNumber>>,
    duties: Vec<Duty>,
    duty_numbers: Vec<Located<DialledNumber>>,
}

fn name(report: &mut Report<'_>, fields: Fields<'_>) -> Option<Located<DestinationId>> {
    let remedy = "name it, such as name = \"otsu_fire\"";
    fields.required_parsed(report, "name", remedy, |text| values::name(DestinationId::new, text))
}

fn numbers(report: &mut Report<'_>, fields: Fields<'_>) -> Numbers {
    let key = "numbers";
    fields.require(report, key, "write at least one, in the order in which they are tried");
    let errors_before = report.len();
    let numbers = fields.parsed_list(report, key, number);
    if fields.has(key) && numbers.is_empty() && report.len() == errors_before {
        report.wrong(fields.at_value(key), format!("`{key}` has no number"), "write at least one");
    }
    Numbers { numbers, ..Numbers::default() }
}

fn duties(report: &mut Report<'_>, doctors: Fields<'_>) -> Numbers {
    let mut found = Numbers::default();
    for fields in doctors.tables(report, "duties", &keys::DUTIES) {
        let edge = |report: &mut Report<'_>, key| {
            fields.required_parsed(report, key, "write YYYY-MM-DD HH:MM, such as 2026-12-31 18:00", instant)
        };
        let (from, to) = (edge(report, "from"), edge(report, "to"));
        let number = fields.required_parsed(report, "number", "write who is rung", number);
        let (Some(from), Some(to), Some(number)) = (from, to, number) else { continue };
        if to.value <= from.value {
            report.wrong(to.at, "the turn of duty ends before it begins", "write the first instant after it");
        }
        found.duties.push(Duty { from: from.value, to: to.value, number: Pii::new(number.value) });
        found.duty_numbers.push(number);
    }
    found
}

/// `YYYY-MM-DD HH:MM`.
fn instant(text: &str) -> Result<(CivilDate, TimeOfDay), Complaint> {
    let complaint = || {
        Complaint::new(
            format!("\"{text}\" is no instant"),
            "write YYYY-MM-DD HH:MM, such as 2026-12-31 18:00, with a day that exists",
        )
    };
    let (date, time) = text.split_once(' ').ok_or_else(complaint)?;
    let date = values::date(date).map_err(|_| complaint())?;
    let time = values::time_of_day(time, false).map_err(|_| complaint())?;
    Ok((date, time))
}

/// The digits that numbers of an area begin with, the leading 0 included.
fn area_code(text: &str) -> Result<DialledNumber, Complaint> {
    let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
    let digits = text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    match DialledNumber::new(text) {
        Ok(code) if digits && (AREA_CODE_DIGITS.min..=AREA_CODE_DIGITS.max).contains(&length) => Ok(code),
        Ok(_) | Err(_) => Err(Complaint::new(
            format!("\"{text}\" is no area code"),
            format!(
                "write {} to {} digits with the leading 0, such as \"077\" (AREA_CODE_DIGITS)",
                AREA_CODE_DIGITS.min, AREA_CODE_DIGITS.max
            ),
        )),
    }
}

/// Which headquarters are meant must not be in doubt.
fn each_once<K: Ord + Copy + std::fmt::Display>(
    report: &mut Report<'_>,
    taken: &mut BTreeMap<K, DestinationId>,
    found: &[Located<K>],
    name: DestinationId,
    what: &str,
) {
    for Located { value, at } in found {
        if let Some(other) = taken.insert(*value, name) {
            report.wrong(
                *at,
                format!("{what} {value} is named twice, here and by `{other}`"),
                "give it to the headquarters that answer for it",
            );
        }
    }
}
