//! The throttle on passwords: after a few wrong ones, each attempt must wait longer. Registration, which hashes a password
//! too, is throttled only by the client's address.
//!
//! Attempts are counted for the account, whether it exists or not, and for the client's address. An attempt is counted
//! before the password is verified, so that many attempts at once gain nothing; a successful one is not counted. An
//! attempt during the wait is refused and not counted: a user who knows the password can sign in after a short wait.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use sha2::{Digest, Sha256};

use crate::identity::IdentityError;
use crate::schema::public::sign_in_attempts as attempts;
use crate::tenancy::PublicConn;

/// The counter of a subject restarts after this time without an attempt.
pub(in crate::identity) const MEMORY: TimeDelta = TimeDelta::minutes(15);

/// How many attempts need no wait, and the longest wait after that.
struct Rule {
    free: i32,
    /// Seconds.
    longest: i64,
}

/// An attacker on an account keeps its user out for half a minute at most.
const ACCOUNT: Rule = Rule { free: 5, longest: 30 };
/// Many people may share one address.
const ADDRESS: Rule = Rule { free: 100, longest: 60 };
/// One hash every ten seconds is cheap for the server, and a short wait for others at the same address.
const REGISTERING: Rule = Rule { free: 200, longest: 10 };

/// The subjects that an attempt is counted for.
#[derive(Clone, Debug)]
pub(in crate::identity) struct Subjects {
    account: Vec<u8>,
    address: Option<Vec<u8>>,
}

impl Subjects {
    /// The account with this email address, and the client's address.
    pub(in crate::identity) fn of(email: &str, address: Option<IpAddr>) -> Self {
        Self {
            account: hash("account", email),
            address: address.map(|address| hash("address", &network(address))),
        }
    }

    /// The subjects with their rules, in the order in which rows are locked.
    fn with_rules(&self) -> impl Iterator<Item = (&Vec<u8>, &Rule)> {
        std::iter::once((&self.account, &ACCOUNT)).chain(self.address.as_ref().map(|it| (it, &ADDRESS)))
    }
}

/// The key of a row.
fn hash(kind: &str, subject: &str) -> Vec<u8> {
    Sha256::digest(format!("{kind} {subject}")).to_vec()
}

/// The address, or the /64 network of an IPv6 address: one client usually has all of its addresses.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{:?}", &address.segments()[..4]),
    }
}

/// Counts an attempt, if one is allowed now. Commit the transaction before the password is verified; roll it back on an
/// error.
///
/// # Errors
/// [`IdentityError::TooManyAttempts`] with the seconds to wait.
pub(in crate::identity) fn count_attempt(
    conn: &mut PublicConn<'_>,
    subjects: &Subjects,
) -> Result<(), IdentityError> {
    subjects.with_rules().try_for_each(|(subject, rule)| count_for(conn, subject, rule))
}

/// Counts a registration from an address, if one is allowed now. Commit the transaction before the password is hashed; roll
/// it back on an error.
///
/// # Errors
/// [`IdentityError::TooManyAttempts`] with the seconds to wait.
pub(in crate::identity) fn count_registration(
    conn: &mut PublicConn<'_>,
    address: Option<IpAddr>,
) -> Result<(), IdentityError> {
    let Some(address) = address else { return Ok(()) };
    count_for(conn, &hash("registering", &network(address)), &REGISTERING)
}

fn count_for(conn: &mut PublicConn<'_>, subject: &[u8], rule: &Rule) -> Result<(), IdentityError> {
    let asked_at = Utc::now();
    let (count, last_at, free_at): (i32, DateTime<Utc>, DateTime<Utc>) = diesel::insert_into(attempts::table)
        .values((
            attempts::subject.eq(subject),
            attempts::attempts.eq(1),
            attempts::last_at.eq(asked_at),
            attempts::free_at.eq(asked_at),
        ))
        .on_conflict(attempts::subject)
        .do_update()
        .set(attempts::attempts.eq(attempts::attempts + excluded(attempts::attempts)))
        .returning((attempts::attempts, attempts::last_at, attempts::free_at))
        .get_result(conn.pg())?;
    // The row is locked from here on. Another transaction may have had the lock after `asked_at`, or have another clock.
    // So a wait exists only if one was stored (`free_at > last_at`), whatever the clock says.
    let now = Utc::now();
    // A wait longer than the rule allows was stored before the clock was set back: ignore it.
    let is_possible = free_at - now <= TimeDelta::seconds(rule.longest);
    if free_at > last_at && free_at > now && is_possible {
        return Err(IdentityError::TooManyAttempts(seconds_until(free_at, now)));
    }
    let count = if now - last_at > MEMORY { 1 } else { count };
    diesel::update(attempts::table.find(subject))
        .set((
            attempts::attempts.eq(count),
            attempts::last_at.eq(now),
            attempts::free_at.eq(now + wait_after(count, rule)),
        ))
        .execute(conn.pg())?;
    Ok(())
}

/// Clears the attempts after a success: the account starts again from zero, the address has one attempt less.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn clear_attempts(
    conn: &mut PublicConn<'_>,
    subjects: &Subjects,
) -> Result<(), IdentityError> {
    diesel::delete(attempts::table.find(&subjects.account)).execute(conn.pg())?;
    let Some(address) = &subjects.address else { return Ok(()) };
    let one_less = attempts::attempts.eq(attempts::attempts - 1);
    let counted = attempts::table.find(address).filter(attempts::attempts.gt(0));
    // If this was the last free attempt, its wait is removed too.
    let freed = diesel::update(counted.filter(attempts::attempts.le(ADDRESS.free)))
        .set((one_less, attempts::free_at.eq(attempts::last_at)))
        .execute(conn.pg())?;
    if freed == 0 {
        diesel::update(counted).set(one_less).execute(conn.pg())?;
    }
    Ok(())
}

/// Takes an attempt back, with its wait, because the password could not be verified.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn undo_attempt(
    conn: &mut PublicConn<'_>,
    subjects: &Subjects,
) -> Result<(), IdentityError> {
    for (subject, _) in subjects.with_rules() {
        diesel::update(attempts::table.find(subject).filter(attempts::attempts.gt(0)))
            .set((attempts::attempts.eq(attempts::attempts - 1), attempts::free_at.eq(attempts::last_at)))
            .execute(conn.pg())?;
    }
    Ok(())
}

/// One second after the first attempt that is not free, then doubled each time.
fn wait_after(count: i32, rule: &Rule) -> TimeDelta {
    if count < rule.free {
        return TimeDelta::zero();
    }
    let doublings = u32::try_from(count - rule.free).unwrap_or(0).min(16);
    TimeDelta::seconds((1 << doublings).min(rule.longest))
}

fn seconds_until(time: DateTime<Utc>, now: DateTime<Utc>) -> u32 {
    u32::try_from((time - now).num_seconds() + 1).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_up_to_its_limit() {
        let waits: Vec<i64> = (4..14).map(|count| wait_after(count, &ACCOUNT).num_seconds()).collect();
        assert_eq!(waits, [0, 1, 2, 4, 8, 16, 30, 30, 30, 30]);
        assert_eq!(wait_after(i32::MAX, &ADDRESS).num_seconds(), 60);
    }

    #[test]
    fn addresses_in_one_network_count_as_one() {
        let network = |address: &str| network(address.parse().unwrap());
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
