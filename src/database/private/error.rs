//! What can go wrong with the private server, in words that tell the operator the remedy.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use thiserror::Error;

#[derive(Debug, Error)]
pub enum PrivateServerError {
    #[error("cannot {act} {path}: {source}")]
    File { act: &'static str, path: PathBuf, source: io::Error },

    #[error("cannot run {program}: {source}")]
    Run { program: PathBuf, source: io::Error },

    #[error(
        "SHOPHOUSE_PG_BIN is set to {dir}, but there is no {program} in it. It must name the \
         directory with PostgreSQL's server programs, such as /usr/lib/postgresql/17/bin; unset, \
         the usual places are searched"
    )]
    PgBinLacks { dir: PathBuf, program: &'static str },

    #[error(
        "PostgreSQL 15 or newer was not found. Looked for initdb and postgres in:{looked}{passed_over}\n\
         Any of these helps:\n  \
         install it: `apt install postgresql` (Debian, Ubuntu), `dnf install postgresql-server` \
         (Fedora, RHEL), `brew install postgresql@17` (macOS)\n  \
         set SHOPHOUSE_PG_BIN to the directory that holds initdb and postgres\n  \
         set DATABASE_URL to use a server that runs already"
    )]
    NotFound { looked: String, passed_over: String },

    #[error(
        "{program} was not found. Looked in:{looked}\n\
         Install PostgreSQL's client programs, or set SHOPHOUSE_PG_BIN to the directory that holds them"
    )]
    ClientNotFound { program: &'static str, looked: String },

    #[error(
        "the data was made by PostgreSQL {needed}, but only other major versions were found:{found}\n\
         Any of these helps:\n  \
         install PostgreSQL {needed} beside them, or set SHOPHOUSE_PG_BIN to its programs\n  \
         convert the data with pg_upgrade, or dump it with the old version and load it with the new\n  \
         set SHOPHOUSE_DATA_DIR to another directory to begin anew"
    )]
    OtherMajor { needed: u32, found: String },

    #[error(
        "PostgreSQL does not run as root, and there is no account `postgres` or `nobody` to run \
         it as. Start this as an ordinary user, or make such an account"
    )]
    NoAccount,

    #[error(
        "PostgreSQL runs as the account `{account}`, which cannot reach {data_dir}: it may not \
         pass through {barrier}. Set SHOPHOUSE_DATA_DIR to a directory that it can reach, such as \
         /var/lib/shophouse"
    )]
    OutOfReach { account: String, data_dir: PathBuf, barrier: PathBuf },

    #[error(
        "{0} holds files, but is not a PostgreSQL cluster. Move it away, or set \
         SHOPHOUSE_DATA_DIR to another directory"
    )]
    NotACluster(PathBuf),

    #[error(
        "{0} is not safe for the server's socket: it must be a directory of our own that nobody \
         else can enter (mode 0700). Remove it, or set SHOPHOUSE_DATA_DIR to another directory"
    )]
    UnsafeSocketDir(PathBuf),

    #[error("{program} failed: {said}")]
    Initdb { program: PathBuf, said: String },

    #[error("PostgreSQL ended while starting ({status}). The last lines of {log}:\n{tail}")]
    EndedEarly { status: ExitStatus, log: PathBuf, tail: String },

    #[error(
        "PostgreSQL did not get ready in time; it last said: {refusal}. The last lines of \
         {log}:\n{tail}"
    )]
    NotReady { refusal: String, log: PathBuf, tail: String },

    #[error(
        "another process runs PostgreSQL here (it holds {lock}), but its server cannot be reached: \
         {refusal}"
    )]
    CannotJoin { lock: PathBuf, refusal: String },

    #[error("cannot set up the logins and the database: {0}")]
    SetUp(#[from] diesel::result::Error),

    #[error("cannot connect to the server just started: {0}")]
    Connect(#[from] diesel::ConnectionError),

    #[error("PostgreSQL did not end cleanly ({0}); the next start recovers the data")]
    EndedBadly(ExitStatus),

    #[error("PostgreSQL does not end; it runs below process {0}")]
    WillNotEnd(u32),

    #[error("a PostgreSQL that an earlier process left running does not end: process {0}")]
    OrphanWillNotEnd(i32),
}

impl PrivateServerError {
    /// For `map_err` on an act upon a file or directory.
    pub(super) fn file(act: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { act, path, source }
    }

    /// For `map_err` on running a program.
    pub(super) fn run(program: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let program = program.into();
        move |source| Self::Run { program, source }
    }
}
