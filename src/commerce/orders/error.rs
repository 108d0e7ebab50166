//! Why an order was not found, placed or moved to another state, and the problem that the client gets.

use crate::commerce::money::MAX_AMOUNT;
use crate::http::problem::{FORBIDDEN, INVALID_FIELD, NOT_FOUND};
use crate::http::{Kind, Problem};
use crate::limits::Reached;
use crate::tenancy::{TenancyError, UnknownWord};

use super::Status;

pub(crate) const UNKNOWN_VARIANT: Kind =
    Kind::new(422, "unknown_variant", "There is no such variant for sale")
        .advice("there is no such variant for sale");
pub(crate) const OUT_OF_STOCK: Kind = Kind::new(409, "out_of_stock", "There is not enough in stock")
    .advice("there is less in stock than was ordered");
pub(crate) const INVALID_TRANSITION: Kind =
    Kind::new(409, "invalid_transition", "The order cannot take this state now")
        .advice("the order's status does not allow this");

/// Why an order was not found, placed or moved to another state.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// The order does not exist, or it is another customer's.
    #[error("there is no such order in this shop")]
    NotFound,
    /// A line names a variant that the shop does not sell.
    #[error("the shop sells no such variant")]
    UnknownVariant {
        /// Which line.
        line: usize,
    },
    /// The order is for nobody whom the shop knows.
    #[error("the shop has no such customer")]
    UnknownCustomer,
    /// A customer orders for somebody else.
    #[error("only the shop's staff may order for a customer")]
    CustomerChosenByStaffOnly,
    /// There is not enough of a line's variant.
    #[error("only {available} in stock")]
    OutOfStock {
        /// Which line.
        line: usize,
        /// The stock.
        available: i64,
    },
    /// A line's total, or the order's, exceeds the largest amount.
    #[error("the total would be more than {MAX_AMOUNT} minor units")]
    TooExpensive {
        /// Which line.
        line: usize,
    },
    /// The order is in this state already.
    #[error("the order is already {}", .0.as_str())]
    Already(Status),
    /// There is no such transition.
    #[error("{} order cannot become {}", with_article(*.from), .to.as_str())]
    InvalidTransition {
        /// The order's state.
        from: Status,
        /// The state asked for.
        to: Status,
    },
    /// Only a pending order has stock that is held.
    #[error("{} order is not held: only a pending one is", with_article(*.0))]
    NotHeld(Status),
    /// An order is held until a time that is over.
    #[error("must be in the future")]
    HeldIntoThePast,
    /// A customer may cancel only an order that is not paid.
    #[error("an order that is no longer pending is cancelled by the shop's staff")]
    CancelledByStaffOnly,
    /// The customer has as many pending orders as one may have.
    #[error(transparent)]
    Limit(#[from] Reached),
    /// The tenancy layer or the database failed.
    #[error(transparent)]
    Tenancy(#[from] TenancyError),
}

fn with_article(status: Status) -> String {
    let article = if status == Status::Expired { "an" } else { "a" };
    format!("{article} {}", status.as_str())
}

impl From<diesel::result::Error> for OrderError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Tenancy(error.into())
    }
}

impl From<UnknownWord> for OrderError {
    fn from(error: UnknownWord) -> Self {
        Self::Tenancy(error.into())
    }
}

impl From<OrderError> for Problem {
    fn from(error: OrderError) -> Self {
        let detail = error.to_string();
        match error {
            OrderError::NotFound => NOT_FOUND.because(detail),
            OrderError::UnknownVariant { line } => {
                UNKNOWN_VARIANT.at(format!("/lines/{line}/variant_id"), detail)
            }
            OrderError::UnknownCustomer => INVALID_FIELD.at("/customer_id", detail),
            OrderError::CustomerChosenByStaffOnly => FORBIDDEN.at("/customer_id", detail),
            OrderError::OutOfStock { line, .. } => OUT_OF_STOCK.at(format!("/lines/{line}/quantity"), detail),
            OrderError::TooExpensive { line } => INVALID_FIELD.at(format!("/lines/{line}/quantity"), detail),
            OrderError::HeldIntoThePast => INVALID_FIELD.at("/until", detail),
            OrderError::Already(_) | OrderError::InvalidTransition { .. } | OrderError::NotHeld(_) => {
                INVALID_TRANSITION.because(detail)
            }
            OrderError::CancelledByStaffOnly => FORBIDDEN.because(detail),
            OrderError::Limit(reached) => reached.into(),
            OrderError::Tenancy(error) => error.into(),
        }
    }
}
