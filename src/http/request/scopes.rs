//! Scopes: what an API key may be for. Each route in a shop says in its signature which one it needs.
//!
//! They name what the product sells: another product has others.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::tenancy::Role;

/// What an API key is for. To write includes to read the same things.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Deserialize, Serialize, ToSchema)]
pub enum Scope {
    /// The catalogue, and its export.
    #[serde(rename = "products:read")]
    ProductsRead,
    /// Changing the catalogue, and importing it.
    #[serde(rename = "products:write")]
    ProductsWrite,
    /// The movements of stock.
    #[serde(rename = "stock:read")]
    StockRead,
    /// Changing the stock.
    #[serde(rename = "stock:write")]
    StockWrite,
    /// Orders: one's own, or with the role `staff` all.
    #[serde(rename = "orders:read")]
    OrdersRead,
    /// Placing and cancelling orders, and with the role `staff` all that can be done with them.
    #[serde(rename = "orders:write")]
    OrdersWrite,
    /// The shop's customers.
    #[serde(rename = "customers:read")]
    CustomersRead,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::ProductsRead,
        Self::ProductsWrite,
        Self::StockRead,
        Self::StockWrite,
        Self::OrdersRead,
        Self::OrdersWrite,
        Self::CustomersRead,
    ];

    /// Its name, as the database stores it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ProductsRead => "products:read",
            Self::ProductsWrite => "products:write",
            Self::StockRead => "stock:read",
            Self::StockWrite => "stock:write",
            Self::OrdersRead => "orders:read",
            Self::OrdersWrite => "orders:write",
            Self::CustomersRead => "customers:read",
        }
    }

    /// The least role that may do anything of it.
    pub fn least_role(self) -> Role {
        match self {
            Self::ProductsRead | Self::OrdersRead | Self::OrdersWrite => Role::Customer,
            Self::ProductsWrite | Self::StockRead | Self::StockWrite | Self::CustomersRead => Role::Staff,
        }
    }

    /// The scope that it includes.
    pub fn included(self) -> Option<Self> {
        match self {
            Self::ProductsWrite => Some(Self::ProductsRead),
            Self::StockWrite => Some(Self::StockRead),
            Self::OrdersWrite => Some(Self::OrdersRead),
            Self::ProductsRead | Self::StockRead | Self::OrdersRead | Self::CustomersRead => None,
        }
    }
}

/// A scope as a type, so that a route's signature says what an API key must be for.
pub trait Needs: Send + Sync {
    /// The scope.
    const SCOPE: Scope;
}

macro_rules! types {
    ($($scope:ident)*) => {
        $(
            #[doc = concat!("[`Scope::", stringify!($scope), "`].")]
            pub struct $scope;

            impl Needs for $scope {
                const SCOPE: Scope = Scope::$scope;
            }
        )*
    };
}
types! { ProductsRead ProductsWrite StockRead StockWrite OrdersRead OrdersWrite CustomersRead }
