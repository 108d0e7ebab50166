//! Invalid products: rules between fields, and single fields. Each refusal points to the field.

use rocket::http::Method;
use serde_json::{Value, json};

use crate::support::Tenants;
use crate::support::goods::pointer;

/// A product with the option Size and these variants.
fn sizes(variants: Value) -> Value {
    json!({ "title": "A", "options": ["Size"], "variants": variants })
}

fn size(name: &str) -> Value {
    json!({ "options": { "Size": name }, "price": { "amount": 1 } })
}

fn with(mut variant: Value, field: &str, value: Value) -> Value {
    variant[field] = value;
    variant
}

#[test]
fn a_product_that_breaks_a_rule_between_fields_is_refused_at_the_field() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let two_options = json!({ "title": "A", "options": ["Size", "Colour"], "variants": [size("S")] });
    let unknown = with(size("S"), "options", json!({ "Size": "S", "Colour": "Red" }));
    let misnamed = with(size("S"), "options", json!({ "size": "S" }));
    let no_values = json!({ "title": "A", "options": ["Size"], "variants": [{ "price": { "amount": 1 } }] });
    let euros = json!({ "amount": 1, "currency": "EUR" });
    let many_variants: Vec<Value> = (0..2049).map(|number| size(&number.to_string())).collect();
    let images = |count: usize| vec![json!({ "url": "https://i.example/1" }); count];
    let tags: Vec<String> = (0..251).map(|number| number.to_string()).collect();
    let cases = [
        (sizes(json!([size("S"), size("M"), size("S")])), "/variants/2/options"),
        (two_options, "/variants/0/options"),
        (no_values, "/variants/0/options"),
        (sizes(json!([size("S"), unknown])), "/variants/1/options"),
        (sizes(json!([misnamed])), "/variants/0/options"),
        (json!({ "title": "A", "variants": [size("S")] }), "/variants/0/options"),
        (json!({ "title": "A", "options": ["Size"], "price": { "amount": 0 } }), "/options"),
        (
            json!({ "title": "A", "options": ["Size", "SIZE"], "variants": [{ "price": { "amount": 1 },
            "options": { "Size": "S", "SIZE": "S" } }] }),
            "/options/1",
        ),
        (
            json!({ "title": "A", "options": ["1", "2", "3", "4"], "variants": [{ "price": { "amount": 1 },
            "options": { "1": "a", "2": "a", "3": "a", "4": "a" } }] }),
            "/options",
        ),
        (sizes(json!([])), "/variants"),
        (sizes(json!(many_variants)), "/variants"),
        (sizes(json!([size("M"), with(size("S"), "price", euros.clone())])), "/variants/1/price"),
        (sizes(json!([with(size("S"), "compare_at_price", euros.clone())])), "/variants/0/compare_at_price"),
        (sizes(json!([with(size("S"), "id", json!(uuid::Uuid::now_v7()))])), "/variants/0/id"),
        (json!({ "title": "A", "price": euros }), "/price"),
        (
            json!({ "title": "A", "price": { "amount": 1 }, "variants": [{ "price": { "amount": 1 } }] }),
            "/variants",
        ),
        (json!({ "title": "A", "sku": "X", "variants": [{ "price": { "amount": 1 } }] }), "/variants"),
        (json!({ "title": "A", "stock": 1, "variants": [{ "price": { "amount": 1 } }] }), "/variants"),
        (json!({ "title": "A", "images": images(251) }), "/images"),
        (json!({ "title": "A", "tags": tags }), "/tags"),
    ];
    for (body, at) in cases {
        let problem = owner.post("/products", body).expect_problem(422, "invalid_field");
        assert_eq!(pointer(&problem), at, "{problem}");
    }
    assert_eq!(owner.all("/products?"), [Value::Null; 0], "nothing came of any of them");
    let most = json!({ "title": "A", "images": images(250), "options": ["1", "2", "3"],
        "variants": [{ "price": { "amount": 1 }, "options": { "1": "a", "2": "a", "3": "a" } }] });
    owner.post("/products", most).expect(201);
}

#[test]
fn an_invalid_field_is_refused_at_the_field() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let long = "x".repeat(256);
    for (field, value, at) in [
        ("title", json!(""), "/title"),
        ("title", json!("   "), "/title"),
        ("title", json!(long), "/title"),
        ("title", json!(7), "/title"),
        ("title", json!("nul \u{0}"), "/title"),
        ("vendor", json!(long), "/vendor"),
        ("product_type", json!(long), "/product_type"),
        ("description", json!("x".repeat(512_001)), "/description"),
        ("tags", json!(["a", ""]), "/tags/1"),
        ("status", json!("sold"), "/status"),
        ("price", json!({ "amount": -1 }), "/price/amount"),
        ("price", json!({ "amount": 1_i64 << 53 }), "/price/amount"),
        ("price", json!({ "amount": 1.5 }), "/price/amount"),
        ("price", json!({ "amount": "1" }), "/price/amount"),
        ("price", json!({ "amount": 1, "currency": "XXX" }), "/price/currency"),
        ("stock", json!(1_000_000_001), "/stock"),
        ("stock", json!(9_223_372_036_854_775_808_u64), "/stock"),
        (
            "images",
            json!([{ "url": "https://i.example/1" }, { "url": "ftp://i.example/1" }]),
            "/images/1/url",
        ),
        ("images", json!([{ "url": "https://i.example/a b" }]), "/images/0/url"),
        ("variants", json!([{ "price": { "amount": 1 }, "grams": -1 }]), "/variants/0/grams"),
        ("variants", json!([{ "price": { "amount": 1 }, "id": "x" }]), "/variants/0/id"),
    ] {
        let mut body = json!({ "title": "A" });
        body[field] = value;
        let problem = owner.post("/products", body).expect_problem(422, "invalid_field");
        assert_eq!(pointer(&problem), at, "{problem}");
    }
    owner.post("/products", json!({ "price": { "amount": 1 } })).expect_problem(422, "missing_field");
    let product = owner.sells("Shirt");
    let path = format!("/products/{}", product["id"].as_str().unwrap());
    for status in [json!({}), json!({ "status": "active" }), json!({ "status": "archived" })] {
        let mut body = json!({ "title": "A", "sku": "A", "stock": 1 });
        body.as_object_mut().unwrap().extend(status.as_object().unwrap().clone());
        for answer in [owner.post("/products", body.clone()), owner.put(&path, body)] {
            assert_eq!(pointer(&answer.expect_problem(422, "missing_field")), "/price");
        }
    }
    assert_eq!(owner.again("products", &product), product);
    let draft = json!({ "title": "A", "status": "draft" });
    assert_eq!(owner.put(&path, draft).expect(200)["variants"][0]["price"]["amount"], 0);
    owner.put(&path, json!({ "title": "A", "price": { "amount": 0 } })).expect(200);
    owner.send(Method::Delete, &path, None).expect(204);
    let variants = json!({ "title": "A", "variants": [{}] });
    owner.post("/products", variants).expect_problem(422, "missing_field");
    for unknown in [
        json!({ "title": "A", "colour": "red" }),
        json!({ "title": "A", "price": { "amount": 1, "cents": 1 } }),
        json!({ "title": "A", "variants": [{ "price": { "amount": 1 }, "position": 1 }] }),
    ] {
        owner.post("/products", unknown).expect_problem(422, "unknown_field");
    }
    assert_eq!(owner.all("/products?"), [Value::Null; 0]);
}
