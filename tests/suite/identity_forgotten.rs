//! Forgotten passwords: who asks learns nothing, and whoever reads the mail of the address sets a new password.

use std::collections::BTreeMap;

use serde_json::json;

use crate::support::mail_server::MailServer;
use crate::support::process::{Process, done, refused};
use crate::support::world::PASSWORD;
use crate::support::{Answer, World, waiting};

const BETTER: &str = "a better horse";

fn forgot(world: &World, email: &str) -> Answer {
    world.nobody().post("/auth/forgot", json!({ "email": email }))
}

fn reset(world: &World, token: &str, password: &str) -> Answer {
    world.nobody().post("/auth/reset", json!({ "token": token, "password": password }))
}

fn serve(world: &World, server: &MailServer) -> Process {
    let url = server.url();
    let settings = [("SHOPHOUSE_SMTP_URL", url.as_str()), ("SHOPHOUSE_MAIL_FROM", "loft@shop.example")];
    Process::serve_with(&world.database, &settings)
}

/// What a request left behind, but for ids, times and the address.
fn left_behind(world: &World) -> Vec<String> {
    world.sql().column(
        "SELECT concat_ws(' ', template, contents, state, attempts, give_up_at - created_at) FROM outbox
         UNION ALL SELECT concat_ws(' ', attempts, free_at - last_at) FROM sign_in_attempts ORDER BY 1",
    )
}

#[test]
fn nobody_learns_who_has_an_account() {
    let (with, without) = (World::new(), World::new());
    with.user("ada");
    with.sql().run("DELETE FROM sign_in_attempts");
    let answers = [&with, &without].map(|world| forgot(world, "ada@example.com"));
    for answer in &answers {
        answer.expect(202);
        assert_eq!(answer.body, answers[0].body);
        let names = |answer: &Answer| {
            let named = answer.headers.iter().map(|(name, value)| (name.to_lowercase(), value.len()));
            named.collect::<BTreeMap<_, _>>()
        };
        assert_eq!(names(answer), names(&answers[0]));
    }
    // The same rows were written, so the same work was done.
    let left = left_behind(&with);
    assert_eq!(left, left_behind(&without));
    assert_eq!(left.iter().filter(|row| row.contains("password_forgotten")).count(), 1, "{left:?}");
    assert_eq!([&with, &without].map(|world| world.sql().count("mailed_resets")), [0, 0]);
}

#[test]
fn an_address_gets_one_message_in_five_minutes() {
    let world = World::new();
    for email in ["ada@example.com", "Ada@Example.com ", "nobody@example.com"] {
        forgot(&world, email).expect(202);
    }
    assert_eq!(world.sql().count("outbox"), 2);
    world.sql().run("UPDATE sign_in_attempts SET last_at = last_at - interval '5 minutes'");
    forgot(&world, "ada@example.com").expect(202);
    assert_eq!(world.sql().count("outbox WHERE recipient = 'ada@example.com'"), 2);
}

#[test]
fn asking_locks_nobody_out_and_one_network_cannot_ask_for_ever() {
    let world = World::new();
    world.user("ada");
    let here = world.nobody().from("192.0.2.7:4000".parse().unwrap());
    let refused = (0..60).find_map(|number| {
        let answer = here.post("/auth/forgot", json!({ "email": format!("user-{number}@example.com") }));
        (answer.status != 202).then_some((number, answer))
    });
    let (number, answer) = refused.unwrap();
    answer.expect_problem(429, "too_many_attempts");
    assert!(number >= 50, "{number}");
    // Neither there nor elsewhere does it delay a sign-in, and elsewhere nothing is delayed.
    here.post("/auth/login", json!({ "email": "ada@example.com", "password": PASSWORD })).expect(200);
    let there = world.nobody().from("192.0.2.8:4000".parse().unwrap());
    there.post("/auth/forgot", json!({ "email": "ada@example.com" })).expect(202);
}

