//! SIP without I/O: messages, framing, SDP, digest.

pub mod digest;
pub mod framing;
pub mod message;
pub mod sdp;
