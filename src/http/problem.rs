//! Errors as `application/problem+json` (RFC 9457), with a code that clients can rely on.

use std::borrow::Cow;
use std::io::Cursor;

use rocket::http::{ContentType, Header, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::database::{DatabaseError, Trouble};
use crate::tenancy::{Refusal, TenancyError};

use super::envelope::RequestId;

/// A kind of problem: what does not change from one occurrence to the next.
#[derive(Debug, Eq, PartialEq)]
pub struct Kind {
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: &'static str,
    /// What it is called.
    pub title: &'static str,
}

impl Kind {
    /// A kind of problem, for a feature's own list of them.
    pub const fn new(status: u16, code: &'static str, title: &'static str) -> Self {
        Self { status, code, title }
    }

    /// A problem of this kind.
    pub fn because(&'static self, detail: impl Into<Cow<'static, str>>) -> Problem {
        Problem {
            kind: self,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            allow: None,
            cause: None,
        }
    }

    /// A problem of this kind with one field of the body.
    pub fn at(&'static self, pointer: impl Into<String>, detail: impl Into<Cow<'static, str>>) -> Problem {
        let detail = detail.into();
        let place = Place::Pointer { pointer: pointer.into() };
        Problem {
            errors: vec![FieldError { place, code: self.code, detail: detail.clone() }],
            ..self.because(detail)
        }
    }
}

pub const INVALID_JSON: Kind = Kind::new(400, "invalid_json", "The body is not JSON");
pub const INVALID_HEADER: Kind = Kind::new(400, "invalid_header", "A header is not valid");
pub const UNAUTHENTICATED: Kind = Kind::new(401, "unauthenticated", "An access token is needed");
pub const INVALID_TOKEN: Kind = Kind::new(401, "invalid_token", "The access token is not valid");
pub const TOKEN_EXPIRED: Kind = Kind::new(401, "token_expired", "The access token has expired");
pub const SESSION_REVOKED: Kind = Kind::new(401, "session_revoked", "The session has ended");
pub const SHOP_REQUIRED: Kind = Kind::new(403, "shop_required", "The token names no shop");
pub const NOT_A_MEMBER: Kind = Kind::new(403, "not_a_member", "Not a member of the shop");
pub const FORBIDDEN: Kind = Kind::new(403, "forbidden", "The role does not allow this");
pub const SHOP_SUSPENDED: Kind = Kind::new(403, "shop_suspended", "The shop is suspended");
pub const SHOP_DELETING: Kind = Kind::new(403, "shop_deleting", "The shop is being deleted");
pub const NOT_FOUND: Kind = Kind::new(404, "not_found", "Not found");
pub const METHOD_NOT_ALLOWED: Kind = Kind::new(405, "method_not_allowed", "The method is not allowed");
pub const BODY_TIMEOUT: Kind = Kind::new(408, "body_timeout", "The body came too slowly");
pub const IDEMPOTENCY_IN_PROGRESS: Kind =
    Kind::new(409, "idempotency_in_progress", "The request with this key is still running");
pub const PRECONDITION_FAILED: Kind = Kind::new(412, "precondition_failed", "It has changed meanwhile");
pub const TOO_LARGE: Kind = Kind::new(413, "body_too_large", "The body is too large");
pub const UNSUPPORTED_TYPE: Kind =
    Kind::new(415, "unsupported_media_type", "The body's content type is not supported");
pub const INVALID_FIELD: Kind = Kind::new(422, "invalid_field", "A field is not valid");
pub const UNKNOWN_FIELD: Kind = Kind::new(422, "unknown_field", "A field is unknown");
pub const MISSING_FIELD: Kind = Kind::new(422, "missing_field", "A field is missing");
pub const INVALID_PARAMETER: Kind = Kind::new(422, "invalid_parameter", "A query parameter is not valid");
pub const IDEMPOTENCY_KEY_REUSED: Kind =
    Kind::new(422, "idempotency_key_reused", "The key belongs to another request");
pub const TOO_MANY_ATTEMPTS: Kind = Kind::new(429, "too_many_attempts", "Too many attempts");
pub const INTERNAL: Kind = Kind::new(500, "internal", "Something went wrong here");
pub const BUSY: Kind = Kind::new(503, "busy", "The server is busy");
pub const DATABASE_TIMEOUT: Kind = Kind::new(503, "database_timeout", "The database took too long");
pub const STORAGE_FULL: Kind = Kind::new(503, "storage_full", "The database has no room left");
pub const OUTCOME_UNKNOWN: Kind = Kind::new(503, "outcome_unknown", "Whether it was done is not known");
pub const SHOP_UPGRADING: Kind = Kind::new(503, "shop_upgrading", "The shop is being upgraded");
pub const SHOP_FAILED: Kind = Kind::new(503, "shop_failed", "The shop's upgrade failed");

/// What needs the database may find it away, or fail.
pub const OF_DATABASE: [&Kind; 5] = [&INTERNAL, &BUSY, &DATABASE_TIMEOUT, &STORAGE_FULL, &OUTCOME_UNKNOWN];
/// What asks for an access token.
pub const OF_SESSIONS: [&Kind; 4] = [&UNAUTHENTICATED, &INVALID_TOKEN, &TOKEN_EXPIRED, &SESSION_REVOKED];
/// What works in a shop.
pub const OF_SHOPS: [&Kind; 6] =
    [&SHOP_REQUIRED, &NOT_A_MEMBER, &SHOP_SUSPENDED, &SHOP_DELETING, &SHOP_UPGRADING, &SHOP_FAILED];
/// What takes a body of JSON.
pub const OF_JSON: [&Kind; 7] = [
    &INVALID_JSON,
    &BODY_TIMEOUT,
    &TOO_LARGE,
    &UNSUPPORTED_TYPE,
    &INVALID_FIELD,
    &UNKNOWN_FIELD,
    &MISSING_FIELD,
];
/// What takes a file.
pub const OF_FILES: [&Kind; 4] = [&INVALID_JSON, &BODY_TIMEOUT, &TOO_LARGE, &UNSUPPORTED_TYPE];
/// What takes an `Idempotency-Key`.
pub const OF_RETRIES: [&Kind; 3] = [&INVALID_HEADER, &IDEMPOTENCY_IN_PROGRESS, &IDEMPOTENCY_KEY_REUSED];

/// An error on its way to a client.
#[derive(Clone, Debug)]
pub struct Problem {
    kind: &'static Kind,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    /// Seconds.
    retry_after: Option<u32>,
    allow: Option<String>,
    /// For the log alone.
    cause: Option<String>,
}

/// What is wrong at one place of a body.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldError {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// The kind of the error.
    pub code: &'static str,
    /// What is wrong, for a person.
    pub detail: Cow<'static, str>,
}

