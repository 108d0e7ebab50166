//! Becoming a customer of a shop.
//!
//! | file | subject |
//! |---|---|
//! | `routes` | the route |
//! | `docs` | what the API says of it |

pub(super) mod docs;
pub(super) mod routes;
