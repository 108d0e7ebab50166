//! PgBouncer between the servers under test and the run's PostgreSQL, when `SUITE_PGBOUNCER` is set.
//!
//! It assigns its few server connections for one transaction at a time: another shop's transaction would see whatever one
//! leaves behind. It is not used by the tests' own SQL, by tests that ask for `Database::direct` (`shophouse psql`, the
//! replacement of connections, changed roles), by the test that counts reads of the catalogues, and by tests with their
//! own PostgreSQL.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::waiting;

/// PgBouncer's connections to PostgreSQL, for each login and database.
pub const SERVER_CONNECTIONS: u32 = 8;
/// The connections that a server under test may have to PgBouncer.
pub const CLIENT_CONNECTIONS: u32 = 64;

const PORT: u16 = 6432;
/// Ends the program in its arguments when standard input closes, that is when this process ends.
const LIFELINE: &str = r#""$@" </dev/null & cat; kill $!"#;

pub struct Bouncer {
    dir: PathBuf,
    _lifeline: Child,
}

/// Whether the run uses PgBouncer.
pub fn is_wanted() -> bool {
    std::env::var_os("SUITE_PGBOUNCER").is_some_and(|value| !value.is_empty())
}

impl Bouncer {
    /// Starts PgBouncer for the server in `cluster` that listens in `socket_dir`. Creates `dir` for its files.
    pub fn start(dir: PathBuf, cluster: &Path, socket_dir: &str) -> Self {
        fs::create_dir(&dir).unwrap();
        // Neither program runs as root, and only the server's account can use its socket.
        let account = fs::metadata(cluster).unwrap();
        let configuration = dir.join("pgbouncer.ini");
        fs::write(dir.join("users"), "\"shophouse_owner\" \"\"\n\"shophouse_web\" \"\"\n").unwrap();
        fs::write(&configuration, settings(&dir, socket_dir)).unwrap();
        chown(&dir, Some(account.uid()), Some(account.gid())).unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", LIFELINE, "sh"]).arg(program()).arg("-q").arg(&configuration);
        if nix::unistd::geteuid().is_root() {
            command.uid(account.uid()).gid(account.gid());
        }
        let lifeline = command.current_dir("/").stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let socket = dir.join(format!(".s.PGSQL.{PORT}"));
        waiting::until("PgBouncer to listen", || socket.exists().then_some(()));
        Self { dir, _lifeline: lifeline }
    }

    /// A connection string that goes through PgBouncer: of two values the later one wins.
    pub fn before(&self, url: &str) -> String {
        format!("{url} host='{}' port={PORT}", self.dir.display())
    }
}

fn settings(dir: &Path, socket_dir: &str) -> String {
    let dir = dir.display();
    format!(
        "[databases]
* = host={socket_dir} port=5432
[pgbouncer]
pool_mode = transaction
default_pool_size = {SERVER_CONNECTIONS}
max_client_conn = 1000
unix_socket_dir = {dir}
listen_port = {PORT}
auth_type = trust
auth_file = {dir}/users
logfile = {dir}/log
server_idle_timeout = 5
autodb_idle_timeout = 5
"
    )
}

fn program() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let usual = ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"].map(PathBuf::from);
    let found = std::env::split_paths(&path)
        .chain(usual)
        .map(|dir| dir.join("pgbouncer"))
        .find(|file| file.is_file());
    found.expect("pgbouncer is not installed; `./dev test --pgbouncer` does that")
}
