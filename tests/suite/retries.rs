//! Repeated requests: the same key gets the same response, and nothing is done twice.

use std::sync::Mutex;

use rocket::http::{ContentType, Method};
use serde_json::{Value, json};
use shophouse::http::BASE;

use crate::routes::{ROUTES, Shelf, Who};
use crate::support::concurrent::at_once;
use crate::support::factor;
use crate::support::goods::{order_of, variant};
use crate::support::sql::moved;
use crate::support::waiting::blocked;
use crate::support::{Answer, Caller, Login, Member, Tenants, World};

/// A POST of JSON under a key.
fn post(caller: &Caller<'_>, path: &str, key: &str, body: &Value) -> Answer {
    let body = (ContentType::JSON, body.to_string().into_bytes());
    caller.raw(Method::Post, &format!("{BASE}{path}"), &[("Idempotency-Key", key)], Some(body))
}

fn is_replayed(answer: &Answer) -> bool {
    answer.header("Idempotency-Replayed") == Some("true")
}

/// Checks that two responses are equal, except for the request id.
fn assert_same(first: &Answer, second: &Answer) {
    assert_eq!(first.status, second.status, "{second}");
    assert_eq!(first.body, second.body);
    for name in ["Location", "ETag", "Content-Type", "Cache-Control"] {
        assert_eq!(first.header(name), second.header(name), "{name}: {second}");
    }
}

/// A shop with ten shirts, and the order of two of them.
fn with_shirts(tenants: &Tenants) -> (Member<'_>, Value) {
    let owner = tenants.user("ada").opens_shop("loft");
    let order = order_of(&[(&variant(&owner.sells("Shirt"), 0), 2)]);
    (owner, order)
}

fn orders(owner: &Member<'_>) -> usize {
    owner.all("/orders?limit=100").len()
}

#[test]
fn every_post_but_those_that_sign_in_is_done_once() {
    let world = World::new();
    let ada = world.user("ada");
    let posts = ROUTES.iter().filter(|entry| entry.method == Method::Post);
    let mut number = 0;
    for entry in posts.filter(|entry| !entry.route.contains("/auth/")) {
        number += 1;
        assert_ne!(entry.who, Who::Anyone, "{}: a request without a user cannot have a key", entry.route);
        let shop = ada.opens_shop(&format!("shop-{number}"));
        let invited = shop.joined_by(&format!("invited-{number}"), "customer");
        let caller = if entry.is_for_the_invited() { &invited } else { &shop };
        let shelf = Shelf::of_customer(&shop, caller);
        if ["/fulfil", "/fulfill", "/refund"].iter().any(|act| entry.route.ends_with(act)) {
            shop.raw(Method::Post, &shelf.fill("/api/v1/orders/{order}/pay"), &[], None).expect(200);
        }
        if entry.route.ends_with("/restore") {
            shop.shop_becomes("deleting");
        }
        let headers = [("Idempotency-Key", "the-key")];
        let code = entry.route.ends_with("/confirm").then(|| factor::given(&world, &caller.user, false));
        let [first, second] = [(); 2].map(|()| match &code {
            Some(code) => post(caller, "/me/factors/totp/confirm", "the-key", &json!({ "code": code })),
            None => entry.call_with(caller, &shelf, &headers),
        });
        factor::taken(&world, &caller.user);
        assert!((200..300).contains(&first.status) && !is_replayed(&first), "{first}");
        assert!(is_replayed(&second), "give {} the guard `Once`: {second}", entry.route);
        assert_same(&first, &second);
    }
}

#[test]
fn a_key_is_good_for_one_body_of_one_user_at_one_address_in_one_shop() {
    let tenants = Tenants::new();
    let (owner, order) = with_shirts(&tenants);
    let first = post(&owner, "/orders", "k", &order);
    first.expect(201);
    let mut other = order.clone();
    other["note"] = json!("Ring twice.");
    post(&owner, "/orders", "k", &other).expect_problem(422, "idempotency_key_reused");
    // Byte for byte: a body with the same meaning is a different body too.
    let spaced = (ContentType::JSON, format!(" {order}").into_bytes());
    owner
        .raw(Method::Post, &format!("{BASE}/orders"), &[("Idempotency-Key", "k")], Some(spaced))
        .expect_problem(422, "idempotency_key_reused");
    assert_eq!(orders(&owner), 1);

    assert!(!is_replayed(&post(&owner, "/orders", "K", &order)), "keys have case");
    let customer = owner.joined_by("cleo", "customer");
    let hers = post(&customer, "/orders", "k", &order);
    assert_ne!(hers.expect(201)["id"], first.json()["id"], "another user's key is another key");
    for act in ["pay", "fulfil"] {
        let path = format!("/orders/{}/{act}", first.json()["id"].as_str().unwrap());
        assert_eq!(post(&owner, &path, "k", &json!({})).expect(200)["number"], 1001);
    }
    let product = json!({ "title": "Hat", "price": { "amount": 1 } });
    let second_shop = tenants.user("bob").opens_shop("other");
    let staff = second_shop.joined_by("dora", "staff");
    post(&second_shop, "/products", "k", &product).expect(201);
    assert!(!is_replayed(&post(&staff, "/products", "k", &product)));
}

