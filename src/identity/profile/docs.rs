//! What the API says of the caller's own profile.

use serde_json::{Value, json};

use crate::http::openapi::{Operation, delete, get, patch, put, tagged};
use crate::http::problem::TOO_MANY_ATTEMPTS;
use crate::identity::error::{EMAIL_TAKEN, LAST_OWNER, WRONG_PASSWORD};
use crate::identity::users::User;

use super::routes::{Erasure, PasswordChange, ProfilePatch};

pub(in crate::identity) fn operations() -> Vec<Operation> {
    tagged("Me", "The caller's own profile and password.", [read(), update(), change_password(), erase()])
}

fn read() -> Operation {
    get("/me", "Get my profile")
        .about("Whoever the access token names.")
        .signed_in()
        .fetches::<User>(user())
        .with_etag()
}

fn update() -> Operation {
    patch("/me", "Change my profile")
        .about("What changes is carried to the shops that I belong to; past orders keep what they have.")
        .signed_in()
        .takes::<ProfilePatch>(json!({ "name": "Cleo" }))
        .fetches::<User>(user())
        .with_etag()
        .if_match()
        .may_fail(&[&EMAIL_TAKEN])
}

fn change_password() -> Operation {
    put("/me/password", "Change my password")
        .about("Ends every other session of mine.")
        .signed_in()
        .takes::<PasswordChange>(json!({
            "current_password": "correct horse",
            "password": "a better horse",
        }))
        .may_fail(&[&WRONG_PASSWORD, &TOO_MANY_ATTEMPTS])
}

fn erase() -> Operation {
    delete("/me", "Erase me")
        .about(
            "Takes my name and my address out of this server and out of every shop that knows me, and ends all my \
             sessions and keys. Orders stay, without saying whose they are but by what they copied. Not while a shop \
             that is not being deleted has no owner but me.",
        )
        .signed_in()
        .takes::<Erasure>(json!({ "password": "correct horse" }))
        .if_match()
        .may_fail(&[&WRONG_PASSWORD, &LAST_OWNER, &TOO_MANY_ATTEMPTS])
}

/// The user of the examples.
pub(in crate::identity) fn user() -> Value {
    json!({
        "id": "01a2059f-ce42-74f0-a976-558e1fd0b4e3",
        "email": "cleo@example.com",
        "name": "Cleo",
        "created_at": "2026-11-22T23:38:08.834510Z",
        "updated_at": "2026-11-22T23:38:08.834510Z",
    })
}
