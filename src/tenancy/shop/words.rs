//! The states of a shop and the roles of its members, as the database stores them.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The state of a shop in the ledger.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShopState {
    /// Open.
    Active,
    /// Closed by the operator, for as long as the operator wants.
    Suspended,
    /// Closed because its last migration failed.
    Failed,
    /// Closed, and due to be erased.
    Deleting,
}

impl ShopState {
    /// The state as the database stores it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Failed => "failed",
            Self::Deleting => "deleting",
        }
    }
}

impl FromStr for ShopState {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        [Self::Active, Self::Suspended, Self::Failed, Self::Deleting]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| UnknownWord { kind: "state", value: text.to_owned() })
    }
}

/// The role of a member in a shop. Each role may do all that the roles before it may do.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Places orders.
    Customer,
    /// Manages the catalogue and the orders.
    Staff,
    /// Manages the shop and its members.
    Owner,
}

impl Role {
    /// The role as the database stores it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Staff => "staff",
            Self::Owner => "owner",
        }
    }
}

/// A value in the database that this binary does not know.
#[derive(Debug, thiserror::Error)]
#[error("the database holds {value:?}, which is no {kind}")]
pub struct UnknownWord {
    /// What was expected.
    pub kind: &'static str,
    /// What was found.
    pub value: String,
}

impl FromStr for Role {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "customer" => Ok(Self::Customer),
            "staff" => Ok(Self::Staff),
            "owner" => Ok(Self::Owner),
            other => Err(UnknownWord { kind: "role", value: other.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_ordered_by_what_they_may() {
        assert!(Role::Owner > Role::Staff && Role::Staff > Role::Customer);
    }
}
