//! Stock: it is the sum of its movements, and no order takes what is not there unless the variant allows it.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::goods::{each, pointer, variant};
use crate::support::world::text;
use crate::support::{Member, Tenants, World};

fn sum(movements: &[Value]) -> i64 {
    movements.iter().map(|movement| movement["delta"].as_i64().unwrap()).sum()
}

fn stock(member: &Member<'_>, product: &Value) -> i64 {
    member.again("products", product)["variants"][0]["stock"].as_i64().unwrap()
}

fn path(product: &Value) -> String {
    format!("/variants/{}/stock", variant(product, 0))
}

#[test]
fn the_movements_add_up_to_the_stock_whatever_moved_it() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let product = owner.sells("Shirt");
    let variant = variant(&product, 0);
    let at = format!("/products/{}", text(&product["id"]));
    let order = |quantity: i64| owner.buys(&[(&variant, quantity)]).expect(201);

    let [first, second, third] = [order(3), order(2), order(1)];
    let delivery = owner.post(&path(&product), json!({ "delta": 5, "reason": "delivery" })).expect(201);
    assert_eq!((&delivery["delta"], &delivery["stock"]), (&json!(5), &json!(9)), "it tells the new stock");
    owner.takes(&first, "cancel").expect(200);
    owner.takes(&second, "pay").expect(200);
    owner.takes(&second, "refund").expect(200);
    owner.takes(&third, "pay").expect(200);
    let counted = owner.post(&path(&product), json!({ "set": 8, "reason": "counted" })).expect(201);
    assert_eq!((&counted["delta"], &counted["stock"]), (&json!(-6), &json!(8)));
    owner.put(&at, json!({ "title": "Shirt", "stock": 6, "price": { "amount": 0 } })).expect(200);
    owner.patch(&at, json!({ "title": "Blouse" })).expect(200);
    owner.buys(&[(&variant, 4), (&variant, 1)]).expect(201);
    owner.buys(&[(&variant, 2)]).expect_problem(409, "out_of_stock");

    let movements = owner.movements(&variant);
    let recorded: Vec<_> = movements
        .iter()
        .map(|movement| (movement["delta"].as_i64().unwrap(), text(&movement["reason"])))
        .collect();
    let expected = [
        (-5, "order placed"),
        (-2, "product changed"),
        (-6, "counted"),
        (2, "order refunded"),
        (3, "order cancelled"),
        (5, "delivery"),
        (-1, "order placed"),
        (-2, "order placed"),
        (-3, "order placed"),
        (10, "initial stock"),
    ];
    assert_eq!(recorded, expected.map(|(delta, reason)| (delta, reason.to_owned())));
    assert_eq!((stock(&owner, &product), sum(&movements)), (1, 1));
}

#[test]
fn a_movement_says_who_why_and_for_which_order() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let (staff, customer) = (owner.joined_by("sam", "staff"), owner.joined_by("cleo", "customer"));
    let product = owner.sells("Shirt");
    let order = customer.buys(&[(&variant(&product, 0), 2)]).expect(201);
    let answer = staff.post(&path(&product), json!({ "delta": -1, "reason": " broken " }));
    let broken = answer.expect(201);
    assert_eq!(
        broken,
        json!({
            "id": broken["id"], "variant_id": variant(&product, 0), "delta": -1, "reason": "broken", "stock": 7,
            "actor_id": staff.user, "order_id": null, "created_at": broken["created_at"],
        })
    );
    let location = format!("/api/v1{}", path(&product));
    assert_eq!(answer.header("Location"), Some(location.as_str()));
    let movements = staff.movements(&variant(&product, 0));
    assert_eq!(each(&movements, "actor_id"), [&staff, &customer, &owner].map(|member| member.user.clone()));
    assert_eq!(each(&movements, "order_id"), [String::new(), text(&order["id"]), String::new()]);
    let mut listed = movements[0].clone();
    listed["stock"] = json!(7);
    assert_eq!(listed, broken);
    // A count is recorded even if the stock stays the same.
    let counted = staff.post(&path(&product), json!({ "set": 7, "reason": "counted" })).expect(201);
    assert_eq!((&counted["delta"], stock(&owner, &product)), (&json!(0), 7));
    customer.get(&path(&product)).expect_problem(403, "forbidden");
    let takes_all = json!({ "set": 0, "reason": "mine" });
    customer.post(&path(&product), takes_all).expect_problem(403, "forbidden");
}

/// Variants that may or may not be sold below zero.
const KINDS: [(bool, bool); 4] = [(true, false), (true, true), (false, false), (false, true)];

fn chair(tracked: bool, oversell: bool, stock: i64) -> Value {
    let variant = json!({
        "price": { "amount": 9900 }, "track_stock": tracked, "allow_oversell": oversell, "stock": stock,
    });
    json!({ "title": "Chair", "variants": [variant] })
}

