//! Registration, sign-in, and tokens.
//!
//! | file | subject |
//! |---|---|
//! | `registration` | registering a user who becomes a member of a shop at once |
//! | `unproved` | registering where addresses have to be proved |
//! | `verify_routes` | the routes for proving an address |
//! | `tokens` | the tokens that a client gets |
//! | `routes` | the routes, and what the API says of them |

mod registration;
pub(super) mod routes;
mod tokens;
mod unproved;
mod verify_routes;
