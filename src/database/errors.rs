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
const BY_WORDS: [(&str, &str); 8] = [
    ("statement timeout", "statement_timeout"),
    ("lock timeout", "lock_timeout"),
    ("deadlock detected", "deadlock"),
    ("No space left on device", "disk_full"),
    ("out of shared memory", "locks_exhausted"),
    ("terminating connection", "connection_lost"),
    ("permission denied", "permission_denied"),
    ("row-level security", "permission_denied"),
];

/// One of the kinds that the metrics know; none for what is no error.
fn kind_of(error: &Error) -> Option<&'static str> {
    let Error::DatabaseError(kind, info) = error else {
        return Some("other");
    };
    let said = info.message();
    if said.starts_with(ANSWER) {
        return None;
    }
    Some(match kind {
        Kind::UniqueViolation => "unique_violation",
        Kind::ForeignKeyViolation => "foreign_key_violation",
        Kind::NotNullViolation => "not_null_violation",
        Kind::CheckViolation => "check_violation",
        Kind::SerializationFailure => "serialization_failure",
        Kind::ClosedConnection | Kind::UnableToSendCommand => "connection_lost",
        _ => BY_WORDS.iter().find(|(words, _)| said.contains(words)).map_or("other", |(_, kind)| kind),
    })
}
