//! API keys.
//!
//! | file | subject |
//! |---|---|
//! | `queries` | the table of keys |
//! | `routes` | the routes |
//! | `docs` | their OpenAPI descriptions |

pub(super) mod docs;
pub(super) mod queries;
pub(super) mod routes;
