//! Errors that Rocket reports itself, as problems: unknown routes, wrong methods, guards, panics.

use std::collections::BTreeSet;

use rocket::http::{Header, Method, Status};
use rocket::response::{self, Responder, Response};
use rocket::{Catcher, Request, catch, catchers};

use crate::http::problem::{
    INTERNAL, INVALID_FIELD, METHOD_NOT_ALLOWED, NOT_FOUND, Problem, TOO_LARGE, rejection,
};
use crate::http::request::content::PATCH_TYPES;
use crate::http::request_id::RequestId;
use crate::http::routing::methods_at;
use crate::http::unreadable;

use super::access_log;

/// The catchers, to be registered at `/`.
pub fn all() -> Vec<Catcher> {
    catchers![anything]
}

/// Why no route served a request: the problem of a guard, or that there is no route.
pub(in crate::http) fn refusal(request: &Request<'_>) -> Problem {
    rejection(request).cloned().unwrap_or_else(|| missing(request))
}

/// What an address takes: the answer to OPTIONS, if it is an address, and no guard refused the request.
pub(in crate::http) fn options(request: &Request<'_>) -> Option<Options> {
    let methods = methods_at(request);
    let is_asked = request.method() == Method::Options && rejection(request).is_none();
    (is_asked && !methods.is_empty()).then(|| Options {
        takes_patches: methods.contains("PATCH"),
        methods: methods.into_iter().collect::<Vec<_>>().join(", "),
    })
}

/// 204, the methods, and what a PATCH may be (RFC 5789, 3.1).
pub(in crate::http) struct Options {
    methods: String,
    takes_patches: bool,
}

impl<'r> Responder<'r, 'static> for Options {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let mut answer = Response::build();
        answer.status(Status::NoContent).header(Header::new("Allow", self.methods));
        if self.takes_patches {
            answer.header(Header::new("Accept-Patch", PATCH_TYPES));
        }
        answer.ok()
    }
}

#[catch(default)]
fn anything(status: Status, request: &Request<'_>) -> Result<Problem, BeforeFairings> {
    if !access_log::has_begun(request) {
        unreadable::forget();
        return Err(BeforeFairings(unknown_method(request)));
    }
    Ok(explained(status, request))
}

/// The response to a request that no fairing has seen. Its method is not known.
struct BeforeFairings(Problem);

impl<'r> Responder<'r, 'static> for BeforeFairings {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = self.0.respond_to(request)?;
        access_log::finish(request, &mut response, "?");
        Ok(response)
    }
}

fn explained(status: Status, request: &Request<'_>) -> Problem {
    if let Some(problem) = rejection(request) {
        return problem.clone();
    }
    match status.code {
        404 => missing(request),
        413 => TOO_LARGE.because("The request is too large."),
        400..=499 => INVALID_FIELD.because("The request could not be understood."),
        _ => {
            // A panic. The panic hook has printed its message, but without the request.
            tracing::error!(request_id = %RequestId::of(request).0, "a request failed, most likely in a panic");
            INTERNAL.because("The error has been logged under the request id.")
        }
    }
}

/// Rocket has no 405 of its own: it is the response when other methods are allowed at this path.
fn missing(request: &Request<'_>) -> Problem {
    let methods = methods_at(request);
    if methods.contains(request.method().as_str()) {
        return nothing_here();
    }
    only(methods)
}

/// Rocket treats a method that it does not know as GET.
fn unknown_method(request: &Request<'_>) -> Problem {
    only(methods_at(request))
}

fn nothing_here() -> Problem {
    NOT_FOUND.because("There is nothing at this address.")
}

/// The address allows only these methods.
fn only(methods: BTreeSet<&str>) -> Problem {
    if methods.is_empty() {
        return nothing_here();
    }
    let methods = methods.into_iter().collect::<Vec<_>>().join(", ");
    METHOD_NOT_ALLOWED.because(format!("This address allows {methods}.")).with_header("Allow", methods)
}
