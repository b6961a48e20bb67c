//! To which skills a tenant's seats hand callers over, and the codes that agents press for it (R-S4).

use std::collections::BTreeMap;

use acd_core::SkillId;
use acd_core::limits::HAND_OVER_CODE_CHARS_MAX;
use toml::Spanned;
use toml::de::DeValue;

use super::error::{At, Report};
use super::fields::{Complaint, Fields, wrong_type};
use super::values;

/// One skill's code and where it stands.
#[derive(Debug)]
pub(super) struct HandOver {
    pub(super) code: String,
    pub(super) at: At,
}

/// The skills of `hand_over` with their codes.
pub(super) fn hand_overs(report: &mut Report<'_>, tenant: Fields<'_>) -> BTreeMap<SkillId, HandOver> {
    let mut found = BTreeMap::new();
    let Some((table, _)) = tenant.open_table(report, "hand_over") else { return found };
    for (key, value) in table {
        let at = At::from(key.span());
        let skill = match values::name(SkillId::new, key.get_ref()) {
            Ok(skill) => skill,
            Err(Complaint { problem, remedy }) => {
                report.wrong(at, format!("`hand_over` {problem}"), remedy);
                continue;
            }
        };
        let Some(code) = code(report, skill, value) else { continue };
        let begins_with = |one: &str, other: &str| one.starts_with(other) || other.starts_with(one);
        if let Some((other, it)) = found.iter().find(|(_, it): &(_, &HandOver)| begins_with(&it.code, &code))
        {
            report.wrong(
                value.span().into(),
                format!("the code \"{code}\" of `{skill}` and \"{}\" of `{other}` begin alike", it.code),
                "choose codes of which none begins with another",
            );
        }
        found.insert(skill, HandOver { code, at });
    }
    found
}

fn code(report: &mut Report<'_>, skill: SkillId, value: &Spanned<DeValue<'_>>) -> Option<String> {
    let wanted = format!("a code of '*' and 1 to {} digits, such as \"*1\"", HAND_OVER_CODE_CHARS_MAX - 1);
    let Some(code) = value.get_ref().as_str() else {
        wrong_type(report, skill.as_str(), value, &wanted);
        return None;
    };
    let sound = code.strip_prefix('*').is_some_and(|digits| {
        (1..HAND_OVER_CODE_CHARS_MAX).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit())
    });
    if !sound {
        report.wrong(
            value.span().into(),
            format!("\"{code}\" is no hand-over code"),
            format!("write {wanted}"),
        );
        return None;
    }
    Some(code.to_owned())
}
