//! The gRPC interface `acd.v1`: generated messages and services, and the core's values in their words.
//!
//! Conversions go from the core outward by exhaustive matches without `..`, so that a fact or a field that the core gains
//! breaks the build here until the interface has been thought about. The ways inward are [`seat_command()`] and those of `inward`.

mod facts;
mod inward;
mod values;

#[allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    clippy::nursery,
    clippy::pedantic,
    clippy::restriction,
    reason = "generated; the .proto files are what is written and documented"
)]
mod generated {
    tonic::include_proto!("acd.v1");
}

pub use facts::fact;
pub use generated::*;
pub use inward::{DestinationFault, command_destination, locate_condition};
pub use values::{SeatCommandFault, caller, seat_command};

/// The descriptions of all messages and services with their comments, for reflection.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/acd_v1.bin"));

impl std::fmt::Debug for Caller {
    /// Never shows the number.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Caller(***)")
    }
}

impl std::fmt::Debug for caller::Identity {
    /// Never shows the number.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(***)")
    }
}

impl std::fmt::Debug for Destination {
    /// Never shows a number.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Destination(***)")
    }
}

impl std::fmt::Debug for destination::Whom {
    /// Never shows a number.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Whom(***)")
    }
}

impl std::fmt::Debug for ShowNumberResponse {
    /// Never shows the number.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShowNumberResponse").field("result", &self.result).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for CallerToCallBack {
    /// Never shows the number.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallerToCallBack").field("call", &self.call).finish_non_exhaustive()
    }
}
