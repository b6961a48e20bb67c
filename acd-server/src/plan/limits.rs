//! Every bound of the plan file, with its reason. An error names the bound that was broken.

/// A whole number's least and greatest value, with the name under which errors and the documentation know it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limit {
    /// The name.
    pub name: &'static str,
    /// The least value that is allowed.
    pub min: i64,
    /// The greatest value that is allowed.
    pub max: i64,
}

/// Bytes of a plan file or a holiday file: 10,000 seats written one by one take less than 2 MiB.
pub const PLAN_BYTES_MAX: usize = 4 << 20;

/// Characters of a title, greeting, user name or password: what a phone's display or a SIP header may carry.
pub const TEXT_CHARS_MAX: usize = 200;

/// Characters of a script: ten minutes of speech are about 3,000 characters of Japanese.
pub const SCRIPT_CHARS_MAX: usize = 4_000;

/// Addresses in one `listen` list: a host with several carriers has a handful.
pub const LISTEN_MAX: usize = 16;

/// Networks of one trunk: a carrier announces a few.
pub const NETWORKS_MAX: usize = 256;

/// Addresses of one trunk that are asked whether they live: a carrier has two or three switches.
pub const TRUNK_PEERS_MAX: usize = 16;

/// `options_every_s`: zero is off; carriers take more than one a second for a flood, and a dead hour is too late.
pub const OPTIONS_EVERY_S: Limit = Limit { name: "OPTIONS_EVERY_S", min: 0, max: 3_600 };

/// `options_tries`: each takes 4 s, so ten are the better part of a minute.
pub const OPTIONS_TRIES: Limit = Limit { name: "OPTIONS_TRIES", min: 1, max: 10 };

/// Length of a dialled number in digits: E.164 ends at 15; the shortest service number has 3.
pub const NUMBER_DIGITS: Limit = Limit { name: "NUMBER_DIGITS", min: 3, max: 15 };

/// Length of an area code with its leading 0: from Tokyo's to an island's.
pub const AREA_CODE_DIGITS: Limit = Limit { name: "AREA_CODE_DIGITS", min: 2, max: 6 };

/// `verified_within_days`: sooner than after a week nobody calls headquarters again; past ten years nobody has called.
pub const VERIFIED_WITHIN_DAYS: Limit = Limit { name: "VERIFIED_WITHIN_DAYS", min: 7, max: 3_660 };

/// Length of a prompt: a shorter one is no speech, and all prompts are kept in memory, 1 MB a minute.
pub const PROMPT_MS: Limit = Limit { name: "PROMPT_MS", min: 100, max: 600_000 };

/// Lines of one band: the core's bound.
pub const LINES: Limit = Limit { name: "LINES", min: 0, max: acd_core::limits::LINES_MAX as i64 };

/// Lines of a pool (R-L5): as many as one tenant may have.
pub const POOL_LINES: Limit = Limit { name: "POOL_LINES", min: 1, max: acd_core::limits::LINES_MAX as i64 };

/// Lines that carry the closed announcement (R-L11): beyond these a caller gets the refusal.
pub const CLOSED_LINES: Limit = Limit { name: "CLOSED_LINES", min: 0, max: 1_000 };

/// Refused callers of a tenant who hear the busy announcement at once (R-L4): each needs a port.
pub const BUSY_LINES: Limit = Limit { name: "BUSY_LINES", min: 1, max: 1_000 };

/// `guidance_delay_ms`: the carrier's own announcement; past half a minute the caller has hung up (R-G2).
pub const GUIDANCE_DELAY_MS: Limit = Limit { name: "GUIDANCE_DELAY_MS", min: 0, max: 30_000 };

/// `expect_calls_within_s`: a minute is the busiest line's, past a day nobody looks (R-G5).
pub const EXPECT_CALLS_WITHIN_S: Limit = Limit { name: "EXPECT_CALLS_WITHIN_S", min: 60, max: 86_400 };

/// `ring_s`: below 3 s nobody reaches the phone; past 120 s the caller has hung up.
pub const RING_S: Limit = Limit { name: "RING_S", min: 3, max: 120 };

/// `timeout_s` of a choice: in less than 1 s nobody finds a key; who has not in a minute is not going to.
pub const CHOICE_S: Limit = Limit { name: "CHOICE_S", min: 1, max: 60 };

