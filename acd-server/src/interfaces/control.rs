//! Commands from the interfaces to the loop, and the way back.

use std::sync::Arc;
use std::time::Duration;

use acd_core::{
    AreaId, CallCommand, CallCommandResult, CallId, CallerKnown, CommandSource, Destination, Pii, PromptId,
    SeatCommand, SeatCommandResult, SeatId, Switch, TenantId, Timestamp,
};
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use tokio::sync::oneshot;

use crate::limits::CONTROL_QUEUE_MAX;

/// What an interface wants of the loop. An answer that is dropped unsent tells the client that the switch is ending.
#[derive(Debug)]
pub enum ControlRequest {
    /// A command to a seat (R-S2, R-S5).
    Seat {
        /// The seat as it was named.
        seat: SeatId,
        /// What is wanted.
        command: SeatCommand,
        /// Whose command it is.
        source: CommandSource,
        /// For the core's answer.
        reply: Reply<SeatCommandResult>,
    },
    /// A command to a call in progress (R-T1, R-S5).
    Call {
        /// The call.
        call: CallId,
        /// What is wanted.
        command: CallCommand,
        /// Whose command it is.
        source: CommandSource,
        /// For what came of it.
        reply: Reply<CallCommandResult>,
    },
    /// An agent calls out (R-T8), by [`acd_core::CommandSource::Api`].
    CallOut {
        /// Who calls whom.
        wish: CallOut,
        /// For the call's id and what came of it.
        reply: Reply<(CallId, CallCommandResult)>,
    },
    /// What is known of the caller of a call in progress (R-T6).
    Caller {
        /// The call.
        call: CallId,
        /// Whose headquarters are meant; `None`: those of the number's area code.
        area: Option<AreaId>,
        /// For it; `None`: no such call, or nobody called.
        reply: Reply<Option<CallerSeen>>,
    },
    /// Emergency guidance of a tenant (R-G4).
    Guidance {
        /// The tenant as it was named.
        tenant: TenantId,
        /// What is played; `None`: the usual guidance again.
        prompt: Option<PromptId>,
        /// For what came of it.
        reply: Reply<GuidanceResult>,
    },
    /// Read the plan file again and put it in force.
    Reload {
        /// The person who wants it (R-L2).
        who: String,
        /// For what changed, or why not.
        reply: Reply<ReloadResult>,
    },
    /// A copy of the switch as it is, to try something on.
    CopySwitch {
        /// For the copy.
        reply: Reply<Box<Switch>>,
    },
    /// Take no new calls, and end.
    Drain {
        /// For how long it may take.
        reply: Reply<DrainResult>,
    },
}

/// An agent's wish to call out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CallOut {
    /// Whose phone is rung first.
    pub seat: SeatId,
    /// For which client.
    pub tenant: TenantId,
    /// Whom.
    pub destination: Destination,
    /// The earlier call that it is about.
    pub about: Option<CallId>,
}

/// What core and gateway know of a caller.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallerSeen {
    /// What the core knows.
    pub known: CallerKnown,
    /// For how long the caller has not been heard; `None`: never heard.
    pub silent: Option<Duration>,
    /// The number that the carrier sent with the wish not to show it. No record and no log holds it.
    pub sealed: Option<Pii<String>>,
}

/// What came of a command about emergency guidance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GuidanceResult {
    /// Done, or already so.
    Done,
    /// The plan has no such tenant.
    UnknownTenant,
    /// The plan has no such prompt.
    UnknownPrompt,
}

/// What came of a reload.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReloadResult {
    /// The plan is in force; what changed, one line each.
    Applied(Vec<String>),
    /// The plan before stays in force; why, one line each.
    Refused(Vec<String>),
}

/// What came of a drain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DrainResult {
    /// It was draining already.
    pub already: bool,
    /// Calls that are waited for.
    pub calls_in_progress: u64,
    /// When the switch ends at the latest.
    pub until: Timestamp,
}

/// The way back to one client.
#[derive(Debug)]
pub struct Reply<T>(oneshot::Sender<T>);

impl<T> Reply<T> {
    /// Answers. Never waits; a client that has gone is no failure.
    pub fn send(self, answer: T) {
        // The receiver waits in a task of its own, which only the end of the process ends.
        let _ = self.0.send(answer);
    }
}

/// Sends commands to the loop.
#[derive(Clone)]
pub struct Controls {
    requests: Sender<ControlRequest>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl std::fmt::Debug for Controls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Controls").field("waiting", &self.requests.len()).finish_non_exhaustive()
    }
}

/// Why a command was not given to the loop.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ControlFault {
    /// [`CONTROL_QUEUE_MAX`] commands wait. Nothing was done.
    Busy,
    /// The loop has ended.
    Ended,
}

impl Controls {
    /// A queue to the loop, and the loop's end of it. `wake` is called after each command.
    pub fn new(wake: Arc<dyn Fn() + Send + Sync>) -> (Self, Receiver<ControlRequest>) {
        let (requests, received) = bounded(CONTROL_QUEUE_MAX);
        (Self { requests, wake }, received)
    }

    /// Gives a command to the loop; what it answers comes out of the receiver.
    ///
    /// # Errors
    /// If the loop takes no more, or has ended.
    pub fn ask<T>(
        &self,
        request: impl FnOnce(Reply<T>) -> ControlRequest,
    ) -> Result<oneshot::Receiver<T>, ControlFault> {
        let (reply, answer) = oneshot::channel();
        self.requests.try_send(request(Reply(reply))).map_err(|error| match error {
            TrySendError::Full(_) => ControlFault::Busy,
            TrySendError::Disconnected(_) => ControlFault::Ended,
        })?;
        (self.wake)();
        Ok(answer)
    }
}
