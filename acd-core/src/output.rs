//! What a turn has decided, until the shell takes it.

use alloc::collections::VecDeque;

use crate::effect::Effect;
use crate::event::CallEvent;

/// Facts and orders in the order in which they came about.
#[derive(Debug, Default)]
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
