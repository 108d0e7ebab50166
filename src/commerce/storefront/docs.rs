//! What the API says of the storefront.

use serde_json::{Value, json};

use crate::commerce::products::Handle;
use crate::commerce::products::docs::filtered;
use crate::http::openapi::{Operation, get, tagged};
use crate::http::problem::SHOP_UPGRADING;
use crate::tenancy::Slug;

use super::view::StorefrontProduct;

pub(crate) fn operations() -> Vec<Operation> {
    let about = "The catalogue of a shop, for everybody, and becoming one of its customers.";
    tagged("Storefront", about, [list(), read_one()])
}

fn list() -> Operation {
    let list = get("/storefront/{slug}/products", "List a storefront's products")
        .about("Active products only. Caches may keep the answer for a minute.");
    open(filtered(list).lists::<StorefrontProduct>(product()))
}

fn read_one() -> Operation {
    let read_one = get("/storefront/{slug}/products/{handle}", "Get a storefront's product")
        .about("By its handle, if it is active. Caches may keep the answer for a minute.")
        .in_path::<Handle>("handle", "The product's handle.")
        .fetches::<StorefrontProduct>(product());
    open(read_one)
}

fn open(operation: Operation) -> Operation {
    operation
        .in_path::<Slug>("slug", "The shop's slug.")
        .asks_database()
        .with_etag()
        .may_fail(&[&SHOP_UPGRADING])
}

fn product() -> Value {
    let variant = |size: &str, in_stock: bool| {
        json!({
            "id": "01a2059f-cf13-7119-92eb-7fcb477796e0",
            "title": size,
            "options": { "Size": size },
            "price": { "amount": 5900, "currency": "USD" },
            "compare_at_price": null,
            "in_stock": in_stock,
        })
    };
    json!({
        "id": "01a2059f-cf12-7740-a72d-07fc3ba2057a",
        "handle": "linen-shirt",
        "title": "Linen Shirt",
        "description": "<p>Washed linen.</p>",
        "vendor": "Shophouse",
        "product_type": "Shirts",
        "tags": ["linen"],
        "options": ["Size"],
        "variants": [variant("S", true), variant("M", false)],
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
