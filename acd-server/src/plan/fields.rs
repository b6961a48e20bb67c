//! Reads the keys of one table; what does not fit is reported with its place.

use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{At, Located, Report, did_you_mean, is_near, listed};
use super::keys::Section;
use super::limits::{Limit, TEXT_CHARS_MAX};

/// One table of the plan.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    table: &'a DeTable<'a>,
    at: At,
    section: &'static Section,
}

impl<'a> Fields<'a> {
    /// The table with its place; keys that its section does not know are reported.
    pub(super) fn new(
        report: &mut Report<'_>,
        table: &'a DeTable<'a>,
        at: At,
        section: &'static Section,
    ) -> Self {
        for key in table.keys() {
            let name = key.get_ref().as_ref();
            if !section.keys.contains(&name) {
                let near = did_you_mean(name, section.keys.iter().copied());
                report.wrong(
                    key.span().into(),
                    format!("unknown key `{name}` in {}{near}", section.name),
                    format!("use one of {}", listed(section.keys.iter().copied())),
                );
            }
        }
        Self { table, at, section }
    }

    /// Where the table begins.
    pub(super) const fn at(&self) -> At {
        self.at
    }

    /// Where a key's value stands; the table's beginning if the key is absent.
    pub(super) fn at_value(&self, key: &str) -> At {
        self.value(key).map_or(self.at, |value| value.span().into())
    }

    /// Whether the key is there, sound or not.
    pub(super) fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    /// Whether the key is not there, and no key looks like it.
    pub(super) fn is_absent(&self, key: &str) -> bool {
        !self.has(key) && !self.is_mistyped(key)
    }

    /// Whether the key is there, as a list of nothing but tables.
    pub(super) fn is_list_of_tables(&self, key: &str) -> bool {
        let items = self.value(key).and_then(|value| value.get_ref().as_array());
        items.is_some_and(|items| items.iter().all(|item| item.get_ref().is_table()))
    }

    /// Reports a key that is absent.
    pub(super) fn require(&self, report: &mut Report<'_>, key: &str, remedy: &str) {
        if self.is_absent(key) {
            report.missing(self.at, format!("{} has no `{key}`", self.section.name), remedy);
        }
    }

    /// Whether an unknown key looks like this one: it has been reported as such.
    fn is_mistyped(&self, key: &str) -> bool {
        let unknown = |name: &&str| !self.section.keys.contains(name);
        self.table.keys().map(|name| name.get_ref().as_ref()).filter(unknown).any(|name| is_near(name, key))
    }

