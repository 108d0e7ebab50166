//! What comes before any work: configuration, PostgreSQL, the secret, and `public` brought up to date.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use crate::config::{Config, ConfigError, DatabaseChoice, MIN_SECRET};
use crate::database::DatabaseUrl;
use crate::database::private::{DATABASE, Login, PrivateOptions, PrivateServer, PrivateServerError};
use crate::identity::Hasher;
use crate::tenancy::{Logins, Tenancy, TenancyError, Trees};
use crate::{App, PUBLIC_MIGRATIONS, TENANT_MIGRATIONS, http::token::Tokens};

use super::stop::Stop;

/// Why the program did not come up, or ended badly.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The private PostgreSQL did not come up.
    #[error(transparent)]
    PrivateServer(#[from] PrivateServerError),
    /// `public` could not be brought up to date, or the logins are not as they must be.
    #[error(transparent)]
    Tenancy(#[from] TenancyError),
    /// The signing secret could not be kept.
    #[error("the signing secret {path}: {source}")]
    Secret {
        /// Where it is kept.
        path: String,
        /// What happened.
        source: io::Error,
    },
    /// The hasher could not be made.
    #[error("passwords cannot be hashed: {0}")]
    Hasher(String),
    /// A signal came.
    #[error("stopped before it was ready")]
    Stopped,
    /// The address could not be listened on.
    #[error("{0}")]
    Listen(String),
    /// Some shops could not be migrated.
    #[error("{0} shops could not be migrated; the reasons stand above and in the ledger")]
    ShopsFailed(usize),
    /// The system refused something.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// What is up after booting. The private server, if there is one, stops when this goes.
pub(super) struct Booted {
    pub config: Config,
    pub app: App,
    pub private: Option<PrivateServer>,
}

/// Brings everything up but the shops.
pub(super) fn boot(stop: &Stop) -> Result<Booted, BootError> {
    let mut config = Config::load()?;
    let cors = config.settings.cors()?;
    let (logins, private) = database(&config)?;
    stop.check()?;
    let tokens = tokens(&mut config)?;
    let trees = Trees::new(PUBLIC_MIGRATIONS, TENANT_MIGRATIONS)?;
    let tenancy = Tenancy::open(logins, config.settings.limits(), trees)?;
    let hasher = Hasher::new(config.settings.password_iterations)
        .map_err(|error| BootError::Hasher(error.to_string()))?;
    stop.check()?;
    let lifetimes = config.settings.lifetimes();
    let app = App { tenancy, tokens, hasher, lifetimes, cors };
    Ok(Booted { config, app, private })
}

fn database(config: &Config) -> Result<(Logins, Option<PrivateServer>), BootError> {
    let pg_bin = match &config.database {
        DatabaseChoice::Given(logins) => return Ok((logins.clone(), None)),
        DatabaseChoice::Private { pg_bin } => pg_bin.clone(),
    };
    let server = PrivateServer::start(&PrivateOptions {
        data_dir: config.data_dir.clone(),
        pg_bin,
        unsafe_fast: false,
        // The pools, and room for commands and a shell beside them.
        max_connections: config.settings.pool_size + 20,
    })?;
    let url = |login| DatabaseUrl::new(server.url(login, DATABASE));
    let logins = Logins { web: url(Login::Web), owner: url(Login::Owner) };
    Ok((logins, Some(server)))
}

/// Signs with the secret that was given, or else with the one that is kept; verifies with further ones too.
fn tokens(config: &mut Config) -> Result<Tokens, BootError> {
    let secret = match config.secret.take() {
        Some(secret) => secret,
        None => kept_secret(&config.data_dir)?,
    };
    // A kept file may have further lines, of secrets that only verify.
    let mut lines = secret.expose_secret().lines().map(str::trim).filter(|line| !line.is_empty());
    let signing = Tokens::new(&lines.next().unwrap_or_default().into());
    let kept = lines.fold(signing, |tokens, line| tokens.verifying(&line.into()));
    Ok(config.verifying_secrets.iter().fold(kept, Tokens::verifying))
}

/// The signing secret in the data dir, made when there is none.
fn kept_secret(data_dir: &Path) -> Result<SecretString, BootError> {
    let path = data_dir.join("secret");
    let failed = |source| BootError::Secret { path: path.display().to_string(), source };
    match fs::read_to_string(&path) {
        Ok(secret) if secret.lines().all(|line| line.trim().len() >= MIN_SECRET) && !secret.is_empty() => {
            return Ok(secret.into());
        }
        Ok(_) => return Err(failed(io::Error::other("a line of it is too short for a secret"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let mut random = [0_u8; 32];
    getrandom::fill(&mut random).map_err(|error| failed(io::Error::other(error.to_string())))?;
    let secret: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    // Written beside and moved into place: a killed process leaves no half secret.
    let draft = data_dir.join("secret.new");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .map_err(failed)?;
    file.write_all(secret.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&draft, &path).map_err(failed)?;
    Ok(secret.into())
}
