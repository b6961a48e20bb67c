//! Every bound of the core, with its reason.

use core::time::Duration;

/// Bytes of a name in the plan. Long enough for `shizuoka_year_end_night`, short enough to copy in registers' worth.
pub const NAME_BYTES_MAX: usize = 31;

/// Tenants of one plan. All of Japan has 47 prefectures, each with at most #7119 and #8000, and clinics beside them.
pub const TENANTS_MAX: usize = 1_000;

/// Seats of one plan. The bench plan has 4,000; a nation's busy hour needs about 1,700.
pub const SEATS_MAX: usize = 10_000;

/// Lines of one tenant in one band. The bench plan has 4,000.
pub const LINES_MAX: u16 = 10_000;

/// Pools of one plan: one for each tenant at most, and one tenant shares with nobody.
pub const POOLS_MAX: usize = TENANTS_MAX;

/// Calls alive at once in one switch: what its speed is measured with (100,000), and room for their ends. The busiest
/// imagined day of the whole country has 2,000, the bench plan 4,000; ports end long before memory does.
pub const CALLS_MAX: usize = 120_000;

/// Announcements of a place in the queue. So many callers are counted at most when one asks for its place; past them the
/// number tells a caller no more than that it will be long.
pub const PLACES_MAX: usize = 50;

/// When a carrier may try again a call that found the switch full: what fills it (calls that end, transactions that run
/// out) changes within seconds.
pub const OVERLOAD_RETRY_AFTER: Duration = Duration::from_secs(5);

/// Rings of one call. At one ring each 5 s a caller would wait more than a day.
pub const RINGS_PER_CALL_MAX: u32 = 20_000;

/// How often one caller may overflow, and how many closed tenants are passed over at once: more than any chain of tenants
/// that a person would draw up.
pub const OVERFLOWS_MAX: usize = 8;

/// Characters of a hand-over code, the `*` included. Four digits are more than anybody wants to remember in talk.
pub const HAND_OVER_CODE_CHARS_MAX: usize = 5;

/// Tries to reach third parties in one call. A roster hunted without end at one try each 15 s goes on for four hours.
pub const PARTIES_PER_CALL_MAX: u32 = 1_000;

/// Rounds in which a hunt after a call begins anew (R-T8): more than an hour with three numbers at a minute each, and
/// an end where the trunk refuses every try at once.
pub const HUNT_ROUNDS_MAX: u32 = 20;

/// Before a hunt dials its numbers again (R-T8): who is busy now may be free by then, and what dials again by itself more
/// than 15 times in all may do so at most twice in the three minutes after the first try (端末設備等規則 32条の3).
pub const HUNT_PAUSE: Duration = Duration::from_secs(60);

/// Third parties in one call at once: an interpreter, headquarters, a doctor, and one more.
pub const PARTIES_AT_ONCE_MAX: usize = 4;

/// Supervisors at one call at once, rung or there: a trainer, a shift's supervisor, a visitor of the client's, and one more.
pub const SUPERVISORS_AT_ONCE_MAX: usize = 4;

/// Entries of one tenant's directory: all of Japan has about 720 fire headquarters.
pub const DIRECTORY_ENTRIES_MAX: usize = 2_000;

/// Numbers, and turns of duty, of one entry: a month of three turns a day.
pub const ENTRY_NUMBERS_MAX: usize = 100;

/// Playouts of one call that were replaced or stopped and whose outcome may still come. It is under way for milliseconds,
/// and what replaces playouts are keys, commands and messages seconds apart.
pub const PLAYS_OWED_MAX: usize = 4;

/// Outcomes of one kind (refused calls, cancelled rings, released legs, recordings) that the outside may owe at once:
/// every call alive may owe one, and as many again may be on their way out.
pub const OUTSTANDING_MAX: usize = 2 * CALLS_MAX;

const _: () = assert!(NAME_BYTES_MAX < 256, "Name stores its length in a byte");
const _: () = assert!(LINES_MAX as usize <= CALLS_MAX, "a tenant's lines must fit into the switch");
