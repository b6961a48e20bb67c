//! SIP without I/O: messages, framing, SDP, digest.

pub mod framing;
pub mod message;
pub mod sdp;
