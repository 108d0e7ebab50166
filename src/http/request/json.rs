//! JSON that says where it is wrong, in words for whoever sent it: nothing of the types here, and nothing
//! of the value, which may be long or secret.

use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer, StringDeserializer};
use serde::de::{self, DeserializeOwned, Deserializer, Expected, IntoDeserializer, Unexpected, Visitor};
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use crate::http::problem::{INVALID_FIELD, INVALID_JSON, MISSING_FIELD, Problem, UNKNOWN_FIELD};

/// Bytes of a pointer at the most: it holds names that the client chose.
const MAX_POINTER: usize = 512;

/// Parses a JSON body; a problem points at the field that is wrong.
pub(in crate::http) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        INVALID_JSON.because(format!("Not JSON at line {}, column {}.", error.line(), error.column()))
    })?;
    if !value.is_object() {
        return Err(INVALID_FIELD.at("", "The body must be a JSON object."));
    }
    if let Some(pointer) = find_nul(&value, String::new()) {
        return Err(INVALID_FIELD.at(bounded(pointer), "The character NUL is not allowed."));
    }
    serde_path_to_error::deserialize(Node(value)).map_err(|error| {
        let pointer = pointer(error.path());
        let fault = error.into_inner();
        let detail = fault.to_string();
        match fault {
            Fault::Unknown(_) => UNKNOWN_FIELD.at(bounded(pointer), detail),
            Fault::Missing(field) => MISSING_FIELD.at(bounded(format!("{pointer}/{field}")), detail),
            Fault::Invalid(_) => INVALID_FIELD.at(bounded(pointer), detail),
        }
    })
}

/// PostgreSQL's text cannot hold NUL.
pub(in crate::http) fn find_nul(value: &Value, at: String) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then_some(at),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| find_nul(item, format!("{at}/{index}")))
        }
        Value::Object(fields) => fields.iter().find_map(|(name, item)| {
            let here = format!("{at}/{}", escape(name));
            if name.contains('\0') { Some(here) } else { find_nul(item, here) }
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn pointer(path: &Path) -> String {
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", escape(key)),
            Segment::Enum { variant } => format!("/{}", escape(variant)),
            Segment::Unknown => String::new(),
        })
        .collect()
}

/// RFC 6901.
fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The pointer, or where it is too long, one to what lies around.
fn bounded(mut pointer: String) -> String {
    while pointer.len() > MAX_POINTER {
        pointer.truncate(pointer.rfind('/').unwrap_or(0));
    }
    pointer
}

/// What is wrong with a value.
#[derive(Debug)]
enum Fault {
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
            Self::Unknown(known) => write!(formatter, "is not known here; known are: {}", known.join(", ")),
            Self::Missing(field) => write!(formatter, "the field {field} is missing"),
            Self::Invalid(why) => formatter.write_str(why),
        }
    }
}

impl std::error::Error for Fault {}

/// What serde itself would say names Rust's types and repeats the value.
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

/// A value to be read strictly: an object is never taken from an array, nor a word from an object, as
/// serde's own reader would.
struct Node(Value);

impl IntoDeserializer<'_, Fault> for Node {
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

impl<'de> Deserializer<'de> for Node {
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
        visitor.visit_seq(SeqDeserializer::new(items.into_iter().map(Node)))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Value::Object(fields) = self.0 else { return Err(Fault::must_be("an object")) };
        visitor.visit_map(MapDeserializer::new(fields.into_iter().map(|(name, value)| (name, Node(value)))))
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

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its errors are looked at")]
    struct Line {
        quantity: u32,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Speed {
        Slow,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its errors are looked at")]
    struct Order {
        lines: Vec<Line>,
        speed: Option<Speed>,
    }

    fn problem(body: &str) -> (u16, String) {
        let problem = parse::<Order>(body.as_bytes()).unwrap_err();
        (problem.status().code, format!("{problem:?}"))
    }

    #[test]
    fn a_problem_points_at_the_field() {
        for (body, status, part) in [
            ("{", 400, "invalid_json"),
            ("[]", 422, "must be a JSON object"),
            (r#"{"lines": [{"quantity": 1}, {"quantity": "x"}]}"#, 422, "\"/lines/1/quantity\""),
            (r#"{"lines": [{}]}"#, 422, "\"/lines/0/quantity\""),
            (r#"{"lines": [], "a/b": 1}"#, 422, "\"/a~1b\""),
            (r#"{"lines": [{"quantity": 1, "x": "\u0000"}]}"#, 422, "\"/lines/0/x\""),
        ] {
            let (code, text) = problem(body);
            assert_eq!(code, status, "{body}");
            assert!(text.contains(part), "{body}: {text}");
        }
    }

    #[test]
    fn every_value_has_one_shape() {
        for (body, why) in [
            (r#"{"lines": {}}"#, "must be an array"),
            (r#"{"lines": [[1]]}"#, "must be an object"),
            (r#"{"lines": [{"quantity": 1.0}]}"#, "must be a whole number"),
            (r#"{"lines": [{"quantity": -1}]}"#, "is out of range"),
            (r#"{"lines": [{"quantity": 9223372036854775808}]}"#, "is out of range"),
            (r#"{"lines": [], "speed": {"slow": null}}"#, "must be a string"),
            (r#"{"lines": [], "speed": "fast"}"#, "must be one of: slow"),
            (r#"{"lines": [{"quantity": 1, "x": 1}]}"#, "is not known here; known are: quantity"),
        ] {
            assert!(problem(body).1.contains(why), "{body}: {}", problem(body).1);
        }
        let good = parse::<Order>(br#"{"lines": [{"quantity": 1}], "speed": "slow"}"#).unwrap();
        assert!(matches!(good.speed, Some(Speed::Slow)));
    }

    #[test]
    fn what_was_sent_does_not_come_back_at_length() {
        let long = "x".repeat(10_000);
        for body in [
            format!(r#"{{"{long}": 1}}"#),
            format!(r#"{{"lines": [{{"quantity": "{long}"}}]}}"#),
            format!(r#"{{"lines": [], "speed": "{long}"}}"#),
            format!(r#"{{"{long}\u0000": 1}}"#),
        ] {
            assert!(problem(&body).1.len() < 1_000);
        }
    }

    #[test]
    fn deep_nesting_is_refused() {
        let body = format!("{}{}", r#"{"lines":"#.repeat(100_000), "}".repeat(100_000));
        assert_eq!(problem(&body).0, 400);
    }
}
