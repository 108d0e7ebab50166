//! What the API's description shows of people and their shops.

use serde_json::{Value, json};

use crate::http::request::token::LIFETIME;

const ACCESS_TOKEN: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJzaG9waG91c2UifQ.c2lnbmF0dXJl";
pub(super) const DEVICE_TOKEN: &str =
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJkZXZpY2UifQ.c2lnbmF0dXJl";
pub(super) const REFRESH_TOKEN: &str = "b0a1lTFf5mZJt9cWmT3kq0cV0aWQ2w8o8m2m0d1yq1E";
pub(super) const SHOP: &str = "01a2059f-cec2-731f-9720-9e3861d41121";
pub(super) const KEY: &str = "01a2059f-d011-7e53-9a0f-0d6a5a1f6c11";

const INVITATION: &str = "01a2059f-d2a0-7c1b-8e55-4f5f7f1d2c33";

pub(super) fn access() -> Value {
    json!({ "access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": LIFETIME })
}

pub(super) fn pair() -> Value {
    let mut pair = access();
    pair["refresh_token"] = json!(REFRESH_TOKEN);
    pair
}

pub(super) fn sign_in() -> Value {
    let mut tokens = pair();
    tokens["device_token"] = json!(DEVICE_TOKEN);
    tokens
}

pub(super) fn user() -> Value {
    json!({
        "id": "01a2059f-ce42-74f0-a976-558e1fd0b4e3",
        "email": "cleo@example.com",
        "email_verified": false,
        "name": "Cleo",
        "created_at": "2026-11-22T23:38:08.834510Z",
        "updated_at": "2026-11-22T23:38:08.834510Z",
    })
}

pub(super) fn profile() -> Value {
    let mut profile = user();
    profile["pending_email"] = json!(null);
    profile
}

pub(super) fn audit_event() -> Value {
    json!({
        "id": "01a2059f-d3a1-7c0b-8b52-2f0e6a3d9c55",
        "created_at": "2026-11-22T23:38:09.105882Z",
        "event": "role_changed",
        "actor": "user",
        "actor_id": "01a2059f-ce42-74f0-a976-558e1fd0b4e3",
        "subject_id": "01a2059f-ce42-74f0-a976-5590a7d1c0f2",
        "shop_id": SHOP,
        "address": "198.51.100.7",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64)",
        "details": { "role_before": "customer", "role": "staff" },
    })
}

pub(super) fn activity() -> Value {
    json!({
        "id": "01a2059f-d3a1-7c0b-8b52-2f0e6a3d9c55",
        "created_at": "2026-11-22T23:38:09.105882Z",
        "event": "sign_in_failed",
        "actor": "unknown",
        "actor_id": null,
        "subject_id": "01a2059f-ce42-74f0-a976-558e1fd0b4e3",
        "shop_id": null,
        "address": "198.51.100.7",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64)",
        "details": {},
    })
}

pub(super) fn recovery_codes() -> Value {
    json!({ "recovery_codes": ["k3vq-7x2a-mb4d-p6zt", "c5ye-2rjl-w7nf-4q3h"] })
}

pub(super) fn session() -> Value {
    json!({
        "id": "01a2059f-ce90-7c41-8d1b-4ab1e0c2f7aa",
        "current": true,
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64)",
        "created_at": "2026-11-22T23:38:08.834510Z",
        "refreshed_at": null,
        "expires_at": "2026-12-22T23:38:08.834510Z",
    })
}

pub(super) fn key() -> Value {
    json!({
        "id": KEY,
        "name": "Nightly stock count",
        "shop_id": SHOP,
        "role": "staff",
        "scopes": ["stock:read"],
        "created_at": "2026-11-22T23:38:08.962953Z",
        "expires_at": "2027-02-20T23:38:08.962953Z",
        "last_used_at": null,
        "rotated_at": null,
        "previous_until": null,
    })
}

pub(super) fn issued_key() -> Value {
    let mut issued = key();
    issued["key"] = json!("shk_AaIFn87CcxnXIJ44YdQRIQGiBZ_OQnTwqXZVjh_QtOM…");
    issued
}

pub(super) fn shop() -> Value {
    json!({
        "id": SHOP,
        "slug": "the-attic",
        "name": "The Attic",
        "description": "Things that deserve a second home.",
        "currency": "EUR",
        "order_hold_minutes": 60,
        "require_second_factor": false,
        "state": "active",
        "role": "owner",
        "erase_after": null,
        "created_at": "2026-11-22T23:38:08.962953Z",
        "updated_at": "2026-11-22T23:38:08.962953Z",
    })
}

pub(super) fn deleted_shop() -> Value {
    let mut shop = shop();
    shop["state"] = json!("deleting");
    shop["erase_after"] = json!("2026-12-23T09:30:00Z");
    shop
}

pub(super) fn joined_shop() -> Value {
    let mut shop = shop();
    shop["role"] = json!("customer");
    shop
}

pub(super) fn member() -> Value {
    json!({
        "user_id": "01a2059f-ce42-74f0-a976-558e1fd0b4e3",
        "email": "bob@example.com",
        "name": "Bob",
        "role": "staff",
        "offered_role": null,
        "created_at": "2026-11-22T23:38:08.962953Z",
    })
}

pub(super) fn invitation_path() -> String {
    format!("/shops/{SHOP}/invitations/{INVITATION}")
}

pub(super) fn invitation() -> Value {
    json!({
        "id": INVITATION,
        "email": "new-clerk@example.com",
        "role": "staff",
        "user_id": null,
        "created_at": "2026-11-22T23:38:08.962953Z",
        "expires_at": "2026-11-29T23:38:08.962953Z",
    })
}

pub(super) fn issued_invitation() -> Value {
    let mut issued = invitation();
    issued["token"] = json!(REFRESH_TOKEN);
    issued
}

pub(super) fn my_invitation() -> Value {
    json!({
        "id": INVITATION,
        "shop": { "id": SHOP, "slug": "the-attic", "name": "The Attic" },
        "role": "staff",
        "created_at": "2026-11-22T23:38:08.962953Z",
        "expires_at": "2026-11-29T23:38:08.962953Z",
    })
}

/// What the routes for signing in are for.
pub(super) const AUTH: &str =
    "Signing up and in. An access token is good for ten minutes; a refresh token gets the next pair, once.";
