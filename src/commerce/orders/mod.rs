//! Orders: placing them, and what becomes of them.
//!
//! | file | subject |
//! |---|---|
//! | `body` | what a client may send |
//! | `place` | placing an order |
//! | `status` | the states of an order, and the ways between them |
//! | `transition` | taking one of these ways |
//! | `view` | an order as it is shown |
//! | `read` | finding and listing |
//! | `error` | what can go wrong, and its problems |
//! | `routes` | the routes, and what the API says of them |
//! | `examples` | … with these examples |

pub mod body;
pub mod error;
mod examples;
mod place;
mod read;
pub mod routes;
mod status;
mod transition;
mod view;

pub use error::OrderError;
pub use status::Status;
