//! The throttle on requests that verify no password: registering, which hashes one, and those that have a message sent or may tell
//! whether somebody has an email address.

use std::net::IpAddr;

use chrono::{TimeDelta, Utc};
use uuid::Uuid;

use crate::identity::IdentityError;
use crate::tenancy::{PublicConn, Transaction};

use super::counters::{self, count, hash, lock, store};
use super::network::network;
use super::rules::{ASKING, BETWEEN_MESSAGES, Counter, FORGETTING, REGISTERING, Rule, TOLD_TAKEN};

/// The kind of a registration that may be told that somebody has the email address.
const TELLING: &str = "told taken";

/// Counts a registration from an address, if one is allowed now. Commit the transaction before the password is hashed; roll
/// it back on an error.
///
/// # Errors
/// [`IdentityError::TooManyAttempts`] with the seconds to wait.
pub(in crate::identity) fn count_registration(
    conn: &mut PublicConn<'_>,
    address: Option<IpAddr>,
) -> Result<(), IdentityError> {
    count_at(conn, "registering", address, &REGISTERING)
}

/// Counts somebody at an address who has forgotten a password, if that is allowed now. It is no attempt at a password.
///
/// # Errors
/// [`IdentityError::TooManyAttempts`] with the seconds to wait.
pub(in crate::identity) fn count_forgetting(
    conn: &mut PublicConn<'_>,
    address: Option<IpAddr>,
) -> Result<(), IdentityError> {
    count_at(conn, "forgetting", address, &FORGETTING)
}

/// Counts a registration from an address that may be told that somebody has the email address, if one is allowed now. As for
/// [`throttle::count_stranger`](super::throttle::count_stranger), commit or roll back. [`clear_told_taken`] takes it off when it was not.
///
/// # Errors
/// [`IdentityError::TooManyAttempts`] with the seconds to wait.
pub(in crate::identity) fn count_told_taken(
    conn: &mut PublicConn<'_>,
    address: Option<IpAddr>,
) -> Result<(), IdentityError> {
    count_at(conn, TELLING, address, &TOLD_TAKEN)
}

/// Takes a registration off that was not told so.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn clear_told_taken(
    conn: &mut impl Transaction,
    address: Option<IpAddr>,
) -> Result<(), IdentityError> {
    let subject = address.map(|address| hash(TELLING, &network(address)));
    subject.map_or(Ok(()), |subject| counters::take_off(conn, &subject, 1, &TOLD_TAKEN))
}

/// Counts a request of some kind from an address, if one is allowed now.
fn count_at(
    conn: &mut PublicConn<'_>,
    kind: &str,
    address: Option<IpAddr>,
    rule: &Rule,
) -> Result<(), IdentityError> {
    let Some(address) = address else { return Ok(()) };
    count(conn, &hash(kind, &network(address)), rule).map(drop)
}

/// Counts that a user asks for another email address, if one is allowed now: the answer may tell whether somebody has it. As
/// for [`throttle::count_stranger`](super::throttle::count_stranger), commit or roll back.
///
/// # Errors
/// [`IdentityError::TooManyAttempts`] with the seconds to wait.
pub(in crate::identity) fn count_asking(conn: &mut PublicConn<'_>, user: Uuid) -> Result<(), IdentityError> {
    count(conn, &hash("asking", &user.to_string()), &ASKING).map(drop)
}

/// Whether a message may be sent to an email address now, which counts as sending it: there is one in five minutes, whoever asks
/// for it.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn may_write(
    conn: &mut impl Transaction,
    email: &str,
) -> Result<bool, IdentityError> {
    let subject = hash("message", email);
    let Counter { attempts, last_at, .. } = lock(conn, [&subject].into_iter())?.of(&subject)?;
    let now = Utc::now();
    // A time that is still to come was stored before the clock was set back.
    let is_recent = (TimeDelta::zero()..BETWEEN_MESSAGES).contains(&(now - last_at));
    if attempts > 0 && is_recent {
        return Ok(false);
    }
    store(conn, &[(&subject, Counter { attempts: 1, last_at: now, free_at: now })])?;
    Ok(true)
}
