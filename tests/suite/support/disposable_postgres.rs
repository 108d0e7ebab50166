//! A PostgreSQL of one test, to be stopped and killed.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use shophouse::database::private::{DATABASE, Login, PrivateOptions, PrivateServer};
use tempfile::TempDir;

use super::server::{pg_bin, place};
use super::{Sql, cluster, log};

/// A PostgreSQL with durable commits, as in production.
pub struct DisposablePostgres {
    server: Option<PrivateServer>,
    home: TempDir,
}

impl DisposablePostgres {
    pub fn new() -> Self {
        let home = tempfile::Builder::new()
            .prefix("shophouse-disposable-")
            .permissions(Permissions::from_mode(0o755))
            .tempdir_in(place())
            .unwrap();
        cluster::copy_to(&home.path().join("data"));
        let mut postgres = Self { server: None, home };
        postgres.starts();
        postgres
    }

    pub fn starts(&mut self) {
        let options = PrivateOptions {
            data_dir: self.home.path().join("data"),
            pg_bin: pg_bin(),
            unsafe_fast: false,
            max_connections: 40,
        };
        self.server = Some(PrivateServer::start(&options).unwrap());
    }

    /// Stops it as an administrator does, while requests run.
    pub fn stops(&mut self) {
        self.server.take().unwrap().stop().unwrap();
    }

    pub fn url(&self, login: Login) -> String {
        self.server.as_ref().unwrap().url(login, DATABASE)
    }

    pub fn connect(&self, login: Login) -> Sql {
        Sql::to(&self.url(login))
    }

    /// The directory of its cluster, which belongs to its account.
    pub(super) fn cluster(&self) -> PathBuf {
        self.home.path().join("data/postgres")
    }
}

impl Drop for DisposablePostgres {
    fn drop(&mut self) {
        drop(self.server.take());
        if let Ok(text) = fs::read_to_string(self.home.path().join("data/postgres.log")) {
            log::look_at(&text);
        }
        log::is_clean();
    }
}

/// Sends a signal to a PostgreSQL process.
pub fn signal(pid: &str, signal: Signal) {
    kill(Pid::from_raw(pid.parse().unwrap()), signal).unwrap();
}
