//! API keys as text. A key contains its shop and its user, so that the entry check needs only one query, and a secret, of
//! which only a hash is stored.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::tenancy::{Credential, ShopId};

/// Distinguishes a key from an access token, for people and for secret scanners.
pub const PREFIX: &str = "shk_";

/// The length of a key in bytes: two ids and the secret.
const LENGTH: usize = 16 + 16 + 32;

/// The text of a key.
pub fn write(shop: ShopId, user: Uuid, secret: [u8; 32]) -> String {
    let bytes = [shop.0.as_bytes().as_slice(), user.as_bytes(), &secret].concat();
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// The stored hash of a key.
pub fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// The shop that a key is for, and how it enters; none when it is no key at all.
pub fn read(key: &str) -> Option<(ShopId, Credential)> {
    let bytes = URL_SAFE_NO_PAD.decode(key.strip_prefix(PREFIX)?).ok()?;
    let bytes: [u8; LENGTH] = bytes.try_into().ok()?;
    let shop = Uuid::from_slice(&bytes[..16]).ok()?;
    let user = Uuid::from_slice(&bytes[16..32]).ok()?;
    Some((ShopId(shop), Credential::Key { hash: hash(key), user }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_its_shop_and_its_user() {
        let (shop, user) = (ShopId::generate(), Uuid::now_v7());
        let key = write(shop, user, [7; 32]);
        let (named, pass) = read(&key).unwrap();
        assert_eq!((named, pass.user()), (shop, user));
        for bad in ["", "shk_", "shk_AAAA", &key[4..], &key[..key.len() - 4], &format!("{key}AAAA")] {
            assert!(read(bad).is_none(), "{bad}");
        }
    }
}
