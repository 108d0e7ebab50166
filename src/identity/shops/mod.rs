//! The routes for shops: creating, reading, changing, deleting and restoring.
//!
//! | file | subject |
//! |---|---|
//! | `routes` | the routes, and what the API says of them |

pub(super) mod routes;
