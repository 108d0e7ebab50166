//! The private server from its start to its end.

use std::fs::{self, File};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use diesel::{Connection, ConnectionResult, PgConnection};

use super::account::Account;
use super::cluster;
use super::data_dir::{CLUSTER, DataDir, PORT};
use super::error::PrivateServerError;
use super::log::ServerLog;
use super::logins::{self, DATABASE, Login};
use super::options::PrivateOptions;
use super::orphan;
use super::programs::Programs;
use super::supervisor::Supervisor;

const JOIN_PATIENCE: Duration = Duration::from_secs(30);
const START_PATIENCE: Duration = Duration::from_mins(1);
/// Recovery after a crash replays what was written since the last checkpoint; one from a backup, all since that.
const RECOVERY_PATIENCE: Duration = Duration::from_hours(1);
/// The processes of a killed server notice within moments, unless one is deep in a statement.
const OLD_PROCESSES_PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);

/// A private server that runs: ours, or one that another process runs on the same data.
pub struct PrivateServer {
    data_dir: DataDir,
    /// None when another process runs the server and we only joined.
    ours: Option<Ours>,
}

/// A server that this process runs. Fields are dropped in their order: the lock must outlast the server.
struct Ours {
    supervisor: Supervisor,
    _lock: File,
}

impl PrivateServer {
    /// Finds PostgreSQL, makes the cluster when it is missing, starts the server or joins the one
    /// that another process of ours runs on the same data, and makes sure that the logins and the
    /// database exist.
    pub fn start(options: &PrivateOptions) -> Result<Self, PrivateServerError> {
        let mut server = Self { data_dir: DataDir::open(&options.data_dir)?, ours: None };
        let give_up = Instant::now() + JOIN_PATIENCE;
        loop {
            // Tried every time: the process that held it may have been on its way out.
            if let Some(lock) = server.data_dir.try_lock()? {
                server.ours = Some(start_server(&server.data_dir, options, lock)?);
                return Ok(server);
            }
            match connect(&server.url(Login::Web, DATABASE)) {
                Ok(_) => return Ok(server),
                Err(error) if Instant::now() > give_up => {
                    let lock = server.data_dir.lock.clone();
                    return Err(PrivateServerError::CannotJoin { lock, refusal: error.to_string() });
                }
                Err(_) => thread::sleep(PAUSE),
            }
        }
    }

    /// Whether a cluster was made in this data directory.
    #[must_use]
    pub fn is_made(data_dir: &Path) -> bool {
        data_dir.join(CLUSTER).join("PG_VERSION").exists()
    }

    /// How to connect, in libpq's `key=value` form.
    #[must_use]
    pub fn url(&self, login: Login, database: &str) -> String {
        url(&self.data_dir, login, database)
    }

    /// Ends the server if it is ours, and waits for its end.
    pub fn stop(mut self) -> Result<(), PrivateServerError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), PrivateServerError> {
        let Some(Ours { supervisor, _lock }) = self.ours.take() else {
            return Ok(());
        };
        supervisor.stop()?;
        // Made anew at every start; one in /tmp would otherwise stay for ever.
        let _ = fs::remove_dir(&self.data_dir.socket_dir);
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

fn start_server(
    data_dir: &DataDir,
    options: &PrivateOptions,
    lock: File,
) -> Result<Ours, PrivateServerError> {
    let account = Account::choose(&data_dir.cluster)?;
    account.check_reach(&data_dir.dir)?;
    let major = cluster::major(&data_dir.cluster)?;
    let programs = Programs::find(options.pg_bin.as_deref(), major, &account)?;
    if major.is_none() {
        cluster::create(data_dir, &programs, &account, options)?;
    }
    orphan::stop(&data_dir.cluster)?;
    data_dir.prepare_socket_dir(&account)?;

    let command = cluster::server(data_dir, &programs, options);
    let give_up = Instant::now() + OLD_PROCESSES_PATIENCE;
    let (supervisor, mut admin) = loop {
        let log = ServerLog::open(&data_dir.log)?;
        let mut supervisor = Supervisor::start(&account, &command, log.file())?;
        match wait_until_ready(&mut supervisor, data_dir, &log) {
            Ok(admin) => break (supervisor, admin),
            Err(error) if blames_old_processes(&error) && Instant::now() < give_up => thread::sleep(PAUSE),
            Err(error) => return Err(error),
        }
    };
    logins::make_database(&mut admin)?;
    logins::set_rights(&mut connect(&url(data_dir, Login::Admin, DATABASE))?)?;
    Ok(Ours { supervisor, _lock: lock })
}

fn wait_until_ready(
    supervisor: &mut Supervisor,
    data_dir: &DataDir,
    log: &ServerLog,
) -> Result<PgConnection, PrivateServerError> {
    let url = url(data_dir, Login::Admin, "postgres");
    let started = Instant::now();
    loop {
        if let Some(status) = supervisor.ended().map_err(PrivateServerError::run("/bin/sh"))? {
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
fn blames_old_processes(error: &PrivateServerError) -> bool {
    matches!(error, PrivateServerError::EndedEarly { tail, .. } if tail.contains("shared memory block"))
}

#[expect(clippy::disallowed_methods, reason = "the server is looked after before there is a pool")]
fn connect(url: &str) -> ConnectionResult<PgConnection> {
    PgConnection::establish(url)
}

fn url(data_dir: &DataDir, login: Login, database: &str) -> String {
    let host = quoted(&data_dir.socket_dir);
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
