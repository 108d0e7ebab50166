//! Start-up: configuration, PostgreSQL, the signing secret, and the migration of `public`.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use crate::App;
use crate::commerce::DUE_WORK;
use crate::config::{Config, DatabaseChoice, MIN_SECRET};
use crate::database::DatabaseUrl;
use crate::database::private::{DATABASE, Login, PrivateOptions, PrivateServer};
use crate::http::request::token::Tokens;
use crate::identity::{self, Hasher, UNVERIFIED};
use crate::mail::Post;
use crate::tenancy::{Logins, OddSetting, Tenancy};

use super::error::BootError;
use super::stop::Stop;

/// What start-up made. Dropping it stops the private server, if there is one.
pub(super) struct Booted {
    pub config: Config,
    pub app: App,
    pub post: Post,
    pub private: Option<PrivateServer>,
}

/// Starts everything except the migration of shops.
pub(super) fn boot(mut config: Config, stop: &Stop) -> Result<Booted, BootError> {
    config.check_secret()?;
    let cors = config.settings.cors()?;
    let post = Post::new(config.mail(identity::forgotten_password))?;
    let (logins, private) = database(&config)?;
    stop.check()?;
    let tokens = tokens(&mut config)?;
    let tenancy = Tenancy::open(logins, config.settings.limits(), crate::trees()?)?
        .with_records(config.settings.erasure_keeps.change_records())
        .with_quotas(config.settings.quotas())
        .with_due_work(DUE_WORK);
    tenancy.self_test()?;
    for OddSetting { name, value, advice } in tenancy.odd_settings()? {
        tracing::warn!("PostgreSQL has {name} = {value}: {advice}");
    }
    let hasher = Hasher::new(config.settings.password_iterations)
        .map_err(|error| BootError::Hasher(error.to_string()))?;
    stop.check()?;
    let lifetimes = config.settings.lifetimes();
    let verification = config.verification();
    if !verification.is_on() {
        tracing::info!("{}", UNVERIFIED);
    }
    let metrics = config.settings.metrics_address.is_none();
    let transfers = config.settings.transfers();
    let refusal_delay = config.settings.refusal_delay();
    let jobs = config.settings.jobs();
    let app = App {
        tenancy,
        tokens,
        hasher,
        lifetimes,
        verification,
        cors,
        transfers,
        jobs,
        refusal_delay,
        metrics,
    };
    Ok(Booted { config, app, post, private })
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
        // The pools, and 20 more for other commands and psql.
        max_connections: config.settings.pool_size + config.settings.workers() + 20,
    })?;
    let url = |login| DatabaseUrl::new(server.url(login, DATABASE));
    let logins = Logins { web: url(Login::Web), owner: url(Login::Owner) };
    Ok((logins, Some(server)))
}

/// The database of an installation that must exist; a private one is not created.
pub(super) fn existing_database(config: &Config) -> Result<(Logins, Option<PrivateServer>), BootError> {
    let private = matches!(config.database, DatabaseChoice::Private { .. });
    if private && !PrivateServer::is_made(&config.data_dir) {
        return Err(BootError::NoInstallation(config.data_dir.clone()));
    }
    database(config)
}

/// Signs with the configured secret, or else with the stored one. Former secrets still verify tokens.
fn tokens(config: &mut Config) -> Result<Tokens, BootError> {
    let secret = match config.secret.take() {
        Some(secret) => secret,
        None => stored_secret(&config.data_dir)?,
    };
    // The stored file may have more lines: former secrets, which only verify.
    let mut lines = secret.expose_secret().lines().map(str::trim).filter(|line| !line.is_empty());
    let signing = Tokens::new(&lines.next().unwrap_or_default().into());
    let stored = lines.fold(signing, |tokens, line| tokens.verifying(&line.into()));
    Ok(config.verifying_secrets.iter().fold(stored, Tokens::verifying))
}

/// The signing secret in the data directory; generated when there is none.
fn stored_secret(data_dir: &Path) -> Result<SecretString, BootError> {
    let path = data_dir.join("secret");
    let failed = |source| BootError::Secret { path: path.display().to_string(), source };
    match fs::read_to_string(&path) {
        Ok(secret) if secret.lines().all(|line| line.trim().len() >= MIN_SECRET) && !secret.is_empty() => {
            return Ok(secret.into());
        }
        Ok(_) => return Err(failed(io::Error::other("one of its lines is too short for a secret"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let mut random = [0_u8; 32];
    getrandom::fill(&mut random).map_err(|error| failed(io::Error::other(error.to_string())))?;
    let secret: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    // Written to a draft and renamed: a killed process leaves no partly written secret.
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
