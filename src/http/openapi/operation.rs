//! One operation of the API: its path, who may call it, what it takes and what it answers.

use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::path::{HttpMethod, Parameter, ParameterIn};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, Type};
use utoipa::openapi::{Content, RefOr, Response};

use crate::http::problem::{self, INVALID_PARAMETER, Kind, NOT_FOUND};
use crate::http::request::body::JSON_LIMIT;
use crate::http::request::chunks::SPOOL_LIMIT;
use crate::http::request::guards::AtLeast;
use crate::http::response::paging::{DEFAULT_LIMIT, MAX_LIMIT};
use crate::tenancy::Role;

use super::parts::{
    body, content, described, formatted, header, id_in_path, page_of, parameter, text_content, words_of,
};

/// A schema and the name under which others refer to it.
pub(super) type Named = (String, RefOr<Schema>);

/// What the API says of one of its routes.
pub struct Operation {
    pub(super) method: HttpMethod,
    /// With a name in braces for each parameter, below the base at which it is mounted.
    pub(super) path: &'static str,
    /// The name of the group, and what the group is about.
    pub(super) tag: (&'static str, &'static str),
    pub(super) about: String,
    pub(super) caller: Caller,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<RequestBody>,
    pub(super) answer: (u16, Response),
    /// Other answers that go well.
    pub(super) others: Vec<(u16, Response)>,
    pub(super) problems: Vec<&'static Kind>,
    pub(super) schemas: Vec<Named>,
    pub(super) summary: &'static str,
}

/// Who may call.
pub(super) enum Caller {
    Anyone,
    SignedIn,
    AtLeast(Role),
}

/// A reading operation.
pub fn get(path: &'static str, summary: &'static str) -> Operation {
    Operation::new(HttpMethod::Get, path, summary)
}

/// An operation that makes or does something. All take an `Idempotency-Key`, but those that give out tokens.
pub fn post(path: &'static str, summary: &'static str) -> Operation {
    let operation = Operation::new(HttpMethod::Post, path, summary);
    if path.starts_with("/auth/") { operation } else { operation.may_be_retried() }
}

/// A replacing operation.
pub fn put(path: &'static str, summary: &'static str) -> Operation {
    Operation::new(HttpMethod::Put, path, summary)
}

/// An operation that changes a part.
pub fn patch(path: &'static str, summary: &'static str) -> Operation {
    Operation::new(HttpMethod::Patch, path, summary)
}

/// A removing operation.
pub fn delete(path: &'static str, summary: &'static str) -> Operation {
    Operation::new(HttpMethod::Delete, path, summary)
}

/// Puts operations into one group.
pub fn tagged<const N: usize>(
    name: &'static str,
    about: &'static str,
    operations: [Operation; N],
) -> Vec<Operation> {
    operations.into_iter().map(|operation| Operation { tag: (name, about), ..operation }).collect()
}

impl Operation {
    fn new(method: HttpMethod, path: &'static str, summary: &'static str) -> Self {
        let named = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let parameters: Vec<_> = named.map(id_in_path).collect();
        // Whatever is named in a path may be missing.
        let problems = if parameters.is_empty() { Vec::new() } else { vec![&NOT_FOUND] };
        Self {
            method,
            path,
            tag: ("", ""),
            about: String::new(),
            caller: Caller::Anyone,
            parameters,
            body: None,
            answer: (204, described("Done.")),
            others: Vec::new(),
            problems,
            schemas: Vec::new(),
            summary,
        }
    }

    /// What there is to know beyond the summary.
    #[must_use]
    pub fn about(mut self, text: &str) -> Self {
        text.clone_into(&mut self.about);
        self
    }

    // --- who may call --------------------------------------------------------------------------

    /// For whoever has an access token.
    #[must_use]
    pub fn signed_in(mut self) -> Self {
        self.caller = Caller::SignedIn;
        self.asks_database().may_fail(&problem::OF_SESSIONS)
    }

    /// For members of the token's shop who have the role `R`, or a higher one.
    #[must_use]
    pub fn at_least<R: AtLeast>(mut self) -> Self {
        self.caller = Caller::AtLeast(R::ROLE);
        // Every member is a customer at least.
        let by_role: &[_] = if R::ROLE > Role::Customer { &[&problem::FORBIDDEN] } else { &[] };
        self.asks_database().may_fail(&problem::OF_SESSIONS).may_fail(&problem::OF_SHOPS).may_fail(by_role)
    }

    // --- what it takes -------------------------------------------------------------------------

    /// A parameter of the path that is no id but one of a few words.
    #[must_use]
    pub fn words_in_path(mut self, name: &str, words: &[&str]) -> Self {
        let schema = words_of(words);
        self.parameters.retain(|known| known.name != name);
        self.parameters.push(parameter(name, ParameterIn::Path, "Its name.", schema.into()));
        self
    }

    /// A parameter of the path that is no id.
    #[must_use]
    pub fn in_path<T: ToSchema>(mut self, name: &str, about: &str) -> Self {
        self.parameters.retain(|known| known.name != name);
        self.parameters.push(parameter(name, ParameterIn::Path, about, T::schema()));
        self
    }

