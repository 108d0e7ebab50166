//! The values of query parameters: how each is read, and what the API says of it.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use uuid::Uuid;

use crate::tenancy::Slug;

use super::time::Time;

/// A value that a query parameter can have.
pub trait Parameter: Sized {
    /// Reads it; none when it is not one.
    fn read(text: &str) -> Option<Self>;

    /// What the API says of it.
    fn schema() -> RefOr<Schema>;

    /// How an error ends that begins with "must be": with the words that the schema knows.
    fn expected() -> String {
        let RefOr::T(Schema::Object(object)) = Self::schema() else { return String::new() };
        let words: Vec<String> =
            object.enum_values.iter().flatten().filter_map(|word| Some(word.as_str()?.to_owned())).collect();
        match words.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} or {last}", others.join(", ")),
            None => String::new(),
        }
    }
}

/// A value that is one of a few words; the first holds when none is given.
pub trait Choice: Copy + 'static {
    /// The words and their values.
    const WORDS: &'static [(&'static str, Self)];
}

impl<C: Choice> Parameter for C {
    fn read(text: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(word, _)| *word == text).map(|(_, value)| *value)
    }

    fn schema() -> RefOr<Schema> {
        let words = Self::WORDS.iter().map(|(word, _)| *word);
        let default = words.clone().next().map(Into::into);
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).default(default).into()
    }
}

/// Makes a parameter of a type that can be parsed and has a schema.
macro_rules! parsed {
    ($type:ty $(, $expected:expr)?) => {
        $crate::http::request::parameter::parsed!($type $(, $expected)?; <Self as utoipa::PartialSchema>::schema());
    };
    ($type:ty $(, $expected:expr)?; $schema:expr) => {
        impl $crate::http::request::parameter::Parameter for $type {
            fn read(text: &str) -> Option<Self> {
                text.parse().ok()
            }

            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                $schema
            }

            $(fn expected() -> String {
                String::from($expected)
            })?
        }
    };
}
pub(crate) use parsed;

parsed!(String);
parsed!(bool, "true or false");
parsed!(Uuid, "an id (UUID)"; formatted(KnownFormat::Uuid));
parsed!(Slug, "the slug of a shop, such as the-loft");
parsed!(Time, "a time such as 2026-01-31T09:30:00Z"; formatted(KnownFormat::DateTime));

fn formatted(format: KnownFormat) -> RefOr<Schema> {
    let format = SchemaFormat::KnownFormat(format);
    ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
}
