//! Settings of the built binary: password iterations, signing secrets, the proxy's header.

use std::fs;

use serde_json::{Value, json};

use crate::support::installation::Installation;
use crate::support::process::Process;
use crate::support::token::kid;
use crate::support::world::{PASSWORD, text};
use crate::support::{Answer, Database, Login, Sql, token};

const WRONG: &str = "wrong horse";

fn credentials(password: &str) -> Value {
    json!({ "email": "ada@example.com", "password": password })
}

fn post(server: &Process, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    server.ask("POST", path, headers, body)
}

fn login(server: &Process, password: &str) -> Answer {
    post(server, "/auth/login", &[], &credentials(password))
}

fn sql(database: &Database) -> Sql {
    database.connect(Login::Owner)
}

#[test]
fn a_sign_in_rehashes_the_password_with_more_iterations_and_never_with_fewer() {
    let database = Database::new();
    let at =
        |iterations: &str| Process::serve_with(&database, &[("SHOPHOUSE_PASSWORD_ITERATIONS", iterations)]);
    let cost = || {
        let hash = sql(&database).one("SELECT password_hash FROM users");
        hash.split('$').nth(2).unwrap().split(',').next().unwrap().to_owned()
    };
    let server = at("600000");
    post(&server, "/auth/register", &[], &credentials(PASSWORD)).expect(201);
    login(&server, PASSWORD).expect(200);
    assert_eq!(cost(), "i=600000");
    server.stop();

    let server = at("650000");
    login(&server, WRONG).expect_problem(401, "invalid_credentials");
    assert_eq!(cost(), "i=600000", "a wrong password causes no rehash");
    login(&server, PASSWORD).expect(200);
    assert_eq!(cost(), "i=650000");
    login(&server, WRONG).expect_problem(401, "invalid_credentials");
    login(&server, PASSWORD).expect(200);
    server.stop();

    let server = at("600000");
    login(&server, PASSWORD).expect(200);
    assert_eq!(cost(), "i=650000");
}

const OLD: (&str, &str) = ("SHOPHOUSE_SECRET", "the secret of last year: 32 and more");
const NEW: (&str, &str) = ("SHOPHOUSE_SECRET", "the secret of this year: 32 and more");

fn with_token(server: &Process, token: &str) -> Answer {
    server.ask("GET", "/me", &[("Authorization", &format!("Bearer {token}"))], &Value::Null)
}

/// The same token under another key's id, properly signed.
fn signed_as(token: &str, kid: Option<String>, secret: &str) -> String {
    let header = kid.map_or(json!({ "alg": "HS256" }), |kid| json!({ "alg": "HS256", "kid": kid }));
    token::signed_as(&header, &token::claims(token), secret)
}

#[test]
fn a_secret_is_replaced_without_signing_anybody_out() {
    let database = Database::new();
    let server = Process::serve_with(&database, &[OLD]);
    post(&server, "/auth/register", &[], &credentials(PASSWORD)).expect(201);
    let pair = login(&server, PASSWORD).expect(200);
    let old = text(&pair["access_token"]);
    server.stop();

    let server = Process::serve_with(&database, &[NEW, ("SHOPHOUSE_VERIFYING_SECRETS", OLD.1)]);
    with_token(&server, &old).expect(200);
    let refresh = json!({ "refresh_token": pair["refresh_token"] });
    let new = text(&post(&server, "/auth/refresh", &[], &refresh).expect(200)["access_token"]);
    with_token(&server, &new).expect(200);
    assert_ne!(kid(&old), kid(&new), "the new secret signs");
    // A key id only selects one of the known secrets.
    with_token(&server, &signed_as(&new, Some(kid(&new)), NEW.1)).expect(200);
    for (id, secret) in [
        (Some("00000000".to_owned()), NEW.1),
        (Some(kid(&old)), NEW.1),
        (Some(kid(&new)), OLD.1),
        (None, NEW.1),
    ] {
        with_token(&server, &signed_as(&new, id, secret)).expect_problem(401, "invalid_token");
    }
    server.stop();

    let server = Process::serve_with(&database, &[NEW]);
    with_token(&server, &old).expect_problem(401, "invalid_token");
    with_token(&server, &new).expect(200);
}

