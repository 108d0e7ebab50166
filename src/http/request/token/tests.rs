//! What is a token of ours, and what is not.

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
