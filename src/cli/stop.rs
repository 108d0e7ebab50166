//! Stopping: Ctrl-C and SIGTERM are handled from the start of the process, not only once requests are served.

use std::io::Read;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

use super::BootError;

/// Whether a signal told the process to stop.
#[derive(Clone)]
pub(super) struct Stop {
    requested: Arc<AtomicBool>,
    /// Each signal writes a byte here.
    signals: Arc<UnixStream>,
}

impl Stop {
    /// Handles signals from now on. A second Ctrl-C ends the process at once.
    pub(super) fn on_signals() -> Result<Self, BootError> {
        let requested = Arc::new(AtomicBool::new(false));
        let (signals, writer) = UnixStream::pair()?;
        for signal in [SIGINT, SIGTERM] {
            if signal == SIGINT {
                flag::register_conditional_shutdown(signal, 130, Arc::clone(&requested))?;
            }
            flag::register(signal, Arc::clone(&requested))?;
            low_level::pipe::register(signal, writer.try_clone()?)?;
        }
        Ok(Self { requested, signals: Arc::new(signals) })
    }

    /// Whether a signal has arrived.
    pub(super) fn is_requested(&self) -> bool {
        self.requested.load(Ordering::SeqCst)
    }

    /// Runs `action` when a signal arrives, or now if one has arrived already.
    pub(super) fn on_signal(self, action: impl FnOnce() + Send + 'static) {
        thread::spawn(move || {
            if let Ok(1) = (&*self.signals).read(&mut [0]) {
                action();
            }
        });
    }

    /// Ends a start-up between two of its steps.
    pub(super) fn check(&self) -> Result<(), BootError> {
        if self.is_requested() { Err(BootError::Stopped) } else { Ok(()) }
    }
}
