//! The throttle on passwords: the counters of attempts, which [`rules`] judges.
//!
//! An attempt from a known device or in a session is counted for that device alone: no stranger's failures delay it. Any other is
//! counted for the client's site with the account, for the account, whether it exists or not, and for the client's network. An
//! attempt is counted before the password is verified, so that many attempts at once gain nothing; a successful one is not
//! counted. An attempt during a wait is refused and not counted.
//!
//! [`rules`]: super::rules

use std::net::IpAddr;

use chrono::Utc;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::identity::IdentityError;
use crate::tenancy::PublicConn;

use super::counters::{self, Subject, count, hash, in_seconds, lock, store};
use super::network::{network, site};
use super::rules::{ACCOUNT, ADDRESS, CODE, Counter, DEVICE, DEVICE_LOST, Ruling, Stranger};

pub(in crate::identity) use super::rules::MEMORY;

/// What an attempt was counted for.
#[derive(Clone, Debug)]
pub(in crate::identity) enum Counted {
    /// A known device, or a session.
    Device(Subject),
    /// Anybody.
    Stranger(Subjects),
}

/// The subjects of a stranger's attempt. Their rows are always locked in this order.
#[derive(Clone, Debug)]
pub(in crate::identity) struct Subjects {
    /// The client's site with the account.
    pair: Subject,
    account: Subject,
    /// The client's network.
    address: Option<Subject>,
    by_turn: bool,
}

impl Subjects {
    fn of(email: &str, address: Option<IpAddr>) -> Self {
        Self {
            pair: pair(email, address),
            account: hash("account", email),
            address: address.map(|address| hash("address", &network(address))),
            by_turn: false,
        }
    }

    fn all(&self) -> impl Iterator<Item = &Subject> {
        [&self.pair, &self.account].into_iter().chain(&self.address)
    }
}

/// Whether an attempt may be made now.
pub(in crate::identity) enum Admission {
    /// It was counted.
    Counted(Counted),
    /// It has to wait so many seconds, and then has a turn. Commit the transaction.
    Promised(u32),
}

fn pair(email: &str, address: Option<IpAddr>) -> Subject {
    let site = address.map(site).unwrap_or_default();
    hash("pair", &format!("{site}\n{email}"))
}

fn device(session: Uuid) -> Subject {
    hash("device", &session.to_string())
}

/// Counts an attempt of a stranger, if one is allowed now. Commit the transaction before the password is verified; roll it
/// back on an error.
///
/// # Errors
/// [`IdentityError::TooManyAttempts`] with the seconds to wait.
pub(in crate::identity) fn count_stranger(
    conn: &mut PublicConn<'_>,
    email: &str,
    address: Option<IpAddr>,
) -> Result<Admission, IdentityError> {
    let mut subjects = Subjects::of(email, address);
    let found = lock(conn, subjects.all())?;
    let stranger = Stranger {
        pair: found.of(&subjects.pair)?,
        account: found.of(&subjects.account)?,
        address: subjects.address.as_ref().map(|address| found.of(address)).transpose()?,
    };
    match stranger.judge(Utc::now()) {
        Ruling::Refuse(left) => Err(IdentityError::TooManyAttempts(in_seconds(left))),
        Ruling::PromiseTurn(pair, left) => {
            store(conn, &[(&subjects.pair, pair)])?;
            Ok(Admission::Promised(in_seconds(left)))
        }
        Ruling::Pass { counters, by_turn } => {
            let Stranger { pair, account, address } = counters;
            let address = subjects.address.as_ref().zip(address);
            let rows = [(&subjects.pair, pair), (&subjects.account, account)].into_iter().chain(address);
            store(conn, &rows.collect::<Vec<_>>())?;
            subjects.by_turn = by_turn;
            Ok(Admission::Counted(Counted::Stranger(subjects)))
        }
    }
}

