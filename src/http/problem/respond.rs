//! A problem as an HTTP response: its headers, and what is logged and counted of it.

use std::borrow::Cow;
use std::io::Cursor;

use rocket::http::{ContentType, Header, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};

use crate::http::request_id::RequestId;
use crate::limits::{self, Reached};
use crate::tenancy::Tenancy;

use super::document::Problem;
use super::kinds::{BUSY, Kind, OF_SESSIONS, UNAUTHENTICATED};

/// The fields of draft-ietf-httpapi-ratelimit-headers-10 that tell a client the limit, and when it may ask again.
fn rate_limit(reached: Reached, seconds: u32) -> [Header<'static>; 2] {
    let Reached { limit, value } = reached;
    [
        Header::new("RateLimit-Policy", format!("\"{limit}\";q={value};w=60")),
        Header::new("RateLimit", format!("\"{limit}\";r=0;t={seconds}")),
    ]
}

/// The challenge of RFC 6750, section 3: a token that came and is not good is an error, none is none.
fn challenge(kind: &Kind) -> Cow<'static, str> {
    let is_of_token = OF_SESSIONS.contains(&kind) && *kind != UNAUTHENTICATED;
    if is_of_token {
        format!("Bearer realm=\"shophouse\", error=\"invalid_token\", error_description=\"{}\"", kind.title)
            .into()
    } else {
        "Bearer realm=\"shophouse\"".into()
    }
}

/// Whether the answer to a request is a problem that says: too often, too many, or too busy.
struct Limited(bool);

/// Whether a request was refused because there are too many.
pub(in crate::http) fn was_limited(request: &Request<'_>) -> bool {
    request.local_cache(|| Limited(false)).0
}

impl<'r> Responder<'r, 'static> for Problem {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        if self.kind.status == 429 || self.limit.is_some() || self.kind.code == BUSY.code {
            request.local_cache(|| Limited(true));
        }
        let request_id = &RequestId::of(request).0;
        if let Some(cause) = &self.cause {
            tracing::error!(%request_id, code = self.kind.code, cause, "a request failed");
        }
        let body = serde_json::to_vec(&self.document(request_id)).map_err(|_| Status::InternalServerError)?;
        let mut response = Response::build();
        response
            .status(self.status())
            .header(ContentType::new("application", "problem+json"))
            .sized_body(body.len(), Cursor::new(body));
        if self.kind.status == 401 {
            response.header(Header::new("WWW-Authenticate", challenge(self.kind)));
        }
        if let Some(seconds) = self.retry_after {
            response.header(Header::new("Retry-After", seconds.to_string()));
        }
        if let Some(reached) = self.limit {
            if let Some(tenancy) = request.rocket().state::<Tenancy>() {
                tenancy.metrics().refusals.count(reached.limit);
            }
            if reached.limit.kind() == limits::Kind::Rate {
                let [policy, state] = rate_limit(reached, self.retry_after.unwrap_or_default());
                response.header(policy).header(state);
            }
        }
        if let Some((name, value)) = self.header.map(|header| *header) {
            response.header(Header::new(name, value));
        }
        response.ok()
    }
}
