//! Parsing a JSON body. An error points at the wrong field.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use crate::http::problem::{INVALID_FIELD, INVALID_JSON, MISSING_FIELD, Problem, UNKNOWN_FIELD};

use super::strict_json::{Fault, StrictValue};

/// The longest pointer, in bytes. It contains names that the client chose.
const MAX_POINTER: usize = 512;

/// Parses a JSON body; a problem points at the field that is wrong.
pub(in crate::http) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        INVALID_JSON.because(format!(
            "The body is not valid JSON at line {}, column {}.",
            error.line(),
            error.column()
        ))
    })?;
    if !value.is_object() {
        return Err(INVALID_FIELD.at("", "The body must be a JSON object."));
    }
    if let Some(pointer) = find_nul(&value, String::new()) {
        return Err(INVALID_FIELD.at(bounded(pointer), "The character NUL is not allowed."));
    }
    serde_path_to_error::deserialize(StrictValue(value)).map_err(|error| {
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

/// Where the character NUL is, which PostgreSQL's text type cannot store.
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

/// The pointer; if it is too long, a pointer to an enclosing value.
fn bounded(mut pointer: String) -> String {
    while pointer.len() > MAX_POINTER {
        pointer.truncate(pointer.rfind('/').unwrap_or(0));
    }
    pointer
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
    fn values_are_not_converted() {
        for (body, why) in [
            (r#"{"lines": {}}"#, "must be an array"),
            (r#"{"lines": [[1]]}"#, "must be an object"),
            (r#"{"lines": [{"quantity": 1.0}]}"#, "must be a whole number"),
            (r#"{"lines": [{"quantity": -1}]}"#, "is out of range"),
            (r#"{"lines": [{"quantity": 9223372036854775808}]}"#, "is out of range"),
            (r#"{"lines": [], "speed": {"slow": null}}"#, "must be a string"),
            (r#"{"lines": [], "speed": "fast"}"#, "must be one of: slow"),
            (r#"{"lines": [{"quantity": 1, "x": 1}]}"#, "is unknown; known fields are: quantity"),
        ] {
            assert!(problem(body).1.contains(why), "{body}: {}", problem(body).1);
        }
        let good = parse::<Order>(br#"{"lines": [{"quantity": 1}], "speed": "slow"}"#).unwrap();
        assert!(matches!(good.speed, Some(Speed::Slow)));
    }

    #[test]
    fn long_values_are_not_repeated() {
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
