//! Proving email addresses: after registering, and for a changed one.

use rocket::http::Method;
use serde_json::{Value, json};

use crate::support::world::{PASSWORD, text};
use crate::support::{Answer, World};

const OTHER: &str = "a better horse";

fn registration(email: &str, password: &str) -> Value {
    json!({ "email": email, "password": password, "name": "Somebody" })
}

fn register(world: &World, email: &str, password: &str) -> Answer {
    world.nobody().post("/auth/register", registration(email, password))
}

fn login(world: &World, email: &str, password: &str) -> Answer {
    world.nobody().post("/auth/login", json!({ "email": email, "password": password }))
}

/// Five minutes after the last message.
fn later(world: &World) {
    world.sql().run("DELETE FROM sign_in_attempts");
}

fn messages(world: &World, to: &str) -> Vec<String> {
    world.sql().column(format!("SELECT template FROM outbox WHERE recipient = '{to}' ORDER BY id"))
}

/// The token of the last message.
fn token(world: &World, to: &str) -> String {
    let tokens =
        format!("SELECT contents ->> 'token' FROM outbox WHERE recipient = '{to}' ORDER BY id DESC LIMIT 1");
    world.sql().one(tokens)
}

fn verify(world: &World, token: &str) -> Answer {
    world.nobody().post("/auth/verify", json!({ "token": token }))
}

#[test]
fn whoever_registers_can_sign_in_and_proves_the_address_with_the_token_of_a_message() {
    let world = World::proving();
    assert_eq!(register(&world, "Ada@example.com", PASSWORD).expect(202), Value::Null);
    let ada = world.signs_in("ada@example.com");
    assert_eq!(ada.get("/me").expect(200)["email_verified"], false);
    ada.post("/shops", json!({ "name": "Books", "slug": "books" })).expect_problem(403, "email_not_verified");

    let token = token(&world, "ada@example.com");
    assert!(!world.sql().one("SELECT array_agg(t::text) FROM address_proofs t").contains(&token));
    for wrong in ["", "no-token", &token[1..]] {
        verify(&world, wrong).expect_problem(401, "invalid_token");
    }
    verify(&world, &token).expect(204);
    verify(&world, &token).expect_problem(401, "invalid_token");
    assert_eq!(ada.get("/me").expect(200)["email_verified"], true);
    ada.opens_shop("books");
    assert_eq!(world.sql().count("address_proofs"), 0);
}

#[test]
fn a_token_ends_after_a_day_and_the_message_can_be_sent_again() {
    let world = World::proving();
    register(&world, "ada@example.com", PASSWORD).expect(202);
    let ada = world.signs_in("ada@example.com");
    let day = "expires_at BETWEEN now() + interval '23 hours' AND now() + interval '24 hours'";
    assert_eq!(world.sql().count(format!("address_proofs WHERE {day}")), 1);
    world.sql().run("UPDATE address_proofs SET expires_at = now()");
    verify(&world, &token(&world, "ada@example.com")).expect_problem(401, "invalid_token");
    let resend = || ada.post("/auth/verify/resend", json!({})).expect(202);
    resend();
    assert_eq!(messages(&world, "ada@example.com").len(), 1, "two messages within five minutes");
    later(&world);
    resend();
    verify(&world, &token(&world, "ada@example.com")).expect(204);
    later(&world);
    resend();
    assert_eq!(messages(&world, "ada@example.com").len(), 2, "a message to an address that is proved");
}

#[test]
fn registering_has_one_answer_and_one_message_in_five_minutes_whoever_has_the_address() {
    let world = World::proving();
    world.proved_user("ada");
    register(&world, "bob@example.com", PASSWORD).expect(202);
    later(&world);
    let shape = |email: &str| {
        let mut answer = register(&world, email, OTHER);
        answer.headers.retain(|(name, _)| name != "X-Request-Id");
        (answer.status, answer.headers, answer.body)
    };
    let new = shape("new@example.com");
    assert_eq!(new.0, 202);
    for email in ["ada@example.com", "bob@example.com", "new@example.com", "ada@example.com"] {
        assert_eq!(shape(email), new, "{email}");
    }
    assert_eq!(messages(&world, "ada@example.com"), ["address_taken"]);
    assert_eq!(messages(&world, "bob@example.com"), ["verify_registration"; 2]);
    assert_eq!(messages(&world, "new@example.com"), ["verify_registration"]);
    // What a proved address has to do with the rows that are written for it: nothing.
    assert_eq!(world.sql().count("address_proofs WHERE email = 'ada@example.com' AND purpose = 'none'"), 1);
    login(&world, "ada@example.com", OTHER).expect_problem(401, "invalid_credentials");
}

