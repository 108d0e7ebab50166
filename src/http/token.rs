//! Access tokens: JWTs of ten minutes that name a session, its user, and the shop to work in.

use chrono::Utc;
use hmac::digest::Key;
use hmac::{Hmac, KeyInit};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, errors::ErrorKind};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::tenancy::{Caller, ShopId};

use super::seal::Seal;

/// How long an access token is good for, in seconds. Short, because only the session is asked of the
/// database: what else a token says stays true for as long as it lives.
pub const LIFETIME: i64 = 600;

const ISSUER: &str = "shophouse";

/// A keyed hash of what was sent.
pub(super) type Fingerprint = Hmac<Sha256>;

/// Signs and verifies access tokens.
pub struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    key_id: String,
    validation: Validation,
    fingerprint: Fingerprint,
    seal: Seal,
}

/// What a verified token says.
#[derive(Clone, Copy, Debug)]
pub struct Verified {
    /// Who asks.
    pub caller: Caller,
    /// The shop to work in.
    pub shop: Option<ShopId>,
}

/// Why a token was not made or not accepted.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Its time is over.
    #[error("the access token has expired; refresh it")]
    Expired,
    /// It is not one of ours.
    #[error("the access token is not one of this server's")]
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
    iat: i64,
    exp: i64,
    jti: Uuid,
}

impl Tokens {
    /// Takes the signing secret.
    pub fn new(secret: &SecretString) -> Self {
        let bytes = secret.expose_secret().as_bytes();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        validation.leeway = 0;
        // Names the key without telling anything of it.
        let digest = Sha256::digest([b"shophouse key id: ", bytes].concat());
        let key_id = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let mut fingerprint_key = Key::<Fingerprint>::default();
        let digest = Sha256::digest([b"shophouse fingerprints: ", bytes].concat());
        fingerprint_key[..digest.len()].copy_from_slice(&digest);
        Self {
            encoding: EncodingKey::from_secret(bytes),
            decoding: DecodingKey::from_secret(bytes),
            key_id,
            validation,
            fingerprint: Hmac::new(&fingerprint_key),
            seal: Seal::new(bytes),
        }
    }

    /// Seals what is kept for clients.
    pub(super) fn seal(&self) -> Seal {
        self.seal.clone()
    }

    /// A hash of what is sent, to be fed with it, under a key made from the secret: without that, nobody who
    /// reads the hash can try out what may have been sent.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        self.fingerprint.clone()
    }

    /// Signs a token for a caller, to work in a shop or in none.
    ///
    /// # Errors
    /// When signing fails.
    pub fn sign(&self, caller: Caller, shop: Option<ShopId>) -> Result<String, TokenError> {
        let now = Utc::now().timestamp();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            sub: caller.user,
            shop,
            sid: caller.session,
            iat: now,
            exp: now + LIFETIME,
            jti: Uuid::now_v7(),
        };
        let header = Header { kid: Some(self.key_id.clone()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, &claims, &self.encoding).map_err(TokenError::Signing)
    }

    /// Verifies a token.
    ///
    /// # Errors
    /// [`TokenError::Expired`] or [`TokenError::Invalid`].
    pub fn verify(&self, token: &str) -> Result<Verified, TokenError> {
        let data = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation);
        let claims = data.map_err(|error| match error.kind() {
            ErrorKind::ExpiredSignature => TokenError::Expired,
            _ => TokenError::Invalid,
        })?;
        let Claims { sub, sid, shop, .. } = claims.claims;
        Ok(Verified { caller: Caller { session: sid, user: sub }, shop })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller() -> Caller {
        Caller { session: Uuid::now_v7(), user: Uuid::now_v7() }
    }

    #[test]
    fn a_token_tells_what_was_signed() {
        let tokens = Tokens::new(&"a secret".into());
        let (caller, shop) = (caller(), Some(ShopId::generate()));
        let verified = tokens.verify(&tokens.sign(caller, shop).unwrap()).unwrap();
        assert_eq!((verified.caller, verified.shop), (caller, shop));
    }

    #[test]
    fn another_secret_or_algorithm_is_refused() {
        let ours = Tokens::new(&"a secret".into());
        let theirs = Tokens::new(&"another".into());
        let token = theirs.sign(caller(), None).unwrap();
        assert!(matches!(ours.verify(&token), Err(TokenError::Invalid)));

        let claims = token.split('.').nth(1).unwrap();
        let none = format!("eyJhbGciOiJub25lIn0.{claims}.");
        assert!(matches!(ours.verify(&none), Err(TokenError::Invalid)));
    }
}
