//! Whom a tenant's agents may reach, as understood. Numbers are people's, so that it says how many there are and not
//! which.

use std::fmt::Write as _;

use acd_core::plan::{Directory, Entry, EntryKind, Outbound, Tenant};
use serde_json::{Value, json};

/// The lines of a tenant that has a way out.
pub(super) fn write_parties(out: &mut String, tenant: &Tenant) -> std::fmt::Result {
    if let Some(Outbound { trunk, takes_lines, shown }) = tenant.outbound {
        let lines = if takes_lines { "the tenant's own, takes lines" } else { "separate, takes no lines" };
        writeln!(out, "  out over {trunk} ({lines})  showing {shown}")?;
    }
    let Directory { entries, mapped, free_dialling } = &tenant.directory;
    if tenant.outbound.is_some() {
        writeln!(out, "  free dialling {}", if *free_dialling { "allowed" } else { "forbidden" })?;
    }
    for (number, entry) in mapped {
        writeln!(out, "  {number} reaches {entry}")?;
    }
    for (name, entry) in entries {
        let Entry { title, kind, duties: _, numbers: _, ring, emergency_contact: _ } = entry;
        writeln!(out, "  {} {name}  {title}  ring {} s  {}", word(kind), ring.as_secs(), told(entry))?;
    }
    Ok(())
}

/// For machines: `null` where the tenant has no way out.
pub(super) fn outbound_json(tenant: &Tenant) -> Value {
    let outbound = tenant.outbound.map(|Outbound { trunk, takes_lines, shown }| {
        json!({ "trunk": trunk.as_str(), "own_trunk": takes_lines, "number_shown": shown.as_str() })
    });
    json!(outbound)
}

/// For machines.
pub(super) fn directory_json(tenant: &Tenant) -> Value {
    let Directory { entries, mapped, free_dialling } = &tenant.directory;
    let entries: Vec<Value> = entries
        .iter()
        .map(|(name, entry)| {
            json!({
                "name": name.as_str(),
                "title": entry.title,
                "kind": word(&entry.kind),
                "ring_s": entry.ring.as_secs(),
                "turns_of_duty": entry.duties.len(),
                "numbers": entry.numbers.len(),
                "has_emergency_contact": entry.emergency_contact.is_some(),
                "of": of(&entry.kind),
            })
        })
        .collect();
    let mapped: std::collections::BTreeMap<&str, &str> =
        mapped.iter().map(|(number, entry)| (number.as_str(), entry.as_str())).collect();
    json!({ "free_dialling": free_dialling, "emergency_numbers": mapped, "entries": entries })
}

const fn word(kind: &EntryKind) -> &'static str {
    match kind {
        EntryKind::FireHeadquarters(_) => "headquarters",
        EntryKind::Interpreter { .. } => "interpreter",
        EntryKind::Doctors => "doctors",
        EntryKind::Staff => "staff",
        EntryKind::Tenant(_) => "other_tenant",
    }
}

/// What there is to know of an entry beside its name.
fn told(entry: &Entry) -> String {
    let mut text = match entry.numbers.len() {
        1 => "1 number".to_owned(),
        many => format!("{many} numbers"),
    };
    // Writing to a String cannot fail.
    let _ = match &entry.kind {
        EntryKind::FireHeadquarters(it) => {
            let date = |date: Option<acd_core::CivilDate>| {
                date.map_or_else(|| "never".to_owned(), |date| date.to_string())
            };
            let areas = it.municipalities.iter().map(ToString::to_string);
            let areas: Vec<String> = areas.chain(it.area_codes.iter().map(ToString::to_string)).collect();
            let underlying = if it.underlying_number.is_some() { "told" } else { "not told" };
            write!(
                text,
                " for {}, verified {}, consent filed {}, underlying number {underlying}",
                areas.join(" "),
                date(it.verified_on),
                date(it.consent_filed_on)
            )
        }
        EntryKind::Interpreter { languages } => {
            let languages: Vec<&str> = languages.iter().map(acd_core::SkillId::as_str).collect();
            write!(text, " for {}", languages.join(" "))
        }
        EntryKind::Doctors => match entry.duties.iter().map(|duty| duty.to).max() {
            Some((date, time)) => {
                write!(text, " to fall back on, {} turns of duty until {date} {time}", entry.duties.len())
            }
            None => write!(text, " to fall back on, nobody on duty"),
        },
        EntryKind::Staff => Ok(()),
        EntryKind::Tenant(tenant) => write!(text, " of tenant {tenant}"),
    };
    if entry.emergency_contact.is_some() {
        text.push_str(", emergency contact");
    }
    text
}

fn of(kind: &EntryKind) -> Value {
    match kind {
        EntryKind::FireHeadquarters(it) => json!({
            "municipalities": it.municipalities.iter().map(|it| it.as_str()).collect::<Vec<_>>(),
            "area_codes": it.area_codes.iter().map(|it| it.as_str()).collect::<Vec<_>>(),
            "verified_on": it.verified_on.map(|date| date.to_string()),
            "consent_filed_on": it.consent_filed_on.map(|date| date.to_string()),
            "has_underlying_number": it.underlying_number.is_some(),
        }),
        EntryKind::Interpreter { languages } => {
            json!({ "languages": languages.iter().map(|it| it.as_str()).collect::<Vec<_>>() })
        }
        EntryKind::Tenant(tenant) => json!({ "tenant": tenant.as_str() }),
        EntryKind::Doctors | EntryKind::Staff => Value::Null,
    }
}
