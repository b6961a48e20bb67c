//! Every bound of the end-to-end tests, with its reason. Bounds on waiting are far above what a good run takes: they
//! end a bad run, they measure nothing.

use std::time::Duration;

/// From the start of `acd serve` to its `ready` line, on a machine that compiles beside it.
pub const READY_TIME_MAX: Duration = Duration::from_secs(30);

/// From SIGTERM to the end of `acd serve` without calls.
pub const STOP_TIME_MAX: Duration = Duration::from_secs(20);

/// Until an awaited fact stands in the journal: the longest guidance is 28 s, and a ring 15 s.
pub const FACT_TIME_MAX: Duration = Duration::from_secs(60);

/// A command of `acd` that only reads.
pub const COMMAND_TIME_MAX: Duration = Duration::from_secs(30);

/// A SIPp scenario from its start to its end: three guidances, one after the other, and 64*T1.
pub const SCENARIO_TIME_MAX: Duration = Duration::from_secs(120);

/// Between two looks at something that another process does.
pub const LOOK_AGAIN: Duration = Duration::from_millis(25);

/// Between two exports of the journal: each is a process, and the audio of the test shares the machine with it.
pub const EXPORT_AGAIN: Duration = Duration::from_millis(200);

/// Packets that an RTP party keeps: ten minutes at 20 ms.
pub const PACKETS_MAX: usize = 30_000;

/// Bytes of a datagram that a party reads; more than any UDP datagram holds.
pub const DATAGRAM_BYTES_MAX: usize = 65_536;

/// Samples between which alignment is searched: 4 s, since a guidance begins within a second of the answer.
pub const ALIGNMENT_SAMPLES_MAX: usize = 32_000;
