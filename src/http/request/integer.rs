//! Integers with a minimum and a maximum, in bodies.

use std::borrow::Cow;

use serde::Deserialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// An integer from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Deserialize)]
#[serde(try_from = "i64")]
pub struct Integer<const MIN: i64, const MAX: i64>(i64);

/// What was wrong with a number.
#[derive(Debug, thiserror::Error)]
#[error("must be from {min} to {max}")]
pub struct OutOfRange {
    min: i64,
    max: i64,
}

impl<const MIN: i64, const MAX: i64> Integer<MIN, MAX> {
    /// The number.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl<const MAX: i64> Default for Integer<0, MAX> {
    fn default() -> Self {
        Self(0)
    }
}

impl<const MIN: i64, const MAX: i64> TryFrom<i64> for Integer<MIN, MAX> {
    type Error = OutOfRange;

    fn try_from(number: i64) -> Result<Self, OutOfRange> {
        if (MIN..=MAX).contains(&number) { Ok(Self(number)) } else { Err(OutOfRange { min: MIN, max: MAX }) }
    }
}

impl<const MIN: i64, const MAX: i64> PartialSchema for Integer<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(MIN)).maximum(Some(MAX)).into()
    }
}

impl<const MIN: i64, const MAX: i64> ToSchema for Integer<MIN, MAX> {
    fn name() -> Cow<'static, str> {
        format!("Whole{MIN}to{MAX}").into()
    }
}
