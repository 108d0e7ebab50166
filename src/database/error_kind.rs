//! The kind of error that a statement failed with: for the metrics, for whoever asked, and for the connection.
//!
//! Diesel tells the kinds of a few errors and the message of each, but no SQLSTATE. So the other kinds are recognised
//! by their messages. A server whose `lc_messages` is not English is understood less well.

use diesel::result::{DatabaseErrorKind as Kind, Error};

use crate::metrics::PoolMeter;

/// The SQL functions that let a caller into a shop begin their refusals with this. A refusal is no error.
pub const REFUSAL_PREFIX: &str = "door:";

/// Why the database did not do what was asked of it, for whoever asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Trouble {
    /// It is not there, or has no connection or lock to spare.
    Away,
    /// Something else had the lock for too long.
    Locked,
    /// It did not answer in time.
    Slow,
    /// It has no room to write to.
    Full,
    /// It accepts no changes: it has become a standby, or an administrator has set it so.
    ReadOnly,
    /// Whether it was done is not known.
    Unsettled,
}

/// A kind of error.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ErrorKind {
    /// The connection has ended.
    ConnectionLost,
    /// PostgreSQL or PgBouncer accepts no work at the moment; the connection has ended too.
    Unavailable,
    /// A server behind this one, of Citus, cannot be reached.
    NodeAway,
    /// Such a server was lost in COMMIT, and may have done it.
    CommitLost,
    /// The database accepts no changes.
    ReadOnly,
    StatementTimeout,
    LockTimeout,
    /// Somebody has cancelled the statement.
    Canceled,
    Deadlock,
    SerializationFailure,
    DiskFull,
    OutOfMemory,
    LocksExhausted,
    /// A prepared statement is not what it was, or is not there.
    StatementLost,
    PermissionDenied,
    UniqueViolation,
    ForeignKeyViolation,
    NotNullViolation,
    CheckViolation,
    Other,
}
use ErrorKind::{
    Canceled, CheckViolation, CommitLost, ConnectionLost, Deadlock, DiskFull, ForeignKeyViolation,
    LockTimeout, LocksExhausted, NodeAway, NotNullViolation, Other, OutOfMemory, PermissionDenied, ReadOnly,
    SerializationFailure, StatementLost, StatementTimeout, Unavailable, UniqueViolation,
};

/// What a message contains, and the kind; the first match counts. The SQLSTATEs are those of PostgreSQL's documentation,
/// appendix A; the messages are in its sources. PgBouncer gives nearly all of its own errors the SQLSTATE 08P01; its
/// messages are in `src/client.c`, `src/objects.c`, `src/janitor.c` and `src/server.c`.
const BY_MESSAGE: [(&str, ErrorKind); 43] = [
    // Citus. What a worker's connection said follows, such as that the server closed it.
    ("could not commit transaction for shard", CommitLost),
    ("failure on connection marked as essential", NodeAway),
    ("connection to the remote node", NodeAway),
    // 57P01, 57P02, 57P05, 25P03, 25P04: the administrator, a crash, or a timeout of the session ends the connection.
    ("terminating connection", ConnectionLost),
    // libpq, which takes a connection for sound when a write failed and it has not read the end yet.
    ("server closed the connection", ConnectionLost),
    ("SSL connection has been closed", ConnectionLost),
    ("could not receive data from server", ConnectionLost),
    ("could not send data to server", ConnectionLost),
    ("no connection to the server", ConnectionLost),
    // PgBouncer, in a transaction.
    ("server conn crashed?", ConnectionLost),
    ("transaction timeout", ConnectionLost),
    ("query timeout", ConnectionLost),
    ("query_timeout", ConnectionLost),
    ("admin forced disconnect", ConnectionLost),
    // 57P03: it starts, stops or recovers.
    ("the database system is", Unavailable),
    // 53300.
    ("too many clients already", Unavailable),
    ("remaining connection slots are reserved", Unavailable),
    ("too many connections for", Unavailable),
    // PgBouncer, before a transaction.
    ("query_wait_timeout", Unavailable),
    ("server_login_retry", Unavailable),
    ("server login failed", Unavailable),
    ("server shutting down", Unavailable),
    ("pooler is shutting down", Unavailable),
    ("no more connections allowed", Unavailable),
    ("client connections exceeded", Unavailable),
    ("client_login_timeout", Unavailable),
    // 0A000 and 55000 of a standby. 25006 has a kind of Diesel's.
    ("during recovery", ReadOnly),
    ("recovery is in progress", ReadOnly),
    // 57014, 55P03, 40P01.
    ("statement timeout", StatementTimeout),
    ("due to user request", Canceled),
    ("lock timeout", LockTimeout),
    ("could not obtain lock", LockTimeout),
    ("deadlock detected", Deadlock),
    // 53200. Shared memory is a file system, and the message goes on with "No space left on device".
    ("could not resize shared memory segment", OutOfMemory),
    ("out of shared memory", LocksExhausted),
    ("out of memory", OutOfMemory),
    // 53100, 53400.
    ("No space left on device", DiskFull),
    ("Disk quota exceeded", DiskFull),
    ("could not extend file", DiskFull),
    // 26000, 42P05: a pooler that knows no prepared statements. 0A000: a migration has changed a column's type.
    ("prepared statement \"", StatementLost),
    ("cached plan must not change result type", StatementLost),
    // 42501.
    ("permission denied", PermissionDenied),
    ("row-level security", PermissionDenied),
];

