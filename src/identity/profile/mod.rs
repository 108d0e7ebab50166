//! A user's own profile.
//!
//! | file | subject |
//! |---|---|
//! | `queries` | reading and changing a profile |
//! | `erasure` | erasing a user, in `public` and in every shop |
//! | `routes` | the routes |
//! | `docs` | their OpenAPI descriptions |

pub(super) mod docs;
pub(super) mod erasure;
pub(super) mod queries;
pub(super) mod routes;
