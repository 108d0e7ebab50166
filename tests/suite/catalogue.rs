//! The catalogue: creating products, their handles and SKUs, and who may see them.

use rocket::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::goods::{each, pointer, variant};
use crate::support::world::text;
use crate::support::{Member, Tenants};

/// A product with two options, four variants less one, and two images.
fn tee() -> Value {
    json!({
        "title": "  Tee ", "handle": "the-tee", "description": "<p>Soft</p>", "vendor": "Loom & Co",
        "product_type": "Tops", "tags": ["summer", "Cotton", "SUMMER"], "status": "draft",
        "options": ["Size", "Colour"],
        "variants": [
            { "options": { "Colour": "Red", "Size": "S" }, "price": { "amount": 1900, "currency": "USD" },
              "compare_at_price": { "amount": 2500 }, "sku": "TEE-S-RED", "stock": 4, "barcode": "4006381333931",
              "grams": 180, "allow_oversell": true },
            { "options": { "Size": "M", "Colour": "Red" }, "price": { "amount": 2000 }, "track_stock": true },
            { "options": { "Size": "M", "Colour": "Blue" }, "price": { "amount": 0 }, "stock": -2,
              "track_stock": false },
        ],
        "images": [
            { "url": "https://images.example/1.jpg", "alt": "Front" },
            { "url": "http://images.example/2.jpg" },
        ],
    })
}

fn creates(member: &Member<'_>, body: Value) -> Value {
    member.post("/products", body).expect(201)
}

#[test]
fn the_simplest_body_makes_a_whole_product() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let answer = owner.post("/products", json!({ "title": "Shirt", "price": { "amount": 5000 } }));
    let product = answer.expect(201);
    let (id, variant, created) = (text(&product["id"]), variant(&product, 0), text(&product["created_at"]));
    assert_eq!(
        product,
        json!({
            "id": id, "handle": "shirt", "title": "Shirt", "description": "", "vendor": "", "product_type": "",
            "tags": [], "status": "active", "options": [],
            "variants": [{
                "id": variant, "sku": null, "title": "Default", "options": {},
                "price": { "amount": 5000, "currency": "USD" }, "compare_at_price": null, "track_stock": false,
                "allow_oversell": false, "stock": 0, "barcode": null, "grams": 0, "position": 1,
            }],
            "images": [], "created_at": created, "updated_at": created,
        })
    );
    for id in [&id, &variant] {
        assert_eq!(id.parse::<Uuid>().unwrap().get_version_num(), 7, "{id}");
    }
    assert!(created.ends_with('Z') && created.parse::<chrono::DateTime<chrono::Utc>>().is_ok(), "{created}");

    let location = answer.header("Location").unwrap();
    assert_eq!(location, format!("/api/v1/products/{id}"));
    assert_eq!(owner.raw(Method::Get, location, &[], None).expect(200), product);
    assert_eq!(owner.get("/products").expect(200), json!({ "data": [product], "next_cursor": null }));
}

#[test]
fn everything_that_is_given_is_kept() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let product = creates(&owner, tee());
    let usd = |amount: i64| json!({ "amount": amount, "currency": "USD" });
    assert_eq!(
        product,
        json!({
            "id": product["id"], "handle": "the-tee", "title": "Tee", "description": "<p>Soft</p>",
            "vendor": "Loom & Co", "product_type": "Tops", "tags": ["summer", "Cotton"], "status": "draft",
            "options": ["Size", "Colour"],
            "variants": [
                { "id": product["variants"][0]["id"], "sku": "TEE-S-RED", "title": "S / Red",
                  "options": { "Size": "S", "Colour": "Red" }, "price": usd(1900), "compare_at_price": usd(2500),
                  "track_stock": true, "allow_oversell": true, "stock": 4, "barcode": "4006381333931",
                  "grams": 180, "position": 1 },
                { "id": product["variants"][1]["id"], "sku": null, "title": "M / Red",
                  "options": { "Size": "M", "Colour": "Red" }, "price": usd(2000), "compare_at_price": null,
                  "track_stock": true, "allow_oversell": false, "stock": 0, "barcode": null, "grams": 0,
                  "position": 2 },
                { "id": product["variants"][2]["id"], "sku": null, "title": "M / Blue",
                  "options": { "Size": "M", "Colour": "Blue" }, "price": usd(0), "compare_at_price": null,
                  "track_stock": false, "allow_oversell": false, "stock": -2, "barcode": null, "grams": 0,
                  "position": 3 },
            ],
            "images": [
                { "id": product["images"][0]["id"], "url": "https://images.example/1.jpg", "alt": "Front",
                  "position": 1 },
                { "id": product["images"][1]["id"], "url": "http://images.example/2.jpg", "alt": "",
                  "position": 2 },
            ],
            "created_at": product["created_at"], "updated_at": product["created_at"],
        })
    );
    assert_eq!(owner.again("products", &product), product);
}

