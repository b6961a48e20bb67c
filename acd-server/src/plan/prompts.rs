//! The plan's audio: each prompt has a name, and its file is there and can be played.

use std::collections::BTreeMap;

use acd_core::PromptId;

use super::audio;
use super::error::{At, Located, Report, did_you_mean, listed};
use super::fields::{Complaint, Fields, wrong_type};
use super::files::Files;
use super::keys;
use super::shell::Prompt;
use super::values;

/// The prompts by name; `None` is one whose own table is wrong, so that its users are not reported too.
pub(super) type Prompts = BTreeMap<PromptId, Option<Prompt>>;

pub(super) fn prompts(report: &mut Report<'_>, top: Fields<'_>, files: &Files) -> Prompts {
    let mut prompts = Prompts::new();
    let Some((table, _)) = top.open_table(report, "prompts") else { return prompts };
    for (key, value) in table {
        let at = At::from(key.span());
        let id = match values::name(PromptId::new, key.get_ref()) {
            Ok(id) => id,
            Err(Complaint { problem, remedy }) => {
                report.wrong(at, problem, remedy);
                continue;
            }
        };
        let Some(table) = value.get_ref().as_table() else {
            wrong_type(report, &format!("prompts.{id}"), value, "a table, headed such as [prompts.guidance]");
            prompts.insert(id, None);
            continue;
        };
        let fields = Fields::new(report, table, at, &keys::PROMPTS);
        prompts.insert(id, prompt(report, fields, files));
    }
    prompts
}

fn prompt(report: &mut Report<'_>, fields: Fields<'_>, files: &Files) -> Option<Prompt> {
    let text = fields.long_text(report, "text").map(|text| text.value.to_owned());
    let language = fields.parsed(report, "language", language);
    let remedy = "name the file, such as audio = \"guidance.wav\"";
    let path = fields.required_text(report, "audio", remedy)?;
    let (source, format, duration_ms) = match load(path.value, files) {
        Ok(loaded) => loaded,
        Err(Complaint { problem, remedy }) => {
            report.wrong(path.at, format!("`audio` {problem}"), remedy);
            return None;
        }
    };
    let language = language.map_or("ja", |language| language.value).to_owned();
    Some(Prompt { source, format, duration_ms, text, language })
}

type Loaded = (super::shell::PromptSource, audio::AudioFormat, u32);

fn load(path: &str, files: &Files) -> Result<Loaded, Complaint> {
    let format = audio::format_of(path)?;
    let unreadable = |error: std::io::Error| {
        Complaint::new(
            format!("\"{path}\" cannot be read: {error}"),
            "name a file that exists, relative to the plan file",
        )
    };
    let source = files.find(path).map_err(unreadable)?;
    let bytes = source.bytes().map_err(unreadable)?;
    Ok((source, format, audio::check(path, &bytes, format)?))
}

/// A prompt that a key names.
pub(super) fn reference(
    report: &mut Report<'_>,
    fields: Fields<'_>,
    key: &str,
    prompts: &Prompts,
) -> Option<PromptId> {
    let found = fields.parsed(report, key, |text| values::name(PromptId::new, text))?;
    known(report, key, found, prompts)
}

/// The prompts that a key names.
pub(super) fn references(
    report: &mut Report<'_>,
    fields: Fields<'_>,
    key: &str,
    prompts: &Prompts,
) -> Vec<PromptId> {
    let found = fields.parsed_list(report, key, |text| values::name(PromptId::new, text));
    found.into_iter().filter_map(|it| known(report, key, it, prompts)).collect()
}

fn known(
    report: &mut Report<'_>,
    key: &str,
    Located { value: id, at }: Located<PromptId>,
    prompts: &Prompts,
) -> Option<PromptId> {
    if prompts.contains_key(&id) {
        return Some(id);
    }
    let known = || prompts.keys().map(PromptId::as_str);
    report.wrong(
        at,
        format!("`{key}` names the unknown prompt `{id}`{}", did_you_mean(id.as_str(), known())),
        format!("add [prompts.{id}], or use one of {}", listed(known())),
    );
    None
}

fn language(text: &str) -> Result<&str, Complaint> {
    let sound = text
        .split('-')
        .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if sound {
        return Ok(text);
    }
    Err(Complaint::new(format!("\"{text}\" is no language tag"), "write such as \"ja\", \"en\", \"pt-BR\""))
}
