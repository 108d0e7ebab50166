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

mod email;
mod error;
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
pub use operator::{create_user, erase_user, reset_token, clean_up};
pub use passwords::hashing::{Hasher, MIN_ITERATIONS};
pub use passwords::password::{NewPassword, Password};
pub use passwords::reset::ResetToken;
pub use sessions::queries::Lifetimes;

/// The routes of this feature.
pub fn routes() -> Vec<rocket::Route> {
    [
        sign_in::routes::routes(),
        profile::routes::routes(),
        sessions::routes::routes(),
        keys::routes::routes(),
        shops::routes::routes(),
        members::routes::routes(),
        joining::routes::routes(),
    ]
    .concat()
}

/// What the API says of them.
pub fn operations() -> Vec<crate::http::openapi::Operation> {
    [
        sign_in::docs::operations(),
        profile::docs::operations(),
        sessions::docs::operations(),
        keys::docs::operations(),
        shops::docs::operations(),
        members::docs::operations(),
        joining::docs::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
