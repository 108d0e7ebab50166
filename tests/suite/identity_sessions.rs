//! Sessions: the list of a user's sessions, signing out, and how long they last.

use rocket::http::Method;
use serde_json::json;

use crate::support::world::{PASSWORD, run, text};
use crate::support::{Tenants, World};

#[test]
fn signing_out_ends_this_session_or_the_others_or_all() {
    let tenants = Tenants::new();
    let (ada, bob) = (tenants.user("ada"), tenants.user("bob"));
    for (scope, alive) in [
        (json!({}), [false, true]),
        (json!({ "scope": "others" }), [true, false]),
        (json!({ "scope": "global" }), [false; 2]),
    ] {
        let (here, there) = (ada.again(), ada.again());

        here.post("/auth/logout", scope.clone()).expect(204);
        for (person, alive) in [&here, &there].into_iter().zip(alive) {
            let answer = person.get("/me");
            let refreshed =
                tenants.nobody().post("/auth/refresh", json!({ "refresh_token": person.refresh_token }));
            if alive {
                answer.expect(200);
                refreshed.expect(200);
            } else {
                answer.expect_problem(401, "session_revoked");
                refreshed.expect_problem(401, "invalid_token");
            }
        }
        bob.get("/me").expect(200);
    }
}

#[test]
fn my_sessions_are_listed_newest_first_and_nobody_elses() {
    let world = World::new();
    let ada = world.user("ada");
    world.user("bob");
    let body = json!({ "email": "ada@example.com", "password": PASSWORD }).to_string().into_bytes();
    let agent = [("User-Agent", "Browser 7")];
    let login = world.nobody().raw(
        Method::Post,
        "/api/v1/auth/login",
        &agent,
        Some((rocket::http::ContentType::JSON, body)),
    );
    let there = ada.with_token(text(&login.expect(200)["access_token"]));
    let ended = ada.again();
    ended.post("/auth/logout", json!({})).expect(204);

    let list = ada.get("/me/sessions").expect(200);
    let shown: Vec<_> =
        list["data"].as_array().unwrap().iter().map(|row| (&row["current"], &row["user_agent"])).collect();
    assert_eq!(shown, [(&json!(false), &json!("Browser 7")), (&json!(true), &json!(""))]);
    assert_eq!(there.get("/me/sessions").expect(200)["data"][0]["current"], true);

    let first = ada.get("/me/sessions?limit=1").expect(200);
    let cursor = text(&first["next_cursor"]);
    let second = ada.get(&format!("/me/sessions?limit=1&cursor={cursor}")).expect(200);
    assert_eq!((&first["data"][0], &second["data"][0]), (&list["data"][0], &list["data"][1]));
    assert!(second["next_cursor"].is_null());
}

#[test]
fn a_session_can_be_ended_from_another_one_but_not_by_others() {
    let tenants = Tenants::new();
    let ada = tenants.user("ada");
    let (there, bob) = (ada.again(), tenants.user("bob"));
    let path = format!("/me/sessions/{}", there.as_caller().session);
    bob.delete(&path).expect_problem(404, "not_found");
    there.get("/me").expect(200);
    ada.delete(&path).expect(204);
    there.get("/me").expect_problem(401, "session_revoked");
    ada.delete(&path).expect_problem(404, "not_found");
    ada.get("/me").expect(200);
}

#[test]
fn refreshing_prolongs_a_session_but_not_beyond_its_end() {
    let world = World::new();
    let ada = world.user("ada");
    let refresh = |token: &str| world.nobody().post("/auth/refresh", json!({ "refresh_token": token }));
    world.sql().run(
        "UPDATE sessions SET created_at = now() - interval '89 days', expires_at = now() + interval '1 hour'",
    );
    let next = text(&refresh(&ada.refresh_token).expect(200)["refresh_token"]);
    let left = "SELECT expires_at - now() BETWEEN interval '23 hours' AND interval '25 hours' FROM sessions";
    assert_eq!(world.sql().one(left), "true");
    assert!(ada.get("/me/sessions").expect(200)["data"][0]["refreshed_at"].is_string());

    world.sql().run("UPDATE sessions SET created_at = now() - interval '91 days'");
    refresh(&next).expect_problem(401, "invalid_token");
}

#[test]
fn what_has_expired_is_removed_and_nothing_else() {
    let world = World::new();
    let ada = world.user("ada");
    let gone = ada.again().as_caller().session;
    let shop = ada.opens_shop("books");
    let invite = |name: &str| {
        shop.invites(&format!("{name}@example.com"), "staff");
    };
    invite("early");
    invite("late");
    world.reset_token("ada@example.com");
    world.sql().run(format!(
        "UPDATE sessions SET expires_at = now() - interval '1 second' WHERE id = '{gone}';
         UPDATE known_devices SET expires_at = now() - interval '1 second' WHERE session_id = '{gone}';
         UPDATE invitations SET expires_at = now() - interval '1 second' WHERE email LIKE 'early%';
         INSERT INTO sign_in_attempts VALUES ('old', 9, now() - interval '25 hours', now()), ('new', 9, now(), now())"
    ));
    run(shophouse::identity::clean_up(&world.tenancy, || false)).unwrap();
    let counts = ["sessions", "known_devices", "invitations", "reset_tokens", "sign_in_attempts"]
        .map(|table| world.sql().count(table));
    assert_eq!(counts, [1, 1, 1, 1, 1]);
    ada.get("/me").expect(200);
}
