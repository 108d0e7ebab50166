//! The life of a shop once it is open: the operator suspends and resumes it, its owner deletes and restores
//! it. Deleting closes at once; `erase` takes the shop away when its days of grace are over.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::schema::public::shops;
use crate::tenancy::TenancyError;
use crate::tenancy::access::{Action, Caller, OwnerTx};
use crate::tenancy::engine::Tenancy;
use crate::tenancy::registry::{self, RegistryError, Shop};
use crate::tenancy::shop::{ShopId, ShopState, Slug, UnknownWord};

/// Why a shop did not take another state.
#[derive(Debug, thiserror::Error)]
pub enum LifecycleError {
    /// The shop is suspended, or will be as soon as its migration succeeds.
    #[error("the shop is suspended already")]
    AlreadySuspended,
    /// There is nothing to resume.
    #[error("the shop is not suspended")]
    NotSuspended,
    /// It was asked for before.
    #[error("the shop is being deleted already")]
    AlreadyDeleting,
    /// There is nothing to restore.
    #[error("the shop is not being deleted")]
    NotDeleting,
    /// What is asked for makes sense only in a shop that stays.
    #[error("the shop is being deleted; restore it first")]
    Deleting,
    /// Some of its tables are gone.
    #[error("erasing the shop has begun; it cannot be restored")]
    Erasing,
    /// The slug given as confirmation is another.
    #[error("must be the slug of the shop that is to be deleted")]
    OtherSlug,
    /// The shop was not found, the caller may not do this, or the engine failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl From<diesel::result::Error> for LifecycleError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Registry(error.into())
    }
}

impl From<TenancyError> for LifecycleError {
    fn from(error: TenancyError) -> Self {
        Self::Registry(error.into())
    }
}

impl From<UnknownWord> for LifecycleError {
    fn from(error: UnknownWord) -> Self {
        Self::Registry(TenancyError::from(error).into())
    }
}

/// What the ledger says of a shop's state; the check constraints hold the columns together.
#[derive(AsChangeset, Queryable, Selectable)]
#[diesel(table_name = shops, treat_none_as_null = true)]
struct Life {
    state: String,
    failed_from: Option<String>,
    deleted_from: Option<String>,
    deleted_at: Option<DateTime<Utc>>,
    erase_after: Option<DateTime<Utc>>,
}

impl Life {
    /// The state, and for a shop that failed the one that it returns to.
    fn states(&self) -> Result<(ShopState, ShopState), UnknownWord> {
        let state = self.state.parse()?;
        Ok((state, self.failed_from.as_deref().map_or(Ok(state), str::parse)?))
    }

    /// Puts `state` where a later success of a failed shop's migration finds it, or where it holds at once.
    fn become_or_return_to(&mut self, state: ShopState) {
        let place = self.failed_from.as_mut().unwrap_or(&mut self.state);
        state.as_str().clone_into(place);
    }
}

/// Closes a shop until it is resumed. One that failed will be suspended when its migration succeeds.
///
/// # Errors
/// [`LifecycleError`] says which state stands against it.
pub fn suspend(owner: &mut OwnerTx<'_>, shop: ShopId) -> Result<Shop, LifecycleError> {
    let mut life = locked(owner, shop)?;
    match life.states()? {
        (ShopState::Deleting, _) => Err(LifecycleError::Deleting),
        (_, ShopState::Suspended) => Err(LifecycleError::AlreadySuspended),
        _ => {
            life.become_or_return_to(ShopState::Suspended);
            save(owner, shop, &life)
        }
    }
}

/// Opens a suspended shop.
///
/// # Errors
/// [`LifecycleError`] says which state stands against it.
pub fn resume(owner: &mut OwnerTx<'_>, shop: ShopId) -> Result<Shop, LifecycleError> {
    let mut life = locked(owner, shop)?;
    match life.states()? {
        (ShopState::Deleting, _) => Err(LifecycleError::Deleting),
        (_, ShopState::Suspended) => {
            life.become_or_return_to(ShopState::Active);
            save(owner, shop, &life)
        }
        _ => Err(LifecycleError::NotSuspended),
    }
}

