//! The plan as the core understands it: tenants with their numbers, lines by time band, guidance and queue, and the
//! seats. It is made by the shell from the plan file, which has been checked there; the core takes it as an input.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ids::{DialledNumber, PoolId, PromptId, SeatId, SkillId, TenantId};
use crate::time::{CivilDate, TimeOfDay};

mod bands;
mod diff;
mod directory;
mod staffing;

pub use bands::{BandFault, band_at, capacity_at, check_bands, day_kind_at, next_band_edge};
pub use diff::{Change, diff};
pub use directory::{Directory, Duty, Entry, EntryKind, FireHeadquarters, Outbound};
pub use staffing::{Staffing, StaffingSeats};

/// Everything that the core must know of the outside's wishes.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Plan {
    /// The clients by name.
    pub tenants: BTreeMap<TenantId, Tenant>,
    /// The seats by name.
    pub seats: BTreeMap<SeatId, Seat>,
    /// Public holidays (国民の祝日, 振替休日, 国民の休日) of every year that the plan covers.
    pub holidays: BTreeSet<CivilDate>,
    /// How many lines each pool has, which its tenants share (R-L5).
    pub pools: BTreeMap<PoolId, u16>,
}

/// One client: numbers, lines, guidance, queue.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Tenant {
    /// The name that a seat's screen shows before the answer (R-S5).
    pub title: String,
    /// Minutes east of Greenwich; Asia/Tokyo has 540 and no summer time (R-A9).
    pub utc_offset_minutes: i32,
    /// The numbers that reach this tenant.
    pub numbers: BTreeMap<DialledNumber, Number>,
    /// When the tenant's day of bands begins; every day kind's bands cover 24 h from here (R-L3).
    pub day_start: TimeOfDay,
    /// Lines by day kind and time (R-L2). Checked by the shell: no gap, no overlap.
    pub bands: Vec<Band>,
    /// Named date ranges, which win over every other day kind (R-L2).
    pub ranges: Vec<DateRange>,
    /// The tenant's share in a pool of lines; `None`: its lines are its own (R-L5).
    pub pool: Option<PoolShare>,
    /// What a caller gets for want of a line (R-L4).
    pub refusal: LinesFullRefusal,
    /// Lines that carry the closed announcement outside hours (R-L11).
    pub closed_lines: u16,
    /// The closed announcement; absent: callers outside hours are refused as the tenant refuses for want of a line.
    pub closed_announcement: Option<PromptId>,
    /// Whether guidance is played in early media (183), before the call is answered (R-G2).
    pub early_media: bool,
    /// How long guidance waits once it can be heard, for the carrier's own announcement (R-G2).
    pub guidance_delay: Duration,
    /// What a waiting caller hears (R-G3).
    pub waiting: Waiting,
    /// What tells a waiting caller its place in the queue, after each waiting message; `None`: nothing (R-G3).
    pub places: Option<PlaceAnnouncements>,
    /// What a caller hears while a seat holds the call.
    pub hold_music: Option<PromptId>,
    /// How long one seat is rung for one caller (R-Q6).
    pub ring: Duration,
    /// After how long without a call, within hours, an alarm is raised (R-G5).
    pub expect_calls_within: Option<Duration>,
    /// After how long a wait an alarm is raised (R-Q8).
    pub max_wait: Option<Duration>,
    /// The skill that a seat needs for a caller who enters; `None`: any seat that serves the tenant.
    pub entry_skill: Option<SkillId>,
    /// The skills to which seats may hand a caller over, each with the code that the agent presses for it while talking:
    /// `*` and digits, of which none begins with another (R-S4).
    pub hand_over: BTreeMap<SkillId, String>,
    /// Where callers go on to whom the tenant cannot serve (R-Q8, R-G5).
    pub overflow: Option<Overflow>,
    /// Over which trunk parties are dialled; `None`: nobody can be.
    pub outbound: Option<Outbound>,
    /// Whom the agents may reach (R-T2).
    pub directory: Directory,
    /// The staffing that the contract promises, each skill once (R-A8).
    pub staffing: Vec<Staffing>,
    /// 応答率の目標 in thousandths (89.1 % is 891), where the client names one.
    pub response_rate_target_permille: Option<u16>,
    /// When the client was told of the present seat lines (R-L2).
    pub lines_reported_on: Option<CivilDate>,
}

