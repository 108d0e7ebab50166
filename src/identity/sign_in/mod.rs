//! Registration, sign-in, and tokens.
//!
//! | file | subject |
//! |---|---|
//! | `routes` | the routes |
//! | `docs` | their OpenAPI descriptions |

pub(super) mod docs;
pub(super) mod routes;
