//! People: who they are, how they prove it, where they are signed in, and which shops are theirs.
//!
//! | file | subject |
//! |---|---|
//! | `email` | email addresses |
//! | `password` | passwords, and hashing them where it holds up nobody |
//! | `users` | the table of users |
//! | `sessions` | sign-ins and their refresh tokens |
//! | `error` | what can go wrong, and its problems |
//! | `auth_routes`, `me_routes`, `shop_routes` | the routes |
//! | `auth_docs`, `me_docs`, `shop_docs` | what the API says of them |

mod auth_docs;
mod auth_routes;
mod email;
mod error;
mod me_docs;
mod me_routes;
mod password;
mod sessions;
mod shop_docs;
mod shop_routes;
pub mod users;

pub use email::Email;
pub use error::IdentityError;
pub use password::{Hasher, MIN_ITERATIONS, Password};

/// The routes of this feature.
pub fn routes() -> Vec<rocket::Route> {
    [auth_routes::routes(), me_routes::routes(), shop_routes::routes()].concat()
}

/// What the API says of them.
pub fn operations() -> Vec<crate::http::openapi::Operation> {
    [auth_docs::operations(), me_docs::operations(), shop_docs::operations()].into_iter().flatten().collect()
}
