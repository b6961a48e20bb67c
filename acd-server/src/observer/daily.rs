//! What is done once a day: talk against recordings (R-R2). Shortly after midnight, and at each start for the day before.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use acd_core::{CivilDate, Timestamp};

use super::{JAPAN_OFFSET_MINUTES, Shared};
use crate::limits::RECONCILE_AFTER;
use crate::reconcile;

/// When it was done last, and the thread that does it: neither the loop nor the board waits for a day's facts.
#[derive(Debug)]
pub(super) struct Daily {
    data_dir: PathBuf,
    done: Option<CivilDate>,
    thread: Option<JoinHandle<()>>,
    /// Calls of the day that was looked at last had not ended then: it is looked at once more with the next.
    left_open: Arc<AtomicBool>,
}

impl Daily {
    pub(super) fn new(data_dir: PathBuf) -> Self {
        Self { data_dir, done: None, thread: None, left_open: Arc::default() }
    }

    /// Looks at the clock.
    pub(super) fn look(&mut self, now: Timestamp, shared: &Arc<Shared>) {
        let today = (now - RECONCILE_AFTER).civil(JAPAN_OFFSET_MINUTES).date;
        let is_at_work = self.thread.as_ref().is_some_and(|thread| !thread.is_finished());
        if self.done == Some(today) || is_at_work {
            return;
        }
        self.done = Some(today);
        let days = if self.left_open.swap(false, Ordering::AcqRel) { 2 } else { 1 };
        let dates = (1..=days).rev().map(|ago| CivilDate::from_days(today.days() - ago)).collect();
        let (dir, shared, left_open) =
            (self.data_dir.clone(), Arc::clone(shared), Arc::clone(&self.left_open));
        let work = move || run(&dir, dates, &shared, &left_open);
        match std::thread::Builder::new().name("reconcile".to_owned()).spawn(work) {
            Ok(thread) => self.thread = Some(thread),
            Err(error) => tracing::error!(%error, "talk and recordings are not reconciled: no thread"),
        }
    }
}

fn run(dir: &std::path::Path, dates: Vec<CivilDate>, shared: &Shared, left_open: &AtomicBool) {
    let plan = shared.plan();
    for date in dates {
        for &tenant in plan.core.tenants.keys() {
            match reconcile::day(dir, &plan, tenant, date) {
                Ok(day) => {
                    tell(&day);
                    left_open.fetch_or(day.facts.open > 0, Ordering::AcqRel);
                    shared.view().reconciled.insert(tenant, day);
                }
                Err(error) => tracing::error!(
                    %tenant, %date, %error,
                    "talk and recordings cannot be reconciled: run acd recordings reconcile"
                ),
            }
        }
    }
}

fn tell(day: &reconcile::Day) {
    let sums = day.facts.sums();
    let (tenant, date) = (day.tenant, day.date);
    let files = day.files.as_ref().map_or(0, Vec::len);
    if day.agrees() {
        tracing::info!(
            %tenant, %date, answered = sums.answered, due_ms = sums.due_ms, recorded_ms = sums.recorded_ms,
            "talk and recordings agree"
        );
    } else {
        tracing::error!(
            %tenant, %date, calls = sums.differing, files, due_ms = sums.due_ms,
            difference_ms = sums.difference_ms(),
            "talk and recordings DIFFER: run acd recordings reconcile --tenant {tenant} --date {date}"
        );
    }
}
