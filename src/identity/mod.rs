//! Users: accounts, passwords, sessions, API keys, and memberships of shops.
//!
//! | module | subject |
//! |---|---|
//! | `email`, `secret`, `error` | email addresses; secrets that are stored as a hash; errors and their problems |
//! | `revocation` | ending the keys together with the sessions |
//! | `addresses/` | proving email addresses |
//! | `activity/` | the audit trail, as owners and users read it |
//! | [`users`] | the table of users |
//! | `verification` | whether email addresses have to be proved, and whether one is |
//! | `passwords/` | hashing and verifying passwords, throttling, reset tokens |
//! | `sessions/` | sessions and their refresh tokens |
//! | `sign_in/` | the routes for registration, sign-in and tokens |
//! | `factors/` | the second factor |
//! | `keys/` | API keys |
//! | `members/` | the members of a shop, and invitations |
//! | `shops/` | the routes for shops |
//! | `joining/` | the route by which a user becomes a customer of a shop |
//! | `profile/` | a user's own profile, and its erasure |
//! | `operator` | users as the operator manages them |
//! | `examples` | examples for the OpenAPI document |

mod activity;
mod addresses;
mod email;
mod error;
mod examples;
mod factors;
mod joining;
mod keys;
mod members;
mod operator;
mod passwords;
mod profile;
mod revocation;
mod secret;
mod sessions;
mod shops;
mod sign_in;
pub mod users;
mod verification;

pub use activity::queries::expire as expire_audit;
pub use email::Email;
pub use error::IdentityError;
pub use operator::{clean_up, create_user, erase_user, mail_reset, reset_factor, reset_token, verify_user};
pub use passwords::forgotten::forgotten_password;
pub use passwords::hashing::{Hasher, MIN_ITERATIONS};
pub use passwords::password::{NewPassword, Password};
pub use passwords::reset::ResetToken;
pub use sessions::queries::Lifetimes;
pub use verification::{UNVERIFIED, Verification};

/// The routes of this feature, with what the API says of them.
pub fn endpoints() -> Vec<crate::http::openapi::Endpoint> {
    [
        sign_in::routes::endpoints(),
        passwords::routes::endpoints(),
        profile::routes::endpoints(),
        sessions::routes::endpoints(),
        factors::routes::endpoints(),
        keys::routes::endpoints(),
        shops::routes::endpoints(),
        members::routes::endpoints(),
        members::invitation_routes::endpoints(),
        members::acceptance_routes::endpoints(),
        joining::routes::endpoints(),
        activity::routes::endpoints(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
