//! Who asks: the session of an access token, or an API key.

use uuid::Uuid;

use crate::tenancy::shop::ShopId;

/// The caller: the verified claims of an access token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Caller {
    /// The session that the token belongs to.
    pub session: Uuid,
    /// The user.
    pub user: Uuid,
}

/// What a caller enters a shop with. `public.enter` or `public.enter_with_key` checks that it is still valid.
#[derive(Clone, Copy, Debug)]
pub enum Credential {
    /// The session of an access token.
    Session(Caller),
    /// An API key.
    Key {
        /// SHA-256 of the key.
        hash: [u8; 32],
        /// The user that the key names.
        user: Uuid,
        /// What the request needs the key to be for.
        scope: &'static str,
    },
}

impl Credential {
    /// The user.
    pub fn user(&self) -> Uuid {
        match self {
            Self::Session(caller) => caller.user,
            Self::Key { user, .. } => *user,
        }
    }

    /// A number for the caller in a shop, by which requests are counted. A key is a caller of its own.
    pub fn caller_in(&self, shop: ShopId) -> u128 {
        match self {
            Self::Session(caller) => shop.0.as_u128() ^ caller.user.as_u128().rotate_left(64),
            Self::Key { hash, .. } => {
                hash.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
            }
        }
    }

    /// The same, for the caller as one of the shop's staff.
    pub fn staff_in(&self, shop: ShopId) -> u128 {
        !self.caller_in(shop)
    }
}

impl From<Caller> for Credential {
    fn from(caller: Caller) -> Self {
        Self::Session(caller)
    }
}
