//! The configuration of an installation.
//!
//! | file | subject |
//! |---|---|
//! | `bounds` | the bounds of the settings that are numbers |
//! | `error` | what can be wrong with the configuration |
//! | `limits` | the settings of the limits on rates and numbers |
//! | `mail` | the settings of mail |
//! | `settings` | the settings that are not secret, and their defaults |
//! | `sources` | built-in defaults, `Rocket.toml`, and the environment |
//! | `mod` (this file) | all of it together: the database, the secrets, the data directory |

mod bounds;
mod error;
mod limits;
mod mail;
mod settings;
mod sources;

use std::net::SocketAddr;
use std::path::PathBuf;

use rocket::figment::Figment;
use secrecy::{ExposeSecret, SecretString};

use crate::database::DatabaseUrl;
use crate::identity::Verification;
use crate::mail::{MailOptions, Prepare};
use crate::tenancy::Logins;

pub use error::ConfigError;
pub use settings::{LogFormat, OnBoot, Settings, VerifyEmail};
use sources::{TABLE, figment, unreadable, variable};

/// The shortest signing secret, in characters. 256 random bits are 64 characters in hexadecimal, and 43 in base64.
pub const MIN_SECRET: usize = 32;

/// The configuration of an installation.
pub struct Config {
    /// Which PostgreSQL to use.
    pub database: DatabaseChoice,
    /// The secret that signs access tokens, if one is configured.
    pub secret: Option<SecretString>,
    /// Former secrets: they only verify tokens.
    pub verifying_secrets: Vec<SecretString>,
    /// The URL of the mail server. Without one, messages become files.
    smtp_url: Option<SecretString>,
    /// The directory of the private PostgreSQL, of the generated secret, and of messages that become files.
    pub data_dir: PathBuf,
    /// The settings that are not secret.
    pub settings: Settings,
    /// Rocket's own configuration.
    pub rocket: Figment,
}

/// Which PostgreSQL to use.
pub enum DatabaseChoice {
    /// A private server that this binary starts, with its files in the data directory.
    Private {
        /// The directory of `initdb` and `postgres`; without it, the usual places are searched.
        pg_bin: Option<PathBuf>,
    },
    /// The server that `DATABASE_URL` names.
    Given(Logins),
}

impl Config {
    /// Reads `Rocket.toml` (optional) and the environment.
    ///
    /// # Errors
    /// [`ConfigError`] names the setting.
    pub fn load() -> Result<Self, ConfigError> {
        let figment = figment();
        let settings: Settings = figment.extract_inner(TABLE).map_err(unreadable)?;
        settings.check()?;
        let smtp_url = variable("SHOPHOUSE_SMTP_URL").map(SecretString::from);
        settings.mail.check(smtp_url.is_some())?;
        refuse_ip_header(&figment)?;
        rocket::Config::try_from(&figment).map_err(unreadable)?;
        let database = match variable("DATABASE_URL") {
            None => DatabaseChoice::Private { pg_bin: settings.pg_bin().map(PathBuf::from) },
            Some(web) => {
                let owner = variable("SHOPHOUSE_MIGRATION_URL").unwrap_or_else(|| web.clone());
                DatabaseChoice::Given(Logins { web: DatabaseUrl::new(web), owner: DatabaseUrl::new(owner) })
            }
        };
        let secret = variable("SHOPHOUSE_SECRET").map(SecretString::from);
        let verifying_secrets = verifying_secrets()?;
        let data_dir = settings.data_dir().map_or_else(default_data_dir, PathBuf::from);
        Ok(Self { database, secret, verifying_secrets, smtp_url, data_dir, settings, rocket: figment })
    }

    /// Whether messages go to a mail server.
    pub fn has_mail_server(&self) -> bool {
        self.smtp_url.is_some()
    }

    /// How messages are sent.
    pub fn mail(&self, prepare: Prepare) -> MailOptions {
        self.settings.mail.options(self.smtp_url.clone(), &self.data_dir, prepare)
    }

    /// Whether email addresses have to be proved.
    pub fn verification(&self) -> Verification {
        self.settings.verification(self.has_mail_server())
    }

    /// Where a server with this configuration serves its metrics; none when the system chooses the port.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        let main = rocket::Config::try_from(&self.rocket).ok().map(|it| SocketAddr::new(it.address, it.port));
        self.settings.metrics_address.or(main).filter(|address| address.port() != 0)
    }

    /// Checks that there is a secret to sign tokens with. Only commands that serve need one.
    ///
    /// # Errors
    /// When it is too short, or when none is configured and none can be generated.
    pub fn check_secret(&self) -> Result<(), ConfigError> {
        let remedy =
            "set SHOPHOUSE_SECRET to 32 characters or more, for example the output of: openssl rand -hex 32";
        match (&self.secret, &self.database) {
            (Some(secret), _) if secret.expose_secret().len() < MIN_SECRET => {
                Err(ConfigError::Bounds(format!("the signing secret is too short; {remedy}")))
            }
            (None, DatabaseChoice::Given(_)) => {
                Err(ConfigError::Bounds(format!("DATABASE_URL needs a signing secret too; {remedy}")))
            }
            _ => Ok(()),
        }
    }
}

/// Refuses Rocket's own setting, which believes the header of every client. Ignoring it would count all clients of a proxy as
/// one.
fn refuse_ip_header(figment: &Figment) -> Result<(), ConfigError> {
    match figment.extract_inner("ip_header") {
        Ok(false) => Ok(()),
        _ => Err(ConfigError::Bounds(
            "ip_header (ROCKET_IP_HEADER) is not used any more, because every client could send the header: list your \
             proxies in SHOPHOUSE_TRUSTED_PROXIES, and name their header in SHOPHOUSE_PROXY_HEADER"
                .to_owned(),
        )),
    }
}

/// The configured log format. The log is needed before the configuration is checked: a value that cannot be read
/// counts as [`LogFormat::Auto`] here, and [`Config::load`] reports it.
pub fn log_format() -> LogFormat {
    figment().extract_inner(&format!("{TABLE}.log_format")).unwrap_or(LogFormat::Auto)
}

/// The secrets in `SHOPHOUSE_VERIFYING_SECRETS`, separated by commas.
fn verifying_secrets() -> Result<Vec<SecretString>, ConfigError> {
    let listed = variable("SHOPHOUSE_VERIFYING_SECRETS").unwrap_or_default();
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

/// For root, not below its home directory: PostgreSQL runs as another account, which may not enter that.
fn default_data_dir() -> PathBuf {
    let root = nix::unistd::geteuid().is_root();
    PathBuf::from(if root { "/var/lib/shophouse" } else { ".shophouse" })
}
