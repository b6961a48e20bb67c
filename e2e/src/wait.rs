//! Waiting for something that another process does: looked at again and again, up to a bound.

use std::time::{Duration, Instant};

use crate::limits::LOOK_AGAIN;

/// Looks until there is something to see.
///
/// # Panics
/// Names what was awaited if it is not there in time.
pub fn until<T>(what: &str, time_max: Duration, look: impl FnMut() -> Option<T>) -> T {
    until_every(LOOK_AGAIN, what, time_max, look)
}

/// As [`until`], for a look that costs something.
///
/// # Panics
/// Names what was awaited if it is not there in time.
pub(crate) fn until_every<T>(
    pause: Duration,
    what: &str,
    time_max: Duration,
    look: impl FnMut() -> Option<T>,
) -> T {
    match eventually_every(pause, time_max, look) {
        Some(seen) => seen,
        None => panic!("{what}: not seen within {} s", time_max.as_secs()),
    }
}

/// Looks until there is something to see; `None` if there is nothing in time.
pub fn eventually<T>(time_max: Duration, look: impl FnMut() -> Option<T>) -> Option<T> {
    eventually_every(LOOK_AGAIN, time_max, look)
}

fn eventually_every<T>(
    pause: Duration,
    time_max: Duration,
    mut look: impl FnMut() -> Option<T>,
) -> Option<T> {
    let began = Instant::now();
    loop {
        if let Some(seen) = look() {
            return Some(seen);
        }
        if began.elapsed() > time_max {
            return None;
        }
        std::thread::sleep(pause);
    }
}
