//! A PostgreSQL of the binary's own: how it is started, joined and stopped.
//!
//! One process per data directory, the one that holds its lock, runs the server; others join it.

mod account;
mod cluster;
mod error;
mod find;
mod home;
mod leftover;
mod lifeline;
mod log;
mod logins;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use diesel::{Connection, ConnectionResult, PgConnection};

use account::Account;
pub use error::PrivateServerError;
use find::Programs;
pub use find::find_client;
use home::Home;
use lifeline::Lifeline;
use log::ServerLog;

pub const DATABASE: &str = "shophouse";

const OWNER: &str = "shophouse_owner";
const WEB: &str = "shophouse_web";
const ADMIN: &str = "postgres";
/// Only a part of the socket's name: the server listens on no network.
const PORT: u16 = 5432;

const JOIN_PATIENCE: Duration = Duration::from_secs(30);
const START_PATIENCE: Duration = Duration::from_mins(1);
/// Recovery after a crash replays what was written since the last checkpoint; one from a backup, all since that.
const RECOVERY_PATIENCE: Duration = Duration::from_hours(1);
/// The processes of a killed server notice within moments, unless one is deep in a statement.
const REMNANT_PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);

pub struct PrivateOptions {
    pub data_dir: PathBuf,
    /// Where PostgreSQL's programs are; without it the usual places are searched.
    pub pg_bin: Option<PathBuf>,
    /// No fsync: for tests and throw-away servers only.
    pub unsafe_fast: bool,
    pub max_connections: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Login {
    /// Owns the database; may make roles and databases.
    Owner,
    /// What requests are served with: has no right but to connect.
    Web,
    /// The cluster's superuser.
    Admin,
}

impl Login {
    fn name(self) -> &'static str {
        match self {
            Self::Owner => OWNER,
            Self::Web => WEB,
            Self::Admin => ADMIN,
        }
    }
}

pub struct PrivateServer {
    home: Home,
    /// None when another process runs the server and we only joined.
    ours: Option<Ours>,
}

/// The order matters: fields are dropped in it, and the lock must outlast the server.
struct Ours {
    server: Lifeline,
    _lock: File,
}

impl PrivateServer {
    /// Finds PostgreSQL, makes the cluster when it is missing, starts the server or joins the one
    /// that another process of ours runs on the same data, and makes sure that the logins and the
    /// database exist.
    pub fn start(options: &PrivateOptions) -> Result<Self, PrivateServerError> {
        let mut server = Self { home: Home::open(&options.data_dir)?, ours: None };
        let give_up = Instant::now() + JOIN_PATIENCE;
        loop {
            // Tried every time: the process that held it may have been on its way out.
            if let Some(lock) = server.home.try_lock()? {
                server.ours = Some(start_server(&server.home, options, lock)?);
                return Ok(server);
            }
            match connect(&server.url(Login::Web, DATABASE)) {
                Ok(_) => return Ok(server),
                Err(error) if Instant::now() > give_up => {
                    let lock = server.home.lock.clone();
                    return Err(PrivateServerError::CannotJoin { lock, refusal: error.to_string() });
                }
                Err(_) => thread::sleep(PAUSE),
            }
        }
    }

    /// Whether a cluster was made in this data directory.
    #[must_use]
    pub fn is_made(data_dir: &Path) -> bool {
        data_dir.join(home::CLUSTER).join("PG_VERSION").exists()
    }

    /// How to connect, in libpq's `key=value` form.
    #[must_use]
    pub fn url(&self, login: Login, database: &str) -> String {
        url(&self.home, login, database)
    }

    /// Ends the server if it is ours, and waits for its end.
    pub fn stop(mut self) -> Result<(), PrivateServerError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), PrivateServerError> {
        let Some(Ours { server, _lock }) = self.ours.take() else {
            return Ok(());
        };
        server.stop()?;
        // Made anew at every start; one in /tmp would otherwise stay for ever.
        let _ = fs::remove_dir(&self.home.socket_dir);
        Ok(())
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            tracing::error!(%error, "the private PostgreSQL did not end well");
        }
    }
}

fn start_server(home: &Home, options: &PrivateOptions, lock: File) -> Result<Ours, PrivateServerError> {
    let account = Account::choose(&home.cluster)?;
    account.check_reach(&home.dir)?;
    let major = cluster::major(&home.cluster)?;
    let programs = Programs::find(options.pg_bin.as_deref(), major, &account)?;
    if major.is_none() {
        cluster::create(home, &programs, &account, options)?;
    }
    leftover::clear(&home.cluster)?;
    home.prepare_socket_dir(&account)?;

    let command = cluster::server(home, &programs, options);
    let give_up = Instant::now() + REMNANT_PATIENCE;
    let (server, mut admin) = loop {
        let log = ServerLog::open(&home.log)?;
        let mut server = Lifeline::start(&account, &command, log.file())?;
        match wait_until_ready(&mut server, home, &log) {
            Ok(admin) => break (server, admin),
            Err(error) if blames_remnants(&error) && Instant::now() < give_up => thread::sleep(PAUSE),
            Err(error) => return Err(error),
        }
    };
    logins::make_database(&mut admin)?;
    logins::set_rights(&mut connect(&url(home, Login::Admin, DATABASE))?)?;
    Ok(Ours { server, _lock: lock })
}

fn wait_until_ready(
    server: &mut Lifeline,
    home: &Home,
    log: &ServerLog,
) -> Result<PgConnection, PrivateServerError> {
    let url = url(home, Login::Admin, "postgres");
    let started = Instant::now();
    loop {
        if let Some(status) = server.ended().map_err(PrivateServerError::run("/bin/sh"))? {
            let log_path = log.path().to_path_buf();
            return Err(PrivateServerError::EndedEarly { status, log: log_path, tail: log.tail() });
        }
        let refusal = match connect(&url) {
            Ok(admin) => return Ok(admin),
            Err(error) => error.to_string(),
        };
        // The last of these while a backup is brought to a point in time, with hot_standby off.
        let recovers =
            ["starting up", "not yet accepting", "not accepting"].iter().any(|said| refusal.contains(said));
        let patience = if recovers { RECOVERY_PATIENCE } else { START_PATIENCE };
        if started.elapsed() > patience {
            let log_path = log.path().to_path_buf();
            return Err(PrivateServerError::NotReady { refusal, log: log_path, tail: log.tail() });
        }
        // Every attempt during recovery is a line in the log.
        let is_slow = started.elapsed() > Duration::from_secs(2);
        thread::sleep(if is_slow { PAUSE * 10 } else { PAUSE });
    }
}

/// Whether the server refused to start because processes of a killed one still use its memory.
fn blames_remnants(error: &PrivateServerError) -> bool {
    matches!(error, PrivateServerError::EndedEarly { tail, .. } if tail.contains("shared memory block"))
}

#[expect(clippy::disallowed_methods, reason = "the server is looked after before there is a pool")]
fn connect(url: &str) -> ConnectionResult<PgConnection> {
    PgConnection::establish(url)
}

fn url(home: &Home, login: Login, database: &str) -> String {
    let host = quoted(&home.socket_dir);
    let (user, database) = (login.name(), quoted(database));
    format!("host={host} port={PORT} user={user} dbname={database} connect_timeout=10")
}

/// A value in libpq's quotes.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn quotes_and_backslashes_are_escaped() {
        assert_eq!(quoted(r"a b's\c"), r"'a b\'s\\c'");
    }
}
