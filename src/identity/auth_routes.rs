//! Routes for signing up, signing in, and getting further tokens.

use rocket::{Route, State, post, routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::text::Word;
use crate::http::token::{LIFETIME, Tokens};
use crate::http::{Body, Created, Fetched, Problem, SignedIn};
use crate::tenancy::{self, Caller, PublicConn, Role, ShopId, ShopName, Slug, Tenancy, registry};

use super::password::{Hasher, Password};
use super::sessions::{self, RefreshToken, Refreshed};
use super::users::{self, User};
use super::{Email, IdentityError};

pub(super) fn routes() -> Vec<Route> {
    routes![register, login, refresh, switch]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Registration {
    email: Email,
    password: Password,
    #[serde(default)]
    name: Word,
    shop: Option<Slug>,
}

#[post("/auth/register", data = "<body>")]
async fn register(
    tenancy: &State<Tenancy>,
    hasher: &State<Hasher>,
    body: Body<Registration>,
) -> Result<Created<User>, Problem> {
    let Registration { email, password, name, shop } = body.0;
    let hash = hasher.hash(password).await.map_err(IdentityError::from)?;
    let user = match shop {
        None => tenancy.in_public(move |conn| users::insert(conn.pg(), &email, name.as_str(), &hash)).await?,
        Some(slug) => register_in_shop(tenancy, slug, email, name, hash).await?,
    };
    Ok(Created("/me".to_owned(), user))
}

/// The user and the membership come about together, or neither does.
async fn register_in_shop(
    tenancy: &Tenancy,
    slug: Slug,
    email: Email,
    name: Word,
    hash: String,
) -> Result<User, IdentityError> {
    let act = move |owner: &mut tenancy::OwnerTx<'_>| {
        let shop = registry::active_by_slug(owner, &slug)?.ok_or(IdentityError::UnknownShop)?;
        let user = users::insert(owner.pg(), &email, name.as_str(), &hash)?;
        tenancy::join(owner, shop, user.id, (&user.email, &user.name), Role::Customer)?;
        Ok(user)
    };
    tenancy.as_owner(None, act).await
}

/// What signing in and refreshing give.
#[derive(Serialize, ToSchema)]
pub(super) struct TokenPair {
    #[serde(flatten)]
    #[schema(inline)]
    access: AccessToken,
    refresh_token: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct AccessToken {
    access_token: String,
    token_type: &'static str,
    /// Seconds.
    expires_in: i64,
}

fn access_token(tokens: &Tokens, caller: Caller, shop: Option<ShopId>) -> Result<AccessToken, IdentityError> {
    let access_token = tokens.sign(caller, shop)?;
    Ok(AccessToken { access_token, token_type: "Bearer", expires_in: LIFETIME })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Credentials)]
pub(super) struct Login {
    email: Email,
    password: Password,
    shop: Option<ShopName>,
}

#[post("/auth/login", data = "<body>")]
async fn login(
    tenancy: &State<Tenancy>,
    hasher: &State<Hasher>,
    tokens: &State<Tokens>,
    body: Body<Login>,
) -> Result<Fetched<TokenPair>, Problem> {
    let Login { email, password, shop } = body.0;
    let known = tenancy.in_public(move |conn| users::credentials(conn, &email)).await?;
    let (user, hash) = known.unzip();
    let proven = hasher.verify(password, hash).await.map_err(IdentityError::from)?;
    let user = user.filter(|_| proven).ok_or(IdentityError::InvalidCredentials)?;
    let opened = tenancy.in_public(move |conn| {
        let shop = resolve(conn, user, shop.as_ref())?;
        let (caller, refresh_token) = sessions::open(conn, user)?;
        Ok::<_, IdentityError>((caller, refresh_token, shop))
    });
    let (caller, refresh_token, shop) = opened.await?;
    let access = access_token(tokens, caller, shop)?;
    Ok(Fetched(TokenPair { access, refresh_token: refresh_token.0 }))
}

/// The shop that a caller wants to work in, if it is one of theirs.
fn resolve(
    conn: &mut PublicConn<'_>,
    user: uuid::Uuid,
    shop: Option<&ShopName>,
) -> Result<Option<ShopId>, IdentityError> {
    let Some(name) = shop else { return Ok(None) };
    registry::membership_by_name(conn, user, name)?.map(Some).ok_or(IdentityError::NotAMember)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Refresh {
    refresh_token: String,
    shop: Option<ShopName>,
}

#[post("/auth/refresh", data = "<body>")]
async fn refresh(
    tenancy: &State<Tenancy>,
    tokens: &State<Tokens>,
    body: Body<Refresh>,
) -> Result<Fetched<TokenPair>, Problem> {
    let Refresh { refresh_token, shop } = body.0;
    let spent = tenancy.in_public(move |conn| {
        // A refusal must be committed: it may have ended the session.
        match sessions::refresh(conn, &RefreshToken(refresh_token))? {
            Refreshed::Refused => Ok(None),
            Refreshed::Token(caller, next) => {
                let shop = resolve(conn, caller.user, shop.as_ref())?;
                Ok::<_, IdentityError>(Some((caller, next, shop)))
            }
        }
    });
    let (caller, next, shop) = spent.await?.ok_or(IdentityError::InvalidRefreshToken)?;
    let access = access_token(tokens, caller, shop)?;
    Ok(Fetched(TokenPair { access, refresh_token: next.0 }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Switch {
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
) -> Result<Fetched<AccessToken>, Problem> {
    let (caller, wanted) = (signed_in.caller, body.0.shop);
    let shop = signed_in.run(move |conn| resolve(conn, caller.user, wanted.as_ref())).await?;
    Ok(Fetched(access_token(tokens, caller, shop)?))
}