#[test]
fn stock_sku_and_price_of_the_only_variant_stand_in_the_product() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let body =
        json!({ "title": "Mug", "sku": "MUG", "stock": 7, "price": { "amount": 900, "currency": "USD" } });
    let mug = creates(&owner, body);
    let only = &mug["variants"][0];
    assert_eq!(
        (&only["sku"], &only["stock"], &only["track_stock"]),
        (&json!("MUG"), &json!(7), &json!(true))
    );
    // Problems point to the same fields as the short form of the body.
    let too_much = json!({ "title": "Mug", "stock": 1_000_000_001 });
    let problem = owner.post("/products", too_much.clone()).expect_problem(422, "invalid_field");
    assert_eq!(pointer(&problem), "/stock");
    let path = format!("/products/{}", text(&mug["id"]));
    assert_eq!(pointer(&owner.put(&path, too_much).expect_problem(422, "invalid_field")), "/stock");
}

#[test]
fn a_handle_is_made_from_the_title_and_is_nobody_elses() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let made =
        |title: &str| text(&creates(&owner, json!({ "title": title, "price": { "amount": 0 } }))["handle"]);
    assert_eq!(made("50% off -- Größe/XL!"), "50-off-grosse-xl");
    assert_eq!(made("???"), "product");
    let shirts: Vec<String> = (0..12).map(|_| made("Shirt")).collect();
    assert_eq!(
        shirts[..9],
        ["", "-2", "-3", "-4", "-5", "-6", "-7", "-8", "-9"].map(|s| format!("shirt{s}"))
    );
    assert!(shirts.iter().all(|handle| handle.starts_with("shirt")), "{shirts:?}");
    let all = each(&owner.all("/products?limit=100"), "handle");
    assert_eq!(all.iter().collect::<std::collections::HashSet<_>>().len(), 14);
    // Another shop has handles of its own.
    let other = tenants.user("bob").opens_shop("other");
    assert_eq!(creates(&other, json!({ "title": "Shirt", "price": { "amount": 0 } }))["handle"], "shirt");
}

#[test]
fn a_handle_that_is_taken_is_refused_when_it_is_given() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    creates(&owner, json!({ "title": "A", "handle": "one", "price": { "amount": 0 } }));
    let other = creates(&owner, json!({ "title": "B", "handle": "two", "price": { "amount": 0 } }));
    let path = format!("/products/{}", text(&other["id"]));
    for answer in [
        owner.post("/products", json!({ "title": "C", "handle": "one", "price": { "amount": 0 } })),
        owner.put(&path, json!({ "title": "B", "handle": "one", "price": { "amount": 0 } })),
        owner.patch(&path, json!({ "handle": "one" })),
    ] {
        assert_eq!(pointer(&answer.expect_problem(409, "handle_taken")), "/handle");
    }
    assert_eq!(owner.again("products", &other), other);
    assert_eq!(owner.patch(&path, json!({ "handle": "two" })).expect(200)["handle"], "two");
    for handle in ["", "Two", "a b", "a/b", &"x".repeat(256)] {
        let problem = owner.patch(&path, json!({ "handle": handle })).expect_problem(422, "invalid_field");
        assert_eq!(pointer(&problem), "/handle", "{handle}");
    }
}

