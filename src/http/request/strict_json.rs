//! A strict deserializer for JSON, with error messages for the sender: without Rust types and without the value.

use std::fmt;
use std::iter::Enumerate;
use std::slice::Iter;

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, Expected, MapAccess, SeqAccess, Unexpected, Visitor};

use super::json_node::{Node, Step};

/// What is wrong with a value.
#[derive(Debug)]
pub(super) enum What {
    Unknown(&'static [&'static str]),
    Missing(&'static str),
    Invalid(String),
}

/// What is wrong, and where.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) what: What,
    /// The steps to it, from the last to the first.
    steps: Vec<Step>,
}

impl Fault {
    fn new(what: What) -> Self {
        Self { what, steps: Vec::new() }
    }

    fn invalid(why: impl Into<String>) -> Self {
        Self::new(What::Invalid(why.into()))
    }

    fn must_be(what: &str) -> Self {
        Self::invalid(format!("must be {what}"))
    }

    fn within(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// The path to it; for a missing field, to the object that lacks it.
    pub(super) fn path(&self) -> Vec<Step> {
        self.steps.iter().rev().cloned().collect()
    }
}

impl fmt::Display for What {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown([]) => write!(formatter, "is unknown; no fields are known here"),
            Self::Unknown(known) => write!(formatter, "is unknown; known fields are: {}", known.join(", ")),
            Self::Missing(_) => write!(formatter, "is missing"),
            Self::Invalid(why) => formatter.write_str(why),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.what.fmt(formatter)
    }
}

impl std::error::Error for Fault {}

/// serde's own messages would name Rust types and repeat the value, which may be long or secret.
impl de::Error for Fault {
    fn custom<T: fmt::Display>(why: T) -> Self {
        Self::invalid(why.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::must_be("of another type")
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::invalid("is out of range")
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self::must_be("of another length")
    }

    fn unknown_variant(_: &str, known: &'static [&'static str]) -> Self {
        Self::must_be(&format!("one of: {}", known.join(", ")))
    }

    fn unknown_field(_: &str, known: &'static [&'static str]) -> Self {
        Self::new(What::Unknown(known))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(What::Missing(field))
    }
}

/// A value without serde's conversions: it would also read an object from an array, and an enum from an object.
#[derive(Clone, Copy)]
pub(super) struct Strict<'a>(pub(super) &'a Node);

impl<'a> Strict<'a> {
    fn text(self) -> Result<&'a str, Fault> {
        match self.0 {
            Node::String(text) => without_nul(text),
            _ => Err(Fault::must_be("a string")),
        }
    }
}

/// PostgreSQL's text type cannot store NUL.
fn without_nul(text: &str) -> Result<&str, Fault> {
    if text.contains('\0') { Err(Fault::invalid("must not contain the character NUL")) } else { Ok(text) }
}

macro_rules! integers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            match self.0 {
                Node::Number(number) => match number.as_i64() {
                    Some(number) => visitor.visit_i64(number),
                    None if number.is_u64() => Err(Fault::invalid("is out of range")),
                    None => Err(Fault::must_be("a whole number")),
                },
                _ => Err(Fault::must_be("a whole number")),
            }
        }
    )*};
}

macro_rules! strings {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            visitor.visit_str(self.text()?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Strict<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Node::Null | Node::Removed => visitor.visit_unit(),
            Node::Bool(_) => self.deserialize_bool(visitor),
            Node::Number(number) => match number.as_f64() {
                Some(float) if !number.is_i64() => visitor.visit_f64(float),
                _ => self.deserialize_i64(visitor),
            },
            Node::String(_) => self.deserialize_string(visitor),
            Node::Array(_) => self.deserialize_seq(visitor),
            Node::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Node::Bool(value) => visitor.visit_bool(*value),
            _ => Err(Fault::must_be("true or false")),
        }
    }

    integers! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 }
    integers! { deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 }
    strings! { deserialize_str deserialize_string deserialize_identifier }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if matches!(self.0, Node::Null) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Node::Array(items) = self.0 else { return Err(Fault::must_be("an array")) };
        visitor.visit_seq(Items(items.iter().enumerate()))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Node::Object(fields) = self.0 else { return Err(Fault::must_be("an object")) };
        visitor.visit_map(Fields { rest: fields.iter(), value: None })
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
        visitor.visit_enum(StrDeserializer::new(self.text()?))
    }

    serde::forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct ignored_any
    }
}

/// The items of an array, each with its number.
struct Items<'a>(Enumerate<Iter<'a, Node>>);

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some((index, item)) = self.0.find(|(_, item)| !matches!(item, Node::Removed)) else {
            return Ok(None);
        };
        seed.deserialize(Strict(item)).map(Some).map_err(|fault| fault.within(Step::Index(index)))
    }
}

/// The fields of an object.
struct Fields<'a> {
    rest: Iter<'a, (String, Node)>,
    /// The field whose name was read last.
    value: Option<&'a (String, Node)>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        self.value = self.rest.find(|(_, value)| !matches!(value, Node::Removed));
        let Some((name, _)) = self.value else { return Ok(None) };
        let read = without_nul(name).and_then(|name| seed.deserialize(StrDeserializer::new(name)));
        read.map(Some).map_err(|fault| fault.within(Step::Field(name.clone())))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let Some((name, value)) = self.value.take() else { return Err(Fault::invalid("has no value")) };
        seed.deserialize(Strict(value)).map_err(|fault| fault.within(Step::Field(name.clone())))
    }
}