    /// A parameter of the query, which may be left out.
    #[must_use]
    pub fn filter<T: ToSchema>(self, name: &str, about: &str) -> Self {
        self.query(name, about, T::schema())
    }

    /// … that is an id.
    #[must_use]
    pub fn filter_id(self, name: &str, about: &str) -> Self {
        self.query(name, about, formatted(KnownFormat::Uuid))
    }

    /// … that is a time.
    #[must_use]
    pub fn filter_time(self, name: &str, about: &str) -> Self {
        self.query(name, about, formatted(KnownFormat::DateTime))
    }

    /// … that knows a few words, of which the first holds when it is left out.
    #[must_use]
    pub fn choice(self, name: &str, about: &str, words: &[&str]) -> Self {
        let default = words.first().map(|word| json!(word));
        self.query(name, about, words_of(words).default(default).into())
    }

    fn query(mut self, name: &str, about: &str, schema: RefOr<Schema>) -> Self {
        self.parameters.push(parameter(name, ParameterIn::Query, about, schema));
        self.may_fail(&[&INVALID_PARAMETER])
    }

    /// A JSON body.
    #[must_use]
    pub fn takes<T: ToSchema>(mut self, example: Value) -> Self {
        let content = self.content_of::<T>(example);
        self.body = Some(body(&format!("At most {} MiB.", JSON_LIMIT >> 20), "application/json", content));
        self.may_fail(&problem::OF_JSON)
    }

    /// A body of CSV.
    #[must_use]
    pub fn takes_csv(mut self, example: &str) -> Self {
        let content = text_content(Some(json!(example)));
        self.body = Some(body(&format!("At most {} MiB.", SPOOL_LIMIT >> 20), "text/csv", content));
        self.may_fail(&problem::OF_FILES)
    }

    // --- what it answers -----------------------------------------------------------------------

    /// 200 with a resource.
    #[must_use]
    pub fn fetches<T: ToSchema>(mut self, example: Value) -> Self {
        let mut response = described("The resource.");
        response.content.insert("application/json".to_owned(), self.content_of::<T>(example).into());
        self.answer = (200, response);
        self
    }

    /// 201 with the new resource, which then stands at `location`.
    #[must_use]
    pub fn creates<T: ToSchema>(mut self, location: &str, example: Value) -> Self {
        self = self.fetches::<T>(example);
        self.answer.0 = 201;
        "The new resource.".clone_into(&mut self.answer.1.description);
        let at = header("Where the new resource stands.", Type::String, json!(location));
        self.answer.1.headers.insert("Location".to_owned(), at.into());
        self
    }

    /// Another status with which it may answer the same.
    #[must_use]
    pub fn also_answers(mut self, status: u16, about: &str) -> Self {
        let mut other = self.answer.1.clone();
        about.clone_into(&mut other.description);
        other.headers.remove("Location");
        self.others.push((status, other));
        self
    }

    /// 200 with a page of a list, of which `row` is an example.
    #[must_use]
    pub fn lists<T: ToSchema>(mut self, row: Value) -> Self {
        let limit = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(MAX_LIMIT));
        let limit = limit.default(Some(json!(DEFAULT_LIMIT)));
        self = self.query("limit", "Rows of the page, at the most.", limit.into());
        self = self.filter::<String>("cursor", "Where the page begins: `next_cursor` of the page before.");
        self.know::<T>();
        let name = format!("{}Page", T::name());
        self.schemas.push((name.clone(), page_of(&T::name())));
        let content = content(&name, json!({ "data": [row], "next_cursor": null }));
        let mut response = described("A page of the list.");
        response.content.insert("application/json".to_owned(), content.into());
        let next = "</…?cursor=…>; rel=\"next\"";
        let link = header("The address of the next page, when there is one.", Type::String, json!(next));
        response.headers.insert("Link".to_owned(), link.into());
        self.answer = (200, response);
        self
    }

    /// 200 with something that is not JSON.
    #[must_use]
    pub fn serves(mut self, content_type: &str, about: &str) -> Self {
        let mut response = described(about);
        response.content.insert(content_type.to_owned(), text_content(None).into());
        self.answer = (200, response);
        self
    }

    /// 200 with a JSON object of any form.
    #[must_use]
    pub fn serves_json(mut self, about: &str) -> Self {
        let mut response = described(about);
        let any = ObjectBuilder::new().schema_type(Type::Object);
        response.content.insert("application/json".to_owned(), Content::new(Some(any)).into());
        self.answer = (200, response);
        self
    }

    /// Problems that it answers with, beyond those of its guards, its parameters and its body.
    #[must_use]
    pub fn may_fail(mut self, kinds: &[&'static Kind]) -> Self {
        for kind in kinds {
            if !self.problems.contains(kind) {
                self.problems.push(kind);
            }
        }
        self
    }

    /// It needs the database, which may be busy or away.
    #[must_use]
    pub fn asks_database(self) -> Self {
        self.may_fail(&problem::OF_DATABASE)
    }

    // --- what its schemas are ------------------------------------------------------------------

    fn know<T: ToSchema>(&mut self) {
        self.schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(&mut self.schemas);
    }

    fn content_of<T: ToSchema>(&mut self, example: Value) -> Content {
        self.know::<T>();
        content(&T::name(), example)
    }
}
