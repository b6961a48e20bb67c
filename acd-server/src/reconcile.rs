//! Talk against recordings, day by day (R-R2): out of the journal, and beside the files on the disk.

mod command;
mod render;
#[cfg(test)]
mod tests;

use std::path::Path;

use acd_core::plan::Plan;
use acd_core::{CallId, CivilDate, TenantId, TimeOfDay, Timestamp};
use reports::limits::RECORDED_OFF_MS_MAX;
use reports::{Fold, Reconciler, Reconciliation};

use crate::journal::{FactReader, JournalError, Page, destructions, plan_log};
use crate::limits::REPORT_PAGE_FACTS;
use crate::plan::PlanFile;

pub use command::reconcile;

/// One client's day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Day {
    /// Whose.
    pub tenant: TenantId,
    /// Which, in the client's zone (R-A9).
    pub date: CivilDate,
    /// Talk against the recorder's facts.
    pub facts: Reconciliation,
    /// Files that are not as the facts say; `None`: there is no folder of recordings here to look at.
    pub files: Option<Vec<FileFault>>,
    /// Facts of the day are no longer kept, or were destroyed (R-A14): the sums are not complete.
    pub is_cut: bool,
}

/// A recording whose file is not as the facts say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileFault {
    /// Of which call.
    pub call: CallId,
    /// Where it ought to be, relative to the recordings folder.
    pub file: String,
    /// How much of it plays, in milliseconds; `None`: it is not there, or does not play.
    pub plays_ms: Option<u64>,
    /// How much the facts say, in milliseconds.
    pub stated_ms: u64,
}

impl Day {
    /// Whether all that ought to be recorded was, and is there.
    pub fn agrees(&self) -> bool {
        self.facts.differing().next().is_none() && self.files.as_ref().is_none_or(Vec::is_empty)
    }
}

/// Reads the calls of a client's civil day, to their ends, and looks at their files. A switch may go on writing.
///
/// # Errors
/// If the journal cannot be read.
pub fn day(dir: &Path, plan: &PlanFile, tenant: TenantId, date: CivilDate) -> Result<Day, JournalError> {
    let offset = plan.core.tenants.get(&tenant).map_or(0, |it| it.utc_offset_minutes);
    let from = date.at(TimeOfDay::MIDNIGHT, offset);
    let to = CivilDate::from_days(date.days() + 1).at(TimeOfDay::MIDNIGHT, offset);
    let (facts, removed) = read(dir, &plan.core, tenant, (from, to))?;
    let is_destroyed = destructions(dir)?.into_iter().any(|it| {
        let touches = it.extent.span.is_some_and(|(first, last)| first < to && last >= from);
        it.tenant == tenant.as_str() && it.extent.facts > 0 && touches
    });
    let files = look_at_files(&dir.join(&plan.shell.recordings_folder), &facts);
    Ok(Day { tenant, date, facts, files, is_cut: removed || is_destroyed })
}

/// Folds the facts; whether some that may be of the day are no longer kept. `plan` stands in where the journal's own cannot
/// be read.
fn read(
    dir: &Path,
    plan: &Plan,
    tenant: TenantId,
    (from, to): (Timestamp, Timestamp),
) -> Result<(Reconciliation, bool), JournalError> {
    let plans = plan_log(dir, from)?.plans;
    let mut plans = plans.iter().peekable();
    let reader = FactReader::open(dir)?;
    let mut reconciler = Reconciler::new(tenant, from, to);
    reconciler.plan_stands(plan);
    let mut after = reader.before(from)?;
    let mut is_cut = after > 0 && after < reader.first()?;
    loop {
        let facts = match reader.page(after, REPORT_PAGE_FACTS)? {
            Page::Facts(facts) => facts,
            Page::Removed { first } => {
                is_cut = true;
                after = first.saturating_sub(1);
                continue;
            }
        };
        let Some(last) = facts.last().map(|it| it.seq) else { break };
        for it in &facts {
            if reconciler.is_settled(it.time) {
                return Ok((reconciler.close(), is_cut));
            }
            while let Some(entry) = plans.next_if(|entry| entry.first_fact <= it.seq) {
                reconciler.plan_stands(entry.plan.as_ref().unwrap_or(plan));
            }
            reconciler.apply(it.time, it.seq, &it.fact);
        }
        after = last;
    }
    Ok((reconciler.close(), is_cut))
}

fn look_at_files(folder: &Path, facts: &Reconciliation) -> Option<Vec<FileFault>> {
    if !folder.is_dir() {
        return None;
    }
    let fault = |call: &reports::reconciliation::ReconciledCall| {
        let file = call.file.clone().filter(|_| call.recorded_ms > 0)?;
        let plays = recorder::length(&folder.join(&file)).ok();
        let plays_ms = plays.map(|length| u64::try_from(length.as_millis()).unwrap_or(u64::MAX));
        let is_whole = plays_ms.is_some_and(|ms| ms + RECORDED_OFF_MS_MAX >= call.recorded_ms);
        let stated_ms = call.recorded_ms;
        (!is_whole).then_some(FileFault { call: call.call, file, plays_ms, stated_ms })
    };
    Some(facts.calls.iter().filter_map(fault).collect())
}
