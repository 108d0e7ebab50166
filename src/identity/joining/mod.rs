//! Becoming a customer of a shop.
//!
//! | file | subject |
//! |---|---|
//! | `routes` | the route |
//! | `docs` | its OpenAPI description |

pub(super) mod docs;
pub(super) mod routes;
