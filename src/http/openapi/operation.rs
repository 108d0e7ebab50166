//! One operation of the API, as the parts of its handler's signature describe it.

use std::collections::VecDeque;

use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{HttpMethod, Parameter, ParameterIn};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{Content, RefOr, Required, Response};

use crate::http::problem::{self, Kind};
use crate::http::request::scopes::Scope;
use crate::tenancy::Role;

use super::parts::{body, described, parameter, referring, text};

/// A part of a handler's signature: a guard, a parameter, a body, or what is answered.
pub trait Describe {
    /// Adds what it says of the operation. A guard may have nothing to say.
    fn describe(_: &mut Operation) {}
}

/// A schema and the name under which others refer to it.
pub(super) type Named = (String, RefOr<Schema>);

/// What the API says of one of its routes.
pub struct Operation {
    pub(super) method: HttpMethod,
    /// With a name in braces for each parameter, below the base at which it is mounted.
    pub(super) path: String,
    /// The name of the group, and what the group is about.
    pub(super) tag: (&'static str, &'static str),
    /// Its name in clients: a verb and what it acts on. It is never reworded.
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    /// Whether the document has it.
    pub(super) is_described: bool,
    pub(super) about: String,
    pub(super) caller: Caller,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<RequestBody>,
    /// The answers when all goes well.
    pub(super) answers: Vec<(u16, Response)>,
    /// Whether it answers with a page of a list.
    pub(super) lists: bool,
    pub(super) problems: Vec<&'static Kind>,
    pub(super) schemas: Vec<Named>,
    /// The names of the path's parameters that no part of the signature has described yet.
    pub(super) segments: VecDeque<String>,
}

/// Who may call.
pub(super) enum Caller {
    Anyone,
    SignedIn,
    AtLeast(Role, Scope),
}

impl Operation {
    /// An operation of which only its address is known.
    pub(super) fn new(method: HttpMethod, path: String, id: &'static str, summary: &'static str) -> Self {
        let named = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        Self {
            segments: named.map(str::to_owned).collect(),
            method,
            path,
            tag: ("", ""),
            id,
            summary,
            is_described: true,
            about: String::new(),
            caller: Caller::Anyone,
            parameters: Vec::new(),
            body: None,
            answers: Vec::new(),
            lists: false,
            problems: Vec::new(),
            schemas: Vec::new(),
        }
    }

    /// It may answer with these problems.
    pub fn may_fail(&mut self, kinds: &[&'static Kind]) {
        for kind in kinds {
            // Who may do only what customers do is refused for one of the two reasons.
            if **kind == problem::FORBIDDEN {
                self.may_fail(&[&problem::SECOND_FACTOR_MISSING]);
            }
            if !self.problems.contains(kind) {
                self.problems.push(kind);
            }
        }
    }

    /// It answers with this status.
    pub fn answers(&mut self, status: u16, about: &str) -> &mut Response {
        &mut self.answers.push_mut((status, described(about))).1
    }

    /// It answers 200 with something that is not JSON.
    pub fn serves(&mut self, content_type: &str, about: &str) {
        self.answers(200, about).content.insert(content_type.to_owned(), text().into());
    }

    /// It answers with this status and a `T`.
    pub(super) fn shows<T: ToSchema>(&mut self, status: u16, about: &str) -> &mut Response {
        let content = self.content_of::<T>();
        let response = self.answers(status, about);
        response.content.insert("application/json".to_owned(), content.into());
        response
    }

    /// It takes a parameter.
    pub fn takes(&mut self, name: &str, place: ParameterIn, about: &str, schema: RefOr<Schema>) {
        self.parameters.push(parameter(name, place, about, schema));
    }

    /// Whether it takes a parameter of this name.
    pub(super) fn has_parameter(&self, name: &str) -> bool {
        self.parameters.iter().any(|parameter| parameter.name == name)
    }

    /// It takes a body of at most so many bytes.
    pub(super) fn takes_body(&mut self, limit: u64, content_type: &str, content: Content) {
        self.body = Some(body(&format!("At most {} MiB.", limit >> 20), content_type, content));
    }

    /// Its body may be left out.
    pub(super) fn body_is_optional(&mut self) {
        if let Some(body) = &mut self.body {
            body.required = Some(Required::False);
        }
    }

    /// The next of the path's parameters.
    pub(super) fn next_segment(&mut self) -> String {
        self.segments.pop_front().unwrap_or_default()
    }

    /// JSON of a type, whose schema it makes known.
    pub(super) fn content_of<T: ToSchema>(&mut self) -> Content {
        self.schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(&mut self.schemas);
        referring(&T::name())
    }

    /// Says more of the body than its type does: [`shape`](super::shape) reads it.
    pub(super) fn extend_body(&mut self, name: &str, value: Value) {
        let contents = self.body.iter().flat_map(|body| body.content.values());
        let referred = contents.filter_map(|content| match content {
            RefOr::T(Content { schema: Some(RefOr::Ref(reference)), .. }) => {
                Some(reference.ref_location.as_str())
            }
            _ => None,
        });
        let names: Vec<&str> = referred.filter_map(|location| location.rsplit('/').next()).collect();
        for (_, schema) in self.schemas.iter_mut().filter(|(known, _)| names.contains(&known.as_str())) {
            if let RefOr::T(Schema::Object(object)) = schema {
                object.extensions = Some([(name, value.clone())].into_iter().collect::<Extensions>());
            }
        }
    }

    /// An example of the body.
    pub(super) fn set_body_example(&mut self, example: &Value) {
        let contents = self.body.iter_mut().flat_map(|body| body.content.values_mut());
        contents.for_each(|content| set_example(content, example));
    }

    /// An example of what is answered with 202.
    pub(super) fn set_begun_example(&mut self, example: &Value) {
        let begun = self.answers.iter_mut().filter(|(status, _)| *status == 202);
        begun
            .flat_map(|(_, answer)| answer.content.values_mut())
            .for_each(|content| set_example(content, example));
    }

    /// An example of where what was made, or has begun, stands.
    pub(super) fn set_location_example(&mut self, location: &str) {
        for header in self.answers.iter_mut().filter_map(|(_, answer)| answer.headers.get_mut("Location")) {
            if let RefOr::T(header) = header {
                header.example = Some(json!(location));
            }
        }
    }

    /// An example of what is answered; for a list, of a row.
    pub(super) fn set_answer_example(&mut self, example: &Value) {
        let page = json!({ "data": [example], "next_cursor": null });
        let example = if self.lists { &page } else { example };
        let mut contents = self.answers.iter_mut().flat_map(|(_, answer)| answer.content.values_mut());
        let Some(RefOr::T(first)) = contents.next() else { return };
        first.example = Some(example.clone());
        // Another answer may be of another type.
        let schema = first.schema.clone();
        for content in contents {
            if matches!(content, RefOr::T(other) if other.schema == schema) {
                set_example(content, example);
            }
        }
    }
}

fn set_example(content: &mut RefOr<Content>, example: &Value) {
    if let RefOr::T(content) = content {
        content.example = Some(example.clone());
    }
}
