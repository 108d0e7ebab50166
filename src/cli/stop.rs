//! Being asked to stop: Ctrl-C and SIGTERM from the first moment on, not only once requests are served.

use std::io::Read;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

use super::BootError;

/// Whether a signal asked the process to stop.
#[derive(Clone)]
pub(super) struct Stop {
    asked: Arc<AtomicBool>,
    /// Where a byte arrives with each signal, and waits to be read.
    signals: Arc<UnixStream>,
}

impl Stop {
    /// Notes the signals from now on. A second Ctrl-C ends the process at once.
    pub(super) fn on_signals() -> Result<Self, BootError> {
        let asked = Arc::new(AtomicBool::new(false));
        let (signals, writer) = UnixStream::pair()?;
        for signal in [SIGINT, SIGTERM] {
            if signal == SIGINT {
                flag::register_conditional_shutdown(signal, 130, Arc::clone(&asked))?;
            }
            flag::register(signal, Arc::clone(&asked))?;
            low_level::pipe::register(signal, writer.try_clone()?)?;
        }
        Ok(Self { asked, signals: Arc::new(signals) })
    }

    /// Whether one came.
    pub(super) fn is_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }

    /// Acts once a signal has come, also when it came before this was called.
    pub(super) fn then(self, act: impl FnOnce() + Send + 'static) {
        thread::spawn(move || {
            if let Ok(1) = (&*self.signals).read(&mut [0]) {
                act();
            }
        });
    }

    /// Ends a boot between two of its steps.
    pub(super) fn check(&self) -> Result<(), BootError> {
        if self.is_asked() { Err(BootError::Stopped) } else { Ok(()) }
    }
}
