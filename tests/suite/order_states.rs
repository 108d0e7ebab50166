//! The states of orders, who may see and change them, and listing them.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::goods::{each, variant};
use crate::support::world::text;
use crate::support::{Member, Tenants, World};

/// The actions that lead to a state.
fn actions_to(state: &str) -> &'static [&'static str] {
    match state {
        "paid" => &["pay"],
        "fulfilled" => &["pay", "fulfil"],
        "cancelled" => &["cancel"],
        "refunded" => &["pay", "refund"],
        _ => &[],
    }
}

/// A new order for one piece, in a state.
fn order_in(owner: &Member<'_>, variant: &str, state: &str) -> Value {
    let mut order = owner.buys(&[(variant, 1)]).expect(201);
    for action in actions_to(state) {
        order = owner.takes(&order, action).expect(200);
    }
    assert_eq!(order["status"], state);
    order
}

fn stock(member: &Member<'_>, product: &Value) -> i64 {
    member.again("products", product)["variants"][0]["stock"].as_i64().unwrap()
}

#[test]
fn an_order_changes_only_by_the_defined_transitions() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let product = owner.post("/products", json!({ "title": "A", "price": { "amount": 1 }, "stock": 100 }));
    let product = product.expect(201);
    let variant = variant(&product, 0);
    let actions = [("pay", "paid"), ("fulfil", "fulfilled"), ("cancel", "cancelled"), ("refund", "refunded")];
    let transitions = [
        ("pending", [true, false, true, false]),
        ("paid", [false, true, true, true]),
        ("fulfilled", [false, false, false, true]),
        ("cancelled", [false; 4]),
        ("refunded", [false; 4]),
    ];
    for (state, allowed) in transitions {
        for ((action, next), is_allowed) in actions.into_iter().zip(allowed) {
            let before = order_in(&owner, &variant, state);
            let answer = owner.takes(&before, action);
            if !is_allowed {
                answer.expect_problem(409, "invalid_transition");
                assert_eq!(owner.again("orders", &before), before, "{action} in {state}");
                continue;
            }
            let after = answer.expect(200);
            assert_eq!(owner.again("orders", &before), after);
            let (mut expected, now) = (before.clone(), after["updated_at"].clone());
            expected["status"] = json!(next);
            expected["updated_at"] = now.clone();
            let event = json!({ "status": next, "actor_id": owner.user, "created_at": now });
            expected["events"].as_array_mut().unwrap().push(event);
            assert_eq!(after, expected, "{action} in {state}");
        }
    }
    let nobodys = json!({ "id": Uuid::now_v7() });
    for (action, _) in actions {
        owner.takes(&nobodys, action).expect_problem(404, "not_found");
    }
}

#[test]
fn cancelling_and_refunding_put_tracked_stock_back() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let product = owner.sells("A");
    let variant = variant(&product, 0);
    for actions in [&["cancel"][..], &["pay", "cancel"], &["pay", "refund"], &["pay", "fulfil", "refund"]] {
        let mut order = owner.buys(&[(&variant, 2), (&variant, 1)]).expect(201);
        assert_eq!(stock(&owner, &product), 7);
        for action in actions {
            order = owner.takes(&order, action).expect(200);
        }
        assert_eq!(stock(&owner, &product), 10, "{actions:?}");
        let newest = &owner.movements(&variant)[0];
        assert_eq!((&newest["delta"], &newest["order_id"]), (&json!(3), &order["id"]));
    }
}

#[test]
fn what_was_not_taken_is_not_put_back() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    // Sold untracked, and tracked only after that.
    let later = owner.post("/products", json!({ "title": "A", "price": { "amount": 1 } })).expect(201);
    let order = owner.buys(&[(&variant(&later, 0), 2)]).expect(201);
    let path = format!("/products/{}/variants/{}", text(&later["id"]), variant(&later, 0));
    owner.patch(&path, json!({ "track_stock": true })).expect(200);
    owner.takes(&order, "cancel").expect(200);
    assert_eq!(stock(&owner, &later), 0);
    // Sold, and deleted after that: in an order of its own, and in one with another product.
    let (gone, kept) = (owner.sells("Gone"), owner.sells("Kept"));
    let alone = owner.buys(&[(&variant(&gone, 0), 2)]).expect(201);
    let both = owner.buys(&[(&variant(&gone, 0), 2), (&variant(&kept, 0), 3)]).expect(201);
    owner.delete(&format!("/products/{}", text(&gone["id"]))).expect(204);
    assert_eq!(owner.takes(&alone, "cancel").expect(200)["status"], "cancelled");
    assert_eq!(owner.takes(&both, "cancel").expect(200)["lines"][0]["variant_id"], Value::Null);
    assert_eq!(stock(&owner, &kept), 10);
}

