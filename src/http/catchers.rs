//! What Rocket refuses by itself, as problems: unknown routes, wrong methods, guards, panics.

use std::collections::BTreeSet;

use rocket::http::Status;
use rocket::{Catcher, Request, catch, catchers};

use super::envelope::RequestId;
use super::problem::{
    INTERNAL, INVALID_FIELD, METHOD_NOT_ALLOWED, NOT_FOUND, Problem, TOO_LARGE, UNAUTHENTICATED,
};

/// The catchers, to be registered at `/`.
pub fn all() -> Vec<Catcher> {
    catchers![anything]
}

/// Why a guard turned a request away: Rocket does not hand a guard's error to a catcher.
struct Refused(Option<Problem>);

/// Leaves a guard's problem where the catcher finds it.
pub(super) fn leave(request: &Request<'_>, problem: Problem) -> Status {
    let status = problem.status();
    request.local_cache(move || Refused(Some(problem)));
    status
}

#[catch(default)]
fn anything(status: Status, request: &Request<'_>) -> Problem {
    if let Refused(Some(problem)) = request.local_cache(|| Refused(None)) {
        return problem.clone();
    }
    match status.code {
        401 => UNAUTHENTICATED.because("Send an access token as a bearer token."),
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
    let path: Vec<&str> = request.uri().path().segments().collect();
    let mut methods: BTreeSet<&str> = request
        .rocket()
        .routes()
        .filter(|route| covers(route.uri.path(), &path))
        .map(|route| route.method.as_str())
        .collect();
    if methods.contains("GET") {
        methods.insert("HEAD");
    }
    if methods.is_empty() || methods.contains(request.method().as_str()) {
        return NOT_FOUND.because("There is nothing at this address.");
    }
    let methods = methods.into_iter().collect::<Vec<_>>().join(", ");
    METHOD_NOT_ALLOWED.because(format!("This address takes {methods}.")).allowing(methods)
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
