//! API keys.
//!
//! | file | subject |
//! |---|---|
//! | `queries` | the table of keys |
//! | `routes` | the routes |
//! | `docs` | what the API says of them |

pub(super) mod docs;
pub(super) mod queries;
pub(super) mod routes;
