//! A state that is a set of instants (R-L7): what adjoins is one, and what lasts no time is nothing.

use acd_core::Timestamp;

/// The half-open intervals of a state, one after the other; `T` is what its beginning told.
#[derive(Clone, Debug)]
pub(super) struct Stretch<T> {
    open: Option<(Timestamp, T)>,
    /// The one that ended last, for as long as it may yet turn out to have gone on.
    ended: Option<Ended<T>>,
}

/// An interval from its first instant to the first after it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Ended<T> {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) what: T,
}

impl<T> Default for Stretch<T> {
    fn default() -> Self {
        Self { open: None, ended: None }
    }
}

impl<T: Copy> Stretch<T> {
    /// The state begins, or goes on if it ended at this very instant. Gives the interval before, if it is over.
    pub(super) fn start(&mut self, at: Timestamp, what: T) -> Option<Ended<T>> {
        if self.open.is_some() {
            return None;
        }
        let ended = self.ended.take();
        match ended.filter(|it| it.to == at) {
            Some(it) => {
                self.open = Some((it.from, it.what));
                None
            }
            None => {
                self.open = Some((at, what));
                ended
            }
        }
    }

    /// The state ends; if no beginning was told, it began at `unseen`. Gives the interval before, if it is over.
    pub(super) fn end(&mut self, at: Timestamp, unseen: Option<(Timestamp, T)>) -> Option<Ended<T>> {
        let (from, what) = self.open.take().or(unseen)?;
        if from >= at {
            return None;
        }
        self.ended.replace(Ended { from, to: at, what })
    }

    /// Takes what there is: the last interval that ended, and the open one.
    pub(super) const fn take(&mut self) -> (Option<Ended<T>>, Option<(Timestamp, T)>) {
        (self.ended.take(), self.open.take())
    }

    /// Whether an interval that began before `edge` may still grow by facts of `now` or later.
    pub(super) fn may_grow(&self, edge: Timestamp, now: Timestamp) -> bool {
        self.open.is_some_and(|(from, _)| from < edge)
            || self.ended.is_some_and(|it| it.from < edge && it.to >= now)
    }
}
