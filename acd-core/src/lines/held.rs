//! Which calls hold a tenant's lines, by the phase that they are in (R-L1, R-L6).

use alloc::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::call_set::CallSet;
use crate::event::CallPhase;
use crate::ids::CallId;

const PHASES: [CallPhase; 12] = [
    CallPhase::Arriving,
    CallPhase::Guidance,
    CallPhase::Waiting,
    CallPhase::Ringing,
    CallPhase::Talking,
    CallPhase::Consulting,
    CallPhase::Conference,
    CallPhase::Transferred,
    CallPhase::WithoutCaller,
    CallPhase::Outbound,
    CallPhase::Closed,
    CallPhase::Closing,
];

/// A set for each phase, found without a search: several are counted in each turn.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Held([CallSet; PHASES.len()]);

impl Held {
    pub(super) const fn in_phase(&self, phase: CallPhase) -> &CallSet {
        &self.0[phase as usize]
    }

    /// How many calls hold a line.
    pub(super) fn len(&self) -> usize {
        self.0.iter().map(CallSet::len).sum()
    }

    pub(super) fn insert(&mut self, call: CallId, phase: CallPhase) {
        self.0[phase as usize].insert(call);
    }

    /// Whether the call held its line in this phase; it no longer does.
    pub(super) fn remove(&mut self, call: CallId, phase: CallPhase) -> bool {
        self.0[phase as usize].remove(call)
    }
}

/// Written as a map of those phases in which there is a call.
impl Serialize for Held {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let by_phase = PHASES.into_iter().map(|phase| (phase, self.in_phase(phase)));
        serializer.collect_map(by_phase.filter(|(_, calls)| !calls.is_empty()))
    }
}

impl<'de> Deserialize<'de> for Held {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut held = Self::default();
        for (phase, calls) in BTreeMap::<CallPhase, CallSet>::deserialize(deserializer)? {
            held.0[phase as usize] = calls;
        }
        Ok(held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_phase_has_a_set_of_its_own() {
        let mut held = Held::default();
        for (at, phase) in PHASES.into_iter().enumerate() {
            assert_eq!(phase as usize, at, "in the order in which they are declared");
            held.insert(CallId(at as u64), phase);
        }
        assert_eq!(held.len(), PHASES.len());
        assert!(!held.remove(CallId(0), CallPhase::Guidance), "it arrives");
        assert!(held.remove(CallId(0), CallPhase::Arriving));
        assert_eq!((held.len(), held.in_phase(CallPhase::Arriving).is_empty()), (PHASES.len() - 1, true));
    }

    #[test]
    fn it_is_written_by_the_names_of_phases() {
        let mut held = Held::default();
        held.insert(CallId(7), CallPhase::Waiting);
        let written = serde_json::to_string(&held).unwrap();
        assert_eq!(written, r#"{"Waiting":[7]}"#);
        assert_eq!(serde_json::from_str::<Held>(&written).unwrap(), held);
    }
}
