//! The headers that every response has, and one log line for each request.

use std::time::{Duration, Instant};

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::Header;
use rocket::{Data, Request, Response};

use crate::http::problem::route_of;
use crate::http::request::log_fields::LogFields;
use crate::http::request_id::RequestId;
use crate::http::unreadable;
use crate::tenancy::Tenancy;

/// When the request began; none when Rocket refused it before any fairing ran.
struct Started(Option<Instant>);

/// The fairing that sets the headers of every response and logs every request.
pub struct AccessLog;

#[rocket::async_trait]
impl Fairing for AccessLog {
    fn info(&self) -> Info {
        Info { name: "access log", kind: Kind::Request | Kind::Response }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        unreadable::note(request);
        request.local_cache(|| Started(Some(Instant::now())));
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        finish(request, response, request.method().as_str());
    }
}

/// Whether the fairings ran for a request. They do not when Rocket refuses a method that it does not know.
pub(in crate::http) fn has_begun(request: &Request<'_>) -> bool {
    request.local_cache(|| Started(None)).0.is_some()
}

/// Sets the headers that every response has, counts the request, and logs it.
pub(in crate::http) fn finish(request: &Request<'_>, response: &mut Response<'_>, method: &str) {
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
        let metrics = tenancy.metrics();
        metrics.requests.record(method, &route, status, took);
        let fields = LogFields::of(request);
        if let Some(shop) = fields.shop() {
            metrics.top_shops.count(shop.0, fields.spent.on_work(), matches!(status, 429 | 503));
        }
    }
    log_line(request, method, &route, status, took);
}

/// The log line of a request. `wait_micros` is the time until the request got a connection, `db_micros` the time from then
/// to the end of the transaction, and `rows` the length of a list. `user` and `shop` may belong to a refused request.
fn log_line(request: &Request<'_>, method: &str, route: &str, status: u16, took: Duration) {
    let fields = LogFields::of(request);
    tracing::info!(
        request_id = %RequestId::of(request).0,
        method = %method,
        route,
        status,
        micros = micros(took),
        user = fields.user().map(tracing::field::display),
        shop = fields.shop().map(tracing::field::display),
        rows = fields.rows(),
        db_micros = micros(fields.spent.on_work()),
        wait_micros = micros(fields.spent.on_waiting()),
        "request"
    );
}

/// As 64 bits: the JSON log would write a number of 128 bits as text.
fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
