//! `If-Match`: change a resource only if it is as the client has read it. A route that cannot check it refuses it.

use rocket::data::Data;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use rocket::route::{self, Handler};
use rocket::{Request, Route};

use crate::http::problem::{INVALID_HEADER, PRECONDITION_FAILED, Problem, reject};
use crate::http::request::headers;

use super::etag::{Tags, tag_of};
use super::reply::Reply;

/// The header.
pub(in crate::http) const HEADER: &str = "If-Match";

/// The client's `If-Match`, if it sent one.
pub struct IfMatch(Option<Tags>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for IfMatch {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        match Tags::of(request, HEADER) {
            Ok(tags) => Outcome::Success(Self(tags)),
            // Forwarded to the fallback route, which reads the rest of the body.
            Err(problem) => Outcome::Forward(reject(request, problem)),
        }
    }
}

impl IfMatch {
    /// Checks the condition, if there is one, against the current resource. `lock` locks the resource until the transaction
    /// ends, and returns what a GET would.
    ///
    /// # Errors
    /// 412 `precondition_failed`, or what `lock` returns.
    pub fn check<A, E>(&self, lock: impl FnOnce() -> Result<A, E>) -> Result<(), Problem>
    where
        A: Reply,
        Problem: From<E>,
    {
        self.check_any(|| lock().map(|current| [current]))
    }

    /// The same for a resource that may be named by the tags of several.
    ///
    /// # Errors
    /// 412 `precondition_failed`, or what `lock` returns.
    pub fn check_any<const N: usize, A, E>(
        &self,
        lock: impl FnOnce() -> Result<[A; N], E>,
    ) -> Result<(), Problem>
    where
        A: Reply,
        Problem: From<E>,
    {
        let Some(tags) = &self.0 else { return Ok(()) };
        for current in lock()? {
            let tag = tag_of(&current.render().map_err(|error| Problem::internal(&error))?.body);
            let holds = match tags {
                Tags::Any => true,
                // The strong comparison: a weak tag never matches.
                Tags::Listed(tags) => tags.iter().any(|known| !known.is_weak && known.tag == tag),
            };
            if holds {
                return Ok(());
            }
        }
        Err(PRECONDITION_FAILED
            .because("The resource has changed since it was read, or If-Match has another tag."))
    }
}

/// The handler of a route without [`IfMatch`]: a condition that it would not check is refused, and never passed over.
#[derive(Clone)]
struct Unconditional(Box<dyn Handler>);

/// The same route, which refuses `If-Match`.
pub(in crate::http) fn refusing(mut route: Route) -> Route {
    route.handler = Box::new(Unconditional(route.handler));
    route
}

#[rocket::async_trait]
impl Handler for Unconditional {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> route::Outcome<'r> {
        let given = headers::all(request, HEADER);
        if given.as_ref().map_or(true, |values| !values.is_empty()) {
            let detail =
                "If-Match is not checked here: this address has no resource with an ETag. Leave it out.";
            let problem = given.err().unwrap_or_else(|| INVALID_HEADER.because(detail));
            // Forwarded to the fallback route, which reads the body.
            return Outcome::Forward((data, reject(request, problem)));
        }
        self.0.handle(request, data).await
    }
}
