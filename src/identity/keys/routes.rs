//! Routes for the caller's API keys.

use rocket::http::Status;
use rocket::{Route, delete, get, post, routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::request::origin::Origin;
use crate::http::request::text::Line;
use crate::http::{Answered, Body, Created, Id, Once, Page, Paging, Problem, Query, SignedIn};
use crate::identity::IdentityError;
use crate::tenancy::{PublicConn, Role, ShopName, registry};

use super::queries::{self, ApiKey};

pub(in crate::identity) fn routes() -> Vec<Route> {
    routes![create, list, revoke]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::identity) struct NewApiKey {
    name: Line,
    shop: ShopName,
    role: Role,
}

/// A new key, with its text: it is shown this once.
#[derive(Serialize, ToSchema)]
pub(in crate::identity) struct IssuedApiKey {
    #[serde(flatten)]
    #[schema(inline)]
    about: ApiKey,
    /// The bearer token.
    key: String,
}

#[post("/me/keys", data = "<body>")]
async fn create(
    signed_in: SignedIn,
    origin: Origin,
    once: Once,
    body: Body<NewApiKey>,
) -> Result<Answered, Problem> {
    let (NewApiKey { name, shop, role }, user) = (body.0, signed_in.caller.user);
    let act = move |conn: &mut PublicConn<'_>| {
        // Stays empty when the answer is one that was given before.
        let mut made_for = None;
        let answered = once.run(user, conn, |conn| {
            let shop = registry::membership_by_name(conn, user, &shop)?.ok_or(IdentityError::NotAMember)?;
            let (about, key) = queries::make(conn, user, shop, role, name.into_string())?;
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
async fn list(signed_in: SignedIn, query: Query) -> Result<Page<ApiKey>, Problem> {
    let paging = Paging::of(query, &[])?;
    let (user, before, limit) = (signed_in.caller.user, paging.after()?, paging.fetch());
    let found = signed_in.run(move |conn| queries::list_of(conn, user, before, limit)).await?;
    paging.page(found, |key| key.id)
}

#[delete("/me/keys/<id>")]
async fn revoke(signed_in: SignedIn, origin: Origin, id: Id) -> Result<Status, Problem> {
    let user = signed_in.caller.user;
    let shop = signed_in.run(move |conn| queries::revoke(conn, user, id.0)).await?;
    origin.audit("key_revoked", Some(user), Some(shop));
    Ok(Status::NoContent)
}