impl Tenant {
    /// The skills that the tenant has queues for; `None`: any seat that serves the tenant.
    pub fn queue_skills(&self) -> BTreeSet<Option<SkillId>> {
        let mut skills: BTreeSet<Option<SkillId>> = self.hand_over.keys().map(|skill| Some(*skill)).collect();
        skills.insert(self.entry_skill);
        let choices = self.numbers.values().filter_map(|number| number.choice.as_ref());
        let chosen = choices.flat_map(|choice| choice.options.values()).filter_map(|option| option.skill);
        skills.extend(chosen.map(Some));
        skills
    }
}

/// Where callers go on to, and when (R-Q8, R-G5). Checked by the shell: no chain of tenants comes back to its beginning.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Overflow {
    /// Whose queue takes the callers, while it is within its own hours.
    pub to: TenantId,
    /// In which cases.
    pub on: BTreeSet<OverflowCause>,
}

/// Why a caller goes on to another tenant's queue.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum OverflowCause {
    /// The call came outside hours (R-G5).
    Closed,
    /// Nobody who may serve the caller is logged in (R-Q8).
    NobodyLoggedIn,
    /// The caller has waited for `max_wait` (R-Q8).
    WaitTooLong,
}

/// What differs by dialled number.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Number {
    /// What must be heard before a person answers (R-G1).
    pub guidance: Guidance,
    /// Whether calls to this number are recorded (R-R1).
    pub recording: RecordingPolicy,
    /// What the callers choose; `None`: nothing (R-G6).
    pub choice: Option<Choice>,
}

/// What callers choose by a key, before or after the guidance (R-G6).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Choice {
    /// Names the keys and what they stand for.
    pub prompt: PromptId,
    /// Whether the guidance is heard after the choice, not before it.
    pub before_guidance: bool,
    /// How long after the prompt a key is waited for; then the caller goes on as if there were no choice.
    pub patience: Duration,
    /// What each key (`0`–`9`, `*`, `#`) stands for.
    pub options: BTreeMap<char, ChoiceOption>,
}

/// What a key stands for; whatever it leaves open is as without a choice.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ChoiceOption {
    /// The skill that a seat needs for the caller: a language, a service.
    pub skill: Option<SkillId>,
    /// The guidance that is played: in place of the number's before it, after the number's as well.
    pub guidance: Option<PromptId>,
}

/// Who says the mandatory guidance (R-G1).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Guidance {
    /// `"tape"`: played from first frame to last before a seat may be rung.
    Tape(PromptId),
    /// `"spoken"`: the script on the seat's screen; the agent's mark is the fact.
    Spoken,
    /// `"none"`.
    None,
}

/// Whether a call is recorded, and from when on (R-R1; statement 6: "off" is a fact too).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum RecordingPolicy {
    /// `recording = "from_answer"`: from the seat's answer to the last leg's end.
    FromAnswer,
    /// `recording = "from_caller"`: from the caller's answer to the last leg's end, what the caller says in guidance and
    /// queue included.
    FromCaller,
    /// `recording = "off"`.
    Off,
}

/// What a caller gets for want of a line (R-L4).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum LinesFullRefusal {
    /// 486 Busy Here.
    BusyHere,
    /// 503 Service Unavailable with Retry-After.
    RetryAfter(Duration),
    /// The busy announcement in early media, then 486. Who hears it holds no line (R-L6).
    Announcement {
        /// The announcement.
        prompt: PromptId,
        /// How many refused callers may hear it at once; the others get 486 alone.
        lines: u16,
    },
}

