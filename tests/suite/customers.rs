//! The people of a shop, for its staff.

use serde_json::{Value, json};

use crate::support::goods::{each, variant};
use crate::support::world::text;
use crate::support::{Tenants, World};

fn summary(customer: &Value) -> (&Value, &Value) {
    (&customer["order_count"], &customer["total"]["amount"])
}

#[test]
fn staff_sees_who_is_there_and_what_they_ordered() {
    let world = World::new();
    let owner = world.user("ada").opens_shop_in("loft", "EUR");
    let [cleo, dora] = ["cleo", "dora"].map(|name| owner.joined_by(name, "customer"));
    let staff = owner.joined_by("bob", "staff");
    let shirt = variant(&owner.sells("Shirt"), 0);
    let orders: Vec<Value> = (1..=4).map(|pieces| cleo.buys(&[(&shirt, pieces)]).expect(201)).collect();
    staff.takes(&orders[0], "cancel").expect(200);
    staff.takes(&orders[1], "pay").expect(200);
    staff.takes(&orders[2], "pay").expect(200);
    staff.takes(&orders[2], "refund").expect(200);

    let people = staff.all("/customers?limit=2");
    assert_eq!(each(&people, "name"), ["bob", "dora", "cleo", "ada"], "newest first");
    let hers = &people[2];
    assert_eq!(hers["id"], json!(cleo.user));
    assert_eq!(hers["email"], "cleo@example.com");
    assert_eq!(summary(hers), (&json!(2), &json!((2 + 4) * 5000)), "the paid one and the pending one");
    assert_eq!(hers["total"]["currency"], "EUR");
    assert_eq!(summary(&people[1]), (&json!(0), &json!(0)));
    for (one, id) in [(&people[2], &cleo.user), (&people[1], &dora.user)] {
        assert_eq!(&staff.get(&format!("/customers/{id}")).expect(200), one);
    }
}

#[test]
fn nobody_else_is_found() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let other = tenants.user("bob").opens_shop("other");
    owner.get(&format!("/customers/{}", other.user)).expect_problem(404, "not_found");
    assert_eq!(each(&owner.all("/customers?limit=9"), "name"), ["ada"]);
}

#[test]
fn a_sum_above_the_largest_amount_is_shown_as_the_largest_amount() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let most = (1_i64 << 53) - 1;
    let diamond = json!({ "title": "Diamond", "price": { "amount": most } });
    let diamond = variant(&owner.post("/products", diamond).expect(201), 0);
    for _ in 0..3 {
        owner.buys(&[(&diamond, 1)]).expect(201);
    }
    let customer = owner.get(&format!("/customers/{}", owner.user)).expect(200);
    assert_eq!(summary(&customer), (&json!(3), &json!(most)));
}

#[test]
fn a_new_customer_does_not_shift_the_pages() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let shirt = variant(&owner.sells("Shirt"), 0);
    for name in ["cleo", "dora", "emil"] {
        owner.joined_by(name, "customer").buys(&[(&shirt, 1)]).expect(201);
    }
    let page = owner.get("/customers?limit=3").expect(200);
    let first = text(&page["next_cursor"]);
    owner.joined_by("fern", "customer");
    let rest = owner.get(&format!("/customers?limit=3&cursor={first}")).expect(200);
    assert_eq!(each(rest["data"].as_array().unwrap(), "name"), ["ada"]);
    assert!(rest["next_cursor"].is_null());
}
