//! A user's own profile.
//!
//! | file | subject |
//! |---|---|
//! | `queries` | changing a profile, in the user's shops too |
//! | `erasure` | erasing a user, here and in every shop |
//! | `routes` | the routes, and what the API says of them |

pub(super) mod erasure;
pub(super) mod queries;
pub(super) mod routes;
