//! Parsing a JSON body. All its errors are told at once, each with the place of the field.

use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use crate::http::problem::{INVALID_FIELD, INVALID_JSON, Kind, MISSING_FIELD, Problem, UNKNOWN_FIELD};

use super::json_node::{Node, Step, pointer};
use super::required::required_at;
use super::strict_json::{Fault, Strict, What};

/// The longest pointer, in bytes. It contains names that the client chose.
const MAX_POINTER: usize = 512;
/// How many errors are told at most.
const MAX_ERRORS: usize = 20;
/// How often a body is read again to find the next error. A field that must be there takes two readings: after it was
/// removed, it is missing.
const MAX_READINGS: usize = 2 * MAX_ERRORS;

/// Parses a JSON body. A problem points at every field that is wrong, in the order of the body.
pub(in crate::http) fn parse<T: DeserializeOwned + ToSchema>(bytes: &[u8]) -> Result<T, Problem> {
    let document = read(bytes)?;
    match T::deserialize(Strict(&document)) {
        Ok(body) => Ok(body),
        Err(first) => Err(Errors::all::<T>(document, first).into_problem()),
    }
}

/// The document, in which no field comes twice.
fn read(bytes: &[u8]) -> Result<Node, Problem> {
    let document: Node = serde_json::from_slice(bytes).map_err(|error| {
        INVALID_JSON.because(format!(
            "The body is not valid JSON at line {}, column {}.",
            error.line(),
            error.column()
        ))
    })?;
    let twice = document.duplicates(MAX_ERRORS);
    if !twice.is_empty() {
        let field = |path: Vec<Step>| told(&INVALID_JSON, &path, "comes twice".to_owned());
        return Err(Problem::of_fields(twice.into_iter().map(field).collect()));
    }
    if matches!(document, Node::Object(_)) {
        return Ok(document);
    }
    Err(INVALID_FIELD.at("", "must be a JSON object"))
}

/// The errors of a document. serde stops at the first: what is wrong is removed, and the document is read again.
struct Errors {
    document: Node,
    found: Vec<Found>,
}

/// An error, and where it is.
struct Found {
    kind: &'static Kind,
    path: Vec<Step>,
    detail: String,
    /// Its place in the order of the document.
    place: Vec<usize>,
}

impl Errors {
    fn all<T: DeserializeOwned + ToSchema>(document: Node, first: Fault) -> Self {
        let (mut errors, mut next) = (Self { document, found: Vec::new() }, Some(first));
        for _ in 0..MAX_READINGS {
            let Some(fault) = next else { break };
            let path = fault.path();
            errors.note::<T>(&fault, &path);
            if path.is_empty() || errors.found.len() >= MAX_ERRORS {
                break;
            }
            errors.document.remove(&path);
            next = T::deserialize(Strict(&errors.document)).err();
        }
        errors
    }

    fn note<T: ToSchema>(&mut self, fault: &Fault, path: &[Step]) {
        let kind = match fault.what {
            What::Missing(first) => return self.note_missing(first, &required_at::<T>(path), path),
            What::Unknown(_) => &UNKNOWN_FIELD,
            What::Invalid(_) => &INVALID_FIELD,
        };
        // An error of a value from which something was removed may be the removal's.
        if !self.found.iter().any(|known| known.path.starts_with(path)) {
            self.add(kind, path.to_vec(), fault.to_string());
        }
    }

    /// Notes the fields that an object lacks, but not those that were removed from it.
    fn note_missing(&mut self, first: &str, required: &[String], path: &[Step]) {
        let others = required.iter().map(String::as_str).filter(|name| *name != first);
        for name in std::iter::once(first).chain(others) {
            let field = [path, &[Step::Field(name.to_owned())]].concat();
            if self.document.at(&field).is_none() {
                self.add(&MISSING_FIELD, field, What::Missing("").to_string());
            }
        }
    }

    fn add(&mut self, kind: &'static Kind, path: Vec<Step>, detail: String) {
        let place = self.document.place(&path);
        self.found.push(Found { kind, path, detail, place });
    }

    fn into_problem(mut self) -> Problem {
        self.found.sort_by(|one, other| one.place.cmp(&other.place));
        let field = |found: Found| told(found.kind, &found.path, found.detail);
        Problem::of_fields(self.found.into_iter().map(field).collect())
    }
}

