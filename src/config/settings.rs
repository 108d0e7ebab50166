//! The settings that are not secret, and their defaults.

use std::net::SocketAddr;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::commerce::import::jobs::run::Jobs;
use crate::commerce::orders::ErasureKeeps;
use crate::database::{PoolOptions, PreparedStatements};
use crate::http::TransferLimits;
use crate::http::request::client::{Proxies, ProxyHeader};
use crate::http::response::cors::{BadOrigin, Cors};
use crate::identity::{Lifetimes, MIN_ITERATIONS, Verification};
use crate::limits::Quotas;
use crate::tenancy::Limits;

use super::error::ConfigError;
use super::limits::LimitSettings;
use super::mail::MailSettings;

/// The settings in the table `shophouse` of `Rocket.toml`, or `SHOPHOUSE_…` in the environment.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Settings {
    /// `SHOPHOUSE_DATA_DIR`
    data_dir: Option<PathBuf>,
    /// `SHOPHOUSE_PG_BIN`
    pg_bin: Option<PathBuf>,
    /// Database connections for requests.
    pub pool_size: u32,
    /// How many of them work at a time; 0 leaves it to the engine.
    pub pool_active: u32,
    /// Longest time a request waits for a database connection, in milliseconds.
    pub pool_timeout_ms: u64,
    /// Memory of its own that the backend of one connection may have, in megabytes: it never frees what it uses for each shop's
    /// tables and statements, so the connection is replaced then.
    pub backend_mb: u32,
    /// Whether statements are kept prepared.
    pub prepared_statements: PreparedStatements,
    /// Longest time a statement of a request may run, in milliseconds. Shorter than the grace period of a shutdown.
    pub statement_timeout_ms: u64,
    /// Longest pause while a request body arrives, in milliseconds.
    pub body_pause_ms: u64,
    /// Uploads and downloads at a time, in all.
    pub transfers: u32,
    /// Uploads and downloads of one shop, and of one user, at a time.
    pub transfers_share: u32,
    /// Disk space for uploads and downloads, in megabytes. One shop may take half of it.
    pub spool_mb: u32,
    /// The rows of a file to import from which on a client does not wait for the end.
    pub import_wait_rows: u32,
    /// Longest time the owner's transactions, such as migrations, wait for a lock, in milliseconds.
    pub lock_timeout_ms: u64,
    /// The format of the log.
    pub log_format: LogFormat,
    /// A separate address for `/metrics`.
    pub metrics_address: Option<SocketAddr>,
    /// How long a stopping server still serves requests while it reports itself not ready, in seconds.
    pub shutdown_delay_seconds: u32,
    /// When outdated shops are migrated.
    pub migrations_on_boot: OnBoot,
    /// Shops migrated at the same time; 0 means twice the number of cores.
    pub migrations_workers: u32,
    /// How long a deleted shop can be restored before it is erased, in days.
    pub shops_grace_days: u32,
    /// How long an event of the audit trail is kept, in days; 0 means for ever.
    pub audit_days: u32,
    /// What the erasure of a person leaves in that person's orders.
    pub erasure_keeps: ErasureKeeps,
    /// Origins whose web pages may call the API, separated by commas; `*` means all.
    pub cors_origins: String,
    /// PBKDF2 iterations; at least [`MIN_ITERATIONS`].
    pub password_iterations: u32,
    /// How long a session lasts without a refresh, in hours.
    pub session_idle_hours: u32,
    /// How long a session lasts at most, in hours.
    pub session_max_hours: u32,
    /// Whether email addresses have to be proved.
    pub verify_email: VerifyEmail,
    /// Addresses and networks of proxies, separated by commas. What they say of their clients' addresses is believed.
    pub trusted_proxies: String,
    /// The header in which they say it.
    pub proxy_header: ProxyHeader,
    /// How long a refusal by a limit is kept back, in milliseconds.
    pub refusal_delay_ms: u64,
    /// Mail.
    #[serde(flatten)]
    pub(super) mail: MailSettings,
    /// Limits on rates and numbers. They also take the settings that are unknown, and refuse them.
    #[serde(flatten)]
    pub quotas: LimitSettings,
}

/// When a starting server migrates outdated shops.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OnBoot {
    /// While it serves. An outdated shop answers 503 until it is migrated; a request moves it to the front of the queue.
    Background,
    /// Before it serves.
    Wait,
    /// Never: the operator runs `shophouse migrate`.
    Off,
}

/// Whether email addresses have to be proved.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum VerifyEmail {
    /// Yes, if a mail server is configured.
    Auto,
    /// Yes.
    On,
    /// No.
    Off,
}

/// The format of the log.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text on a terminal, JSON otherwise.
    Auto,
    /// Text for people.
    Text,
    /// JSON for programs, one object per line.
    Json,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data_dir: None,
            pg_bin: None,
            pool_size: 10,
            pool_active: 0,
            pool_timeout_ms: 3_000,
            backend_mb: 96,
            prepared_statements: PreparedStatements::Auto,
            statement_timeout_ms: 5_000,
            body_pause_ms: 10_000,
            transfers: 32,
            transfers_share: 4,
            spool_mb: 2_048,
            import_wait_rows: 5_000,
            lock_timeout_ms: 5_000,
            log_format: LogFormat::Auto,
            metrics_address: None,
            shutdown_delay_seconds: 0,
            migrations_on_boot: OnBoot::Background,
            migrations_workers: 0,
            shops_grace_days: 30,
            audit_days: 365,
            erasure_keeps: ErasureKeeps::Orders,
            cors_origins: String::new(),
            password_iterations: MIN_ITERATIONS,
            session_idle_hours: 30 * 24,
            session_max_hours: 90 * 24,
            verify_email: VerifyEmail::Auto,
            trusted_proxies: String::new(),
            proxy_header: ProxyHeader::ForwardedFor,
            refusal_delay_ms: 1_000,
            mail: MailSettings::default(),
            quotas: LimitSettings::default(),
        }
    }
}

