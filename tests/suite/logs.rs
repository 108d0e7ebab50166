//! The log: what a request writes there. `support/log.rs` checks everything that the suite logs; the tests here send what
//! only an attacker or a faulty client would.

use rocket::http::{ContentType, Method};
use serde_json::json;

use crate::bad_input::{quoted, with};
use crate::bad_input_bench::Bench;
use crate::bad_input_fields::cases;
use crate::support::log::{self, MARKER};
use crate::support::world::PASSWORD;
use crate::support::{Answer, Tenants, World};

/// The request is logged. If the log has more than it may, this test fails when it ends.
#[track_caller]
fn is_logged(answer: &Answer) {
    let line = format!("request_id={}", answer.header("X-Request-Id").unwrap());
    assert!(log::has(&line), "not logged: {answer}");
}

#[test]
fn what_must_not_be_logged_is_known_when_it_is_seen() {
    let token = "mR4tq0Vh7s_Yc2ZlXnUe9kWbJ1-AoPdFgTiHyQvLxE8";
    for line in [
        format!("INFO request body={{\"password\": \"{PASSWORD}\"}}"),
        "ERROR a request failed cause=Key (email)=(ada@example.com) already exists".to_owned(),
        "DEBUG authorization=\"Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9".to_owned(),
        "TRACE user=User { hash: \"$pbkdf2-sha256$i=600000".to_owned(),
        format!("WARN a spent token={token}"),
        format!("INFO refresh_token: \"{token}\", shop: None"),
    ] {
        assert!(log::violation(&line).is_some(), "{line}");
    }
    let request = "INFO request request_id=01a2062e-46d9-7742-baca-3f3e5d01be24 method=PATCH \
        route=\"/api/v1/products/<id>/variants/<variant>\" status=405 micros=412";
    assert_eq!(log::violation(request), None);
}

#[test]
fn a_request_is_logged_by_its_route_and_its_id() {
    let world = World::new();
    let headers = [("X-Request-Id", "looked-for-in-the-log")];
    world
        .nobody()
        .raw(Method::Get, "/api/v1/products/7", &headers, None)
        .expect_problem(401, "unauthenticated");
    let line =
        "request_id=looked-for-in-the-log method=GET route=\"/api/v1/products/<id>\" status=401 micros=";
    assert!(log::has(line));
}

/// For every body: valid, invalid, cut off, and with another content type.
#[test]
fn no_body_is_logged() {
    let world = World::new();
    let bench = Bench::new(&world);
    for case in cases() {
        let unknown = with(&bench.fill(case.body), &format!("/{MARKER}"), &quoted(MARKER));
        is_logged(&bench.send(&case, &unknown[..unknown.len() - 1]));
        is_logged(&bench.send(&case, format!("{MARKER}{unknown}")));
        is_logged(&bench.send_as(&case, ContentType::Plain, unknown.as_str()));
        is_logged(&bench.send(&case, unknown));
        for field in &case.fields {
            is_logged(&bench.send(&case, with(&bench.fill(case.body), &field.pointer, &quoted(MARKER))));
        }
    }
}

#[test]
fn no_file_is_logged() {
    let world = World::new();
    let bench = Bench::new(&world);
    for file in [
        format!("{MARKER},{MARKER}\n"),
        format!("Handle,Title,Variant Price\n{MARKER},{MARKER},{MARKER}\n"),
        format!("Handle,Title,Variant Price\n{MARKER},\"{MARKER},1\n"),
        format!("Handle,Title,Variant Price,{MARKER}\n{MARKER},{MARKER},1,{MARKER}\n"),
    ] {
        is_logged(&bench.owner.imports("", file));
    }
}

#[test]
fn neither_addresses_nor_headers_are_logged() {
    let tenants = Tenants::new();
    let shop = tenants.user("ada").opens_shop("books");
    for path in ["/products/{}", "/products?{}=1", "/products?cursor={}", "/products?vendor={}", "/{}"] {
        is_logged(&shop.get(&path.replace("{}", MARKER)));
    }
    for name in ["Authorization", "Content-Type", "Cookie", "Origin", "Referer", "User-Agent", "If-Match"] {
        for value in [MARKER.to_owned(), format!("Bearer {MARKER}"), format!("{MARKER}={MARKER}")] {
            let headers = [(name, value.as_str())];
            is_logged(&tenants.nobody().raw(Method::Post, "/api/v1/products", &headers, None));
        }
    }
}

/// The cause is logged, which the client does not see. PostgreSQL's details, which contain the row, are not logged.
#[test]
fn what_failed_is_logged_without_the_row() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let products = format!("{}.products", shop.schema());
    world.sql().run(format!("ALTER TABLE {products} ADD CONSTRAINT unforeseen CHECK (title = '')"));
    let body = json!({ "title": MARKER, "description": MARKER, "price": { "amount": 1 } });
    let answer = shop.post("/products", body);
    answer.expect_problem(500, "internal");
    is_logged(&answer);
    assert!(log::has("violates check constraint \\\"unforeseen"), "the cause is not logged");
}
