//! Placing orders: prices and totals, the copy of what was bought, and refusals.

use rocket::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::goods::{order_of, pointer, variant};
use crate::support::world::text;
use crate::support::{Member, Tenants, World};

/// A product in two sizes: S untracked, M with five in stock.
fn shirt(owner: &Member<'_>) -> Value {
    let body = json!({ "title": "Shirt", "options": ["Size"], "variants": [
        { "options": { "Size": "S" }, "price": { "amount": 1050 }, "sku": "S" },
        { "options": { "Size": "M" }, "price": { "amount": 300 }, "stock": 5 },
    ]});
    owner.post("/products", body).expect(201)
}

fn stock(member: &Member<'_>, product: &Value, index: usize) -> i64 {
    member.again("products", product)["variants"][index]["stock"].as_i64().unwrap()
}

#[test]
fn an_order_has_the_shops_prices_and_all_that_the_customer_said() {
    let world = World::new();
    let owner = world.user("ada").opens_shop_in("loft", "EUR");
    let customer = owner.joined_by("cleo", "customer");
    let shirt = shirt(&owner);
    let (small, medium) = (variant(&shirt, 0), variant(&shirt, 1));
    let mut body = order_of(&[(&medium, 2), (&small, 1)]);
    body["email"] = json!(" Gift@Example.com ");
    body["note"] = json!("Ring twice");
    body["shipping_address"] =
        json!({ "name": "Cleo", "address1": "Main Street 1", "city": "Ulm", "country": "DE" });
    let answer = customer.post("/orders", body);
    let order = answer.expect(201);
    let (id, created) = (text(&order["id"]), text(&order["created_at"]));
    let euros = |amount: i64| json!({ "amount": amount, "currency": "EUR" });
    let person = json!({ "id": customer.user, "email": "cleo@example.com", "name": "cleo" });
    assert_eq!(
        order,
        json!({
            "id": id, "number": 1001, "status": "pending", "customer": person, "email": "gift@example.com",
            "note": "Ring twice",
            "shipping_address": {
                "name": "Cleo", "company": "", "address1": "Main Street 1", "address2": "", "city": "Ulm",
                "province": "", "zip": "", "country": "DE", "phone": "",
            },
            "lines": [
                { "id": order["lines"][0]["id"], "variant_id": medium, "title": "Shirt", "variant_title": "M",
                  "options": { "Size": "M" }, "sku": null, "quantity": 2, "unit_price": euros(300),
                  "total": euros(600) },
                { "id": order["lines"][1]["id"], "variant_id": small, "title": "Shirt", "variant_title": "S",
                  "options": { "Size": "S" }, "sku": "S", "quantity": 1, "unit_price": euros(1050),
                  "total": euros(1050) },
            ],
            "total": euros(1650),
            "events": [{ "status": "pending", "actor_id": customer.user, "created_at": created }],
            "expires_at": order["expires_at"], "created_at": created, "updated_at": created,
        })
    );
    let location = answer.header("Location").unwrap();
    assert_eq!(location, format!("/api/v1/orders/{id}"));
    assert_eq!(customer.raw(Method::Get, location, &[], None).expect(200), order);
    assert_eq!(owner.again("orders", &order), order);
    assert_eq!((stock(&owner, &shirt, 0), stock(&owner, &shirt, 1)), (0, 3), "only what is tracked is taken");
}

#[test]
fn what_the_customer_leaves_out_is_filled_in() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let customer = owner.joined_by("cleo", "customer");
    let order = customer.buys(&[(&variant(&shirt(&owner), 0), 1)]).expect(201);
    assert_eq!(
        (&order["email"], &order["note"], &order["shipping_address"]),
        (&json!("cleo@example.com"), &json!(""), &Value::Null)
    );
}

