//! Headers whose bytes are not UTF-8. Rocket drops them, and only its log says so; a request would be taken for one without
//! them, as an order without its `Idempotency-Key`. So this listens to that log, and notes their names with the request.

use std::cell::RefCell;
use std::sync::Once;

use log::{LevelFilter, Log, Metadata, Record};
use rocket::Request;

thread_local! {
    /// The names of the headers that Rocket has dropped of the request that it builds on this thread. It calls the fairings
    /// with the request before it waits for anything, and so on the same thread.
    static DROPPED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Listens to Rocket's log. All else that it says is not wanted.
struct Listener;

impl Log for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "rocket::request::request"
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let text = record.args().to_string();
        let name = text.strip_prefix("Header '").and_then(|rest| rest.split_once('\''));
        if let Some((name, _)) = name {
            DROPPED.with_borrow_mut(|dropped| dropped.push(name.to_owned()));
        }
    }

    fn flush(&self) {}
}

/// Begins to listen: before Rocket installs a log of its own.
pub(crate) fn listen() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| match log::set_logger(&Listener) {
        Ok(()) => log::set_max_level(LevelFilter::Warn),
        Err(error) => tracing::error!(%error, "headers that cannot be read will be passed over"),
    });
}

/// The headers of a request that could not be read.
struct Unreadable(Vec<String>);

/// Notes which headers of a request could not be read. To be called by a fairing, before anything waits.
pub(super) fn note(request: &Request<'_>) {
    let dropped = DROPPED.take();
    request.local_cache(|| Unreadable(dropped));
}

/// Forgets what was dropped of a request that no fairing sees.
pub(super) fn forget() {
    drop(DROPPED.take());
}

/// Whether a request has a header of this name that cannot be read.
pub(super) fn has(request: &Request<'_>, name: &str) -> bool {
    let Unreadable(names) = request.local_cache(|| Unreadable(Vec::new()));
    names.iter().any(|dropped| dropped.eq_ignore_ascii_case(name))
}
