//! Proving an address: whoever has the token of a message to it has the address.
//!
//! Of those who want an address, whoever proves it first gets it. A user who had it without a proof loses it, and with it
//! everything that lets somebody in. Only a user who holds a role above customer keeps it (such roles are from a time
//! when nobody had to prove anything): whoever has the address gets that account with a new password instead.

use chrono::Utc;
use diesel::prelude::*;
use uuid::Uuid;

use crate::identity::users::{self as table, email_taken};
use crate::identity::{Email, IdentityError, verification};
use crate::mail::{self, Message};
use crate::schema::public::{api_keys, known_devices, mailed_resets, reset_tokens, sessions, users};
use crate::tenancy::{self, OwnerTx};

use super::holders::{Holder, holder};
use super::proofs::{self, Joins, NewAccount, Proof, Purpose};

/// What came of a proof.
pub(in crate::identity) struct Proved {
    /// Who has the address now.
    pub user: Uuid,
    /// Who had it without a proof.
    pub displaced: Option<Uuid>,
    /// What the user joins now.
    pub joins: Joins,
}

/// Uses a token up: its address is proved.
///
/// # Errors
/// [`IdentityError::InvalidProof`]; [`IdentityError::EmailTaken`] if somebody else has proved the address meanwhile.
pub(in crate::identity) fn prove(owner: &mut OwnerTx<'_>, token: &str) -> Result<Proved, IdentityError> {
    let Proof { email, purpose, joins } = proofs::spend(owner, token)?;
    let holder = lock_both(owner, &email, &purpose)?;
    let (user, displaced) = match purpose {
        Purpose::Own(user) => {
            if holder.is_none_or(|holder| holder.user != user) {
                return Err(IdentityError::InvalidProof);
            }
            verification::mark_proved(owner.pg(), user)?;
            (user, None)
        }
        Purpose::Change(user) => {
            let displaced = displace(owner, holder.filter(|holder| holder.user != user))?;
            change(owner, user, &email)?;
            (user, displaced)
        }
        Purpose::Claim(account) => {
            let displaced = displace(owner, holder)?;
            (create(owner, &email, &account)?, displaced)
        }
        Purpose::Nothing(_) => return Err(IdentityError::InvalidProof),
    };
    proofs::forget(owner, user, &email)?;
    Ok(Proved { user, displaced, joins })
}

/// Locks who has the address and who wants it, in the order of their ids. Returns who has it.
fn lock_both(
    owner: &mut OwnerTx<'_>,
    email: &str,
    purpose: &Purpose,
) -> Result<Option<Holder>, IdentityError> {
    let wants = match purpose {
        Purpose::Own(user) | Purpose::Change(user) => Some(*user),
        Purpose::Claim(_) | Purpose::Nothing(_) => None,
    };
    let has = holder(owner, email)?.map(|holder| holder.user);
    let both: Vec<Uuid> = wants.into_iter().chain(has).collect();
    let rows = users::table.filter(users::id.eq_any(both)).order(users::id);
    rows.select(users::id).for_update().load::<Uuid>(owner.pg())?;
    // Whoever gets the address from now on runs into the constraint.
    holder(owner, email)
}

/// Gives the user the proved address, also in the user's shops.
fn change(owner: &mut OwnerTx<'_>, user: Uuid, email: &str) -> Result<(), IdentityError> {
    let now = Utc::now();
    let former: Option<String> = users::table.find(user).select(users::email).first(owner.pg()).optional()?;
    let changed: Option<String> = diesel::update(users::table.find(user).filter(users::erased_at.is_null()))
        .set((users::email.eq(email), users::email_verified_at.eq(now), users::updated_at.eq(now)))
        .returning(users::name)
        .get_result(owner.pg())
        .optional()
        .map_err(email_taken)?;
    let name = changed.ok_or(IdentityError::InvalidProof)?;
    // A token that was sent to the former address gives nobody the account any more.
    diesel::delete(mailed_resets::table.filter(mailed_resets::user_id.eq(user))).execute(owner.pg())?;
    if let Some(former) = former {
        mail::send(owner.pg(), &former, &Message::AddressChanged { new_address: email.to_owned() })?;
    }
    Ok(tenancy::update_person_everywhere(owner, user, (email, &name))?)
}

fn create(owner: &mut OwnerTx<'_>, email: &str, account: &NewAccount) -> Result<Uuid, IdentityError> {
    let email: Email = email.parse().map_err(|_| IdentityError::InvalidProof)?;
    let user = table::insert(owner.pg(), &email, &account.name, &account.password_hash)?.id;
    verification::mark_proved(owner.pg(), user)?;
    Ok(user)
}

/// Takes the address from a user who has not proved it, and with it all that lets somebody in: the account may be that of a
/// squatter. What the shops know of it stays, without the address.
fn displace(owner: &mut OwnerTx<'_>, holder: Option<Holder>) -> Result<Option<Uuid>, IdentityError> {
    let Some(Holder { user, yields }) = holder else { return Ok(None) };
    if !yields {
        return Err(IdentityError::EmailTaken);
    }
    // Nobody receives mail there: RFC 2606, section 2.
    let placeholder = format!("{}@displaced.invalid", user.simple());
    let name: String = diesel::update(users::table.find(user))
        .set((
            users::email.eq(&placeholder),
            // Whoever signs in at this moment waits for the lock, and then compares the hash once more.
            users::password_hash.eq(""),
            users::updated_at.eq(Utc::now()),
        ))
        .returning(users::name)
        .get_result(owner.pg())?;
    let pg = owner.pg();
    diesel::delete(sessions::table.filter(sessions::user_id.eq(user))).execute(pg)?;
    diesel::delete(known_devices::table.filter(known_devices::user_id.eq(user))).execute(pg)?;
    diesel::delete(api_keys::table.filter(api_keys::user_id.eq(user))).execute(pg)?;
    diesel::delete(reset_tokens::table.filter(reset_tokens::user_id.eq(user))).execute(pg)?;
    diesel::delete(mailed_resets::table.filter(mailed_resets::user_id.eq(user))).execute(pg)?;
    proofs::forget(owner, user, &placeholder)?;
    tenancy::update_person_everywhere(owner, user, (&placeholder, &name))?;
    Ok(Some(user))
}
