//! What the end-to-end tests are made of: the program `acd` as its users run it, SIPp as a carrier's exchange and as a
//! phone, baresip as a seat, RTP parties that keep what they hear, and the journal's facts as the judge.
//!
//! Nothing here knows the switch's code: it is started as a program, spoken to by SIP and RTP, and asked through its
//! command line. A test waits for facts, never for time. Everything that is started ends with its handle; what a
//! failed test wrote stays on disk and its place is named.
#![forbid(unsafe_code)]

pub mod audio;
pub mod baresip;
pub mod carrier;
mod child;
pub mod facts;
pub mod g711;
pub mod grpc;
pub mod limits;
pub mod message;
mod net;
pub mod people;
pub mod raw;
pub mod rtp;
mod scratch;
pub mod seat;
pub mod sipp;
pub mod switch;
pub mod tenants;
mod wait;

pub use child::run_to_end;
pub use net::{address, free_port};
pub use scratch::Scratch;
pub use wait::{eventually, until};
