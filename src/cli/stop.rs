//! Being asked to stop: Ctrl-C and SIGTERM from the first moment on, not only once requests are served.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::BootError;

/// Whether a signal asked the process to stop.
#[derive(Clone)]
pub(super) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Notes the signals from now on. A second Ctrl-C ends the process at once.
    pub(super) fn on_signals() -> Result<Self, BootError> {
        let asked = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            if signal == SIGINT {
                flag::register_conditional_shutdown(signal, 130, Arc::clone(&asked))?;
            }
            flag::register(signal, Arc::clone(&asked))?;
        }
        Ok(Self(asked))
    }

    /// Whether one came.
    pub(super) fn is_asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Ends a boot between two of its steps.
    pub(super) fn check(&self) -> Result<(), BootError> {
        if self.is_asked() { Err(BootError::Stopped) } else { Ok(()) }
    }
}
