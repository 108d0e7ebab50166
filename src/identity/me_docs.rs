//! What the API says of the caller's own profile.

use serde_json::{Value, json};

use crate::http::openapi::{Operation, get, tagged};

use super::users::User;

pub(super) fn operations() -> Vec<Operation> {
    let me = get("/me", "Get my profile").signed_in().fetches::<User>(user()).with_etag();
    tagged("Me", "The caller's own profile.", [me])
}

/// The user of the examples.
pub(super) fn user() -> Value {
    json!({
        "id": "01a2059f-ce42-74f0-a976-558e1fd0b4e3",
        "email": "cleo@example.com",
        "name": "Cleo",
        "created_at": "2026-11-22T23:38:08.834510Z",
        "updated_at": "2026-11-22T23:38:08.834510Z",
    })
}
