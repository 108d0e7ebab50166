//! API keys.
//!
//! | file | subject |
//! |---|---|
//! | `queries` | the table of keys |
//! | `routes` | the routes, and what the API says of them |

pub(super) mod queries;
pub(super) mod routes;
