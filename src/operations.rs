//! Routes for operators: version, health checks and metrics.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rocket::http::{ContentType, Status};
use rocket::{Route, State, get, routes};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::http::openapi::{self, Operation, tagged};
use crate::http::problem::INTERNAL;
use crate::http::{Engine, Fetched, Kind, Problem};
use crate::tenancy::{Tenancy, registry};

pub(crate) fn routes() -> Vec<Route> {
    routes![live, ready]
}

/// Separate from [`routes`]: metrics may have their own address.
pub(crate) fn metrics_routes() -> Vec<Route> {
    routes![metrics]
}

pub(crate) fn api_root() -> Vec<Route> {
    routes![about]
}

/// Their OpenAPI operations.
pub(crate) fn operations() -> Vec<Operation> {
    let live = openapi::get("/health/live", "Is the process alive")
        .about("Does not query the database: a process that answers needs no restart.");
    let ready = openapi::get("/health/ready", "Is the server ready")
        .about(
            "The database answers too. `lagging` counts the shops that wait for a migration, `failed` those whose last \
             migration failed. A stopping server is not ready while it finishes its requests.",
        )
        .asks_database()
        .may_fail(&[&SHUTTING_DOWN])
        .fetches::<Ready>(json!({ "status": "ready", "lagging": 0, "failed": 0 }));
    let metrics = openapi::get("/metrics", "Read the metrics")
        .about("For Prometheus. A server may be configured to serve them at another address instead.")
        .may_fail(&[&INTERNAL])
        .serves("text/plain", "Prometheus's text format.");
    tagged(TAG, ABOUT, [live, ready, metrics])
}

pub(crate) fn api_root_operations() -> Vec<Operation> {
    let about = openapi::get("/", "Name the service")
        .fetches::<About>(json!({ "name": "shophouse", "version": env!("CARGO_PKG_VERSION") }));
    tagged(TAG, ABOUT, [about])
}

const TAG: &str = "Operations";
const ABOUT: &str = "For operators: version, health checks and metrics.";

#[derive(Serialize, ToSchema)]
struct About {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize, ToSchema)]
struct Ready {
    status: &'static str,
    /// Shops whose schema is older than this server's.
    lagging: i64,
    /// Shops whose last migration failed.
    failed: i64,
}

#[get("/")]
fn about() -> Fetched<About> {
    Fetched(About { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") })
}

/// The process runs.
#[get("/health/live")]
fn live() -> Status {
    Status::NoContent
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

const SHUTTING_DOWN: Kind = Kind::new(503, "shutting_down", "The server is shutting down");

/// The database answers too. The outdated and failed shops are counted from partial indexes that hold only these.
#[get("/health/ready")]
async fn ready(tenancy: Engine, readiness: &State<Readiness>) -> Result<Fetched<Ready>, Problem> {
    if readiness.is_off.load(Ordering::SeqCst) {
        return Err(SHUTTING_DOWN.because("The server is stopping and accepts no new work.").retry_after(1));
    }
    let version = tenancy.tenant_version().to_owned();
    let state = tenancy.in_public(move |conn| registry::fleet_state(conn, &version)).await?;
    Ok(Fetched(Ready { status: "ready", lagging: state.lagging, failed: state.failed }))
}

/// Does not query the database.
#[get("/metrics")]
fn metrics(tenancy: &State<Tenancy>) -> Result<(ContentType, String), Problem> {
    let text = tenancy.metrics_text().map_err(|error| Problem::internal(&error))?;
    let kind = ContentType::new("text", "plain").with_params([("version", "0.0.4"), ("charset", "utf-8")]);
    Ok((kind, text))
}
