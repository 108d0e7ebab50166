//! How long work shows its progress, on standard error: a bar on a terminal, a line for every tenth elsewhere.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// The progress of one piece of work, which several threads may advance.
pub(super) struct Meter {
    what: &'static str,
    bar: Option<ProgressBar>,
    /// Tenths that a line has been printed for.
    tenths: AtomicU64,
}

impl Meter {
    /// Shows nothing until the work says how much there is.
    pub(super) fn new(what: &'static str) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::hidden();
            let template = "{msg} {wide_bar} {pos}/{len}, {eta} left";
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar.set_message(what);
            bar
        });
        Self { what, bar, tenths: AtomicU64::new(0) }
    }

    /// So many of so many are done. Calls may overtake each other.
    pub(super) fn set(&self, done: usize, of: usize) {
        let (done, of) = (done as u64, of as u64);
        match &self.bar {
            Some(bar) => {
                if bar.length() != Some(of) {
                    bar.set_length(of);
                    bar.set_draw_target(indicatif::ProgressDrawTarget::stderr());
                    bar.enable_steady_tick(Duration::from_secs(1));
                }
                bar.set_position(done.max(bar.position()));
            }
            None => self.line(done, of),
        }
    }

    fn line(&self, done: u64, of: u64) {
        let tenth = (done * 10).checked_div(of).unwrap_or(10);
        if self.tenths.fetch_max(tenth, Ordering::Relaxed) < tenth {
            eprintln!("{}: {done} of {of}", self.what);
        }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