/// `max_wait_s`: the alarm before 1 s would be the ring itself; a day is longer than any queue.
pub const MAX_WAIT_S: Limit = Limit { name: "MAX_WAIT_S", min: 1, max: 86_400 };

/// `waiting_message_every_s`: more often than each 5 s is a nuisance, past an hour it is never heard.
pub const WAITING_MESSAGE_EVERY_S: Limit = Limit { name: "WAITING_MESSAGE_EVERY_S", min: 5, max: 3_600 };

/// `retry_after_s`: carriers take 503 as a dead trunk for this long, so not past an hour.
pub const RETRY_AFTER_S: Limit = Limit { name: "RETRY_AFTER_S", min: 1, max: 3_600 };

/// `utc_offset_minutes`: the zones of the earth.
pub const UTC_OFFSET_MINUTES: Limit = Limit { name: "UTC_OFFSET_MINUTES", min: -720, max: 840 };

/// A seat's priority for a tenant (R-Q3).
pub const PRIORITY: Limit = Limit { name: "PRIORITY", min: 1, max: 1_000 };

/// `wrap_up_max_s`: zero is none; four hours are half a shift.
pub const WRAP_UP_MAX_S: Limit = Limit { name: "WRAP_UP_MAX_S", min: 0, max: 14_400 };

/// `not_answering_retry_s` and `unreachable_retry_s`: a retry each second at most, each shift at least.
pub const RETRY_S: Limit = Limit { name: "RETRY_S", min: 1, max: 28_800 };

/// `media_timeout_s`: zero is off; below 5 s a phone that suppresses silence would be lost (R-Q7 has 30).
pub const MEDIA_TIMEOUT_S: Limit = Limit { name: "MEDIA_TIMEOUT_S", min: 5, max: 3_600 };

/// RTP ports: not the system's, and the RTCP port above the last must exist.
pub const RTP_PORT: Limit = Limit { name: "RTP_PORT", min: 1_024, max: 65_534 };

/// `nonce_lifetime_s`: below 30 s each REGISTER is challenged twice; past a day a stolen answer lives too long.
pub const NONCE_LIFETIME_S: Limit = Limit { name: "NONCE_LIFETIME_S", min: 30, max: 86_400 };

/// `journal_stall_ms`: a commit takes 0.2 ms on a good disk; a caller hears a gap of a second.
pub const JOURNAL_STALL_MS: Limit = Limit { name: "JOURNAL_STALL_MS", min: 10, max: 1_000 };

/// `input_retention_days`: recovery needs a day; replay past ten years is archaeology.
pub const RETENTION_DAYS: Limit = Limit { name: "RETENTION_DAYS", min: 1, max: 3_660 };

/// A client's `fact_retention_days`: a week serves no report; Kyoto's three years follow upon a year's report; past twenty
/// years no contract lasts.
pub const FACT_RETENTION_DAYS: Limit = Limit { name: "FACT_RETENTION_DAYS", min: 7, max: 7_320 };

/// `keep_years_after_annual_report`: Kyoto's contract says three; past twenty years no contract lasts.
pub const ANNUAL_REPORT_YEARS: Limit = Limit { name: "ANNUAL_REPORT_YEARS", min: 1, max: 20 };

/// `short_abandon_ms`: an abandon past a minute is no short one.
pub const SHORT_ABANDON_MS: Limit = Limit { name: "SHORT_ABANDON_MS", min: 1, max: 60_000 };

/// `seats` of a promise of staffing: the core's bound on seats is not far.
pub const STAFFED_SEATS: Limit = Limit { name: "STAFFED_SEATS", min: 1, max: 10_000 };

/// `drain_s`: zero ends calls at once; a supervisor of processes waits no longer than a day.
pub const DRAIN_S: Limit = Limit { name: "DRAIN_S", min: 0, max: 86_400 };

/// Years that a date in the plan may have: the law on holidays (1948) to the end of four digits' sense.
pub const YEAR: Limit = Limit { name: "YEAR", min: 1948, max: 2999 };

const _: () = assert!(LINES.max <= u16::MAX as i64, "lines are counted in a u16");
const _: () = assert!(PRIORITY.max <= u16::MAX as i64, "priorities are a u16");
const _: () = assert!(RTP_PORT.max < u16::MAX as i64, "the last RTP port has an RTCP port above it");
const _: () = assert!(PROMPT_MS.max <= u32::MAX as i64, "a prompt's length is a u32");
