//! Users as the operator of the built binary manages them: a new password, an erasure, and the clean-up of a server.

use rocket::http::Method;
use serde_json::json;

use crate::support::installation::Ended;
use crate::support::process::{self, Process, refused};
use crate::support::world::PASSWORD;
use crate::support::{Login, World, log, waiting};

const BETTER: &str = "a better horse";

#[test]
fn a_reset_prints_a_token_that_works_once_and_ends_all_sessions() {
    let world = World::new();
    let (ada, bob) = (world.user("ada"), world.user("bob"));
    let said = refused(&world.database, &["user", "reset", "nobody@example.com"], 1);
    assert!(said.contains("there is no user nobody@example.com"), "{said}");
    refused(&world.database, &["user", "reset", "nobody"], 2);
    assert_eq!(world.sql().count("reset_tokens"), 0);

    let Ended { code, stdout: told, stderr } =
        process::run(&world.database, &["user", "reset", " Ada@Example.com"]);
    assert_eq!(code, Some(0), "{stderr}");
    let token = told.lines().find_map(|line| line.strip_prefix("token: ")).unwrap();
    // 256 bits in base64.
    assert_eq!(token.len(), 43, "{told}");
    assert!(told.contains("/auth/reset"), "{told}");
    assert!(stderr.contains("reset_token_made") && stderr.contains(&ada.id), "{stderr}");
    assert!(!stderr.contains(token), "{stderr}");
    ada.get("/me").expect(200);
    let reset =
        |password: &str| world.nobody().post("/auth/reset", json!({ "token": token, "password": password }));
    reset(BETTER).expect(204);
    let spent = reset(PASSWORD);
    spent.expect_problem(401, "invalid_token");
    let request = spent.header("X-Request-Id").unwrap();
    assert!(log::any(&["audit=\"password_reset_failed\"", request]), "a failure is not noted");
    ada.get("/me").expect_problem(401, "session_revoked");
    bob.get("/me").expect(200);
    let login = |password: &str| {
        world.nobody().post("/auth/login", json!({ "email": "ada@example.com", "password": password }))
    };
    login(PASSWORD).expect_problem(401, "invalid_credentials");
    login(BETTER).expect(200);
}

#[test]
fn who_is_erased_is_forgotten_here_and_in_the_shops() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let bob = world.user("bob");
    shop.takes_in(&bob, "staff");
    let said = refused(&world.database, &["user", "erase", "nobody@example.com", "--yes"], 1);
    assert!(said.contains("there is no user nobody@example.com"), "{said}");
    let said = refused(&world.database, &["user", "erase", "bob@example.com"], 1);
    assert!(said.contains("--yes"), "{said}");
    let said = refused(&world.database, &["user", "erase", "ada@example.com", "--yes"], 1);
    assert!(said.contains("a shop must keep an owner"), "{said}");
    bob.get("/me").expect(200);

    let ended = process::run(&world.database, &["user", "erase", "Bob@example.com", "--yes"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "bob@example.com is erased\n"));
    assert!(ended.stderr.contains("\"erased\"") && ended.stderr.contains(&bob.id), "{}", ended.stderr);
    bob.get("/me").expect_problem(401, "session_revoked");
    for schema in ["public", &shop.schema()] {
        let content = world.sql().content(schema).concat();
        assert!(!content.contains("bob"), "{content}");
    }
    assert_eq!(world.sql().column("SELECT role FROM memberships"), ["owner"]);
    let again = refused(&world.database, &["user", "erase", "bob@example.com", "--yes"], 1);
    assert!(again.contains("there is no user bob@example.com"), "{again}");
    shop.get("/products").expect(200);
}

/// A server cleans up when it starts, and then every hour.
#[test]
fn a_running_server_removes_what_has_expired_and_nothing_else() {
    let world = World::new();
    let ada = world.user("ada");
    let over = ada.again().as_caller().session;
    let [books, gone, waits] = ["books", "gone", "waits"].map(|slug| ada.opens_shop(slug));
    let cleo = books.joined_by("cleo", "customer");
    let invite = |name: &str| {
        books.invites(&format!("{name}@example.com"), "staff");
    };
    invite("early");
    invite("late");
    world.reset_token("ada@example.com");
    for shop in [&gone, &waits] {
        shop.shop_becomes("deleting");
    }
    // Cleo could not be erased in one shop.
    let people = format!("{}.people", books.schema());
    world.sql().run(format!("ALTER TABLE {people} RENAME COLUMN email TO address"));
    cleo.send(Method::Delete, "/me", Some(&json!({ "password": PASSWORD }))).expect(204);
    let past = "now() - interval '1 second'";
    // Citus takes no other statement with such a one.
    world.sql().run(format!("ALTER TABLE {people} RENAME COLUMN address TO email"));
    world.sql().run(format!(
        "UPDATE sessions SET expires_at = {past} WHERE id = '{over}';
         UPDATE invitations SET expires_at = {past} WHERE email LIKE 'early%';
         UPDATE shops SET erase_after = {past} WHERE slug = 'gone';
         DELETE FROM sign_in_attempts;
         INSERT INTO sign_in_attempts VALUES ('old', 9, now() - interval '25 hours', now()), ('new', 9, now(), now())"
    ));

    let server = Process::serve(&world.database);
    let mut sql = world.database.connect(Login::Owner);
    waiting::until("the clean-up", || (sql.count("users WHERE erasing") == 0).then_some(()));
    assert_eq!(sql.column("SELECT slug FROM shops ORDER BY 1"), ["books", "waits"]);
    assert_eq!(sql.column("SELECT encode(subject, 'escape') FROM sign_in_attempts"), ["new"]);
    assert_eq!(sql.column("SELECT split_part(email, '@', 1) FROM invitations"), ["late"]);
    assert_eq!(sql.column(format!("SELECT name FROM {people} ORDER BY 1")), ["", "ada"]);
    assert_eq!(["sessions", "reset_tokens", "memberships"].map(|table| sql.count(table)), [1, 1, 2]);
    ada.get("/me").expect(200);
    assert!(server.stop().success(), "it does not wait for the next hour");
}
