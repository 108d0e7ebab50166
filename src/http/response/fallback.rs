//! Where a request ends that no route served: unknown addresses, wrong methods, and whoever a guard turned
//! away. Its body is read to the end first: a client that is still sending when the answer comes
//! would see a broken pipe in place of it.

use rocket::data::Data;
use rocket::http::Method;
use rocket::route::{Handler, Outcome};
use rocket::{Request, Route};

use crate::http::request::chunks::Chunks;
use crate::http::routing::FALLBACK;

use super::catchers;

/// Every method but HEAD, which Rocket serves by GET.
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

/// The routes, to be mounted at `/`; every other route comes before them.
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
        Outcome::from(request, catchers::refusal(request))
    }
}
