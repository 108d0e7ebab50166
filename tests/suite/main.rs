//! The suite: one binary, on a real PostgreSQL.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a helper that fails is a test that fails"
)]

mod archive;
mod archive_faults;
mod backup;
mod bad_input;
mod bad_input_addresses;
mod bad_input_bench;
mod bad_input_bodies;
mod bad_input_csv;
mod bad_input_fields;
mod catalogue;
mod catalogue_changes;
mod catalogue_handles;
mod catalogue_lists;
mod catalogue_plans;
mod catalogue_search;
mod catalogue_validation;
mod catalogue_variants;
mod command_line;
mod conditional;
mod cors;
mod customers;
mod demo;
mod drift;
mod erasing;
mod export;
mod faults_backends;
mod faults_clock;
mod faults_disk;
mod faults_hangs;
mod faults_restart;
mod fleet;
mod fleet_files;
mod fleet_processes;
mod fleet_runs;
mod holes;
mod house;
mod http;
mod identity;
mod identity_abuse;
mod identity_erasure;
mod identity_keys;
mod identity_load;
mod identity_members;
mod identity_operator;
mod identity_profile;
mod identity_sessions;
mod identity_settings;
mod identity_throttle;
mod import;
mod import_batches;
mod import_faults;
mod isolation;
mod lifecycle;
mod logs;
mod metrics;
mod migrations;
mod no_scans;
mod openapi;
mod operations;
mod order_races;
mod order_states;
mod orders;
mod outside;
mod outside_look;
mod outside_model;
mod outside_orders;
mod outside_play;
mod outside_steps;
mod overload;
mod pooler;
mod pools;
mod private_server;
mod process;
mod process_refusals;
mod provisioning;
mod psql;
mod readme;
mod refused_bodies;
mod retries;
mod routes;
mod schema_files;
mod shops;
mod shutdown;
mod static_build;
mod stock;
mod storefront;
mod support;
mod wall;
mod wire;
