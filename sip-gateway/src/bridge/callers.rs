//! What the interfaces want of callers and of calls that agents begin.

use std::time::Duration;

use acd_core::{CallId, CommandSource, Destination, Input, Pii, RequestId, SeatId, TenantId};

use super::Bridge;

impl Bridge {
    /// An agent calls out (R-T8): gives the new call's id, as arriving calls get theirs, and the request's id with which the
    /// answer comes back.
    pub fn call_out(
        &mut self,
        seat: SeatId,
        tenant: TenantId,
        destination: Destination,
        about: Option<CallId>,
        source: CommandSource,
    ) -> (CallId, RequestId) {
        let request = self.next_request();
        let call = CallId(self.next_call);
        self.next_call += 1;
        self.input(Input::OutboundCommanded { call, seat, tenant, destination, about, source, request });
        (call, request)
    }

    /// For how long a caller has not been heard; `None`: no such caller, or never heard (R-T6).
    pub fn caller_silent_for(&self, call: CallId) -> Option<Duration> {
        self.legs.get(self.callers.get(&call)?)?.silent_for()
    }

    /// The number that the carrier sent with the wish not to show it. It goes into no input and so into no journal: an agent
    /// sees it by a command, which is a fact (R-T6).
    pub fn sealed_number(&self, call: CallId) -> Option<Pii<String>> {
        self.legs.get(self.callers.get(&call)?)?.sealed.clone()
    }
}
