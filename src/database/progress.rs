//! How far a transaction is. The thread that runs it writes this down, and the task that waits for it reads it: libpq
//! blocks, so the thread itself cannot be asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent};
use diesel::result::Error;
use rocket::tokio::time;

use crate::metrics::PoolMeter;

use super::error::DatabaseError;
use super::error_kind::{self, ErrorKind};
use super::lanes::Lanes;

/// PostgreSQL has answered every message.
const ANSWERED: u64 = 0;

/// The transaction runs, and can still be cancelled.
const RUNNING: u8 = 0;
/// COMMIT has been sent, or is about to be.
const COMMITTING: u8 = 1;
/// Nobody waits for it any more; it must not be committed.
const CANCELLED: u8 = 2;

/// How far one transaction is.
pub(super) struct Progress {
    began: Instant,
    /// When the message was sent that PostgreSQL has not answered yet: microseconds since `began`, plus one.
    sent: AtomicU64,
    stage: AtomicU8,
}

impl Progress {
    pub(super) fn begin() -> Self {
        Self { began: Instant::now(), sent: AtomicU64::new(ANSWERED), stage: AtomicU8::new(RUNNING) }
    }

    /// Notes that a message goes to PostgreSQL now, or a request to connect.
    pub(super) fn is_sent(&self) {
        let now = u64::try_from(self.age().as_micros()).unwrap_or(u64::MAX).saturating_add(1);
        self.sent.store(now, Ordering::Relaxed);
    }

    /// Notes that PostgreSQL has answered. Returns how long that took.
    pub(super) fn is_answered(&self) -> Duration {
        match self.sent.swap(ANSWERED, Ordering::Relaxed) {
            ANSWERED => Duration::ZERO,
            sent => self.age().saturating_sub(Duration::from_micros(sent)),
        }
    }

    /// Time since the start.
    pub(super) fn age(&self) -> Duration {
        self.began.elapsed()
    }

    /// Returns when PostgreSQL has left one message without an answer for as long as `limit`. A transaction of many
    /// messages may take longer, and so may a client that reads slowly what is streamed to it.
    pub(super) async fn silence(&self, limit: Duration) {
        loop {
            let silent = match self.sent.load(Ordering::Relaxed) {
                ANSWERED => Duration::ZERO,
                sent => self.age().saturating_sub(Duration::from_micros(sent)),
            };
            if silent >= limit {
                return;
            }
            time::sleep(limit.saturating_sub(silent)).await;
        }
    }

    /// Must be called before COMMIT. False when the transaction was cancelled.
    pub(super) fn may_commit(&self) -> bool {
        self.moves_on_to(COMMITTING)
    }

    /// Cancels the transaction unless COMMIT is under way. Returns the error for whoever waited.
    pub(super) fn cancel(&self, limit: Duration) -> DatabaseError {
        if self.moves_on_to(CANCELLED) {
            return DatabaseError::Silent(limit);
        }
        DatabaseError::Unsettled(format!("nothing came back for {} ms", limit.as_millis()))
    }

    fn moves_on_to(&self, stage: u8) -> bool {
        self.stage.compare_exchange(RUNNING, stage, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }
}

/// What Diesel calls on each message: it notes the progress of the transaction, counts errors and kept statements, and notes when
/// the connection is of no use any more.
pub(super) struct Observer {
    pub progress: Arc<Progress>,
    pub meter: Arc<PoolMeter>,
    pub has_ended: Arc<AtomicBool>,
    /// Number of statements that the connection keeps prepared.
    pub kept: Arc<AtomicUsize>,
    /// The lanes whose jobs go first.
    pub gives_way_to: Option<Arc<Lanes>>,
}

/// The longest pause after a statement.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

impl Observer {
    fn note(&self, error: &Error) {
        error_kind::count(&self.meter, error);
        if ErrorKind::of(error).ends_connection() {
            self.has_ended.store(true, Ordering::Relaxed);
        }
    }

    /// Pauses for as long as the statement took, while others are at work: they have half of the processor then, as other
    /// sessions have beside PostgreSQL's autovacuum by its cost-based delay.
    fn give_way(&self, took: Duration) {
        if self.gives_way_to.as_ref().is_some_and(|lanes| lanes.are_in_use()) {
            thread::sleep(took.min(LONGEST_PAUSE));
        }
    }
}

impl Instrumentation for Observer {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { .. } => self.progress.is_sent(),
            InstrumentationEvent::FinishQuery { error, .. } => {
                let took = self.progress.is_answered();
                error.inspect(|error| self.note(error));
                self.give_way(took);
            }
            InstrumentationEvent::CacheQuery { .. } => drop(self.kept.fetch_add(1, Ordering::Relaxed)),
            _ => {}
        }
    }
}
