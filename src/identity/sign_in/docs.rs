//! What the API says of signing up, signing in, and getting further tokens.

use serde_json::{Value, json};

use crate::http::openapi::{Operation, post, tagged};
use crate::http::problem::{INVALID_TOKEN, NOT_A_MEMBER, TOO_MANY_ATTEMPTS};
use crate::http::request::token::LIFETIME;
use crate::identity::error::{EMAIL_TAKEN, INVALID_CREDENTIALS, INVALID_INVITATION, UNKNOWN_SHOP};
use crate::identity::profile::docs;
use crate::identity::users::User;

use super::routes::{AccessToken, Login, Refresh, Registration, Reset, Switch, TokenPair};

pub(in crate::identity) fn operations() -> Vec<Operation> {
    let about = "Signing up and in. An access token is good for ten minutes; a refresh token gets the next pair, once.";
    tagged("Auth", about, [register(), login(), refresh(), switch(), reset()])
}

const ACCESS_TOKEN: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJzaG9waG91c2UifQ.c2lnbmF0dXJl";
const REFRESH_TOKEN: &str = "b0a1lTFf5mZJt9cWmT3kq0cV0aWQ2w8o8m2m0d1yq1E";

fn register() -> Operation {
    post("/auth/register", "Register")
        .about(
            "Makes a user. With `shop`, the user also becomes a customer of that shop; with `invitation`, a member of the \
             shop whose owner invited this email address. Who registers very many users from one address has to wait.",
        )
        .takes::<Registration>(json!({
            "email": "cleo@example.com",
            "password": "correct horse",
            "name": "Cleo",
            "shop": "the-loft",
        }))
        .asks_database()
        .creates::<User>("/api/v1/me", docs::user())
        .may_fail(&[&EMAIL_TAKEN, &UNKNOWN_SHOP, &INVALID_INVITATION, &TOO_MANY_ATTEMPTS])
}

fn login() -> Operation {
    post("/auth/login", "Sign in")
        .about(
            "With `shop`, an id or a slug, the access token is one to work in that shop. After some wrong passwords each \
             further attempt has to wait.",
        )
        .takes::<Login>(json!({
            "email": "ada@example.com",
            "password": "correct horse",
            "shop": "the-loft",
        }))
        .asks_database()
        .fetches::<TokenPair>(pair())
        .may_fail(&[&INVALID_CREDENTIALS, &NOT_A_MEMBER, &TOO_MANY_ATTEMPTS])
}

fn refresh() -> Operation {
    post("/auth/refresh", "Refresh the tokens")
        .about(
            "Gives a new pair for a refresh token, which is then spent. A token that is used again long after it was \
             spent has been stolen from somebody: the whole session ends.",
        )
        .takes::<Refresh>(json!({ "refresh_token": REFRESH_TOKEN, "shop": "the-loft" }))
        .asks_database()
        .fetches::<TokenPair>(pair())
        .may_fail(&[&INVALID_TOKEN, &NOT_A_MEMBER])
}

fn switch() -> Operation {
    post("/auth/switch", "Switch to another shop")
        .about("Gives an access token of the same session for another of my shops; for none, with null.")
        .signed_in()
        .takes::<Switch>(json!({ "shop": "the-loft" }))
        .fetches::<AccessToken>(access())
        .may_fail(&[&NOT_A_MEMBER])
}

fn reset() -> Operation {
    post("/auth/reset", "Set a new password")
        .about(
            "Takes a one-time token that the operator of the server made (`shophouse user reset EMAIL`). All sessions of \
             the user end.",
        )
        .takes::<Reset>(json!({ "token": REFRESH_TOKEN, "password": "a better horse" }))
        .asks_database()
        .may_fail(&[&INVALID_TOKEN])
}

fn access() -> Value {
    json!({ "access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": LIFETIME })
}

fn pair() -> Value {
    let mut pair = access();
    pair["refresh_token"] = json!(REFRESH_TOKEN);
    pair
}
