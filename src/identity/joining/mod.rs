//! Becoming a customer of a shop.
//!
//! | file | subject |
//! |---|---|
//! | `routes` | the route, and what the API says of it |

pub(super) mod routes;
