//! Why work on the database did not come to its end, and what whoever asked for it is told.

use std::time::Duration;

use diesel::result::Error as QueryError;

use super::error_kind::{ErrorKind, Trouble};

/// Why work on the database did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// Every connection was in use for the whole time-out.
    #[error("no database connection became free within {} ms", .0.as_millis())]
    Busy(Duration),
    /// No connection could be opened.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// PostgreSQL refused a statement, or the connection broke.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// PostgreSQL left a message without an answer; nothing has been done, and nothing will be.
    #[error("PostgreSQL was silent for {} ms", .0.as_millis())]
    Silent(Duration),
    /// The connection was lost while COMMIT was under way: the work was done as a whole, or not at all.
    #[error("the connection was lost in COMMIT: {0}")]
    Unsettled(String),
    /// The work panicked; its transaction was rolled back with its connection.
    #[error("the work on the database panicked")]
    Panicked,
}

impl DatabaseError {
    /// Whether the same statement may well succeed later: a lock was not to be had, or the connection was lost.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Query(_)) && self.trouble().is_some_and(|trouble| trouble != Trouble::Slow)
    }

    /// What keeps the database from doing it, as far as that is known and passes.
    pub fn trouble(&self) -> Option<Trouble> {
        match self {
            Self::Busy(_) | Self::Unreachable(_) => Some(Trouble::Away),
            Self::Silent(_) => Some(Trouble::Slow),
            Self::Unsettled(_) => Some(Trouble::Unsettled),
            Self::Query(error) => ErrorKind::of(error).trouble(),
            Self::Panicked => None,
        }
    }

    /// What PostgreSQL said, when it was PostgreSQL that refused.
    pub fn message(&self) -> Option<&str> {
        match self {
            Self::Query(QueryError::DatabaseError(_, info)) => Some(info.message()),
            _ => None,
        }
    }
}
