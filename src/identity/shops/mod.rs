//! The routes for shops: opening one, its entry, deleting and restoring it.
//!
//! | file | subject |
//! |---|---|
//! | `routes` | the routes, and what the API says of them |

pub(super) mod routes;
