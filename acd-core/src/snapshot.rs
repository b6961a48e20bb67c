//! The state of the switch as a value that can be written and read back: a snapshot and the inputs after it give the
//! state that all inputs give. The format is the shell's; it is read by the version of the core that wrote it alone.
//!
//! What a format has read is looked at before it becomes a switch: calls, lines, queues and seats must tell the same
//! story, or there is no switch.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;

use serde::Deserialize;

use crate::by_call::ByCall;
use crate::call::Call;
use crate::house::House;
use crate::ids::{CallId, DialledNumber, TenantId};
use crate::plan::Plan;
use crate::switch::Switch;

/// A switch as it was read, field by field as it is written.
#[derive(Deserialize)]
pub(crate) struct Unchecked {
    house: House,
    calls: ByCall<Box<Call>>,
    plan: Plan,
    highest_call: Option<CallId>,
    draining: bool,
    journal_degraded: bool,
    begun: bool,
}

impl TryFrom<Unchecked> for Switch {
    type Error = String;

    fn try_from(read: Unchecked) -> Result<Self, Self::Error> {
        let Unchecked { house, calls, plan, highest_call, draining, journal_degraded, begun } = read;
        // A plan counts from the first turn on.
        let numbers = if begun { numbers(&plan) } else { BTreeMap::new() };
        let switch = Self { house, calls, plan, numbers, highest_call, draining, journal_degraded, begun };
        match switch.contradiction() {
            None => Ok(switch),
            Some(contradiction) => Err(contradiction),
        }
    }
}

/// Which number reaches which tenant.
pub(crate) fn numbers(plan: &Plan) -> BTreeMap<DialledNumber, TenantId> {
    let mut numbers = BTreeMap::new();
    for (id, tenant) in &plan.tenants {
        numbers.extend(tenant.numbers.keys().map(|number| (*number, *id)));
    }
    numbers
}

impl Switch {
    /// What two parts of the state say differently; `None` in every state that inputs can lead to.
    fn contradiction(&self) -> Option<String> {
        self.calls
            .iter()
            .find_map(|(id, call)| self.call_contradiction(id, call))
            .or_else(|| self.rooms_contradiction())
            .or_else(|| self.seats_contradiction())
    }

    fn call_contradiction(&self, id: CallId, call: &Call) -> Option<String> {
        let said = |what: &str| Some(format!("call {id} {what}"));
        let visit = &call.visit;
        if visit.call != id || self.highest_call.is_none_or(|highest| id > highest) {
            return said("has another's id, or one that was never given");
        }
        let Some(phase) = call.phase() else { return said("has ended and is still there") };
        if !self.house.lines.get(visit.tenant).is_some_and(|room| room.holds(id, visit.holding, phase)) {
            return said("does not hold what its phase says");
        }
        let host = visit.serving;
        if host != visit.tenant && !self.house.lines.get(host).is_some_and(|room| room.has_guest(id)) {
            return said("is to be served by a tenant that does not know it");
        }
        if call.waits_at().is_some_and(|place| !self.house.queues.has_place(id, place)) {
            return said("waits outside its queue");
        }
        let its_hunt = (visit.tenant, id);
        if call.awaits_line() != self.house.lines.hunts().any(|hunt| hunt == its_hunt) {
            return said("waits for a line by its own account alone, or by its tenant's");
        }
        if call
            .waits_at()
            .is_some_and(|place| self.house.queues.is_overdue(id, place) != visit.may_go_on_overdue())
        {
            return said("has waited too long, or not, and its queue says otherwise");
        }
        if call
            .ring()
            .is_some_and(|ring| !self.house.seats.values().any(|seat| seat.busy_ring() == Some(ring)))
        {
            return said("is with a seat that is not busy with it");
        }
        None
    }

    fn rooms_contradiction(&self) -> Option<String> {
        let held: usize = self.house.lines.rooms().map(|room| room.calls_len()).sum();
        if held != self.calls.len() {
            return Some(format!("{} calls hold {held} lines", self.calls.len()));
        }
        if self.house.queues.rung().is_some_and(|rung| *rung != self.rung()) {
            return Some("other callers are rung for than keep a place".into());
        }
        let hunting = self.calls.values().filter(|call| call.awaits_line()).count();
        let hunts = self.house.lines.hunts().len();
        if hunts != hunting {
            return Some(format!("{hunting} calls wait for lines in {hunts} places"));
        }
        let waiting = self.calls.values().filter(|call| call.waits_at().is_some()).count();
        let places: usize = self.house.queues.iter().map(|(_, queue)| queue.waiting_len()).sum();
        (places != waiting).then(|| format!("{waiting} callers wait in {places} places"))
    }

    fn seats_contradiction(&self) -> Option<String> {
        self.house.seats.iter().find_map(|(id, seat)| {
            let ring = seat.busy_ring()?;
            let alone = !self.calls.contains(ring.call);
            alone.then(|| format!("seat {id} is busy with ring {ring} of no call"))
        })
    }
}

/// Maps whose keys are no text, as a list of pairs, so that formats with keys of text alone can write them.
pub(crate) mod pairs {
    use alloc::collections::BTreeMap;
    use alloc::vec::Vec;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map)
    }

    pub(crate) fn deserialize<'de, K, V, D>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        Vec::<(K, V)>::deserialize(deserializer).map(|pairs| pairs.into_iter().collect())
    }
}
