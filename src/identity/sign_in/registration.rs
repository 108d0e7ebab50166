//! Registering a user who becomes a member of a shop at once.

use uuid::Uuid;

use crate::audit::{self, Entry, Event};
use crate::http::request::origin::Origin;
use crate::http::request::text::Word;
use crate::identity::members;
use crate::identity::members::acceptance::{self, Which};
use crate::identity::users::{self, User};
use crate::identity::{Email, IdentityError, Verification};
use crate::tenancy::{OwnerTx, PublicConn, Slug, Transaction, registry};

/// A user to be.
pub(super) struct NewUser {
    pub email: Email,
    pub name: Word,
    pub hash: String,
}

/// The user, and what was recorded.
pub(super) type Registered = (User, Vec<Entry>);

/// Makes a user.
///
/// # Errors
/// [`IdentityError::EmailTaken`].
pub(super) fn register(
    conn: &mut PublicConn<'_>,
    new: &NewUser,
    origin: &Origin,
) -> Result<Registered, IdentityError> {
    let user = users::insert(conn.pg(), &new.email, new.name.as_str(), &new.hash)?;
    let entry = record(conn, user.id, origin)?;
    Ok((user, vec![entry]))
}

/// Records who has registered.
pub(super) fn record(
    conn: &mut impl Transaction,
    user: Uuid,
    origin: &Origin,
) -> Result<Entry, IdentityError> {
    let entry = origin.entry(Event::Registered, user);
    audit::record(conn.pg(), &entry)?;
    Ok(entry)
}

/// The user and the memberships come about together, or none of them does. Whoever an owner has removed does not come
/// back with the same address.
pub(super) fn register_as_member(
    owner: &mut OwnerTx<'_>,
    asked: Verification,
    new: &NewUser,
    shop: Option<Slug>,
    invitation: Option<String>,
    origin: &Origin,
) -> Result<Registered, IdentityError> {
    let visited = match shop {
        Some(slug) => Some(registry::active_by_slug(owner, &slug)?.ok_or(IdentityError::UnknownShop)?),
        None => None,
    };
    let user = users::insert(owner.pg(), &new.email, new.name.as_str(), &new.hash)?;
    let mut entries = vec![record(owner, user.id, origin)?];
    // The invitation first: of two roles in one shop, the first one stays.
    if let Some(token) = invitation {
        match acceptance::accept(owner, asked, user.id, &Which::token(&token), origin) {
            Ok((_, entry)) => entries.push(entry),
            // It stays open: the user accepts it when the address is proved.
            Err(IdentityError::NotProved) => {}
            Err(error) => return Err(error),
        }
    }
    if let Some(shop) = visited {
        entries.extend(members::join(owner, shop, user.id, origin)?);
    }
    Ok((user, entries))
}