/// Closes a shop, to be erased after `grace`.
///
/// # Errors
/// [`LifecycleError::AlreadyDeleting`]; its day stays the one that was set first.
pub fn delete(owner: &mut OwnerTx<'_>, shop: ShopId, grace: Duration) -> Result<Shop, LifecycleError> {
    let mut life = locked(owner, shop)?;
    let (state, returns_to) = life.states()?;
    if state == ShopState::Deleting {
        return Err(LifecycleError::AlreadyDeleting);
    }
    let now = Utc::now();
    life.deleted_from = Some(returns_to.as_str().to_owned());
    life.failed_from = None;
    life.deleted_at = Some(now);
    life.erase_after = Some(now + grace);
    ShopState::Deleting.as_str().clone_into(&mut life.state);
    save(owner, shop, &life)
}

/// Makes a shop that is being deleted due at once.
///
/// # Errors
/// [`LifecycleError::NotDeleting`].
pub fn hasten(owner: &mut OwnerTx<'_>, shop: ShopId) -> Result<Shop, LifecycleError> {
    let mut life = locked(owner, shop)?;
    let due = life.erase_after.ok_or(LifecycleError::NotDeleting)?;
    life.erase_after = Some(due.min(Utc::now()));
    save(owner, shop, &life)
}

/// Returns a shop that is being deleted to what it was. If it lags by now, the next run migrates it.
///
/// # Errors
/// [`LifecycleError::NotDeleting`], or [`LifecycleError::Erasing`] when it is too late.
pub fn restore(owner: &mut OwnerTx<'_>, shop: ShopId) -> Result<Shop, LifecycleError> {
    let mut life = locked(owner, shop)?;
    let returns_to = life.deleted_from.take().ok_or(LifecycleError::NotDeleting)?;
    let (has_failed, is_erasing): (bool, bool) = shops::table
        .find(shop.0)
        .select((shops::failure.is_not_null(), shops::erasing_since.is_not_null()))
        .first(owner.pg())?;
    if is_erasing {
        return Err(LifecycleError::Erasing);
    }
    (life.deleted_at, life.erase_after) = (None, None);
    if has_failed {
        life.failed_from = Some(returns_to);
        ShopState::Failed.as_str().clone_into(&mut life.state);
    } else {
        life.state = returns_to;
    }
    save(owner, shop, &life)
}

/// Restores a shop for one of its owners.
///
/// # Errors
/// As [`restore`], or that it is not the caller's to restore.
pub fn restore_owned(owner: &mut OwnerTx<'_>, caller: Caller, shop: ShopId) -> Result<Shop, LifecycleError> {
    owned(owner, caller, shop, Action::RestoreShop)?;
    restore(owner, shop)
}

/// Deletes a shop for one of its owners, who confirms it with its slug. Asked for again, it stays as it is.
///
/// # Errors
/// [`LifecycleError::OtherSlug`], or that it is not the caller's to delete.
pub fn delete_owned(
    owner: &mut OwnerTx<'_>,
    caller: Caller,
    shop: ShopId,
    confirmation: &Slug,
    grace: Duration,
) -> Result<Shop, LifecycleError> {
    let found = owned(owner, caller, shop, Action::DeleteShop)?;
    if found.slug != confirmation.as_str() {
        return Err(LifecycleError::OtherSlug);
    }
    match delete(owner, shop, grace) {
        Err(LifecycleError::AlreadyDeleting) => Ok(found),
        other => other,
    }
}

impl Tenancy {
    /// How long a deleted shop can be restored.
    pub fn grace(&self) -> Duration {
        self.limits.grace
    }
}

/// A shop with which the caller may do this. Its row is held, as by everybody who changes members: the caller stays
/// what the caller is.
fn owned(owner: &mut OwnerTx<'_>, caller: Caller, shop: ShopId, act: Action) -> Result<Shop, RegistryError> {
    let (found, role) = registry::lock_and_find(owner, caller.user, shop)?;
    act.check(role)?;
    Ok(found)
}

/// The ledger's row is what everybody locks first who changes a shop as a whole.
fn locked(owner: &mut OwnerTx<'_>, shop: ShopId) -> Result<Life, LifecycleError> {
    let life =
        shops::table.find(shop.0).select(Life::as_select()).for_update().first(owner.pg()).optional()?;
    life.ok_or(LifecycleError::Registry(RegistryError::NotFound))
}

fn save(owner: &mut OwnerTx<'_>, shop: ShopId, life: &Life) -> Result<Shop, LifecycleError> {
    Ok(diesel::update(shops::table.find(shop.0))
        .set((life, shops::updated_at.eq(Utc::now())))
        .returning(Shop::as_returning())
        .get_result(owner.pg())?)
}
