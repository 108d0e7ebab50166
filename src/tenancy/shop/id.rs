//! The id of a shop, its slug, and the name of its schema.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

/// The id of a shop. The name of its schema is derived from it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(transparent)]
pub struct ShopId(pub Uuid);

impl From<ShopId> for Uuid {
    fn from(shop: ShopId) -> Self {
        shop.0
    }
}

impl ShopId {
    /// A new id, which sorts after those made before it.
    pub fn generate() -> Self {
        Self(Uuid::now_v7())
    }

    /// The shop's schema: `shop_` and 32 hexadecimal digits, so it needs no quoting in SQL.
    pub fn schema(self) -> String {
        format!("shop_{}", self.0.simple())
    }

    /// The pool's key for this shop: work with the same key prefers the same connection.
    pub(in crate::tenancy) fn key(self) -> u64 {
        hash(&self.0)
    }
}

/// Spreads keys evenly, whatever the ids look like.
fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl fmt::Display for ShopId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The least number of characters of a slug.
const MIN_SLUG: usize = 3;
/// The greatest number of characters of a slug.
const MAX_SLUG: usize = 63;

/// The name of a shop in addresses: 3 to 63 of `a-z`, `0-9` and single inner hyphens.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// What was wrong with a slug.
#[derive(Debug, thiserror::Error)]
#[error(
    "must be {MIN_SLUG} to {MAX_SLUG} of a-z, 0-9 and single hyphens, with a letter or digit at both ends"
)]
pub struct BadSlug;

impl Slug {
    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A number for those who know the shop by its slug, to take turns in the pool.
    pub(in crate::tenancy) fn key(&self) -> u64 {
        hash(&self.0)
    }
}

impl FromStr for Slug {
    type Err = BadSlug;

    fn from_str(text: &str) -> Result<Self, BadSlug> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let shaped = (MIN_SLUG..=MAX_SLUG).contains(&text.len())
            && text.bytes().all(allowed)
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !text.contains("--");
        // An id must never be mistaken for a slug where both are accepted.
        if shaped && Uuid::try_parse(text).is_err() { Ok(Self(text.to_owned())) } else { Err(BadSlug) }
    }
}

impl PartialSchema for Slug {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("The human handle of a shop. An id is none."))
            .min_length(Some(MIN_SLUG))
            .max_length(Some(MAX_SLUG))
            .pattern(Some("^[a-z0-9]+(-[a-z0-9]+)*$"))
            .examples(["the-loft"])
            .into()
    }
}

impl ToSchema for Slug {}

impl TryFrom<String> for Slug {
    type Error = BadSlug;

    fn try_from(text: String) -> Result<Self, BadSlug> {
        text.parse()
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

/// A shop named by a caller: by its id or by its slug.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub enum ShopName {
    /// Its id.
    Id(ShopId),
    /// Its slug.
    Slug(Slug),
}

impl PartialSchema for ShopName {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A shop, by its id or by its slug."))
            .min_length(Some(MIN_SLUG))
            .max_length(Some(MAX_SLUG))
            .pattern(Some("^([a-z0-9]+(-[a-z0-9]+)*|[0-9A-Fa-f]{8}(-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12})$"))
            .examples(["the-loft", "01a2059f-cec2-731f-9720-9e3861d41121"])
            .into()
    }
}

impl ToSchema for ShopName {}

impl FromStr for ShopName {
    type Err = BadSlug;

    fn from_str(text: &str) -> Result<Self, BadSlug> {
        match Uuid::try_parse(text) {
            Ok(id) => Ok(Self::Id(ShopId(id))),
            Err(_) => text.parse().map(Self::Slug),
        }
    }
}

impl TryFrom<String> for ShopName {
    type Error = BadSlug;

    fn try_from(text: String) -> Result<Self, BadSlug> {
        text.parse()
    }
}

impl fmt::Display for ShopName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(formatter),
            Self::Slug(slug) => formatter.write_str(slug.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_shaped_for_addresses() {
        for good in ["abc", "my-shop-2", "0ab", &"x".repeat(63)] {
            assert!(good.parse::<Slug>().is_ok(), "{good}");
        }
        let id = Uuid::now_v7().to_string();
        for bad in ["", "ab", "-abc", "abc-", "a--b", "Abc", "a b", "schön", "a_b", &"x".repeat(64), &id] {
            assert!(bad.parse::<Slug>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_schema_name_needs_no_quoting() {
        let schema = ShopId::generate().schema();
        assert_eq!(schema.len(), 37);
        assert!(
            schema.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        );
    }
}
