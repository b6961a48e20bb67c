//! The media plane: RTP legs on a few threads of their own, apart from the switch (ARCHITECTURE.md, invariant 8).
//!
//! The loop binds ports, opens legs and gives [`MediaCommand`]s; what it must know comes back as [`MediaEvent`]s. All
//! legs of a call live on one thread (`group`), so a bridge is two table look-ups and one packet is one `recv` and one
//! `send`. Relaying is driven by arrival, playing by a clock with an absolute cadence of 20 ms.
//!
//! - `plane` the loop's side; `worker` a thread; `leg*` one leg: receiving, sending, RTCP
//! - `outgoing`, `reception` numbers, timestamps, loss, jitter; `rtp`, `rtcp` the wire
//! - `playout`, `prompts` what is played; `telephone_event` keys; `source` whose packets are taken; `ports` the range
//! - `tap` where the recorder listens

mod codec;
mod command;
mod events;
mod hearing;
mod leg;
mod leg_rtcp;
mod leg_send;
mod limits;
mod outgoing;
mod plane;
mod playout;
mod ports;
mod prompts;
mod reception;
mod rtcp;
mod rtp;
mod source;
mod tap;
mod telephone_event;
mod time;
mod waiting;
mod worker;

pub use codec::Codec;
pub use command::{MediaCommand, MediaEvent, MediaLeg, MediaSession, SilenceWatch};
pub use events::MediaCounters;
pub use hearing::Hearing;
pub use plane::{MediaConfig, MediaError, MediaPlane};
pub use playout::Playout;
pub use ports::BoundPorts;
pub use prompts::{Prompt, PromptError, PromptLibrary, ToneKind};
pub use tap::{Tap, TapChannel};
