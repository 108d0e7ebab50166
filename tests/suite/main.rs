//! The suite: one binary, on a real PostgreSQL.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a helper that fails is a test that fails"
)]

mod bad_input;
mod bad_input_addresses;
mod bad_input_bench;
mod bad_input_bodies;
mod bad_input_csv;
mod bad_input_fields;
mod catalogue;
mod catalogue_changes;
mod catalogue_contradictions;
mod catalogue_lists;
mod catalogue_variants;
mod cors;
mod demo;
mod fleet;
mod holes;
mod house;
mod http;
mod identity;
mod identity_abuse;
mod identity_erasure;
mod identity_keys;
mod identity_members;
mod identity_profile;
mod identity_sessions;
mod identity_throttle;
mod import;
mod import_faults;
mod isolation;
mod migrations;
mod openapi;
mod order_races;
mod order_states;
mod orders;
mod private_server;
mod process;
mod process_refusals;
mod provisioning;
mod readme;
mod refused_bodies;
mod routes;
mod schema_files;
mod shops;
mod static_build;
mod stock;
mod support;
mod wall;
