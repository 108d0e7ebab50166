//! Progress of long work, on standard error: a bar on a terminal, otherwise a line for every tenth. Work of unknown
//! length shows a row count, on a terminal only.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// The progress of one task; several threads may update it.
pub(super) struct Meter {
    what: &'static str,
    bar: Option<ProgressBar>,
    /// Tenths that were printed so far.
    tenths: AtomicU64,
}

impl Meter {
    /// Shows nothing until the total is known.
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

    /// Sets the progress. Calls may arrive out of order.
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

/// A count of rows.
pub(super) struct Rows(ProgressBar);

impl Rows {
    pub(super) fn new() -> Self {
        Self(ProgressBar::new_spinner())
    }

    /// Shows the number of rows so far.
    pub(super) fn show(&self, part: &str, rows: u64) {
        if !self.0.is_hidden() {
            self.0.set_message(format!("{part}: {rows} rows"));
        }
    }
}

impl Drop for Rows {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
