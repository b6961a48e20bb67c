//! What callers choose by a key, before or after the guidance (R-G6).

use std::collections::BTreeMap;
use std::time::Duration;

use acd_core::SkillId;
use acd_core::plan::{Choice, ChoiceOption};

use super::error::{At, Report};
use super::fields::{Fields, wrong_type};
use super::limits::CHOICE_S;
use super::prompts::{self, Prompts};
use super::{keys, values};

/// The choice of a number, if callers have one.
pub(super) fn choice(report: &mut Report<'_>, number: Fields<'_>, prompts: &Prompts) -> Option<Choice> {
    let fields = number.table(report, "choice", &keys::CHOICE)?;
    fields.require(report, "prompt", "name the prompt that says which key stands for what");
    fields.require(report, "when", "write when = \"before_guidance\" or \"after_guidance\"");
    fields.require(report, "options", "write such as options = { \"1\" = { skill = \"english\" } }");
    let prompt = prompts::reference(report, fields, "prompt", prompts);
    let before = fields.word(report, "when", &[("before_guidance", true), ("after_guidance", false)]);
    let patience = fields.seconds(report, "timeout_s", &CHOICE_S).unwrap_or(Duration::from_secs(5));
    let options = options(report, fields, prompts);
    Some(Choice { prompt: prompt?, before_guidance: before?, patience, options })
}

fn options(report: &mut Report<'_>, choice: Fields<'_>, prompts: &Prompts) -> BTreeMap<char, ChoiceOption> {
    let mut options = BTreeMap::new();
    let Some((table, at)) = choice.open_table(report, "options") else { return options };
    if table.is_empty() {
        report.wrong(
            at,
            "`options` has no key to choose",
            "write such as { \"1\" = { skill = \"english\" } }",
        );
    }
    for (key, value) in table {
        let at = At::from(key.span());
        let mut characters = key.get_ref().chars();
        let key = match (characters.next(), characters.next()) {
            (Some(key), None) if key.is_ascii_digit() || key == '*' || key == '#' => key,
            _ => {
                let problem = format!("\"{}\" is no key of a telephone", key.get_ref());
                report.wrong(at, problem, "use one of 0 to 9, \"*\", \"#\"");
                continue;
            }
        };
        let Some(table) = value.get_ref().as_table() else {
            wrong_type(report, &key.to_string(), value, "a table, such as { skill = \"english\" }");
            continue;
        };
        let fields = Fields::new(report, table, at, &keys::CHOICE_OPTION);
        let skill = fields.parsed(report, "skill", |text| values::name(SkillId::new, text));
        let guidance = prompts::reference(report, fields, "guidance_prompt", prompts);
        options.insert(key, ChoiceOption { skill: skill.map(|it| it.value), guidance });
    }
    options
}
