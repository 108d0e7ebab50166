//! Why work on the database did not come to its end, and what whoever asked for it is told.

use std::time::Duration;

use diesel::result::{DatabaseErrorKind as Kind, Error as QueryError};

use super::error_kind::is_connection_lost;

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

/// Why the database did not do what was asked of it, for whoever asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Trouble {
    /// It is not there, or has no connection or lock to spare.
    Away,
    /// It did not answer in time.
    Slow,
    /// It has no room to write to.
    Full,
    /// Whether it was done is not known.
    Unsettled,
}

/// What PostgreSQL says when a statement failed for a reason that passes. Diesel gives no SQLSTATE: the words
/// are all there is to go by, and a server that speaks another language has only the kinds below.
const PASSING: [&str; 3] = ["lock timeout", "deadlock detected", "out of shared memory"];

/// What it says when there is no room: of the disk, of a quota, and of any file that cannot grow.
const NO_ROOM: [&str; 3] = ["No space left on device", "Disk quota exceeded", "could not extend file"];

impl DatabaseError {
    /// Whether the same may well succeed a moment later: a lock was not to be had, or the connection broke.
    pub fn is_passing(&self) -> bool {
        let Self::Query(error @ QueryError::DatabaseError(kind, info)) = self else {
            return false;
        };
        is_connection_lost(error)
            || matches!(kind, Kind::SerializationFailure)
            || PASSING.iter().chain(&NO_ROOM).any(|words| info.message().contains(words))
    }

    /// What keeps the database from doing it, as far as that is known and passes.
    pub fn trouble(&self) -> Option<Trouble> {
        let info = match self {
            Self::Busy(_) | Self::Unreachable(_) => return Some(Trouble::Away),
            Self::Silent(_) => return Some(Trouble::Slow),
            Self::Unsettled(_) => return Some(Trouble::Unsettled),
            Self::Query(error) if is_connection_lost(error) => return Some(Trouble::Away),
            Self::Query(QueryError::DatabaseError(_, info)) => info,
            Self::Query(_) | Self::Panicked => return None,
        };
        let says = |words: &[&str]| words.iter().any(|words| info.message().contains(words));
        if says(&["statement timeout"]) {
            return Some(Trouble::Slow);
        }
        if says(&NO_ROOM) {
            return Some(Trouble::Full);
        }
        says(&["lock timeout", "deadlock detected"]).then_some(Trouble::Away)
    }

    /// What PostgreSQL said, when it was PostgreSQL that refused.
    pub fn message(&self) -> Option<&str> {
        match self {
            Self::Query(QueryError::DatabaseError(_, info)) => Some(info.message()),
            _ => None,
        }
    }
}
