//! The program `acd`: configuration, clock, journal, the loop, command line. Alone knows everyone.
#![forbid(unsafe_code)]

pub mod cli;
pub mod clock;
pub mod commands;
pub mod journal;
pub mod limits;
pub mod logging;
pub mod plan;
pub mod serve;
