//! The throttle on passwords: after a few wrong ones, each further attempt waits longer. Registering, which hashes
//! one too, is throttled for an address alone.
//!
//! Attempts are counted for the account, known or not, and for the client's address. An attempt counts
//! before the password is looked at, so that many at once gain nothing; one that succeeds is taken back.
//! One that comes too early does not count: whoever knows the password gets in when the wait, which is
//! short for an account, is over.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use sha2::{Digest, Sha256};

use crate::identity::IdentityError;
use crate::schema::public::sign_in_attempts as attempts;
use crate::tenancy::PublicConn;

/// Attempts are forgotten after so long without another.
pub(in crate::identity) const MEMORY: TimeDelta = TimeDelta::minutes(15);

/// How many attempts are free, and how long the wait then grows.
struct Rule {
    free: i32,
    /// Seconds.
    longest: i64,
}

/// A stranger who attacks an account keeps its user out for half a minute at the most.
const ACCOUNT: Rule = Rule { free: 5, longest: 30 };
/// Many people may share one address.
const ADDRESS: Rule = Rule { free: 100, longest: 60 };
/// A hash every ten seconds costs the server nothing, and keeps nobody out for long who shares the address.
const REGISTERING: Rule = Rule { free: 200, longest: 10 };

/// What attempts are counted for.
#[derive(Clone, Debug)]
pub(in crate::identity) struct Subjects {
    account: Vec<u8>,
    address: Option<Vec<u8>>,
}

impl Subjects {
    /// An account by its email address, and where the attempt comes from.
    pub(in crate::identity) fn of(email: &str, address: Option<IpAddr>) -> Self {
        Self {
            account: hash("account", email),
            address: address.map(|address| hash("address", &network(address))),
        }
    }

    /// In the one order in which rows are locked.
    fn ruled(&self) -> impl Iterator<Item = (&Vec<u8>, &Rule)> {
        std::iter::once((&self.account, &ACCOUNT)).chain(self.address.as_ref().map(|it| (it, &ADDRESS)))
    }
}

/// What a row is found by.
fn hash(kind: &str, subject: &str) -> Vec<u8> {
    Sha256::digest(format!("{kind} {subject}")).to_vec()
}

/// Whoever has one address of IPv6 has 2^64 of them.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{:?}", &address.segments()[..4]),
    }
}

/// Counts an attempt, if it may be made now. The transaction is to be committed before the password is
/// looked at, and rolled back on an error.
///
/// # Errors
/// [`IdentityError::TooManyAttempts`] says how long to wait.
pub(in crate::identity) fn admit(
    conn: &mut PublicConn<'_>,
    subjects: &Subjects,
) -> Result<(), IdentityError> {
    subjects.ruled().try_for_each(|(subject, rule)| count(conn, subject, rule))
}

/// Counts somebody's registering from an address, if it may be done now. The transaction is to be committed before
/// the password is hashed, and rolled back on an error.
///
/// # Errors
/// [`IdentityError::TooManyAttempts`] says how long to wait.
pub(in crate::identity) fn admit_registration(
    conn: &mut PublicConn<'_>,
    address: Option<IpAddr>,
) -> Result<(), IdentityError> {
    let Some(address) = address else { return Ok(()) };
    count(conn, &hash("registering", &network(address)), &REGISTERING)
}

fn count(conn: &mut PublicConn<'_>, subject: &[u8], rule: &Rule) -> Result<(), IdentityError> {
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
    // The row is held from here on; others may have held it, at later times than ours was, or by other clocks.
    // So what tells a wait is that there is one, and not the times alone.
    let now = Utc::now();
    // One that is longer than any was set before the clock was put back.
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

/// Takes an attempt back that succeeded: the account starts anew, the address has one attempt less.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn forgive(
    conn: &mut PublicConn<'_>,
    subjects: &Subjects,
) -> Result<(), IdentityError> {
    diesel::delete(attempts::table.find(&subjects.account)).execute(conn.pg())?;
    let Some(address) = &subjects.address else { return Ok(()) };
    let one_less = attempts::attempts.eq(attempts::attempts - 1);
    let counted = attempts::table.find(address).filter(attempts::attempts.gt(0));
    // The last of the free attempts may have brought a wait, which goes with it.
    let freed = diesel::update(counted.filter(attempts::attempts.le(ADDRESS.free)))
        .set((one_less, attempts::free_at.eq(attempts::last_at)))
        .execute(conn.pg())?;
    if freed == 0 {
        diesel::update(counted).set(one_less).execute(conn.pg())?;
    }
    Ok(())
}

/// Takes an attempt back of which nothing came, because the password could not be looked at: the wait that it
/// brought goes with it.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn take_back(
    conn: &mut PublicConn<'_>,
    subjects: &Subjects,
) -> Result<(), IdentityError> {
    for (subject, _) in subjects.ruled() {
        diesel::update(attempts::table.find(subject).filter(attempts::attempts.gt(0)))
            .set((attempts::attempts.eq(attempts::attempts - 1), attempts::free_at.eq(attempts::last_at)))
            .execute(conn.pg())?;
    }
    Ok(())
}

/// One second after the first attempt that is not free, then twice as long each time.
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
    fn the_wait_grows_up_to_its_end() {
        let waits: Vec<i64> = (4..14).map(|count| wait_after(count, &ACCOUNT).num_seconds()).collect();
        assert_eq!(waits, [0, 1, 2, 4, 8, 16, 30, 30, 30, 30]);
        assert_eq!(wait_after(i32::MAX, &ADDRESS).num_seconds(), 60);
    }

    #[test]
    fn neighbours_in_one_network_count_as_one() {
        let network = |address: &str| network(address.parse().unwrap());
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