#[test]
fn the_token_of_the_message_sets_a_password_once_and_the_user_is_told() {
    let (world, server) = (World::new(), MailServer::start());
    let ada = world.user("ada");
    let _process = serve(&world, &server);
    for email in ["nobody@example.com", "ada@example.com"] {
        forgot(&world, email).expect(202);
    }
    let mail = server.next("ada@example.com", "Set a new password");
    let token = mail.code().unwrap();
    assert!(!world.sql().content("public").concat().contains(&token), "a token is kept in plain text");
    ada.get("/me").expect(200);
    reset(&world, &token, "short").expect_problem(422, "invalid_field");
    let proved = || world.sql().one("SELECT email_verified_at IS NOT NULL FROM users");
    assert_eq!(proved(), "false");
    reset(&world, &token, BETTER).expect(204);
    assert_eq!(proved(), "true");
    reset(&world, &token, PASSWORD).expect_problem(401, "invalid_token");
    ada.get("/me").expect_problem(401, "session_revoked");
    server.next("ada@example.com", "Your password was changed");
    world.nobody().post("/auth/login", json!({ "email": "ada@example.com", "password": BETTER })).expect(200);
    // Nothing went to nobody, and nothing of that is left.
    waiting::until("the outbox to be empty", || {
        (world.sql().count("outbox WHERE state = 'waiting'") == 0).then_some(())
    });
    assert!(server.mails().iter().all(|mail| mail.to == "ada@example.com"));
    assert_eq!(world.sql().count("outbox WHERE recipient LIKE 'nobody%'"), 0);
}

#[test]
fn a_stranger_who_asks_makes_no_other_token_invalid_and_a_used_one_ends_all() {
    let (world, server) = (World::new(), MailServer::start());
    world.user("ada");
    let _process = serve(&world, &server);
    let operators = world.reset_token("ada@example.com");
    let mut tokens = Vec::new();
    for number in 1..=2 {
        world.sql().run("DELETE FROM sign_in_attempts");
        forgot(&world, "ada@example.com").expect(202);
        tokens.push(server.has(number)[number - 1].code().unwrap());
    }
    assert_ne!(tokens[0], tokens[1]);
    reset(&world, &tokens[0], BETTER).expect(204);
    for ended in [&tokens[1], &operators] {
        reset(&world, ended, PASSWORD).expect_problem(401, "invalid_token");
    }
}

#[test]
fn a_token_of_a_message_ends_after_an_hour_and_with_a_changed_password() {
    let (world, server) = (World::new(), MailServer::start());
    let ada = world.user("ada");
    let _process = serve(&world, &server);
    assert_eq!(
        done(&world.database, &["user", "reset", "--mail", "ada@example.com"]),
        "a running server sends a message to ada@example.com\n"
    );
    let late = server.has(1)[0].code().unwrap();
    let left =
        world.sql().one("SELECT expires_at BETWEEN now() + '59 min' AND now() + '1 h' FROM mailed_resets");
    assert_eq!(left, "true");
    world.sql().run("UPDATE mailed_resets SET expires_at = now()");
    reset(&world, &late, BETTER).expect_problem(401, "invalid_token");
    done(&world.database, &["user", "reset", "--mail", "ada@example.com"]);
    let token = server.has(2)[1].code().unwrap();
    let change = json!({ "current_password": PASSWORD, "password": BETTER });
    ada.send(rocket::http::Method::Put, "/me/password", Some(&change)).expect(204);
    reset(&world, &token, PASSWORD).expect_problem(401, "invalid_token");
    server.next("ada@example.com", "Your password was changed");
    refused(&world.database, &["user", "reset", "--mail", "nobody@example.com"], 1);
}

#[test]
fn a_token_that_went_to_a_former_address_is_worth_nothing() {
    let (world, server) = (World::new(), MailServer::start());
    let ada = world.user("ada");
    let _process = serve(&world, &server);
    forgot(&world, "ada@example.com").expect(202);
    let token = server.has(1)[0].code().unwrap();
    ada.send(rocket::http::Method::Patch, "/me", Some(&json!({ "name": "Ada L." }))).expect(200);
    assert_eq!(world.sql().count("mailed_resets"), 1);
    ada.send(rocket::http::Method::Patch, "/me", Some(&json!({ "email": "other@example.com" }))).expect(200);
    reset(&world, &token, BETTER).expect_problem(401, "invalid_token");
}
