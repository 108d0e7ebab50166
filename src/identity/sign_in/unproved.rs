//! Registering where addresses have to be proved: one answer, after the same work and the same time, whoever has the address.

use std::time::Duration;

use uuid::Uuid;

use crate::audit::Entry;
use crate::http::request::origin::Origin;
use crate::identity::addresses::{self, Joins, NewAccount, Purpose};
use crate::identity::members;
use crate::identity::members::acceptance::{self, Which};
use crate::identity::{IdentityError, Verification, secret, users};
use crate::tenancy::{OwnerTx, PublicConn, Slug, Tenancy, Transaction, registry};

use super::registration::{self, NewUser};

/// The transaction takes a little longer for a new address. No answer comes before this time has passed since it began.
pub(super) const EVEN: Duration = Duration::from_millis(100);

/// Registers, with a message to the address. Returns what was recorded: nothing, if somebody has the address. The client is not told.
///
/// # Errors
/// [`IdentityError::UnknownShop`] or [`IdentityError::InvalidInvitation`].
pub(super) async fn register(
    tenancy: &Tenancy,
    new: NewUser,
    shop: Option<Slug>,
    invitation: Option<String>,
    origin: Origin,
) -> Result<Vec<Entry>, IdentityError> {
    if shop.is_none() && invitation.is_none() {
        let act = move |conn: &mut PublicConn<'_>| {
            let made = write(conn, &new, Joins::default())?;
            let recorded = made.map(|user| registration::record(conn, user, &origin)).transpose()?;
            Ok::<_, IdentityError>(recorded.into_iter().collect())
        };
        tenancy.in_public(act).await
    } else {
        let act = move |owner: &mut OwnerTx<'_>| write_and_join(owner, &new, shop, invitation, &origin);
        tenancy.as_owner(None, act).await
    }
}

/// The statements are the same for every address.
fn write(conn: &mut impl Transaction, new: &NewUser, joins: Joins) -> Result<Option<Uuid>, IdentityError> {
    let email = new.email.as_str();
    let made = users::insert_unless_taken(conn.pg(), &new.email, new.name.as_str(), &new.hash)?;
    let purpose = match (made, addresses::holder(conn, email)?) {
        (Some(user), _) => Purpose::Own(user),
        (None, Some(holder)) if holder.yields => {
            Purpose::Claim(NewAccount { name: new.name.as_str().to_owned(), password_hash: new.hash.clone() })
        }
        (None, _) => Purpose::Nothing(None),
    };
    addresses::ask(conn, email, &purpose, joins)?;
    Ok(made)
}

/// A new user becomes a customer of the shop at once; whoever gets the address later does so then, as everybody whom an
/// invitation makes a member. Whoever an owner has removed does not come back with the same address, and is not told here.
fn write_and_join(
    owner: &mut OwnerTx<'_>,
    new: &NewUser,
    shop: Option<Slug>,
    invitation: Option<String>,
    origin: &Origin,
) -> Result<Vec<Entry>, IdentityError> {
    let shop = match shop {
        Some(slug) => Some(registry::active_by_slug(owner, &slug)?.ok_or(IdentityError::UnknownShop)?),
        None => None,
    };
    let invitation = invitation.map(|token| secret::hash(&token));
    if let Some(hash) = &invitation {
        acceptance::check(owner, hash)?;
    }
    let made = write(owner, new, Joins { shop, invitation })?;
    let Some(user) = made else { return Ok(Vec::new()) };
    let mut entries = vec![registration::record(owner, user, origin)?];
    if let Some(shop) = shop {
        let joined = match members::join(owner, shop, user, origin) {
            Err(IdentityError::RemovedFromShop) => None,
            joined => joined?,
        };
        entries.extend(joined);
    }
    Ok(entries)
}

/// What the proof of the address lets the user join. What cannot be joined any more is left: the address is proved all the same.
pub(super) async fn join(tenancy: &Tenancy, asked: Verification, user: Uuid, joins: Joins, origin: &Origin) {
    let Joins { shop, invitation } = joins;
    if let Some(hash) = invitation {
        let from = origin.clone();
        // The address has just been proved.
        let accepted = tenancy.as_owner(None, move |owner| {
            acceptance::accept(owner, asked, user, &Which::Token(hash), &from).map(|(_, entry)| Some(entry))
        });
        note(accepted.await, user);
    }
    if let Some(shop) = shop {
        let from = origin.clone();
        note(tenancy.as_owner(None, move |owner| members::join(owner, shop, user, &from)).await, user);
    }
}

fn note(joined: Result<Option<Entry>, IdentityError>, user: Uuid) {
    match joined {
        Ok(recorded) => {
            recorded.inspect(Entry::log);
        }
        Err(error) => {
            tracing::info!(%user, %error, "a user who has proved the address could not join a shop");
        }
    }
}
