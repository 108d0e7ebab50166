//! The states of an open shop: the operator suspends and resumes it, its owner deletes and restores it. A deleted shop
//! is closed at once, and erased when its grace period is over.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::public::shops;
use crate::tenancy::TenancyError;
use crate::tenancy::access::{Action, Caller, OwnerTx};
use crate::tenancy::engine::Tenancy;
use crate::tenancy::registry::{self, RegistryError, Shop};
use crate::tenancy::shop::{ShopId, ShopState, Slug, UnknownWord};

/// Why the state of a shop was not changed.
#[derive(Debug, thiserror::Error)]
pub enum LifecycleError {
    /// The shop is suspended, or will be as soon as its migration succeeds.
    #[error("the shop is suspended already")]
    AlreadySuspended,
    /// The shop is not suspended.
    #[error("the shop is not suspended")]
    NotSuspended,
    /// The shop is being deleted already.
    #[error("the shop is being deleted already")]
    AlreadyDeleting,
    /// The shop is not being deleted.
    #[error("the shop is not being deleted")]
    NotDeleting,
    /// The shop is being deleted, so it cannot be suspended or resumed.
    #[error("the shop is being deleted; restore it first")]
    Deleting,
    /// Some of the shop's tables are gone.
    #[error("erasing the shop has begun; it cannot be restored")]
    Erasing,
    /// Nobody could manage the shop.
    #[error("the shop has no owner any more; add --owner EMAIL to make a user its owner")]
    NoOwner,
    /// The slug given as confirmation is not the shop's.
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

/// The columns of the ledger that describe a shop's state. Check constraints keep them consistent.
#[derive(AsChangeset, Queryable, Selectable)]
#[diesel(table_name = shops, treat_none_as_null = true)]
struct StateColumns {
    state: String,
    failed_from: Option<String>,
    deleted_from: Option<String>,
    deleted_at: Option<DateTime<Utc>>,
    erase_after: Option<DateTime<Utc>>,
}

impl StateColumns {
    /// The state; and the state without failure, which a failed shop returns to.
    fn states(&self) -> Result<(ShopState, ShopState), UnknownWord> {
        let state = self.state.parse()?;
        Ok((state, self.failed_from.as_deref().map_or(Ok(state), str::parse)?))
    }

