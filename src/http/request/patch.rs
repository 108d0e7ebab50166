//! Bodies for PATCH: what is left out stays as it is.

use serde::{Deserialize, Deserializer};

/// A field of a change: left out, or given, be it as null.
///
/// [`partial!`] makes bodies of these.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Patch<T> {
    /// To be left as it is.
    #[default]
    Keep,
    /// To be set.
    Set(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::Set)
    }
}

impl<T> Patch<T> {
    /// The new value, if one was given.
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

/// Makes a body of which every field may be left out: `field: T` becomes `field: Patch<T>`.
macro_rules! partial {
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
pub(crate) use partial;
