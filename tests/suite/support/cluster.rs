//! A PostgreSQL cluster that is made once in a run and copied for the tests: initdb takes longer than most of them.

use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use shophouse::database::private::{PrivateOptions, PrivateServer};

use super::server::{directory, pg_bin};

struct Made {
    data: PathBuf,
    _alive: File,
}

/// Its data directory: what the product makes of an empty one, and has stopped.
static MADE: LazyLock<Made> = LazyLock::new(|| {
    let (dir, alive) = directory("-cluster");
    let data = dir.join("data");
    let options =
        PrivateOptions { data_dir: data.clone(), pg_bin: pg_bin(), unsafe_fast: true, max_connections: 10 };
    PrivateServer::start(&options).unwrap().stop().unwrap();
    Made { data, _alive: alive }
});

/// Makes a data directory that has this cluster, as if the product had started there once.
pub fn copy_to(data: &Path) {
    DirBuilder::new().mode(0o711).create(data).unwrap();
    // Its files belong to PostgreSQL's account, which is another one when the tests run as root.
    let copied = Command::new("cp").arg("-pR").args([&MADE.data.join("postgres"), data]).status().unwrap();
    assert!(copied.success(), "cp: {copied}");
}
