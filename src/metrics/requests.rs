//! HTTP requests, and signing in.

use std::time::Duration;

use prometheus::{HistogramVec, IntCounterVec, Registry, histogram_opts, opts};

use super::{MetricsError, registered};

/// Seconds; most requests take a few milliseconds, a time-out of the database five seconds.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// HTTP requests.
pub struct Requests {
    answered: IntCounterVec,
    seconds: HistogramVec,
}

impl Requests {
    pub(super) fn register(registry: &Registry) -> Result<Self, MetricsError> {
        let about = "Requests that were answered, by method, route and status.";
        let answered = opts!("shophouse_http_requests_total", about);
        let about = "How long requests took until their answer began.";
        let seconds = histogram_opts!("shophouse_http_request_duration_seconds", about, SECONDS.to_vec());
        Ok(Self {
            answered: registered(registry, IntCounterVec::new(answered, &["method", "route", "status"]))?,
            seconds: registered(registry, HistogramVec::new(seconds, &["method", "route"]))?,
        })
    }

    /// Counts an answer. `route` is the template, never the address itself; `method` one that HTTP knows.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        self.answered.with_label_values(&[method, route, &status.to_string()]).inc();
        self.seconds.with_label_values(&[method, route]).observe(took.as_secs_f64());
    }
}

/// How signing in with a password can end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SignIn {
    /// With tokens.
    Succeeded,
    /// The password or the shop was not right.
    Failed,
    /// After too many wrong ones the password was not even looked at.
    Throttled,
}

impl SignIn {
    fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Throttled => "throttled",
        }
    }
}

/// Who signed in, and who did not.
pub struct SignIns(IntCounterVec);

impl SignIns {
    pub(super) fn register(registry: &Registry) -> Result<Self, MetricsError> {
        let about = "Attempts to sign in with a password, by how they ended.";
        let ended = IntCounterVec::new(opts!("shophouse_sign_ins_total", about), &["outcome"]);
        let sign_ins = Self(registered(registry, ended)?);
        for outcome in [SignIn::Succeeded, SignIn::Failed, SignIn::Throttled] {
            sign_ins.0.with_label_values(&[outcome.as_str()]).inc_by(0);
        }
        Ok(sign_ins)
    }

    /// Counts one.
    pub fn count(&self, outcome: SignIn) {
        self.0.with_label_values(&[outcome.as_str()]).inc();
    }
}
