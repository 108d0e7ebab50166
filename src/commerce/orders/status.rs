//! The states of an order, and the transitions between them.

use std::str::FromStr;

use utoipa::ToSchema;

use crate::http::request::parameter::parsed;
use crate::tenancy::UnknownWord;

/// The state of an order.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ToSchema)]
#[schema(as = OrderStatus, rename_all = "snake_case")]
pub enum Status {
    /// Placed; its stock is reserved.
    Pending,
    /// Paid for.
    Paid,
    /// Handed over.
    Fulfilled,
    /// Called off before it was handed over; its stock is back.
    Cancelled,
    /// Paid back; its stock is back.
    Refunded,
    /// Not paid in time; its stock is back.
    Expired,
}

impl Status {
    /// The status as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Paid => "paid",
            Self::Fulfilled => "fulfilled",
            Self::Cancelled => "cancelled",
            Self::Refunded => "refunded",
            Self::Expired => "expired",
        }
    }

    /// Whether an order may go from this state to `next`.
    pub fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Pending, Self::Paid | Self::Cancelled | Self::Expired)
                | (Self::Paid, Self::Fulfilled | Self::Cancelled | Self::Refunded)
                | (Self::Fulfilled, Self::Refunded)
        )
    }

    /// Whether an order in this state has returned its stock.
    pub fn returns_stock(self) -> bool {
        matches!(self, Self::Cancelled | Self::Refunded | Self::Expired)
    }
}

parsed!(Status);

impl FromStr for Status {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "pending" => Ok(Self::Pending),
            "paid" => Ok(Self::Paid),
            "fulfilled" => Ok(Self::Fulfilled),
            "cancelled" => Ok(Self::Cancelled),
            "refunded" => Ok(Self::Refunded),
            "expired" => Ok(Self::Expired),
            other => Err(UnknownWord { kind: "order status", value: other.to_owned() }),
        }
    }
}
