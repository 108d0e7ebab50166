//! The PostgreSQL of a run, and the template that each test's database is cloned from.
//!
//! The tests always start their own: a `DATABASE_URL` in the environment is a real server, and the tests create and drop
//! databases.

use std::fs::{self, File, Permissions};
use std::io::Read;
use std::iter;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};

use nix::sys::statvfs::statvfs;
use shophouse::database::private::{Login, PrivateOptions, PrivateServer};

use super::bouncer::{self, Bouncer};
use super::citus;
use super::database::{Database, admin};
use super::lending::{Lender, Lent};
use super::log;

const PREFIX: &str = "shophouse-suite-";
/// A file that is locked as long as the run lives.
const ALIVE: &str = "alive";

/// The server ends with the test process: the kernel closes the pipe that it watches. Its directory stays, since statics
/// are never dropped; the next run removes it.
pub struct Server {
    pub postgres: PrivateServer,
    /// Further nodes, in a run with Citus.
    workers: Vec<PrivateServer>,
    /// What the servers under test connect to instead, if the run uses PgBouncer.
    bouncer: Option<Bouncer>,
    /// The administrator's connections.
    admin: Lender,
    /// Its log, read up to the last check.
    log: Mutex<File>,
    _alive: File,
}

impl Server {
    /// How the servers under test connect to a database.
    pub fn url(&self, login: Login, database: &str) -> String {
        let url = self.postgres.url(login, database);
        self.bouncer.as_ref().map_or_else(|| url.clone(), |bouncer| bouncer.before(&url))
    }

    /// All nodes; the first is the one that the servers under test connect to.
    pub fn nodes(&self) -> Vec<&PrivateServer> {
        iter::once(&self.postgres).chain(&self.workers).collect()
    }

    /// The others.
    pub fn workers(&self) -> &[PrivateServer] {
        &self.workers
    }

    /// A connection of the administrator for a moment, to no test's database.
    pub fn admin(&self) -> Lent {
        self.admin.lend(|| admin(&self.postgres))
    }

    /// Fails if PostgreSQL, or anybody else, has logged since the last check what must not be logged.
    pub fn log_is_clean(&self) {
        let mut lines = Vec::new();
        self.log.lock().unwrap().read_to_end(&mut lines).unwrap();
        log::look_at(&String::from_utf8_lossy(&lines));
        log::is_clean();
    }
}

pub static SERVER: LazyLock<Server> = LazyLock::new(|| {
    log::install();
    remove_leftovers();
    start("", bouncer::is_wanted())
});

/// Another server, for tests of what all databases of a server share.
pub static APART: LazyLock<Server> = LazyLock::new(|| start("-apart", false));

fn start(suffix: &str, bounced: bool) -> Server {
    let (dir, alive) = directory(suffix);
    let options =
        |data_dir| PrivateOptions { data_dir, pg_bin: pg_bin(), unsafe_fast: true, max_connections: 150 };
    let at = options(dir.join("data"));
    let mut postgres = PrivateServer::start(&at).unwrap();
    if citus::nodes() > 0 {
        postgres = citus::restarted(postgres, &at);
    }
    let workers = citus::workers(&dir, options);
    let nodes: Vec<&PrivateServer> = iter::once(&postgres).chain(&workers).collect();
    Database::without_autovacuum_and_jit(&nodes);
    Database::make_template(&nodes);
    let log = Mutex::new(File::open(dir.join("data/postgres.log")).unwrap());
    let (cluster, sockets) = (dir.join("data/postgres"), dir.join("data/socket"));
    let bouncer = bounced.then(|| Bouncer::start(dir.join("bouncer"), &cluster, sockets.to_str().unwrap()));
    Server { postgres, workers, bouncer, admin: Lender::default(), log, _alive: alive }
}

/// Where PostgreSQL's programs are, if that is set.
pub(super) fn pg_bin() -> Option<PathBuf> {
    std::env::var_os("SHOPHOUSE_PG_BIN").map(PathBuf::from)
}

/// Where every account may have a directory, and which PostgreSQL's account can enter when the tests run as root.
const PLACES: [&str; 2] = ["/dev/shm", "/tmp"];
/// The free space that a run needs, in bytes: for databases and write-ahead logs.
const ROOM: u64 = 3 << 30;

/// In memory if there is enough: cloning a database, hundreds of files, is many times faster there.
pub(super) fn place() -> &'static str {
    let has_room = |place: &&&str| {
        statvfs(**place).is_ok_and(|found| found.blocks_available() * found.fragment_size() > ROOM)
    };
    PLACES.iter().find(has_room).copied().unwrap_or("/tmp")
}

/// The run's directory. It is renamed after it is locked, so that no other run sees it without a lock.
pub(super) fn directory(suffix: &str) -> (PathBuf, File) {
    let place = place();
    let unnamed = tempfile::Builder::new()
        .prefix("shophouse-unnamed-")
        .permissions(Permissions::from_mode(0o755))
        .tempdir_in(place)
        .unwrap()
        .keep();
    let alive = File::create(unnamed.join(ALIVE)).unwrap();
    alive.lock().unwrap();
    let named = Path::new(place).join(format!("{PREFIX}{}{suffix}", std::process::id()));
    fs::rename(&unnamed, &named).unwrap();
    (named, alive)
}

/// Removes the directories of ended runs, if it may.
fn remove_leftovers() {
    for entry in PLACES.iter().filter_map(|place| fs::read_dir(place).ok()).flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(PREFIX) && is_over(&entry.path()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_over(dir: &Path) -> bool {
    File::open(dir.join(ALIVE)).map_or(true, |alive| alive.try_lock().is_ok())
}
