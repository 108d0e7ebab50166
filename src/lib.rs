//! Shophouse: a multi-tenant shop backend. PostgreSQL's row-level security isolates the shops from each other.
//!
//! The crate has layers; each uses only the layers below it:
//!
//! | layer | subject |
//! |---|---|
//! | [`cli`] | the command line: one file for each command |
//! | [`commerce`] | inside a shop: products, orders, stock |
//! | [`identity`] | users, sessions, shops and their members |
//! | [`mail`] | messages to users: an outbox, and sending what is in it |
//! | [`http`] | HTTP without business rules |
//! | [`tenancy`] | the engine: registry, pinned connections, isolation, provisioning, migrations |
//! | [`audit`] | the trail of who did what to whom |
//! | [`database`] | connection pools, blocking work, the private PostgreSQL |
//! | [`schema`] | Diesel's table definitions |
//! | [`metrics`] | counters for Prometheus |
//! | [`limits`] | limits on rates and numbers |
//! | [`fairness`] | waiting in turns |
//!
//! [`server`] puts the server together; [`description`] makes its OpenAPI document.

pub mod audit;
pub mod cli;
pub mod commerce;
pub mod config;
pub mod database;
pub mod fairness;
pub mod http;
pub mod identity;
pub mod limits;
pub mod mail;
pub mod metrics;
mod operations;
pub mod schema;
pub mod tenancy;

use std::sync::LazyLock;
use std::time::Duration;

use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use rocket::figment::Figment;
use rocket::shield::Shield;
use rocket::{Build, Rocket, Route};
use serde_json::Value;

use commerce::import::jobs::run::Jobs;
use http::openapi::{self, Api};
use http::request::body_memory::AllBodies;
use http::request::token::Tokens;
use http::response::access_log::AccessLog;
use http::response::compression::Compress;
use http::response::cors::Cors;
use http::response::refusal_delay::RefusalDelay;
use http::{Spools, TransferLimits};
use identity::{Hasher, Lifetimes, Verification};
use tenancy::{Tenancy, TenancyError, Tree, Trees};

/// The migrations of `public` and of a shop's schema, as they are embedded in this binary.
///
/// # Errors
/// When a directory of migrations is malformed, or the baseline is not of its version.
pub fn trees() -> Result<Trees, TenancyError> {
    const PUBLIC: EmbeddedMigrations = embed_migrations!("migrations_public");
    const TENANT: EmbeddedMigrations = embed_migrations!("migrations_tenant");
    const BASELINE: &str = include_str!("schema/tenant.sql");
    Trees::new(Tree::read(&PUBLIC)?, Tree::read(&TENANT)?.with_baseline(BASELINE)?)
}

/// What web pages of every origin may call: the storefronts of the shops, and the description of the API.
const OPEN: &[&str] = &["/api/v1/storefront/", "/openapi.json"];

/// What the routes need besides their request.
pub struct App {
    /// The engine, with `public` up to date.
    pub tenancy: Tenancy,
    /// Signs and verifies access tokens.
    pub tokens: Tokens,
    /// Hashes passwords.
    pub hasher: Hasher,
    /// How long sessions last.
    pub lifetimes: Lifetimes,
    /// Whether email addresses have to be proved.
    pub verification: Verification,
    /// Which web pages may call the API.
    pub cors: Cors,
    /// How many uploads and downloads there may be at a time.
    pub transfers: TransferLimits,
    /// The imports that go on after their request was answered.
    pub jobs: Jobs,
    /// How long a refusal by a limit is kept back.
    pub refusal_delay: Duration,
    /// Whether this server serves `/metrics`. Otherwise [`metrics_server`] does, at another address.
    pub metrics: bool,
}

/// The server. A request gets an id and a line in the log, finds its route, and passes the guards in the route's
/// signature. Every refusal becomes a problem document.
pub fn server(rocket: Figment, app: App) -> Rocket<Build> {
    http::unreadable::listen();
    let rocket = rocket::custom(rocket)
        // Without Rocket's own headers: they are for pages. The pages set theirs, and the access log sets `nosniff`.
        .attach(Shield::new())
        .attach(app.cors.allowing_all_at(OPEN))
        .attach(Compress::default())
        // Notes the answer in the log, and so comes after all that change it.
        .attach(AccessLog)
        .attach(RefusalDelay(app.refusal_delay));
    rocket
        .mount("/", routes(app.metrics))
        .mount("/", http::response::fallback::routes())
        .register("/", http::response::catchers::all())
        .manage(openapi::Document(LazyLock::new(|| openapi::json(&description()?))))
        .manage(openapi::ProblemPage(LazyLock::new(|| openapi::html("/docs/problems", &problem_page()))))
        .manage(operations::Readiness::default())
        .manage(Spools::new(app.transfers))
        .manage(app.jobs)
        .manage(AllBodies::default())
        .manage(app.tenancy)
        .manage(app.tokens)
        .manage(app.hasher)
        .manage(app.lifetimes)
        .manage(app.verification)
}

/// A server that serves only `/metrics`.
pub fn metrics_server(rocket: Figment, tenancy: Tenancy) -> Rocket<Build> {
    rocket::custom(rocket)
        .attach(Shield::new())
        .attach(AccessLog)
        .mount("/", openapi::routes(&operations::metrics_endpoints()))
        .mount("/", http::response::fallback::routes())
        .register("/", http::response::catchers::all())
        .manage(tenancy)
}

/// What the server says of its routes.
///
/// # Errors
/// When it is no JSON.
pub fn description() -> serde_json::Result<Value> {
    api(true).describe("Shophouse", env!("CARGO_PKG_VERSION"))
}

/// The page that explains every problem code.
pub fn problem_page() -> String {
    api(true).problem_page()
}

/// The routes of the API. A process may make many servers, as the tests do, and describing the routes takes longer than all else of that.
fn routes(metrics: bool) -> Vec<Route> {
    static ROUTES: [LazyLock<Vec<Route>>; 2] =
        [LazyLock::new(|| api(false).routes()), LazyLock::new(|| api(true).routes())];
    ROUTES[usize::from(metrics)].clone()
}

/// The one list of what is served and described; `/metrics` may have an address of its own.
fn api(metrics: bool) -> Api {
    Api::default()
        .mount(http::BASE, identity::endpoints())
        .mount(http::BASE, commerce::endpoints())
        .mount(http::BASE, operations::root_endpoints())
        .mount("/", operations::endpoints())
        .mount("/", if metrics { operations::metrics_endpoints() } else { Vec::new() })
        .mount("/", openapi::endpoints())
}
