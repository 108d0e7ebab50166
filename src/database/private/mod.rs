//! A PostgreSQL of the binary's own: how it is started, joined and stopped.
//!
//! One process per data directory, the one that holds its lock, runs the server; others join it.
//!
//! | file | subject |
//! |---|---|
//! | `server` | starting, joining and stopping the server, step by step |
//! | `options` | what it is started with |
//! | `account` | the system account that it runs as |
//! | `programs` | PostgreSQL's programs, and which installation to use |
//! | `data_dir` | the data directory, its lock, and the socket |
//! | `cluster` | making PostgreSQL's own directory, and the server's command line |
//! | `orphan` | a server that a killed process left running |
//! | `supervisor` | ending the server when our process ends |
//! | `logins` | the logins and the database |
//! | `log` | the server's log |
//! | `error` | what can go wrong |

mod account;
mod cluster;
mod data_dir;
mod error;
mod log;
mod logins;
mod options;
mod orphan;
mod programs;
mod server;
mod supervisor;

pub use error::PrivateServerError;
pub use logins::{DATABASE, Login};
pub use options::PrivateOptions;
pub use programs::find_client;
pub use server::PrivateServer;
