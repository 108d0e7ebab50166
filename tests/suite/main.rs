//! The suite: one binary, on a real PostgreSQL.

mod private_server;
