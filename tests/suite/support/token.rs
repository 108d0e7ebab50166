//! Access tokens that the server would not issue, signed with its own secret.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;
use serde_json::{Value, json};
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
    let ours = Tokens::new(&SECRET.into()).sign(caller, None).unwrap();
    let header = jsonwebtoken::decode_header(ours).unwrap();
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(SECRET.as_bytes())).unwrap()
}

/// The same token, expired for a second.
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
