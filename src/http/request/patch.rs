//! Bodies of PATCH: a field that is left out is not changed.

use serde::{Deserialize, Deserializer};

/// A field of a PATCH body: left out, or given (also as null).
///
/// `patch_body!` defines bodies with such fields.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Patch<T> {
    /// Leave it as it is.
    #[default]
    Keep,
    /// Set it.
    Set(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::Set)
    }
}

impl<T> Patch<T> {
    /// The new value, if one is given.
    pub fn given(self) -> Option<T> {
        match self {
            Self::Keep => None,
            Self::Set(value) => Some(value),
        }
    }

    /// The new value, or else the present one.
    pub fn or(self, present: T) -> T {
        match self {
            Self::Keep => present,
            Self::Set(value) => value,
        }
    }
}

/// Defines a body in which every field is optional: `field: T` becomes `field: Patch<T>`.
macro_rules! patch_body {
    ($(#[$about:meta])* $visibility:vis struct $name:ident { $($field:ident: $type:ty,)* }) => {
        $(#[$about])*
        #[derive(Clone, Debug, Default, serde::Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        $visibility struct $name {
            $(
                #[serde(default)]
                #[schema(inline, value_type = $type)]
                $field: $crate::http::Patch<$type>,
            )*
        }
    };
}
pub(crate) use patch_body;