/// A place in a body.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Place {
    /// Of JSON.
    Pointer {
        /// RFC 6901.
        pointer: String,
    },
    /// Of CSV.
    Line {
        /// From 1.
        line: u64,
        /// The column's name.
        #[serde(skip_serializing_if = "Option::is_none")]
        column: Option<String>,
    },
}

/// Why a request was refused (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct Document<'a> {
    /// `urn:shophouse:problem:` and the code.
    r#type: String,
    title: &'a str,
    status: u16,
    /// For people.
    detail: &'a str,
    /// For programs: it stays the same from release to release.
    code: &'a str,
    /// Names the request in the log.
    request_id: &'a str,
    /// What is wrong at which places of the body.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

impl Problem {
    /// Its kind.
    pub fn kind(&self) -> &'static Kind {
        self.kind
    }

    /// Its HTTP status.
    pub fn status(&self) -> Status {
        Status::new(self.kind.status)
    }

    /// Names the methods that would have been allowed.
    #[must_use]
    pub fn allowing(self, methods: String) -> Self {
        Self { allow: Some(methods), ..self }
    }

    /// Says what is wrong at which places.
    #[must_use]
    pub fn with_errors(self, errors: Vec<FieldError>) -> Self {
        Self { errors, ..self }
    }

    /// Asks the client to come back after so many seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// Something that is our fault: logged in full, told to nobody.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        INTERNAL.because("The error has been logged under the request id.").caused_by(error)
    }

    /// What the client is shown.
    pub(super) fn document<'a>(&'a self, request_id: &'a str) -> Document<'a> {
        Document {
            r#type: format!("urn:shophouse:problem:{}", self.kind.code),
            title: self.kind.title,
            status: self.kind.status,
            detail: &self.detail,
            code: self.kind.code,
            request_id,
            errors: &self.errors,
        }
    }

    /// Keeps for the log what the client is not told.
    fn caused_by(self, error: &dyn std::error::Error) -> Self {
        Self { cause: Some(error.to_string()), ..self }
    }
}

