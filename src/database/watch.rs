//! What can be known, outside its thread, of work on the database: how long PostgreSQL has been silent, and whether the
//! work is past the point where it can still be called off.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent};
use rocket::tokio::time;

use crate::metrics::PoolMeter;

use super::{DatabaseError, errors};

/// No message is at PostgreSQL.
const NOTHING: u64 = 0;

/// The work goes on, and can be called off.
const OPEN: u8 = 0;
/// COMMIT has been sent, or is about to be.
const COMMITTING: u8 = 1;
/// Nobody waits any more; it must not be committed.
const GIVEN_UP: u8 = 2;

/// A piece of work, watched.
pub(super) struct Watch {
    began: Instant,
    /// When the message was sent that PostgreSQL has not answered yet: microseconds since `began`, and one more.
    asked: AtomicU64,
    stage: AtomicU8,
}

impl Watch {
    pub(super) fn begin() -> Self {
        Self { began: Instant::now(), asked: AtomicU64::new(NOTHING), stage: AtomicU8::new(OPEN) }
    }

    /// From now on PostgreSQL owes an answer.
    pub(super) fn asks(&self) {
        let now = u64::try_from(self.age().as_micros()).unwrap_or(u64::MAX).saturating_add(1);
        self.asked.store(now, Ordering::Relaxed);
    }

    /// It has given it.
    pub(super) fn is_answered(&self) {
        self.asked.store(NOTHING, Ordering::Relaxed);
    }

    /// How long it has been going on.
    pub(super) fn age(&self) -> Duration {
        self.began.elapsed()
    }

    /// Ends when PostgreSQL has left one message without an answer for so long. Work of many messages may take
    /// longer, and so may a client that reads slowly what is streamed to it.
    pub(super) async fn silence(&self, patience: Duration) {
        loop {
            let silent = match self.asked.load(Ordering::Relaxed) {
                NOTHING => Duration::ZERO,
                asked => self.age().saturating_sub(Duration::from_micros(asked)),
            };
            if silent >= patience {
                return;
            }
            time::sleep(patience.saturating_sub(silent)).await;
        }
    }

    /// To be asked before COMMIT: false when nobody waits any more.
    pub(super) fn may_commit(&self) -> bool {
        self.leaves_open_for(COMMITTING)
    }

    /// Calls the work off, if it still can be, and says what to tell whoever asked.
    pub(super) fn give_up(&self, patience: Duration) -> DatabaseError {
        if self.leaves_open_for(GIVEN_UP) {
            return DatabaseError::Silent(patience);
        }
        DatabaseError::Unsettled(format!("nothing came back for {} ms", patience.as_millis()))
    }

    fn leaves_open_for(&self, stage: u8) -> bool {
        self.stage.compare_exchange(OPEN, stage, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }
}

/// Hears from Diesel when a message is sent, and when it has been answered, and counts what failed.
pub(super) struct Ear {
    pub watch: Arc<Watch>,
    pub meter: Arc<PoolMeter>,
}

impl Instrumentation for Ear {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { .. } => self.watch.asks(),
            InstrumentationEvent::FinishQuery { error, .. } => {
                self.watch.is_answered();
                error.inspect(|error| errors::count(&self.meter, error));
            }
            _ => {}
        }
    }
}
