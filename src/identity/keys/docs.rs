//! What the API says of API keys.

use serde_json::{Value, json};

use crate::http::openapi::{Operation, delete, get, post, tagged};
use crate::http::problem::{FORBIDDEN, NOT_A_MEMBER};

use super::queries::ApiKey;
use super::routes::{IssuedApiKey, NewApiKey};

pub(in crate::identity) fn operations() -> Vec<Operation> {
    let about = "Keys for scripts. A key is sent as the bearer token and works in its shop only, for as long as its \
                 owner belongs to it.";
    tagged("API keys", about, [create(), list(), revoke()])
}

fn create() -> Operation {
    post("/me/keys", "Make an API key")
        .about(
            "Its role may not be above mine, and when mine is lowered later, the key's is too. The key is shown this \
             once; the server keeps a hash of it.",
        )
        .signed_in()
        .takes::<NewApiKey>(json!({ "name": "Nightly stock count", "shop": "the-loft", "role": "customer" }))
        .creates::<IssuedApiKey>(&format!("/api/v1/me/keys/{ID}"), issued())
        .may_fail(&[&FORBIDDEN, &NOT_A_MEMBER])
}

fn list() -> Operation {
    get("/me/keys", "List my API keys")
        .about("Newest first, without the keys themselves.")
        .signed_in()
        .lists::<ApiKey>(key())
}

fn revoke() -> Operation {
    delete("/me/keys/{id}", "Revoke an API key").about("Its next request is refused.").signed_in()
}

const ID: &str = "01a2059f-d011-7e53-9a0f-0d6a5a1f6c11";

fn key() -> Value {
    json!({
        "id": ID,
        "name": "Nightly stock count",
        "shop_id": "01a2059f-cec2-731f-9720-9e3861d41121",
        "role": "customer",
        "created_at": "2026-11-22T23:38:08.962953Z",
    })
}

fn issued() -> Value {
    let mut issued = key();
    issued["key"] = json!("shk_AaIFn87CcxnXIJ44YdQRIQGiBZ_OQnTwqXZVjh_QtOM…");
    issued
}