#[test]
fn the_kept_file_may_have_secrets_that_only_verify_in_further_lines() {
    let installation = Installation::new();
    let file = installation.data().join("secret");
    let server = installation.start();
    let body = credentials(PASSWORD).to_string();
    assert_eq!(server.post("/auth/register", None, &body).0, 201);
    let old = text(&server.post("/auth/login", None, &body).1["access_token"]);
    assert_eq!(server.stopped().code, Some(0));
    let made = fs::read_to_string(&file).unwrap();

    fs::write(&file, format!("{}\n{made}\n", NEW.1)).unwrap();
    let server = installation.start();
    assert_eq!(server.get("/me", Some(&old)).0, 200);
    let new = text(&server.post("/auth/login", None, &body).1["access_token"]);
    assert_ne!(kid(&old), kid(&new));
    assert_eq!(server.stopped().code, Some(0));

    fs::write(&file, format!("{}\n", NEW.1)).unwrap();
    let server = installation.start();
    assert_eq!(server.get("/me", Some(&old)).1["code"], "invalid_token");
    assert_eq!(server.get("/me", Some(&new)).0, 200);
    assert_eq!(server.stopped().code, Some(0));

    fs::write(&file, format!("{}\nshort\n", NEW.1)).unwrap();
    let refused = installation.run(&[], &[]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("too short for a secret"), "{}", refused.stderr);
    assert!(!refused.stderr.contains(NEW.1), "{}", refused.stderr);
}

/// Sets the counter of the last address so high that its next attempt causes a long wait.
fn the_address_has_tried_often(database: &Database) {
    sql(database).run(
        "DELETE FROM sign_in_attempts
         WHERE subject NOT IN (sha256('address 127.0.0.1'::bytea), sha256('address 192.0.2.1'::bytea));
         UPDATE sign_in_attempts SET attempts = 200, free_at = last_at",
    );
}

#[test]
fn a_client_does_not_choose_its_address() {
    let database = Database::new();
    let server = Process::serve(&database);
    let guess = |header: (&str, &str)| post(&server, "/auth/login", &[header], &credentials(WRONG));
    guess(("X-Real-IP", "192.0.2.1")).expect_problem(401, "invalid_credentials");
    the_address_has_tried_often(&database);
    guess(("X-Real-IP", "192.0.2.2")).expect_problem(401, "invalid_credentials");
    for name in ["X-Real-IP", "X-Forwarded-For", "Forwarded", "CF-Connecting-IP", "X-Client-IP"] {
        let refused = guess((name, "192.0.2.3"));
        refused.expect_problem(429, "too_many_attempts");
        assert!(refused.header("Retry-After").is_some(), "{refused}");
    }
    let log = server.stopped();
    assert!(log.contains("\"sign_in_failed\"") && log.contains("127.0.0.1"), "{log}");
    assert!(!log.contains("192.0.2."), "{log}");
}

#[test]
fn behind_a_proxy_its_header_tells_clients_apart() {
    let database = Database::new();
    let settings = [("SHOPHOUSE_TRUSTED_PROXIES", "127.0.0.1"), ("SHOPHOUSE_PROXY_HEADER", "X-Real-IP")];
    let server = Process::serve_with(&database, &settings);
    let guess = |address: &str| {
        let headers = [("X-Real-IP", address), ("X-Forwarded-For", "192.0.2.9")];
        post(&server, "/auth/login", &headers, &credentials(WRONG))
    };
    guess("192.0.2.1").expect_problem(401, "invalid_credentials");
    the_address_has_tried_often(&database);
    guess("192.0.2.1").expect_problem(401, "invalid_credentials");
    sql(&database).run("DELETE FROM sign_in_attempts WHERE attempts = 1");
    guess("192.0.2.1").expect_problem(429, "too_many_attempts");
    guess("192.0.2.2").expect_problem(401, "invalid_credentials");
    // A value that is not an address is ignored.
    guess("elsewhere").expect_problem(401, "invalid_credentials");
    let log = server.stopped();
    for address in ["192.0.2.1", "192.0.2.2", "127.0.0.1"] {
        assert!(log.contains(address), "{address}: {log}");
    }
}
