//! The database floor: connection strings, pools, the blocking hop, and the private PostgreSQL.
//!
//! Nothing here knows of shops. `tenancy` says how a transaction begins; this floor sees to it that
//! it ends, and that a connection goes back to its pool only when it is in a known state.

mod connection;
mod errors;
mod lanes;
mod pool;
pub mod private;
mod url;

pub use connection::Renewal;
pub use errors::ANSWER;
pub use pool::{Pool, PoolOptions};
pub use url::{DatabaseUrl, ProgramUrl};

use std::time::Duration;

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
    Query(#[from] diesel::result::Error),
    /// The work panicked; its transaction was rolled back with its connection.
    #[error("the work on the database panicked")]
    Panicked,
}

/// What PostgreSQL says when a statement failed for a reason that passes. Diesel gives no SQLSTATE: the words
/// are all there is to go by, and a server that speaks another language has only the kinds below.
const PASSING: [&str; 5] = [
    "lock timeout",
    "deadlock detected",
    "out of shared memory",
    "No space left on device",
    "terminating connection",
];

impl DatabaseError {
    /// Whether the same may well succeed a moment later: a lock was not to be had, or the connection broke.
    pub fn is_passing(&self) -> bool {
        use diesel::result::{DatabaseErrorKind as Kind, Error};
        let Self::Query(Error::DatabaseError(kind, info)) = self else {
            return false;
        };
        matches!(kind, Kind::ClosedConnection | Kind::UnableToSendCommand | Kind::SerializationFailure)
            || PASSING.iter().any(|words| info.message().contains(words))
    }

    /// What PostgreSQL said, when it was PostgreSQL that refused.
    pub fn message(&self) -> Option<&str> {
        match self {
            Self::Query(diesel::result::Error::DatabaseError(_, info)) => Some(info.message()),
            _ => None,
        }
    }
}
