//! People: who they are, how they prove it, where they are signed in, and which shops are theirs.
//!
//! | file | subject |
//! |---|---|
//! | `email` | email addresses |
//! | `secret` | secrets that are handed out once and kept as a hash |
//! | `password` | passwords, and hashing them where it holds up nobody |
//! | `users` | the table of users |
//! | `profile` | changing a user's profile, in the user's shops too |
//! | `proof` | proving a password |
//! | `throttle` | how often a password may be tried |
//! | `sessions` | sign-ins and their refresh tokens |
//! | `members`, `invitations` | who belongs to a shop, and who is to |
//! | `keys` | API keys |
//! | `reset` | a new password by a one-time token |
//! | `erasure` | erasing a user, here and in every shop |
//! | `operator` | what the operator does with users |
//! | `error` | what can go wrong, and its problems |
//! | `auth_routes`, `me_routes`, `session_routes`, `key_routes`, `shop_routes`, `member_routes`, `join_routes` | the routes, and what the API says of them |
//! | `examples` | … what the API's description shows of them |

mod auth_routes;
mod email;
mod erasure;
mod error;
mod examples;
mod invitations;
mod join_routes;
mod key_routes;
mod keys;
mod me_routes;
mod member_routes;
mod members;
mod operator;
mod password;
mod profile;
mod proof;
mod reset;
mod secret;
mod session_routes;
mod sessions;
mod shop_routes;
mod throttle;
pub mod users;

pub use email::Email;
pub use error::IdentityError;
pub use operator::{create_user, erase_user, reset_token, tidy};
pub use password::{Hasher, MIN_ITERATIONS, NewPassword, Password};
pub use reset::ResetToken;
pub use sessions::Lifetimes;

/// The routes of this feature, with what the API says of them.
pub fn endpoints() -> Vec<crate::http::openapi::Endpoint> {
    [
        auth_routes::endpoints(),
        me_routes::endpoints(),
        session_routes::endpoints(),
        key_routes::endpoints(),
        shop_routes::endpoints(),
        member_routes::endpoints(),
        join_routes::endpoints(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
