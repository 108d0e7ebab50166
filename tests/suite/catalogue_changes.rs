//! Changing the catalogue: PUT, PATCH and DELETE of whole products.

use serde_json::{Value, json};

use crate::support::goods::{each, pointer, variant};
use crate::support::world::text;
use crate::support::{Member, Tenants};

/// A product in the sizes S and M, three and five in stock, with everything filled in.
pub fn shirt(owner: &Member<'_>) -> (Value, String) {
    let body = json!({
        "title": "Shirt", "description": "Blue", "vendor": "Loom", "product_type": "Tops", "tags": ["a", "b"],
        "options": ["Size"],
        "variants": [
            { "options": { "Size": "S" }, "price": { "amount": 100 }, "sku": "S", "stock": 3, "grams": 10 },
            { "options": { "Size": "M" }, "price": { "amount": 200 }, "sku": "M", "stock": 5, "barcode": "7",
              "compare_at_price": { "amount": 300 } },
        ],
        "images": [{ "url": "https://i.example/1" }, { "url": "https://i.example/2", "alt": "Two" }],
    });
    let product = owner.post("/products", body).expect(201);
    let path = format!("/products/{}", text(&product["id"]));
    (product, path)
}

/// The same product with other values at some JSON pointers, and with a later `updated_at`.
fn changed(product: &Value, after: &Value, changes: &[(&str, Value)]) -> Value {
    let mut expected = product.clone();
    for (place, value) in changes {
        *expected.pointer_mut(place).unwrap() = value.clone();
    }
    assert!(after["updated_at"].as_str() > product["updated_at"].as_str(), "{after}");
    expected["updated_at"] = after["updated_at"].clone();
    expected
}

#[test]
fn put_replaces_the_product_and_forgets_what_is_left_out() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let (before, path) = shirt(&owner);
    let after = owner.put(&path, json!({ "title": "Scarf", "price": { "amount": 50 } })).expect(200);
    let only = json!([{
        "id": after["variants"][0]["id"], "sku": null, "title": "Default", "options": {},
        "price": { "amount": 50, "currency": "USD" }, "compare_at_price": null, "track_stock": false,
        "allow_oversell": false, "stock": 0, "barcode": null, "grams": 0, "position": 1,
    }]);
    let changes = [
        ("/title", json!("Scarf")),
        ("/description", json!("")),
        ("/vendor", json!("")),
        ("/product_type", json!("")),
        ("/tags", json!([])),
        ("/options", json!([])),
        ("/variants", only),
        ("/images", json!([])),
    ];
    assert_eq!(after, changed(&before, &after, &changes), "the handle stays");
    assert_eq!(owner.again("products", &before), after);
    for index in [0, 1] {
        owner.get(&format!("/variants/{}/stock", variant(&before, index))).expect_problem(404, "not_found");
    }
}

#[test]
fn put_keeps_the_variants_that_it_names_by_id_or_by_option_values() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let (before, path) = shirt(&owner);
    let (small, medium) = (variant(&before, 0), variant(&before, 1));
    // One matched by its option values, in another order; one new; one matched by id, with other option values.
    let after = owner.put(
        &path,
        json!({ "title": "Shirt", "options": ["Size"], "variants": [
            { "options": { "Size": "M" }, "price": { "amount": 201 } },
            { "options": { "Size": "XL" }, "price": { "amount": 400 } },
            { "options": { "Size": "XS" }, "price": { "amount": 90 }, "id": small },
        ]}),
    );
    let after = after.expect(200);
    assert_eq!((variant(&after, 0), variant(&after, 2)), (medium.clone(), small.clone()));
    assert_eq!(each(after["variants"].as_array().unwrap(), "title"), ["M", "XL", "XS"]);
    let stock = |index: usize| after["variants"][index]["stock"].clone();
    assert_eq!([stock(0), stock(1), stock(2)], [json!(5), json!(0), json!(3)], "nobody gave another");
    assert_eq!(after["variants"][0]["track_stock"], true);
    assert_eq!(owner.movements(&medium).len(), 1);

    // The id decides before the values: S gets the values of M, and M is deleted.
    let after = owner.put(
        &path,
        json!({ "title": "Shirt", "options": ["Size"], "variants": [
            { "options": { "Size": "M" }, "price": { "amount": 1 }, "id": small },
        ]}),
    );
    assert_eq!(variant(&after.expect(200), 0), small);
    owner.get(&format!("/variants/{medium}/stock")).expect_problem(404, "not_found");

    let strangers = json!({ "title": "Shirt", "variants": [{ "price": { "amount": 1 }, "id": medium }] });
    assert_eq!(pointer(&owner.put(&path, strangers).expect_problem(422, "invalid_field")), "/variants/0/id");
}