impl<'r> Responder<'r, 'static> for Problem {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let request_id = &RequestId::of(request).0;
        if let Some(cause) = &self.cause {
            tracing::error!(%request_id, code = self.kind.code, cause, "a request failed");
        }
        let body = serde_json::to_vec(&self.document(request_id)).map_err(|_| Status::InternalServerError)?;
        let mut answer = Response::build();
        answer
            .status(self.status())
            .header(ContentType::new("application", "problem+json"))
            .sized_body(body.len(), Cursor::new(body));
        if self.kind.status == 401 {
            answer.header(Header::new("WWW-Authenticate", "Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            answer.header(Header::new("Retry-After", seconds.to_string()));
        }
        if let Some(methods) = self.allow {
            answer.header(Header::new("Allow", methods));
        }
        answer.ok()
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let kind = match refusal {
            Refusal::SessionRevoked => &SESSION_REVOKED,
            Refusal::KeyRevoked => &INVALID_TOKEN,
            Refusal::NotAMember => &NOT_A_MEMBER,
            Refusal::Forbidden => &FORBIDDEN,
            Refusal::ShopSuspended => &SHOP_SUSPENDED,
            Refusal::ShopDeleting => &SHOP_DELETING,
            Refusal::NoStorefront => &NOT_FOUND,
            Refusal::ShopFailed => &SHOP_FAILED,
            Refusal::ShopUpgrading => &SHOP_UPGRADING,
        };
        let problem = kind.because(refusal.to_string());
        match refusal {
            Refusal::ShopUpgrading => problem.retry_after(5),
            Refusal::ShopFailed => problem.retry_after(300),
            _ => problem,
        }
    }
}

impl From<TenancyError> for Problem {
    fn from(error: TenancyError) -> Self {
        match error {
            TenancyError::Refused(refusal) => refusal.into(),
            TenancyError::Database(error) => error.into(),
            other => Self::internal(&other),
        }
    }
}

impl From<DatabaseError> for Problem {
    fn from(error: DatabaseError) -> Self {
        let problem = match error.trouble() {
            None => return Self::internal(&error),
            Some(Trouble::Away) => BUSY.because("The database is busy or away; try again.").retry_after(1),
            Some(Trouble::Slow) => DATABASE_TIMEOUT
                .because("The database did not answer in time. Nothing was changed; try again.")
                .retry_after(1),
            Some(Trouble::Full) => STORAGE_FULL
                .because("Nothing was changed. The operator has to make room; what only reads still works.")
                .retry_after(60),
            Some(Trouble::Unsettled) => OUTCOME_UNKNOWN
                .because(
                    "The database was lost while it was about to confirm the change, which was made as a whole or \
                     not at all. Look before you try again; with the same Idempotency-Key, just try again.",
                )
                .retry_after(1),
        };
        problem.caused_by(&error)
    }
}