#[test]
fn whoever_proves_an_address_first_has_it_and_a_squatter_loses_all_that_lets_somebody_in() {
    let world = World::proving();
    let shop = world.proved_user("ada").opens_shop("books");
    let product = shop.sells("Shirt");
    register(&world, "bob@example.com", PASSWORD).expect(202);
    let own = token(&world, "bob@example.com");
    let squatter = world.signs_in("bob@example.com");
    squatter.post("/storefront/books/join", json!({})).expect(201);
    let buys = squatter.in_shop(&shop.shop);
    let order = json!({ "lines": [{ "variant_id": product["variants"][0]["id"], "quantity": 1 }] });
    buys.post("/orders", order).expect(201);
    let key = json!({ "name": "k", "shop": "books", "role": "customer" });
    let key = world.nobody().with_token(text(&squatter.post("/me/keys", key).expect(201)["key"]));
    key.get("/products").expect(200);

    later(&world);
    register(&world, "bob@example.com", OTHER).expect(202);
    login(&world, "bob@example.com", OTHER).expect_problem(401, "invalid_credentials");
    let claim = token(&world, "bob@example.com");
    later(&world);
    register(&world, "bob@example.com", "another horse").expect(202);
    let late = token(&world, "bob@example.com");
    verify(&world, &claim).expect(204);

    squatter.get("/me").expect_problem(401, "session_revoked");
    buys.get("/orders").expect_problem(401, "session_revoked");
    key.get("/products").expect_problem(401, "invalid_token");
    let refresh = json!({ "refresh_token": squatter.refresh_token });
    world.nobody().post("/auth/refresh", refresh).expect_problem(401, "invalid_token");
    login(&world, "bob@example.com", PASSWORD).expect_problem(401, "invalid_credentials");
    for token in [&own, &late] {
        verify(&world, token).expect_problem(401, "invalid_token");
    }
    let pair = login(&world, "bob@example.com", OTHER).expect(200);
    let bob = world.nobody().with_token(text(&pair["access_token"]));
    let me = bob.get("/me").expect(200);
    assert_eq!((&me["email"], &me["email_verified"]), (&json!("bob@example.com"), &json!(true)));
    assert_ne!(text(&me["id"]), squatter.id);
    // Neither the address nor its orders cross over.
    assert_eq!(bob.get("/shops").expect(200)["data"], json!([]));
    let orders = shop.get("/orders").expect(200).to_string();
    assert!(!orders.contains("bob@example.com") && orders.contains("@displaced.invalid"), "{orders}");
    bob.post("/storefront/books/join", json!({})).expect(201);
    let switched = bob.post("/auth/switch", json!({ "shop": "books" })).expect(200);
    let bob = bob.with_token(text(&switched["access_token"]));
    assert_eq!(bob.get("/orders").expect(200)["data"], json!([]));
}

/// Such an account is from a time when nobody had to prove an address.
#[test]
fn an_unproved_user_with_a_shop_keeps_the_address_for_whoever_sets_a_new_password() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books").shop;
    let world = world.now_proving();
    register(&world, "ada@example.com", OTHER).expect(202);
    assert_eq!(messages(&world, "ada@example.com"), ["address_taken"]);
    world.signs_in("ada@example.com").in_shop(&shop).sells("Shirt");
}