/// What a waiting caller hears (R-G3): the message, music, and the message again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Waiting {
    /// The waiting message (待機メッセージ).
    pub message: PromptId,
    /// Music between the messages; `None`: the message alone, again and again.
    pub music: Option<PromptId>,
    /// From one start of the message to the next.
    pub message_every: Duration,
}

/// What tells a waiting caller its place in the queue (R-G3).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PlaceAnnouncements {
    /// One for each place from the first on; at most [`PLACES_MAX`](crate::limits::PLACES_MAX).
    pub places: Box<[PromptId]>,
    /// For every place beyond them; `None`: nothing.
    pub beyond: Option<PromptId>,
}

/// The kind of a day; the first that fits wins, in this order (R-L2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum DayKind {
    /// The date range of this index in [`Tenant::ranges`].
    Range(u16),
    /// 祝日
    Holiday,
    /// 日曜
    Sunday,
    /// 土曜
    Saturday,
    /// 平日
    Weekday,
}

/// Capacity by time, on some kinds of day. A band belongs to the day on which it began (R-L3).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Band {
    /// The kinds of day on which the band begins.
    pub days: BTreeSet<DayKind>,
    /// When it begins.
    pub from: TimeOfDay,
    /// When it ends; at or before `from`: on the next day.
    pub to: TimeOfDay,
    /// The lines in force; `None`: outside the tenant's hours.
    pub capacity: Option<Capacity>,
}

/// How many calls there may be at once (R-L2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Capacity {
    /// Callers who may be with seats, ringing or talking.
    pub seat_lines: u16,
    /// Further calls that may hear guidance and wait.
    pub guidance_lines: u16,
}

impl Capacity {
    /// All lines.
    pub const fn total(self) -> u32 {
        self.seat_lines as u32 + self.guidance_lines as u32
    }
}

/// What a tenant has of a pool of lines (R-L5). A band's capacity bounds the tenant too.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct PoolShare {
    /// Which pool. One that the plan does not have bounds nothing.
    pub pool: PoolId,
    /// Lines that are never lent to another tenant, outside hours neither.
    pub reserved: u16,
    /// The most lines that the tenant may hold at once.
    pub max: u16,
}

/// A named range of days with bands of its own (year-end, Golden Week, お盆, 臨時休診).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DateRange {
    /// The range's name in the plan.
    pub name: String,
    /// The first instant, as month, day and time of every year; or of one year if `year` says so.
    pub from: (u8, u8, TimeOfDay),
    /// The first instant after it; earlier in the year than `from`: in the year after.
    pub to: (u8, u8, TimeOfDay),
    /// The year in which the range begins; `None`: every year.
    pub year: Option<i32>,
}

/// 席: where an agent works.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Seat {
    /// The tenants that the seat serves, with their priority for it; the highest is served first (R-Q3).
    pub serves: BTreeMap<TenantId, u16>,
    /// What the agent can do.
    pub skills: BTreeSet<SkillId>,
    /// How an agent logs in (R-S2).
    pub login: Login,
    /// Whether the seat has a static contact, and so is reachable until a ring to it fails (R-S2).
    pub static_contact: bool,
    /// How long wrap-up may last; `None`: no limit; zero: none (R-S3).
    pub wrap_up_max: Option<Duration>,
    /// After how long a seat that did not answer comes back by itself (R-Q6).
    pub not_answering_retry: Option<Duration>,
    /// After how long a seat that could not be reached comes back by itself (R-Q6).
    pub unreachable_retry: Option<Duration>,
}

/// How an agent logs in (R-S2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Login {
    /// By star code on the phone, console or interface.
    ByCommand,
    /// `"on_register"`: by registering.
    OnRegister,
    /// `"always"`: from the start (static contacts).
    Always,
}
