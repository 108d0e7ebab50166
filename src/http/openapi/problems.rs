//! The problems among an operation's answers, made from their kinds.

use serde_json::json;
use utoipa::openapi::example::Example;
use utoipa::openapi::header::Header;
use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder, Ref, Type};
use utoipa::openapi::{Components, Content, RefOr, Response};
use utoipa::{PartialSchema, ToSchema};

use crate::http::problem::{Document, Kind, METHOD_NOT_ALLOWED};

use super::operation::Named;
use super::parts::{described, header};

/// A request id, for examples.
const REQUEST_ID: &str = "01a2059f-cf6a-7244-92bc-50c6fcc37b45";

/// What every operation shares: the form of a problem, and answers that belong to no operation.
pub(super) fn components() -> Components {
    let mut components = Components::new();
    let mut schemas = vec![(Document::name().into_owned(), Document::schema())];
    Document::schemas(&mut schemas);
    add_schemas(&mut components, schemas);
    let id = header(
        "Names the request in the log: the client's own, or a new one.",
        Type::String,
        json!(REQUEST_ID),
    );
    components.headers.insert("X-Request-Id".to_owned(), id.into());
    let (name, response) = response(&[&METHOD_NOT_ALLOWED]);
    components.responses.insert(name, response.into());
    components
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
    Ref::new("#/components/headers/X-Request-Id")
}

/// The answer for kinds of one status, and its name, which is made of their codes.
pub(super) fn response(kinds: &[&'static Kind]) -> (String, Response) {
    let codes: Vec<&str> = kinds.iter().map(|kind| kind.code).collect();
    let lines: Vec<String> = kinds.iter().map(|kind| format!("`{}`: {}", kind.code, kind.title)).collect();
    let mut response = described(&lines.join("  \n"));

    let code = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(codes.clone()));
    let these = ObjectBuilder::new().property("code", code);
    let problem = AllOfBuilder::new().item(Ref::from_schema_name(Document::name())).item(these);
    let mut content = Content::new(Some(problem));
    content.examples = kinds.iter().map(|kind| (kind.code.to_owned(), example(kind).into())).collect();
    response.content.insert("application/problem+json".to_owned(), content.into());

    response.headers.insert("X-Request-Id".to_owned(), RefOr::Ref(request_id()));
    let status = kinds.first().map_or(0, |kind| kind.status);
    let more = headers_of(status);
    response.headers.extend(more.into_iter().map(|(name, header)| (name.to_owned(), header.into())));
    (codes.join("-"), response)
}

/// The headers that only answers of this status have.
fn headers_of(status: u16) -> Vec<(&'static str, Header)> {
    let wait = || ("Retry-After", header("Seconds to wait before trying again.", Type::Integer, json!(1)));
    let text = |name, about, example: &str| (name, header(about, Type::String, json!(example)));
    match status {
        401 => vec![text("WWW-Authenticate", "What to sign in with.", "Bearer")],
        403 => vec![text(
            "WWW-Authenticate",
            "With `insufficient_scope`: the scope that an API key needs.",
            "Bearer error=\"insufficient_scope\", scope=\"products:write\"",
        )],
        405 => vec![text("Allow", "What the address takes.", "GET, HEAD, POST")],
        429 => vec![
            wait(),
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
        ],
        503 => vec![wait()],
        _ => Vec::new(),
    }
}

/// Written by what writes the real ones.
fn example(kind: &'static Kind) -> Example {
    let problem = kind.because(format!("{}.", kind.title));
    let mut example = Example::new();
    example.value = serde_json::to_value(problem.document(REQUEST_ID)).ok();
    example
}
