//! CORS: which web pages of other origins may call the API.

use std::str::FromStr;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::{Header, Method, Status};
use rocket::{Request, Response};

use crate::http::request::headers;
use crate::http::routing::{is_at_or_below, methods_at};

/// Request headers that a page may set, besides those that every page may.
const REQUEST_HEADERS: &str =
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Confirm-Password, X-Request-Id";
/// Response headers that a page may read, besides those that every page may.
const RESPONSE_HEADERS: &str =
    "ETag, Idempotency-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id";
/// How long a browser may cache the response to a preflight request, in seconds.
const MAX_AGE: &str = "600";

/// The origins whose pages may call. Credentials (cookies) are not allowed: pages send their token in a header.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Cors {
    origins: Vec<String>,
    /// What pages of every origin may call: a path, or all below a path that ends with a slash.
    open: &'static [&'static str],
}

/// A text that is not an origin.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not an origin: give scheme and host such as https://shop.example, without a path, or *")]
pub struct BadOrigin(String);

impl FromStr for Cors {
    type Err = BadOrigin;

    /// Parses origins separated by commas; `*` means every origin.
    fn from_str(text: &str) -> Result<Self, BadOrigin> {
        let origins = text.split(',').map(str::trim).filter(|origin| !origin.is_empty());
        let origins = origins.map(|origin| match origin.split_once("://") {
            _ if origin == "*" => Ok(origin.to_owned()),
            Some(("http" | "https", host)) if is_host(host) => Ok(origin.to_ascii_lowercase()),
            _ => Err(BadOrigin(origin.to_owned())),
        });
        Ok(Self { origins: origins.collect::<Result<_, _>>()?, open: &[] })
    }
}

fn is_host(host: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    !host.is_empty() && host.bytes().all(allowed)
}

impl Cors {
    /// Lets pages of every origin call the routes at these paths, and below those that end with a slash.
    #[must_use]
    pub fn allowing_all_at(self, open: &'static [&'static str]) -> Self {
        Self { open, ..self }
    }

    /// The value of `Access-Control-Allow-Origin`, if the origin is allowed.
    fn allowed<'r>(&self, request: &'r Request<'_>) -> Option<&'r str> {
        // Also to who sends no origin: a cache gives that answer to pages.
        if self.is_open(request) {
            return Some("*");
        }
        let origin = headers::hint(request, "Origin")?;
        self.allows(origin).then_some(origin)
    }

    fn is_open(&self, request: &Request<'_>) -> bool {
        self.open.iter().any(|open| is_at_or_below(request, open))
    }

    fn allows(&self, origin: &str) -> bool {
        self.origins.iter().any(|known| known == "*" || known.eq_ignore_ascii_case(origin))
    }
}

#[rocket::async_trait]
impl Fairing for Cors {
    fn info(&self) -> Info {
        Info { name: "cors", kind: Kind::Response }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        // A cache must not give one origin's response to another, unless it is the same for all.
        if !self.origins.is_empty() && !self.is_open(request) {
            response.adjoin_header(Header::new("Vary", "Origin"));
        }
        let Some(origin) = self.allowed(request) else { return };
        response.set_header(Header::new("Access-Control-Allow-Origin", origin));
        let is_preflight = request.method() == Method::Options
            && headers::hint(request, "Access-Control-Request-Method").is_some();
        if !is_preflight {
            response.set_header(Header::new("Access-Control-Expose-Headers", RESPONSE_HEADERS));
            return;
        }
        let methods = methods_at(request).into_iter().collect::<Vec<_>>().join(", ");
        if methods.is_empty() {
            return;
        }
        response.set_header(Header::new("Access-Control-Allow-Methods", methods));
        response.set_header(Header::new("Access-Control-Allow-Headers", REQUEST_HEADERS));
        response.set_header(Header::new("Access-Control-Max-Age", MAX_AGE));
        response.remove_header("Content-Type");
        response.remove_header("Allow");
        response.set_status(Status::NoContent);
        response.set_sized_body(0, rocket::tokio::io::empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_compared_completely_and_without_case() {
        let cors: Cors = " https://Shop.example, http://localhost:3000 ".parse().unwrap();
        assert!(cors.allows("https://shop.example"));
        assert!(cors.allows("http://localhost:3000"));
        for other in
            ["https://shop.example.evil", "http://shop.example", "https://a.shop.example", "null", ""]
        {
            assert!(!cors.allows(other), "{other}");
        }
        assert!("*".parse::<Cors>().unwrap().allows("https://anyone"));
        assert_eq!("".parse::<Cors>().unwrap(), Cors::default());
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for bad in ["shop.example", "https://", "https://a/b", "ftp://a", "https://a b", "https://a,x"] {
            assert!(bad.parse::<Cors>().is_err(), "{bad}");
        }
    }
}
