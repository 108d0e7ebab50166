//! What an owner and a user may see of the audit trail, and how long it is kept.

use chrono::{TimeDelta, Utc};
use uuid::Uuid;

use crate::audit::{self, Filter, Recorded};
use crate::identity::IdentityError;
use crate::tenancy::{Action, Caller, PublicConn, ShopId, Tenancy, registry};

/// What was done in a shop.
///
/// # Errors
/// If [`Action::ReadAudit`] is not allowed.
pub fn of_shop(
    conn: &mut PublicConn<'_>,
    caller: Caller,
    shop: ShopId,
    filter: &Filter,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Recorded>, IdentityError> {
    registry::permit(conn.pg(), caller.user, shop, Action::ReadAudit)?;
    let filter = Filter { shop: Some(shop.0), ..*filter };
    Ok(audit::list(conn.pg(), &filter, before, limit)?)
}

/// What a user did to the own account, and what others did to it. Where the others were is not the user's to know.
///
/// # Errors
/// When the database fails.
pub fn of_user(
    conn: &mut PublicConn<'_>,
    user: Uuid,
    filter: &Filter,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Recorded>, IdentityError> {
    let filter = Filter { subject: Some(user), ..*filter };
    let rows = audit::list(conn.pg(), &filter, before, limit)?;
    let seen = |row: Recorded| {
        let is_others = row.actor_id.is_some_and(|actor| actor != user);
        if is_others { Recorded { address: None, user_agent: String::new(), ..row } } else { row }
    };
    Ok(rows.into_iter().map(seen).collect())
}

/// Removes the rows that are older than so many days, a batch per transaction, until it must stop. Zero keeps them for ever.
///
/// # Errors
/// When the database fails.
pub async fn expire(tenancy: &Tenancy, days: u32, stopped: impl Fn() -> bool) -> Result<(), IdentityError> {
    if days == 0 {
        return Ok(());
    }
    let time = Utc::now() - TimeDelta::days(days.into());
    while !stopped() {
        let remove = tenancy
            .as_owner(None, move |owner| Ok::<_, IdentityError>(audit::remove_before(owner.pg(), time)?));
        if !remove.await? {
            break;
        }
    }
    Ok(())
}
