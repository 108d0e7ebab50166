//! What Rocket refuses by itself, as problems: unknown routes, wrong methods, guards, panics.

use std::collections::BTreeSet;

use rocket::http::Status;
use rocket::response::{self, Responder};
use rocket::{Catcher, Request, catch, catchers};

use super::envelope::{self, RequestId};
use super::fallback;
use super::problem::{INTERNAL, INVALID_FIELD, METHOD_NOT_ALLOWED, NOT_FOUND, Problem, TOO_LARGE};

/// The catchers, to be registered at `/`.
pub fn all() -> Vec<Catcher> {
    catchers![anything]
}

/// Why a guard turned a request away, and from which route: Rocket does not hand a guard's error on.
struct Refused(Option<(Problem, String)>);

/// Leaves a guard's problem where the catcher finds it.
pub(super) fn leave(request: &Request<'_>, problem: Problem) -> Status {
    let status = problem.status();
    request.local_cache(move || Refused(Some((problem, template(request)))));
    status
}

/// The route that a request was for, as the log names it: never with what stood in the address.
pub(super) fn route_of(request: &Request<'_>) -> String {
    match request.local_cache(|| Refused(None)) {
        Refused(Some((_, template))) => template.clone(),
        Refused(None) => template(request),
    }
}

fn template(request: &Request<'_>) -> String {
    match request.route() {
        Some(route) if route.name.as_deref() != Some(fallback::NAME) => route.uri.to_string(),
        _ => "-".to_owned(),
    }
}

/// Why no route served a request: what a guard left, or else that there is none.
pub(super) fn refusal(request: &Request<'_>) -> Problem {
    match request.local_cache(|| Refused(None)) {
        Refused(Some((problem, _))) => problem.clone(),
        Refused(None) => missing(request),
    }
}

#[catch(default)]
fn anything(status: Status, request: &Request<'_>) -> Result<Problem, Unseen> {
    if !envelope::has_seen(request) {
        return Err(Unseen(unknown_method(request)));
    }
    Ok(explained(status, request))
}

/// The answer to a request that no fairing has seen, and whose method is lost.
struct Unseen(Problem);

impl<'r> Responder<'r, 'static> for Unseen {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = self.0.respond_to(request)?;
        envelope::seal(request, &mut response, "?");
        Ok(response)
    }
}

fn explained(status: Status, request: &Request<'_>) -> Problem {
    if let Refused(Some((problem, _))) = request.local_cache(|| Refused(None)) {
        return problem.clone();
    }
    match status.code {
        404 => missing(request),
        413 => TOO_LARGE.because("The request is larger than this server takes."),
        400..=499 => INVALID_FIELD.because("The request could not be understood."),
        _ => {
            // A panic, whose message the panic hook has printed without knowing of any request.
            tracing::error!(request_id = %RequestId::of(request).0, "a request failed, most likely in a panic");
            INTERNAL.because("The error has been logged under the request id.")
        }
    }
}

/// Rocket has no 405 of its own: a path that other methods would serve is told so.
fn missing(request: &Request<'_>) -> Problem {
    let methods = methods_at(request);
    if methods.contains(request.method().as_str()) {
        return nothing_here();
    }
    only(methods)
}

/// Rocket takes a method that it does not know for GET.
fn unknown_method(request: &Request<'_>) -> Problem {
    only(methods_at(request))
}

fn nothing_here() -> Problem {
    NOT_FOUND.because("There is nothing at this address.")
}

/// An address takes these methods and no others.
fn only(methods: BTreeSet<&str>) -> Problem {
    if methods.is_empty() {
        return nothing_here();
    }
    let methods = methods.into_iter().collect::<Vec<_>>().join(", ");
    METHOD_NOT_ALLOWED.because(format!("This address takes {methods}.")).allowing(methods)
}

/// The methods that are served at a request's address.
pub(super) fn methods_at<'r>(request: &'r Request<'_>) -> BTreeSet<&'r str> {
    let path: Vec<&str> = request.uri().path().segments().collect();
    let mut methods: BTreeSet<&str> = request
        .rocket()
        .routes()
        .filter(|route| route.name.as_deref() != Some(fallback::NAME) && covers(route.uri.path(), &path))
        .map(|route| route.method.as_str())
        .collect();
    if methods.contains("GET") {
        methods.insert("HEAD");
    }
    methods
}

/// Whether a route's path, such as `/products/<id>`, covers a path.
fn covers(route: &str, path: &[&str]) -> bool {
    let pattern: Vec<&str> = route.split('/').filter(|segment| !segment.is_empty()).collect();
    pattern.len() == path.len()
        && pattern.iter().zip(path).all(|(segment, given)| segment.starts_with('<') || segment == given)
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_parameter_covers_any_segment() {
        assert!(covers("/api/<id>/x", &["api", "7", "x"]));
        assert!(!covers("/api/<id>/x", &["api", "7"]));
        assert!(!covers("/api/<id>/x", &["api", "7", "y"]));
    }
}
