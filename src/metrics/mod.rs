//! Metrics for Prometheus: one registry for each installation that a process opens.
//!
//! | file | subject |
//! |---|---|
//! | `requests` | HTTP requests, and signing in |
//! | `database` | the use of a pool, and the errors of its connections |
//! | `refusals` | requests that a limit refused |
//! | `mail` | messages to users |
//! | `fleet` | shop counts, and the migration of outdated shops |
//! | `top_shops` | which shops use the most |
//! | `request_cost` | the time that one request took of the database, for its line in the log |
//!
//! No label contains a user or anything else that a client chooses, and ten shops at the most, so the number of series
//! depends on the program alone. Reading the metrics asks nothing of the database. `docs/metrics.md` lists them all.

mod database;
mod fleet;
mod mail;
mod refusals;
mod request_cost;
mod requests;
mod top_shops;

use std::fs;
use std::sync::Arc;

use prometheus::core::Collector;
use prometheus::{IntGauge, Registry, TextEncoder, opts};

#[cfg(test)]
pub(crate) use database::KINDS;
pub use database::PoolMeter;
pub use fleet::{Migration, Shops};
pub use mail::{Mail, Mailed};
pub use refusals::Refusals;
pub use request_cost::RequestCost;
pub use requests::{Requests, SignIn, SignIns};
pub use top_shops::TopShops;

/// A metric has an invalid name or label, or the name of another metric.
#[derive(Debug, thiserror::Error)]
#[error("the metrics cannot be registered: {0}")]
pub struct MetricsError(#[from] prometheus::Error);

/// All metrics of an installation.
pub struct Metrics {
    registry: Registry,
    memory: IntGauge,
    /// The web login's pool for interactive requests.
    pub web: Arc<PoolMeter>,
    /// The web login's pool for registering and signing in.
    pub sign_in: Arc<PoolMeter>,
    /// The web login's pool for exports and imports.
    pub bulk: Arc<PoolMeter>,
    /// The web login's pool for health checks.
    pub health: Arc<PoolMeter>,
    /// The owner's pool.
    pub owner: Arc<PoolMeter>,
    /// HTTP requests.
    pub requests: Requests,
    /// Attempts to sign in.
    pub sign_ins: SignIns,
    /// Which shops use the most.
    pub top_shops: Arc<TopShops>,
    /// Requests that a limit refused.
    pub refusals: Refusals,
    /// Messages to users.
    pub mail: Mail,
    /// Shop counts.
    pub shops: Shops,
    /// The migration of outdated shops.
    pub migration: Migration,
}

impl Metrics {
    /// Registers all metrics, with the value zero.
    ///
    /// # Errors
    /// Only when two metrics have the same name, or a name is not valid.
    pub fn new() -> Result<Self, MetricsError> {
        let registry = Registry::new();
        let pools = database::Pools::register(&registry)?;
        let memory = process(&registry)?;
        let top_shops = Arc::new(TopShops::new()?);
        registry.register(Box::new(top_shops::Reading(Arc::clone(&top_shops))))?;
        Ok(Self {
            web: Arc::new(pools.meter("web")),
            sign_in: Arc::new(pools.meter("sign_in")),
            bulk: Arc::new(pools.meter("bulk")),
            health: Arc::new(pools.meter("health")),
            owner: Arc::new(pools.meter("owner")),
            requests: Requests::register(&registry)?,
            sign_ins: SignIns::register(&registry)?,
            top_shops,
            refusals: Refusals::register(&registry)?,
            mail: Mail::register(&registry)?,
            shops: Shops::register(&registry)?,
            migration: Migration::register(&registry)?,
            memory,
            registry,
        })
    }

    /// The metrics as text, in Prometheus's format.
    ///
    /// # Errors
    /// When they cannot be encoded.
    pub fn text(&self) -> Result<String, MetricsError> {
        self.memory.set(resident_memory());
        Ok(TextEncoder::new().encode_to_string(&self.registry.gather())?)
    }
}

/// Registers a metric and returns it.
fn registered<C: Collector + Clone + 'static>(
    registry: &Registry,
    metric: prometheus::Result<C>,
) -> Result<C, MetricsError> {
    let metric = metric?;
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}

/// Registers metrics of the process, with the names that Prometheus recommends. Returns the only one that changes.
fn process(registry: &Registry) -> Result<IntGauge, MetricsError> {
    let version = opts!("shophouse_build_info", "1; the label has the running release.")
        .const_label("version", env!("CARGO_PKG_VERSION"));
    registered(registry, IntGauge::with_opts(version))?.set(1);
    let started = IntGauge::new("process_start_time_seconds", "When the process started, in Unix time.");
    registered(registry, started)?.set(chrono::Utc::now().timestamp());
    let memory = IntGauge::new(
        "process_resident_memory_bytes",
        "Memory that the process holds; 0 where the system does not report it.",
    );
    registered(registry, memory)
}

/// In bytes. Linux reports it in a line such as `VmRSS:     9876 kB`.
fn resident_memory() -> i64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<i64>().ok());
    kib.unwrap_or_default() * 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_not_happened_yet_is_reported_as_zero() {
        let text = Metrics::new().unwrap().text().unwrap();
        for line in [
            "shophouse_sign_ins_total{outcome=\"failed\"} 0",
            "shophouse_database_errors_total{kind=\"statement_timeout\",pool=\"web\"} 0",
            "shophouse_pool_timeouts_total{pool=\"owner\"} 0",
            "shophouse_migration_running 0",
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
    }
}
