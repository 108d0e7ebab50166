//! Devices from which a user has signed in, and which a device token names by the session that was opened then.
//!
//! A device is known for longer than its session lasts: whoever signs out, or comes back after the session has expired, shall
//! be known. It stops being known when somebody ends its session from elsewhere, or for theft; when the password is reset;
//! and when the password is changed, or all sessions are ended, on another device.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::http::request::device_token::Device;
use crate::identity::IdentityError;
use crate::schema::public::known_devices as devices;
use crate::tenancy::{Caller, PublicConn};

/// The most devices that are known of a user; older ones are forgotten.
const MOST: i64 = 50;

/// Makes the device that opened a session known.
///
/// # Errors
/// When the database fails.
pub fn remember(
    conn: &mut PublicConn<'_>,
    caller: Caller,
    expires_at: DateTime<Utc>,
) -> Result<(), IdentityError> {
    diesel::insert_into(devices::table)
        .values((
            devices::session_id.eq(caller.session),
            devices::user_id.eq(caller.user),
            devices::expires_at.eq(expires_at),
        ))
        .execute(conn.pg())?;
    let surplus: Vec<Uuid> = devices::table
        .filter(devices::user_id.eq(caller.user))
        .order(devices::session_id.desc())
        .offset(MOST)
        .select(devices::session_id)
        .load(conn.pg())?;
    if !surplus.is_empty() {
        diesel::delete(devices::table.filter(devices::session_id.eq_any(surplus))).execute(conn.pg())?;
    }
    Ok(())
}

/// Whether a device is known.
///
/// # Errors
/// When the database fails.
pub fn is_known(conn: &mut PublicConn<'_>, device: Device) -> Result<bool, IdentityError> {
    let known = devices::table
        .find(device.session)
        .filter(devices::user_id.eq(device.user).and(devices::expires_at.gt(Utc::now())));
    Ok(diesel::select(diesel::dsl::exists(known)).get_result(conn.pg())?)
}

/// Forgets the device that opened a session.
///
/// # Errors
/// When the database fails.
pub fn forget(conn: &mut PublicConn<'_>, session: Uuid) -> Result<(), IdentityError> {
    diesel::delete(devices::table.find(session)).execute(conn.pg())?;
    Ok(())
}

/// Forgets all devices of a user but the one that opened the session `kept`.
///
/// # Errors
/// When the database fails.
pub fn forget_all(conn: &mut PublicConn<'_>, user: Uuid, kept: Option<Uuid>) -> Result<(), IdentityError> {
    let of_user = devices::table.filter(devices::user_id.eq(user));
    match kept {
        Some(kept) => diesel::delete(of_user.filter(devices::session_id.ne(kept))).execute(conn.pg())?,
        None => diesel::delete(of_user).execute(conn.pg())?,
    };
    Ok(())
}
