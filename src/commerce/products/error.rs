//! Why a product was not found or not written, and the problem that the client gets.

use diesel::result::{DatabaseErrorKind, Error as QueryError};

use crate::http::problem::{INVALID_FIELD, MISSING_FIELD, NOT_FOUND};
use crate::http::{Kind, Problem};
use crate::limits::Reached;
use crate::tenancy::{TenancyError, UnknownWord, names_constraint};

use super::draft::ValidationError;

pub(crate) const HANDLE_TAKEN: Kind = Kind::new(409, "handle_taken", "The handle is taken")
    .advice("another product of the shop has this handle");

/// Why a product was not found or not written.
#[derive(Debug, thiserror::Error)]
pub enum ProductError {
    /// The product does not exist, or the caller may not see it.
    #[error("there is no such product in this shop")]
    NotFound,
    /// The variant does not exist, or the caller may not see it.
    #[error("there is no such variant in this shop")]
    VariantNotFound,
    /// A product for sale has neither a price nor variants.
    #[error("a product that is not a draft needs a price, which may be 0")]
    PriceMissing,
    /// Another product has the handle.
    #[error("another product has this handle")]
    HandleTaken,
    /// The shop would have more than it may have.
    #[error(transparent)]
    Limit(#[from] Reached),
    /// The product would break a rule between its fields.
    #[error(transparent)]
    Invalid(#[from] ValidationError),
    /// The tenancy layer or the database failed.
    #[error(transparent)]
    Tenancy(#[from] TenancyError),
}

impl From<QueryError> for ProductError {
    fn from(error: QueryError) -> Self {
        match &error {
            QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, info)
                if names_constraint(info.as_ref(), "products_handle_key") =>
            {
                Self::HandleTaken
            }
            _ => Self::Tenancy(error.into()),
        }
    }
}

impl ProductError {
    /// The same error, with its pointer relative to the variant at `index`, for a body that is that variant alone.
    pub(super) fn relative_to_variant(mut self, index: usize) -> Self {
        if let Self::Invalid(ValidationError { pointer, .. }) = &mut self
            && let Some(inner) = pointer.strip_prefix(&format!("/variants/{index}"))
        {
            *pointer = inner.to_owned();
        }
        self
    }
}

impl From<UnknownWord> for ProductError {
    fn from(error: UnknownWord) -> Self {
        Self::Tenancy(error.into())
    }
}

impl From<ProductError> for Problem {
    fn from(error: ProductError) -> Self {
        let detail = error.to_string();
        match error {
            ProductError::NotFound | ProductError::VariantNotFound => NOT_FOUND.because(detail),
            ProductError::PriceMissing => MISSING_FIELD.at("/price", detail),
            ProductError::HandleTaken => HANDLE_TAKEN.at("/handle", detail),
            ProductError::Invalid(ValidationError { pointer, detail }) => INVALID_FIELD.at(pointer, detail),
            ProductError::Limit(reached) => reached.into(),
            ProductError::Tenancy(error) => error.into(),
        }
    }
}
