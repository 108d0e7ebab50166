//! What an operation does with the headers of conditional requests and of requests that are sent again.

use serde_json::json;
use utoipa::openapi::path::{HttpMethod, Parameter, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::http::problem::{INVALID_HEADER, OF_RETRIES, PRECONDITION_FAILED};
use crate::http::response::idempotency::MAX_KEY;

use super::operation::Operation;
use super::parts::{described, header, parameter};

impl Operation {
    /// The answer carries the tag of the resource that it shows. On GET, whoever has that already is told so.
    #[must_use]
    pub fn with_etag(mut self) -> Self {
        let tag = header("Names the resource as it is now.", Type::String, json!(TAG));
        self.answer.1.headers.insert("ETag".to_owned(), tag.into());
        if self.method != HttpMethod::Get {
            return self;
        }
        self.parameters.push(tags("If-None-Match", "Tags of what you have: 304 if it is one of these."));
        let mut known = described("You have it already.");
        known.headers.clone_from(&self.answer.1.headers);
        self.others.push((304, known));
        self.may_fail(&[&INVALID_HEADER])
    }

    /// It is done only to the resource as the client has read it, if the client says so.
    #[must_use]
    pub fn if_match(mut self) -> Self {
        self.parameters.push(tags("If-Match", "The tag of what you have read: 412 if it has changed."));
        self.may_fail(&[&INVALID_HEADER, &PRECONDITION_FAILED])
    }

    /// It takes an `Idempotency-Key`.
    pub(super) fn may_be_retried(mut self) -> Self {
        self.parameters.push(idempotency_key());
        self.may_fail(&OF_RETRIES)
    }
}

/// A tag, for examples.
const TAG: &str = "\"3q2-7wAAAAAAAAAAAAAAAA\"";

fn tags(name: &str, about: &str) -> Parameter {
    let tags = ObjectBuilder::new().schema_type(Type::String).examples([TAG, "*"]);
    parameter(name, ParameterIn::Header, about, tags.into())
}

fn idempotency_key() -> Parameter {
    let about = "A name for this request, such as a UUID: sent again with it, the request is not done again.";
    let key = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(MAX_KEY));
    parameter("Idempotency-Key", ParameterIn::Header, about, key.pattern(Some("^[!-~]+$")).into())
}