#[test]
fn one_user_may_use_one_key_in_two_shops() {
    let world = World::new();
    let ada = world.user("ada");
    let product = json!({ "title": "Hat", "price": { "amount": 1 } });
    let [one, other] = ["one", "other"].map(|slug| ada.opens_shop(slug));
    for shop in [&one, &other] {
        assert!(!is_replayed(&post(shop, "/products", "k", &product)));
    }
    assert!(is_replayed(&post(&one, "/products", "k", &product)));
    assert_eq!(one.all("/products?limit=9").len(), 1);
}

#[test]
fn a_request_that_failed_may_be_tried_again_under_its_key() {
    let tenants = Tenants::new();
    let (owner, order) = with_shirts(&tenants);
    let id = order["lines"][0]["variant_id"].as_str().unwrap();
    let stock = format!("/variants/{id}/stock");
    owner.post(&stock, json!({ "set": 0, "reason": "sold" })).expect(201);
    post(&owner, "/orders", "k", &order).expect_problem(409, "out_of_stock");
    let answer = post(&owner, "/orders", "k", &json!({ "lines": [] }));
    answer.expect_problem(422, "invalid_field");
    owner.post(&stock, json!({ "set": 2, "reason": "found" })).expect(201);
    let answer = post(&owner, "/orders", "k", &order);
    answer.expect(201);
    assert!(!is_replayed(&answer));
    assert!(is_replayed(&post(&owner, "/orders", "k", &order)));
    assert_eq!(orders(&owner), 1);
}

#[test]
fn of_many_at_once_one_is_done() {
    let world = World::new();
    let (owner, order) = with_shirts(&world);
    let answers = at_once(16, &owner, &world, |_, caller| post(caller, "/orders", "k", &order));
    let mut done = 0;
    for answer in &answers {
        if answer.status == 201 {
            done += usize::from(!is_replayed(answer));
        } else {
            answer.expect_problem(409, "idempotency_in_progress");
            assert!(answer.header("Retry-After").is_some(), "{answer}");
        }
    }
    assert_eq!(done, 1);
    assert_eq!(orders(&owner), 1);
    assert!(is_replayed(&post(&owner, "/orders", "k", &order)));
}

#[test]
fn whoever_comes_while_the_first_is_running_does_not_wait() {
    let world = World::new();
    let (owner, order) = with_shirts(&world);
    let holder = Mutex::new(world.sql());
    // Only the superuser sees who waits for which lock.
    let watch = Mutex::new(world.database.connect(Login::Admin));
    // The variant is locked, so that the first request waits in the middle of its work.
    holder.lock().unwrap().run(format!("BEGIN; SELECT FROM {}.variants FOR UPDATE", owner.schema()));
    let answers = at_once(2, &owner, &world, |thread, caller| {
        if thread == 1 {
            blocked(&mut watch.lock().unwrap());
        }
        let answer = post(caller, "/orders", "k", &order);
        if thread == 1 {
            holder.lock().unwrap().run("ROLLBACK");
        }
        answer
    });
    answers[0].expect(201);
    answers[1].expect_problem(409, "idempotency_in_progress");
    assert!(is_replayed(&post(&owner, "/orders", "k", &order)));
}

