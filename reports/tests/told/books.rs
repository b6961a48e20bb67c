//! The books of a history: how each client counts, and what its forms say when they are asked.

use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use acd_core::plan::Plan;
use acd_core::{CallEvent, Switch, TenantId, Timestamp};
use reports::accounting::{
    Calendar, Contract, Counting, HandledBy, Ledger, OfficialBlockage, Period, Profile,
};
use reports::forms::figures::{Statement, csv, json};
use reports::forms::{Header, Purpose};
use reports::{Fold, Records};
use serde_json::Value;

use crate::columns::{self, Column};
use crate::play::{Happened, Onlooker};
use crate::printed::{self, Line};
use crate::support::plans;

const JST: i32 = 540;

/// The columns of 平均受付件数 as the form for machines names them.
const OFFERED_A_DAY: [&str; 9] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sundays_and_holidays",
    "monday_to_saturday",
    "all",
];

/// What the ledgers are told, in its order.
enum Step {
    Life(Plan),
    Plan(Plan),
    Fact(Timestamp, CallEvent),
}

/// How a client counts.
#[derive(Clone, Copy)]
struct Counts {
    profile: Profile,
    target_permille: Option<u16>,
    contract: Option<Contract>,
}

/// Keeps the facts, and answers questions about the figures.
pub(crate) struct Books {
    file: String,
    steps: Vec<Step>,
    plan: Plan,
    until: Timestamp,
    counts: BTreeMap<TenantId, Counts>,
    /// What has been made since the last turn and the last word on counting: a year's takes a while.
    made: BTreeMap<(String, Period), Rc<Forms>>,
}

/// The two kinds of form over one period.
struct Forms {
    exact: Value,
    printed: Vec<Line>,
}

impl Books {
    /// Of the history in this file.
    pub(crate) fn of(file: &Path) -> Self {
        Self {
            file: file.display().to_string(),
            steps: Vec::new(),
            plan: Plan::default(),
            until: Timestamp::from_millis(0),
            counts: BTreeMap::new(),
            made: BTreeMap::new(),
        }
    }

    /// `counts kyoto as shiga, target 90.0, final_skill, …`
    fn count(&mut self, text: &str) {
        self.made.clear();
        let mut items = text.split(", ");
        let (tenant, profile) = items.next().unwrap().split_once(" as ").expect("counts TENANT as PROFILE");
        let mut profile = Profile::named(profile).unwrap_or_else(|| panic!("no profile {profile}"));
        let (mut target_permille, mut contract) = (None, None);
        for item in items {
            let (key, value) = item.split_once(' ').unwrap_or((item, ""));
            match key {
                "target" => target_permille = Some(value.replace('.', "").parse().unwrap()),
                "final_skill" => profile.handled_by = HandledBy::FinalSkill,
                "answer_hour" => profile.answer_hour = true,
                "count_blocked_as_offered" => profile.count_blocked_as_offered = true,
                "ringing_is_no_waiting" => profile.ringing_counts_as_waiting = false,
                "blockage_of_seat_lines" => profile.blockage = OfficialBlockage::SeatLines,
                "short_abandon" => {
                    profile.short_abandon =
                        Duration::from_secs(value.strip_suffix('s').unwrap().parse().unwrap());
                }
                "contract" => {
                    let (first, last) = value.split_once(" to ").expect("contract DATE to DATE");
                    contract = Some(Contract { first: plans::date(first), last: plans::date(last) });
                }
                other => panic!("no way of counting is called {other}"),
            }
        }
        self.counts.insert(tenant.parse().unwrap(), Counts { profile, target_permille, contract });
    }

    fn forms(&mut self, tenant: &str, period: Period) -> Rc<Forms> {
        let key = (tenant.to_owned(), period);
        if !self.made.contains_key(&key) {
            let forms = Rc::new(self.make(tenant, period));
            self.made.insert(key.clone(), forms);
        }
        Rc::clone(&self.made[&key])
    }

