//! When an API key was last used.

use chrono::{TimeDelta, Utc};
use diesel::prelude::*;

use crate::schema::public::api_keys;
use crate::tenancy::{PublicConn, TenancyError};

/// Writes that the key of this hash is used now, unless that was written within the last minute.
pub(in crate::tenancy) fn note_key_use(conn: &mut PublicConn<'_>, hash: &[u8]) -> Result<(), TenancyError> {
    let now = Utc::now();
    let key = api_keys::key_hash.eq(hash).or(api_keys::previous_hash.eq(hash));
    let long_ago =
        api_keys::last_used_at.is_null().or(api_keys::last_used_at.le(now - TimeDelta::minutes(1)));
    diesel::update(api_keys::table.filter(key.and(long_ago)))
        .set(api_keys::last_used_at.eq(now))
        .execute(conn.pg())?;
    Ok(())
}
