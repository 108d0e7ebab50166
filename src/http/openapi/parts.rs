//! Small parts of the document, in OpenAPI's own terms.

use serde_json::Value;
use utoipa::openapi::header::Header;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Ref, Schema, SchemaType, Type};
use utoipa::openapi::{Content, RefOr, Required, Response};

use crate::http::response::paging::MAX_LIMIT;

pub(super) fn described(text: &str) -> Response {
    Response::new(text)
}

/// Without an example if that is null.
pub(super) fn header(about: &str, r#type: Type, example: Value) -> Header {
    let mut header = Header::new(ObjectBuilder::new().schema_type(r#type));
    header.description = Some(about.to_owned());
    header.example = Some(example).filter(|example| !example.is_null());
    header
}

/// JSON of a schema that has a name.
pub(super) fn referring(schema: &str) -> Content {
    Content::new(Some(Ref::from_schema_name(schema)))
}

/// What is not JSON.
pub(super) fn text() -> Content {
    Content::new(Some(ObjectBuilder::new().schema_type(Type::String)))
}

/// An entity tag, for examples.
pub(super) const TAG: &str = "\"3q2-7wAAAAAAAAAAAAAAAA\"";

/// Entity tags, as a header holds them.
pub(super) fn tags() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).examples([TAG, "*"])
}

pub(super) fn body(about: &str, content_type: &str, content: Content) -> RequestBody {
    let mut body = RequestBody::new();
    body.description = Some(about.to_owned());
    body.required = Some(Required::True);
    body.content.insert(content_type.to_owned(), content.into());
    body
}

pub(super) fn parameter(name: &str, place: ParameterIn, about: &str, schema: RefOr<Schema>) -> Parameter {
    let mut parameter = Parameter::new(name);
    parameter.required = if place == ParameterIn::Path { Required::True } else { Required::False };
    parameter.parameter_in = place;
    parameter.description = Some(about.to_owned());
    parameter.schema = Some(schema);
    parameter
}

pub(super) fn page_of(row: &str) -> RefOr<Schema> {
    let cursor = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .description(Some("The parameter `cursor` of the next page; null on the last."));
    ObjectBuilder::new()
        .property("data", ArrayBuilder::new().items(Ref::from_schema_name(row)).max_items(Some(MAX_LIMIT)))
        .property("next_cursor", cursor)
        .required("data")
        .required("next_cursor")
        .into()
}
