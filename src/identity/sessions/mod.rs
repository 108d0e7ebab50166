//! Sessions and their refresh tokens.
//!
//! | file | subject |
//! |---|---|
//! | `queries` | opening, refreshing and ending sessions |
//! | `routes` | the routes, and what the API says of them |

pub(super) mod queries;
pub(super) mod routes;

pub(super) use queries::*;
