//! Routes for the caller's API keys.

use std::sync::Arc;

use chrono::TimeDelta;
use rocket::response::status::NoContent;
use rocket::{State, delete, get, post};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::audit::{self, Entry, Event};
use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::problem::{FORBIDDEN, LIMIT_REACHED, NOT_A_MEMBER, TOO_MANY_ATTEMPTS};
use crate::http::request::origin::Origin;
use crate::http::request::scopes::Scope;
use crate::http::request::text::Line;
use crate::http::{
    Answered, Body, Created, Fetched, Id, Integer, List, NoBody, Once, Page, Paging, Problem, Resource,
    Secret, SignedIn,
};
use crate::identity::error::{REAUTHENTICATE, WRONG_PASSWORD};
use crate::identity::passwords::hashing::Hasher;
use crate::identity::passwords::password::Typed;
use crate::identity::passwords::recent;
use crate::identity::{IdentityError, examples};
use crate::tenancy::{PublicConn, Role, ShopName, registry};

use super::queries::{self, ApiKey, NewKey};

pub(in crate::identity) fn endpoints() -> Vec<Endpoint> {
    let about = "Keys for scripts. A key is sent as the bearer token and works in its shop only, for as long as its \
                 owner belongs to it.";
    tagged("API keys", about, [
        endpoint!(create, "createApiKey", "Make an API key")
            .about(
                "Its role may not be above mine, and when mine is lowered later, the key's is too. Its scopes say what it is \
                 for. It ends after 90 days unless the body says otherwise; a key without an end is best for nothing but \
                 what cannot be given a new one. The key is shown this once; the server keeps a hash of it.",
            )
            .takes(json!({ "name": "Nightly stock count", "shop": "the-loft", "role": "staff", "scopes": ["stock:read"] }))
            .creates(&format!("/me/keys/{}", examples::KEY), examples::issued_key())
            .may_fail(&[
                &REAUTHENTICATE,
                &FORBIDDEN,
                &NOT_A_MEMBER,
                &LIMIT_REACHED,
                &WRONG_PASSWORD,
                &TOO_MANY_ATTEMPTS,
            ]),
        endpoint!(list, "listApiKeys", "List my API keys")
            .about("Newest first, without the keys themselves.")
            .answers(examples::key()),
        endpoint!(read_one, "getApiKey", "Get an API key").about("Without the key itself.").answers(examples::key()),
        endpoint!(rotate, "rotateApiKey", "Rotate an API key")
            .about(
                "Gives the key a new secret, shown this once; all else of it stays. The present secret is accepted until \
                 `previous_until`, so that a script can be given the new one without a gap. One that was replaced earlier \
                 is not accepted any more. The key then lasts as long as it was to last before.",
            )
            .takes(json!({ "overlap_minutes": 60 }))
            .answers(examples::issued_key())
            .may_fail(&[&REAUTHENTICATE, &WRONG_PASSWORD, &TOO_MANY_ATTEMPTS]),
        endpoint!(revoke, "revokeApiKey", "Revoke an API key").about("Its next request is refused."),
    ])
}

/// The scopes of a key.
type Scopes = List<Scope, 1, 16>;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewApiKey {
    name: Line,
    shop: ShopName,
    role: Role,
    /// What it is for; each of them includes to read what it writes. Left out or null: all that its role may do.
    #[schema(inline)]
    scopes: Option<Scopes>,
    /// Days until it ends, 90 when this is left out. Null: it never ends by itself.
    #[serde(default = "default_days")]
    expires_in_days: Option<Integer<1, 3_650>>,
    /// Mine. Needed when I did not sign in within the last ten minutes.
    password: Option<Typed>,
}

/// Long enough to be no burden, short enough that a forgotten key does not stay.
const DEFAULT_DAYS: i64 = 90;

fn default_days() -> Option<Integer<1, 3_650>> {
    Integer::try_from(DEFAULT_DAYS).ok()
}

