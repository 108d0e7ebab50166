//! Ending the API keys of a user together with the sessions: whoever changes a password, because somebody else knows it, must
//! not leave a key to that person (OWASP ASVS 5.0, section 7.4).

use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::public::{api_keys, users};
use crate::tenancy::PublicConn;

use super::IdentityError;

/// Ends all keys of a user. Their next request is refused. The user's row is locked first, as by whoever makes a key: a key
/// that is being made is there already, or finds that its session has ended.
///
/// # Errors
/// When the database fails.
pub(super) fn end_keys(conn: &mut PublicConn<'_>, user: Uuid) -> Result<(), IdentityError> {
    users::table.find(user).select(users::id).for_no_key_update().first::<Uuid>(conn.pg())?;
    diesel::delete(api_keys::table.filter(api_keys::user_id.eq(user))).execute(conn.pg())?;
    Ok(())
}
