//! How long API keys live: their end, when they were used, and a secret that is replaced.

use chrono::{DateTime, Utc};
use rocket::http::Method;
use serde_json::{Value, json};
use shophouse::identity;

use crate::support::world::{run, text};
use crate::support::{Caller, Member, World, waiting};

fn make(member: &Member<'_>, more: &Value) -> Value {
    let mut body = json!({ "name": "Script", "shop": member.shop, "role": "customer" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    member.post("/me/keys", body).expect(201)
}

fn with<'w>(member: &Member<'w>, key: &Value) -> Caller<'w> {
    member.with_token(text(&key["key"]))
}

/// The days from one field of a key to another.
fn days(key: &Value, from: &str, to: &str) -> i64 {
    let time = |name: &str| text(&key[name]).parse::<DateTime<Utc>>().unwrap();
    (time(to) - time(from)).num_days()
}

#[test]
fn a_key_ends_after_ninety_days_or_when_its_user_says() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    assert_eq!(days(&make(&shop, &json!({})), "created_at", "expires_at"), 90);
    assert_eq!(days(&make(&shop, &json!({ "expires_in_days": 7 })), "created_at", "expires_at"), 7);
    assert_eq!(make(&shop, &json!({ "expires_in_days": null }))["expires_at"], Value::Null);

    let made = make(&shop, &json!({}));
    let key = with(&shop, &made);
    key.get("/products").expect(200);
    let id = text(&made["id"]);
    world.sql().run(format!("UPDATE api_keys SET expires_at = now() WHERE id = '{id}'"));
    let refused = key.get("/products").expect_problem(401, "invalid_token");
    assert_eq!(refused["detail"], "This API key has expired.");
    // It is shown for a month, and then gone.
    run(identity::clean_up(&world.tenancy, || false)).unwrap();
    shop.get(&format!("/me/keys/{id}")).expect(200);
    world.sql().run(format!("UPDATE api_keys SET expires_at = now() - interval '31 days' WHERE id = '{id}'"));
    run(identity::clean_up(&world.tenancy, || false)).unwrap();
    shop.get(&format!("/me/keys/{id}")).expect_problem(404, "not_found");
    assert_eq!(shop.get("/me/keys").expect(200)["data"].as_array().unwrap().len(), 3);
}

#[test]
fn a_new_key_is_found_where_its_location_says_by_its_user_alone() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let body = json!({ "name": "Script", "shop": "books", "role": "customer" });
    let answer = shop.post("/me/keys", body);
    let location = answer.header("Location").unwrap().to_owned();
    let mut made = answer.expect(201);
    made.as_object_mut().unwrap().remove("key");
    assert_eq!(shop.raw(Method::Get, &location, &[], None).expect(200), made);
    world.user("bob").raw(Method::Get, &location, &[], None).expect_problem(404, "not_found");
}

#[test]
fn the_last_use_is_written_once_a_minute_behind_the_request() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let made = make(&shop, &json!({}));
    let (key, other) = (with(&shop, &made), make(&shop, &json!({})));
    let used = |key: &Value| {
        world.sql().one(format!(
            "SELECT coalesce(last_used_at::text, '') FROM api_keys WHERE id = '{}'",
            text(&key["id"])
        ))
    };
    assert_eq!(used(&made), "");
    // Also when the request fails, if the key was let in.
    key.get(&format!("/products/{}", uuid::Uuid::nil())).expect_problem(404, "not_found");
    let first = waiting::until("the use to be written", || Some(used(&made)).filter(|time| !time.is_empty()));
    assert_eq!(used(&other), "");
    // Another instance does not write it again within the minute.
    let beside = world.beside(crate::support::tree::trees());
    let there = beside.nobody().with_token(text(&made["key"]));
    for caller in [&key, &there] {
        caller.get("/products").expect(200);
    }
    let spare = beside.nobody().with_token(text(&other["key"]));
    spare.get("/products").expect(200);
    waiting::until("the other's use to be written", || (!used(&other).is_empty()).then_some(()));
    assert_eq!(used(&made), first);
}

#[test]
fn a_rotated_key_lives_on_and_its_former_secret_until_the_overlap_ends() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let made = make(&shop, &json!({ "expires_in_days": 30, "scopes": ["products:read"] }));
    let id = text(&made["id"]);
    let rotate = |body: Value| shop.post(&format!("/me/keys/{id}/rotate"), body).expect(200);
    world.sql().run("UPDATE api_keys SET (created_at, expires_at) = (created_at - interval '9 days', expires_at - interval '9 days')");
    let second = rotate(json!({ "overlap_minutes": 30 }));
    assert_eq!(
        (&second["id"], &second["scopes"], &second["role"]),
        (&made["id"], &made["scopes"], &made["role"])
    );
    assert_eq!(days(&second, "rotated_at", "expires_at"), 30);
    for key in [&made, &second] {
        with(&shop, key).get("/products").expect(200);
        with(&shop, key).get("/orders").expect_problem(403, "insufficient_scope");
    }
    world.sql().run("UPDATE api_keys SET previous_until = now()");
    with(&shop, &made).get("/products").expect_problem(401, "invalid_token");
    with(&shop, &second).get("/products").expect(200);

    // Two secrets are the most.
    let third = rotate(json!({}));
    let fourth = rotate(json!({}));
    with(&shop, &second).get("/products").expect_problem(401, "invalid_token");
    for key in [&third, &fourth] {
        with(&shop, key).get("/products").expect(200);
    }
    // An overlap is not longer than the key was to live.
    world.sql().run("UPDATE api_keys SET expires_at = now() + interval '1 minute'");
    let fifth = rotate(json!({ "overlap_minutes": 10_080 }));
    assert_eq!(days(&fifth, "rotated_at", "previous_until"), 0);
    // Without overlap, at once.
    rotate(json!({ "overlap_minutes": 0 }));
    with(&shop, &fifth).get("/products").expect_problem(401, "invalid_token");
    assert_eq!(shop.get("/me/keys").expect(200)["data"].as_array().unwrap().len(), 1);

    world.user("bob").post(&format!("/me/keys/{id}/rotate"), json!({})).expect_problem(404, "not_found");
    shop.delete(&format!("/me/keys/{id}")).expect(204);
    shop.post(&format!("/me/keys/{id}/rotate"), json!({})).expect_problem(404, "not_found");
}

#[test]
fn keys_from_before_they_had_a_checksum_stay_valid() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let made = text(&make(&shop, &json!({}))["key"]);
    assert_eq!(made.len(), 96);
    let old = &made[..90];
    shop.with_token(old).get("/products").expect_problem(401, "invalid_token");
    world.sql().run(format!("UPDATE api_keys SET key_hash = sha256('{old}')"));
    shop.with_token(old).get("/products").expect(200);
}

#[test]
fn a_mistyped_key_is_refused_without_asking_the_database() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let made = text(&make(&shop, &json!({}))["key"]);
    // Nothing could be asked of a database that has no such function.
    world.sql().run("DROP FUNCTION enter_with_key(bytea, uuid, text, text, text, text)");
    let mut mistyped = made.clone();
    let place = mistyped.len() - 20;
    let other = if &made[place..=place] == "x" { "y" } else { "x" };
    mistyped.replace_range(place..=place, other);
    shop.with_token(mistyped).get("/products").expect_problem(401, "invalid_token");
    assert_eq!(shop.with_token(made).get("/products").status, 500);
}
