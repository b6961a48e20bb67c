//! Every bound of the program's own, with its reason.

use std::time::Duration;

/// From one journal record to the next at most: what R-L9 calls the heartbeat, so that an outage's beginning is known
/// to the second.
pub const HEARTBEAT: Duration = Duration::from_secs(1);

/// Rounds of one turn of the loop: an effect may bring an input and that another effect (a seat that cannot be rung,
/// the next one rung); what is left after so many goes on in the next turn, after the sockets.
pub const TURN_ROUNDS_MAX: usize = 16;

/// How long the end of the process waits for the answers to its last BYEs.
pub const STOP_GRACE: Duration = Duration::from_secs(2);

/// A difference between stamps and the wall clock is slewed by one part in this many: 15 s of ringing become 15.3 s
/// at worst, and a second's difference is gone after 50 s.
pub const CLOCK_SLEW_DIVISOR: i64 = 50;

/// A jump of the wall clock above this is a step, and a fact; below it is slewed in silence. In microseconds.
pub const CLOCK_STEP_MIN_US: i64 = 1_000_000;

/// Records that may wait for the journal's writer. At about 500 bytes each 100 MB, and ten minutes of the load of a
/// disaster day: long enough to free a full disk. Beyond it records are lost, and the journal states the gap.
pub const JOURNAL_QUEUE_RECORDS_MAX: usize = 200_000;

/// Records of one commit, so that after a stall the first effects need not wait for the whole backlog.
pub const JOURNAL_COMMIT_RECORDS_MAX: usize = 5_000;

/// From one try to write after a failure to the next: at first, doubled each time.
pub const JOURNAL_RETRY_MIN: Duration = Duration::from_millis(50);

/// From one try to write after a failure to the next: at most, so that a freed disk is noticed within a breath.
pub const JOURNAL_RETRY_MAX: Duration = Duration::from_secs(2);

/// How long SQLite itself waits for a lock. Nobody else should write, and the writer's own retry is the better patience.
pub const JOURNAL_BUSY_MAX: Duration = Duration::from_millis(100);

/// How long a reader of the journal waits for a lock: only the recovery after a crash holds one that concerns it.
pub const JOURNAL_READER_BUSY_MAX: Duration = Duration::from_secs(5);

/// How long the end of the process waits for a journal that cannot write.
pub const JOURNAL_CLOSE_MAX: Duration = Duration::from_secs(5);

/// From one look for records past their retention to the next, on the journal's own time.
pub const RETENTION_EVERY: Duration = Duration::from_secs(3_600);

/// Rows that one commit of the retention removes, so that no call waits for it longer than for a large batch.
pub const RETENTION_ROWS_MAX: u32 = 5_000;

/// Facts from one note of where the oldest open call begins to the next: what a start reads at most beyond that call.
pub const OPEN_CALLS_NOTE_EVERY: u64 = 1_000;

/// Records of the last life in which a start looks for its clean end: what may follow it is the ends of legs.
pub const CLEAN_END_RECORDS_MAX: u32 = 50_000;

/// Faults that a check of the journal lists; who has a hundred needs a back-up, not a longer list.
pub const JOURNAL_FAULTS_MAX: usize = 100;

/// From one look for new facts to the next when a journal is followed: a quick eye's patience.
pub const JOURNAL_FOLLOW_EVERY: Duration = Duration::from_millis(200);

const _: () =
    assert!(JOURNAL_COMMIT_RECORDS_MAX <= JOURNAL_QUEUE_RECORDS_MAX, "a commit takes from the queue");
