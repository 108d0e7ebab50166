//! Why a command failed, and the exit code that says so.

use std::io;
use std::path::PathBuf;

use crate::config::ConfigError;
use crate::database::private::PrivateServerError;
use crate::identity::{Email, IdentityError};
use crate::tenancy::archive::ArchiveError;
use crate::tenancy::lifecycle::LifecycleError;
use crate::tenancy::registry::RegistryError;
use crate::tenancy::{ShopName, TenancyError};

/// Why the program did not come up, or ended badly.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The private PostgreSQL did not come up.
    #[error(transparent)]
    PrivateServer(#[from] PrivateServerError),
    /// `public` could not be brought up to date, or the logins are not as they must be.
    #[error(transparent)]
    Tenancy(#[from] TenancyError),
    /// The signing secret could not be kept.
    #[error("the signing secret {path}: {source}")]
    Secret {
        /// Where it is kept.
        path: String,
        /// What happened.
        source: io::Error,
    },
    /// The hasher could not be made.
    #[error("passwords cannot be hashed: {0}")]
    Hasher(String),
    /// A signal came.
    #[error("stopped before it was ready")]
    Stopped,
    /// The address could not be listened on.
    #[error("{0}")]
    Listen(String),
    /// Some shops could not be migrated.
    #[error("{0}")]
    ShopsLeftBehind(String),
    /// There is no private PostgreSQL to look at.
    #[error(
        "there is no installation in {0} yet: run `shophouse migrate` first, or set SHOPHOUSE_DATA_DIR or \
         DATABASE_URL to where there is one"
    )]
    NoInstallation(PathBuf),
    /// No shop has this slug or id.
    #[error("there is no shop {0}; `shophouse shop list` shows all")]
    NoSuchShop(ShopName),
    /// A shop was not exported or imported.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// Nobody has this address.
    #[error("there is no user {0}; `shophouse user create {0}` makes one")]
    NoSuchUser(Email),
    /// A shop could not be opened.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// A shop's state stands against it.
    #[error(transparent)]
    Lifecycle(#[from] LifecycleError),
    /// A user could not be made.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// What was asked for needs a yes.
    #[error("not done: {0}")]
    NotConfirmed(&'static str),
    /// Something is not as it should be.
    #[error("drift found: {0} shops differ, {1} schemas belong to no shop")]
    Drift(usize, usize),
    /// psql would not be pinned to the shop.
    #[error(
        "psql would not be pinned to the shop ({0}). A connection pooler may be dropping what pins it: give \
         DATABASE_URL of PostgreSQL itself"
    )]
    NotPinned(String),
    /// psql ended badly, and said why itself.
    #[error("psql ended with {0}")]
    Psql(i32),
    /// The command line, or standard input, holds something that cannot be.
    #[error("{0}")]
    Usage(String),
    /// The system refused something.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl BootError {
    /// What the process ends with; `--help` lists the numbers.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Drift(..) => 3,
            Self::Psql(code) => u8::try_from(*code).unwrap_or(1),
            Self::ShopsLeftBehind(_) => 4,
            _ => 1,
        }
    }
}
