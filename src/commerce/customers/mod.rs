//! The shop's people, as its staff sees them, with what they have ordered.
//!
//! | file | subject |
//! |---|---|
//! | `read` | finding and listing |
//! | `routes`, `docs` | the routes, and what the API says of them |

pub mod docs;
mod read;
pub mod routes;
