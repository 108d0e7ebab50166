//! The routes for shops: creating, reading, changing, deleting and restoring.
//!
//! | file | subject |
//! |---|---|
//! | `routes` | the routes |
//! | `docs` | their OpenAPI descriptions |

pub(super) mod docs;
pub(super) mod routes;
