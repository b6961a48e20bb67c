//! SIGTERM, SIGINT and SIGHUP, handed to the loop through its waker.

use std::io;
use std::sync::Arc;

use crossbeam_channel::{Receiver, bounded};
use mio::Waker;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// What the operating system's signals ask for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Signal {
    /// SIGTERM, SIGINT: drain, then end.
    Terminate,
    /// SIGHUP: read the plan again.
    Reload,
}

/// Listens for signals from here on.
///
/// # Errors
/// If the handlers cannot be installed or the thread cannot be started.
pub(super) fn listen(waker: Arc<Waker>) -> io::Result<Receiver<Signal>> {
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP])?;
    // More than a few unread signals say nothing more than one: what does not fit may be dropped.
    let (sender, receiver) = bounded(4);
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            let asked = if signal == SIGHUP { Signal::Reload } else { Signal::Terminate };
            let _ = sender.try_send(asked);
            let _ = waker.wake();
        }
    })?;
    Ok(receiver)
}