    fn make(&self, tenant: &str, period: Period) -> Forms {
        let tenant: TenantId = tenant.parse().unwrap();
        let Counts { profile, target_permille, contract } =
            *self.counts.get(&tenant).unwrap_or_else(|| panic!("nothing says how {tenant} counts"));
        let settings = &self.plan.tenants[&tenant];
        let base = Calendar {
            utc_offset_minutes: JST,
            day_start_hour: 0,
            contract,
            holidays: self.plan.holidays.clone(),
        };
        let slots = Calendar::slots(period, &Statement::calendars(&profile, &base)).unwrap();
        let counting = Counting { short_abandon: profile.short_abandon, staffing: settings.staffing.clone() };
        let mut ledger = Ledger::counting(tenant, slots, counting);
        let (mut seq, mut plans, mut is_settled) = (0, self.steps.iter(), false);
        for step in plans.by_ref() {
            match step {
                Step::Life(plan) => ledger.life_begins(plan),
                Step::Plan(plan) => ledger.plan_changes(plan),
                // As the program has it: no fact is read once none can change anything.
                Step::Fact(time, _) if ledger.is_settled(*time) => {
                    is_settled = true;
                    break;
                }
                Step::Fact(time, fact) => {
                    seq += 1;
                    ledger.apply(*time, seq, fact);
                }
            }
        }
        let mut follows = None;
        for step in plans.filter(|_| is_settled) {
            match (step, follows) {
                (Step::Life(plan) | Step::Plan(plan), _) => follows = Some(plan),
                (Step::Fact(time, CallEvent::PlanApplied { .. }), Some(plan)) => {
                    ledger.plan_follows(*time, plan)
                }
                (Step::Fact(..), _) => {}
            }
        }
        let account = ledger.close(self.until);
        assert_eq!((account.orphans, account.plans_unknown), (0, 0), "{}", self.file);
        assert!(account.figures.iter().all(|it| it.is_balanced()), "{}", self.file);
        let statement = Statement::new(account, period, profile, &base).unwrap();
        assert_eq!(statement.account.total(), statement.sheet.total, "{}: R-A9", self.file);
        let header = Header {
            title: tenant.to_string(),
            date: period.first(),
            utc_offset_minutes: JST,
            target_permille,
            made_at: self.until,
            made_by: "acd".into(),
            plan: "acd.toml".into(),
            profile,
            purpose: Purpose::Report,
            remarks: Vec::new(),
        };
        Forms { exact: json(&statement, &header), printed: printed::lines(&csv(&statement, &header)) }
    }

    /// `kyoto 2026-04-01 hour 10: offered, rate`
    fn figures(&mut self, text: &str) -> Vec<String> {
        let (place, words) = text.split_once(": ").expect("figures TENANT PERIOD ROW: COLUMNS");
        let place: Vec<&str> = place.split(' ').collect();
        let [tenant, when, row @ ..] = place.as_slice() else { panic!("figures TENANT PERIOD ROW: COLUMNS") };
        let forms = self.forms(tenant, period(when));
        if let ["mean", "of", "hour", hour] = row {
            return vec![forms.means(hour.parse().unwrap(), words)];
        }
        let columns: Vec<Column> = words.split(", ").map(columns::of_a_row).collect();
        match row {
            ["hour", hour] => forms.hours(hour, hour, None, &columns),
            ["hours", from, "to", to] => forms.hours(from, to, None, &columns),
            ["on", date, "hour", hour] => forms.hours(hour, hour, Some(date), &columns),
            ["on", date] => forms.rows("日", "days", "day", date, &columns),
            ["in", month] => forms.rows("月", "months", "month", month, &columns),
            ["total"] => vec![forms.row("計", &forms.exact["total"], forms.lines("合計")[0], &columns)],
            _ => panic!("no such row: {row:?}"),
        }
    }

    /// `kyoto 2026-04` gives its 平均受付件数, column by column.
    fn offered_a_day(&mut self, text: &str) -> Vec<String> {
        let (tenant, when) = text.split_once(' ').expect("offered_a_day TENANT PERIOD");
        let forms = self.forms(tenant, period(when));
        let [headings, _, line] = printed::table(&forms.printed, "平均受付件数") else {
            panic!("headings, units and one line")
        };
        let exact = forms.exact["offered_a_day"].as_object().unwrap();
        let cells = headings.iter().zip(line).skip(1).zip(OFFERED_A_DAY);
        let told: Vec<String> = cells
            .map(|((heading, cell), key)| {
                let mean = &exact[key];
                assert_eq!(mean["printed"].as_str(), Some(cell.as_str()), "{heading}: two forms differ");
                let parts = mean["calls"].as_array();
                parts.map_or_else(
                    || format!("{heading} blank"),
                    |it| format!("{heading} {cell} ({} of {})", it[0], it[1]),
                )
            })
            .collect();
        assert_eq!(told.len(), exact.len(), "{}: a mean stands on one form alone", self.file);
        vec![format!("    {}", told.join(", "))]
    }

