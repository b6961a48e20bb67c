//! The plan file: TOML, checked as a whole. Every error is reported at once with its place, what is wrong and what would
//! be right; `docs/plan.md` documents every key.
//!
//! ```text
//! text ─► toml (with places) ─► one reader a table ─► references and rules ─► PlanFile { core, shell, doubts }
//! ```

mod accounting;
mod audio;
mod bands;
mod choice;
mod coverage;
mod credentials;
mod diff;
mod directory;
mod error;
mod fields;
mod files;
mod hand_over;
mod holidays;
mod hours;
mod keys;
pub mod limits;
mod outbound;
mod overflow;
mod own_numbers;
mod pools;
mod ports;
mod prompts;
mod refusal;
mod render;
mod seats;
mod settings;
mod shell;
mod tenants;
mod values;
mod warnings;

#[cfg(test)]
mod tests;

use std::path::Path;

use acd_core::TenantId;
use acd_core::plan::{Capacity, Plan};
use reports::accounting::HandledBy;
use toml::de::DeTable;

use error::{At, Report};
use fields::Fields;
use files::Files;
use limits::{Limit, PLAN_BYTES_MAX};

pub use audio::{AudioFormat, PromptAudio};
pub use diff::PlanDiff;
pub use error::{PlanError, errors_json};
pub use keys::{SECTIONS, Section};
pub use render::{render_json, render_text};
pub use shell::{
    AccountingSettings, DigestAlgorithm, FactKeeping, Ha1, HolidayCalendar, JournalSettings,
    KeepAliveSettings, Listen, LogFormat, LogLevel, LogSettings, MediaSettings, Prompt, PromptSource,
    SeatCredentials, ShellPlan, SipSettings, StaticContact, TenantSettings, TrunkSettings,
};
pub use warnings::{PlanWarning, WarningOf, warnings};

/// `format`: what this program reads.
const FORMAT: Limit = Limit { name: "FORMAT", min: 1, max: 1 };

/// How the built-in plan is named in errors and in the plan as understood.
const BUILT_IN_NAME: &str = "built-in plan";

/// A plan that has passed every check.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanFile {
    /// Whence it came.
    pub name: String,
    /// What the core must know.
    pub core: Plan,
    /// What only the shell must know.
    pub shell: ShellPlan,
    /// What is doubtful at a place of the file, whatever the day; [`warnings()`] gives all that is.
    pub doubts: Vec<PlanWarning>,
}

impl PlanFile {
    /// Reads a plan file and the files that it names.
    ///
    /// # Errors
    /// Everything that is wrong with it, by place.
    pub fn load(path: &Path) -> Result<Self, Vec<PlanError>> {
        let name = path.display().to_string();
        let unreadable = |problem: String, remedy: &str| {
            vec![PlanError { path: name.clone(), line: 1, column: 1, problem, remedy: remedy.to_owned() }]
        };
        let bytes = std::fs::read(path).map_err(|error| {
            unreadable(format!("the plan cannot be read: {error}"), "name a file that exists")
        })?;
        if bytes.len() > PLAN_BYTES_MAX {
            let problem =
                format!("the plan has {} bytes, more than {PLAN_BYTES_MAX} (PLAN_BYTES_MAX)", bytes.len());
            return Err(unreadable(problem, "write seats as ranges (`names`)"));
        }
        let text = String::from_utf8(bytes)
            .map_err(|error| unreadable(format!("the plan is not UTF-8: {error}"), "save it as UTF-8"))?;
        Self::parse(&name, &text, &Files::beside(path))
    }

    /// Whose answer makes a call a handled one to this client (R-A2).
    pub fn handled_by(&self, tenant: TenantId) -> HandledBy {
        let settings = self.shell.tenants.get(&tenant);
        settings.map_or(HandledBy::AnySeat, |it| it.accounting.profile.handled_by)
    }

