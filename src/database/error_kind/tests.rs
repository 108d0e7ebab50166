//! Which errors end a connection, and what is told of them.

use super::*;

fn error(kind: Kind, message: &str) -> Error {
    Error::DatabaseError(kind, Box::new(message.to_owned()))
}

#[test]
fn the_metrics_have_every_kind_that_is_recognised() {
    for (message, kind) in BY_MESSAGE {
        assert!(crate::metrics::KINDS.contains(&kind.name()), "{message}: {}", kind.name());
    }
}

/// Complete messages of PostgreSQL and PgBouncer.
#[test]
fn what_passes_is_recognised_by_its_message() {
    for (message, trouble) in [
        ("terminating connection due to administrator command", Trouble::Away),
        ("terminating connection because of crash of another server process", Trouble::Away),
        ("terminating connection due to conflict with recovery", Trouble::Away),
        ("terminating connection due to idle-in-transaction timeout", Trouble::Away),
        ("the database system is starting up", Trouble::Away),
        ("the database system is not yet accepting connections", Trouble::Away),
        ("sorry, too many clients already", Trouble::Away),
        ("remaining connection slots are reserved for roles with the SUPERUSER attribute", Trouble::Away),
        ("too many connections for role \"shophouse_web\"", Trouble::Away),
        ("query_wait_timeout", Trouble::Away),
        (
            "server login has been failing, cached error: the database system is shutting down (server_login_retry)",
            Trouble::Away,
        ),
        ("no more connections allowed (max_client_conn)", Trouble::Away),
        ("client connections exceeded (max_db_client_connections)", Trouble::Away),
        ("server conn crashed?", Trouble::Away),
        ("pooler is shutting down", Trouble::Away),
        ("idle transaction timeout", Trouble::Away),
        ("canceling statement due to user request", Trouble::Away),
        ("failure on connection marked as essential: localhost:9701", Trouble::Away),
        (
            "connection to the remote node shop@localhost:9701 failed with the following error: server closed the connection \
             unexpectedly",
            Trouble::Away,
        ),
        ("could not commit transaction for shard 102807 on at least one active node", Trouble::Unsettled),
        ("canceling statement due to lock timeout", Trouble::Locked),
        ("could not obtain lock on row in relation \"variants\"", Trouble::Locked),
        ("deadlock detected", Trouble::Away),
        ("out of shared memory", Trouble::Away),
        ("out of memory", Trouble::Away),
        (
            "could not resize shared memory segment \"/PostgreSQL.1\" to 1 bytes: No space left on device",
            Trouble::Away,
        ),
        ("canceling statement due to statement timeout", Trouble::Slow),
        ("could not write to file \"base/pgsql_tmp/1\": No space left on device", Trouble::Full),
        ("could not extend file \"base/1/2\": wrote only 4096 of 8192 bytes at block 7", Trouble::Full),
        ("cannot set transaction read-write mode during recovery", Trouble::ReadOnly),
        (
            "cannot acquire lock mode AccessExclusiveLock on database objects while recovery is in progress",
            Trouble::ReadOnly,
        ),
    ] {
        assert_eq!(ErrorKind::of(&error(Kind::Unknown, message)).trouble(), Some(trouble), "{message}");
    }
}

#[test]
fn what_has_a_kind_is_recognised_in_every_language() {
    let of = |kind| ErrorKind::of(&error(kind, "une erreur"));
    assert_eq!(of(Kind::ReadOnlyTransaction), ReadOnly);
    assert_eq!(of(Kind::SerializationFailure).trouble(), Some(Trouble::Away));
    assert_eq!(of(Kind::ClosedConnection), ConnectionLost);
    assert_eq!(of(Kind::Unknown), Other);
}

#[test]
fn what_does_not_pass_is_no_trouble() {
    for message in ["division by zero", "permission denied for table users", "relation \"a\" does not exist"]
    {
        assert_eq!(ErrorKind::of(&error(Kind::Unknown, message)).trouble(), None, "{message}");
    }
    assert_eq!(ErrorKind::of(&error(Kind::UniqueViolation, "lock timeout")).trouble(), None);
    assert_eq!(ErrorKind::of(&Error::NotFound), Other);
}

#[test]
fn a_connection_is_replaced_when_it_has_ended_or_leads_to_a_standby() {
    let ends = |message| ErrorKind::of_message(message).ends_connection();
    assert!(ends("terminating connection due to administrator command"));
    assert!(ends("query_wait_timeout"));
    assert!(ends("cannot execute UPDATE during recovery"));
    assert!(ends("prepared statement \"__diesel_stmt_7\" does not exist"));
    assert!(ends("cached plan must not change result type"));
    assert!(!ends("deadlock detected"));
    assert!(!ends("canceling statement due to statement timeout"));
}
