//! Every bound of the program's own, with its reason.

use std::time::Duration;

/// From one journal record to the next at most: what R-L9 calls the heartbeat, so that an outage's beginning is known
/// to the second.
pub const HEARTBEAT: Duration = Duration::from_secs(1);

/// How often the machine's figures are handed to the metrics: a scrape is seldom more frequent than 15 s.
pub const FIGURES_EVERY: Duration = Duration::from_secs(1);

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

/// How long what no effect waits for is gathered into one commit. A call makes about ten batches and half of them order
/// nothing; a power cut loses that much more: facts that ordered nothing, and the latest state of a dialog.
pub const JOURNAL_GATHER: Duration = Duration::from_millis(4);

/// Records of one commit, so that after a stall the first effects need not wait for the whole backlog.
pub const JOURNAL_COMMIT_RECORDS_MAX: usize = 5_000;

/// Records from one snapshot of the switch to the next at most, beside the one of each day: a replay from the last one
/// takes seconds, and a snapshot of some 100 KB is nothing beside the 100 MB of so many records.
pub const SNAPSHOT_RECORDS: usize = 250_000;

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

/// Calls of which a reader of facts remembers the tenant: more than are ever in progress at once.
pub const FACT_READER_CALLS_MAX: usize = 10_000;

/// Turns of the loop whose facts may wait for the board and the figures: some seconds of the heaviest load. Beyond it the
/// board reads what it missed from the journal.
pub const OBSERVER_QUEUE_MAX: usize = 10_000;

/// How long the board waits for facts that it missed to become durable, before it goes on without them.
pub const OBSERVER_HOLE_MAX: Duration = Duration::from_secs(2);

/// How far back callers to call back are looked for unless a client says otherwise, in hours: a day's work.
pub const CALL_BACK_HOURS: u32 = 24;

/// How far back they are looked for at most, in hours: whoever has waited a week has asked elsewhere.
pub const CALL_BACK_HOURS_MAX: u32 = 168;

/// Callers in one list: more than a shift of agents calls back.
pub const CALL_BACK_LIST_MAX: usize = 1_000;

/// Facts that are read from the journal at once: 1 MB at most, and a millisecond or two.
pub const FACTS_PAGE_MAX: usize = 500;

/// Commands from interfaces that may wait for the loop: it takes all of them each turn, so more means that it stands still.
pub const CONTROL_QUEUE_MAX: usize = 256;

/// How long a client waits for the answer to a command; it may ask again with the same id.
pub const CONTROL_ANSWER_MAX: Duration = Duration::from_secs(10);

/// Commands whose answers are kept for clients that ask again; at some 200 bytes each 2 MB.
pub const IDEMPOTENCY_IDS_MAX: usize = 10_000;

/// Characters of an idempotency id: a UUID has 36.
pub const IDEMPOTENCY_ID_CHARS_MAX: usize = 64;

/// How long an answer is kept for a client that asks again.
pub const IDEMPOTENCY_KEPT: Duration = Duration::from_secs(3_600);

/// Clients that follow facts at once, each with a reader of the journal.
pub const FACT_STREAMS_MAX: usize = 32;

/// Facts that wait for one client; a slower one is waited for.
pub const FACT_STREAM_QUEUE_MAX: usize = 256;

/// Facts that a filter drops before the client is told how far it is, so that it can resume from there.
pub const FACT_STREAM_BOOKMARK_EVERY: u64 = 1_000;

/// From a fact that is decided and not yet durable to the next look whether it is: a commit takes a fraction of it.
pub const FACT_STREAM_RETRY: Duration = Duration::from_millis(20);

/// Looks for a fact that is decided and does not become durable, until the next one is awaited: the journal stands still, or
/// has lost it.
pub const FACT_STREAM_RETRIES_MAX: u32 = 50;

/// From one look into the journal to the next if nobody says that there is something new.
pub const FACT_STREAM_LOOK_EVERY: Duration = Duration::from_secs(1);

/// Clients that watch the board at once.
pub const BOARD_WATCHERS_MAX: usize = 64;

/// From one board to the next, unless the client says otherwise: what an eye takes for at once.
pub const BOARD_INTERVAL: Duration = Duration::from_millis(200);

/// From one board to the next at least, whatever the client says.
pub const BOARD_INTERVAL_MIN: Duration = Duration::from_millis(50);

/// Connections of clients at once, for gRPC and for HTTP each; further ones wait in the system's own queue.
pub const INTERFACE_CONNECTIONS_MAX: usize = 256;

/// Requests at once on one connection of gRPC: more than a console with all its streams has.
pub const API_REQUESTS_OF_CONNECTION_MAX: u32 = 64;

/// How long a connection may bring nothing, not even the answer to a sign of life, until it is closed: who says nothing
/// must not keep others out.
pub const INTERFACE_IDLE_MAX: Duration = Duration::from_secs(120);

/// Threads that read the journal and ask the file system on behalf of clients; further questions wait.
pub const INTERFACE_READERS_MAX: usize = 8;

/// Bytes of one request to gRPC: the longest is a filter of tenants and kinds.
pub const API_REQUEST_BYTES_MAX: usize = 65_536;

/// Bytes of a plan that a client wants compared: 1,000 tenants with a day of bands each are 5 MB, 10,000 seats 3 MB.
pub const API_PLAN_BYTES_MAX: usize = 16 * 1_048_576;

/// Tenants and kinds that a filter of facts may name.
pub const FACT_FILTER_NAMES_MAX: usize = 1_000;

/// Characters of a token at least: as many as make guessing hopeless.
pub const TOKEN_CHARS_MIN: usize = 16;

/// The loop wakes once a second at least; silent for longer, it stands still.
pub const LOOP_SILENT_MAX: Duration = Duration::from_secs(5);

/// How long a scrape waits for the file system to say what is left on it.
pub const DISK_ANSWER_MAX: Duration = Duration::from_secs(1);

/// How long the end of the process waits for the interfaces' threads.
pub const INTERFACES_STOP_MAX: Duration = Duration::from_secs(2);

/// How long the command line waits for a connection to the running switch, which is mostly on the same host.
pub const CLIENT_CONNECT_MAX: Duration = Duration::from_secs(5);

/// How long the command line waits for the running switch.
pub const CLIENT_PATIENCE_MAX: Duration = Duration::from_secs(15);

/// Revisions of one closed month, at some megabytes each: a month is corrected a few times in its life.
pub const REVISIONS_MAX: usize = 100;

/// Facts that a report reads at once: a few megabytes.
pub const REPORT_PAGE_FACTS: usize = 10_000;

/// How long after midnight the day before is reconciled: most calls that midnight found have ended by then, and the night's
/// busiest hour has not come.
pub const RECONCILE_AFTER: Duration = Duration::from_secs(600);

const _: () =
    assert!(JOURNAL_COMMIT_RECORDS_MAX <= JOURNAL_QUEUE_RECORDS_MAX, "a commit takes from the queue");

/// The name of a person who puts a plan in force, as its fact keeps it: a name and a post in any script.
pub const WHO_BYTES_MAX: usize = 100;
