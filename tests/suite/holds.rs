//! How long an order holds its stock: it expires if it is not paid in time, unless staff placed it or hold it longer.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::goods::{each, order_of, pointer, variant};
use crate::support::holds::{a_day_passes, ends, stock};
use crate::support::world::text;
use crate::support::{Answer, Caller, Database, Member, World, tree};

fn hold(caller: &Caller<'_>, order: &Value, until: Value) -> Answer {
    caller.post(&format!("/orders/{}/hold", text(&order["id"])), json!({ "until": until }))
}

fn time(value: &Value) -> DateTime<Utc> {
    text(value).parse().unwrap()
}

/// How many minutes after it was placed an order expires; none if it never does.
fn minutes(order: &Value) -> Option<i64> {
    (!order["expires_at"].is_null()).then(|| {
        let held = time(&order["expires_at"]) - time(&order["created_at"]);
        assert_eq!(held, TimeDelta::minutes(held.num_minutes()), "{order}");
        held.num_minutes()
    })
}

fn set_minutes(owner: &Member<'_>, minutes: i64) -> Value {
    owner.patch(&format!("/shops/{}", owner.shop), json!({ "order_hold_minutes": minutes })).expect(200)
}

#[test]
fn an_order_that_is_not_paid_in_time_expires_and_its_stock_comes_back() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let cleo = owner.joined_by("cleo", "customer");
    let product = owner.sells("A");
    let order = cleo.buys(&[(&variant(&product, 0), 2), (&variant(&product, 0), 1)]).expect(201);
    assert_eq!(minutes(&order), Some(60));
    assert_eq!(cleo.again("orders", &order), order);
    assert_eq!(ends(&world).ended, 0);
    assert_eq!(stock(&owner, &product), 7);

    a_day_passes(&world);
    assert_eq!(ends(&world).ended, 1);
    let expired = cleo.again("orders", &order);
    assert_eq!(expired["status"], "expired");
    assert!(time(&expired["updated_at"]) > time(&order["updated_at"]));
    let events = expired["events"].as_array().unwrap();
    assert_eq!(each(events, "status"), ["pending", "expired"]);
    assert_eq!(events[1]["actor_id"], json!(cleo.user), "nobody acted: it is whose order it was");
    assert_eq!(events[1]["created_at"], expired["updated_at"]);
    assert_eq!(stock(&owner, &product), 10);
    let movement = &owner.movements(&variant(&product, 0))[0];
    assert_eq!((&movement["delta"], &movement["reason"]), (&json!(3), &json!("order expired")));
    assert_eq!((&movement["order_id"], &movement["actor_id"]), (&order["id"], &json!(cleo.user)));
    assert_eq!(world.sql().count("deadlines"), 0);

    // That is its end.
    for action in ["pay", "fulfil", "cancel", "refund"] {
        let problem = owner.takes(&order, action).expect_problem(409, "invalid_transition");
        assert!(text(&problem["detail"]).starts_with("An expired order cannot become"), "{problem}");
    }
    cleo.takes(&order, "cancel").expect_problem(409, "invalid_transition");
    hold(&owner, &order, Value::Null).expect_problem(409, "invalid_transition");
    a_day_passes(&world);
    assert_eq!(ends(&world).ended, 0);
    assert_eq!(stock(&owner, &product), 10);
    assert_eq!(each(&owner.all("/orders?status=expired"), "id"), [text(&order["id"])]);
    let customer = owner.get(&format!("/customers/{}", cleo.user)).expect(200);
    assert_eq!((&customer["order_count"], &customer["total"]["amount"]), (&json!(0), &json!(0)));
}

#[test]
fn what_staff_place_waits_for_ever() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let (sam, cleo) = (owner.joined_by("sam", "staff"), owner.joined_by("cleo", "customer"));
    let product = owner.sells("A");
    let mut for_cleo = order_of(&[(&variant(&product, 0), 1)]);
    for_cleo["customer_id"] = json!(cleo.user);
    let orders = [
        owner.buys(&[(&variant(&product, 0), 1)]).expect(201),
        sam.buys(&[(&variant(&product, 0), 1)]).expect(201),
        sam.post("/orders", for_cleo).expect(201),
    ];
    assert_eq!(orders.each_ref().map(minutes), [None; 3]);
    assert_eq!(world.sql().count("deadlines"), 0);
    // What staff order as customers, with a key that is no more, is a customer's.
    let key = sam.post("/me/keys", json!({ "name": "k", "shop": sam.shop, "role": "customer" })).expect(201);
    let order = sam.with_token(text(&key["key"])).buys(&[(&variant(&product, 0), 1)]).expect(201);
    assert_eq!(minutes(&order), Some(60));
}

