//! The route for whoever has forgotten the password.

use rocket::post;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::problem::TOO_MANY_ATTEMPTS;
use crate::http::request::origin::Origin;
use crate::http::{Accepted, Body, Engine, Problem};
use crate::identity::{Email, examples};
use crate::tenancy::Class;

use super::forgotten;

pub(in crate::identity) fn endpoints() -> Vec<Endpoint> {
    tagged("Auth", examples::AUTH, [endpoint!(forgot, "Ask for a new password")
        .about(
            "If there is an account with this address, a message goes there with a one-time token for `POST /auth/reset`, good for \
             an hour. The answer and its time are the same whether there is an account or not. An address gets one \
             message in five minutes at the most; asking more often changes nothing. Nobody is locked out by it. Who asks \
             very often from one network has to wait.",
        )
        .takes(json!({ "email": "ada@example.com" }))
        .may_fail(&[&TOO_MANY_ATTEMPTS])])
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
