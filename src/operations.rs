//! Routes for operators: what runs here, and whether it is well.

use rocket::http::Status;
use rocket::{Route, State, get, routes};
use serde_json::{Value, json};

use crate::http::{Fetched, Problem};
use crate::tenancy::{Tenancy, registry};

pub(crate) fn routes() -> Vec<Route> {
    routes![live, ready]
}

pub(crate) fn api_root() -> Vec<Route> {
    routes![about]
}

#[get("/")]
fn about() -> Fetched<Value> {
    Fetched(json!({ "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") }))
}

/// The process answers.
#[get("/health/live")]
fn live() -> Status {
    Status::NoContent
}

/// The database answers too; says how many shops are not well, from indexes that hold only these.
#[get("/health/ready")]
async fn ready(tenancy: &State<Tenancy>) -> Result<Fetched<Value>, Problem> {
    let version = tenancy.tenant_version().to_owned();
    let state = tenancy.in_public(move |conn| registry::fleet_state(conn, &version)).await?;
    Ok(Fetched(json!({ "status": "ready", "lagging": state.lagging, "failed": state.failed })))
}
