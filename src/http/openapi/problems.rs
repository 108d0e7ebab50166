//! The problems among an operation's answers, made from their kinds.

use serde_json::json;
use utoipa::openapi::header::Header;
use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder, Ref, Type};
use utoipa::openapi::{Components, RefOr, Response};
use utoipa::{PartialSchema, ToSchema};

use crate::http::problem::{Code, Document, IDEMPOTENCY_IN_PROGRESS, Kind};

use super::operation::Named;
use super::parts::{described, header, referring};

/// A request id, for examples.
const REQUEST_ID: &str = "01a2059f-cf6a-7244-92bc-50c6fcc37b45";

/// What every operation shares: the form of a problem, and headers.
pub(super) fn components() -> Components {
    let mut components = Components::new();
    let mut schemas = vec![(Document::name().into_owned(), Document::schema())];
    Document::schemas(&mut schemas);
    add_schemas(&mut components, schemas);
    for (name, header) in headers() {
        components.headers.insert(name.to_owned(), header.into());
    }
    components
}

/// Names every code.
pub(super) fn add_codes(components: &mut Components, kinds: &[&'static Kind]) {
    let mut codes: Vec<&str> = kinds.iter().map(|kind| kind.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let about = "Every code of a problem. Later releases may have more: treat one that you do not know by its status.";
    components.schemas.insert(Code::name().into_owned(), words(codes).description(Some(about)).into());
}

fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words))
}

/// The problems of one operation, and the name of their schema: its codes are a closed set. A new code changes the set, and no
/// name.
pub(super) fn schema(operation: &str, kinds: &[&'static Kind]) -> Named {
    let mut codes: Vec<&str> = kinds.iter().map(|kind| kind.code).collect();
    codes.sort_unstable();
    let mut letters = operation.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let these = ObjectBuilder::new().property("code", words(codes)).required("code");
    let problem = AllOfBuilder::new().item(Ref::from_schema_name(Document::name())).item(these);
    (format!("{first}{}Problem", letters.as_str()), problem.into())
}

/// Adds schemas; two that have one name must be one.
pub(super) fn add_schemas(components: &mut Components, schemas: Vec<Named>) {
    for (name, schema) in schemas {
        debug_assert!(
            components.schemas.get(&name).is_none_or(|known| *known == schema),
            "two schemas are called {name}"
        );
        components.schemas.insert(name, schema);
    }
}

/// The header that every answer has.
pub(super) fn request_id() -> Ref {
    header_of(REQUEST_ID_HEADER)
}

const REQUEST_ID_HEADER: &str = "X-Request-Id";

fn header_of(name: &str) -> Ref {
    Ref::new(format!("#/components/headers/{name}"))
}

/// The answer for kinds of one status, whose schema has this name.
pub(super) fn response(kinds: &[&'static Kind], schema: &str) -> Response {
    let lines: Vec<String> = kinds.iter().map(|kind| format!("`{}`: {}", kind.code, kind.title)).collect();
    let mut response = described(&lines.join("  \n"));
    response.content.insert("application/problem+json".to_owned(), referring(schema).into());
    let status = kinds.first().map_or(0, |kind| kind.status);
    let waits = kinds.contains(&&IDEMPOTENCY_IN_PROGRESS);
    // The id of the request is in the problem itself.
    let names = names_of(status).iter().chain(waits.then_some(&"Retry-After"));
    response.headers = names.map(|name| ((*name).to_owned(), RefOr::Ref(header_of(name)))).collect();
    response
}

/// The headers that only problems of this status have.
fn names_of(status: u16) -> &'static [&'static str] {
    match status {
        401 | 403 => &["WWW-Authenticate"],
        429 => &["Retry-After", "RateLimit-Policy", "RateLimit"],
        503 => &["Retry-After"],
        _ => &[],
    }
}

/// The headers of problems.
fn headers() -> [(&'static str, Header); 5] {
    let text = |name, about, example: &str| (name, header(about, Type::String, json!(example)));
    [
        text(REQUEST_ID_HEADER, "Names the request in the log: the client's own, or a new one.", REQUEST_ID),
        text(
            "WWW-Authenticate",
            "With 401: what to sign in with, and what was wrong with the token that came. With `insufficient_scope`: the scope \
             that an API key needs.",
            "Bearer realm=\"shophouse\", error=\"invalid_token\"",
        ),
        ("Retry-After", header("Seconds to wait before trying again.", Type::Integer, json!(1))),
        text(
            "RateLimit-Policy",
            "With `rate_limited`: the limit, and how many requests it allows in how many seconds.",
            "\"user_requests_per_minute\";q=1800;w=60",
        ),
        text(
            "RateLimit",
            "With `rate_limited`: that no request is left, and in how many seconds one will be.",
            "\"user_requests_per_minute\";r=0;t=1",
        ),
    ]
}
