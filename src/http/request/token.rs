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
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use hmac::Mac;
    use sha2::{Sha384, Sha512};

    use super::*;

    fn caller() -> Caller {
        Caller { session: Uuid::now_v7(), user: Uuid::now_v7() }
    }

    #[test]
    fn a_token_contains_what_was_signed() {
        let tokens = Tokens::new(&"a secret".into());
        let (caller, shop) = (caller(), Some(ShopId::generate()));
        let then = DateTime::from_timestamp(Utc::now().timestamp() - 5, 0);
        let verified = tokens.verify(&tokens.sign(caller, shop, then).unwrap()).unwrap();
        assert_eq!((verified.caller, verified.shop, verified.authenticated_at), (caller, shop, then));
    }

    fn ours() -> Tokens {
        Tokens::new(&"a secret".into())
    }

    /// The claims of a valid token, to be changed.
    fn claims() -> serde_json::Value {
        let now = Utc::now().timestamp();
        let ids = [(); 3].map(|()| Uuid::now_v7());
        serde_json::json!({
            "iss": ISSUER, "sub": ids[0], "sid": ids[1], "jti": ids[2], "iat": now, "exp": now + LIFETIME,
        })
    }

    /// A token with the given header, signed with a secret.
    fn signed(header: &Header, claims: &serde_json::Value, secret: &[u8]) -> String {
        jsonwebtoken::encode(header, claims, &EncodingKey::from_secret(secret)).unwrap()
    }

    fn header() -> Header {
        Header { kid: Some(ours().key_id), ..Header::new(Algorithm::HS256) }
    }

    #[track_caller]
    fn refused(token: &str) {
        assert!(matches!(ours().verify(token), Err(TokenError::Invalid)), "{token}");
    }

    #[test]
    fn a_secret_is_replaced_without_signing_anybody_out() {
        let old = ours().sign(caller(), None, None).unwrap();
        let replaced = Tokens::new(&"a newer secret".into());
        assert!(matches!(replaced.verify(&old), Err(TokenError::Invalid)));
        let replaced = replaced.verifying(&"a secret".into());
        replaced.verify(&old).unwrap();
        // New tokens are signed with the new secret.
        refused(&replaced.sign(caller(), None, None).unwrap());
        replaced.verify(&replaced.sign(caller(), None, None).unwrap()).unwrap();
    }

    #[test]
    fn the_unchanged_claims_are_valid() {
        let verified = ours().verify(&signed(&header(), &claims(), b"a secret")).unwrap();
        // As of a release that had no such claim.
        assert_eq!(verified.authenticated_at, None);
    }

    #[test]
    fn no_algorithm_and_no_other_algorithm_is_taken() {
        let good = signed(&header(), &claims(), b"a secret");
        let (_, rest) = good.split_once('.').unwrap();
        let (said, signature) = rest.split_once('.').unwrap();
        for algorithm in ["none", "None", "HS384", "RS256", "ES256", "HS256 "] {
            let header = serde_json::json!({ "alg": algorithm, "typ": "JWT", "kid": ours().key_id });
            let header = URL_SAFE_NO_PAD.encode(header.to_string());
            refused(&format!("{header}.{said}.{signature}"));
            refused(&format!("{header}.{said}."));
        }
        // Properly signed, but with another algorithm than ours.
        refused(&by_hand::<Hmac<Sha384>>("HS384"));
        refused(&by_hand::<Hmac<Sha512>>("HS512"));
        ours().verify(&by_hand::<Hmac<Sha256>>("HS256")).unwrap();
    }

    /// A good token signed with another algorithm, without the help of the library.
    fn by_hand<M: Mac + KeyInit>(algorithm: &str) -> String {
        let header = serde_json::json!({ "alg": algorithm, "typ": "JWT", "kid": ours().key_id });
        let parts = [header, claims()].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let message = parts.join(".");
        let mac = <M as KeyInit>::new_from_slice(b"a secret").unwrap().chain_update(&message);
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    #[test]
    fn the_key_id_chooses_among_our_secrets_and_nothing_else() {
        let with = |id: Option<&str>| Header { kid: id.map(str::to_owned), ..header() };
        for id in [None, Some(""), Some("../../dev/null"), Some("' OR 1=1 --"), Some("00000000")] {
            refused(&signed(&with(id), &claims(), b"a secret"));
            refused(&signed(&with(id), &claims(), b""));
        }
        refused(&signed(&header(), &claims(), b"another"));
        // A URL of a key in the token is ignored.
        let brought = Header { jku: Some("https://evil.example/keys".to_owned()), ..header() };
        refused(&signed(&brought, &claims(), b"another"));
    }

    #[test]
    fn claims_that_are_missing_or_foreign_are_refused() {
        let now = Utc::now().timestamp();
        for (name, value) in [
            ("iss", serde_json::json!("another")),
            ("iss", serde_json::json!(null)),
            ("iat", serde_json::json!(now + 3_600)),
            ("exp", serde_json::json!(now + 2 * LIFETIME)),
            ("exp", serde_json::json!(null)),
            ("sub", serde_json::json!("ada")),
        ] {
            let mut changed = claims();
            changed[name] = value;
            refused(&signed(&header(), &changed, b"a secret"));
        }
        for name in ["iss", "sub", "sid", "iat", "exp", "jti"] {
            let mut changed = claims();
            changed.as_object_mut().unwrap().remove(name);
            refused(&signed(&header(), &changed, b"a secret"));
        }
        let mut late = claims();
        (late["iat"], late["exp"]) = ((now - 700).into(), (now - 1).into());
        let late = signed(&header(), &late, b"a secret");
        assert!(matches!(ours().verify(&late), Err(TokenError::Expired)));
    }
}