    /// The plan in the program: five tenants, one for each specification, on the loopback.
    pub fn built_in() -> Self {
        Self::parse(BUILT_IN_NAME, files::BUILT_IN_PLAN, &Files::Embedded)
            .expect("invariant: a test loads the built-in plan")
    }

    /// The built-in plan for a demonstration at any hour: no tenant is ever closed.
    pub fn built_in_demo() -> Self {
        let mut plan = Self::built_in();
        plan.open_all_hours();
        BUILT_IN_NAME.clone_into(&mut plan.name);
        plan.name.push_str(", open at all hours");
        plan
    }

    /// Gives every closed band the lines of the tenant's largest open one.
    fn open_all_hours(&mut self) {
        for tenant in self.core.tenants.values_mut() {
            let largest = tenant.bands.iter().filter_map(|band| band.capacity).max_by_key(|it| it.total());
            let lines = largest.unwrap_or(Capacity { seat_lines: 1, guidance_lines: 0 });
            for band in &mut tenant.bands {
                band.capacity.get_or_insert(lines);
            }
        }
    }

    fn parse(name: &str, text: &str, files: &Files) -> Result<Self, Vec<PlanError>> {
        let mut report = Report::new(name, text);
        let (table, syntax_errors) = DeTable::parse_recoverable(text);
        for error in syntax_errors {
            report.syntax(At(error.span().map_or(0, |span| span.start)), error.message());
        }
        let plan = Self::read(name, &mut report, table.get_ref(), files);
        let (errors, doubts) = report.into_parts();
        if errors.is_empty() { Ok(Self { doubts, ..plan }) } else { Err(errors) }
    }

    /// Reads every table, reporting as it goes. What it returns is of use only if nothing was reported.
    fn read(name: &str, report: &mut Report<'_>, table: &DeTable<'_>, files: &Files) -> Self {
        let top = Fields::new(report, table, At(0), &keys::TOP);
        top.require(report, "format", "write format = 1 as the first line");
        top.integer(report, "format", &FORMAT);

        let listen = settings::listen(report, top);
        let sip = settings::sip(report, top, &listen);
        let media = settings::media(report, top);
        let prompts = prompts::prompts(report, top, files);
        let holidays = holidays::holidays(report, top, files);
        let pools = pools::pools(report, top);
        let trunks = settings::trunks(report, top);
        let named = tenants::Named { prompts: &prompts, pools: &pools, trunks: &trunks };
        let (tenants, tenants_named) = tenants::tenants(report, top, named);
        pools::check_reserved(report, &pools, &tenants);
        let open_to_network =
            listen.sip_udp.iter().chain(&listen.sip_tcp).any(|address| !address.ip().is_loopback());
        let around =
            seats::Surroundings { tenants: &tenants, tenants_named, realm: &sip.realm, open_to_network };
        let seats = seats::seats(report, top, around);
        ports::check(
            report,
            top,
            &media,
            ports::Lines { tenants: &tenants, pools: &pools, seats: seats.core.len() },
        );

        let mut core = Plan {
            seats: seats.core,
            holidays: holidays.names.keys().copied().collect(),
            pools: pools.iter().filter_map(|(id, pool)| Some((*id, pool.lines?))).collect(),
            ..Plan::default()
        };
        let mut shell = ShellPlan {
            listen,
            sip,
            media,
            journal: settings::journal(report, top),
            recordings_folder: settings::recordings_folder(report, top),
            drain: settings::drain(report, top),
            log: settings::log(report, top),
            holidays,
            trunks,
            prompts: prompts.into_iter().filter_map(|(id, prompt)| Some((id, prompt?))).collect(),
            tenants: std::collections::BTreeMap::new(),
            seats: seats.shell,
        };
        for (id, tenant) in tenants {
            core.tenants.insert(id, tenant.core);
            shell.tenants.insert(id, tenant.shell);
        }
        Self { name: name.to_owned(), core, shell, doubts: Vec::new() }
    }
}
