//! Why a command failed, and its exit code.

use std::io;
use std::path::PathBuf;

use uuid::Uuid;

use crate::config::ConfigError;
use crate::database::private::PrivateServerError;
use crate::identity::{Email, IdentityError};
use crate::mail::MailError;
use crate::tenancy::archive::ArchiveError;
use crate::tenancy::lifecycle::LifecycleError;
use crate::tenancy::registry::RegistryError;
use crate::tenancy::{PlacementError, ShopName, TenancyError};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The private PostgreSQL did not start.
    #[error(transparent)]
    PrivateServer(#[from] PrivateServerError),
    /// `public` could not be migrated, or a login has the wrong rights.
    #[error(transparent)]
    Tenancy(#[from] TenancyError),
    /// The signing secret could not be read or stored.
    #[error("the signing secret {path}: {source}")]
    Secret {
        /// The file of the secret.
        path: String,
        /// What happened.
        source: io::Error,
    },
    /// The password hasher could not be created.
    #[error("passwords cannot be hashed: {0}")]
    Hasher(String),
    /// A signal arrived during start-up.
    #[error("stopped before it was ready")]
    Stopped,
    /// The address could not be listened on.
    #[error("{0}")]
    Listen(String),
    /// Some shops could not be migrated.
    #[error("{0}")]
    ShopsLeftBehind(String),
    /// A shop could not be placed on a server.
    #[error(transparent)]
    Placement(#[from] PlacementError),
    /// Some servers of Citus could not be prepared.
    #[error("{0} servers of Citus are not prepared")]
    NodesLeftBehind(usize),
    /// There is no private PostgreSQL in the data directory.
    #[error(
        "there is no installation in {0}: run `shophouse migrate` first, or set SHOPHOUSE_DATA_DIR or DATABASE_URL \
         to an existing one"
    )]
    NoInstallation(PathBuf),
    /// No shop has this slug or id.
    #[error("there is no shop {0}; `shophouse shop list` lists all shops")]
    NoSuchShop(ShopName),
    /// A shop could not be exported or imported.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// No user has this email address.
    #[error("there is no user {0}; `shophouse user create {0}` creates one")]
    NoSuchUser(Email),
    /// The user may not own a shop yet.
    #[error(
        "{0} has not proved the email address. If you know whose it is, `shophouse user verify {0}` takes it as proved"
    )]
    NotProved(Email),
    /// A shop could not be opened.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The shop's state does not allow it.
    #[error(transparent)]
    Lifecycle(#[from] LifecycleError),
    /// A user could not be created or changed.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Mail cannot be sent like this.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// No message with this id waits after a failure.
    #[error("no message {0} has failed; `shophouse mail list` lists those that wait and those that failed")]
    NoSuchMessage(Uuid),
    /// The operator did not confirm.
    #[error("not done: {0}")]
    NotConfirmed(&'static str),
    /// Shops differ from their migrations, or schemas belong to no shop.
    #[error("drift found: {0} shops differ, {1} schemas belong to no shop")]
    Drift(usize, usize),
    /// psql's session is not pinned to the shop.
    #[error(
        "psql is not pinned to the shop ({0}). A connection pooler may drop the session options that psql needs: set \
         DATABASE_URL to PostgreSQL itself"
    )]
    NotPinned(String),
    /// psql's session cannot be pinned to a shop on Citus.
    #[error(
        "psql does not start on Citus: the session's settings would not reach the workers, and the shop would look empty"
    )]
    PsqlOnCitus,
    /// psql failed, and printed the reason itself.
    #[error("psql ended with {0}")]
    Psql(i32),
    /// The command line or standard input is wrong.
    #[error("{0}")]
    Usage(String),
    /// The operating system refused something.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl BootError {
    /// The exit code of the process; `--help` lists them.
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