#[test]
fn a_sku_may_be_that_of_other_variants_too() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let one = creates(&owner, json!({ "title": "A", "sku": "W42", "price": { "amount": 0 } }));
    let size = |size: &str| json!({ "options": { "Size": size }, "price": { "amount": 1 }, "sku": "W42" });
    let two = json!({ "title": "B", "options": ["Size"], "variants": [size("36"), size("37")] });
    let other = creates(&owner, two.clone());
    let path = format!("/products/{}", text(&other["id"]));
    let skus = |product: &Value| each(product["variants"].as_array().unwrap(), "sku");
    assert_eq!(skus(&owner.put(&path, two).expect(200)), ["W42", "W42"]);
    let ids = |product: &Value| [variant(product, 0), variant(product, 1)];
    // It tells no variant of the product from another, so the second one is new.
    let [first, second] = ids(&other);
    let changed = owner.patch(&path, json!({ "variants": [size("37"), size("38")] })).expect(200);
    assert_eq!(variant(&changed, 0), second);
    assert_ne!(variant(&changed, 1), first);
    let its_variant = format!("/products/{}/variants/{}", text(&one["id"]), variant(&one, 0));
    assert_eq!(owner.patch(&its_variant, json!({ "sku": "W43" })).expect(200)["sku"], "W43");
    owner.patch(&format!("{path}/variants/{second}"), json!({ "sku": "W43" })).expect(200);
}

#[test]
fn amounts_are_in_the_minor_unit_of_the_shops_currency() {
    let tenants = Tenants::new();
    let person = tenants.user("ada");
    for (currency, amount) in [("JPY", 1200), ("KWD", 12_345), ("EUR", (1_i64 << 53) - 1)] {
        let shop = person.opens_shop_in(&format!("in-{}", currency.to_lowercase()), currency);
        let product = creates(&shop, json!({ "title": "A", "price": { "amount": amount } }));
        let price = &product["variants"][0]["price"];
        assert_eq!(price, &json!({ "amount": amount, "currency": currency }));
        let dollars = json!({ "title": "A", "price": { "amount": 1, "currency": "USD" } });
        assert_eq!(pointer(&shop.post("/products", dollars).expect_problem(422, "invalid_field")), "/price");
    }
}

#[test]
fn customers_see_what_is_sold_and_staff_see_everything() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let (staff, customer) = (owner.joined_by("sam", "staff"), owner.joined_by("cleo", "customer"));
    let of = |status: &str| {
        creates(&owner, json!({ "title": status, "status": status, "price": { "amount": 0 } }))
    };
    let [active, draft, archived] = ["active", "draft", "archived"].map(of);
    let titles = |member: &Member<'_>, query: &str| {
        let list = member.all(&format!("/products?sort=title{query}"));
        each(&list, "title")
    };
    for member in [&owner, &staff] {
        assert_eq!(titles(member, ""), ["active", "archived", "draft"]);
        assert_eq!(titles(member, "&status=draft"), ["draft"]);
        for product in [&active, &draft, &archived] {
            assert_eq!(&member.again("products", product), product);
        }
    }
    assert_eq!(titles(&customer, ""), ["active"]);
    assert_eq!(titles(&customer, "&status=active"), ["active"]);
    assert_eq!(customer.again("products", &active), active);
    for hidden in [&draft, &archived] {
        let (id, status) = (text(&hidden["id"]), text(&hidden["status"]));
        assert_eq!(titles(&customer, &format!("&status={status}")), [""; 0]);
        customer.get(&format!("/products/{id}")).expect_problem(404, "not_found");
    }
    owner.patch(&format!("/products/{}", text(&active["id"])), json!({ "status": "archived" })).expect(200);
    assert_eq!(titles(&customer, ""), [""; 0]);
}
