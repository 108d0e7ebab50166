//! Registering, signing in, and getting further tokens.
//!
//! | file | subject |
//! |---|---|
//! | `routes` | the routes |
//! | `docs` | what the API says of them |

pub(super) mod docs;
pub(super) mod routes;