/// A new key, with its text: it is shown this once.
#[derive(Serialize, ToSchema)]
struct IssuedApiKey {
    #[serde(flatten)]
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
) -> Result<Secret<Answered<Created<IssuedApiKey>>>, Problem> {
    let (NewApiKey { name, shop, role, scopes, expires_in_days, password }, caller) =
        (body.0, signed_in.caller);
    let user = caller.user;
    recent::confirm(&signed_in, hasher, &origin, password).await?;
    let lifetime = expires_in_days.map(|days| TimeDelta::days(days.get()));
    let new = NewKey { name: name.into_string(), role, scopes: scopes.map(|scopes| scopes.0), lifetime };
    let quotas = Arc::clone(signed_in.tenancy().quotas());
    let entry = origin.entry(Event::KeyCreated, user);
    let act = move |conn: &mut PublicConn<'_>| {
        // Stays empty when the answer is one that was given before.
        let mut made = None;
        let answered = once.run(user, conn, |conn| {
            let shop = registry::membership_by_name(conn, user, &shop)?.ok_or(IdentityError::NotAMember)?;
            let (about, key) = queries::make(conn, &quotas, caller, shop, new)?;
            let entry = entry.in_shop(shop).with("key_id", about.id.to_string()).with("role", role.as_str());
            audit::record(conn.pg(), &entry)?;
            made = Some(entry);
            Ok::<_, IdentityError>(Created(format!("/me/keys/{}", about.id), IssuedApiKey { about, key }))
        })?;
        Ok::<_, IdentityError>((answered, made))
    };
    let (answered, made) = signed_in.run(act).await?;
    made.inspect(Entry::log);
    Ok(Secret(answered))
}

#[get("/me/keys")]
async fn list(signed_in: SignedIn, paging: Paging) -> Result<Page<ApiKey>, Problem> {
    let (user, before, limit) = (signed_in.caller.user, paging.after()?, paging.fetch());
    let found = signed_in.run(move |conn| queries::list_of(conn, user, before, limit)).await?;
    paging.page(found, |key| key.id)
}

#[get("/me/keys/<id>")]
async fn read_one(signed_in: SignedIn, id: Id) -> Result<Resource<Fetched<ApiKey>>, Problem> {
    let user = signed_in.caller.user;
    Ok(Resource(Fetched(signed_in.run(move |conn| queries::find(conn, user, id.0)).await?)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rotation {
    /// For how long the present secret is accepted too: an hour when this is left out, at most a week.
    #[serde(default = "default_overlap")]
    overlap_minutes: Integer<0, 10_080>,
    /// Mine. Needed when I did not sign in within the last ten minutes.
    password: Option<Typed>,
}

fn default_overlap() -> Integer<0, 10_080> {
    Integer::try_from(60).unwrap_or_default()
}

#[post("/me/keys/<id>/rotate", data = "<body>")]
async fn rotate(
    signed_in: SignedIn,
    hasher: &State<Hasher>,
    origin: Origin,
    once: Once,
    id: Id,
    body: Body<Rotation>,
) -> Result<Secret<Answered<Fetched<IssuedApiKey>>>, Problem> {
    let (Rotation { overlap_minutes, password }, caller) = (body.0, signed_in.caller);
    recent::confirm(&signed_in, hasher, &origin, password).await?;
    let entry = origin.entry(Event::KeyRotated, caller.user);
    let act = move |conn: &mut PublicConn<'_>| {
        // Stays empty when the answer is one that was given before.
        let mut rotated = None;
        let answered = once.run(caller.user, conn, |conn| {
            let overlap = TimeDelta::minutes(overlap_minutes.get());
            let (about, key) = queries::rotate(conn, caller, id.0, overlap)?;
            let entry = entry.in_shop(about.shop_id).with("key_id", about.id.to_string());
            audit::record(conn.pg(), &entry)?;
            rotated = Some(entry);
            Ok::<_, IdentityError>(Fetched(IssuedApiKey { about, key }))
        })?;
        Ok::<_, IdentityError>((answered, rotated))
    };
    let (answered, rotated) = signed_in.run(act).await?;
    rotated.inspect(Entry::log);
    Ok(Secret(answered))
}

#[delete("/me/keys/<id>", data = "<_nothing>")]
async fn revoke(signed_in: SignedIn, origin: Origin, id: Id, _nothing: NoBody) -> Result<NoContent, Problem> {
    let user = signed_in.caller.user;
    let entry = origin.entry(Event::KeyRevoked, user).with("key_id", id.0.to_string());
    let revoked = signed_in.run(move |conn| {
        let entry = entry.in_shop(queries::revoke(conn, user, id.0)?);
        audit::record(conn.pg(), &entry)?;
        Ok::<_, IdentityError>(entry)
    });
    revoked.await?.log();
    Ok(NoContent)
}
