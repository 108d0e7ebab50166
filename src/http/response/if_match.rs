//! `If-Match`: a resource is changed only as the client has read it.

use rocket::Request;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};

use crate::http::problem::{PRECONDITION_FAILED, Problem, reject};

use super::etag::{Tags, tag_of};
use super::reply::Reply;

/// As what a resource is to be changed: what the client's `If-Match` says, or as whatever it is.
pub struct IfMatch(Option<Tags>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for IfMatch {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        match Tags::of(request, "If-Match") {
            Ok(tags) => Outcome::Success(Self(tags)),
            // Forwarded to the fallback, which has the body to drain.
            Err(problem) => Outcome::Forward(reject(request, problem)),
        }
    }
}

impl IfMatch {
    /// Holds the condition, if there is one, against a resource as it is now: `lock` keeps others from changing
    /// it until the transaction ends, and gives what a GET would answer.
    ///
    /// # Errors
    /// 412 `precondition_failed`, or what `lock` returns.
    pub fn check<A, E>(&self, lock: impl FnOnce() -> Result<A, E>) -> Result<(), Problem>
    where
        A: Reply,
        Problem: From<E>,
    {
        let Some(tags) = &self.0 else { return Ok(()) };
        let current = lock()?.render().map_err(|error| Problem::internal(&error))?;
        let tag = tag_of(&current.body);
        let holds = match tags {
            Tags::Any => true,
            // The strong comparison: a weak tag never matches.
            Tags::These(tags) => tags.iter().any(|(weak, known)| !weak && *known == tag),
        };
        if holds {
            return Ok(());
        }
        Err(PRECONDITION_FAILED.because("It has changed since it was read, or If-Match names another tag."))
    }
}