#[test]
fn stock_below_zero_is_a_fact_however_it_is_stated() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    for (tracked, oversell) in KINDS {
        let product = owner.post("/products", chair(tracked, oversell, -3)).expect(201);
        assert_eq!(stock(&owner, &product), -3, "{product}");
        owner.post(&path(&product), json!({ "delta": -2, "reason": "x" })).expect(201);
        owner.post(&path(&product), json!({ "set": -7, "reason": "x" })).expect(201);
        let at = format!("/products/{}", text(&product["id"]));
        owner.patch(&at, json!({ "title": "Stool" })).expect(200);
        let variant_at = format!("{at}/variants/{}", variant(&product, 0));
        for (tracked, oversell) in KINDS.into_iter().chain([(tracked, oversell)]) {
            let body = json!({ "track_stock": tracked, "allow_oversell": oversell });
            owner.patch(&variant_at, body).expect(200);
        }
        assert_eq!((stock(&owner, &product), sum(&owner.movements(&variant(&product, 0)))), (-7, -7));
        owner.put(&at, chair(tracked, oversell, -1)).expect(200);
        assert_eq!((stock(&owner, &product), sum(&owner.movements(&variant(&product, 0)))), (-1, -1));
        let patched =
            json!({ "variants": [{ "price": { "amount": 1 }, "stock": -4, "track_stock": tracked }] });
        owner.patch(&at, patched).expect(200);
        assert_eq!(stock(&owner, &product), -4);
    }
}

#[test]
fn no_order_takes_what_is_not_there_unless_it_may() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    for (start, quantity) in [(-3, 1), (0, 1), (2, 3)] {
        for (tracked, oversell) in KINDS {
            let product = owner.post("/products", chair(tracked, oversell, start)).expect(201);
            let answer = owner.buys(&[(&variant(&product, 0), quantity)]);
            if tracked && !oversell {
                let problem = answer.expect_problem(409, "out_of_stock");
                assert_eq!(pointer(&problem), "/lines/0/quantity");
                assert_eq!(problem["detail"], format!("Only {} in stock.", start.max(0)));
            } else {
                answer.expect(201);
            }
            let left = if tracked && oversell { start - quantity } else { start };
            assert_eq!(stock(&owner, &product), left, "{tracked} {oversell}");
        }
    }
}

#[test]
fn what_was_oversold_can_be_stopped_and_comes_back_when_it_is_cancelled() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let product = owner.post("/products", chair(true, true, 0)).expect(201);
    let chairs = variant(&product, 0);
    let order = owner.buys(&[(&chairs, 3)]).expect(201);
    let at = format!("/products/{}/variants/{chairs}", text(&product["id"]));
    let stopped = owner.patch(&at, json!({ "allow_oversell": false })).expect(200);
    assert_eq!((&stopped["stock"], &stopped["allow_oversell"]), (&json!(-3), &json!(false)));
    let other = owner.sells("Hat");
    let problem = owner.buys(&[(&variant(&other, 0), 1), (&chairs, 1)]).expect_problem(409, "out_of_stock");
    assert_eq!(pointer(&problem), "/lines/1/quantity");
    assert_eq!((stock(&owner, &other), stock(&owner, &product)), (10, -3), "a refused order took stock");
    owner.post(&path(&product), json!({ "delta": 2, "reason": "delivery" })).expect(201);
    owner.buys(&[(&chairs, 1)]).expect_problem(409, "out_of_stock");
    owner.takes(&order, "cancel").expect(200);
    assert_eq!(stock(&owner, &product), 2);
    owner.buys(&[(&chairs, 2)]).expect(201);
}

#[test]
fn an_invalid_adjustment_is_refused() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let product = owner.sells("Shirt");
    for (body, code, at) in [
        (json!({ "reason": "x" }), "invalid_field", ""),
        (json!({ "delta": 1, "set": 1, "reason": "x" }), "invalid_field", ""),
        (json!({ "delta": 1, "reason": "" }), "invalid_field", "/reason"),
        (json!({ "delta": 1.5, "reason": "x" }), "invalid_field", "/delta"),
        (json!({ "set": 1_000_000_001, "reason": "x" }), "invalid_field", "/set"),
        (json!({ "delta": 1_000_000_000, "reason": "x" }), "invalid_field", "/delta"),
    ] {
        let problem = owner.post(&path(&product), body.clone()).expect_problem(422, code);
        assert_eq!(pointer(&problem), at, "{body}");
    }
    owner.post(&path(&product), json!({ "delta": 1 })).expect_problem(422, "missing_field");
    assert_eq!(stock(&owner, &product), 10);

    let theirs = tenants.user("bob").opens_shop("theirs").sells("Theirs");
    let nobodys = format!("/variants/{}/stock", Uuid::now_v7());
    for path in [&path(&theirs), &nobodys, "/variants/nonsense/stock"] {
        owner.get(path).expect_problem(404, "not_found");
        owner.post(path, json!({ "delta": 1, "reason": "x" })).expect_problem(404, "not_found");
    }
}

#[test]
fn pages_show_each_movement_once() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let (product, other) = (owner.sells("Shirt"), owner.sells("Other"));
    for delta in 1..=6 {
        owner.post(&path(&product), json!({ "delta": delta, "reason": "x" })).expect(201);
        owner.post(&path(&other), json!({ "delta": 1, "reason": "x" })).expect(201);
    }
    let schema = owner.schema();
    world
        .sql()
        .run(format!("UPDATE {schema}.stock_movements SET created_at = now() WHERE delta IN (2, 3, 4)"));
    let all = owner.movements(&variant(&product, 0));
    assert_eq!((all.len(), sum(&all)), (7, 31));
    for limit in [1, 2, 7] {
        assert_eq!(owner.all(&format!("{}?limit={limit}", path(&product))), all, "{limit} a page");
    }
    for query in ["sort=created_at", "cursor=x", "limit=0"] {
        owner.get(&format!("{}?{query}", path(&product))).expect_problem(422, "invalid_parameter");
    }
}
