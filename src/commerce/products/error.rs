//! Why a product was not found or not written, and the problem that a client is shown.

use diesel::result::{DatabaseErrorKind, Error as QueryError};

use crate::http::problem::{INVALID_FIELD, NOT_FOUND};
use crate::http::{Kind, Problem};
use crate::tenancy::{TenancyError, UnknownWord};

use super::draft::Contradiction;

pub(crate) const HANDLE_TAKEN: Kind = Kind::new(409, "handle_taken", "The handle is taken");
pub(crate) const SKU_TAKEN: Kind = Kind::new(409, "sku_taken", "The SKU is taken");

/// Why a product was not found or not written.
#[derive(Debug, thiserror::Error)]
pub enum ProductError {
    /// There is none, or the caller may not see it.
    #[error("there is no such product in this shop")]
    NotFound,
    /// Another product has the handle.
    #[error("another product has this handle")]
    HandleTaken,
    /// Another product's variant has the SKU.
    #[error("another product has a variant with this SKU")]
    SkuTaken {
        /// Which of the variants has it, as a pointer such as `/variants/1/sku`, if that is known.
        pointer: Option<String>,
    },
    /// The product would contradict itself.
    #[error(transparent)]
    Contradiction(#[from] Contradiction),
    /// The engine or the database failed.
    #[error(transparent)]
    Tenancy(#[from] TenancyError),
}

impl From<QueryError> for ProductError {
    fn from(error: QueryError) -> Self {
        if let QueryError::DatabaseError(kind, info) = &error {
            match (kind, info.constraint_name()) {
                (DatabaseErrorKind::UniqueViolation, Some("products_handle_key")) => {
                    return Self::HandleTaken;
                }
                (DatabaseErrorKind::UniqueViolation, Some("variants_sku_key")) => {
                    return Self::SkuTaken { pointer: None };
                }
                (DatabaseErrorKind::CheckViolation, Some("variants_stock_check")) => {
                    let detail = "stock below zero needs allow_oversell, or no tracking";
                    return Self::Contradiction(Contradiction::new("/variants", detail));
                }
                _ => {}
            }
        }
        Self::Tenancy(error.into())
    }
}

impl ProductError {
    /// The same error, pointed at in a body that gives the variant at `place` alone.
    pub(super) fn in_variant(mut self, place: usize) -> Self {
        if let Self::SkuTaken { pointer: Some(pointer) } | Self::Contradiction(Contradiction { pointer, .. }) =
            &mut self
            && let Some(inner) = pointer.strip_prefix(&format!("/variants/{place}"))
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
            ProductError::NotFound => NOT_FOUND.because(detail),
            ProductError::HandleTaken => HANDLE_TAKEN.at("/handle", detail),
            ProductError::SkuTaken { pointer: Some(pointer) } => SKU_TAKEN.at(pointer, detail),
            ProductError::SkuTaken { pointer: None } => SKU_TAKEN.because(detail),
            ProductError::Contradiction(Contradiction { pointer, detail }) => {
                INVALID_FIELD.at(pointer, detail)
            }
            ProductError::Tenancy(error) => error.into(),
        }
    }
}
