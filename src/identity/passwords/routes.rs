//! Routes for whoever has forgotten the password.

use rocket::response::status::NoContent;
use rocket::{State, post};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::audit::{self, Event};
use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::problem::{INVALID_TOKEN, TOO_MANY_ATTEMPTS};
use crate::http::request::origin::Origin;
use crate::http::{Accepted, Body, Engine, Problem};
use crate::identity::{Email, IdentityError, examples, revocation, users};
use crate::mail::{self, Message};
use crate::tenancy::Class;

use super::asker::Asker;
use super::hashing::Hasher;
use super::password::NewPassword;
use super::{forgotten, reset, throttle};

pub(in crate::identity) fn endpoints() -> Vec<Endpoint> {
    tagged("Auth", examples::AUTH, [
        endpoint!(forgot, "requestPasswordReset", "Ask for a new password")
        .about(
            "If there is an account with this address, a message goes there with a one-time token for `POST /auth/reset`, good for \
             an hour. The answer and its time are the same whether there is an account or not. An address gets one \
             message in five minutes at the most; asking more often changes nothing. Nobody is locked out by it. Who asks \
             very often from one network has to wait.",
        )
        .takes(json!({ "email": "ada@example.com" }))
        .may_fail(&[&TOO_MANY_ATTEMPTS]),
        endpoint!(reset_password, "resetPassword", "Set a new password")
            .about(
                "Takes a one-time token of a message (`POST /auth/forgot`), or one that the operator of the server made \
                 (`shophouse user reset EMAIL`). The user gets a message that the password was changed. All sessions \
                 of the user end and, unless `keep_keys` is true, all API keys; all devices are unknown again.",
            )
            .takes(json!({ "token": examples::REFRESH_TOKEN, "password": "a better horse" }))
            .may_fail(&[&INVALID_TOKEN]),
    ])
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::identity) struct Forgotten {
    email: Email,
}

#[post("/auth/forgot", data = "<body>")]
async fn forgot(tenancy: Engine, origin: Origin, body: Body<Forgotten>) -> Result<Accepted, Problem> {
    let tenancy = tenancy.in_class(Class::SignIn);
    let (email, client) = (body.0.email, origin.address);
    tenancy.in_public(move |conn| forgotten::ask(conn, &email, client)).await?;
    origin.audit("password_forgotten", None, None);
    Ok(Accepted)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::identity) struct Reset {
    token: String,
    password: NewPassword,
    /// Whether the user's API keys stay.
    #[serde(default)]
    keep_keys: bool,
}

#[post("/auth/reset", data = "<body>")]
async fn reset_password(
    tenancy: Engine,
    hasher: &State<Hasher>,
    origin: Origin,
    body: Body<Reset>,
) -> Result<NoContent, Problem> {
    let tenancy = tenancy.in_class(Class::SignIn);
    let Reset { token, password, keep_keys } = body.0;
    let guess = token.clone();
    // Only in the log: nobody knows whose account it was to be.
    let failed = |_: &IdentityError| origin.failure(Event::PasswordResetFailed, None).log();
    tenancy.in_public(move |conn| reset::check(conn, &guess)).await.inspect_err(failed)?;
    let address = origin.address;
    let asker = Asker::with_token(&token, address);
    let hash = hasher.hash(&asker, password.into()).await.map_err(IdentityError::from)?;
    let from = origin.clone();
    let reset = tenancy.in_public(move |conn| {
        let user = reset::spend(conn, &token, &hash)?;
        if !keep_keys {
            revocation::end_keys(conn, user)?;
        }
        let (email, _) = users::credentials_of(conn, user)?;
        throttle::clear_site(conn, &email, address)?;
        mail::send(conn.pg(), &email, &Message::PasswordChanged {})?;
        let entry = from.entry(Event::PasswordReset, user);
        audit::record(conn.pg(), &entry)?;
        Ok::<_, IdentityError>(entry)
    });
    reset.await.inspect_err(failed)?.log();
    Ok(NoContent)
}