#[test]
fn a_shop_sets_how_long_orders_wait_from_then_on() {
    let world = World::new();
    let ada = world.user("ada");
    let owner = ada.opens_shop("loft");
    let cleo = owner.joined_by("cleo", "customer");
    let product = owner.sells("A");
    let buys = || cleo.buys(&[(&variant(&product, 0), 1)]).expect(201);
    let at = format!("/shops/{}", owner.shop);
    assert_eq!(owner.get(&at).expect(200)["order_hold_minutes"], 60);
    let before = buys();
    for (set, held) in [(5, Some(5)), (0, None), (43_200, Some(43_200))] {
        assert_eq!(set_minutes(&owner, set)["order_hold_minutes"], set);
        assert_eq!(owner.get(&at).expect(200)["order_hold_minutes"], set);
        assert_eq!(minutes(&buys()), held);
    }
    assert_eq!(minutes(&cleo.again("orders", &before)), Some(60));
    assert_eq!(world.sql().count("deadlines"), 3);
    let patient = json!({ "name": "P", "slug": "patient", "order_hold_minutes": 0 });
    assert_eq!(ada.post("/shops", patient).expect(201)["order_hold_minutes"], 0);
    // Whatever the program does.
    let refused = world.sql().try_run("UPDATE shops SET order_hold_minutes = 43201").unwrap_err();
    assert!(refused.to_string().contains("shops_order_hold_minutes_check"), "{refused}");
}

#[test]
fn staff_hold_a_pending_order_longer_or_shorter() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let (sam, cleo) = (owner.joined_by("sam", "staff"), owner.joined_by("cleo", "customer"));
    let product = owner.sells("A");
    let buys = |who: &Member<'_>| who.buys(&[(&variant(&product, 0), 1)]).expect(201);
    let [longer, endless, ends_now, staffs] = [buys(&cleo), buys(&cleo), buys(&cleo), buys(&owner)];
    hold(&cleo, &longer, Value::Null).expect_problem(403, "forbidden");
    let until = Utc::now() + TimeDelta::days(3);
    let held = hold(&sam, &longer, json!(until)).expect(200);
    assert_eq!(time(&held["expires_at"]).timestamp_micros(), until.timestamp_micros());
    assert_eq!(held["events"], longer["events"], "it is no other state");
    assert_eq!(sam.again("orders", &longer), held);
    assert_eq!(hold(&sam, &endless, Value::Null).expect(200)["expires_at"], Value::Null);
    assert_eq!(world.sql().count("deadlines"), 2);
    // An order that staff placed gets an end like any other.
    hold(&sam, &staffs, json!(Utc::now() + TimeDelta::hours(1))).expect(200);
    assert_eq!(world.sql().count("deadlines"), 3);

    a_day_passes(&world);
    assert_eq!(ends(&world).ended, 2);
    let states =
        [&longer, &endless, &ends_now, &staffs].map(|order| text(&sam.again("orders", order)["status"]));
    assert_eq!(states, ["pending", "pending", "expired", "expired"]);
    assert_eq!(stock(&owner, &product), 8);

    for until in [json!(Utc::now() - TimeDelta::seconds(1)), json!("1970-01-01T00:00:00Z")] {
        let problem = hold(&sam, &longer, until).expect_problem(422, "invalid_field");
        assert_eq!(pointer(&problem), "/until");
    }
    sam.takes(&longer, "pay").expect(200);
    let problem = hold(&sam, &longer, Value::Null).expect_problem(409, "invalid_transition");
    assert_eq!(problem["detail"], "A paid order is not held: only a pending one is.");
    hold(&sam, &json!({ "id": uuid::Uuid::now_v7() }), Value::Null).expect_problem(404, "not_found");
}

#[test]
fn an_order_whose_time_is_over_can_be_paid_cancelled_and_held_while_it_is_pending() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let cleo = owner.joined_by("cleo", "customer");
    let product = owner.sells("A");
    let [paid, cancelled, held] = [(); 3].map(|()| cleo.buys(&[(&variant(&product, 0), 1)]).expect(201));
    a_day_passes(&world);
    let paid = owner.takes(&paid, "pay").expect(200);
    assert_eq!(paid["expires_at"], Value::Null);
    assert_eq!(cleo.takes(&cancelled, "cancel").expect(200)["expires_at"], Value::Null);
    hold(&owner, &held, json!(Utc::now() + TimeDelta::days(2))).expect(200);
    assert_eq!(ends(&world).ended, 0);
    assert_eq!(stock(&owner, &product), 8);
    assert_eq!(owner.again("orders", &paid), paid);
    // Only the deadline of the order that still has one is left.
    assert_eq!(world.sql().column("SELECT item_id FROM deadlines"), [text(&held["id"])]);
}

