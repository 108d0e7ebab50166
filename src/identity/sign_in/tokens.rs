//! The tokens that a client gets, and the shop that they are for.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::request::token::{LIFETIME, Tokens};
use crate::identity::IdentityError;
use crate::tenancy::{Caller, PublicConn, ShopId, ShopName, registry};

/// What refreshing gives.
#[derive(Serialize, ToSchema)]
pub(super) struct TokenPair {
    #[serde(flatten)]
    pub access: AccessToken,
    pub refresh_token: String,
}

/// What signing in gives.
#[derive(Serialize, ToSchema)]
pub(super) struct SignInTokens {
    #[serde(flatten)]
    pub access: AccessToken,
    pub refresh_token: String,
    /// To be stored on this device and sent with its next sign-in: others' wrong passwords then do not delay it.
    pub device_token: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct AccessToken {
    access_token: String,
    token_type: TokenType,
    /// Seconds.
    expires_in: i64,
}

/// How an access token is sent (RFC 6750).
#[derive(Serialize, ToSchema)]
enum TokenType {
    Bearer,
}

pub(super) fn access_token(
    tokens: &Tokens,
    caller: Caller,
    shop: Option<ShopId>,
    authenticated_at: Option<DateTime<Utc>>,
) -> Result<AccessToken, IdentityError> {
    let access_token = tokens.sign(caller, shop, authenticated_at)?;
    Ok(AccessToken { access_token, token_type: TokenType::Bearer, expires_in: LIFETIME })
}

/// The shop that a caller wants to work in, if it is one of theirs.
pub(super) fn resolve(
    conn: &mut PublicConn<'_>,
    user: Uuid,
    shop: Option<&ShopName>,
) -> Result<Option<ShopId>, IdentityError> {
    let Some(name) = shop else { return Ok(None) };
    registry::membership_by_name(conn, user, name)?.map(Some).ok_or(IdentityError::NotAMember)
}
