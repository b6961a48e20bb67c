//! The program `acd`: configuration, clock, journal, the loop, command line. Alone knows everyone.
#![forbid(unsafe_code)]

mod against;
pub mod api;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod exports;
mod http;
pub mod interfaces;
pub mod journal;
pub mod keeping;
pub mod limits;
pub mod logging;
pub mod observer;
pub mod plan;
pub mod reconcile;
pub mod report;
pub mod retention;
pub mod running;
pub mod serve;
mod silenced;
