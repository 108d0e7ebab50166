//! What every answer carries: a request id and its headers; and one line in the log.

use std::time::{Duration, Instant};

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::Header;
use rocket::{Data, Request, Response};

use crate::http::problem::route_of;
use crate::http::request::log_fields::LogFields;
use crate::http::request_id::RequestId;
use crate::tenancy::Tenancy;

/// None when Rocket refused the request before any fairing saw it.
struct Started(Option<Instant>);

/// The fairing that puts every answer into its envelope.
pub struct Envelope;

#[rocket::async_trait]
impl Fairing for Envelope {
    fn info(&self) -> Info {
        Info { name: "envelope", kind: Kind::Request | Kind::Response }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        request.local_cache(|| Started(Some(Instant::now())));
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        seal(request, response, request.method().as_str());
    }
}

/// Whether a request came by; Rocket refuses those with a method that it does not know before.
pub(in crate::http) fn has_seen(request: &Request<'_>) -> bool {
    request.local_cache(|| Started(None)).0.is_some()
}

/// Sets the headers that every answer has, counts it, and notes it in the log.
pub(in crate::http) fn seal(request: &Request<'_>, response: &mut Response<'_>, method: &str) {
    let id = &RequestId::of(request).0;
    response.set_header(Header::new("X-Request-Id", id.clone()));
    response.set_header(Header::new("X-Content-Type-Options", "nosniff"));
    if !response.headers().contains("Cache-Control") {
        response.set_header(Header::new("Cache-Control", "no-store"));
    }
    let started = request.local_cache(|| Started(None)).0;
    let took = started.map_or(Duration::ZERO, |started| started.elapsed());
    let (route, status) = (route_of(request), response.status().code);
    if let Some(tenancy) = request.rocket().state::<Tenancy>() {
        tenancy.metrics().requests.record(method, &route, status, took);
    }
    note(request, method, &route, status, took);
}

/// The one line in the log. `db_micros` is the time from the check-out of a connection to the end of the transaction,
/// `wait_micros` the time before, `rows` what a list shows. Who asked need not have been let in.
fn note(request: &Request<'_>, method: &str, route: &str, status: u16, took: Duration) {
    let account = LogFields::of(request);
    tracing::info!(
        request_id = %RequestId::of(request).0,
        method = %method,
        route,
        status,
        micros = micros(took),
        user = account.user().map(tracing::field::display),
        shop = account.shop().map(tracing::field::display),
        rows = account.rows(),
        db_micros = micros(account.spent.on_work()),
        wait_micros = micros(account.spent.on_waiting()),
        "request"
    );
}

/// As a number that JSON has: one of 128 bits would be text there.
fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
