//! The shop's people, as its staff sees them, with what they have ordered.
//!
//! | file | subject |
//! |---|---|
//! | `read` | finding and listing |
//! | `routes` | the routes, and what the API says of them |

mod read;
pub mod routes;