impl ErrorKind {
    /// The kind of an error.
    pub(super) fn of(error: &Error) -> Self {
        let Error::DatabaseError(kind, info) = error else { return Other };
        match kind {
            Kind::ClosedConnection | Kind::UnableToSendCommand => ConnectionLost,
            Kind::ReadOnlyTransaction => ReadOnly,
            Kind::SerializationFailure => SerializationFailure,
            Kind::UniqueViolation => UniqueViolation,
            Kind::ForeignKeyViolation => ForeignKeyViolation,
            Kind::NotNullViolation => NotNullViolation,
            Kind::CheckViolation => CheckViolation,
            _ => Self::of_message(info.message()),
        }
    }

    fn of_message(message: &str) -> Self {
        BY_MESSAGE.iter().find(|(words, _)| message.contains(words)).map_or(Other, |(_, kind)| *kind)
    }

    /// What keeps the database from doing what was asked, when that passes.
    pub(super) fn trouble(self) -> Option<Trouble> {
        match self {
            ConnectionLost | Unavailable | NodeAway | Canceled | Deadlock | SerializationFailure
            | OutOfMemory | LocksExhausted | StatementLost => Some(Trouble::Away),
            CommitLost => Some(Trouble::Unsettled),
            ReadOnly => Some(Trouble::ReadOnly),
            StatementTimeout => Some(Trouble::Slow),
            LockTimeout => Some(Trouble::Locked),
            DiskFull => Some(Trouble::Full),
            PermissionDenied | UniqueViolation | ForeignKeyViolation | NotNullViolation | CheckViolation
            | Other => None,
        }
    }

    /// Whether the connection is gone.
    pub(super) fn is_connection_lost(self) -> bool {
        matches!(self, ConnectionLost | Unavailable)
    }

    /// Whether the connection is of no use any more. After a failover, a connection that stayed open may lead to what is a
    /// standby now; a new one finds the new primary. A new one has no prepared statements either.
    pub(super) fn ends_connection(self) -> bool {
        self.is_connection_lost() || matches!(self, ReadOnly | StatementLost)
    }

    /// The name in the metrics.
    fn name(self) -> &'static str {
        match self {
            ConnectionLost => "connection_lost",
            Unavailable => "unavailable",
            NodeAway => "node_away",
            CommitLost => "commit_lost",
            ReadOnly => "read_only",
            StatementTimeout => "statement_timeout",
            LockTimeout => "lock_timeout",
            Canceled => "canceled",
            Deadlock => "deadlock",
            SerializationFailure => "serialization_failure",
            DiskFull => "disk_full",
            OutOfMemory => "out_of_memory",
            LocksExhausted => "locks_exhausted",
            StatementLost => "statement_lost",
            PermissionDenied => "permission_denied",
            UniqueViolation => "unique_violation",
            ForeignKeyViolation => "foreign_key_violation",
            NotNullViolation => "not_null_violation",
            CheckViolation => "check_violation",
            Other => "other",
        }
    }
}

/// Counts a statement that failed, whatever becomes of the error. A refusal is not counted.
pub(super) fn count(meter: &PoolMeter, error: &Error) {
    let is_refusal =
        matches!(error, Error::DatabaseError(_, info) if info.message().starts_with(REFUSAL_PREFIX));
    if !is_refusal {
        meter.failed(ErrorKind::of(error).name());
    }
}

#[cfg(test)]
mod tests;
