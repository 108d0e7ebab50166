//! How many invitations are made: so that nobody has this server flood one address with messages, or many.
//!
//! A shop writes to an address once in five minutes; whoever invites sooner is told to wait. All shops together write to an
//! address ten times a day; above that an invitation is made and shown, but no message is sent, so that the answer tells nobody
//! what other shops did. How many invitations a shop makes in a day, and a user in all shops, are limits of the operator's.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel::sql_types::Integer;
use diesel::upsert::excluded;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::identity::IdentityError;
use crate::limits::{Limit, Quotas, Reached};
use crate::schema::public::invitation_counts as counts;
use crate::tenancy::{OwnerTx, ShopId};

/// A shop writes to an address once in this time.
const PAUSE: TimeDelta = TimeDelta::minutes(5);

const DAY: TimeDelta = TimeDelta::days(1);

/// Messages of all shops together to an address.
const MESSAGES_A_DAY: i32 = 10;

/// Counts a message of a shop to an address.
///
/// # Errors
/// [`IdentityError::TooManyAttempts`], if the last one was less than [`PAUSE`] ago.
pub(super) fn require_pause(owner: &mut OwnerTx<'_>, shop: ShopId, email: &str) -> Result<(), IdentityError> {
    let counted = count(owner, &format!("message {shop} {email}"), PAUSE)?;
    if counted.made > 1 { Err(IdentityError::TooManyAttempts(counted.seconds())) } else { Ok(()) }
}

/// The same, where no message is sent if the last one was less than [`PAUSE`] ago.
///
/// # Errors
/// When the database fails.
pub(super) fn had_pause(owner: &mut OwnerTx<'_>, shop: ShopId, email: &str) -> Result<bool, IdentityError> {
    Ok(count(owner, &format!("message {shop} {email}"), PAUSE)?.made == 1)
}

/// Counts a message of any shop to an address, and says whether it may be sent.
///
/// # Errors
/// When the database fails.
pub(super) fn may_write_to(owner: &mut OwnerTx<'_>, email: &str) -> Result<bool, IdentityError> {
    Ok(count(owner, &format!("address {email}"), DAY)?.made <= MESSAGES_A_DAY)
}

/// Counts an invitation of a shop by one of its owners.
///
/// # Errors
/// [`IdentityError::Limit`].
pub(super) fn count_invitation(
    owner: &mut OwnerTx<'_>,
    quotas: &Quotas,
    shop: ShopId,
    user: Uuid,
) -> Result<(), IdentityError> {
    let (of_shop, of_user) =
        (quotas.value_in(shop.0, Limit::ShopInvitations), quotas.value(Limit::UserInvitations));
    // The shop's row is locked. Two shops of one owner only meet at the owner's row.
    if of_shop.is_some() {
        let made = count(owner, &format!("shop {shop}"), DAY)?.made;
        Reached::check(Limit::ShopInvitations, of_shop, made.into())?;
    }
    if of_user.is_some() {
        let made = count(owner, &format!("user {user}"), DAY)?.made;
        Reached::check(Limit::UserInvitations, of_user, made.into())?;
    }
    Ok(())
}

/// Deletes counts that have restarted.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn delete_ended(owner: &mut OwnerTx<'_>) -> QueryResult<()> {
    diesel::delete(counts::table.filter(counts::ends_at.lt(Utc::now()))).execute(owner.pg())?;
    Ok(())
}

struct Counted {
    made: i32,
    ends_at: DateTime<Utc>,
}

impl Counted {
    /// Until the count restarts, rounded up.
    fn seconds(&self) -> u32 {
        let left = (self.ends_at - Utc::now()).num_seconds() + 1;
        u32::try_from(left).unwrap_or(1).max(1)
    }
}

/// Counts once more for a subject. A count restarts `window` after it began.
fn count(owner: &mut OwnerTx<'_>, subject: &str, window: TimeDelta) -> Result<Counted, IdentityError> {
    let now = Utc::now();
    let has_ended = || counts::ends_at.le(now);
    let (made, ends_at) = diesel::insert_into(counts::table)
        .values((
            counts::subject.eq(Sha256::digest(subject).to_vec()),
            counts::made.eq(1),
            counts::ends_at.eq(now + window),
        ))
        .on_conflict(counts::subject)
        .do_update()
        .set((
            counts::made.eq(case_when(has_ended(), 1.into_sql::<Integer>()).otherwise(counts::made + 1)),
            counts::ends_at.eq(case_when(has_ended(), excluded(counts::ends_at)).otherwise(counts::ends_at)),
        ))
        .returning((counts::made, counts::ends_at))
        .get_result(owner.pg())?;
    Ok(Counted { made, ends_at })
}
