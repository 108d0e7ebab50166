//! The engine for a request: for whom it works, and what it may do there. Also the guards of routes that anybody may call.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Deref;

use rocket::Request;
use rocket::http::Method;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};

use crate::database::Party;
use crate::http::problem::{INTERNAL, Problem, reject};
use crate::tenancy::Tenancy;

use super::log_fields::LogFields;
use super::{client, content, pace};

/// The engine, on a route that anybody may call.
pub struct Engine(Tenancy);

impl Deref for Engine {
    type Target = Tenancy;

    fn deref(&self) -> &Tenancy {
        &self.0
    }
}

/// The engine, on a route that always answers, however often it is called: for the operator.
pub struct Unmetered(Tenancy);

impl Deref for Unmetered {
    type Target = Tenancy;

    fn deref(&self) -> &Tenancy {
        &self.0
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Engine {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        let guarded = tenancy_by_method(request).and_then(|tenancy| {
            pace::count_address(request, tenancy.quotas())?;
            content::refuse_coding(request)?;
            Ok(tenancy.for_party(party_at(request)))
        });
        match guarded {
            Ok(tenancy) => Outcome::Success(Self(tenancy)),
            // Forwarded to the fallback, which has the body to drain.
            Err(problem) => Outcome::Forward(reject(request, problem)),
        }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Unmetered {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        match tenancy(request) {
            Ok(tenancy) => Outcome::Success(Self(tenancy)),
            Err(problem) => Outcome::Forward(reject(request, problem)),
        }
    }
}

/// Waiting work in `public` takes turns by user.
pub(super) fn party(who: &impl Hash) -> Party {
    let mut hasher = DefaultHasher::new();
    who.hash(&mut hasher);
    Party::without_home(hasher.finish())
}

/// Of strangers, by address.
fn party_at(request: &Request<'_>) -> Party {
    party(&client::address(request).map(client::network))
}

/// The engine, which notes on the request's account what it does.
pub(super) fn tenancy(request: &Request<'_>) -> Result<Tenancy, Problem> {
    let tenancy: Option<&Tenancy> = request.rocket().state();
    let tenancy = tenancy.ok_or_else(|| INTERNAL.because("The server is not set up."))?;
    client::check(request)?;
    Ok(tenancy.charged_to(&LogFields::of(request).spent))
}

/// The same, which changes nothing where the request's method says so.
pub(super) fn tenancy_by_method(request: &Request<'_>) -> Result<Tenancy, Problem> {
    let tenancy = tenancy(request)?;
    // HEAD is answered by the route for GET.
    Ok(if matches!(request.method(), Method::Get | Method::Head) { tenancy.reading() } else { tenancy })
}
