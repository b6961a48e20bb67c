//! The SIP stack in virtual time: bytes in, bytes and events out.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod ask;
mod cancel;
mod generic;
mod hostile;
mod lab;
mod network;
mod reinvite;
mod timers;
mod uac;
mod uas;
