//! Small parts of the document, in OpenAPI's own terms.

use serde_json::Value;
use utoipa::openapi::header::Header;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::schema::{
    ArrayBuilder, KnownFormat, ObjectBuilder, Ref, Schema, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{Content, RefOr, Required, Response};

use crate::http::response::paging::MAX_LIMIT;

pub(super) fn described(text: &str) -> Response {
    Response::new(text)
}

pub(super) fn header(about: &str, r#type: Type, example: Value) -> Header {
    let mut header = Header::new(ObjectBuilder::new().schema_type(r#type));
    header.description = Some(about.to_owned());
    header.example = Some(example);
    header
}

pub(super) fn content(schema: &str, example: Value) -> Content {
    let mut content = Content::new(Some(Ref::from_schema_name(schema)));
    content.example = Some(example);
    content
}

pub(super) fn text_content(example: Option<Value>) -> Content {
    let mut content = Content::new(Some(ObjectBuilder::new().schema_type(Type::String)));
    content.example = example;
    content
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

pub(super) fn id_in_path(name: &str) -> Parameter {
    let about = if name == "id" { "The id.".to_owned() } else { format!("The {name}'s id.") };
    parameter(name, ParameterIn::Path, &about, formatted(KnownFormat::Uuid))
}

pub(super) fn formatted(format: KnownFormat) -> RefOr<Schema> {
    let format = SchemaFormat::KnownFormat(format);
    ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
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

pub(super) fn words_of(words: &[&str]) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words.to_vec()))
}
