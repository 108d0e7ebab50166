//! The audit trail, as owners and users read it.
//!
//! | file | subject |
//! |---|---|
//! | `queries` | what an owner and a user may see of it, and how long it is kept |
//! | `routes` | the routes, and what the API says of them |

pub(super) mod queries;
pub(super) mod routes;
