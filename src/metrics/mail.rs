//! Metrics of the outbox.

use prometheus::{IntCounterVec, IntGauge, Registry, opts};

use super::{MetricsError, registered};

/// What became of an attempt to send a message.
#[derive(Clone, Copy, Debug)]
pub enum Mailed {
    /// It was sent.
    Sent,
    /// It is tried again.
    Retried,
    /// It is not tried again.
    Failed,
}

impl Mailed {
    const ALL: [Self; 3] = [Self::Sent, Self::Retried, Self::Failed];

    fn label(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Retried => "retried",
            Self::Failed => "failed",
        }
    }
}

/// The outbox.
pub struct Mail {
    attempts: IntCounterVec,
    waiting: IntGauge,
    failed: IntGauge,
    oldest: IntGauge,
}

impl Mail {
    pub(super) fn register(registry: &Registry) -> Result<Self, MetricsError> {
        let about = "Attempts of this process to send a message, by what became of the message.";
        let attempts = IntCounterVec::new(opts!("shophouse_mail_attempts_total", about), &["outcome"]);
        let about = "Messages in the outbox that wait to be sent; counted now and then.";
        let waiting = IntGauge::new("shophouse_mail_waiting", about);
        let about = "Messages in the outbox that could not be sent; counted now and then.";
        let failed = IntGauge::new("shophouse_mail_failed", about);
        let about = "For how long the oldest message waits; 0 when none does.";
        let oldest = IntGauge::new("shophouse_mail_oldest_waiting_seconds", about);
        let mail = Self {
            attempts: registered(registry, attempts)?,
            waiting: registered(registry, waiting)?,
            failed: registered(registry, failed)?,
            oldest: registered(registry, oldest)?,
        };
        for outcome in Mailed::ALL {
            mail.attempts.with_label_values(&[outcome.label()]).inc_by(0);
        }
        Ok(mail)
    }

    /// Counts an attempt.
    pub fn count(&self, outcome: Mailed) {
        self.attempts.with_label_values(&[outcome.label()]).inc();
    }

    /// Sets how many messages wait and how many failed, and for how many seconds the oldest waits.
    pub fn set_counts(&self, waiting: i64, failed: i64, oldest: i64) {
        self.waiting.set(waiting);
        self.failed.set(failed);
        self.oldest.set(oldest);
    }
}