    /// A text of at most [`TEXT_CHARS_MAX`] characters.
    pub(super) fn text(&self, report: &mut Report<'_>, key: &str) -> Option<Located<&'a str>> {
        let text = self.long_text(report, key)?;
        if text.value.chars().count() > TEXT_CHARS_MAX {
            report.wrong(
                text.at,
                format!("`{key}` is longer than {TEXT_CHARS_MAX} characters (TEXT_CHARS_MAX)"),
                "shorten it",
            );
            return None;
        }
        Some(text)
    }

    /// A text of any length.
    pub(super) fn long_text(&self, report: &mut Report<'_>, key: &str) -> Option<Located<&'a str>> {
        let value = self.value(key)?;
        text_of(report, key, value)
    }

    /// A text that must be there.
    pub(super) fn required_text(
        &self,
        report: &mut Report<'_>,
        key: &str,
        remedy: &str,
    ) -> Option<Located<&'a str>> {
        self.require(report, key, remedy);
        self.text(report, key)
    }

    /// A text that a parser must accept; its error says what is wrong and what would be right.
    pub(super) fn parsed<T>(
        &self,
        report: &mut Report<'_>,
        key: &str,
        parse: impl FnOnce(&'a str) -> Result<T, Complaint>,
    ) -> Option<Located<T>> {
        let Located { value, at } = self.text(report, key)?;
        parse_at(report, key, value, at, parse)
    }

    /// As [`Self::parsed`], of a key that must be there.
    pub(super) fn required_parsed<T>(
        &self,
        report: &mut Report<'_>,
        key: &str,
        remedy: &str,
        parse: impl FnOnce(&'a str) -> Result<T, Complaint>,
    ) -> Option<Located<T>> {
        self.require(report, key, remedy);
        self.parsed(report, key, parse)
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(
        &self,
        report: &mut Report<'_>,
        key: &str,
        words: &[(&'static str, T)],
    ) -> Option<T> {
        let Located { value, at } = self.text(report, key)?;
        let found = words.iter().find(|(word, _)| *word == value).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let known = || words.iter().map(|(word, _)| *word);
            report.wrong(
                at,
                format!("`{key}` may not be \"{value}\"{}", did_you_mean(value, known())),
                format!("use one of {}", listed(known())),
            );
        }
        found
    }

    /// A whole number within a limit.
    pub(super) fn integer(&self, report: &mut Report<'_>, key: &str, limit: &Limit) -> Option<i64> {
        let value = self.value(key)?;
        integer_of(report, key, value, limit)
    }

    /// A whole number of seconds within a limit.
    pub(super) fn seconds(&self, report: &mut Report<'_>, key: &str, limit: &Limit) -> Option<Duration> {
        let seconds = self.integer(report, key, limit)?;
        u64::try_from(seconds).ok().map(Duration::from_secs)
    }

    /// A whole number that a `u16` holds, within a limit.
    pub(super) fn count(&self, report: &mut Report<'_>, key: &str, limit: &Limit) -> Option<u16> {
        self.integer(report, key, limit).and_then(|number| u16::try_from(number).ok())
    }

    /// `true` or `false`.
    pub(super) fn boolean(&self, report: &mut Report<'_>, key: &str) -> Option<bool> {
        let value = self.value(key)?;
        let found = value.get_ref().as_bool();
        if found.is_none() {
            wrong_type(report, key, value, "true or false, without quotes");
        }
        found
    }

    /// A number with or without decimals, as it is written.
    pub(super) fn decimal(&self, report: &mut Report<'_>, key: &str) -> Option<Located<&'a str>> {
        let value = self.value(key)?;
        let written = match value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str()),
            DeValue::Float(number) => Some(number.as_str()),
            DeValue::Integer(_)
            | DeValue::String(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => None,
        };
        if written.is_none() {
            wrong_type(report, key, value, "a number, such as 89.1");
        }
        written.map(|written| Located { value: written, at: value.span().into() })
    }

    /// A list of texts. A single text stands for a list of one.
    pub(super) fn texts(&self, report: &mut Report<'_>, key: &str) -> Vec<Located<&'a str>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        if let DeValue::Array(items) = value.get_ref() {
            return items.iter().filter_map(|item| text_of(report, key, item)).collect();
        }
        if value.get_ref().is_str() {
            return text_of(report, key, value).into_iter().collect();
        }
        wrong_type(report, key, value, "a list of texts, such as [\"a\", \"b\"]");
        Vec::new()
    }

    /// A list of texts that a parser must accept.
    pub(super) fn parsed_list<T>(
        &self,
        report: &mut Report<'_>,
        key: &str,
        parse: impl Fn(&'a str) -> Result<T, Complaint>,
    ) -> Vec<Located<T>> {
        self.texts(report, key)
            .into_iter()
            .filter_map(|text| parse_at(report, key, text.value, text.at, &parse))
            .collect()
    }

    /// A table.
    pub(super) fn table(
        &self,
        report: &mut Report<'_>,
        key: &str,
        section: &'static Section,
    ) -> Option<Self> {
        let (table, at) = self.open_table(report, key)?;
        Some(Self::new(report, table, at, section))
    }

    /// A table whose keys are names that the plan chooses.
    pub(super) fn open_table(&self, report: &mut Report<'_>, key: &str) -> Option<(&'a DeTable<'a>, At)> {
        let value = self.value(key)?;
        let table = value.get_ref().as_table();
        if table.is_none() {
            wrong_type(report, key, value, "a table");
        }
        table.map(|table| (table, value.span().into()))
    }

    /// A list of tables, `[[…]]`.
    pub(super) fn tables(&self, report: &mut Report<'_>, key: &str, section: &'static Section) -> Vec<Self> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            wrong_type(report, key, value, &format!("a list of tables, each headed {}", section.name));
            return Vec::new();
        };
        let mut found = Vec::new();
        for item in items.iter() {
            match item.get_ref().as_table() {
                Some(table) => found.push(Self::new(report, table, item.span().into(), section)),
                None => wrong_type(report, key, item, &format!("a table headed {}", section.name)),
            }
        }
        found
    }

    fn value(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        debug_assert!(self.section.keys.contains(&key), "{key} is not in the list of {}", self.section.name);
        self.table.get(key)
    }
}

/// Why a text does not do: what is wrong (after the key's name), and what would be right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Complaint {
    pub(super) problem: String,
    pub(super) remedy: String,
}

impl Complaint {
    pub(super) fn new(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { problem: problem.into(), remedy: remedy.into() }
    }
}

/// A whole number within a limit.
pub(super) fn integer_of(
    report: &mut Report<'_>,
    key: &str,
    value: &Spanned<DeValue<'_>>,
    limit: &Limit,
) -> Option<i64> {
    let Limit { name, min, max } = *limit;
    let Some(written) = value.get_ref().as_integer() else {
        wrong_type(report, key, value, &format!("a whole number from {min} to {max}"));
        return None;
    };
    let number = i64::from_str_radix(&written.as_str().replace('_', ""), written.radix()).ok();
    let sound = number.filter(|number| (min..=max).contains(number));
    if sound.is_none() {
        let remedy =
            if min == max { format!("use {min}") } else { format!("use a whole number from {min} to {max}") };
        let problem = format!("`{key}` is {}, outside {min} to {max} ({name})", written.as_str());
        report.wrong(value.span().into(), problem, remedy);
    }
    sound
}

/// Runs a parser over a text and reports its complaint.
pub(super) fn parse_at<'a, T>(
    report: &mut Report<'_>,
    key: &str,
    text: &'a str,
    at: At,
    parse: impl FnOnce(&'a str) -> Result<T, Complaint>,
) -> Option<Located<T>> {
    match parse(text) {
        Ok(value) => Some(Located { value, at }),
        Err(Complaint { problem, remedy }) => {
            report.wrong(at, format!("`{key}` {problem}"), remedy);
            None
        }
    }
}

fn text_of<'a>(
    report: &mut Report<'_>,
    key: &str,
    value: &'a Spanned<DeValue<'a>>,
) -> Option<Located<&'a str>> {
    match value.get_ref().as_str() {
        Some("") => {
            report.wrong(value.span().into(), format!("`{key}` is empty"), "write it, or leave the key out");
            None
        }
        Some(text) => Some(Located { value: text, at: value.span().into() }),
        None => {
            wrong_type(report, key, value, "a text in quotes");
            None
        }
    }
}

/// Reports a value of another type than the key's.
pub(super) fn wrong_type(report: &mut Report<'_>, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
    let found = match value.get_ref() {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with decimals",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time without quotes",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    report.wrong(value.span().into(), format!("`{key}` is {found}"), format!("write {wanted}"));
}
