//! Which limits there are. The settings, the commands, the metrics and `docs/limits.md` are made from this list, or compared
//! with it.

use std::fmt;
use std::str::FromStr;

/// A limit.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Limit {
    /// Requests without a token, by the client's address.
    AddressRequests,
    /// Requests with an access token, by user.
    UserRequests,
    /// Requests with an API key, by key.
    KeyRequests,
    /// Requests with a token or a key for a shop, by shop.
    ShopRequests,
    /// Orders placed, by user and shop, or by API key.
    Orders,
    /// Shops that a user has opened.
    Shops,
    /// Open sessions of a user.
    Sessions,
    /// API keys of a user.
    Keys,
    /// API keys of a user for one shop.
    MemberKeys,
    /// Open invitations of a shop.
    Invitations,
    /// Invitations that a shop makes or sends again in a day.
    ShopInvitations,
    /// Invitations that a user makes or sends again in a day, in all shops together.
    UserInvitations,
    /// Orders that a customer has placed and that are not paid yet.
    PendingOrders,
    /// Products of a shop.
    Products,
    /// Variants of a shop.
    Variants,
}

/// What a limit bounds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Requests in a minute. More get 429.
    Rate,
    /// How many there may be. One more gets 409.
    Number,
}

/// A text that names no limit.
#[derive(Debug, thiserror::Error)]
#[error("there is no limit {0:?}")]
pub struct UnknownLimit(String);

/// What there is to say of a limit.
struct About {
    name: &'static str,
    default: u32,
    kind: Kind,
    /// Whether the operator may set it for one shop.
    of_shop: bool,
    /// What it counts.
    counts: &'static str,
}

const fn rate(name: &'static str, default: u32, counts: &'static str) -> About {
    About { name, default, kind: Kind::Rate, of_shop: false, counts }
}

const fn number(name: &'static str, default: u32, counts: &'static str) -> About {
    About { name, default, kind: Kind::Number, of_shop: false, counts }
}

const fn in_shop(about: About) -> About {
    About { of_shop: true, ..about }
}

impl Limit {
    /// All limits.
    pub const ALL: [Self; 15] = [
        Self::AddressRequests,
        Self::UserRequests,
        Self::KeyRequests,
        Self::ShopRequests,
        Self::Orders,
        Self::Shops,
        Self::Sessions,
        Self::Keys,
        Self::MemberKeys,
        Self::Invitations,
        Self::ShopInvitations,
        Self::UserInvitations,
        Self::PendingOrders,
        Self::Products,
        Self::Variants,
    ];

    /// `docs/limits.md` gives the reason for each default.
    const fn about(self) -> About {
        match self {
            Self::AddressRequests => {
                rate("address_requests_per_minute", 12_000, "requests without a token from one address")
            }
            Self::UserRequests => {
                rate("user_requests_per_minute", 6_000, "requests with the access tokens of one user")
            }
            Self::KeyRequests => in_shop(rate("key_requests_per_minute", 6_000, "requests with one API key")),
            Self::ShopRequests => in_shop(rate(
                "shop_requests_per_minute",
                6_000,
                "requests with tokens or keys for one shop, its staff and all others apart",
            )),
            Self::Orders => in_shop(rate(
                "orders_per_minute",
                600,
                "attempts of one user, or with one API key, to place an order in one shop",
            )),
            Self::Shops => number("shops_per_user", 100, "shops that one user opened, until they are erased"),
            Self::Sessions => number("sessions_per_user", 100, "open sessions of one user"),
            Self::Keys => number("keys_per_user", 100, "API keys of one user in all shops together"),
            Self::MemberKeys => in_shop(number("keys_per_member", 25, "API keys of one user for one shop")),
            Self::Invitations => in_shop(number("invitations_per_shop", 500, "open invitations of one shop")),
            Self::ShopInvitations => in_shop(number(
                "daily_invitations_per_shop",
                200,
                "invitations that one shop makes or sends again in a day",
            )),
            Self::UserInvitations => number(
                "daily_invitations_per_user",
                200,
                "invitations that one user makes or sends again in a day, in all shops together",
            ),
            Self::PendingOrders => in_shop(number(
                "pending_orders_per_customer",
                50,
                "pending orders of one customer in one shop, for orders that the customer places",
            )),
            Self::Products => in_shop(number("products_per_shop", 250_000, "products of one shop")),
            Self::Variants => in_shop(number("variants_per_shop", 1_000_000, "variants of one shop")),
        }
    }

    /// Its name, such as `shops_per_user`.
    pub const fn name(self) -> &'static str {
        self.about().name
    }

    /// Its value unless another one is set; zero means no limit.
    pub const fn default(self) -> u32 {
        self.about().default
    }

    /// What it bounds.
    pub const fn kind(self) -> Kind {
        self.about().kind
    }

    /// Whether the operator may set it for one shop.
    pub const fn is_of_shop(self) -> bool {
        self.about().of_shop
    }

    /// What it counts, for people.
    pub const fn counts(self) -> &'static str {
        self.about().counts
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Limit {
    type Err = UnknownLimit;

    fn from_str(name: &str) -> Result<Self, UnknownLimit> {
        let known = Self::ALL.into_iter().find(|limit| limit.name() == name);
        known.ok_or_else(|| UnknownLimit(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_is_listed_once_and_found_by_its_name() {
        for (index, limit) in Limit::ALL.into_iter().enumerate() {
            assert_eq!(limit as usize, index);
            assert_eq!(limit.name().parse::<Limit>().unwrap(), limit);
        }
        assert!("shops".parse::<Limit>().is_err());
    }
}
