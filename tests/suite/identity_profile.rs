//! A user's profile and password: changing them, and setting a new one with the operator's token.

use serde_json::json;

use crate::support::World;
use crate::support::world::PASSWORD;

const BETTER: &str = "a better horse";

fn change(current: &str, new: &str) -> serde_json::Value {
    json!({ "current_password": current, "password": new })
}

fn put(person: &crate::support::Caller<'_>, body: &serde_json::Value) -> crate::support::Answer {
    person.send(rocket::http::Method::Put, "/me/password", Some(body))
}

#[test]
fn a_changed_profile_reaches_the_users_shops_and_no_others() {
    let world = World::new();
    let bob = world.user("bob");
    let (one, two) = (world.user("ada").opens_shop("one"), world.user("eve").opens_shop("two"));
    let other = world.user("dan").opens_shop("other");
    for shop in [&one, &two] {
        shop.takes_in(&bob, "customer");
    }
    let changed = bob.patch("/me", json!({ "name": "Robert", "email": "Robert@Example.com" })).expect(200);
    assert_eq!((&changed["name"], &changed["email"]), (&json!("Robert"), &json!("robert@example.com")));
    assert_eq!(bob.get("/me").expect(200), changed);
    for shop in [&one, &two] {
        let known = format!("SELECT name || email FROM {}.people WHERE id = '{}'", shop.schema(), bob.id);
        assert_eq!(world.sql().column(known), ["Robertrobert@example.com"]);
    }
    assert_eq!(world.sql().column(format!("SELECT name FROM {}.people", other.schema())), ["dan"]);
    bob.patch("/me", json!({ "email": "ada@example.com" })).expect_problem(409, "email_taken");
    assert_eq!(bob.patch("/me", json!({})).expect(200)["name"], "Robert");
}

#[test]
fn a_changed_password_ends_the_other_sessions() {
    let world = World::new();
    let ada = world.user("ada");
    let (there, bob) = (ada.again(), world.user("bob"));
    let token = world.reset_token("ada@example.com");
    put(&ada, &change("wrong horse", BETTER)).expect_problem(422, "wrong_password");
    there.get("/me").expect(200);
    put(&ada, &change(PASSWORD, BETTER)).expect(204);
    ada.get("/me").expect(200);
    bob.get("/me").expect(200);
    there.get("/me").expect_problem(401, "session_revoked");
    let login = |password: &str| {
        world.nobody().post("/auth/login", json!({ "email": "ada@example.com", "password": password }))
    };
    login(PASSWORD).expect_problem(401, "invalid_credentials");
    login(BETTER).expect(200);
    // An earlier reset token is no longer valid.
    let body = json!({ "token": token, "password": PASSWORD });
    world.nobody().post("/auth/reset", body).expect_problem(401, "invalid_token");
}

#[test]
fn a_reset_sets_a_password_once_and_ends_all_sessions() {
    let world = World::new();
    let (ada, bob) = (world.user("ada"), world.user("bob"));
    let reset = |token: &str, password: &str| {
        world.nobody().post("/auth/reset", json!({ "token": token, "password": password }))
    };
    let replaced = world.reset_token("ada@example.com");
    let token = world.reset_token("ada@example.com");
    assert!(!world.sql().content("public").concat().contains(&token), "a token is kept in plain text");
    reset(&replaced, BETTER).expect_problem(401, "invalid_token");
    reset("", BETTER).expect_problem(401, "invalid_token");
    reset(&token, "short").expect_problem(422, "invalid_field");
    reset(&token, BETTER).expect(204);
    reset(&token, PASSWORD).expect_problem(401, "invalid_token");
    ada.get("/me").expect_problem(401, "session_revoked");
    bob.get("/me").expect(200);
    let login = json!({ "email": "ada@example.com", "password": BETTER });
    world.nobody().post("/auth/login", login).expect(200);

    let late = world.reset_token("ada@example.com");
    world.sql().run("UPDATE reset_tokens SET expires_at = now()");
    reset(&late, PASSWORD).expect_problem(401, "invalid_token");
}

#[test]
fn common_passwords_are_refused_where_one_is_set_and_not_where_one_is_used() {
    let world = World::new();
    let ada = world.user("ada");
    for common in ["password", "Password1", "12345678", "iloveyou"] {
        let body = json!({ "email": "eve@example.com", "password": common });
        let refused =
            world.nobody().post("/auth/register", body.clone()).expect_problem(422, "invalid_field");
        assert_eq!(refused["errors"][0]["pointer"], "/password", "{common}");
        put(&ada, &change(PASSWORD, common)).expect_problem(422, "invalid_field");
        world.nobody().post("/auth/login", body).expect_problem(401, "invalid_credentials");
        world.sql().run("DELETE FROM sign_in_attempts");
    }
}

#[test]
fn one_password_typed_on_two_keyboards_is_one_password() {
    let world = World::new();
    // A composed letter, and a letter with a separate accent; then a ligature and a full-width digit.
    let (typed, again) = ("caf\u{e9} \u{fb01}ne \u{ff11}", "cafe\u{301} fine 1");
    world
        .nobody()
        .post("/auth/register", json!({ "email": "zoe@example.com", "password": typed }))
        .expect(201);
    world.nobody().post("/auth/login", json!({ "email": "zoe@example.com", "password": again })).expect(200);
}

#[test]
fn every_character_of_a_long_password_counts() {
    let world = World::new();
    let (long, other) = ("h\u{f6}rse".repeat(25) + "x", "h\u{f6}rse".repeat(25) + "y");
    world
        .nobody()
        .post("/auth/register", json!({ "email": "zoe@example.com", "password": long }))
        .expect(201);
    let login = |password: &str| {
        world.nobody().post("/auth/login", json!({ "email": "zoe@example.com", "password": password }))
    };
    login(&other).expect_problem(401, "invalid_credentials");
    login(&long).expect(200);
}
