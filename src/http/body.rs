//! Bodies: JSON that says where it is wrong, and large ones spooled to a file.

use std::fs::File;
use std::io::{Seek, Write};

use rocket::data::{self, Data, FromData, ToByteUnit};
use rocket::http::ContentType;
use rocket::outcome::Outcome;
use rocket::request::Request;
use rocket::tokio::io::AsyncReadExt;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::catchers::leave;
use super::fallback::drain;
use super::problem::{
    INVALID_FIELD, INVALID_JSON, MISSING_FIELD, Problem, TOO_LARGE, UNKNOWN_FIELD, UNSUPPORTED_TYPE,
};

/// Bytes of a JSON body at the most.
const JSON_LIMIT: u64 = 1 << 20;
/// Bytes of a spooled body at the most.
pub(super) const SPOOL_LIMIT: u64 = 64 << 20;

/// A JSON body of at most 1 MiB, parsed.
///
/// Rocket's own JSON guard logs the body that it cannot parse, passwords included.
pub struct Body<T>(pub T);

#[rocket::async_trait]
impl<'r, T: DeserializeOwned + Send> FromData<'r> for Body<T> {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self, ()> {
        match read_json(request, data).await {
            Ok(parsed) => Outcome::Success(Self(parsed)),
            Err(problem) => Outcome::Error((leave(request, problem), ())),
        }
    }
}

async fn read_json<T: DeserializeOwned>(request: &Request<'_>, data: Data<'_>) -> Result<T, Problem> {
    let data = expect_type(request, data, &ContentType::JSON).await?;
    let mut stream = data.open(SPOOL_LIMIT.bytes());
    let mut bytes = Vec::new();
    // One byte over the limit tells a body that fits from one that does not.
    let mut limited = (&mut stream).take(JSON_LIMIT + 1);
    limited.read_to_end(&mut bytes).await.map_err(|_| broken_off())?;
    if bytes.len() as u64 > JSON_LIMIT {
        drain(stream).await;
        return Err(TOO_LARGE.because("A JSON body may have 1 MiB."));
    }
    parse(&bytes)
}

/// Parses a JSON body; a problem points at the field that is wrong.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        INVALID_JSON.because(format!("Not JSON at line {}, column {}.", error.line(), error.column()))
    })?;
    if !value.is_object() {
        return Err(INVALID_FIELD.at("", "The body must be a JSON object."));
    }
    if let Some(pointer) = find_nul(&value, String::new()) {
        return Err(INVALID_FIELD.at(pointer, "The character NUL is not allowed."));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let pointer = pointer(error.path());
        let message = error.into_inner().to_string();
        let kind = if message.starts_with("unknown field") {
            &UNKNOWN_FIELD
        } else if message.starts_with("missing field") {
            &MISSING_FIELD
        } else {
            &INVALID_FIELD
        };
        kind.at(pointer, message)
    })
}

/// PostgreSQL's text cannot hold NUL.
fn find_nul(value: &Value, at: String) -> Option<String> {
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

async fn expect_type<'r>(
    request: &Request<'_>,
    data: Data<'r>,
    expected: &ContentType,
) -> Result<Data<'r>, Problem> {
    let given = request.content_type().map(|given| (given.top().as_str(), given.sub().as_str()));
    if given == Some((expected.top().as_str(), expected.sub().as_str())) {
        return Ok(data);
    }
    drain(data.open(SPOOL_LIMIT.bytes())).await;
    Err(UNSUPPORTED_TYPE.because(format!("Send the body as {expected}.")))
}

fn broken_off() -> Problem {
    INVALID_JSON.because("The body broke off.")
}

/// A field of a change: left out, or given, be it as null.
///
/// Use with `#[serde(default)]`.
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

/// A `text/csv` body of at most 64 MiB, in an unnamed file that goes when this goes.
pub struct Spooled(File);

impl Spooled {
    /// The file, standing at its beginning.
    pub fn into_file(self) -> File {
        self.0
    }
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Spooled {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self, ()> {
        match spool(request, data).await {
            Ok(file) => Outcome::Success(Self(file)),
            Err(problem) => Outcome::Error((leave(request, problem), ())),
        }
    }
}

async fn spool(request: &Request<'_>, data: Data<'_>) -> Result<File, Problem> {
    let data = expect_type(request, data, &ContentType::CSV).await?;
    let mut file = tempfile::tempfile().map_err(|error| Problem::internal(&error))?;
    // One byte over the limit tells a body that fits from one that was cut off.
    let mut stream = data.open((SPOOL_LIMIT + 1).bytes());
    let (mut buffer, mut total) = (vec![0; 64 << 10], 0);
    loop {
        let read = stream.read(&mut buffer).await.map_err(|_| broken_off())?;
        if read == 0 {
            break;
        }
        total += read as u64;
        if total > SPOOL_LIMIT {
            return Err(TOO_LARGE.because("An import may have 64 MiB."));
        }
        // At most 64 KiB into the page cache: not worth a hop to a blocking thread.
        file.write_all(&buffer[..read]).map_err(|error| Problem::internal(&error))?;
    }
    file.rewind().map_err(|error| Problem::internal(&error))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        #[expect(dead_code, reason = "only its absence is looked at")]
        quantity: u32,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Order {
        #[expect(dead_code, reason = "only its errors are looked at")]
        lines: Vec<Line>,
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
            (r#"{"lines": [{}]}"#, 422, "missing_field"),
            (r#"{"lines": [], "a/b": 1}"#, 422, "unknown_field"),
            (r#"{"lines": [{"quantity": 1, "x": "\u0000"}]}"#, 422, "\"/lines/0/x\""),
        ] {
            let (code, text) = problem(body);
            assert_eq!(code, status, "{body}");
            assert!(text.contains(part), "{body}: {text}");
        }
    }

    #[test]
    fn deep_nesting_is_refused() {
        let body = format!("{}{}", r#"{"lines":"#.repeat(100_000), "}".repeat(100_000));
        assert_eq!(problem(&body).0, 400);
    }
}
