//! API keys as text. A key contains its shop and its user, so that the entry check needs only one query, and a secret, of
//! which only a hash is stored.
//!
//! It ends with a checksum, as GitHub's tokens do: a scanner for secrets knows a key without asking, and a mistyped one is
//! refused without asking the database. Keys of older releases have none.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::tenancy::{Credential, ShopId};

use super::scopes::Scope;

/// Distinguishes a key from an access token, for people and for secret scanners.
pub const PREFIX: &str = "shk_";

/// The length of a key in bytes: two ids and the secret.
const LENGTH: usize = 16 + 16 + 32;

/// The length of the same in base64.
const BASE64_LENGTH: usize = (LENGTH * 4).div_ceil(3);

/// The digits of a checksum.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// As many as 32 bits need.
const CHECKSUM_LENGTH: usize = 6;

/// The text of a key.
pub fn write(shop: ShopId, user: Uuid, secret: [u8; 32]) -> String {
    let bytes = [shop.0.as_bytes().as_slice(), user.as_bytes(), &secret].concat();
    let key = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
    let checksum = checksum(&key);
    key + &checksum
}

/// The CRC-32 of a text as six digits of base 62.
fn checksum(text: &str) -> String {
    let mut rest = crc32fast::hash(text.as_bytes()) as usize;
    let mut digits = [0; CHECKSUM_LENGTH];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[rest % DIGITS.len()];
        rest /= DIGITS.len();
    }
    digits.map(char::from).iter().collect()
}

/// The stored hash of a key.
pub fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// The shop that a key is for, and how it enters for what needs this scope; none when it is no key at all.
pub fn read(key: &str, scope: Scope) -> Option<(ShopId, Credential)> {
    let (base64, end) = key.strip_prefix(PREFIX)?.split_at_checked(BASE64_LENGTH)?;
    if !end.is_empty() && end != checksum(key.strip_suffix(end)?) {
        return None;
    }
    let bytes: [u8; LENGTH] = URL_SAFE_NO_PAD.decode(base64).ok()?.try_into().ok()?;
    let shop = Uuid::from_slice(&bytes[..16]).ok()?;
    let user = Uuid::from_slice(&bytes[16..32]).ok()?;
    Some((ShopId(shop), Credential::Key { hash: hash(key), user, scope: scope.as_str() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(key: &str) -> Option<(ShopId, Credential)> {
        read(key, Scope::ProductsRead)
    }

    #[test]
    fn a_key_names_its_shop_and_its_user() {
        let (shop, user) = (ShopId::generate(), Uuid::now_v7());
        let key = write(shop, user, [7; 32]);
        assert_eq!(key.len(), 96);
        let (old, _) = key.split_at(90);
        for key in [&key, old] {
            let (named, pass) = parsed(key).unwrap();
            assert_eq!((named, pass.user()), (shop, user));
        }
        for bad in ["", "shk_", "shk_AAAA", &key[4..], &key[..key.len() - 4], &format!("{key}AAAA"), "shk_é"]
        {
            assert!(parsed(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_mistyped_key_is_no_key() {
        let key = write(ShopId(Uuid::nil()), Uuid::nil(), [7; 32]);
        for place in PREFIX.len()..key.len() {
            let other = if key.as_bytes()[place] == b'x' { "y" } else { "x" };
            let mut mistyped = key.clone();
            mistyped.replace_range(place..=place, other);
            assert!(parsed(&mistyped).is_none(), "{mistyped}");
        }
    }

    #[test]
    fn the_checksum_is_the_documented_one() {
        // CRC-32 of "123456789" is cbf43926, as every description of it says.
        assert_eq!(checksum("123456789"), "3jZRME");
    }
}