    /// `kyoto 2026-04-01: 回線閉塞` gives the intervals of this kind, as the form lists them.
    fn list(&mut self, text: &str) -> Vec<String> {
        let (place, kind) = text.split_once(": ").expect("list TENANT PERIOD: KIND");
        let (tenant, when) = place.split_once(' ').expect("list TENANT PERIOD: KIND");
        let forms = self.forms(tenant, period(when));
        let lines = printed::table(&forms.printed, "区間").iter().skip(1).filter(|it| it[0] == kind);
        let lines: Vec<&Line> = lines.collect();
        let key = match kind {
            "回線閉塞" => "blockages",
            "停止" => "outages",
            "配置不足" => "understaffed",
            "席回線全使用" => "seat_lines_full",
            "全回線使用" => "all_lines_full",
            other => panic!("no list is called {other}"),
        };
        let exact = forms.exact[key].as_array().unwrap();
        assert!(
            lines.iter().map(|it| it[1].as_str()).eq(exact.iter().map(|it| it["from"].as_str().unwrap())),
            "{}: two forms differ",
            self.file
        );
        let told: Vec<String> = lines
            .iter()
            .map(|it| {
                format!("    {} ～ {}, {} min, {}", it[1], it[2], it[3], it[4])
                    .trim_end_matches(", ")
                    .to_owned()
            })
            .collect();
        if told.is_empty() { vec!["    none".into()] } else { told }
    }

    /// `kyoto 2026-04: 日の始まりによる差` gives that line of the form's 算出条件.
    fn definition(&mut self, text: &str) -> Vec<String> {
        let (place, item) = text.split_once(": ").expect("definition TENANT PERIOD: ITEM");
        let (tenant, when) = place.split_once(' ').expect("definition TENANT PERIOD: ITEM");
        let forms = self.forms(tenant, period(when));
        let found: Vec<String> = forms
            .printed
            .iter()
            .skip_while(|it| it[0] != "算出条件")
            .filter(|it| it.get(1).is_some_and(|it| it == item))
            .map(|it| format!("    {} ({})", it[2].replace('\n', "\n    "), it[3]))
            .collect();
        assert!(!found.is_empty(), "{}: no definition {item}", self.file);
        found
    }

    /// `kyoto` gives the calls whose callers are to be called back.
    fn to_call_back(&self, tenant: &str) -> Vec<String> {
        let mut records = Records::default();
        for (seq, step) in (1..).zip(&self.steps) {
            if let Step::Fact(time, fact) = step {
                records.apply(*time, seq, fact);
            }
        }
        let listed = records.to_call_back().filter(|it| it.tenant.as_str() == tenant);
        let calls: Vec<String> = listed.map(|it| it.call.0.to_string()).collect();
        let told = if calls.is_empty() { "nobody".to_owned() } else { format!("call {}", calls.join(", ")) };
        vec![format!("    {told}")]
    }

    /// `kyoto 2026-04 on 2026-04-01` gives the list of consultations' line of that day, hours without any left out.
    fn consultations(&mut self, text: &str) -> Vec<String> {
        let words: Vec<&str> = text.split(' ').collect();
        let [tenant, when, "on", date] = words.as_slice() else {
            panic!("consultations TENANT PERIOD on DATE")
        };
        let forms = self.forms(tenant, period(when));
        let begin =
            forms.printed.iter().position(|it| it[0].starts_with("相談件数一覧")).expect("such a list");
        let table = &forms.printed[begin + 1..];
        let line = table.iter().find(|it| it[0] == *date).expect("such a day");
        let known = table[0].iter().zip(line).skip(1).filter(|(_, count)| !count.is_empty());
        let cells = known.clone().filter(|(_, count)| *count != "0");
        let mut cells: Vec<String> = cells.map(|(hour, count)| format!("{hour} {count}")).collect();
        if known.clone().next().is_none() {
            cells.push("not recorded".to_owned());
        }
        let exact = forms.exact["consultation_list"]["days"].as_array().unwrap();
        let day = exact.iter().find(|it| it["day"] == *date).expect("such a day");
        let hours = day["hours"].as_array().unwrap().iter().filter(|it| it["recorded"] == true);
        let length = hours.count() + usize::from(day["recorded"] == true);
        assert_eq!(known.count(), length, "{}: two forms differ", self.file);
        vec![format!("    {}: {}", forms.printed[begin][0], cells.join(", "))]
    }
}

impl Forms {
    fn headings(&self) -> &Line {
        &printed::table(&self.printed, "区分")[0]
    }

    /// The lines of one level.
    fn lines(&self, level: &str) -> Vec<&Line> {
        printed::table(&self.printed, "区分").iter().filter(|it| it[0] == level).collect()
    }

