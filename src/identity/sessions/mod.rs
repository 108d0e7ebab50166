//! Sessions and their refresh tokens.
//!
//! | file | subject |
//! |---|---|
//! | `queries` | opening, refreshing and ending sessions |
//! | `routes` | the routes |
//! | `docs` | their OpenAPI descriptions |

pub(super) mod docs;
pub(super) mod queries;
pub(super) mod routes;

pub(super) use queries::*;