/// Counts an attempt for a device, or for the session that it is known by. None, if so many were wrong that the device is to be
/// forgotten. As for [`count_stranger`], commit or roll back.
///
/// # Errors
/// [`IdentityError::TooManyAttempts`] with the seconds to wait.
pub(in crate::identity) fn count_device(
    conn: &mut PublicConn<'_>,
    session: Uuid,
) -> Result<Option<Counted>, IdentityError> {
    let subject = device(session);
    let counter = count(conn, &subject, &DEVICE)?;
    Ok((counter.attempts <= DEVICE_LOST).then_some(Counted::Device(subject)))
}

/// Counts an attempt in a session. As for [`count_stranger`], commit or roll back.
///
/// # Errors
/// [`IdentityError::TooManyAttempts`] with the seconds to wait.
pub(in crate::identity) fn count_in_session(
    conn: &mut PublicConn<'_>,
    session: Uuid,
) -> Result<Counted, IdentityError> {
    let subject = device(session);
    count(conn, &subject, &DEVICE)?;
    Ok(Counted::Device(subject))
}

/// What an attempt at a code was counted for.
pub(in crate::identity) struct CountedCode(Subject);

/// Counts an attempt at a code of a user's second factor, by whoever has given the right password: at the known device or session
/// that it comes from, or at the account for all others together. Commit the transaction.
///
/// # Errors
/// [`IdentityError::TooManyAttempts`] with the seconds to wait.
pub(in crate::identity) fn count_code(
    conn: &mut PublicConn<'_>,
    user: Uuid,
    from: &Counted,
) -> Result<CountedCode, IdentityError> {
    let subject = match from {
        Counted::Device(device) => Sha256::digest([b"code at ".as_slice(), device].concat()).to_vec(),
        Counted::Stranger(_) => hash("code", &user.to_string()),
    };
    count(conn, &subject, &CODE)?;
    Ok(CountedCode(subject))
}

/// Forgets the attempts at codes after a right one.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn clear_code(
    conn: &mut PublicConn<'_>,
    counted: &CountedCode,
) -> Result<(), IdentityError> {
    counters::delete(conn, &counted.0).map(drop)
}

/// Forgets the attempts after a success: those of this device; or those from this site, also at the account. The network has one
/// attempt less.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn clear_attempts(
    conn: &mut PublicConn<'_>,
    counted: &Counted,
) -> Result<(), IdentityError> {
    match counted {
        Counted::Device(subject) => counters::delete(conn, subject).map(drop),
        Counted::Stranger(Subjects { pair, account, address, .. }) => {
            let made = counters::delete(conn, pair)?;
            counters::take_off(conn, account, made, &ACCOUNT)?;
            address.as_ref().map_or(Ok(()), |address| counters::take_off(conn, address, 1, &ADDRESS))
        }
    }
}

/// Gives a site its free attempts at an account again, because its owner has proved to be there.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn clear_site(
    conn: &mut PublicConn<'_>,
    email: &str,
    address: Option<IpAddr>,
) -> Result<(), IdentityError> {
    counters::delete(conn, &pair(email, address)).map(drop)
}

/// Takes an attempt back, with its wait, because the password could not be verified. A turn is not used up.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn undo_attempt(
    conn: &mut PublicConn<'_>,
    counted: &Counted,
) -> Result<(), IdentityError> {
    let counted_for: Vec<&Subject> = match counted {
        Counted::Device(subject) => vec![subject],
        Counted::Stranger(Subjects { by_turn: false, pair, account, address }) => {
            [pair, account].into_iter().chain(address).collect()
        }
        Counted::Stranger(Subjects { by_turn: true, pair, address, .. }) => {
            [pair].into_iter().chain(address).collect()
        }
    };
    let found = lock(conn, counted_for.iter().copied())?;
    let mut rows = Vec::new();
    for subject in counted_for {
        let Counter { attempts, last_at, .. } = found.of(subject)?;
        rows.push((subject, Counter { attempts: (attempts - 1).max(0), last_at, free_at: last_at }));
    }
    if let Counted::Stranger(Subjects { by_turn: true, .. }) = counted {
        rows[0].1 = rows[0].1.with_turn();
    }
    store(conn, &rows)
}