    /// Sets the state. A failed shop stays failed, and gets this state when its migration succeeds.
    fn set_state(&mut self, state: ShopState) {
        let column = self.failed_from.as_mut().unwrap_or(&mut self.state);
        state.as_str().clone_into(column);
    }
}

/// Closes a shop until it is resumed. A failed shop will be suspended when its migration succeeds.
///
/// # Errors
/// [`LifecycleError::Deleting`] or [`LifecycleError::AlreadySuspended`].
pub fn suspend(owner: &mut OwnerTx<'_>, shop: ShopId) -> Result<Shop, LifecycleError> {
    let mut columns = lock(owner, shop)?;
    match columns.states()? {
        (ShopState::Deleting, _) => Err(LifecycleError::Deleting),
        (_, ShopState::Suspended) => Err(LifecycleError::AlreadySuspended),
        _ => {
            columns.set_state(ShopState::Suspended);
            save(owner, shop, &columns)
        }
    }
}

/// Opens a suspended shop again.
///
/// # Errors
/// [`LifecycleError::Deleting`] or [`LifecycleError::NotSuspended`].
pub fn resume(owner: &mut OwnerTx<'_>, shop: ShopId) -> Result<Shop, LifecycleError> {
    let mut columns = lock(owner, shop)?;
    match columns.states()? {
        (ShopState::Deleting, _) => Err(LifecycleError::Deleting),
        (_, ShopState::Suspended) => {
            columns.set_state(ShopState::Active);
            save(owner, shop, &columns)
        }
        _ => Err(LifecycleError::NotSuspended),
    }
}

/// Closes a shop. It is erased after `grace`.
///
/// # Errors
/// [`LifecycleError::AlreadyDeleting`]; the shop is then erased when it was due before.
pub fn delete(owner: &mut OwnerTx<'_>, shop: ShopId, grace: Duration) -> Result<Shop, LifecycleError> {
    let mut columns = lock(owner, shop)?;
    let (state, returns_to) = columns.states()?;
    if state == ShopState::Deleting {
        return Err(LifecycleError::AlreadyDeleting);
    }
    let now = Utc::now();
    columns.deleted_from = Some(returns_to.as_str().to_owned());
    columns.failed_from = None;
    columns.deleted_at = Some(now);
    columns.erase_after = Some(now + grace);
    ShopState::Deleting.as_str().clone_into(&mut columns.state);
    save(owner, shop, &columns)
}

/// Makes a shop that is being deleted due to be erased now.
///
/// # Errors
/// [`LifecycleError::NotDeleting`].
pub fn erase_now(owner: &mut OwnerTx<'_>, shop: ShopId) -> Result<Shop, LifecycleError> {
    let mut columns = lock(owner, shop)?;
    let due = columns.erase_after.ok_or(LifecycleError::NotDeleting)?;
    columns.erase_after = Some(due.min(Utc::now()));
    save(owner, shop, &columns)
}

/// Restores a shop that is being deleted to its former state, and makes the user `new_owner` its owner, if one is given. If
/// the shop is outdated by now, the next run migrates it.
///
/// # Errors
/// [`LifecycleError::NotDeleting`]; [`LifecycleError::Erasing`] when it is too late; [`LifecycleError::NoOwner`] when its
/// owners have been erased and no new one is given.
pub fn restore(
    owner: &mut OwnerTx<'_>,
    shop: ShopId,
    new_owner: Option<Uuid>,
) -> Result<Shop, LifecycleError> {
    let mut columns = lock(owner, shop)?;
    let returns_to = columns.deleted_from.take().ok_or(LifecycleError::NotDeleting)?;
    let (has_failed, is_erasing): (bool, bool) = shops::table
        .find(shop.0)
        .select((shops::failure.is_not_null(), shops::erasing_since.is_not_null()))
        .first(owner.pg())?;
    if is_erasing {
        return Err(LifecycleError::Erasing);
    }
    if let Some(user) = new_owner {
        registry::make_owner(owner, shop, user)?;
    } else if !registry::has_owner(owner, shop)? {
        return Err(LifecycleError::NoOwner);
    }
    (columns.deleted_at, columns.erase_after) = (None, None);
    if has_failed {
        columns.failed_from = Some(returns_to);
        ShopState::Failed.as_str().clone_into(&mut columns.state);
    } else {
        columns.state = returns_to;
    }
    save(owner, shop, &columns)
}

/// Makes a user an owner of a shop, for the operator.
///
/// # Errors
/// [`LifecycleError::Deleting`].
pub fn make_owner(owner: &mut OwnerTx<'_>, shop: ShopId, user: Uuid) -> Result<(), LifecycleError> {
    let (state, _) = lock(owner, shop)?.states()?;
    if state == ShopState::Deleting {
        return Err(LifecycleError::Deleting);
    }
    Ok(registry::make_owner(owner, shop, user)?)
}

/// Restores a shop for one of its owners.
///
/// # Errors
/// As [`restore`]; or when the caller is not an owner of the shop.
pub fn restore_owned(owner: &mut OwnerTx<'_>, caller: Caller, shop: ShopId) -> Result<Shop, LifecycleError> {
    owned(owner, caller, shop, Action::RestoreShop)?;
    restore(owner, shop, None)
}

/// Deletes a shop for one of its owners, who confirms it with the slug. A shop that is being deleted already is not
/// changed.
///
/// # Errors
/// [`LifecycleError::OtherSlug`]; or when the caller is not an owner of the shop.
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
    /// The grace period: how long a deleted shop can be restored.
    pub fn grace(&self) -> Duration {
        self.limits.grace
    }
}

/// A shop with which the caller may do `action`. Its row is locked, as by everything that changes members, so that the
/// caller's role cannot change meanwhile.
fn owned(
    owner: &mut OwnerTx<'_>,
    caller: Caller,
    shop: ShopId,
    action: Action,
) -> Result<Shop, RegistryError> {
    let (found, _) = registry::lock_and_find(owner, caller.user, shop)?;
    registry::permit(owner.pg(), caller.user, shop, action)?;
    Ok(found)
}

/// Locks the shop's row in the ledger. Everything that changes a shop as a whole locks this row first.
fn lock(owner: &mut OwnerTx<'_>, shop: ShopId) -> Result<StateColumns, LifecycleError> {
    let columns = shops::table.find(shop.0).select(StateColumns::as_select());
    let columns = columns.for_update().first(owner.pg()).optional()?;
    columns.ok_or(LifecycleError::Registry(RegistryError::NotFound))
}

fn save(owner: &mut OwnerTx<'_>, shop: ShopId, columns: &StateColumns) -> Result<Shop, LifecycleError> {
    Ok(diesel::update(shops::table.find(shop.0))
        .set((columns, shops::updated_at.eq(Utc::now())))
        .returning(Shop::as_returning())
        .get_result(owner.pg())?)
}
