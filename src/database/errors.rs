//! What goes wrong on a connection, counted by kind.

use diesel::result::{DatabaseErrorKind as Kind, Error};

use crate::metrics::PoolMeter;

/// What the functions of our own raise begins with this: an answer to a question, and no error.
pub const ANSWER: &str = "door:";

/// Counts a statement that failed, whoever sent it and whatever becomes of the error.
pub(super) fn count(meter: &PoolMeter, error: &Error) {
    if let Some(kind) = kind_of(error) {
        meter.failed(kind);
    }
}

/// What PostgreSQL says, and what it is called; for Diesel these are all of one kind, without their SQLSTATE.
const BY_WORDS: [(&str, &str); 7] = [
    ("statement timeout", "statement_timeout"),
    ("lock timeout", "lock_timeout"),
    ("deadlock detected", "deadlock"),
    ("No space left on device", "disk_full"),
    ("out of shared memory", "locks_exhausted"),
    ("permission denied", "permission_denied"),
    ("row-level security", "permission_denied"),
];

/// What is said when the connection ends: by PostgreSQL, and by libpq, which takes the connection for sound when it could
/// not write and has yet to read the end.
const LAST_WORDS: [&str; 2] = ["terminating connection", "server closed the connection"];

/// Whether the connection is gone.
pub(super) fn is_closed(error: &Error) -> bool {
    let Error::DatabaseError(kind, info) = error else { return false };
    matches!(kind, Kind::ClosedConnection | Kind::UnableToSendCommand)
        || LAST_WORDS.iter().any(|words| info.message().contains(words))
}

/// One of the kinds that the metrics know; none for what is no error.
fn kind_of(error: &Error) -> Option<&'static str> {
    let Error::DatabaseError(kind, info) = error else {
        return Some("other");
    };
    let said = info.message();
    if said.starts_with(ANSWER) {
        return None;
    }
    if is_closed(error) {
        return Some("connection_lost");
    }
    Some(match kind {
        Kind::UniqueViolation => "unique_violation",
        Kind::ForeignKeyViolation => "foreign_key_violation",
        Kind::NotNullViolation => "not_null_violation",
        Kind::CheckViolation => "check_violation",
        Kind::SerializationFailure => "serialization_failure",
        _ => BY_WORDS.iter().find(|(words, _)| said.contains(words)).map_or("other", |(_, kind)| kind),
    })
}
