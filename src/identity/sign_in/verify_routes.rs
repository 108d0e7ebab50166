//! Routes for proving an email address.

use rocket::response::status::NoContent;
use rocket::{State, post};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::audit::{self, Entry, Event};
use crate::http::openapi::{Endpoint, endpoint};
use crate::http::problem::INVALID_TOKEN;
use crate::http::request::origin::Origin;
use crate::http::{Accepted, Body, Engine, NoBody, Problem, SignedIn};
use crate::identity::error::EMAIL_TAKEN;
use crate::identity::{IdentityError, Verification, addresses, examples};
use crate::tenancy::Class;

use super::unproved;

pub(super) fn endpoints() -> [Endpoint; 2] {
    [
        endpoint!(verify, "verifyEmail", "Prove an email address")
            .about(
                "Takes the token of the message that was sent to the address: after registering, or for a changed address. It is \
                 good for one use, and for 24 hours; no access token is needed. If somebody else has the address without a proof, \
                 that account loses it, and its sessions and keys end.",
            )
            .takes(json!({ "token": examples::REFRESH_TOKEN }))
            .may_fail(&[&INVALID_TOKEN, &EMAIL_TAKEN]),
        endpoint!(resend, "resendVerification", "Send the message again")
            .about(
                "To the address that I want and have not proved, or else to mine while it is not proved. There is one message to an \
                 address in five minutes, and one answer in every case.",
            ),
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::identity) struct Verify {
    token: String,
}

#[post("/auth/verify", data = "<body>")]
async fn verify(
    tenancy: Engine,
    verification: &State<Verification>,
    origin: Origin,
    body: Body<Verify>,
) -> Result<NoContent, Problem> {
    let tenancy = tenancy.in_class(Class::SignIn);
    let (token, guess) = (body.0.token.clone(), body.0.token);
    let failed = |_: &IdentityError| origin.audit("email_verification_failed", None, None);
    tenancy.in_public(move |conn| addresses::check(conn, &guess)).await.inspect_err(failed)?;
    let from = origin.clone();
    let proved = tenancy.as_owner(None, move |owner| {
        let proved = addresses::prove(owner, &token)?;
        let mut entries = vec![from.entry(Event::EmailVerified, proved.user)];
        entries.extend(proved.displaced.map(|user| from.entry(Event::EmailLost, proved.user).to(user)));
        for entry in &entries {
            audit::record(owner.pg(), entry)?;
        }
        Ok::<_, IdentityError>((proved, entries))
    });
    let (proved, entries) = proved.await.inspect_err(failed)?;
    entries.iter().for_each(Entry::log);
    unproved::join(&tenancy, **verification, proved.user, proved.joins, &origin).await;
    Ok(NoContent)
}

#[post("/auth/verify/resend", data = "<_nothing>")]
async fn resend(signed_in: SignedIn, _nothing: NoBody) -> Result<Accepted, Problem> {
    let user = signed_in.caller.user;
    signed_in.run(move |conn| addresses::ask_again(conn, user)).await?;
    Ok(Accepted)
}
