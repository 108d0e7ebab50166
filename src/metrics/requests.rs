//! Metrics of HTTP requests, and of signing in.

use std::time::Duration;

use prometheus::{HistogramVec, IntCounterVec, Registry, histogram_opts, opts};

use super::{MetricsError, registered};

/// Upper bounds in seconds. Most requests take a few milliseconds; the database's timeout is five seconds.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// HTTP requests.
pub struct Requests {
    count: IntCounterVec,
    seconds: HistogramVec,
}

impl Requests {
    pub(super) fn register(registry: &Registry) -> Result<Self, MetricsError> {
        let about = "Requests that were answered, by method, route and status.";
        let answered = opts!("shophouse_http_requests_total", about);
        let about = "Time until the response to a request began.";
        let seconds = histogram_opts!("shophouse_http_request_duration_seconds", about, SECONDS.to_vec());
        Ok(Self {
            count: registered(registry, IntCounterVec::new(answered, &["method", "route", "status"]))?,
            seconds: registered(registry, HistogramVec::new(seconds, &["method", "route"]))?,
        })
    }

    /// Records a response. `route` is the route's template and never the path; `method` is one that HTTP defines.
    pub fn record(&self, method: &str, route: &str, status: u16, took: Duration) {
        self.count.with_label_values(&[method, route, &status.to_string()]).inc();
        self.seconds.with_label_values(&[method, route]).observe(took.as_secs_f64());
    }
}

/// The outcome of signing in with a password.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SignIn {
    /// The user got tokens.
    Succeeded,
    /// The password or the shop was wrong.
    Failed,
    /// There were too many failed attempts, so the password was not checked.
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

/// Attempts to sign in.
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

    /// Counts an attempt.
    pub fn count(&self, outcome: SignIn) {
        self.0.with_label_values(&[outcome.as_str()]).inc();
    }
}