/// An error as it is told. If its pointer is too long, it points at an enclosing value.
fn told(kind: &'static Kind, path: &[Step], detail: String) -> (&'static Kind, String, String) {
    let mut pointer = pointer(path);
    if pointer.len() <= MAX_POINTER {
        return (kind, pointer, detail);
    }
    while pointer.len() > MAX_POINTER {
        pointer.truncate(pointer.rfind('/').unwrap_or(0));
    }
    (kind, pointer, format!("has a field with a long name that {detail}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use crate::http::List;

    use super::*;

    #[derive(Debug, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    struct Line {
        quantity: u32,
    }

    type Lines = List<Line, 1, 9999>;

    #[derive(Debug, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its errors are looked at")]
    struct Place {
        street: String,
        city: String,
        floor: Option<u8>,
    }

    #[derive(Debug, Deserialize, ToSchema)]
    #[serde(rename_all = "snake_case")]
    enum Speed {
        Slow,
    }

    #[derive(Debug, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its errors are looked at")]
    struct Order {
        #[schema(inline)]
        lines: Lines,
        speed: Option<Speed>,
        #[serde(default)]
        places: Vec<Place>,
        #[serde(default)]
        tags: BTreeMap<String, String>,
    }

    fn problem(body: &str) -> (u16, String) {
        let problem = parse::<Order>(body.as_bytes()).unwrap_err();
        (problem.status().code, serde_json::to_string(&problem.document("")).unwrap())
    }

    /// The pointers and the codes of all errors of a body.
    fn errors(body: &str) -> Vec<String> {
        let problem = parse::<Order>(body.as_bytes()).unwrap_err();
        let document = serde_json::to_value(problem.document("")).unwrap();
        let error =
            |error: &serde_json::Value| format!("{} {}", error["pointer"], error["code"]).replace('"', "");
        document["errors"].as_array().unwrap().iter().map(error).collect()
    }

    #[test]
    fn a_problem_points_at_the_field() {
        for (body, status, part) in [
            ("{", 400, "invalid_json"),
            ("[]", 422, "The body must be a JSON object."),
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
    fn all_errors_are_told_in_the_order_of_the_body() {
        for (body, expected) in [
            (
                r#"{"x": 1, "speed": 2, "lines": 3, "y": 4}"#,
                "/x unknown_field, /speed invalid_field, /lines invalid_field, /y unknown_field",
            ),
            (r#"{"speed": 2}"#, "/speed invalid_field, /lines missing_field"),
            (
                r#"{"lines": [{"quantity": -1}, {"quantity": 1}, {}, 7], "speed": 2}"#,
                "/lines/0/quantity invalid_field, /lines/2/quantity missing_field, /lines/3 invalid_field, /speed invalid_field",
            ),
            // Without its only line, the list would be too short: that is no error of the body.
            (r#"{"lines": [{"quantity": "x"}]}"#, "/lines/0/quantity invalid_field"),
            (r#"{"lines": []}"#, "/lines invalid_field"),
            (
                r#"{"places": [{"city": 1}, {"x": 1}, {}], "lines": [{"quantity": 1}]}"#,
                "/places/0/city invalid_field, /places/0/street missing_field, /places/1/x unknown_field, \
              /places/1/street missing_field, /places/1/city missing_field, /places/2/street missing_field, \
              /places/2/city missing_field",
            ),
            (
                r#"{"tags": {"a": 1, "b": "x", "c": []}, "lines": [{"quantity": 1}]}"#,
                "/tags/a invalid_field, /tags/c invalid_field",
            ),
        ] {
            assert_eq!(errors(body).join(", "), expected, "{body}");
        }
    }

    #[test]
    fn the_number_of_errors_is_bounded() {
        let lines = vec![r#"{"quantity": "x"}"#; 1_000].join(",");
        assert_eq!(errors(&format!(r#"{{"lines": [{lines}]}}"#)).len(), MAX_ERRORS);
    }

    #[test]
    fn a_field_that_comes_twice_is_refused_wherever_it_is() {
        for (body, expected) in [
            (r#"{"lines": [], "lines": []}"#, "/lines invalid_json"),
            (r#"{"a": 1, "\u0061": 1}"#, "/a invalid_json"),
            (
                r#"{"lines": [{"quantity": 1}, {"quantity": 1, "quantity": 1}]}"#,
                "/lines/1/quantity invalid_json",
            ),
            (r#"{"tags": {"": "x", "": "x"}}"#, "/tags/ invalid_json"),
            (r#"{"x": [[{"a~b": {"c/d": 1, "c/d": 1}}]]}"#, "/x/0/0/a~0b/c~1d invalid_json"),
            (r#"{"a": {"b": 1, "b": 1}, "c": 1, "c": 2, "c": 3}"#, "/a/b invalid_json, /c invalid_json"),
        ] {
            assert_eq!(errors(body).join(", "), expected, "{body}");
        }
        assert_eq!(errors(r#"{"a": {"x": 1}, "b": {"x": 1}, "A": 1}"#).len(), 4, "these are four names");
    }

    #[test]
    fn values_are_not_converted() {
        for (body, why) in [
            (r#"{"lines": {}}"#, "must be an array"),
            (r#"{"lines": [[1]]}"#, "must be an object"),
            (r#"{"lines": [{"quantity": 1.5}]}"#, "must be a whole number"),
            (r#"{"lines": [{"quantity": 1e300}]}"#, "must be a whole number"),
            (r#"{"lines": [{"quantity": -1.0}]}"#, "is out of range"),
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
        for (written, quantity) in [("1.0", 1), ("59e2", 5_900), ("0.5e1", 5), ("-0.0", 0)] {
            let body = format!(r#"{{"lines": [{{"quantity": {written}}}]}}"#);
            assert_eq!(parse::<Order>(body.as_bytes()).unwrap().lines.0[0].quantity, quantity, "{written}");
        }
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
