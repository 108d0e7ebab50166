//! A strict deserializer for JSON values, with error messages for the sender: without Rust types and without the value.

use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer, StringDeserializer};
use serde::de::{self, Deserializer, Expected, IntoDeserializer, Unexpected, Visitor};
use serde_json::Value;

/// What is wrong with a value.
#[derive(Debug)]
pub(super) enum Fault {
    Unknown(&'static [&'static str]),
    Missing(&'static str),
    Invalid(String),
}

impl Fault {
    fn must_be(what: &str) -> Self {
        Self::Invalid(format!("must be {what}"))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(known) => write!(formatter, "is unknown; known fields are: {}", known.join(", ")),
            Self::Missing(field) => write!(formatter, "the field {field} is missing"),
            Self::Invalid(why) => formatter.write_str(why),
        }
    }
}

impl std::error::Error for Fault {}

/// serde's own messages would name Rust types and repeat the value, which may be long or secret.
impl de::Error for Fault {
    fn custom<T: fmt::Display>(why: T) -> Self {
        Self::Invalid(why.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::must_be("of another type")
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::Invalid("is out of range".to_owned())
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self::must_be("of another length")
    }

    fn unknown_variant(_: &str, known: &'static [&'static str]) -> Self {
        Self::must_be(&format!("one of: {}", known.join(", ")))
    }

    fn unknown_field(_: &str, known: &'static [&'static str]) -> Self {
        Self::Unknown(known)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }
}

/// A value without serde's conversions: it would also read an object from an array, and an enum from an object.
pub(super) struct StrictValue(pub Value);

impl IntoDeserializer<'_, Fault> for StrictValue {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! integers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            match self.0.as_i64() {
                Some(number) => visitor.visit_i64(number),
                None if self.0.is_u64() => Err(Fault::Invalid("is out of range".to_owned())),
                None => Err(Fault::must_be("a whole number")),
            }
        }
    )*};
}

macro_rules! strings {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            match self.0 {
                Value::String(text) => visitor.visit_string(text),
                _ => Err(Fault::must_be("a string")),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for StrictValue {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(_) => self.deserialize_bool(visitor),
            Value::Number(number) => match number.as_f64() {
                Some(number) if !self.0.is_i64() => visitor.visit_f64(number),
                _ => self.deserialize_i64(visitor),
            },
            Value::String(_) => self.deserialize_string(visitor),
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_bool(self.0.as_bool().ok_or_else(|| Fault::must_be("true or false"))?)
    }

    integers! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 }
    integers! { deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 }
    strings! { deserialize_str deserialize_string deserialize_identifier }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Value::Array(items) = self.0 else { return Err(Fault::must_be("an array")) };
        visitor.visit_seq(SeqDeserializer::new(items.into_iter().map(StrictValue)))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Value::Object(fields) = self.0 else { return Err(Fault::must_be("an object")) };
        visitor.visit_map(MapDeserializer::new(
            fields.into_iter().map(|(name, value)| (name, StrictValue(value))),
        ))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let Value::String(word) = self.0 else { return Err(Fault::must_be("a string")) };
        visitor.visit_enum(StringDeserializer::new(word))
    }

    serde::forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct ignored_any
    }
}
