//! Simulated carriers, callers and nurse seats over real SIP and RTP, for the demonstration and for tests.
//!
//! The SIP is built on `rsip` and never on the switch's own stack, so that no mistake hides by being made on both
//! sides. Every random choice comes from a seed.
#![forbid(unsafe_code)]

pub mod attack;
pub mod caller;
pub mod demo;
mod folder;
pub mod latency;
pub mod lifetime;
pub mod limits;
mod loopback;
pub mod media;
mod process;
pub mod seat;
pub mod sip;
mod switch;
mod watch;
