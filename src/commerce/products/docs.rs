//! What the API says of the catalogue.

use serde_json::{Value, json};

use crate::http::openapi::{Operation, delete, get, patch, post, put, tagged};
use crate::http::problem::INVALID_FIELD;
use crate::http::{Customer, Staff};

use super::Status;
use super::body::{ProductBody, ProductPatch, VariantBody, VariantPatch};
use super::error::{HANDLE_TAKEN, SKU_TAKEN};
use super::view::{ProductView, VariantView};

pub(crate) fn operations() -> Vec<Operation> {
    let operations = [
        list(),
        read_one(),
        create(),
        replace(),
        change(),
        remove(),
        add_variant(),
        change_variant(),
        remove_variant(),
    ];
    tagged("Products", "The catalogue: products with their variants and images.", operations)
}

fn list() -> Operation {
    let list = get("/products", "List products")
        .about("Customers see active products only.")
        .at_least::<Customer>()
        .filter::<Status>("status", "Only products of this status.");
    filtered(list).lists::<ProductView>(product())
}

/// What every list of products can be asked for.
pub(in crate::commerce) fn filtered(list: Operation) -> Operation {
    list.filter::<String>("vendor", "Only products of this vendor.")
        .filter::<String>("product_type", "Only products of this type.")
        .filter::<String>("tag", "Only products with this tag, whatever its case and its accents.")
        .filter::<String>(
            "q",
            "Only products whose title has all of these words, or words that begin with them, in any order, without case \
             or accents; 1 to 8 words.",
        )
        .choice(
            "sort",
            "The order; a minus turns it round.",
            &["-created_at", "created_at", "title", "-title"],
        )
}

fn read_one() -> Operation {
    get("/products/{id}", "Get a product")
        .about("Customers find active products only.")
        .at_least::<Customer>()
        .fetches::<ProductView>(product())
        .with_etag()
}

fn create() -> Operation {
    post("/products", "Create a product")
        .about(
            "Without `variants` there is one, from `price`, `sku` and `stock`; the simplest body is a title and a \
             price. The handle is made from the title when it is left out.",
        )
        .at_least::<Staff>()
        .takes::<ProductBody>(new_product())
        .creates::<ProductView>("/api/v1/products/01a2059f-cf12-7740-a72d-07fc3ba2057a", product())
        .with_etag()
        .may_fail(&[&HANDLE_TAKEN, &SKU_TAKEN])
}

fn replace() -> Operation {
    put("/products/{id}", "Replace a product")
        .about(
            "What is left out becomes as in a new product. A variant with the `id` of a present one takes its place; \
             present ones that are not named are removed.",
        )
        .at_least::<Staff>()
        .takes::<ProductBody>(new_product())
        .fetches::<ProductView>(product())
        .with_etag()
        .if_match()
        .may_fail(&[&HANDLE_TAKEN, &SKU_TAKEN])
}

fn change() -> Operation {
    patch("/products/{id}", "Change a product")
        .about("What is left out stays as it is.")
        .at_least::<Staff>()
        .takes::<ProductPatch>(json!({ "title": "Linen Shirt, washed", "tags": ["linen", "summer"] }))
        .fetches::<ProductView>(product())
        .with_etag()
        .if_match()
        .may_fail(&[&HANDLE_TAKEN, &SKU_TAKEN])
}

fn remove() -> Operation {
    delete("/products/{id}", "Delete a product")
        .about("Past orders keep what they say of it.")
        .at_least::<Staff>()
        .if_match()
}

fn add_variant() -> Operation {
    post("/products/{id}/variants", "Add a variant")
        .about("It needs a value for each of the product's options.")
        .at_least::<Staff>()
        .takes::<VariantBody>(json!({
            "options": { "Size": "L" },
            "sku": "LINEN-L",
            "price": { "amount": 5900 },
            "stock": 3,
        }))
        .creates::<VariantView>(
            "/api/v1/products/01a2059f-cf12-7740-a72d-07fc3ba2057a/variants/01a2059f-cf13-7119-92eb-7fcb477796e0",
            variant("L", "LINEN-L", 3),
        )
        .may_fail(&[&SKU_TAKEN])
}

fn change_variant() -> Operation {
    patch("/products/{id}/variants/{variant}", "Change a variant")
        .about("What is left out stays as it is. Stock has a route of its own, which asks for a reason. `If-Match` holds \
             the product's tag: a variant has none of its own.")
        .at_least::<Staff>()
        .takes::<VariantPatch>(json!({ "price": { "amount": 4900 }, "compare_at_price": { "amount": 5900 } }))
        .fetches::<VariantView>(variant("M", "LINEN-M", 3))
        .if_match()
        .may_fail(&[&SKU_TAKEN])
}

fn remove_variant() -> Operation {
    delete("/products/{id}/variants/{variant}", "Delete a variant")
        .about("A product keeps at least one. `If-Match` holds the product's tag.")
        .at_least::<Staff>()
        .if_match()
        .may_fail(&[&INVALID_FIELD])
}

fn new_product() -> Value {
    let variant = |size: &str, sku: &str, stock: i64| json!({ "options": { "Size": size }, "sku": sku, "price": { "amount": 5900, "currency": "USD" }, "stock": stock });
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

fn product() -> Value {
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

fn variant(size: &str, sku: &str, stock: i64) -> Value {
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
