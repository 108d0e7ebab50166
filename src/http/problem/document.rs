//! Errors as `application/problem+json` (RFC 9457), with a code that clients can rely on.

use std::borrow::Cow;

use rocket::http::Status;
use serde::Serialize;
use utoipa::ToSchema;

use crate::limits::Reached;

use super::kinds::{INTERNAL, Kind};
use super::schemas::{Code, FlatError};

impl Kind {
    /// A problem of this kind.
    pub fn because(&'static self, detail: impl Into<Cow<'static, str>>) -> Problem {
        Problem {
            kind: self,
            detail: sentence(detail.into()),
            errors: Vec::new(),
            retry_after: None,
            header: None,
            limit: None,
            report: None,
            cause: None,
        }
    }

    /// A problem of this kind with one field of the body.
    pub fn at(&'static self, pointer: impl Into<String>, detail: impl Into<Cow<'static, str>>) -> Problem {
        Problem::of_fields(vec![(self, pointer.into(), detail.into())])
    }
}

/// An error response.
#[derive(Clone, Debug)]
pub struct Problem {
    pub(super) kind: &'static Kind,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    /// Seconds.
    pub(super) retry_after: Option<u32>,
    /// A header that says what would be accepted.
    pub(super) header: Option<Box<(&'static str, Cow<'static, str>)>>,
    /// The limit that refused the request.
    pub(super) limit: Option<Reached>,
    /// What else there is to tell.
    report: Option<Box<serde_json::Value>>,
    /// Only for the log.
    pub(super) cause: Option<String>,
}

/// An error at one place of the body.
#[derive(Clone, Debug, Serialize)]
pub struct FieldError {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// The kind of the error.
    pub code: &'static str,
    /// What is wrong, for people.
    pub detail: Cow<'static, str>,
}

/// A place in a body.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Place {
    /// Of JSON.
    Pointer {
        /// RFC 6901.
        pointer: String,
    },
    /// Of CSV.
    Line {
        /// The row of a spreadsheet, from 1.
        row: u32,
        /// From 1.
        line: u32,
        /// The product's handle.
        #[serde(skip_serializing_if = "Option::is_none")]
        handle: Option<String>,
        /// The column's name.
        #[serde(skip_serializing_if = "Option::is_none")]
        column: Option<String>,
        /// The beginning of the cell.
        #[serde(skip_serializing_if = "Option::is_none")]
        value: Option<String>,
    },
}

/// Why a request was refused (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(in crate::http) struct Document<'a> {
    /// The address of a page that explains the code.
    r#type: String,
    title: &'a str,
    status: u16,
    /// For people.
    detail: &'a str,
    /// For programs. It does not change between releases.
    #[schema(value_type = Code)]
    code: &'a str,
    /// The id of the request, as in the log.
    request_id: &'a str,
    /// The errors in the body.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Vec<FlatError>, required = false)]
    errors: &'a [FieldError],
    /// The limit that refused the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    limit: Option<LimitView>,
    /// What an import found: its report without the errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<Object>)]
    report: Option<&'a serde_json::Value>,
}

/// A limit that was reached.
#[derive(Serialize, ToSchema)]
#[schema(as = Limit)]
struct LimitView {
    /// Its name, as in the settings.
    name: &'static str,
    /// Its value.
    value: u32,
}

impl Problem {
    /// Its kind.
    pub fn kind(&self) -> &'static Kind {
        self.kind
    }

    /// What is wrong, for people.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Its HTTP status.
    pub fn status(&self) -> Status {
        Status::new(self.kind.status)
    }

    /// Adds a header that says what would be accepted, such as `Allow`.
    #[must_use]
    pub fn with_header(self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        Self { header: Some(Box::new((name, value.into()))), ..self }
    }

    /// A problem with fields of the body: for each its kind, a JSON pointer to it, and what is wrong. The problem is of the
    /// first one's kind.
    pub fn of_fields<D: Into<Cow<'static, str>>>(fields: Vec<(&'static Kind, String, D)>) -> Self {
        let others = fields.len().saturating_sub(1);
        let mut whole = None;
        let mut errors = Vec::new();
        for (kind, pointer, detail) in fields {
            let detail = detail.into();
            whole.get_or_insert_with(|| {
                let first = about_field(&named(&pointer), &detail);
                kind.because(if others == 0 {
                    first
                } else {
                    format!("{first} There are {others} more errors.")
                })
            });
            let subject = if pointer.is_empty() { "the body" } else { "this field" };
            let detail = about_field(subject, &detail).into();
            errors.push(FieldError { place: Place::Pointer { pointer }, code: kind.code, detail });
        }
        let whole = whole.unwrap_or_else(|| INTERNAL.because("A problem without an error was reported."));
        Self { errors, ..whole }
    }

    /// Sets the errors in the body.
    #[must_use]
    pub fn with_errors(self, errors: Vec<FieldError>) -> Self {
        Self { errors, ..self }
    }

    /// Adds a report of what was found.
    #[must_use]
    pub fn with_report(self, report: &impl Serialize) -> Self {
        Self { report: serde_json::to_value(report).ok().map(Box::new), ..self }
    }

    /// Asks the client to try again after some seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// Adds a sentence to the detail.
    #[must_use]
    pub fn adding(self, more: &str) -> Self {
        Self { detail: format!("{} {more}", self.detail).into(), ..self }
    }

    /// Names the limit that refused the request.
    #[must_use]
    pub(super) fn limited(self, reached: Reached) -> Self {
        Self { limit: Some(reached), ..self }
    }

    /// An error of the server. It is logged; the client sees no details.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        INTERNAL.because("The error has been logged under the request id.").caused_by(error)
    }

    /// The JSON document for the client.
    pub(in crate::http) fn document<'a>(&'a self, request_id: &'a str) -> Document<'a> {
        Document {
            r#type: format!("/docs/problems#{}", self.kind.code),
            title: self.kind.title,
            status: self.kind.status,
            detail: &self.detail,
            code: self.kind.code,
            request_id,
            errors: &self.errors,
            limit: self.limit.map(|reached| LimitView { name: reached.limit.name(), value: reached.value }),
            report: self.report.as_deref(),
        }
    }

    /// Adds the cause, for the log only.
    pub(in crate::http) fn caused_by(self, error: &dyn std::error::Error) -> Self {
        Self { cause: Some(error.to_string()), ..self }
    }
}

/// What a field is called in a sentence.
fn named(pointer: &str) -> String {
    if pointer.is_empty() { "the body".to_owned() } else { format!("the field {pointer}") }
}

/// A sentence about a field. Most details are its predicate, such as "must be a whole number".
fn about_field(subject: &str, detail: &str) -> String {
    let is_predicate = ["must ", "is ", "has ", "comes "].iter().any(|verb| detail.starts_with(verb));
    sentence(if is_predicate { format!("{subject} {detail}") } else { detail.to_owned() }.into()).into_owned()
}

/// The text as a sentence: with a capital letter at its beginning and a full stop at its end.
fn sentence(text: Cow<'static, str>) -> Cow<'static, str> {
    let ends = text.ends_with(['.', '!', '?']);
    if ends && !text.starts_with(char::is_lowercase) {
        return text;
    }
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}{}", letters.as_str(), if ends { "" } else { "." }).into()
}