#[test]
fn a_line_keeps_what_was_bought() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let product = shirt(&owner);
    let order = owner.buys(&[(&variant(&product, 0), 1), (&variant(&product, 1), 1)]).expect(201);
    let path = format!("/products/{}", text(&product["id"]));
    let other = json!({ "title": "Blouse", "options": ["Width"], "variants": [
        { "id": variant(&product, 0), "options": { "Width": "W" }, "price": { "amount": 1 }, "sku": "W" },
        { "id": variant(&product, 1), "options": { "Width": "N" }, "price": { "amount": 2 } },
    ]});
    owner.put(&path, other).expect(200);
    assert_eq!(owner.again("orders", &order), order);

    let mut expected = order.clone();
    owner.delete(&format!("{path}/variants/{}", variant(&product, 1))).expect(204);
    expected["lines"][1]["variant_id"] = Value::Null;
    assert_eq!(owner.again("orders", &order), expected);
    owner.delete(&path).expect(204);
    expected["lines"][0]["variant_id"] = Value::Null;
    assert_eq!(owner.again("orders", &order), expected);
}

#[test]
fn what_is_not_for_sale_is_not_sold() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let sold = variant(&shirt(&owner), 0);
    let hidden = |status: &str| {
        let body = json!({ "title": status, "status": status, "price": { "amount": 1 } });
        variant(&owner.post("/products", body).expect(201), 0)
    };
    let theirs = variant(&tenants.user("bob").opens_shop("theirs").sells("Theirs"), 0);
    for unknown in [Uuid::now_v7().to_string(), hidden("draft"), hidden("archived"), theirs] {
        let problem = owner.buys(&[(&sold, 1), (&unknown, 1)]).expect_problem(422, "unknown_variant");
        assert_eq!(pointer(&problem), "/lines/1/variant_id");
    }
    assert_eq!(owner.all("/orders?"), [Value::Null; 0]);
}

#[test]
fn an_invalid_order_is_refused_at_the_field() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let shirt = shirt(&owner);
    let small = variant(&shirt, 0);
    let lines = |count: usize| order_of(&vec![(small.as_str(), 1); count]);
    let quantity = |quantity: Value| json!({ "lines": [{ "variant_id": small, "quantity": 1 }, { "variant_id": small, "quantity": quantity }] });
    let with = |field: &str, value: Value| {
        let mut body = lines(1);
        body[field] = value;
        body
    };
    for (body, at) in [
        (quantity(json!(0)), "/lines/1/quantity"),
        (quantity(json!(-1)), "/lines/1/quantity"),
        (quantity(json!(1_000_001)), "/lines/1/quantity"),
        (quantity(json!(1_u64 << 63)), "/lines/1/quantity"),
        (quantity(json!(1.5)), "/lines/1/quantity"),
        (quantity(json!("1")), "/lines/1/quantity"),
        (json!({ "lines": [] }), "/lines"),
        (lines(201), "/lines"),
        (json!({ "lines": [{ "variant_id": "x", "quantity": 1 }] }), "/lines/0/variant_id"),
        (with("email", json!("nobody")), "/email"),
        (with("customer_id", json!("x")), "/customer_id"),
        (with("customer_id", json!(Uuid::now_v7())), "/customer_id"),
        (with("note", json!("x".repeat(100_001))), "/note"),
        (with("shipping_address", json!({ "city": "x".repeat(256) })), "/shipping_address/city"),
    ] {
        let problem = owner.post("/orders", body).expect_problem(422, "invalid_field");
        assert_eq!(pointer(&problem), at, "{problem}");
    }
    owner.post("/orders", json!({})).expect_problem(422, "missing_field");
    for unknown in [
        with("number", json!(1)),
        with("shipping_address", json!({ "street": "x" })),
        json!({ "lines": [{ "variant_id": small, "quantity": 1, "price": { "amount": 1 } }] }),
    ] {
        owner.post("/orders", unknown).expect_problem(422, "unknown_field");
    }
    assert_eq!(owner.all("/orders?"), [Value::Null; 0]);
    assert_eq!(owner.post("/orders", lines(200)).expect(201)["total"]["amount"], 210_000);
}

