//! Routes for operators: what runs here, and whether it is well.

use rocket::http::Status;
use rocket::{Route, State, get, routes};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::http::openapi::{self, Operation, tagged};
use crate::http::{Fetched, Problem};
use crate::tenancy::{Tenancy, registry};

pub(crate) fn routes() -> Vec<Route> {
    routes![live, ready]
}

pub(crate) fn api_root() -> Vec<Route> {
    routes![about]
}

/// What the API says of them.
pub(crate) fn operations() -> Vec<Operation> {
    let live = openapi::get("/health/live", "Is the process alive")
        .about("Asks nothing of the database: whoever gets an answer need not restart the process.");
    let ready = openapi::get("/health/ready", "Is the server ready")
        .about("The database answers too. `lagging` shops wait for a migration; of `failed` ones the last migration failed.")
        .asks_database()
        .fetches::<Ready>(json!({ "status": "ready", "lagging": 0, "failed": 0 }));
    tagged(TAG, ABOUT, [live, ready])
}

pub(crate) fn api_root_operations() -> Vec<Operation> {
    let about = openapi::get("/", "Name the service")
        .fetches::<About>(json!({ "name": "shophouse", "version": env!("CARGO_PKG_VERSION") }));
    tagged(TAG, ABOUT, [about])
}

const TAG: &str = "Operations";
const ABOUT: &str = "For operators: what runs here, and whether it is well.";

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

/// The process answers.
#[get("/health/live")]
fn live() -> Status {
    Status::NoContent
}

/// The database answers too; says how many shops are not well, from indexes that hold only these.
#[get("/health/ready")]
async fn ready(tenancy: &State<Tenancy>) -> Result<Fetched<Ready>, Problem> {
    let version = tenancy.tenant_version().to_owned();
    let state = tenancy.in_public(move |conn| registry::fleet_state(conn, &version)).await?;
    Ok(Fetched(Ready { status: "ready", lagging: state.lagging, failed: state.failed }))
}
