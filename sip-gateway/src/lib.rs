//! SIP and media of the switch: signalling without I/O, the media plane, transports, registrar.
#![forbid(unsafe_code)]

pub mod limits;
pub mod registrar;
pub mod sip;

pub mod bridge;
pub mod media;
pub mod transport;
