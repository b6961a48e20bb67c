//! What a turn has decided, until the shell takes it.

use alloc::collections::VecDeque;

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

use crate::effect::Effect;
use crate::event::CallEvent;

/// Facts and orders in the order in which they came about.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Output {
    effects: VecDeque<Effect>,
    events: VecDeque<CallEvent>,
}

impl Output {
    pub(crate) fn order(&mut self, effect: Effect) {
        self.effects.push_back(effect);
    }

    pub(crate) fn state(&mut self, event: CallEvent) {
        self.events.push_back(event);
    }

    pub(crate) fn next_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    pub(crate) fn next_event(&mut self) -> Option<CallEvent> {
        self.events.pop_front()
    }

    pub(crate) fn is_drained(&self) -> bool {
        self.effects.is_empty() && self.events.is_empty()
    }
}

/// Between turns there is nothing to write down.
impl Serialize for Output {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.is_drained() {
            return Err(ser::Error::custom("contract: drain events and effects before a snapshot"));
        }
        serializer.serialize_unit()
    }
}

impl<'de> Deserialize<'de> for Output {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <()>::deserialize(deserializer).map(|()| Self::default())
    }
}
