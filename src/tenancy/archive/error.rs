//! Why a shop was not put into an archive, or an archive not made into a shop.

use std::io;

use crate::database::DatabaseError;
use crate::tenancy::TenancyError;

/// Why an archive was not written or not imported. Of an import that failed nothing is left.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// What takes the archive up does not: the disk is full, or the reader has gone.
    #[error("the archive could not be written, and what there is of it is of no use: {0}")]
    Write(io::Error),
    /// What gives the archive does not.
    #[error("the archive could not be read: {0}")]
    Read(io::Error),
    /// The rows wait in temporary files until the archive is whole, and there was no room for them.
    #[error("a temporary file below {dir} failed (TMPDIR names another place): {source}")]
    Spool {
        /// Where temporary files go.
        dir: String,
        /// What the system said.
        source: io::Error,
    },
    /// It is something else.
    #[error("this is no archive of a shop: {0}")]
    Foreign(String),
    /// It was an archive once.
    #[error("the archive is damaged, and nothing was imported: {0}")]
    Damaged(String),
    /// A later release made it.
    #[error(
        "the archive is newer than this binary: {0}. Import it with the release that wrote it, or a later one"
    )]
    Newer(String),
    /// Its tables are not those of this product at its version.
    #[error("the archive does not fit this binary: {0}")]
    Unlike(String),
    /// Another shop has the slug.
    #[error("another shop has the slug {0}: give this one another with --as SLUG")]
    SlugTaken(String),
    /// Nobody is registered with this email.
    #[error("nobody is registered here as {0}, so that they cannot own the shop")]
    NoSuchUser(String),
    /// The shop's schema is missing, or half of it is gone.
    #[error("there is no whole schema of this shop any more")]
    NotWhole,
    /// The shop was migrated between two looks at it.
    #[error("the shop was migrated at this very moment: export it again")]
    Migrated,
    /// Tables wait for each other.
    #[error("the foreign keys of {0} form a circle: make one of them DEFERRABLE, so that rows can be loaded")]
    Circle(String),
    /// PostgreSQL does not take rows.
    #[error("the rows of {table} were refused, and nothing was imported: {error}")]
    Rows {
        /// The table.
        table: String,
        /// What PostgreSQL said.
        error: DatabaseError,
    },
    /// Whoever watches wanted no more.
    #[error("stopped before it was done")]
    Stopped,
    /// The engine or the database failed.
    #[error(transparent)]
    Tenancy(#[from] TenancyError),
}

impl From<diesel::result::Error> for ArchiveError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Tenancy(error.into())
    }
}

impl From<DatabaseError> for ArchiveError {
    fn from(error: DatabaseError) -> Self {
        Self::Tenancy(error.into())
    }
}

/// A damage, in words.
pub(super) fn damaged(what: impl Into<String>) -> ArchiveError {
    ArchiveError::Damaged(what.into())
}