#[test]
fn staff_may_order_for_a_customer_of_the_shop() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let (staff, cleo) = (owner.joined_by("sam", "staff"), owner.joined_by("cleo", "customer"));
    let stranger = world.user("eve").opens_shop("other");
    let mut body = order_of(&[(&variant(&shirt(&owner), 0), 1)]);
    body["customer_id"] = json!(cleo.user);
    for member in [&owner, &staff] {
        let order = member.post("/orders", body.clone()).expect(201);
        assert_eq!(
            (&order["customer"]["id"], &order["email"]),
            (&json!(cleo.user), &json!("cleo@example.com"))
        );
        assert_eq!(order["events"][0]["actor_id"], json!(member.user));
        assert_eq!(cleo.again("orders", &order)["id"], order["id"]);
    }
    assert_eq!(staff.all(&format!("/orders?customer_id={}", cleo.user)).len(), 2);
    assert_eq!(pointer(&cleo.post("/orders", body.clone()).expect_problem(403, "forbidden")), "/customer_id");
    body["customer_id"] = json!(stranger.user);
    let problem = staff.post("/orders", body).expect_problem(422, "invalid_field");
    assert_eq!(pointer(&problem), "/customer_id");
}

#[test]
fn a_sum_too_large_to_be_counted_is_refused() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let most = (1_i64 << 53) - 1;
    let at = |amount: i64| {
        let body = json!({ "title": "A", "price": { "amount": amount } });
        variant(&owner.post("/products", body).expect(201), 0)
    };
    let (dear, half, penny) = (at(most), at(most / 2), at(1));
    for lines in [&[(dear.as_str(), 2)][..], &[(&half, 1_000_000)]] {
        let problem = owner.buys(lines).expect_problem(422, "invalid_field");
        assert_eq!(pointer(&problem), "/lines/0/quantity");
    }
    for lines in [[(dear.as_str(), 1), (&penny, 1)], [(&half, 2), (&half, 1)]] {
        let problem = owner.buys(&lines).expect_problem(422, "invalid_field");
        assert_eq!(pointer(&problem), "/lines/1/quantity");
    }
    assert_eq!(owner.buys(&[(&half, 2), (&penny, 1)]).expect(201)["total"]["amount"], most);
}

#[test]
fn what_is_not_in_stock_is_not_sold_and_nothing_changes() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let product = shirt(&owner);
    let (small, medium) = (variant(&product, 0), variant(&product, 1));
    let before = owner.again("products", &product);
    for (lines, at) in [
        (&[(medium.as_str(), 6)][..], "/lines/0/quantity"),
        (&[(&small, 100), (&medium, 6)], "/lines/1/quantity"),
        // Lines of one variant count together.
        (&[(&medium, 3), (&small, 1), (&medium, 3)], "/lines/2/quantity"),
    ] {
        let problem = owner.buys(lines).expect_problem(409, "out_of_stock");
        assert_eq!(pointer(&problem), at);
        assert_eq!(problem["detail"], "Only 5 in stock.");
    }
    assert_eq!(owner.again("products", &product), before);
    assert_eq!(owner.movements(&medium).len(), 1);
    assert_eq!(owner.all("/orders?"), [Value::Null; 0]);
    owner.buys(&[(&medium, 3), (&medium, 2)]).expect(201);
    assert_eq!(stock(&owner, &product, 1), 0);

    let path = format!("/products/{}/variants/{medium}", text(&product["id"]));
    owner.patch(&path, json!({ "allow_oversell": true })).expect(200);
    owner.buys(&[(&medium, 2)]).expect(201);
    assert_eq!(stock(&owner, &product, 1), -2);
}

#[test]
fn numbers_count_up_without_gaps_in_each_shop() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let product = shirt(&owner);
    let (small, medium) = (variant(&product, 0), variant(&product, 1));
    for number in 1001..1005 {
        assert_eq!(owner.buys(&[(&small, 1)]).expect(201)["number"], number);
        owner.buys(&[(&medium, 6)]).expect_problem(409, "out_of_stock");
        owner.buys(&[(&small, 0)]).expect_problem(422, "invalid_field");
        owner.buys(&[(&Uuid::now_v7().to_string(), 1)]).expect_problem(422, "unknown_variant");
    }
    let other = tenants.user("bob").opens_shop("other");
    assert_eq!(other.buys(&[(&variant(&other.sells("A"), 0), 1)]).expect(201)["number"], 1001);
}
