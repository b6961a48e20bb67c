//! One turn with its drain.

use acd_core::{CallEvent, Effect, Input, Switch, Timestamp};

/// What one turn said.
#[derive(PartialEq, Debug, Default)]
pub(crate) struct Turn {
    pub(crate) facts: Vec<CallEvent>,
    pub(crate) orders: Vec<Effect>,
}

/// Hands an input in and takes out all that it led to.
pub(crate) fn turn(switch: &mut Switch, now: Timestamp, input: Input) -> Turn {
    switch.handle(now, input);
    let mut turn = Turn::default();
    while let Some(fact) = switch.poll_event() {
        turn.facts.push(fact);
    }
    while let Some(order) = switch.poll_effect() {
        turn.orders.push(order);
    }
    turn
}
