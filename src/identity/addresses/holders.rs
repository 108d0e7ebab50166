//! Who has an address, and whether a proof takes it away.

use diesel::dsl::exists;
use diesel::prelude::*;
use uuid::Uuid;

use crate::identity::IdentityError;
use crate::schema::public::{memberships, users};
use crate::tenancy::{Role, Transaction};

/// A user who has an address that somebody else wants.
#[derive(Clone, Debug)]
pub(in crate::identity) struct Holder {
    pub user: Uuid,
    /// Whether whoever proves the address gets it.
    pub yields: bool,
}

/// Who has an address.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn holder(
    conn: &mut impl Transaction,
    email: &str,
) -> Result<Option<Holder>, IdentityError> {
    let above = memberships::table
        .filter(memberships::user_id.eq(users::id).and(memberships::role.ne(Role::Customer.as_str())));
    let found: Option<(Uuid, bool, bool)> = users::table
        .filter(users::email.eq(email))
        .select((users::id, users::email_verified_at.is_not_null(), exists(above)))
        .first(conn.pg())
        .optional()?;
    Ok(found.map(|(user, is_proved, has_role)| Holder { user, yields: !is_proved && !has_role }))
}
