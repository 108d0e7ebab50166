//! The routes for shops: creating, reading, changing, deleting and restoring.
//!
//! | file | subject |
//! |---|---|
//! | `count` | how many shops a user has opened |
//! | `view` | a shop in an answer |
//! | `routes` | the routes, and what the API says of them |

mod count;
pub(super) mod routes;
pub(super) mod view;
