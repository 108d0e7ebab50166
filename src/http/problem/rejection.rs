//! The problem that a guard rejects a request with. Rocket does not hand a guard's error to the catchers, so it is kept
//! in the request's local cache.

use rocket::Request;
use rocket::http::Status;

use crate::http::routing::template;

use super::document::Problem;

/// Why a guard rejected a request, and the route that it was for.
struct Rejection(Option<(Problem, String)>);

/// Keeps the problem of a guard for the catcher.
pub(crate) fn reject(request: &Request<'_>, problem: Problem) -> Status {
    let status = problem.status();
    request.local_cache(move || Rejection(Some((problem, template(request)))));
    status
}

/// The problem that a guard rejected a request with.
pub(in crate::http) fn rejection<'r>(request: &'r Request<'_>) -> Option<&'r Problem> {
    request.local_cache(|| Rejection(None)).0.as_ref().map(|(problem, _)| problem)
}

/// The route of a request for the log: the template, never the parameters.
pub(in crate::http) fn route_of(request: &Request<'_>) -> String {
    match &request.local_cache(|| Rejection(None)).0 {
        Some((_, template)) => template.clone(),
        None => template(request),
    }
}
