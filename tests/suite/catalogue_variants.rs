//! One variant at a time: adding it, changing it, and removing all but the last.

use serde_json::{Value, json};

use crate::catalogue_changes::shirt;
use crate::support::Tenants;
use crate::support::goods::{pointer, variant};
use crate::support::world::text;

#[test]
fn a_variant_is_added_after_the_others() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let (product, path) = shirt(&owner);
    let body = json!({ "options": { "Size": "L" }, "price": { "amount": 300 }, "sku": "L", "stock": 2 });
    let answer = owner.post(&format!("{path}/variants"), body);
    let added = answer.expect(201);
    let id = text(&added["id"]);
    assert_eq!(
        added,
        json!({
            "id": id, "sku": "L", "title": "L", "options": { "Size": "L" },
            "price": { "amount": 300, "currency": "USD" }, "compare_at_price": null, "track_stock": true,
            "allow_oversell": false, "stock": 2, "barcode": null, "grams": 0, "position": 3,
        })
    );
    assert_eq!(answer.header("Location").unwrap(), format!("/api/v1{path}/variants/{id}"));
    let mut expected = product["variants"].as_array().unwrap().clone();
    expected.push(added);
    assert_eq!(owner.again("products", &product)["variants"], json!(expected));

    for (body, status, code, at) in [
        (json!({ "options": { "Size": "L" }, "price": { "amount": 1 } }), 422, "invalid_field", "/options"),
        (json!({ "options": { "Colour": "L" }, "price": { "amount": 1 } }), 422, "invalid_field", "/options"),
        (
            json!({ "options": { "Size": "XL" }, "price": { "amount": 1, "currency": "EUR" } }),
            422,
            "invalid_field",
            "/price",
        ),
        (
            json!({ "options": { "Size": "XL" }, "price": { "amount": 1 }, "stock": 1_000_000_001 }),
            422,
            "invalid_field",
            "/stock",
        ),
        (
            json!({ "options": { "Size": "XL" }, "price": { "amount": 1 }, "id": id }),
            422,
            "invalid_field",
            "/id",
        ),
    ] {
        let problem = owner.post(&format!("{path}/variants"), body.clone()).expect_problem(status, code);
        assert_eq!(pointer(&problem), at, "{body}");
    }
}

#[test]
fn a_variant_is_changed_by_what_is_given() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let (product, path) = shirt(&owner);
    let of_medium = format!("{path}/variants/{}", variant(&product, 1));
    let mut medium = product["variants"][1].clone();
    for (body, place, value) in [
        (json!({ "price": { "amount": 210 } }), "/price/amount", json!(210)),
        (json!({ "compare_at_price": null }), "/compare_at_price", Value::Null),
        (json!({ "compare_at_price": { "amount": 0 } }), "/compare_at_price", Value::Null),
        (json!({ "sku": null }), "/sku", Value::Null),
        (json!({ "sku": "M2" }), "/sku", json!("M2")),
        (json!({ "barcode": null }), "/barcode", Value::Null),
        (json!({ "grams": 5 }), "/grams", json!(5)),
        (json!({ "allow_oversell": true }), "/allow_oversell", json!(true)),
        (json!({ "track_stock": false }), "/track_stock", json!(false)),
        (json!({}), "/grams", json!(5)),
    ] {
        let after = owner.patch(&of_medium, body).expect(200);
        *medium.pointer_mut(place).unwrap() = value;
        assert_eq!(after, medium);
    }
    let after = owner.patch(&of_medium, json!({ "options": { "Size": "Wide" } })).expect(200);
    assert_eq!((&after["title"], &after["options"]), (&json!("Wide"), &json!({ "Size": "Wide" })));
    let taken = owner.patch(&of_medium, json!({ "options": { "Size": "S" } }));
    assert_eq!(pointer(&taken.expect_problem(422, "invalid_field")), "/options");
    let stock = owner.patch(&of_medium, json!({ "stock": 1 }));
    stock.expect_problem(422, "unknown_field");
    assert_eq!(owner.again("products", &product)["variants"], json!([product["variants"][0], after]));
}

#[test]
fn an_oversold_variant_can_be_made_one_that_is_not_oversold_further() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let body = json!({ "title": "A", "variants": [
        { "price": { "amount": 1 }, "stock": -3, "allow_oversell": true }] });
    let product = owner.post("/products", body).expect(201);
    let path = format!("/products/{}/variants/{}", text(&product["id"]), variant(&product, 0));
    assert_eq!(owner.patch(&path, json!({ "allow_oversell": false })).expect(200)["stock"], -3);
    let id = variant(&product, 0);
    owner.buys(&[(&id, 1)]).expect_problem(409, "out_of_stock");
    owner.patch(&path, json!({ "track_stock": false })).expect(200);
    owner.buys(&[(&id, 1)]).expect(201);
}

#[test]
fn a_variant_is_removed_and_the_last_one_stays() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let (product, path) = shirt(&owner);
    let other = owner.sells("Other");
    let [small, medium] = [0, 1].map(|index| format!("{path}/variants/{}", variant(&product, index)));
    let elsewhere = format!("{path}/variants/{}", variant(&other, 0));
    owner.delete(&elsewhere).expect_problem(404, "not_found");
    owner.patch(&elsewhere, json!({ "grams": 1 })).expect_problem(404, "not_found");
    assert_eq!(owner.delete(&small).expect(204), Value::Null);
    owner.delete(&small).expect_problem(404, "not_found");
    let left = owner.again("products", &product);
    assert_eq!(
        (left["variants"].as_array().unwrap().len(), &left["variants"][0]["position"]),
        (1, &json!(1))
    );
    owner.delete(&medium).expect_problem(422, "invalid_field");
    assert_eq!(owner.again("products", &product), left);
}

#[test]
fn a_variant_is_read_where_it_is_written() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let customer = owner.joined_by("cleo", "customer");
    let (product, path) = shirt(&owner);
    let (other, all) = (owner.sells("Hat"), format!("{path}/variants"));
    let page = json!({ "data": product["variants"], "next_cursor": null });
    assert_eq!(owner.get(&all).expect(200), page);
    assert_eq!(customer.get(&all).expect(200), page);
    owner.get(&format!("{all}?limit=1")).expect_problem(422, "invalid_parameter");
    for view in product["variants"].as_array().unwrap() {
        let id = text(&view["id"]);
        for path in [format!("/variants/{id}"), format!("{all}/{id}")] {
            assert_eq!(customer.get(&path).expect(200), *view, "{path}");
        }
        let elsewhere = format!("/products/{}/variants/{id}", text(&other["id"]));
        owner.get(&elsewhere).expect_problem(404, "not_found");
    }
    let added = owner.post(&all, json!({ "options": { "Size": "L" }, "price": { "amount": 300 } }));
    let location = added.header("Location").unwrap().strip_prefix("/api/v1").unwrap().to_owned();
    let read = owner.get(&location);
    assert_eq!((read.expect(200), read.header("ETag")), (added.expect(201), added.header("ETag")));
    let id = text(&added.json()["id"]);
    owner.patch(&path, json!({ "status": "draft" })).expect(200);
    for path in [all, location, format!("/variants/{id}")] {
        customer.get(&path).expect_problem(404, "not_found");
        owner.get(&path).expect(200);
    }
}
