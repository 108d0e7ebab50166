//! What can be wrong with what a member asks of a shop.

use diesel::result::{DatabaseErrorKind, Error as QueryError};

use crate::tenancy::TenancyError;
use crate::tenancy::access::NotAllowed;

/// Why a shop was not found or not changed.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// There is no such shop, or the caller is not a member of it.
    #[error("there is no such shop among yours")]
    NotFound,
    /// Only an owner may do this.
    #[error("only an owner of the shop may do this")]
    NotOwner,
    /// Another shop has the slug.
    #[error("another shop has this slug")]
    SlugTaken,
    /// The engine or the database failed.
    #[error(transparent)]
    Tenancy(#[from] TenancyError),
}

impl From<NotAllowed> for RegistryError {
    fn from(_: NotAllowed) -> Self {
        Self::NotOwner
    }
}

impl From<QueryError> for RegistryError {
    fn from(error: QueryError) -> Self {
        match &error {
            QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, info)
                if info.constraint_name() == Some("shops_slug_key") =>
            {
                Self::SlugTaken
            }
            _ => Self::Tenancy(error.into()),
        }
    }
}
