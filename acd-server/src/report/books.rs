//! From the journal to an account.

use std::path::Path;

use acd_core::plan::Plan;
use acd_core::{TenantId, Timestamp};
use reports::Fold;
use reports::accounting::{Account, Counting, Ledger, Slots};

use super::ReportError;
use crate::journal::{Destruction, FactReader, Page, PlanEntry, destructions, plan_log, time_text};
use crate::limits::REPORT_PAGE_FACTS;

/// An account, and what must be said about how it was read.
pub(super) struct Books {
    pub(super) account: Account,
    /// In Japanese, for the sheet of definitions.
    pub(super) remarks: Vec<String>,
    /// The journal's last fact when it was read, with its checksum; `None`: it has none.
    pub(super) last_fact: Option<(u64, String)>,
}

/// Reads the facts from the beginning of the life in which the period begins, until its calls have ended. `plan` stands
/// in where the journal's own cannot be read.
pub(super) fn read(
    dir: &Path,
    tenant: TenantId,
    slots: Slots,
    counting: Counting,
    plan: &Plan,
) -> Result<Books, ReportError> {
    let (from, to) = (slots.from(), slots.to());
    refuse_destroyed(dir, tenant, from, to)?;
    // First the end, then the facts: what comes in between is read and does no harm.
    let log = plan_log(dir, from)?;
    let reader = FactReader::open(dir)?;
    let last = reader.last()?;
    let last_fact = reader.checksum(last)?.map(|checksum| (last, checksum));
    let mut remarks = Vec::new();
    let losses = log.losses.iter().filter(|at| **at < to).count();
    if losses > 0 {
        remarks.push(format!("書込みの遅れにより、この期間の記録に欠落が{losses}か所ある。"));
    }
    if log.plans.iter().any(|entry| entry.plan.is_none()) {
        remarks.push(
            "記録の設定の一部が別の版のもので読めないため、席の専任・兼任は現在の設定による。".to_owned(),
        );
    }
    let ledger = Ledger::counting(tenant, slots, counting);
    let mut source = Source { ledger, plan, plans: log.plans, next_plan: 0 };
    let first = reader.first()?;
    let begin = source.plans.first().map_or(first, |entry| entry.first_fact);
    if begin < first {
        source.begin_amid(first);
        remarks.push(format!("事実番号{first}より前は保存期間を過ぎており、席・回線の状態はその後の変化から分かる分だけを数える。"));
    }
    let mut after = begin.max(first).saturating_sub(1);
    loop {
        match reader.page(after, REPORT_PAGE_FACTS)? {
            Page::Facts(facts) => {
                let Some(last) = facts.last().map(|it| it.seq) else { break };
                let more = facts.iter().all(|it| source.take(it.seq, it.time, &it.fact));
                if !more {
                    break;
                }
                after = last;
            }
            Page::Removed { first } => {
                remarks.push(format!(
                    "事実番号{}から{}までが読み取りの間に保存期間を過ぎた。",
                    after + 1,
                    first - 1
                ));
                after = first.saturating_sub(1);
            }
        }
    }
    source.look_ahead();
    let until = log.last_record_time.unwrap_or(from);
    Ok(Books { account: source.ledger.close(until), remarks, last_fact })
}

/// A period whose facts are gone would look like one without calls (R-A14).
fn refuse_destroyed(dir: &Path, tenant: TenantId, from: Timestamp, to: Timestamp) -> Result<(), ReportError> {
    let touches = |it: &Destruction| {
        it.extent.facts > 0 && it.extent.span.is_some_and(|(first, last)| first < to && last >= from)
    };
    let of_tenant = |it: &Destruction| it.tenant == tenant.as_str() && touches(it);
    match destructions(dir)?.into_iter().find(of_tenant) {
        None => Ok(()),
        Some(it) => Err(ReportError::Destroyed {
            tenant: it.tenant,
            before: time_text(it.before),
            at: time_text(it.at),
            why: it.why,
        }),
    }
}

struct Source<'p> {
    ledger: Ledger,
    plan: &'p Plan,
    plans: Vec<PlanEntry>,
    /// The first of them whose facts are still to come.
    next_plan: usize,
}

impl Source<'_> {
    /// The first fact that is kept is not the first of its life.
    fn begin_amid(&mut self, first: u64) {
        let mut stands = None;
        while let Some(entry) = self.plans.get(self.next_plan).filter(|entry| entry.first_fact < first) {
            stands = Some(entry.plan.as_ref().unwrap_or(self.plan).clone());
            self.next_plan += 1;
        }
        if let Some(plan) = stands {
            self.ledger.plan_stands(&plan);
        }
    }

    /// The client may have been told later of what changed in the period (R-L2).
    fn look_ahead(&mut self) {
        for entry in self.plans.get(self.next_plan..).unwrap_or_default() {
            if let Some(plan) = &entry.plan {
                self.ledger.plan_follows(entry.at, plan);
            }
        }
    }

    /// Takes a fact; whether more are wanted.
    fn take(&mut self, seq: u64, time: Timestamp, fact: &acd_core::CallEvent) -> bool {
        if self.ledger.is_settled(time) {
            return false;
        }
        while let Some(entry) = self.plans.get(self.next_plan).filter(|entry| entry.first_fact <= seq) {
            let plan = entry.plan.as_ref().unwrap_or(self.plan);
            if entry.begins_life {
                self.ledger.life_begins(plan);
            } else {
                self.ledger.plan_changes(plan);
            }
            self.next_plan += 1;
        }
        self.ledger.apply(time, seq, fact);
        true
    }
}
