//! Recovery codes: each signs in once in place of an app's code.

use diesel::prelude::*;
use totp_rs::Secret;
use uuid::Uuid;

use crate::identity::{IdentityError, secret};
use crate::schema::public::recovery_codes;
use crate::tenancy::PublicConn;

const COUNT: usize = 10;
/// 80 random bits: too many to guess, also for whoever has the hashes. So they need neither a throttle nor a salt.
const BYTES: usize = 10;

/// Makes new codes, which take the place of all former ones.
pub(super) fn replace(conn: &mut PublicConn<'_>, user: Uuid) -> Result<Vec<String>, IdentityError> {
    let codes = (0..COUNT).map(|_| new_code()).collect::<Result<Vec<_>, _>>()?;
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user))).execute(conn.pg())?;
    let row = |code: &String| (recovery_codes::user_id.eq(user), recovery_codes::code_hash.eq(hash(code)));
    diesel::insert_into(recovery_codes::table)
        .values(codes.iter().map(row).collect::<Vec<_>>())
        .execute(conn.pg())?;
    Ok(codes)
}

/// Uses a code up. False when it is none of the user's.
pub(super) fn spend(conn: &mut PublicConn<'_>, user: Uuid, code: &str) -> Result<bool, IdentityError> {
    Ok(diesel::delete(recovery_codes::table.find((user, hash(code)))).execute(conn.pg())? == 1)
}

/// How many are left.
pub(super) fn left(conn: &mut PublicConn<'_>, user: Uuid) -> Result<i64, IdentityError> {
    let of_user = recovery_codes::table.filter(recovery_codes::user_id.eq(user));
    Ok(of_user.count().get_result(conn.pg())?)
}

/// Four groups of four letters and digits.
fn new_code() -> Result<String, IdentityError> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| IdentityError::Randomness(error.to_string()))?;
    let text = Secret::from(bytes.to_vec()).to_base32().to_lowercase();
    let groups: Vec<String> =
        text.chars().collect::<Vec<_>>().chunks(4).map(|group| group.iter().collect()).collect();
    Ok(groups.join("-"))
}

/// Of the code as people copy it: with or without hyphens, in any case.
fn hash(code: &str) -> Vec<u8> {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    secret::hash(&plain.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_however_it_is_written() {
        let code = new_code().unwrap();
        assert_eq!((code.len(), code.matches('-').count()), (19, 3), "{code}");
        assert_eq!(hash(&code), hash(&format!(" {} ", code.replace('-', " ").to_uppercase())));
        assert_ne!(hash(&code), hash(&new_code().unwrap()));
    }
}
