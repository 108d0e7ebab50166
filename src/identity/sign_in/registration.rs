//! Registering a user who becomes a member of a shop at once.

use crate::http::request::text::Word;
use crate::identity::members;
use crate::identity::members::acceptance::{self, Which};
use crate::identity::users::{self, User};
use crate::identity::{Email, IdentityError, Verification};
use crate::tenancy::{self, OwnerTx, Role, Slug, registry};

/// A user to be.
pub(super) struct NewUser {
    pub email: Email,
    pub name: Word,
    pub hash: String,
}

/// The user and the memberships come about together, or none of them does. Whoever an owner has removed does not come
/// back with the same address.
pub(super) fn register_as_member(
    owner: &mut OwnerTx<'_>,
    asked: Verification,
    new: &NewUser,
    shop: Option<Slug>,
    invitation: Option<String>,
) -> Result<User, IdentityError> {
    let visited = match shop {
        Some(slug) => Some(registry::active_by_slug(owner, &slug)?.ok_or(IdentityError::UnknownShop)?),
        None => None,
    };
    let user = users::insert(owner.pg(), &new.email, new.name.as_str(), &new.hash)?;
    // The invitation first: of two roles in one shop, the first one stays.
    if let Some(token) = invitation {
        match acceptance::accept(owner, asked, user.id, &Which::token(&token)) {
            // It stays open: the user accepts it when the address is proved.
            Err(IdentityError::NotProved) | Ok(_) => {}
            Err(error) => return Err(error),
        }
    }
    if let Some(shop) = visited {
        members::require_not_removed(owner, shop, &user)?;
        tenancy::join(owner, shop, user.id, (&user.email, &user.name), Role::Customer)?;
    }
    Ok(user)
}
