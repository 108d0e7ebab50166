//! A PostgreSQL of a test's own, to be stopped and killed.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use shophouse::database::private::{DATABASE, Login, PrivateOptions, PrivateServer};
use tempfile::TempDir;

use super::server::place;
use super::{Sql, log};

/// A PostgreSQL with the durable settings of a real server.
pub struct Victim {
    server: Option<PrivateServer>,
    home: TempDir,
}

impl Victim {
    pub fn new() -> Self {
        let home = tempfile::Builder::new()
            .prefix("shophouse-victim-")
            .permissions(Permissions::from_mode(0o755))
            .tempdir_in(place())
            .unwrap();
        let mut victim = Self { server: None, home };
        victim.starts();
        victim
    }

    pub fn starts(&mut self) {
        let options = PrivateOptions {
            data_dir: self.home.path().join("data"),
            pg_bin: std::env::var_os("SHOPHOUSE_PG_BIN").map(PathBuf::from),
            unsafe_fast: false,
            max_connections: 40,
        };
        self.server = Some(PrivateServer::start(&options).unwrap());
    }

    /// Stops it as an administrator does, without waiting for its transactions.
    pub fn stops(&mut self) {
        self.server.take().unwrap().stop().unwrap();
    }

    pub fn url(&self, login: Login) -> String {
        self.server.as_ref().unwrap().url(login, DATABASE)
    }

    pub fn connect(&self, login: Login) -> Sql {
        Sql::to(&self.url(login))
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        drop(self.server.take());
        if let Ok(text) = fs::read_to_string(self.home.path().join("data/postgres.log")) {
            log::look_at(&text);
        }
        log::is_clean();
    }
}

/// Sends a signal to a process of PostgreSQL.
pub fn signal(pid: &str, signal: Signal) {
    kill(Pid::from_raw(pid.parse().unwrap()), signal).unwrap();
}