/// The largest number of migration workers.
pub(super) const MAX_WORKERS: u32 = 64;

/// How long PostgreSQL may take to report that it has cancelled a statement.
const CANCEL_TIME: Duration = Duration::from_secs(1);

impl Settings {
    /// The limits of the engine: pool sizes and timeouts.
    pub fn limits(&self) -> Limits {
        let timeout = Duration::from_millis(self.pool_timeout_ms);
        // PostgreSQL itself cancels a statement earlier.
        let patience = Duration::from_millis(self.statement_timeout_ms) + CANCEL_TIME;
        Limits {
            web: PoolOptions { size: self.pool_size, active: self.active(), timeout, patience },
            // One for each worker. The owner's other work, such as opening a shop, is rare: two connections are enough.
            owner: PoolOptions { size: 2 + self.workers(), active: None, timeout, patience },
            backend_kb: self.backend_mb as usize * 1024,
            prepared_statements: self.prepared_statements,
            statement_timeout: Duration::from_millis(self.statement_timeout_ms),
            lock_timeout: Duration::from_millis(self.lock_timeout_ms),
            grace: Duration::from_hours(24 * u64::from(self.shops_grace_days)),
        }
    }

    fn active(&self) -> Option<u32> {
        (self.pool_active > 0).then_some(self.pool_active)
    }

    /// Shops migrated at the same time.
    pub fn workers(&self) -> u32 {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        match self.migrations_workers {
            // While one worker waits for its commit to reach the disk, another one works.
            0 => u32::try_from(2 * cores()).unwrap_or(MAX_WORKERS).min(MAX_WORKERS),
            given => given,
        }
    }

    /// How many uploads and downloads there may be at a time.
    pub fn transfers(&self) -> TransferLimits {
        let bytes = u64::from(self.spool_mb) << 20;
        TransferLimits { total: self.transfers, share: self.transfers_share, bytes }
    }

    /// The imports that go on after their request was answered: as many at a time as there are connections for them.
    pub fn jobs(&self) -> Jobs {
        let places = usize::try_from(self.pool_size / 8).ok().and_then(NonZero::new);
        Jobs::new(self.import_wait_rows, places.unwrap_or(NonZero::<usize>::MIN))
    }

    /// How long a refusal by a limit is kept back.
    pub fn refusal_delay(&self) -> Duration {
        Duration::from_millis(self.refusal_delay_ms)
    }

    /// Which web pages may call the API.
    ///
    /// # Errors
    /// When an origin is not valid.
    pub fn cors(&self) -> Result<Cors, ConfigError> {
        self.cors_origins.parse().map_err(|error: BadOrigin| ConfigError::Bounds(error.to_string()))
    }

    /// Whose word on a client's address is believed.
    ///
    /// # Errors
    /// When a proxy is neither an address nor a network.
    pub fn proxies(&self) -> Result<Proxies, ConfigError> {
        Proxies::new(&self.trusted_proxies, self.proxy_header)
            .map_err(|error| ConfigError::Bounds(format!("trusted_proxies: {error}")))
    }

    /// The limits on rates and numbers.
    pub fn quotas(&self) -> Quotas {
        Quotas::new(self.quotas.0.clone())
    }

    /// The data directory, if one is configured.
    pub fn data_dir(&self) -> Option<&Path> {
        self.data_dir.as_deref()
    }

    /// The directory of PostgreSQL's programs, if one is configured.
    pub fn pg_bin(&self) -> Option<&Path> {
        self.pg_bin.as_deref()
    }

    /// How long sessions last.
    pub fn lifetimes(&self) -> Lifetimes {
        Lifetimes {
            idle: TimeDelta::hours(self.session_idle_hours.into()),
            absolute: TimeDelta::hours(self.session_max_hours.into()),
        }
    }

    /// Whether email addresses have to be proved.
    pub fn verification(&self, has_mail_server: bool) -> Verification {
        match self.verify_email {
            VerifyEmail::Auto if has_mail_server => Verification::On,
            VerifyEmail::On => Verification::On,
            VerifyEmail::Auto | VerifyEmail::Off => Verification::Off,
        }
    }
}

#[cfg(test)]
mod tests {
    use rocket::figment::Figment;
    use rocket::figment::providers::{Format, Toml};

    use super::*;

    /// The `Rocket.toml` of the repository lists the defaults for its readers.
    #[test]
    fn rocket_toml_states_the_defaults() {
        let file = Figment::from(Toml::string(include_str!("../../Rocket.toml")).nested());
        let stated: serde_json::Value = file.extract_inner("shophouse").unwrap();
        let mut defaults = serde_json::to_value(Settings::default()).unwrap();
        defaults.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        assert_eq!(stated, defaults);
    }

    #[test]
    fn addresses_are_proved_where_a_mail_server_is_or_where_it_is_set_so() {
        let with = |verify_email| Settings { verify_email, ..Settings::default() };
        let found = [VerifyEmail::Auto, VerifyEmail::On, VerifyEmail::Off]
            .map(|setting| [false, true].map(|server| with(setting).verification(server).is_on()));
        assert_eq!(found, [[false, true], [true, true], [false, false]]);
    }
}
