//! What the API says of the stock of a variant.

use serde_json::{Value, json};

use crate::http::Staff;
use crate::http::openapi::{Operation, get, post, tagged};

use super::Movement;
use super::error::BELOW_ZERO;
use super::routes::AdjustmentBody;

pub(crate) fn operations() -> Vec<Operation> {
    tagged("Stock", "Movements of stock, whose sum is what there is.", [create(), list()])
}

fn create() -> Operation {
    post("/variants/{id}/stock", "Move stock")
        .about("Give either `delta`, pieces more or less, or `set`, the pieces that were counted.")
        .at_least::<Staff>()
        .takes::<AdjustmentBody>(json!({ "delta": 12, "reason": "delivery" }))
        .creates::<Movement>("/api/v1/variants/01a2059f-cf13-7119-92eb-7fcb477796e0/stock", movement())
        .may_fail(&[&BELOW_ZERO])
}

fn list() -> Operation {
    get("/variants/{id}/stock", "List movements of stock")
        .about("Newest first.")
        .at_least::<Staff>()
        .lists::<Movement>(movement())
}

fn movement() -> Value {
    json!({
        "id": "01a2059f-d013-7a2e-9f55-3f1d6a0c4b21",
        "variant_id": "01a2059f-cf13-7119-92eb-7fcb477796e0",
        "delta": 12,
        "reason": "delivery",
        "actor_id": "01a2059f-ce42-74f0-a976-558e1fd0b4e3",
        "order_id": null,
        "created_at": "2026-11-22T23:40:00.000000Z",
    })
}
