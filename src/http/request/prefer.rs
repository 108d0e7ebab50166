//! What a client would like best of the ways in which a request can be answered (RFC 7240).

use rocket::Request;
use rocket::http::{Header, Status};
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use rocket::response::{self, Responder};

use crate::http::problem::reject;

use super::headers;

/// The preference for an answer that comes at once, before the work is done.
const ASYNC: &str = "respond-async";

/// Whether the client would rather not wait.
#[derive(Clone, Copy, Debug)]
pub struct Prefer {
    /// It would.
    pub respond_async: bool,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Prefer {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        let given = match headers::all(request, "Prefer") {
            Ok(given) => given,
            Err(problem) => return Outcome::Forward(reject(request, problem)),
        };
        let mut preferences = given.iter().flat_map(|header| header.split(','));
        let respond_async = preferences.any(|preference| name(preference).eq_ignore_ascii_case(ASYNC));
        Outcome::Success(Self { respond_async })
    }
}

/// Without a value and parameters.
fn name(preference: &str) -> &str {
    preference.split([';', '=']).next().unwrap_or_default().trim()
}

/// An answer that says whether it is as the client preferred it: a 202 is, if that was asked for.
pub struct Preferred<A>(pub Prefer, pub A);

impl<'r, A: Responder<'r, 'static>> Responder<'r, 'static> for Preferred<A> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut answer = self.1.respond_to(request)?;
        if self.0.respond_async && answer.status() == Status::Accepted {
            answer.set_header(Header::new("Preference-Applied", ASYNC));
        }
        Ok(answer)
    }
}
