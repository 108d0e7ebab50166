//! The errors of exporting and importing a shop.

use std::io;

use crate::database::DatabaseError;
use crate::tenancy::TenancyError;

/// Why a shop was not exported, or an archive not imported. An import that failed leaves nothing.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The archive could not be written: the disk is full, or the reader has gone.
    #[error("the archive could not be written, and what there is of it is of no use: {0}")]
    Write(io::Error),
    /// The archive could not be read.
    #[error("the archive could not be read: {0}")]
    Read(io::Error),
    /// A temporary file could not be written: there was no room for the rows.
    #[error("a temporary file below {dir} failed (TMPDIR names another place): {source}")]
    Spool {
        /// Where temporary files go.
        dir: String,
        /// What the system said.
        source: io::Error,
    },
    /// The input is not an archive.
    #[error("this is no archive of a shop: {0}")]
    NotAnArchive(String),
    /// The archive is damaged.
    #[error("the archive is damaged, and nothing was imported: {0}")]
    Damaged(String),
    /// A later release wrote it.
    #[error(
        "the archive is newer than this binary: {0}. Import it with the release that wrote it, or a later one"
    )]
    Newer(String),
    /// Its version or its tables are not this binary's.
    #[error("the archive does not fit this binary: {0}")]
    Mismatch(String),
    /// Another shop has the slug.
    #[error("another shop has the slug {0}: give this one another with --as SLUG")]
    SlugTaken(String),
    /// No user has this email.
    #[error("nobody is registered here as {0}, so that they cannot own the shop")]
    NoSuchUser(String),
    /// The shop's schema is missing, or some of its tables are.
    #[error("the schema of this shop is incomplete or gone")]
    Incomplete,
    /// The shop was migrated while the export began.
    #[error("the shop was migrated at this very moment: export it again")]
    Migrated,
    /// Foreign keys form a cycle, so the tables have no order.
    #[error("the foreign keys of {0} form a cycle: make one of them DEFERRABLE, so that rows can be loaded")]
    Cycle(String),
    /// PostgreSQL refused rows.
    #[error("the rows of {table} were refused, and nothing was imported: {error}")]
    Rows {
        /// The table.
        table: String,
        /// What PostgreSQL said.
        error: DatabaseError,
    },
    /// The progress callback returned false.
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

/// [`ArchiveError::Damaged`].
pub(super) fn damaged(what: impl Into<String>) -> ArchiveError {
    ArchiveError::Damaged(what.into())
}