#[test]
fn without_its_answer_nothing_is_done() {
    let world = World::new();
    let (owner, order) = with_shirts(&world);
    let schema = owner.schema();
    // The last statement of the transaction fails, as in a crash.
    let never = format!("ALTER TABLE {schema}.idempotency_keys ADD CONSTRAINT never CHECK (status = 0)");
    world.sql().run(never);
    post(&owner, "/orders", "k", &order).expect_problem(500, "internal");
    assert_eq!(orders(&owner), 0);
    world.sql().run(format!("ALTER TABLE {schema}.idempotency_keys DROP CONSTRAINT never"));
    assert_eq!(post(&owner, "/orders", "k", &order).expect(201)["number"], 1001);
}

#[test]
fn a_shop_is_opened_once() {
    let world = World::new();
    let ada = world.user("ada");
    let body = json!({ "name": "Loft", "slug": "loft" });
    let first = post(&ada, "/shops", "k", &body);
    first.expect(201);
    assert_same(&first, &post(&ada, "/shops", "k", &body));
    ada.post("/shops", body).expect_problem(409, "slug_taken");
    let other = json!({ "name": "Loft", "slug": "attic" });
    post(&ada, "/shops", "k", &other).expect_problem(422, "idempotency_key_reused");
    assert_eq!(ada.all("/shops?limit=9").len(), 1);
}

#[test]
fn an_import_is_done_once_and_tried_as_often_as_one_likes() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let import = |query: &str, csv: &str| {
        let body = Some((ContentType::CSV, csv.as_bytes().to_vec()));
        let path = format!("{BASE}/products/import{query}");
        owner.raw(Method::Post, &path, &[("Idempotency-Key", "k")], body)
    };
    let csv = "Handle,Title,Variant Price\nhat,Hat,1.00\n";
    for _ in 0..2 {
        assert!(!is_replayed(&import("?dry_run=true", csv)), "nothing was done");
    }
    assert_eq!(import("", csv).expect(200)["created"], 1);
    let again = import("", csv);
    assert_eq!(again.expect(200)["created"], 1);
    assert!(is_replayed(&again));
    import("", "Handle,Title\nhat,Hat\n").expect_problem(422, "idempotency_key_reused");
    import("?partial=true", csv).expect_problem(422, "idempotency_key_reused");
}

#[test]
fn answers_are_kept_for_a_day_and_then_go() {
    let world = World::new();
    let (owner, order) = with_shirts(&world);
    let keys = format!("{}.idempotency_keys", owner.schema());
    for number in 0..3 {
        post(&owner, "/orders", &format!("old-{number}"), &order).expect(201);
    }
    let older = |by: &str| format!("UPDATE {keys} SET created_at = {}", moved("created_at", by));
    world.sql().run(older("-23 hours -59 minutes"));
    assert!(is_replayed(&post(&owner, "/orders", "old-0", &order)));
    world.sql().run(older("-1 minute"));
    assert!(!is_replayed(&post(&owner, "/orders", "old-0", &order)));
    assert_eq!(orders(&owner), 4);
    assert_eq!(world.sql().count(&keys), 1, "the others were removed meanwhile");
}

#[test]
fn neither_what_was_sent_nor_the_answer_can_be_read_from_what_is_kept() {
    let world = World::new();
    let (owner, order) = with_shirts(&world);
    post(&owner, "/orders", "a-key-of-mine", &order).expect(201);
    let query = format!("SELECT row_to_json(k)::text FROM {}.idempotency_keys k", owner.schema());
    let kept = world.sql().one(query);
    for secret in ["a-key-of-mine", &order.to_string(), "ada@example.com", "Shirt"] {
        let bytes: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(!kept.contains(secret) && !kept.contains(&bytes), "{secret}: {kept}");
    }
}

#[test]
fn a_key_is_visible_ascii_of_a_bounded_length() {
    let tenants = Tenants::new();
    let (owner, order) = with_shirts(&tenants);
    let longest = "x".repeat(255);
    for good in [longest.as_str(), "!", "~", "\"quoted\"", "01a2059f-ce42-74f0-a976-558e1fd0b4e3"] {
        post(&owner, "/orders", good, &json!({ "lines": [] })).expect_problem(422, "invalid_field");
    }
    for bad in ["", &format!("{longest}x"), "two words", "schlüssel", "tab\there"] {
        post(&owner, "/orders", bad, &order).expect_problem(400, "invalid_header");
    }
    let twice = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")];
    let body = (ContentType::JSON, order.to_string().into_bytes());
    owner
        .raw(Method::Post, &format!("{BASE}/orders"), &twice, Some(body))
        .expect_problem(400, "invalid_header");
    assert_eq!(orders(&owner), 0);
}
