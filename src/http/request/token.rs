//! Access tokens: JWTs with a session, its user, and a shop. They are valid for ten minutes.
//!
//! The same secrets sign device tokens (`device_token`). Those have an audience and access tokens have none, so neither is
//! accepted in place of the other.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use hmac::digest::Key;
use hmac::{Hmac, KeyInit};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, errors::ErrorKind};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::http::encryption::{Cipher, Sealer};
use crate::tenancy::{Caller, ShopId};

use super::hs256;

/// How long an access token is valid, in seconds. Short, because its claims are not checked again, except for the session.
pub const LIFETIME: i64 = 600;

pub(super) const ISSUER: &str = "shophouse";

/// A keyed hash of a request.
pub(in crate::http) type Fingerprint = Hmac<Sha256>;

/// How far the clock of another instance may be ahead, in seconds.
pub(super) const SKEW: i64 = 60;

/// Signs and verifies access tokens. One secret signs; former secrets still verify, so that a secret can be replaced
/// without signing users out.
pub struct Tokens {
    encoding: EncodingKey,
    key_id: String,
    /// By key id.
    decoding: HashMap<String, DecodingKey>,
    validation: Validation,
    fingerprint: Fingerprint,
    cipher: Cipher,
    sealer: Sealer,
}

/// The content of a verified token.
#[derive(Clone, Copy, Debug)]
pub struct Verified {
    /// Who sends the request.
    pub caller: Caller,
    /// The shop that the token is for.
    pub shop: Option<ShopId>,
    /// When the user last proved who they are in this session; none in a token of a release that did not note it.
    pub authenticated_at: Option<DateTime<Utc>>,
}

/// Why a token was not signed or not accepted.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It has expired.
    #[error("the access token has expired; refresh it")]
    Expired,
    /// This server did not sign it.
    #[error("the access token was not issued by this server")]
    Invalid,
    /// Signing failed.
    #[error("signing failed: {0}")]
    Signing(jsonwebtoken::errors::Error),
}

#[derive(Deserialize, Serialize)]
struct Claims {
    iss: String,
    sub: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    shop: Option<ShopId>,
    sid: Uuid,
    /// OpenID Connect Core 1.0, section 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    iat: i64,
    exp: i64,
    jti: Uuid,
}

impl Tokens {
    /// Tokens signed with this secret.
    pub fn new(secret: &SecretString) -> Self {
        hs256::install();
        let bytes = secret.expose_secret().as_bytes();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        validation.leeway = 0;
        let key_id = key_id(bytes);
        let decoding = HashMap::from([(key_id.clone(), DecodingKey::from_secret(bytes))]);
        let mut fingerprint_key = Key::<Fingerprint>::default();
        let digest = Sha256::digest([b"shophouse fingerprints: ", bytes].concat());
        fingerprint_key[..digest.len()].copy_from_slice(&digest);
        Self {
            encoding: EncodingKey::from_secret(bytes),
            key_id,
            decoding,
            validation,
            fingerprint: Hmac::new(&fingerprint_key),
            cipher: Cipher::new(bytes),
            sealer: Sealer::new(Cipher::new(bytes)),
        }
    }

    /// Adds a former secret, which only verifies.
    #[must_use]
    pub fn verifying(mut self, secret: &SecretString) -> Self {
        let bytes = secret.expose_secret().as_bytes();
        self.decoding.insert(key_id(bytes), DecodingKey::from_secret(bytes));
        self.sealer.add_former(Cipher::new(bytes));
        self
    }

    /// The cipher for stored responses.
    pub(in crate::http) fn cipher(&self) -> Cipher {
        self.cipher.clone()
    }

    /// Encrypts secrets that are stored.
    pub fn sealer(&self) -> Sealer {
        self.sealer.clone()
    }

    /// An empty keyed hash for a request. Its key is made from the secret: without it, nobody who reads the hash can guess
    /// the request.
    pub(in crate::http) fn fingerprint(&self) -> Fingerprint {
        self.fingerprint.clone()
    }

    /// Signs a token for a caller, for one shop or for none. `authenticated_at` is when the user last proved who they are.
    ///
    /// # Errors
    /// When signing fails.
    pub fn sign(
        &self,
        caller: Caller,
        shop: Option<ShopId>,
        authenticated_at: Option<DateTime<Utc>>,
    ) -> Result<String, TokenError> {
        let now = Utc::now().timestamp();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            sub: caller.user,
            shop,
            sid: caller.session,
            auth_time: authenticated_at.map(|time| time.timestamp()),
            iat: now,
            exp: now + LIFETIME,
            jti: Uuid::now_v7(),
        };
        self.encode(&claims)
    }

    /// Signs claims.
    pub(super) fn encode(&self, claims: &impl Serialize) -> Result<String, TokenError> {
        let header = Header { kid: Some(self.key_id.clone()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, claims, &self.encoding).map_err(TokenError::Signing)
    }

    /// Verifies a token.
    ///
    /// # Errors
    /// [`TokenError::Expired`] or [`TokenError::Invalid`].
    pub fn verify(&self, token: &str) -> Result<Verified, TokenError> {
        let Claims { sub, sid, shop, auth_time, iat, exp, .. } = self.decode(token, &self.validation)?;
        if iat > Utc::now().timestamp() + SKEW || exp - iat > LIFETIME {
            return Err(TokenError::Invalid);
        }
        let authenticated_at = auth_time.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        Ok(Verified { caller: Caller { session: sid, user: sub }, shop, authenticated_at })
    }

    /// The claims of a token that one of our secrets has signed.
    pub(super) fn decode<C>(&self, token: &str, validation: &Validation) -> Result<C, TokenError>
    where
        C: DeserializeOwned,
    {
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Invalid)?;
        // The id only selects one of our secrets. The algorithm is fixed, whatever the header says.
        let key = header.kid.and_then(|id| self.decoding.get(&id)).ok_or(TokenError::Invalid)?;
        let data = jsonwebtoken::decode::<C>(token, key, validation);
        let claims = data.map_err(|error| match error.kind() {
            ErrorKind::ExpiredSignature => TokenError::Expired,
            _ => TokenError::Invalid,
        })?;
        Ok(claims.claims)
    }
}

/// A name for a secret that reveals nothing of it.
fn key_id(secret: &[u8]) -> String {
    let digest = Sha256::digest([b"shophouse key id: ", secret].concat());
    digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
