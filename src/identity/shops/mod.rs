//! The routes for shops: opening one, its entry, deleting and restoring it.
//!
//! | file | subject |
//! |---|---|
//! | `routes` | the routes |
//! | `docs` | what the API says of them |

pub(super) mod docs;
pub(super) mod routes;
