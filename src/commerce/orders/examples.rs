//! Orders for the API's description.

use serde_json::{Value, json};

pub(super) fn new_order() -> Value {
    json!({
        "lines": [{ "variant_id": "01a2059f-cf13-7119-92eb-7fcb477796e0", "quantity": 2 }],
        "shipping_address": { "name": "Cleo", "address1": "1 Quay Street", "city": "Galway", "country": "IE" },
        "note": "Ring twice.",
    })
}

pub(super) fn order(status: &str) -> Value {
    let time = "2026-11-22T23:38:09.068553Z";
    let customer = "01a2059f-ce42-74f0-a976-558e1fd0b4e3";
    let event = |status: &str| json!({ "status": status, "actor_id": customer, "created_at": time });
    let events =
        if status == "pending" { vec![event(status)] } else { vec![event("pending"), event(status)] };
    json!({
        "id": "01a2059f-cf2c-7504-b2a5-7257d04eb2db",
        "number": 1001,
        "status": status,
        "customer": { "id": customer, "email": "cleo@example.com", "name": "Cleo" },
        "email": "cleo@example.com",
        "note": "Ring twice.",
        "shipping_address": {
            "name": "Cleo",
            "company": "",
            "address1": "1 Quay Street",
            "address2": "",
            "city": "Galway",
            "province": "",
            "zip": "",
            "country": "IE",
            "phone": "",
        },
        "lines": [{
            "id": "01a2059f-cf2e-7511-a929-3b430dd58044",
            "variant_id": "01a2059f-cf13-7119-92eb-7fcb477796e0",
            "title": "Linen Shirt",
            "variant_title": "S",
            "options": { "Size": "S" },
            "sku": "LINEN-S",
            "quantity": 2,
            "unit_price": { "amount": 5900, "currency": "USD" },
            "total": { "amount": 11800, "currency": "USD" },
        }],
        "total": { "amount": 11800, "currency": "USD" },
        "events": events,
        "expires_at": if status == "pending" { json!("2026-11-23T00:38:09.068553Z") } else { Value::Null },
        "created_at": time,
        "updated_at": time,
    })
}

pub(super) fn order_hold() -> Value {
    json!({ "until": "2026-11-30T12:00:00Z" })
}

pub(super) fn held_order() -> Value {
    let mut order = order("pending");
    order["expires_at"] = json!("2026-11-30T12:00:00Z");
    order
}
