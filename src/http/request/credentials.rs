//! The access token or API key that a request has, verified as far as that goes without the database.

use rocket::Request;

use crate::http::problem::{INTERNAL, INVALID_TOKEN, Problem, SHOP_REQUIRED, TOKEN_EXPIRED, UNAUTHENTICATED};
use crate::tenancy::{Credential, Refusal, ShopId};

use super::engine::tenancy;
use super::log_fields::LogFields;
use super::scopes::Scope;
use super::token::{TokenError, Tokens, Verified};
use super::{api_key, headers, pace};

/// The shop that a bearer token is for, and how it enters; a key, for this scope.
pub(super) fn enter(
    request: &Request<'_>,
    token: &str,
    scope: Scope,
) -> Result<(ShopId, Credential), Problem> {
    if token.starts_with(api_key::PREFIX) {
        let Some((shop, credential)) = api_key::read(token, scope) else {
            // It names nobody. Whoever tries is known by the address alone.
            pace::count_address(request, tenancy(request)?.quotas())?;
            return Err(Refusal::KeyRevoked.into());
        };
        LogFields::of(request).asked_by(credential.user(), Some(shop));
        return Ok((shop, credential));
    }
    let Verified { caller, shop, .. } = verify(request, token)?;
    let shop = shop.ok_or_else(|| {
        SHOP_REQUIRED.because("Sign in to a shop, or switch to one, to get a token for it.")
    })?;
    Ok((shop, Credential::Session(caller)))
}

/// The claims of an access token.
pub(super) fn verify(request: &Request<'_>, token: &str) -> Result<Verified, Problem> {
    let tokens: Option<&Tokens> = request.rocket().state();
    let tokens = tokens.ok_or_else(|| INTERNAL.because("The server is not set up."))?;
    if token.starts_with(api_key::PREFIX) {
        return Err(
            INVALID_TOKEN.because("An API key works inside its shop only; this asks for an access token.")
        );
    }
    let verified = tokens.verify(token).map_err(|error| match error {
        TokenError::Expired => TOKEN_EXPIRED.because(error.to_string()),
        TokenError::Invalid | TokenError::Signing(_) => INVALID_TOKEN.because(error.to_string()),
    })?;
    LogFields::of(request).asked_by(verified.caller.user, verified.shop);
    Ok(verified)
}

/// The token in the header `Authorization`. The scheme's name has no case (RFC 7235).
pub(super) fn bearer<'r>(request: &'r Request<'_>) -> Result<&'r str, Problem> {
    let header = headers::one(request, "Authorization");
    // RFC 6750, section 3.1.
    let header = header
        .map_err(|problem| problem.with_header("WWW-Authenticate", "Bearer error=\"invalid_request\""))?;
    header
        .and_then(|header| header.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(|| UNAUTHENTICATED.because("Send an access token: Authorization: Bearer <token>."))
}
