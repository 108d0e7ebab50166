//! The route for requests that no other route serves: unknown addresses, wrong methods, and requests that a guard
//! refused. It reads the body to its end first: a client that is still sending would see a broken connection instead of
//! the response.

use rocket::data::Data;
use rocket::http::Method;
use rocket::route::{Handler, Outcome};
use rocket::{Request, Route};

use crate::http::request::chunks::Chunks;
use crate::http::routing::{FALLBACK, is_special_case};

use super::catchers;

/// Every method except HEAD, which Rocket serves with GET.
const METHODS: [Method; 8] = [
    Method::Get,
    Method::Put,
    Method::Post,
    Method::Delete,
    Method::Options,
    Method::Patch,
    Method::Trace,
    Method::Connect,
];

/// The routes, to be mounted at `/`. They have the lowest rank.
pub fn routes() -> Vec<Route> {
    let route = |method| {
        let mut route = Route::ranked(100, method, "/<_..>", Fallback);
        route.name = Some(FALLBACK.into());
        route
    };
    METHODS.into_iter().map(route).collect()
}

#[derive(Clone)]
struct Fallback;

#[rocket::async_trait]
impl Handler for Fallback {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        Chunks::of(request, data).drain().await;
        match catchers::options(request) {
            Some(options) => Outcome::from(request, options),
            None => Outcome::from(request, catchers::refusal(request)),
        }
    }
}

/// Routes that refuse the methods which an address does not have, where other routes with parameters have them: nothing else
/// keeps `PUT /products/import` from being `PUT /products/<id>`.
pub fn between(routes: &[Route]) -> Vec<Route> {
    fn path(route: &Route) -> &str {
        route.uri.path()
    }
    let mut between: Vec<Route> = Vec::new();
    for special in routes {
        let has = |method| routes.iter().any(|other| other.method == method && path(other) == path(special));
        for general in routes.iter().filter(|other| is_special_case(path(special), path(other))) {
            let (method, path) = (general.method, path(special));
            let is_known = between.iter().any(|known| known.method == method && known.uri.path() == path);
            if !has(method) && !is_known {
                let mut route = Route::ranked(general.rank - 1, method, path, Fallback);
                route.name = Some(FALLBACK.into());
                between.push(route);
            }
        }
    }
    between
}