    fn row(&self, label: &str, row: &Value, line: &Line, columns: &[Column]) -> String {
        if row["recorded"] == false {
            assert_eq!(line.len(), 4, "{label}: what nobody knows is blank");
            return format!("    {label}: not recorded");
        }
        let printed = |heading: &str| printed::cell(self.headings(), line, heading);
        let told: Vec<String> = columns.iter().map(|it| it.told(row, printed)).collect();
        format!("    {label}: {}", told.join(", "))
    }

    fn hours(&self, from: &str, to: &str, date: Option<&str>, columns: &[Column]) -> Vec<String> {
        let (from, to): (u64, u64) = (from.parse().unwrap(), to.parse().unwrap());
        let (rows, lines) = (self.exact["hours"].as_array().unwrap(), self.lines("時間"));
        assert_eq!(rows.len(), lines.len());
        let told: Vec<String> = rows
            .iter()
            .zip(lines)
            .filter(|(row, _)| (from..=to).contains(&row["hour"].as_u64().unwrap()))
            .filter(|(row, _)| date.is_none_or(|date| row["day"] == date))
            .map(|(row, line)| {
                let label = if date.is_some() { format!("{} {}", line[1], line[3]) } else { line[3].clone() };
                self.row(&label, row, line, columns)
            })
            .collect();
        assert!(!told.is_empty(), "no such hour");
        told
    }

    fn rows(&self, level: &str, key: &str, name: &str, wanted: &str, columns: &[Column]) -> Vec<String> {
        let (rows, lines) = (self.exact[key].as_array().unwrap(), self.lines(level));
        assert_eq!(rows.len(), lines.len());
        let (row, line) = rows.iter().zip(lines).find(|(row, _)| row[name] == wanted).expect("such a row");
        vec![self.row(&line[1], row, line, columns)]
    }

    /// An hour of the clock over all days.
    fn means(&self, hour: u64, words: &str) -> String {
        let all = printed::table(&self.printed, "時間帯別の平均");
        let row =
            self.exact["hours_of_day"].as_array().unwrap().iter().find(|it| it["hour"] == hour).unwrap();
        let line = all.iter().find(|it| row["label"] == it[0].as_str()).expect("such an hour");
        let means = serde_json::json!({ "figures": row["means"] });
        let told: Vec<String> = words
            .split(", ")
            .map(|word| columns::of_means(word).told(&means, |heading| printed::cell(&all[1], line, heading)))
            .collect();
        format!("    {}: {}", line[0], told.join(", "))
    }
}

impl Onlooker for Books {
    fn begins(&mut self, _now: Timestamp, plan: &Plan) {
        self.plan = plan.clone();
        self.steps.push(Step::Life(plan.clone()));
    }

    fn new_plan(&mut self, _switch: &Switch, plan: &Plan) -> Vec<String> {
        self.plan = plan.clone();
        self.steps.push(Step::Plan(plan.clone()));
        Vec::new()
    }

    fn turned(&mut self, it: &Happened<'_>) -> Option<Vec<String>> {
        let (now, turn) = (it.now, it.turn);
        self.until = now;
        self.made.clear();
        for fact in &turn.facts {
            // The history would not be what its reader thinks.
            assert!(!matches!(fact, CallEvent::InputUnexpected { .. }), "{}: {fact:?} at {now:?}", self.file);
            self.steps.push(Step::Fact(now, fact.clone()));
        }
        None
    }

    fn asked(&mut self, line: &str) -> Option<Vec<String>> {
        let (kind, rest) = line.split_once(' ')?;
        match kind {
            "counts" => {
                self.count(rest);
                Some(Vec::new())
            }
            "figures" => Some(self.figures(rest)),
            "list" => Some(self.list(rest)),
            "definition" => Some(self.definition(rest)),
            "offered_a_day" => Some(self.offered_a_day(rest)),
            "consultations" => Some(self.consultations(rest)),
            "to_call_back" => Some(self.to_call_back(rest)),
            _ => None,
        }
    }
}

/// `2026-04-01`, `2026-04`, `2026`: a day, a month, a fiscal year.
fn period(text: &str) -> Period {
    let parts: Vec<&str> = text.split('-').collect();
    match parts.as_slice() {
        [_, _, _] => Period::Day(plans::date(text)),
        [year, month] => Period::Month { year: year.parse().unwrap(), month: month.parse().unwrap() },
        _ => Period::FiscalYear(text.parse().unwrap()),
    }
}
