//! Why stock was not changed, and the problem that the client gets.

use super::level::MAX_STOCK;
use crate::http::Problem;
use crate::http::problem::{INVALID_FIELD, NOT_FOUND};
use crate::tenancy::TenancyError;

/// Why stock was not changed.
#[derive(Debug, thiserror::Error)]
pub enum StockError {
    /// There is no such variant.
    #[error("there is no such variant in this shop")]
    NotFound,
    /// The stock would be too far above or below zero.
    #[error("the stock must be from -{MAX_STOCK} to {MAX_STOCK}")]
    OutOfRange,
    /// The tenancy layer or the database failed.
    #[error(transparent)]
    Tenancy(#[from] TenancyError),
}

impl From<diesel::result::Error> for StockError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Tenancy(error.into())
    }
}

impl From<StockError> for Problem {
    fn from(error: StockError) -> Self {
        let detail = error.to_string();
        match error {
            StockError::NotFound => NOT_FOUND.because(detail),
            // Only `delta` can get here: the range of `set` is checked when the body is parsed.
            StockError::OutOfRange => INVALID_FIELD.at("/delta", detail),
            StockError::Tenancy(error) => error.into(),
        }
    }
}
