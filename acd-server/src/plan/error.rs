//! What is wrong with a plan: where, what, and what would be right.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use serde_json::{Value, json};

use super::warnings::{PlanWarning, WarningOf};

/// One error of a plan file (or of the holiday file that it names).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct PlanError {
    /// The file as it was named.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub problem: String,
    /// What would be right.
    pub remedy: String,
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, column, problem, remedy } = self;
        write!(f, "{path}:{line}:{column}: {problem}; {remedy}")
    }
}

impl std::error::Error for PlanError {}

/// A plan's errors as one object: `{"errors":[{"path","line","column","problem","remedy"}]}`.
pub fn errors_json(errors: &[PlanError]) -> Value {
    let errors: Vec<Value> = errors
        .iter()
        .map(|PlanError { path, line, column, problem, remedy }| {
            json!({ "path": path, "line": line, "column": column, "problem": problem, "remedy": remedy })
        })
        .collect();
    json!({ "errors": errors })
}

/// A byte offset in a plan's text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct At(pub(super) usize);

impl From<Range<usize>> for At {
    fn from(span: Range<usize>) -> Self {
        Self(span.start)
    }
}

/// A value with its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Located<T> {
    pub(super) value: T,
    pub(super) at: At,
}

/// Collects the errors and the doubts of one file.
#[derive(Debug)]
pub(super) struct Report<'t> {
    path: &'t str,
    text: &'t str,
    errors: Vec<PlanError>,
    doubts: Vec<PlanWarning>,
    broken_lines: BTreeSet<usize>,
}

impl<'t> Report<'t> {
    pub(super) const fn new(path: &'t str, text: &'t str) -> Self {
        Self { path, text, errors: Vec::new(), doubts: Vec::new(), broken_lines: BTreeSet::new() }
    }

    /// A syntax error. What else is found on its line comes of it and is not reported.
    pub(super) fn syntax(&mut self, at: At, message: &str) {
        let (line, _) = self.place(at);
        self.broken_lines.insert(line);
        let problem = format!("this is not TOML: {message}");
        let error = self.error(at, problem, "write key = value, with quotes around a text".to_owned());
        self.errors.push(error);
    }

    /// Something wrong at a place.
    pub(super) fn wrong(&mut self, at: At, problem: impl Into<String>, remedy: impl Into<String>) {
        let error = self.error(at, problem.into(), remedy.into());
        if !self.broken_lines.contains(&error.line) {
            self.errors.push(error);
        }
    }

    /// Something missing. Not reported if the syntax is broken, because it may stand on a broken line.
    pub(super) fn missing(&mut self, at: At, problem: impl Into<String>, remedy: impl Into<String>) {
        if self.broken_lines.is_empty() {
            self.wrong(at, problem, remedy);
        }
    }

    /// Something at a place that is no error and yet doubtful. It is said of a plan without an error alone.
    pub(super) fn doubtful(&mut self, at: At, problem: impl Into<String>, remedy: impl Into<String>) {
        let (line, column) = self.place(at);
        self.doubts.push(PlanWarning {
            of: WarningOf::Place { path: self.path.to_owned(), line, column },
            problem: problem.into(),
            remedy: remedy.into(),
        });
    }

    /// How many errors there are so far: equal before and after a part, the part is sound.
    pub(super) const fn len(&self) -> usize {
        self.errors.len()
    }

    /// Whether the syntax is broken in a tenant, from its header to the next that is not of its own tables.
    pub(super) fn is_broken_in_tenant(&self, tenant: At) -> bool {
        let first = self.line(tenant);
        let ends = |(line, text): &(usize, &str)| {
            let text = text.trim_start();
            let own = text.starts_with("[[tenants.") || text.starts_with("[tenants.");
            *line > first && text.starts_with('[') && !own && !self.broken_lines.contains(line)
        };
        let mut lines = (1..).zip(self.text.lines()).skip(first - 1).take_while(|line| !ends(line));
        lines.any(|(line, _)| self.broken_lines.contains(&line))
    }

    /// The line of a place, for errors that point at a second one.
    pub(super) fn line(&self, at: At) -> usize {
        self.place(at).0
    }

    /// Adds the errors of another file.
    pub(super) fn include(&mut self, errors: Vec<PlanError>) {
        self.errors.extend(errors);
    }

    /// All errors, by place.
    pub(super) fn into_errors(self) -> Vec<PlanError> {
        self.into_parts().0
    }

    /// All errors, and all doubts, by place.
    pub(super) fn into_parts(mut self) -> (Vec<PlanError>, Vec<PlanWarning>) {
        self.errors.sort();
        self.errors.dedup();
        self.doubts.sort();
        self.doubts.dedup();
        (self.errors, self.doubts)
    }

    fn error(&self, at: At, problem: String, remedy: String) -> PlanError {
        let (line, column) = self.place(at);
        PlanError { path: self.path.to_owned(), line, column, problem, remedy }
    }

    fn place(&self, At(offset): At) -> (usize, usize) {
        let mut end = offset.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &self.text[..end];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }
}

/// ` (did you mean …?)` if a known word is near, else nothing.
pub(super) fn did_you_mean<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    known
        .into_iter()
        .filter(|candidate| is_near(word, candidate))
        .map(|candidate| (strsim::osa_distance(word, candidate), candidate))
        .min()
        .map_or_else(String::new, |(_, candidate)| format!(" (did you mean `{candidate}`?)"))
}

/// Whether one word may be a mistyped other: a third of it may differ.
pub(super) fn is_near(word: &str, known: &str) -> bool {
    strsim::osa_distance(word, known) <= known.len().max(3) / 3
}

/// `a`, `b`, `c`.
pub(super) fn listed<'k>(words: impl IntoIterator<Item = &'k str>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    if quoted.is_empty() { "none".to_owned() } else { quoted.join(", ") }
}
