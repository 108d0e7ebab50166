//! The suite: one binary, on a real PostgreSQL.

mod house;
mod private_server;
