//! Routes for operators: version, health checks and metrics.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rocket::http::{ContentType, Header};
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest, Request};
use rocket::response::status::NoContent;
use rocket::response::{self, Redirect, Responder};
use rocket::{State, get};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::http::openapi::{Describe, Endpoint, Operation, endpoint, tagged};
use crate::http::problem::INTERNAL;
use crate::http::{BASE, Fetched, Kind, Problem, Unmetered};
use crate::tenancy::{Class, Tenancy, registry};

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(TAG, ABOUT, [
        endpoint!(root, "findApi", "Find the API")
            .undescribed(),
        endpoint!(live, "checkLiveness", "Is the process alive")
            .about("Does not query the database: a process that answers needs no restart."),
        endpoint!(ready, "checkReadiness", "Is the server ready")
            .about(
                "The database answers too, and accepts changes. `lagging` counts the shops that wait for a migration, `failed` those whose \
                 last migration failed. A stopping server is not ready while it finishes its requests.",
            )
            .answers(json!({ "status": "ready", "lagging": 0, "failed": 0, "silent_nodes": [] }))
            .may_fail(&[&SHUTTING_DOWN]),
    ])
}

/// Separate from [`endpoints`]: metrics may have their own address.
pub(crate) fn metrics_endpoints() -> Vec<Endpoint> {
    tagged(
        TAG,
        ABOUT,
        [endpoint!(metrics, "getMetrics", "Read the metrics")
            .about("For Prometheus. A server may be configured to serve them at another address instead.")
            .may_fail(&[&INTERNAL])],
    )
}

/// Separate from [`endpoints`]: it is mounted at the API's base.
pub(crate) fn root_endpoints() -> Vec<Endpoint> {
    tagged(TAG, ABOUT, [endpoint!(about, "getService", "Name the service").answers(example())])
}

fn example() -> Value {
    json!(About::default())
}

const TAG: &str = "Operations";
const ABOUT: &str = "For operators: version, health checks and metrics.";

#[derive(Serialize, ToSchema)]
struct About {
    name: &'static str,
    version: &'static str,
    links: Links,
}

/// Where the parts of the server are.
#[derive(Serialize, ToSchema)]
struct Links {
    api: &'static str,
    docs: &'static str,
    openapi: &'static str,
    health: &'static str,
}

impl Default for About {
    fn default() -> Self {
        let links = Links { api: BASE, docs: DOCS, openapi: "/openapi.json", health: "/health/ready" };
        Self { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION"), links }
    }
}

/// The page that shows the API.
const DOCS: &str = "/docs";

/// A server that is not ready answers with a problem.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReadyStatus)]
enum Status {
    Ready,
}

#[derive(Serialize, ToSchema)]
struct Ready {
    status: Status,
    /// Shops whose schema is older than this server's.
    lagging: i64,
    /// Shops whose last migration failed.
    failed: i64,
    /// Servers of Citus that did not answer within the last seconds: requests in their shops get 503. Empty without Citus.
    silent_nodes: Vec<String>,
}

#[get("/")]
async fn about() -> Fetched<About> {
    Fetched(About::default())
}

#[get("/")]
async fn root(prefers: PrefersJson) -> Root {
    if prefers.0 { Root::Links } else { Root::Page }
}

/// Whether the client prefers JSON to everything else.
struct PrefersJson(bool);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for PrefersJson {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, Infallible> {
        let accept = request.accept();
        Outcome::Success(Self(accept.is_some_and(|accept| accept.preferred().media_type().is_json())))
    }
}

impl Describe for PrefersJson {}

/// What is at the root of the server.
enum Root {
    Page,
    Links,
}

impl<'r> Responder<'r, 'static> for Root {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = match self {
            Self::Page => Redirect::to(DOCS).respond_to(request)?,
            Self::Links => Fetched(About::default()).respond_to(request)?,
        };
        response.adjoin_header(Header::new("Vary", "Accept"));
        Ok(response)
    }
}

impl Describe for Root {
    fn describe(operation: &mut Operation) {
        Fetched::<About>::describe(operation);
        operation.answers(303, "To the page.");
    }
}

/// The process runs.
#[get("/health/live")]
async fn live() -> NoContent {
    NoContent
}

/// Whether the server is ready: not any more once it is told to stop.
#[derive(Clone, Debug, Default)]
pub(crate) struct Readiness {
    is_off: Arc<AtomicBool>,
}

impl Readiness {
    /// Reports the server as not ready from now on, so that a load balancer sends requests elsewhere.
    pub(crate) fn turn_off(&self) {
        self.is_off.store(true, Ordering::SeqCst);
    }
}

const SHUTTING_DOWN: Kind = Kind::new(503, "shutting_down", "The server is shutting down")
    .advice("only from `/health/ready`: the server was told to stop");

/// The database answers too, and accepts changes. The outdated and failed shops are counted from partial indexes that hold only these.
#[get("/health/ready")]
async fn ready(tenancy: Unmetered, readiness: &State<Readiness>) -> Result<Fetched<Ready>, Problem> {
    if readiness.is_off.load(Ordering::SeqCst) {
        return Err(SHUTTING_DOWN.because("The server is stopping and accepts no new work.").retry_after(1));
    }
    let (version, silent_nodes) = (tenancy.tenant_version().to_owned(), tenancy.silent_nodes());
    let state = tenancy
        .in_class(Class::Health)
        .in_public(move |conn| {
            conn.check_writable()?;
            registry::fleet_state(conn, &version)
        })
        .await?;
    Ok(Fetched(Ready { status: Status::Ready, lagging: state.outdated, failed: state.failed, silent_nodes }))
}

/// Does not query the database.
#[get("/metrics")]
async fn metrics(tenancy: &State<Tenancy>) -> Result<Exposition, Problem> {
    Ok(Exposition(tenancy.metrics_text().map_err(|error| Problem::internal(&error))?))
}

/// Prometheus's text format.
struct Exposition(String);

impl<'r> Responder<'r, 'static> for Exposition {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let parameters = [("version", "0.0.4"), ("charset", "utf-8")];
        (ContentType::new("text", "plain").with_params(parameters), self.0).respond_to(request)
    }
}

impl Describe for Exposition {
    fn describe(operation: &mut Operation) {
        operation.serves("text/plain", "Prometheus's text format.");
    }
}