#[test]
fn a_shop_is_joined_at_once_or_with_the_proof() {
    let world = World::proving();
    let shop = world.proved_user("ada").opens_shop("books");
    register(&world, "old@example.com", PASSWORD).expect(202);
    later(&world);
    let into = |email: &str, slug: &str| {
        let mut body = registration(email, OTHER);
        body["shop"] = json!(slug);
        world.nobody().post("/auth/register", body)
    };
    for email in ["new@example.com", "old@example.com", "ada@example.com"] {
        into(email, "nowhere").expect_problem(422, "unknown_shop");
        into(email, "books").expect(202);
    }
    let people = || world.sql().column(format!("SELECT email FROM {}.people ORDER BY email", shop.schema()));
    assert_eq!(people(), ["ada@example.com", "new@example.com"]);
    verify(&world, &token(&world, "old@example.com")).expect(204);
    assert_eq!(people(), ["ada@example.com", "new@example.com", "old@example.com"]);
}

#[test]
fn a_changed_address_holds_when_it_is_proved() {
    let world = World::proving();
    let ada = world.proved_user("ada");
    let shop = ada.opens_shop("books");
    let wants = |email: &str| ada.patch("/me", json!({ "email": email })).expect(200);
    let asked = wants("Ada@New.example");
    assert_eq!(
        (&asked["email"], &asked["pending_email"]),
        (&json!("ada@example.com"), &json!("ada@new.example"))
    );
    assert_eq!(ada.get("/me").expect(200), asked);
    assert_eq!(messages(&world, "ada@new.example"), ["verify_change"]);
    // It can be taken back.
    let first = token(&world, "ada@new.example");
    assert_eq!(wants("ada@example.com")["pending_email"], Value::Null);
    verify(&world, &first).expect_problem(401, "invalid_token");

    later(&world);
    wants("ada@new.example");
    verify(&world, &token(&world, "ada@new.example")).expect(204);
    let me = ada.get("/me").expect(200);
    assert_eq!((&me["email"], &me["pending_email"]), (&json!("ada@new.example"), &Value::Null));
    assert_eq!(me["email_verified"], true);
    assert_eq!(messages(&world, "ada@example.com"), ["address_changed"]);
    let known = format!("SELECT email FROM {}.people", shop.schema());
    assert_eq!(world.sql().column(known), ["ada@new.example"]);
    login(&world, "ada@new.example", PASSWORD).expect(200);
    login(&world, "ada@example.com", PASSWORD).expect_problem(401, "invalid_credentials");
}

#[test]
fn a_change_to_an_address_looks_the_same_whoever_has_it() {
    let world = World::proving();
    let (ada, _) = (world.proved_user("ada"), world.proved_user("bob"));
    register(&world, "cleo@example.com", PASSWORD).expect(202);
    later(&world);
    for email in ["bob@example.com", "cleo@example.com", "nobody@example.com"] {
        let asked = ada.patch("/me", json!({ "email": email })).expect(200);
        assert_eq!((&asked["email"], &asked["pending_email"]), (&json!("ada@example.com"), &json!(email)));
        assert_eq!(ada.get("/me").expect(200)["pending_email"], json!(email));
    }
    assert_eq!(messages(&world, "bob@example.com"), ["address_taken"]);
    // Whoever proves it has it, also by a change.
    ada.patch("/me", json!({ "email": "cleo@example.com" })).expect(200);
    later(&world);
    ada.post("/auth/verify/resend", json!({})).expect(202);
    let squatter = world.signs_in("cleo@example.com");
    verify(&world, &token(&world, "cleo@example.com")).expect(204);
    assert_eq!(ada.get("/me").expect(200)["email"], "cleo@example.com");
    squatter.get("/me").expect_problem(401, "session_revoked");
}

#[test]
fn whoever_is_erased_leaves_nothing_to_be_proved() {
    let world = World::proving();
    register(&world, "ada@example.com", PASSWORD).expect(202);
    let ada = world.signs_in("ada@example.com");
    let token = token(&world, "ada@example.com");
    ada.send(Method::Delete, "/me", Some(&json!({ "password": PASSWORD }))).expect(204);
    assert_eq!(world.sql().count("address_proofs"), 0);
    verify(&world, &token).expect_problem(401, "invalid_token");
}
