//! The journal's and the interfaces' own form of the core's inputs, facts and plan: JSON with stable `snake_case`
//! names, which a person can read and `jq` and SQLite can search.
//!
//! The core's types do not serialise. This crate describes each of them once more, with serde's remote derives: what
//! is written comes from an exhaustive match without `..`, so a variant or a field that the core gains or loses breaks
//! the build here until the format has been thought about.
//!
//! Conventions: a call is `call`, a ring `call` and `attempt`, a leg `call` and `leg` (`caller`, `seat` with
//! `attempt`, or `party` with `party`); durations are whole milliseconds, truncated as the core truncates them, in fields that end in `_ms`;
//! instants are milliseconds since the Unix epoch in fields that end in `_time_ms`; telephone numbers are in the
//! clear. An enum without data is its name, one with data an object of one key: `"ready"`, `{"paused":"lunch"}`.
//!
//! The feature `api` adds the gRPC interface `acd.v1`, generated from `acd/v1/*.proto`.
#![forbid(unsafe_code)]

mod directory;
mod fact;
mod input;
mod kind;
mod leaf;
mod parties;
mod plan;
mod shared;
#[cfg(feature = "api")]
pub mod v1;

pub use fact::{fact_from_json, fact_to_json};
pub use input::{input_from_json, input_to_json};
pub use kind::{FACT_KINDS, INPUT_KINDS, Subject, fact_kind, fact_subject, input_kind};
pub use plan::{plan_from_json, plan_to_json};
