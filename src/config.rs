//! Configuration: built-in defaults, then `Rocket.toml`, then the environment.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::TimeDelta;
use rocket::figment::providers::{Env, Format, Serialized, Toml};
use rocket::figment::{self, Figment, Profile, Source};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::database::{DatabaseUrl, PoolOptions};
use crate::http::response::cors::{BadOrigin, Cors};
use crate::identity::{Lifetimes, MIN_ITERATIONS};
use crate::tenancy::{Limits, Logins};

/// Everything that an installation can be told.
pub struct Config {
    /// Which PostgreSQL to use.
    pub database: DatabaseChoice,
    /// The secret that signs access tokens, when one was given.
    pub secret: Option<SecretString>,
    /// Secrets that sign no more but still verify.
    pub verifying_secrets: Vec<SecretString>,
    /// Where the private PostgreSQL and the secret made for it are kept.
    pub data_dir: PathBuf,
    /// The settings that are not secret.
    pub settings: Settings,
    /// Rocket's own configuration.
    pub rocket: Figment,
}

/// Which PostgreSQL to use.
pub enum DatabaseChoice {
    /// One of the binary's own, below the data dir, with programs found at `pg_bin` or in the usual places.
    Private {
        /// Where `initdb` and `postgres` are.
        pg_bin: Option<PathBuf>,
    },
    /// A server that somebody runs.
    Given(Logins),
}

/// The settings in the table `shophouse` of `Rocket.toml`, or `SHOPHOUSE_…` in the environment.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `SHOPHOUSE_DATA_DIR`
    data_dir: Option<PathBuf>,
    /// `SHOPHOUSE_PG_BIN`
    pg_bin: Option<PathBuf>,
    /// Connections for requests.
    pub pool_size: u32,
    /// Milliseconds that a request waits for a connection.
    pub pool_timeout_ms: u64,
    /// Shops that one connection works in before it is replaced: PostgreSQL keeps what it learns of their tables.
    pub pool_shops: u32,
    /// Milliseconds that a statement of a request may run; below the shutdown's grace.
    pub statement_timeout_ms: u64,
    /// Milliseconds that a request's body may pause while it comes.
    pub body_pause_ms: u64,
    /// Milliseconds that the owner's transactions, migrations among them, wait for a lock.
    pub lock_timeout_ms: u64,
    /// How the lines of the log are written.
    pub log_format: LogFormat,
    /// Where `/metrics` is served, when not with everything else.
    pub metrics_address: Option<SocketAddr>,
    /// Seconds for which a server that was told to stop goes on answering, while it says that it is not ready.
    pub shutdown_delay_seconds: u32,
    /// When the shops that lag are migrated.
    pub migrations_on_boot: OnBoot,
    /// Shops that are migrated at the same time; 0: twice the cores.
    pub migrations_workers: u32,
    /// Days for which a deleted shop can be restored, before it is erased.
    pub shops_grace_days: u32,
    /// Origins of web pages that may call, separated by commas; `*` for all.
    pub cors_origins: String,
    /// PBKDF2 iterations; not below [`MIN_ITERATIONS`].
    pub password_iterations: u32,
    /// Hours that a session lasts without being refreshed.
    pub session_idle_hours: u32,
    /// Hours that a session lasts at the most.
    pub session_max_hours: u32,
}

/// When a server that starts migrates the shops that lag.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OnBoot {
    /// While it serves; a shop that lags answers 503 until it had its turn, and a request to it puts it first.
    Background,
    /// Before it serves.
    Wait,
    /// Not at all: `shophouse migrate` does.
    Off,
}

/// How the lines of the log are written.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// As text on a terminal, else as JSON.
    Auto,
    /// For people.
    Text,
    /// For programs: an object a line.
    Json,
}

impl LogFormat {
    /// What is configured. What cannot be read is left to [`Config::load`], which says so; the log is needed before.
    pub fn configured() -> Self {
        figment().extract_inner(&format!("{TABLE}.log_format")).unwrap_or(Self::Auto)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data_dir: None,
            pg_bin: None,
            pool_size: 8,
            pool_timeout_ms: 3_000,
            pool_shops: 200,
            statement_timeout_ms: 5_000,
            body_pause_ms: 10_000,
            lock_timeout_ms: 5_000,
            log_format: LogFormat::Auto,
            metrics_address: None,
            shutdown_delay_seconds: 0,
            migrations_on_boot: OnBoot::Background,
            migrations_workers: 0,
            shops_grace_days: 30,
            cors_origins: String::new(),
            password_iterations: MIN_ITERATIONS,
            session_idle_hours: 30 * 24,
            session_max_hours: 90 * 24,
        }
    }
}

/// What was wrong with the configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value is of the wrong kind, or unknown.
    #[error("configuration: {0}")]
    Value(String),
    /// A value is out of bounds.
    #[error("configuration: {0}")]
    Bounds(String),
}

