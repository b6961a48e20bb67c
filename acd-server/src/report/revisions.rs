//! Closed months: each closing that says something new is a numbered revision in the data folder (R-A13).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use acd_core::Timestamp;
use reports::accounting::Period;
use reports::forms::figures::{differences, json};
use serde_json::{Value, json};

use super::{ReportError, Subject, figures, output, state};
use crate::cli::Report;
use crate::journal::{FactReader, time_text};
use crate::limits::REVISIONS_MAX;

/// The folder of closed months in the data folder.
const FOLDER: &str = "closed";

/// Closes a month; says what came of it.
pub(super) fn close(options: &Report, made_at: Timestamp) -> Result<String, ReportError> {
    let subject = figures_subject(options)?;
    let profile = figures::profile(options, &subject)?;
    let (period, zone) = (subject.period, subject.settings.utc_offset_minutes);
    let (today, last) = (made_at.civil(zone).date, period.last());
    let is_preliminary_month =
        matches!(period, Period::Month { month, .. } if profile.preliminary_month == Some(month));
    if today < last || (today == last && !is_preliminary_month) {
        return Err(ReportError::NotOver { month: period.to_string(), last: last.to_string() });
    }
    let (statement, header, last_fact) = figures::statement(options, &subject, made_at)?;
    let figures = json(&statement, &header);
    let shelf = Shelf::of(options, &subject, profile.name);
    let revisions = shelf.read()?;
    let changes = revisions.last().map(|it| differences(&it["figures"], &figures)).unwrap_or_default();
    if let Some(latest) = revisions.last()
        && changes.is_empty()
    {
        return Ok(format!("{period} is unchanged since revision {}", latest["revision"]));
    }
    let number = revisions.len() + 1;
    if number > REVISIONS_MAX {
        return Err(ReportError::TooManyRevisions { month: period.to_string() });
    }
    let provisional = statement.account.is_provisional();
    let revision = json!({
        "revision": number,
        "tenant": subject.tenant.as_str(),
        "profile": profile.name,
        "month": period.to_string(),
        "closed_at": time_text(made_at),
        "closed_at_time_ms": made_at.as_millis(),
        "preliminary": provisional,
        "journal": last_fact.map(|(seq, checksum)| json!({ "last_fact": seq, "checksum": checksum })),
        "changes": changes,
        "figures": figures,
    });
    if !changes.is_empty() {
        // What is kept stays in the house; what is said of it are figures.
        state(options, "report --close".to_owned(), period, None, made_at)?;
    }
    let path = shelf.add(number, &revision)?;
    let mut said = format!(
        "{period} closed as revision {number}{}: {}",
        if provisional { " (preliminary)" } else { "" },
        path.display()
    );
    for change in &changes {
        said.push_str("\n  ");
        said.push_str(change);
    }
    Ok(said)
}

/// The month's revisions, for a person.
pub(super) fn list(options: &Report, made_at: Timestamp) -> Result<String, ReportError> {
    let subject = figures_subject(options)?;
    let profile = figures::profile(options, &subject)?;
    let revisions = Shelf::of(options, &subject, profile.name).read()?;
    if revisions.is_empty() {
        return Ok(format!("{} has not been closed", subject.period));
    }
    let reader = FactReader::open(&options.data)?;
    state(options, "report --revisions".to_owned(), subject.period, None, made_at)?;
    let mut lines = Vec::new();
    for it in &revisions {
        let total = &it["figures"]["total"]["figures"];
        let state = if it["preliminary"] == true { "preliminary" } else { "final" };
        lines.push(format!(
            "revision {} {state}, closed {}: offered {}, handled {}, {} %, journal {}",
            it["revision"],
            it["closed_at"].as_str().unwrap_or_default(),
            total["offered"]["count"],
            total["handled"]["count"],
            total["response_rate"]["printed"].as_str().filter(|it| !it.is_empty()).unwrap_or("-"),
            journal_word(&reader, &it["journal"])?,
        ));
        let changes = it["changes"].as_array().into_iter().flatten();
        lines.extend(changes.filter_map(Value::as_str).map(|it| format!("  {it}")));
    }
    Ok(lines.join("\n"))
}

/// Whether the journal is still the one that was closed, up to the revision's last fact.
fn journal_word(reader: &FactReader, closed: &Value) -> Result<String, ReportError> {
    let (Some(seq), Some(checksum)) = (closed["last_fact"].as_u64(), closed["checksum"].as_str()) else {
        return Ok("had no fact".to_owned());
    };
    Ok(match reader.checksum(seq)? {
        Some(now) if now == checksum => format!("up to fact {seq} unchanged"),
        Some(_) => format!("up to fact {seq} IS ANOTHER ONE"),
        None => format!("no longer has fact {seq}"),
    })
}

fn figures_subject(options: &Report) -> Result<Subject, ReportError> {
    if options.form != "figures" {
        return Err(ReportError::NotClosed { form: options.form.clone() });
    }
    Subject::of(options)
}

/// Where the revisions of one month are: `closed/TENANT/PROFILE/2026-11.1.json`.
struct Shelf {
    folder: PathBuf,
    month: String,
}

impl Shelf {
    fn of(options: &Report, subject: &Subject, profile: &str) -> Self {
        let folder = options.data.join(FOLDER).join(subject.tenant.as_str()).join(profile);
        Self { folder, month: subject.period.to_string() }
    }

    fn path(&self, number: usize) -> PathBuf {
        self.folder.join(format!("{}.{number}.json", self.month))
    }

    /// The revisions, oldest first: from 1 on without a gap.
    fn read(&self) -> Result<Vec<Value>, ReportError> {
        let mut all = Vec::new();
        for number in 1..=REVISIONS_MAX {
            let path = self.path(number);
            let bytes = match fs::read(&path) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::NotFound => break,
                Err(source) => return Err(ReportError::Read { path, source }),
            };
            let value = serde_json::from_slice(&bytes).map_err(|error| ReportError::Read {
                path,
                source: io::Error::new(io::ErrorKind::InvalidData, error),
            })?;
            all.push(value);
        }
        Ok(all)
    }

    /// Keeps a revision. What is kept is never written again.
    fn add(&self, number: usize, revision: &Value) -> Result<PathBuf, ReportError> {
        let path = self.path(number);
        make_folder(&self.folder)?;
        output::write_new(&path, format!("{revision:#}\n").as_bytes())?;
        Ok(path)
    }
}

fn make_folder(folder: &Path) -> Result<(), ReportError> {
    fs::create_dir_all(folder).map_err(|source| ReportError::Write { path: folder.to_owned(), source })
}
