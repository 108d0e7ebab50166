//! The suite: one binary, on a real PostgreSQL.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a helper that fails is a test that fails"
)]

mod fleet;
mod holes;
mod house;
mod isolation;
mod migrations;
mod private_server;
mod provisioning;
mod routes;
mod schema_files;
mod static_build;
mod support;
mod wall;