/// The table of our own settings in `Rocket.toml`.
const TABLE: &str = "shophouse";

/// Variables that are read by themselves, because they are secret or not ours alone.
const APART: [&str; 3] = ["secret", "verifying_secrets", "migration_url"];

/// Workers of a migration at the most.
const MOST_WORKERS: u32 = 64;

/// How long PostgreSQL may take to say that it has ended a statement.
const ANSWERING: Duration = Duration::from_secs(1);

/// Characters of a signing secret at the least: 256 bits in hexadecimal are 64, in base64 43.
pub const MIN_SECRET: usize = 32;

impl Config {
    /// Reads `Rocket.toml`, found or not, and the environment.
    ///
    /// # Errors
    /// [`ConfigError`] names the setting.
    pub fn load() -> Result<Self, ConfigError> {
        let figment = figment();
        let settings: Settings = figment.extract_inner(TABLE).map_err(unreadable)?;
        settings.check()?;
        rocket::Config::try_from(&figment).map_err(unreadable)?;
        let database = match text("DATABASE_URL") {
            None => DatabaseChoice::Private { pg_bin: settings.pg_bin.clone() },
            Some(web) => {
                let owner = text("SHOPHOUSE_MIGRATION_URL").unwrap_or_else(|| web.clone());
                DatabaseChoice::Given(Logins { web: DatabaseUrl::new(web), owner: DatabaseUrl::new(owner) })
            }
        };
        let secret = text("SHOPHOUSE_SECRET").map(SecretString::from);
        let verifying_secrets = verifying_secrets()?;
        let data_dir = settings.data_dir.clone().unwrap_or_else(default_data_dir);
        Ok(Self { database, secret, verifying_secrets, data_dir, settings, rocket: figment })
    }

    /// Makes sure that there is a secret to sign with: what serving needs, and looking does not.
    ///
    /// # Errors
    /// When it is too short, or none is given where none can be made.
    pub fn check_secret(&self) -> Result<(), ConfigError> {
        let remedy =
            "set SHOPHOUSE_SECRET to one of 32 characters or more, for instance from: openssl rand -hex 32";
        match (&self.secret, &self.database) {
            (Some(secret), _) if secret.expose_secret().len() < MIN_SECRET => {
                Err(ConfigError::Bounds(format!("the signing secret is too short; {remedy}")))
            }
            (None, DatabaseChoice::Given(_)) => Err(ConfigError::Bounds(format!(
                "with DATABASE_URL a signing secret must be given; {remedy}"
            ))),
            _ => Ok(()),
        }
    }
}

impl Settings {
    /// What the engine may take of the database.
    pub fn limits(&self) -> Limits {
        let timeout = Duration::from_millis(self.pool_timeout_ms);
        // PostgreSQL itself ends a statement before.
        let patience = Duration::from_millis(self.statement_timeout_ms) + ANSWERING;
        Limits {
            web: PoolOptions { size: self.pool_size, timeout, patience },
            // Each worker has one. Opening a shop is the owner's most frequent act beside, and not frequent.
            owner: PoolOptions { size: 2 + self.workers(), timeout, patience },
            shops_a_connection: self.pool_shops as usize,
            statement_timeout: Duration::from_millis(self.statement_timeout_ms),
            lock_timeout: Duration::from_millis(self.lock_timeout_ms),
            grace: Duration::from_hours(24 * u64::from(self.shops_grace_days)),
        }
    }

    /// Shops that are migrated at the same time.
    pub fn workers(&self) -> u32 {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        match self.migrations_workers {
            // While one waits for the disk to take its commit, another works.
            0 => u32::try_from(2 * cores()).unwrap_or(MOST_WORKERS).min(MOST_WORKERS),
            given => given,
        }
    }

    /// Which web pages may call.
    ///
    /// # Errors
    /// When one of the origins is none.
    pub fn cors(&self) -> Result<Cors, ConfigError> {
        self.cors_origins.parse().map_err(|error: BadOrigin| ConfigError::Bounds(error.to_string()))
    }

    /// Where PostgreSQL's programs are, when it was said.
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

    fn check(&self) -> Result<(), ConfigError> {
        let in_bounds = [
            ("pool_size", u64::from(self.pool_size), 1, 1_000),
            ("pool_timeout_ms", self.pool_timeout_ms, 10, 60_000),
            ("pool_shops", self.pool_shops.into(), 1, 1_000_000),
            ("statement_timeout_ms", self.statement_timeout_ms, 100, 60_000),
            ("body_pause_ms", self.body_pause_ms, 100, 600_000),
            ("lock_timeout_ms", self.lock_timeout_ms, 10, 600_000),
            ("shutdown_delay_seconds", self.shutdown_delay_seconds.into(), 0, 300),
            ("migrations_workers", self.migrations_workers.into(), 0, MOST_WORKERS.into()),
            ("shops_grace_days", self.shops_grace_days.into(), 0, 3_650),
            ("password_iterations", u64::from(self.password_iterations), MIN_ITERATIONS.into(), 100_000_000),
            ("session_idle_hours", self.session_idle_hours.into(), 1, 87_600),
            ("session_max_hours", self.session_max_hours.into(), 1, 87_600),
        ];
        match in_bounds.iter().find(|(_, value, least, most)| value < least || value > most) {
            Some((name, value, least, most)) => {
                Err(ConfigError::Bounds(format!("{name} is {value}, but must be from {least} to {most}")))
            }
            None => Ok(()),
        }
    }
}

