//! Which kind of error a statement failed with, for the metrics, and whether the connection was lost.

use diesel::result::{DatabaseErrorKind as Kind, Error};

use crate::metrics::PoolMeter;

/// The SQL functions that let a caller into a shop begin their refusals with this. A refusal is no error.
pub const REFUSAL_PREFIX: &str = "door:";

/// Counts a statement that failed, whatever becomes of the error.
pub(super) fn count(meter: &PoolMeter, error: &Error) {
    if let Some(kind) = kind_of(error) {
        meter.failed(kind);
    }
}

/// What PostgreSQL's messages contain, and the kind. Diesel has one kind for all of these and no SQLSTATE.
const BY_MESSAGE: [(&str, &str); 7] = [
    ("statement timeout", "statement_timeout"),
    ("lock timeout", "lock_timeout"),
    ("deadlock detected", "deadlock"),
    ("No space left on device", "disk_full"),
    ("out of shared memory", "locks_exhausted"),
    ("permission denied", "permission_denied"),
    ("row-level security", "permission_denied"),
];

/// What the message contains when the connection has ended. The first is PostgreSQL's. The second is libpq's, which takes
/// a connection for sound when a write failed and it has not read the end yet.
const CONNECTION_ENDED: [&str; 2] = ["terminating connection", "server closed the connection"];

/// Whether the connection is gone.
pub(super) fn is_connection_lost(error: &Error) -> bool {
    let Error::DatabaseError(kind, info) = error else { return false };
    matches!(kind, Kind::ClosedConnection | Kind::UnableToSendCommand)
        || CONNECTION_ENDED.iter().any(|words| info.message().contains(words))
}

/// One of the kinds in the metrics; none for a refusal.
fn kind_of(error: &Error) -> Option<&'static str> {
    let Error::DatabaseError(kind, info) = error else {
        return Some("other");
    };
    let message = info.message();
    if message.starts_with(REFUSAL_PREFIX) {
        return None;
    }
    if is_connection_lost(error) {
        return Some("connection_lost");
    }
    Some(match kind {
        Kind::UniqueViolation => "unique_violation",
        Kind::ForeignKeyViolation => "foreign_key_violation",
        Kind::NotNullViolation => "not_null_violation",
        Kind::CheckViolation => "check_violation",
        Kind::SerializationFailure => "serialization_failure",
        _ => BY_MESSAGE.iter().find(|(words, _)| message.contains(words)).map_or("other", |(_, kind)| kind),
    })
}
