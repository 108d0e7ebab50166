//! Why stock was not changed, and the problem that the client gets.

use diesel::result::{DatabaseErrorKind, Error as QueryError};

use super::level::MAX_STOCK;
use crate::http::problem::{INVALID_FIELD, NOT_FOUND};
use crate::http::{Kind, Problem};
use crate::tenancy::TenancyError;

pub(crate) const BELOW_ZERO: Kind = Kind::new(409, "stock_below_zero", "The stock would fall below zero")
    .advice("the movement would make the stock negative");

/// Why stock was not changed.
#[derive(Debug, thiserror::Error)]
pub enum StockError {
    /// There is no such variant.
    #[error("there is no such variant in this shop")]
    NotFound,
    /// The stock would fall below zero.
    #[error("the stock would fall below zero, and the variant does not allow that")]
    BelowZero,
    /// The stock would be too far above or below zero.
    #[error("the stock must be from -{MAX_STOCK} to {MAX_STOCK}")]
    OutOfRange,
    /// The tenancy layer or the database failed.
    #[error(transparent)]
    Tenancy(#[from] TenancyError),
}

impl From<QueryError> for StockError {
    fn from(error: QueryError) -> Self {
        match &error {
            QueryError::DatabaseError(DatabaseErrorKind::CheckViolation, info)
                if info.constraint_name() == Some("variants_stock_check") =>
            {
                Self::BelowZero
            }
            _ => Self::Tenancy(error.into()),
        }
    }
}

impl From<StockError> for Problem {
    fn from(error: StockError) -> Self {
        let detail = error.to_string();
        match error {
            StockError::NotFound => NOT_FOUND.because(detail),
            StockError::BelowZero => BELOW_ZERO.because(detail),
            // Only `delta` can get here: the range of `set` is checked when the body is parsed.
            StockError::OutOfRange => INVALID_FIELD.at("/delta", detail),
            StockError::Tenancy(error) => error.into(),
        }
    }
}
