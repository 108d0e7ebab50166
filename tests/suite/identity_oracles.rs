//! Routes whose answer depends on whether somebody has an email address: they answer alike, or only so often.
//!
//! Where addresses have to be proved, `identity_proofs` has the tests of registering and of changing one.

use std::net::SocketAddr;

use serde_json::json;

use crate::support::World;
use crate::support::world::PASSWORD;

#[test]
fn registering_tells_that_an_address_is_taken_only_so_often_to_one_client() {
    let world = World::new();
    world.user("ada");
    let from = |last: u8| world.nobody().from(SocketAddr::from(([192, 0, 2, last], 1)));
    let registers = |last: u8, email: &str| {
        from(last).post("/auth/register", json!({ "email": email, "password": PASSWORD }))
    };
    // Whoever is new is not counted.
    for number in 0..60 {
        registers(1, &format!("user{number}@example.com")).expect(201);
    }
    let answers: Vec<_> = (0..60).map(|_| registers(1, "ada@example.com")).collect();
    let told = answers.iter().filter(|answer| answer.status == 409).count();
    assert!((45..60).contains(&told), "{told}");
    let refused = answers.iter().find(|answer| answer.status != 409).unwrap();
    refused.expect_problem(429, "too_many_attempts");
    assert!(refused.header("Retry-After").is_some());
    // Others are not kept waiting.
    registers(2, "eve@example.com").expect(201);
}

#[test]
fn changing_the_address_tells_that_one_is_taken_only_so_often_to_one_user() {
    let world = World::new();
    let (ada, bob) = (world.user("ada"), world.user("bob"));
    let told = (0..20).filter(|_| ada.patch("/me", json!({ "email": "bob@example.com" })).status == 409);
    let told = told.count();
    assert!((9..=11).contains(&told), "{told}");
    ada.patch("/me", json!({ "email": "free@example.com" })).expect_problem(429, "too_many_attempts");
    // What tells nothing is not counted.
    ada.patch("/me", json!({ "email": "ada@example.com", "name": "Ada" })).expect(200);
    bob.patch("/me", json!({ "email": "free@example.com" })).expect(200);
}

#[test]
fn a_token_that_proves_nothing_gets_one_answer() {
    let world = World::proving();
    world.proved_user("ada");
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    world.nobody().post("/auth/register", body).expect(202);
    let verify = |token: &str| {
        let mut problem = world
            .nobody()
            .post("/auth/verify", json!({ "token": token }))
            .expect_problem(401, "invalid_token");
        problem["request_id"] = json!(null);
        problem
    };
    assert_eq!(verify("ada@example.com"), verify("b0a1lTFf5mZJt9cWmT3kq0cV0aWQ2w8o8m2m0d1yq1E"));
}

#[test]
fn a_changed_address_is_not_proved_and_the_former_one_is_told() {
    let world = World::new();
    let ada = world.proved_user("ada");
    let changed = ada.patch("/me", json!({ "email": "ada@new.example" })).expect(200);
    assert_eq!((&changed["email"], &changed["email_verified"]), (&json!("ada@new.example"), &json!(false)));
    let told = "SELECT template || ' ' || recipient FROM outbox";
    assert_eq!(world.sql().column(told), ["address_changed ada@example.com"]);
}
