//! The one PostgreSQL of a run, and the template that each test's database is cloned from.
//!
//! It is always our own: a `DATABASE_URL` in the environment is somebody's real server, and these
//! tests make and drop databases.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use shophouse::database::private::{PrivateOptions, PrivateServer};

use super::database::Database;

const PREFIX: &str = "shophouse-suite-";
/// Locked for as long as the run lives.
const ALIVE: &str = "alive";

/// The server ends with the test process: its lifeline is a pipe that the kernel closes. Its
/// directory stays, since statics are never dropped, and the next run removes it.
pub struct Server {
    pub postgres: PrivateServer,
    _alive: File,
}

pub static SERVER: LazyLock<Server> = LazyLock::new(|| {
    remove_leftovers();
    let (dir, alive) = directory();
    let postgres = PrivateServer::start(&PrivateOptions {
        data_dir: dir.join("data"),
        pg_bin: std::env::var_os("SHOPHOUSE_PG_BIN").map(PathBuf::from),
        unsafe_fast: true,
        max_connections: 150,
    })
    .unwrap();
    Database::make_template(&postgres);
    Server { postgres, _alive: alive }
});

/// A directory in /tmp, which the server's account can pass when the tests run as root. It gets its
/// name when it is locked, so that no other run ever sees it without a lock.
fn directory() -> (PathBuf, File) {
    let unnamed = tempfile::Builder::new()
        .prefix("shophouse-unnamed-")
        .permissions(Permissions::from_mode(0o755))
        .tempdir_in("/tmp")
        .unwrap()
        .keep();
    let alive = File::create(unnamed.join(ALIVE)).unwrap();
    alive.lock().unwrap();
    let named = Path::new("/tmp").join(format!("{PREFIX}{}", std::process::id()));
    fs::rename(&unnamed, &named).unwrap();
    (named, alive)
}

/// Removes the directories of runs that are over, as far as they are ours to remove.
fn remove_leftovers() {
    for entry in fs::read_dir("/tmp").unwrap().flatten() {
        if entry.file_name().to_string_lossy().starts_with(PREFIX) && is_over(&entry.path()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_over(dir: &Path) -> bool {
    File::open(dir.join(ALIVE)).map_or(true, |alive| alive.try_lock().is_ok())
}