/// Built-in defaults, the file, the environment.
fn figment() -> Figment {
    Figment::from(rocket_defaults())
        .merge(Toml::file(Env::var_or("ROCKET_CONFIG", "Rocket.toml")).nested())
        .merge(Env::prefixed("ROCKET_").ignore(&["PROFILE", "CONFIG"]).global())
        .merge(Env::prefixed("SHOPHOUSE_").ignore(&APART).map(|key| format!("{TABLE}.{key}").into()).global())
        .select(Profile::from_env_or("ROCKET_PROFILE", "default"))
}

/// Names a setting as whoever set it wrote it: the variable, or the key and the file.
fn unreadable(errors: figment::Error) -> ConfigError {
    let named = |error: figment::Error| {
        let file = match error.metadata.as_ref().and_then(|metadata| metadata.source.as_ref()) {
            Some(source @ Source::File(_)) => Some(source),
            _ => None,
        };
        let key = error.path.iter().find(|part| *part != TABLE).map_or("", String::as_str);
        let prefix = if error.path.iter().any(|part| part == TABLE) { "SHOPHOUSE_" } else { "ROCKET_" };
        let place = match (file, key) {
            // The file as a whole cannot be read.
            (Some(file), "") => file.to_string(),
            (Some(file), key) => format!("{key} in {file}"),
            (None, key) => format!("{prefix}{}", key.to_uppercase()),
        };
        format!("{place}: {}", error.kind)
    };
    ConfigError::Value(errors.into_iter().map(named).collect::<Vec<_>>().join("; "))
}

/// The secrets of `SHOPHOUSE_VERIFYING_SECRETS`, separated by commas.
fn verifying_secrets() -> Result<Vec<SecretString>, ConfigError> {
    let listed = text("SHOPHOUSE_VERIFYING_SECRETS").unwrap_or_default();
    let secrets: Vec<SecretString> = listed
        .split(',')
        .map(str::trim)
        .filter(|secret| !secret.is_empty())
        .map(SecretString::from)
        .collect();
    if secrets.iter().any(|secret| secret.expose_secret().len() < MIN_SECRET) {
        let problem =
            format!("a secret in SHOPHOUSE_VERIFYING_SECRETS is shorter than {MIN_SECRET} characters");
        return Err(ConfigError::Bounds(problem));
    }
    Ok(secrets)
}

fn rocket_defaults() -> Figment {
    Figment::from(Serialized::defaults(rocket::Config::default()))
        // Rocket's log holds request bodies and is not needed beside ours.
        .merge(("log_level", "off"))
        // A client could set the header to whatever it likes.
        .merge(("ip_header", false))
        .merge(("ident", false))
        // Rocket listens for signals only after it has said that it is ready; see cli/stop.rs.
        .merge(("shutdown.ctrlc", false))
        .merge(("shutdown.signals", [""; 0]))
        // Not as pairs, which are global and would go before the file.
        .merge(Serialized::default("shutdown.grace", 8))
        .merge(Serialized::default("shutdown.mercy", 2))
        .merge(Serialized::default(TABLE, Settings::default()))
}

/// Root's home cannot hold the data: PostgreSQL does not run as root, and may not pass it.
fn default_data_dir() -> PathBuf {
    let root = nix::unistd::geteuid().is_root();
    PathBuf::from(if root { "/var/lib/shophouse" } else { ".shophouse" })
}

/// A variable that is set to something.
fn text(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The file in the repository is there to be read: it must say what holds without it.
    #[test]
    fn rocket_toml_states_the_defaults() {
        let file = Figment::from(Toml::string(include_str!("../Rocket.toml")).nested());
        let stated: serde_json::Value = file.extract_inner("shophouse").unwrap();
        let mut defaults = serde_json::to_value(Settings::default()).unwrap();
        defaults.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        assert_eq!(stated, defaults);
    }

    #[test]
    fn a_cost_below_the_least_is_refused() {
        let weak = Settings { password_iterations: MIN_ITERATIONS - 1, ..Settings::default() };
        assert!(weak.check().unwrap_err().to_string().contains("password_iterations"));
        assert!(Settings::default().check().is_ok());
    }
}
