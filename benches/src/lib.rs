//! Houses of calls for the benches: plans of any size, an outside that carries out every order at once, and choices by seed.
//! [`docs/performance.md`](../../docs/performance.md) has the figures.
#![forbid(unsafe_code)]
#![allow(clippy::wildcard_enum_match_arm, reason = "a bench acts on a few of many facts and orders")]

use std::time::Duration;

pub mod crowd;
pub mod nation;
// The words in which the core's own tests write plans: a field that a plan gains has its value for the benches there too.
#[allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "it is the tests', which use more of it")]
#[path = "../../acd-core/tests/support/plans.rs"]
mod plans;
pub mod rng;

/// The processor time that this process has had: what a busy machine makes of the clock's time says nothing.
///
/// # Panics
/// If the kernel does not tell (Linux does).
pub fn cpu_time() -> Duration {
    let told = std::fs::read_to_string("/proc/self/schedstat").expect("Linux tells a process its time");
    let nanos =
        told.split(' ').next().and_then(|nanos| nanos.parse().ok()).expect("the first number is nanoseconds");
    Duration::from_nanos(nanos)
}
