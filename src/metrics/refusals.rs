//! Metrics of the requests that a limit refused.

use prometheus::{IntCounterVec, Registry, opts};

use crate::limits::Limit;

use super::{MetricsError, registered};

/// Requests that a limit refused, by limit.
pub struct Refusals(IntCounterVec);

impl Refusals {
    pub(super) fn register(registry: &Registry) -> Result<Self, MetricsError> {
        let about = "Requests that a limit on rates or numbers refused.";
        let refused = IntCounterVec::new(opts!("shophouse_limit_refusals_total", about), &["limit"]);
        let refusals = Self(registered(registry, refused)?);
        for limit in Limit::ALL {
            refusals.0.with_label_values(&[limit.name()]).inc_by(0);
        }
        Ok(refusals)
    }

    /// Counts a request that was refused.
    pub fn count(&self, limit: Limit) {
        self.0.with_label_values(&[limit.name()]).inc();
    }
}
