//! People: who they are, how they prove it, where they are signed in, and which shops are theirs.
//!
//! | room | subject |
//! |---|---|
//! | `email`, `secret`, `error` | email addresses; secrets kept as a hash; what can go wrong, and its problems |
//! | [`users`] | the table of users |
//! | `passwords/` | hashing and proving passwords, how often one may be tried, one-time reset tokens |
//! | `sessions/` | sign-ins and their refresh tokens |
//! | `sign_in/` | the routes for registering, signing in, and getting further tokens |
//! | `keys/` | API keys |
//! | `members/` | who belongs to a shop, and who is invited |
//! | `shops/` | the routes for shops |
//! | `joining/` | the route by which a user becomes a customer of a shop |
//! | `profile/` | a user's own profile, and its erasure |
//! | `operator` | what the operator does with users |
//! | `examples` | what the API's description shows of all these |

mod email;
mod error;
mod examples;
mod joining;
mod keys;
mod members;
mod operator;
mod passwords;
mod profile;
mod secret;
mod sessions;
mod shops;
mod sign_in;
pub mod users;

pub use email::Email;
pub use error::IdentityError;
pub use operator::{create_user, erase_user, reset_token, tidy};
pub use passwords::hashing::{Hasher, MIN_ITERATIONS, NewPassword, Password};
pub use passwords::reset::ResetToken;
pub use sessions::queries::Lifetimes;

/// The routes of this feature, with what the API says of them.
pub fn endpoints() -> Vec<crate::http::openapi::Endpoint> {
    [
        sign_in::routes::endpoints(),
        profile::routes::endpoints(),
        sessions::routes::endpoints(),
        keys::routes::endpoints(),
        shops::routes::endpoints(),
        members::routes::endpoints(),
        joining::routes::endpoints(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