#[test]
fn stock_that_is_given_with_a_product_becomes_a_movement() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let (before, path) = shirt(&owner);
    let sizes = |small: i64, medium: i64| {
        json!({ "title": "Shirt", "options": ["Size"], "variants": [
            { "options": { "Size": "S" }, "price": { "amount": 1 }, "stock": small },
            { "options": { "Size": "M" }, "price": { "amount": 1 }, "stock": medium },
        ]})
    };
    owner.put(&path, sizes(1, 5)).expect(200);
    let deltas = |index: usize| {
        let movements = owner.movements(&variant(&before, index));
        movements.iter().map(|movement| movement["delta"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((deltas(0), deltas(1)), (vec![-2, 3], vec![5]));
    assert_eq!(owner.again("products", &before)["variants"][0]["stock"], 1);
    owner.put(&path, sizes(1, -1)).expect(200);
    assert_eq!(deltas(1), [-6, 5], "stock below zero is a fact");
}

#[test]
fn patch_changes_only_what_is_given() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let (mut before, path) = shirt(&owner);
    for (body, place, value) in [
        (json!({ "title": "Blouse" }), "/title", json!("Blouse")),
        (json!({ "handle": "blouse" }), "/handle", json!("blouse")),
        (json!({ "description": "" }), "/description", json!("")),
        (json!({ "vendor": "Weft" }), "/vendor", json!("Weft")),
        (json!({ "product_type": "" }), "/product_type", json!("")),
        (json!({ "tags": ["c"] }), "/tags", json!(["c"])),
        (json!({ "status": "draft" }), "/status", json!("draft")),
        (json!({ "images": [] }), "/images", json!([])),
    ] {
        let after = owner.patch(&path, body).expect(200);
        assert_eq!(after, changed(&before, &after, &[(place, value)]));
        assert_eq!(owner.again("products", &after), after);
        before = after;
    }
    let renamed = owner.patch(&path, json!({ "options": ["Width"] })).expect(200);
    assert_eq!(renamed["variants"][1]["options"], json!({ "Width": "M" }));
    let problem = owner.patch(&path, json!({ "options": ["Width", "Colour"] }));
    assert_eq!(pointer(&problem.expect_problem(422, "invalid_field")), "/variants/0/options");
    for field in ["title", "handle", "tags", "variants"] {
        let null = owner.patch(&path, json!({ field: null })).expect_problem(422, "invalid_field");
        assert_eq!(pointer(&null), format!("/{field}"));
    }
    assert_eq!(owner.again("products", &renamed), renamed);
}

#[test]
fn two_variants_exchange_their_skus() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let (before, path) = shirt(&owner);
    let after = owner.patch(
        &path,
        json!({ "variants": [
            { "options": { "Size": "S" }, "price": { "amount": 100 }, "sku": "M" },
            { "options": { "Size": "M" }, "price": { "amount": 200 }, "sku": "S" },
        ]}),
    );
    let after = after.expect(200);
    assert_eq!((variant(&after, 0), variant(&after, 1)), (variant(&before, 0), variant(&before, 1)));
    assert_eq!(each(after["variants"].as_array().unwrap(), "sku"), ["M", "S"]);
}

#[test]
fn images_that_stay_keep_their_ids() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let (before, path) = shirt(&owner);
    let images = json!([{ "url": "https://i.example/2", "alt": "Zwei" }, { "url": "https://i.example/3" }]);
    let after = owner.patch(&path, json!({ "images": images })).expect(200);
    let expected = json!([
        { "id": before["images"][1]["id"], "url": "https://i.example/2", "alt": "Zwei", "position": 1 },
        { "id": after["images"][1]["id"], "url": "https://i.example/3", "alt": "", "position": 2 },
    ]);
    assert_eq!(after["images"], expected);
}

#[test]
fn a_deleted_product_is_gone_with_its_variants() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let (product, path) = shirt(&owner);
    let kept = owner.sells("Kept");
    assert_eq!(owner.delete(&path).expect(204), Value::Null);
    for answer in [
        owner.get(&path),
        owner.delete(&path),
        owner.put(&path, json!({ "title": "Shirt", "price": { "amount": 0 } })),
        owner.patch(&path, json!({})),
        owner.get(&format!("/variants/{}/stock", variant(&product, 0))),
        owner.get("/products/nonsense"),
    ] {
        answer.expect_problem(404, "not_found");
    }
    assert_eq!(owner.all("/products?"), [kept]);
    // Its handle and its SKUs are free again.
    assert_eq!(shirt(&owner).0["handle"], "shirt");
}
