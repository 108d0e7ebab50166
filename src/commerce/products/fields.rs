//! Single values of products and variants, as bodies carry them.

use serde::Deserialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::http::text::Text;

use super::draft::MAX_STOCK;

/// Characters of an image's address at the most.
const MAX_URL: usize = 2048;
/// The weight of a variant at the most.
const MAX_GRAMS: i64 = 1_000_000_000;

/// An absolute http or https address.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Text<1, MAX_URL>")]
pub(super) struct ImageUrl(pub String);

impl TryFrom<Text<1, MAX_URL>> for ImageUrl {
    type Error = &'static str;

    fn try_from(text: Text<1, MAX_URL>) -> Result<Self, Self::Error> {
        let url = text.into_string();
        let absolute = url.starts_with("https://") || url.starts_with("http://");
        let plain = !url.chars().any(|char| char.is_whitespace() || char.is_control());
        if absolute && plain { Ok(Self(url)) } else { Err("must be an http or https address") }
    }
}

/// Pieces in stock, within [`MAX_STOCK`] either way.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "i64")]
pub struct Stock(pub i64);

impl TryFrom<i64> for Stock {
    type Error = String;

    fn try_from(pieces: i64) -> Result<Self, String> {
        if (-MAX_STOCK..=MAX_STOCK).contains(&pieces) {
            Ok(Self(pieces))
        } else {
            Err(format!("must be from -{MAX_STOCK} to {MAX_STOCK}"))
        }
    }
}

/// A weight, from 0 to [`MAX_GRAMS`].
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(try_from = "i64")]
pub(super) struct Grams(pub i64);

impl TryFrom<i64> for Grams {
    type Error = String;

    fn try_from(grams: i64) -> Result<Self, String> {
        if (0..=MAX_GRAMS).contains(&grams) {
            Ok(Self(grams))
        } else {
            Err(format!("must be from 0 to {MAX_GRAMS}"))
        }
    }
}

impl PartialSchema for ImageUrl {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("An absolute http or https address."))
            .format(Some(SchemaFormat::Custom("uri".to_owned())))
            .pattern(Some("^https?://"))
            .min_length(Some(1))
            .max_length(Some(MAX_URL))
            .into()
    }
}

impl ToSchema for ImageUrl {}

impl PartialSchema for Stock {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .description(Some("Pieces; below zero only with allow_oversell, or without tracking."))
            .minimum(Some(-MAX_STOCK))
            .maximum(Some(MAX_STOCK))
            .into()
    }
}

impl ToSchema for Stock {}

impl PartialSchema for Grams {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .description(Some("The weight."))
            .minimum(Some(0))
            .maximum(Some(MAX_GRAMS))
            .into()
    }
}

impl ToSchema for Grams {}
