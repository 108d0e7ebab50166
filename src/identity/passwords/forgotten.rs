//! Forgotten passwords: asking for a message with a one-time token.
//!
//! Whoever asks makes the same row in the outbox, whether there is a user or not, so neither the answer nor its time tells. Whether
//! there is one is looked up when the message is sent.

use std::net::IpAddr;

use chrono::{TimeDelta, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::audit::{self, Entry, Event};
use crate::identity::passwords::requests;
use crate::identity::{Email, IdentityError, secret, users as table};
use crate::mail::{self, Message};
use crate::schema::public::{mailed_resets, users};
use crate::tenancy::{OwnerTx, PublicConn};

/// How long a token is valid that was sent by mail.
const LIFETIME: TimeDelta = TimeDelta::hours(1);

/// Asks for a message to an address, from a client's address. Whether there is one is not told, nor whether the last one was asked
/// for so lately that there is no other.
///
/// # Errors
/// [`IdentityError::TooManyAttempts`], whatever the email address is.
pub(in crate::identity) fn ask(
    conn: &mut PublicConn<'_>,
    email: &Email,
    client: Option<IpAddr>,
) -> Result<(), IdentityError> {
    requests::count_forgetting(conn, client)?;
    if requests::may_write(conn, email.as_str())? {
        mail::send(conn.pg(), email.as_str(), &Message::PasswordForgotten {})?;
    }
    Ok(())
}

/// Sends a user a message with a token, for the operator.
///
/// # Errors
/// [`IdentityError::NoSuchUser`].
pub(in crate::identity) fn send(owner: &mut OwnerTx<'_>, email: &Email) -> Result<Uuid, IdentityError> {
    let user = table::id_of(owner, email)?.ok_or(IdentityError::NoSuchUser)?;
    mail::send(owner.pg(), email.as_str(), &Message::PasswordForgotten {})?;
    Ok(user)
}

/// The message for whoever has forgotten a password, by the address; none if there is no such user. The token is new each time,
/// and makes no other invalid.
///
/// # Errors
/// When the database fails.
pub fn forgotten_password(
    owner: &mut OwnerTx<'_>,
    address: &str,
) -> Result<Option<Message>, Box<dyn std::error::Error + Send + Sync>> {
    Ok(message_for(owner, address)?)
}

fn message_for(owner: &mut OwnerTx<'_>, address: &str) -> Result<Option<Message>, IdentityError> {
    // Locked, so that the user is not erased meanwhile.
    let user: Option<Uuid> = users::table
        .filter(users::email.eq(address).and(users::erased_at.is_null()))
        .select(users::id)
        .for_key_share()
        .first(owner.pg())
        .optional()?;
    let Some(user) = user else { return Ok(None) };
    let (token, expires_at) = (secret::random_text()?, Utc::now() + LIFETIME);
    diesel::insert_into(mailed_resets::table)
        .values((
            mailed_resets::token_hash.eq(secret::hash(&token)),
            mailed_resets::user_id.eq(user),
            mailed_resets::expires_at.eq(expires_at),
        ))
        .execute(owner.pg())?;
    // Whoever asked proved to be nobody, and may have asked before there was such a user.
    audit::record(owner.pg(), &Entry::by_system(Event::ResetTokenMade).to(user))?;
    Ok(Some(Message::ResetPassword { token, expires_at }))
}
