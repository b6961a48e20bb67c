//! Hunts that wait for a line, as the facts alone show them (R-T3, R-T8, R-L8).

use std::collections::BTreeMap;

use acd_core::{CallCommand, CallCommandResult, CallEvent, CallId, PartyEnd, PartyId, TenantId};

#[derive(Debug, Default)]
pub(crate) struct WaitingHunts {
    /// The last try of each call.
    last: BTreeMap<CallId, (PartyId, TenantId)>,
    /// Calls whose last try found no line, and of which nothing has said that the hunt is over.
    waiting: BTreeMap<CallId, (PartyId, TenantId)>,
    /// How many went on with a line.
    pub(crate) went_on: u64,
}

impl WaitingHunts {
    pub(crate) fn fact(&mut self, fact: &CallEvent) {
        #[allow(clippy::wildcard_enum_match_arm, reason = "no other fact says anything of a hunt")]
        match fact {
            CallEvent::PartyDialled { party, tenant, takes_line, .. } => {
                let waited = self.waiting.remove(&party.call).is_some();
                // Outside hours there is no line to be taken.
                if waited && *takes_line {
                    self.went_on += 1;
                }
                self.last.insert(party.call, (*party, *tenant));
            }
            CallEvent::PartyEnded { party, end: PartyEnd::NoLine } => {
                self.waiting.extend(self.last.get_key_value(&party.call));
            }
            CallEvent::DestinationUnreached { call, .. } => {
                self.waiting.remove(call);
            }
            CallEvent::CallCommanded {
                call,
                command: CallCommand::DropParty(attempt),
                result: CallCommandResult::Done,
                ..
            } => self.waiting.retain(|it, (party, _)| it != call || party.attempt != *attempt),
            CallEvent::TalkEnded { ring, .. } => {
                self.waiting.remove(&ring.call);
            }
            CallEvent::OutboundEnded { call, .. } | CallEvent::CallEnded { call, .. } => {
                self.waiting.remove(call);
                self.last.remove(call);
            }
            _ => {}
        }
    }

    /// The tries of the hunts that wait for a line of a tenant.
    pub(crate) fn without_line(&self) -> impl Iterator<Item = (PartyId, TenantId)> {
        self.waiting.values().copied()
    }
}
