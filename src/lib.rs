//! Shophouse: a shop backend for many shops, each behind a wall that PostgreSQL holds.
//!
//! The house has floors, and each uses only those below it:
//!
//! | floor | subject |
//! |---|---|
//! | [`cli`] | the command line: one file a command |
//! | [`commerce`] | the shop's side: products, orders, stock |
//! | [`identity`] | people: users, sessions, shops and who belongs to them |
//! | [`http`] | HTTP with no business in it |
//! | [`tenancy`] | the heart: registry, pin, wall, provisioning, migration |
//! | [`database`] | pools, the blocking hop, the private PostgreSQL |
//! | [`schema`] | Diesel's tables |
//! | [`metrics`] | what is counted, for Prometheus |
//!
//! [`server`] says what a request meets, in order; [`description`] what the API says of itself.

pub mod cli;
pub mod commerce;
pub mod config;
pub mod database;
pub mod http;
pub mod identity;
pub mod metrics;
mod operations;
pub mod schema;
pub mod tenancy;

use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use rocket::figment::Figment;
use rocket::{Build, Rocket};
use utoipa::openapi::OpenApi;

use http::openapi::{self, Api};
use http::request::token::Tokens;
use http::response::access_log::Envelope;
use http::response::cors::Cors;
use identity::{Hasher, Lifetimes};
use tenancy::{Tenancy, TenancyError, Tree, Trees};

/// The migrations of `public` and those of a shop's schema, as this binary holds them.
///
/// # Errors
/// When the directories were not as they must be.
pub fn trees() -> Result<Trees, TenancyError> {
    const PUBLIC: EmbeddedMigrations = embed_migrations!("migrations_public");
    const TENANT: EmbeddedMigrations = embed_migrations!("migrations_tenant");
    Trees::new(Tree::read(&PUBLIC)?, Tree::read(&TENANT)?)
}

/// What the web pages of every origin may call: the storefronts of the shops.
const STOREFRONT: &str = "/api/v1/storefront/";

/// What the routes need beside their request.
pub struct App {
    /// The engine, with `public` up to date.
    pub tenancy: Tenancy,
    /// Signs and verifies access tokens.
    pub tokens: Tokens,
    /// Hashes passwords.
    pub hasher: Hasher,
    /// How long sessions last.
    pub lifetimes: Lifetimes,
    /// Which web pages may call.
    pub cors: Cors,
    /// Whether `/metrics` is among the routes. It may have an address of its own, see [`metrics_server`].
    pub metrics: bool,
}

/// The server: a request gets its id and its place in the log, finds its route, and passes the guards
/// that the route's signature names; whatever is refused on the way becomes a problem.
pub fn server(rocket: Figment, app: App) -> Rocket<Build> {
    let rocket = rocket::custom(rocket)
        .attach(app.cors.opening(STOREFRONT))
        // Notes the answer in the log, and so comes last.
        .attach(Envelope);
    api(app.metrics)
        .serve(rocket)
        .mount("/", http::response::fallback::routes())
        .register("/", http::response::catchers::all())
        .manage(openapi::Document(description()))
        .manage(operations::Readiness::default())
        .manage(app.tenancy)
        .manage(app.tokens)
        .manage(app.hasher)
        .manage(app.lifetimes)
}

/// A server for `/metrics` alone.
pub fn metrics_server(rocket: Figment, tenancy: Tenancy) -> Rocket<Build> {
    rocket::custom(rocket)
        .attach(Envelope)
        .mount("/", openapi::routes(&operations::metrics_endpoints()))
        .mount("/", http::response::fallback::routes())
        .register("/", http::response::catchers::all())
        .manage(tenancy)
}

/// What the server says of its routes.
pub fn description() -> OpenApi {
    api(true).describe("Shophouse", env!("CARGO_PKG_VERSION"))
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
