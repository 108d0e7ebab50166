//! The types of single fields in the request bodies of products and variants.

use serde::Deserialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::http::Integer;
use crate::http::request::text::{Lines, Text, is_hidden};

/// The most characters of an image's URL.
pub const MAX_URL: usize = 2048;
/// The largest weight of a variant, in grams.
const MAX_GRAMS: i64 = 1_000_000_000;

/// Text or HTML. Shopify's descriptions have up to 512 KB.
pub type Description = Text<0, 512_000, Lines>;
/// What an image shows. Shopify's are as long.
pub type Alt = Text<0, 512>;

/// An absolute http or https URL.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Text<1, MAX_URL>")]
pub(super) struct ImageUrl(pub String);

impl TryFrom<Text<1, MAX_URL>> for ImageUrl {
    type Error = &'static str;

    fn try_from(text: Text<1, MAX_URL>) -> Result<Self, Self::Error> {
        let url = text.into_string();
        let absolute = url.starts_with("https://") || url.starts_with("http://");
        let plain = !url.chars().any(|char| char.is_whitespace() || is_hidden(char));
        if absolute && plain { Ok(Self(url)) } else { Err("must be an http or https address") }
    }
}

/// The weight of a variant, in grams.
pub(super) type Grams = Integer<0, MAX_GRAMS>;

impl PartialSchema for ImageUrl {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("An absolute http or https address."))
            .format(Some(SchemaFormat::Custom("iri".to_owned())))
            .pattern(Some("^https?://"))
            .min_length(Some(1))
            .max_length(Some(MAX_URL))
            .into()
    }
}

impl ToSchema for ImageUrl {}
