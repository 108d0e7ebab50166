//! Routes for getting further tokens of a session.

use rocket::{State, post};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::audit::{self, Event};
use crate::http::openapi::{Endpoint, endpoint};
use crate::http::problem::{INVALID_TOKEN, NOT_A_MEMBER};
use crate::http::request::origin::Origin;
use crate::http::request::token::Tokens;
use crate::http::{Body, Engine, Fetched, Problem, Secret, SignedIn};
use crate::identity::sessions::{self, Grant, Lifetimes, RefreshToken, Refreshed};
use crate::identity::{IdentityError, examples};
use crate::tenancy::{Class, ShopName};

use super::tokens::{AccessToken, TokenPair, access_token, resolve};

pub(super) fn endpoints() -> [Endpoint; 2] {
    [
        endpoint!(refresh, "refreshTokens", "Refresh the tokens")
            .about(
                "Gives a new pair for a refresh token, which is then spent. A token that is used again long after it was \
                 spent has been stolen from somebody: the whole session ends.",
            )
            .takes(json!({ "refresh_token": examples::REFRESH_TOKEN, "shop": "the-loft" }))
            .answers(examples::pair())
            .may_fail(&[&INVALID_TOKEN, &NOT_A_MEMBER]),
        endpoint!(switch, "switchShop", "Switch to another shop")
            .about("Gives an access token of the same session for another of my shops; for none, with null.")
            .takes(json!({ "shop": "the-loft" }))
            .answers(examples::access())
            .may_fail(&[&NOT_A_MEMBER]),
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Refresh {
    refresh_token: String,
    shop: Option<ShopName>,
}

#[post("/auth/refresh", data = "<body>")]
async fn refresh(
    tenancy: Engine,
    tokens: &State<Tokens>,
    lifetimes: &State<Lifetimes>,
    origin: Origin,
    body: Body<Refresh>,
) -> Result<Secret<Fetched<TokenPair>>, Problem> {
    let tenancy = tenancy.in_class(Class::SignIn);
    let Refresh { refresh_token, shop } = body.0;
    let lifetimes = **lifetimes;
    let refreshed = tenancy.in_public(move |conn| {
        let refreshed = sessions::refresh(conn, &RefreshToken(refresh_token), lifetimes)?;
        let shop = match &refreshed {
            Refreshed::Token(grant) => resolve(conn, grant.caller.user, shop.as_ref())?,
            // Committed: the session was ended.
            Refreshed::Reused(caller) => {
                let entry = origin.failure(Event::RefreshTokenReused, Some(caller.user));
                entry.log();
                audit::record(conn.pg(), &entry.with("session_id", caller.session.to_string()))?;
                None
            }
            Refreshed::Refused => None,
        };
        Ok::<_, IdentityError>((refreshed, shop))
    });
    match refreshed.await? {
        (Refreshed::Token(Grant { caller, authenticated_at, refresh_token }), shop) => {
            let access = access_token(tokens, caller, shop, Some(authenticated_at))?;
            Ok(Secret(Fetched(TokenPair { access, refresh_token: refresh_token.0 })))
        }
        (Refreshed::Reused(_) | Refreshed::Refused, _) => Err(IdentityError::InvalidRefreshToken.into()),
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Switch {
    // Required, so that leaving the shop is said and not forgotten.
    #[schema(required)]
    #[serde(deserialize_with = "Option::deserialize")]
    shop: Option<ShopName>,
}

#[post("/auth/switch", data = "<body>")]
async fn switch(
    signed_in: SignedIn,
    tokens: &State<Tokens>,
    body: Body<Switch>,
) -> Result<Secret<Fetched<AccessToken>>, Problem> {
    let (caller, wanted) = (signed_in.caller, body.0.shop);
    let shop = signed_in.run(move |conn| resolve(conn, caller.user, wanted.as_ref())).await?;
    Ok(Secret(Fetched(access_token(tokens, caller, shop, signed_in.authenticated_at)?)))
}