#[test]
fn a_deadline_follows_the_order_when_the_two_differ() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let cleo = owner.joined_by("cleo", "customer");
    let product = owner.sells("A");
    let order = cleo.buys(&[(&variant(&product, 0), 1)]).expect(201);
    world.sql().run("UPDATE deadlines SET due_at = now() - interval '1 second'");
    assert_eq!(ends(&world).ended, 0);
    let due: DateTime<Utc> =
        world.sql().one("SELECT to_json(due_at) #>> '{}' FROM deadlines").parse().unwrap();
    assert_eq!(due, time(&order["expires_at"]));
    assert_eq!(cleo.again("orders", &order), order);
}

#[test]
fn orders_from_before_wait_as_they_did() {
    let world = World::on(Database::alone(), tree::trees());
    let owner = world.user("ada").opens_shop("loft");
    let cleo = owner.joined_by("cleo", "customer");
    let product = owner.sells("A");
    let order = cleo.buys(&[(&variant(&product, 0), 1)]).expect(201);
    tree::set_back_before(&world, &owner, "20261128142001");
    assert_eq!(tree::migrate(&world.tenancy).migrated, 1);
    a_day_passes(&world);
    assert_eq!(ends(&world).ended, 0);
    let before = cleo.again("orders", &order);
    assert_eq!((&before["status"], &before["expires_at"]), (&json!("pending"), &Value::Null));
    hold(&owner, &order, json!(Utc::now() + TimeDelta::hours(1))).expect(200);
    a_day_passes(&world);
    assert_eq!(ends(&world).ended, 1);
}

#[test]
fn an_order_that_is_refused_or_repeated_leaves_no_deadline_of_its_own() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let cleo = owner.joined_by("cleo", "customer");
    let product = owner.sells("A");
    cleo.buys(&[(&variant(&product, 0), 11)]).expect_problem(409, "out_of_stock");
    assert_eq!(world.sql().count("deadlines"), 0);
    let body = || {
        let order = order_of(&[(&variant(&product, 0), 1)]).to_string();
        Some((rocket::http::ContentType::JSON, order.into_bytes()))
    };
    let placed = [(); 2].map(|()| {
        cleo.raw(rocket::http::Method::Post, "/api/v1/orders", &[("Idempotency-Key", "k")], body())
            .expect(201)
    });
    assert_eq!(placed[0], placed[1]);
    assert_eq!(world.sql().column("SELECT item_id FROM deadlines"), [text(&placed[0]["id"])]);
    a_day_passes(&world);
    assert_eq!(ends(&world).ended, 1);
    assert_eq!(stock(&owner, &product), 10);
}

#[test]
fn the_order_of_a_customer_who_left_or_was_erased_expires_too() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let product = owner.sells("A");
    for name in ["cleo", "dave"] {
        let customer = owner.joined_by(name, "customer");
        customer.buys(&[(&variant(&product, 0), 2)]).expect(201);
        if name == "cleo" {
            owner.delete(&format!("/shops/{}/members/{}", owner.shop, customer.user)).expect(204);
        } else {
            let body = json!({ "password": crate::support::world::PASSWORD });
            customer.send(rocket::http::Method::Delete, "/me", Some(&body)).expect(204);
        }
    }
    a_day_passes(&world);
    assert_eq!(ends(&world).ended, 2);
    assert_eq!(stock(&owner, &product), 10);
}

#[test]
fn stock_that_was_not_taken_or_whose_variant_is_gone_does_not_come_back() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let cleo = owner.joined_by("cleo", "customer");
    let later = owner.post("/products", json!({ "title": "A", "price": { "amount": 1 } })).expect(201);
    let (gone, kept) = (owner.sells("Gone"), owner.sells("Kept"));
    let lines = [(&variant(&later, 0), 1), (&variant(&gone, 0), 2), (&variant(&kept, 0), 3)];
    let order = cleo.buys(&lines.map(|(id, pieces)| (id.as_str(), pieces))).expect(201);
    let path = format!("/products/{}/variants/{}", text(&later["id"]), variant(&later, 0));
    owner.patch(&path, json!({ "track_stock": true })).expect(200);
    owner.delete(&format!("/products/{}", text(&gone["id"]))).expect(204);
    a_day_passes(&world);
    assert_eq!(ends(&world).ended, 1);
    assert_eq!(cleo.again("orders", &order)["status"], "expired");
    assert_eq!((stock(&owner, &later), stock(&owner, &kept)), (0, 10));
}
