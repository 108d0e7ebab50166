//! What stands in a path: ids, names of shops, and other words.

use std::convert::Infallible;
use std::str::FromStr;

use rocket::request::FromParam;
use serde::Deserialize;
use uuid::Uuid;

use crate::tenancy::{ShopId, ShopName};

/// An id in a path or in a body. In a path, a malformed one names nothing: it becomes the nil UUID, which no row has, so it
/// gets the same 404 as any other id that is not there.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Id(pub Uuid);

/// A text that is not an id.
#[derive(Debug, thiserror::Error)]
#[error("must be an id (UUID)")]
pub struct BadId;

impl TryFrom<String> for Id {
    type Error = BadId;

    fn try_from(text: String) -> Result<Self, BadId> {
        Uuid::try_parse(&text).map(Self).map_err(|_| BadId)
    }
}

impl<'r> FromParam<'r> for Id {
    type Error = Infallible;

    fn from_param(text: &'r str) -> Result<Self, Infallible> {
        Ok(Self(Uuid::try_parse(text).unwrap_or_default()))
    }
}

/// A shop in a path. What is neither an id nor a slug names nothing, like a malformed [`Id`].
impl<'r> FromParam<'r> for ShopName {
    type Error = Infallible;

    fn from_param(text: &'r str) -> Result<Self, Infallible> {
        Ok(text.parse().unwrap_or(Self::Id(ShopId(Uuid::nil()))))
    }
}

/// A part of a path that is a `T`. What is none names nothing, and gets the same 404 as what is not there.
pub struct Segment<T>(pub Option<T>);

impl<'r, T: FromStr> FromParam<'r> for Segment<T> {
    type Error = Infallible;

    fn from_param(text: &'r str) -> Result<Self, Infallible> {
        Ok(Self(text.parse().ok()))
    }
}
