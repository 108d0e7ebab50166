//! Verifying a user's password: throttled, and with the same work whether the account exists or not.

use std::net::IpAddr;

use uuid::Uuid;

use crate::audit::{self, Entry, Event};
use crate::http::SignedIn;
use crate::http::request::device_token::Device;
use crate::http::request::origin::Origin;
use crate::identity::sessions::devices;
use crate::identity::{Email, IdentityError, users};
use crate::tenancy::{PublicConn, Tenancy};

use super::asker::Asker;
use super::hashing::{HashError, Hasher};
use super::password::Password;
use super::throttle::{self, Admission, Counted};

/// A user whose password was verified.
pub(in crate::identity) struct Proven {
    pub user: Uuid,
    /// The hash that was verified. A later transaction checks that it is still the stored one.
    pub hash: String,
    /// What the attempt was counted for.
    pub counted: Counted,
}

/// Verifies the password of a user who signs in, on a device that was known once or on any. A failure is recorded in the
/// audit log.
///
/// # Errors
/// [`IdentityError::InvalidCredentials`] or [`IdentityError::TooManyAttempts`].
pub(in crate::identity) async fn for_sign_in(
    tenancy: &Tenancy,
    hasher: &Hasher,
    email: Email,
    origin: &Origin,
    password: Password,
    device: Option<Device>,
) -> Result<Proven, IdentityError> {
    let address = origin.address;
    let stranger = Asker::stranger(email.as_str(), address);
    let known = tenancy.in_public(move |conn| admit(conn, &email, address, device));
    let failure = |user| origin.failure(Event::SignInFailed, user);
    // An attempt that has to wait makes no row: no password was tried.
    let (found, admission) = known.await.inspect_err(|_| failure(None).log())?;
    let counted = match admission {
        Admission::Counted(counted) => counted,
        Admission::Promised(seconds) => {
            failure(None).log();
            return Err(IdentityError::TooManyAttempts(seconds));
        }
    };
    let (user, hash) = found.unzip();
    let asker = match (&counted, user) {
        (Counted::Device(_), Some(user)) => Asker::user(user, address),
        _ => stranger,
    };
    let proven = verify(tenancy, hasher, &asker, &counted, password, hash.clone()).await;
    match (proven, user, hash) {
        (Ok(true), Some(user), Some(hash)) => Ok(Proven { user, hash, counted }),
        (Err(error), user, _) => {
            failure(user).log();
            Err(error)
        }
        (Ok(_), user, _) => {
            let failure = failure(user);
            tenancy.in_public(move |conn| record_failure(conn, &failure)).await?;
            Err(IdentityError::InvalidCredentials)
        }
    }
}

/// The user with this address and the hash of the password, if there is one, and whether this attempt has to wait.
fn admit(
    conn: &mut PublicConn<'_>,
    email: &Email,
    address: Option<IpAddr>,
    device: Option<Device>,
) -> Result<(Option<(Uuid, String)>, Admission), IdentityError> {
    let found = users::credentials(conn, email)?;
    let own = device.filter(|device| found.as_ref().is_some_and(|(user, _)| *user == device.user));
    let counted = match own {
        Some(device) => count_known(conn, device)?,
        None => None,
    };
    let admission = match counted {
        Some(counted) => Admission::Counted(counted),
        None => throttle::count_stranger(conn, email.as_str(), address)?,
    };
    Ok((found, admission))
}

/// Counts an attempt for a device, if it is known. A device from which too many wrong passwords came is forgotten.
fn count_known(conn: &mut PublicConn<'_>, device: Device) -> Result<Option<Counted>, IdentityError> {
    if !devices::is_known(conn, device)? {
        return Ok(None);
    }
    let counted = throttle::count_device(conn, device.session)?;
    if counted.is_none() {
        devices::forget(conn, device.session)?;
    }
    Ok(counted)
}

/// Records a wrong password or a wrong code; commit the transaction.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn record_failure(
    conn: &mut PublicConn<'_>,
    failure: &Entry,
) -> Result<(), IdentityError> {
    failure.log();
    Ok(audit::record_bounded(conn.pg(), failure)?)
}

/// Verifies the password of a signed-in user. The session counts as a known device. A wrong password is recorded as `failure`.
///
/// # Errors
/// [`IdentityError::WrongPassword`] or [`IdentityError::TooManyAttempts`].
pub(in crate::identity) async fn for_caller(
    signed_in: &SignedIn,
    hasher: &Hasher,
    address: Option<IpAddr>,
    password: Password,
    failure: Entry,
) -> Result<Proven, IdentityError> {
    let caller = signed_in.caller;
    let counted = signed_in.run(move |conn| {
        let (_, hash) = users::credentials_of(conn, caller.user)?;
        Ok::<_, IdentityError>((hash, throttle::count_in_session(conn, caller.session)?))
    });
    let (hash, counted) = counted.await?;
    let (user, asker) = (caller.user, Asker::user(caller.user, address));
    if verify(signed_in.tenancy(), hasher, &asker, &counted, password, Some(hash.clone())).await? {
        Ok(Proven { user, hash, counted })
    } else {
        signed_in.run(move |conn| record_failure(conn, &failure)).await?;
        Err(IdentityError::WrongPassword)
    }
}

/// Whether a password matches a hash. If the server is too busy to check, the attempt does not count.
async fn verify(
    tenancy: &Tenancy,
    hasher: &Hasher,
    asker: &Asker,
    counted: &Counted,
    password: Password,
    hash: Option<String>,
) -> Result<bool, IdentityError> {
    let verified = hasher.verify(asker, password, hash).await;
    if let Err(HashError::Busy) = verified {
        let counted = counted.clone();
        tenancy.in_public(move |conn| throttle::undo_attempt(conn, &counted)).await?;
    }
    Ok(verified?)
}
