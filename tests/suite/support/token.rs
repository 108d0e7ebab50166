//! Access tokens that the server would not issue, signed with its own secret.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use shophouse::http::request::token::Tokens;
use shophouse::tenancy::Caller;
use uuid::Uuid;

/// The secret that the tests' servers sign with.
pub const SECRET: &str = "a secret that only the tests have";

/// The claims of a token.
pub fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// A token with these claims.
pub fn signed(claims: &Value) -> String {
    let caller = Caller { session: Uuid::nil(), user: Uuid::nil() };
    let ours = Tokens::new(&SECRET.into()).sign(caller, None, None).unwrap();
    signed_as(&json!({ "alg": "HS256", "kid": kid(&ours) }), claims, SECRET)
}

/// A token under any header, signed with HMAC-SHA256 as RFC 7515 says, without the server's own library.
pub fn signed_as(header: &Value, claims: &Value, secret: &str) -> String {
    let message = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(&message);
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// The id of the key that a token was signed with.
pub fn kid(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

/// The same token, expired a second ago.
pub fn expired(token: &str) -> String {
    let mut claims = claims(token);
    claims["exp"] = json!(chrono::Utc::now().timestamp() - 1);
    signed(&claims)
}

/// The same token with another shop in it.
pub fn for_shop(token: &str, shop: &str) -> String {
    let mut claims = claims(token);
    claims["shop"] = json!(shop);
    signed(&claims)
}
