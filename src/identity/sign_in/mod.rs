//! Registration, sign-in, and tokens.
//!
//! | file | subject |
//! |---|---|
//! | `registration` | registering a user who becomes a member of a shop at once |
//! | `unproved` | registering where addresses have to be proved |
//! | `verify_routes` | the routes for proving an address |
//! | `token_routes` | the routes for getting further tokens |
//! | `opening` | what a sign-in does once the password was found right |
//! | `tokens` | the tokens that a client gets |
//! | `routes` | the routes for signing up and signing in, and what the API says of them |

mod opening;
mod registration;
pub(super) mod routes;
mod token_routes;
mod tokens;
mod unproved;
mod verify_routes;
