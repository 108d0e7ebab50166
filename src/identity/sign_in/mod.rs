//! Registration, sign-in, and tokens.
//!
//! | file | subject |
//! |---|---|
//! | `registration` | registering a user who becomes a member of a shop at once |
//! | `tokens` | the tokens that a client gets |
//! | `routes` | the routes, and what the API says of them |

mod registration;
pub(super) mod routes;
mod tokens;