#[test]
fn a_customer_reaches_their_own_orders_only() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let staff = owner.joined_by("sam", "staff");
    let (cleo, dave) = (owner.joined_by("cleo", "customer"), owner.joined_by("dave", "customer"));
    let variant = variant(&owner.sells("A"), 0);
    let [hers, his] = [&cleo, &dave].map(|customer| customer.buys(&[(&variant, 1)]).expect(201));
    assert_eq!(cleo.all("/orders?"), std::slice::from_ref(&hers));
    let by_customer = |customer: &Member<'_>| cleo.all(&format!("/orders?customer_id={}", customer.user));
    assert_eq!(by_customer(&cleo), std::slice::from_ref(&hers));
    assert_eq!(by_customer(&dave), [Value::Null; 0]);
    assert_eq!(cleo.again("orders", &hers), hers);
    cleo.get(&format!("/orders/{}", text(&his["id"]))).expect_problem(404, "not_found");
    cleo.takes(&his, "cancel").expect_problem(404, "not_found");
    for action in ["pay", "fulfil", "refund"] {
        cleo.takes(&hers, action).expect_problem(403, "forbidden");
        cleo.takes(&his, action).expect_problem(403, "forbidden");
    }
    assert_eq!(each(&staff.all("/orders?limit=1"), "id"), [&his, &hers].map(|order| text(&order["id"])));
    assert_eq!(dave.again("orders", &his), his);
}

#[test]
fn a_customer_cancels_what_is_not_paid_yet() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let staff = owner.joined_by("sam", "staff");
    let cleo = owner.joined_by("cleo", "customer");
    let product = owner.sells("A");
    let order = || cleo.buys(&[(&variant(&product, 0), 1)]).expect(201);
    let pending = order();
    let cancelled = cleo.takes(&pending, "cancel").expect(200);
    assert_eq!(
        each(cancelled["events"].as_array().unwrap(), "actor_id"),
        [&cleo.user, &cleo.user].map(String::clone)
    );
    assert_eq!(stock(&owner, &product), 10);
    cleo.takes(&pending, "cancel").expect_problem(409, "invalid_transition");
    let paid = order();
    staff.takes(&paid, "pay").expect(200);
    cleo.takes(&paid, "cancel").expect_problem(403, "forbidden");
    staff.takes(&paid, "fulfil").expect(200);
    cleo.takes(&paid, "cancel").expect_problem(403, "forbidden");
    assert_eq!(cleo.again("orders", &paid)["status"], "fulfilled");
}

#[test]
fn orders_are_listed_newest_first_and_found_by_what_they_are() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let cleo = owner.joined_by("cleo", "customer");
    let product = owner.sells("A");
    let variant = variant(&product, 0);
    for state in ["pending", "paid", "fulfilled", "cancelled", "refunded"] {
        order_in(&owner, &variant, state);
    }
    cleo.buys(&[(&variant, 1)]).expect(201);
    // A minute apart, so that a time between two orders can be given; the last two at the same time.
    let schema = owner.schema();
    world.sql().run(format!(
        "UPDATE {schema}.orders
         SET created_at = (timestamp '2026-01-31T09:00:00' + least(number - 1001, 4) * interval '1 minute') AT TIME ZONE 'UTC'"
    ));
    let numbers = |filter: &str| -> Vec<u64> {
        let orders = owner.all(&format!("/orders?limit=2{filter}"));
        orders.iter().map(|order| order["number"].as_u64().unwrap() - 1000).collect()
    };
    assert_eq!(numbers(""), [6, 5, 4, 3, 2, 1]);
    assert_eq!(numbers("&sort=-created_at"), [6, 5, 4, 3, 2, 1]);
    assert_eq!(numbers("&sort=created_at"), [1, 2, 3, 4, 5, 6]);
    assert_eq!(numbers("&sort=created_at&status=pending"), [1, 6]);
    assert_eq!(numbers("&status=pending"), [6, 1]);
    assert_eq!(numbers("&status=refunded"), [5]);
    assert_eq!(numbers(&format!("&customer_id={}", cleo.user)), [6]);
    assert_eq!(numbers(&format!("&customer_id={}&status=paid", owner.user)), [2]);
    assert_eq!(numbers(&format!("&customer_id={}", Uuid::now_v7())), [0; 0]);
    assert_eq!(numbers("&created_from=2026-01-31T09:02:00Z"), [6, 5, 4, 3], "from is included");
    assert_eq!(numbers("&created_to=2026-01-31T09:02:00Z"), [2, 1], "to is not");
    assert_eq!(numbers("&created_from=2026-01-31T09:01:00Z&created_to=2026-01-31T09:03:00Z"), [3, 2]);
    assert_eq!(numbers("&created_to=2026-01-31T10:01:00%2B01:00"), [1], "any zone will do");
    for query in [
        "sort=number",
        "status=open",
        "customer_id=cleo",
        "created_from=yesterday",
        "created_to=2026-01-31",
        "number=1001",
        "cursor=x",
    ] {
        owner.get(&format!("/orders?{query}")).expect_problem(422, "invalid_parameter");
    }
}

#[test]
fn an_order_that_has_the_state_already_says_so() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let product = owner.sells("Shirt");
    for (before, act, state) in [
        (&[][..], "pay", "paid"),
        (&["pay"], "fulfil", "fulfilled"),
        (&["pay"], "fulfill", "fulfilled"),
        (&[], "cancel", "cancelled"),
        (&["pay"], "refund", "refunded"),
    ] {
        let order = owner.buys(&[(&variant(&product, 0), 1)]).expect(201);
        for act in before {
            owner.takes(&order, act).expect(200);
        }
        assert_eq!(owner.takes(&order, act).expect(200)["status"], state);
        let problem = owner.takes(&order, act).expect_problem(409, "invalid_transition");
        assert_eq!(problem["detail"], format!("The order is already {state}."));
    }
}
