//! Routes for the caller's API keys.

use std::sync::Arc;

use rocket::response::status::NoContent;
use rocket::{State, delete, get, post};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::problem::{FORBIDDEN, LIMIT_REACHED, NOT_A_MEMBER, TOO_MANY_ATTEMPTS};
use crate::http::request::origin::Origin;
use crate::http::request::text::Line;
use crate::http::{Answered, Body, Created, Id, NoBody, Once, Page, Paging, Problem, SignedIn};
use crate::identity::error::{REAUTHENTICATE, WRONG_PASSWORD};
use crate::identity::passwords::hashing::Hasher;
use crate::identity::passwords::password::Typed;
use crate::identity::passwords::recent;
use crate::identity::{IdentityError, examples};
use crate::tenancy::{PublicConn, Role, ShopName, registry};

use super::queries::{self, ApiKey};

pub(in crate::identity) fn endpoints() -> Vec<Endpoint> {
    let about = "Keys for scripts. A key is sent as the bearer token and works in its shop only, for as long as its \
                 owner belongs to it.";
    tagged("API keys", about, [
        endpoint!(create, "Make an API key")
            .about(
                "Its role may not be above mine, and when mine is lowered later, the key's is too. The key is shown this \
                 once; the server keeps a hash of it.",
            )
            .takes(json!({ "name": "Nightly stock count", "shop": "the-loft", "role": "customer" }))
            .creates(&format!("/me/keys/{}", examples::KEY), examples::issued_key())
            .may_fail(&[
                &REAUTHENTICATE,
                &FORBIDDEN,
                &NOT_A_MEMBER,
                &LIMIT_REACHED,
                &WRONG_PASSWORD,
                &TOO_MANY_ATTEMPTS,
            ]),
        endpoint!(list, "List my API keys")
            .about("Newest first, without the keys themselves.")
            .answers(examples::key()),
        endpoint!(revoke, "Revoke an API key").about("Its next request is refused."),
    ])
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewApiKey {
    name: Line,
    shop: ShopName,
    role: Role,
    /// Mine. Needed when I did not sign in within the last ten minutes.
    password: Option<Typed>,
}

/// A new key, with its text: it is shown this once.
#[derive(Serialize, ToSchema)]
struct IssuedApiKey {
    #[serde(flatten)]
    #[schema(inline)]
    about: ApiKey,
    /// The bearer token.
    key: String,
}

#[post("/me/keys", data = "<body>")]
async fn create(
    signed_in: SignedIn,
    hasher: &State<Hasher>,
    origin: Origin,
    once: Once,
    body: Body<NewApiKey>,
) -> Result<Answered<Created<IssuedApiKey>>, Problem> {
    let (NewApiKey { name, shop, role, password }, caller) = (body.0, signed_in.caller);
    let user = caller.user;
    recent::confirm(&signed_in, hasher, &origin, password).await?;
    let quotas = Arc::clone(signed_in.tenancy().quotas());
    let act = move |conn: &mut PublicConn<'_>| {
        // Stays empty when the answer is one that was given before.
        let mut made_for = None;
        let answered = once.run(user, conn, |conn| {
            let shop = registry::membership_by_name(conn, user, &shop)?.ok_or(IdentityError::NotAMember)?;
            let (about, key) = queries::make(conn, &quotas, caller, shop, role, name.into_string())?;
            made_for = Some(shop);
            Ok::<_, IdentityError>(Created(format!("/me/keys/{}", about.id), IssuedApiKey { about, key }))
        })?;
        Ok::<_, IdentityError>((answered, made_for))
    };
    let (answered, made_for) = signed_in.run(act).await?;
    if let Some(shop) = made_for {
        origin.audit("key_created", Some(user), Some(shop));
    }
    Ok(answered)
}

#[get("/me/keys")]
async fn list(signed_in: SignedIn, paging: Paging) -> Result<Page<ApiKey>, Problem> {
    let (user, before, limit) = (signed_in.caller.user, paging.after()?, paging.fetch());
    let found = signed_in.run(move |conn| queries::list_of(conn, user, before, limit)).await?;
    paging.page(found, |key| key.id)
}

#[delete("/me/keys/<id>", data = "<_nothing>")]
async fn revoke(signed_in: SignedIn, origin: Origin, id: Id, _nothing: NoBody) -> Result<NoContent, Problem> {
    let user = signed_in.caller.user;
    let shop = signed_in.run(move |conn| queries::revoke(conn, user, id.0)).await?;
    origin.audit("key_revoked", Some(user), Some(shop));
    Ok(NoContent)
}
