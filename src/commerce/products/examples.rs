//! Products and variants for the API's description.

use serde_json::{Value, json};

pub(super) fn new_product() -> Value {
    let variant = |size: &str, sku: &str, stock: i64| {
        json!({
            "options": { "Size": size },
            "sku": sku,
            "price": { "amount": 5900 },
            "stock": stock,
        })
    };
    json!({
        "title": "Linen Shirt",
        "description": "<p>Washed linen.</p>",
        "vendor": "Shophouse",
        "product_type": "Shirts",
        "tags": ["linen"],
        "options": ["Size"],
        "variants": [variant("S", "LINEN-S", 5), variant("M", "LINEN-M", 3)],
        "images": [{ "url": "https://images.example/linen.jpg", "alt": "A linen shirt on a line" }],
    })
}

pub(super) fn product() -> Value {
    json!({
        "id": "01a2059f-cf12-7740-a72d-07fc3ba2057a",
        "handle": "linen-shirt",
        "title": "Linen Shirt",
        "description": "<p>Washed linen.</p>",
        "vendor": "Shophouse",
        "product_type": "Shirts",
        "tags": ["linen"],
        "status": "active",
        "options": ["Size"],
        "variants": [variant("S", "LINEN-S", 5), variant("M", "LINEN-M", 3)],
        "images": [{
            "id": "01a2059f-cf14-7c51-8a3c-0c9a4b0e7f11",
            "url": "https://images.example/linen.jpg",
            "alt": "A linen shirt on a line",
            "position": 1,
        }],
        "created_at": "2026-11-22T23:38:09.042767Z",
        "updated_at": "2026-11-22T23:38:09.042767Z",
    })
}

pub(super) fn variant(size: &str, sku: &str, stock: i64) -> Value {
    json!({
        "id": "01a2059f-cf13-7119-92eb-7fcb477796e0",
        "sku": sku,
        "title": size,
        "options": { "Size": size },
        "price": { "amount": 5900, "currency": "USD" },
        "compare_at_price": null,
        "track_stock": true,
        "allow_oversell": false,
        "stock": stock,
        "barcode": null,
        "grams": 0,
        "position": 1,
    })
}

pub(super) fn new_variant() -> Value {
    json!({ "options": { "Size": "L" }, "sku": "LINEN-L", "price": { "amount": 5900 }, "stock": 3 })
}
