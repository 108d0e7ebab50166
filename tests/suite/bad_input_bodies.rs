//! Bad bodies: invalid JSON, other types than an object, content types, encodings, repeated names.

use rocket::http::{ContentType, Method};
use serde_json::{Value, json};

use crate::bad_input_bench::{Bench, is_discreet};
use crate::bad_input_fields::cases;
use crate::routes::{Entry, ROUTES, Shelf};
use crate::support::World;
use crate::support::goods::variant;

#[test]
fn a_body_that_is_no_object_is_refused_by_every_route() {
    let world = World::new();
    let bench = Bench::new(&world);
    let before = bench.content();
    let (deep, arrays) = (r#"{"a":"#.repeat(100_000), "[".repeat(900_000));
    let closed = format!("{}1{}", r#"{"a":"#.repeat(500), "}".repeat(500));
    for case in cases() {
        let no_json: [&[u8]; 14] = [
            b"",
            b" ",
            b"{",
            b"}",
            b"{\"a\":1}x",
            b"{\"a\" 1}",
            b"{a: 1}",
            b"{\"a\":1,}",
            b"\xff\xfe{\0}\0",
            b"{\"a\":\"\xff\"}",
            b"\xef\xbb\xbf{}",
            deep.as_bytes(),
            arrays.as_bytes(),
            closed.as_bytes(),
        ];
        for body in no_json {
            let answer = bench.send(&case, body);
            answer.expect_problem(400, "invalid_json");
            is_discreet(&answer);
        }
        for body in ["null", "[]", "\"x\"", "7", "true", "[{}]"] {
            let answer = bench.send(&case, body);
            let problem = answer.expect_problem(422, "invalid_field");
            assert_eq!(problem["errors"][0]["pointer"], "", "{answer}");
        }
        let name = "x".repeat(900_000);
        for body in [format!(r#"{{"{name}": 1}}"#), format!(r#"{{"{name}\u0000": 1}}"#)] {
            let answer = bench.send(&case, body);
            assert_eq!(answer.status, 422, "{}", answer.request);
            is_discreet(&answer);
        }
        bench.send(&case, vec![b' '; (1 << 20) + 1]).expect_problem(413, "body_too_large");
    }
    assert_eq!(bench.content(), before, "something was written");
}

#[test]
fn a_body_has_the_right_type_or_none_is_read() {
    let world = World::new();
    let bench = Bench::new(&world);
    let before = bench.content();
    for case in cases().iter().filter(|case| !case.makes_rows()) {
        let body = bench.fill(case.body);
        for kind in [
            ContentType::Plain,
            ContentType::Form,
            ContentType::CSV,
            ContentType::new("application", "jsonx"),
        ] {
            bench.send_as(case, kind, body.clone()).expect_problem(415, "unsupported_media_type");
        }
        let path = bench.path(case);
        bench.owner.raw(case.method, &path, &[], None).expect_problem(415, "unsupported_media_type");
        for header in ["", "json", "application/", "/json", "application/json/x", "a, b"] {
            let headers = [("Content-Type", header)];
            bench.owner.raw(case.method, &path, &headers, None).expect_problem(415, "unsupported_media_type");
        }
    }
    assert_eq!(bench.content(), before, "something was written");
    for case in cases() {
        for charset in ["utf-8", "UTF-8"] {
            let bench = bench.refilled();
            let kind = ContentType::JSON.with_params(("charset", charset));
            let answer = bench.send_as(&case, kind, bench.fill(case.body));
            assert!((200..300).contains(&answer.status), "{answer}");
        }
    }
}

/// The parser takes the last value. What matters is that the result is the same each time.
#[test]
fn a_name_that_comes_twice_is_no_failure() {
    let world = World::new();
    let bench = Bench::new(&world);
    for case in cases() {
        let bench = bench.refilled();
        let body: Value = serde_json::from_str(&bench.fill(case.body)).unwrap();
        for name in body.as_object().unwrap().keys() {
            for first in ["null", "7", "\"\\u0000\"", "{}"] {
                // A user can be erased only once.
                let anew = (case.method == Method::Delete).then(|| bench.refilled());
                let bench = anew.as_ref().unwrap_or(&bench);
                let body = bench.fill(case.body);
                let twice = body.replacen('{', &format!("{{\"{name}\": {first},"), 1);
                let answer = bench.send(&case, twice);
                assert!((200..300).contains(&answer.status), "the last counts: {answer}");
                let end = body.rfind('}').unwrap();
                let answer = bench.send(&case, format!("{}, \"{name}\": [[]]}}", &body[..end]));
                answer.expect_problem(422, "invalid_field");
            }
        }
    }
}

#[test]
fn what_is_taken_is_a_conflict_at_its_field() {
    let world = World::new();
    let bench = Bench::new(&world);
    let owner = &bench.owner;
    let product = |handle: &str, sku: &str| json!({ "title": "T", "handle": handle, "sku": sku, "price": { "amount": 0 } });
    owner.post("/products", product("taken", "TAKEN")).expect(201);
    world.user("bob").opens_shop("taken");
    let other = bench.shelf.fill("/products/{product}");
    let before = bench.content();
    for (method, path, body, code, pointer) in [
        (Method::Post, "/products", product("taken", "free"), "handle_taken", "/handle"),
        (Method::Put, &other, product("taken", "free"), "handle_taken", "/handle"),
        (Method::Patch, &other, json!({ "handle": "taken" }), "handle_taken", "/handle"),
        (Method::Post, "/products", product("free", "TAKEN"), "sku_taken", "/sku"),
        (Method::Post, "/shops", json!({ "name": "N", "slug": "taken" }), "slug_taken", "/slug"),
        (
            Method::Patch,
            &bench.shelf.fill("/shops/{shop}"),
            json!({ "slug": "taken" }),
            "slug_taken",
            "/slug",
        ),
        (
            Method::Post,
            "/auth/register",
            json!({ "email": "BOB@example.com", "password": "correct horse", "shop": "books" }),
            "email_taken",
            "/email",
        ),
    ] {
        let answer = owner.send(method, path, Some(&body));
        let problem = answer.expect_problem(409, code);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{answer}");
        is_discreet(&answer);
    }
    assert_eq!(bench.content(), before, "something was written");
}

#[test]
fn headers_hold_no_harm() {
    let world = World::new();
    let bench = Bench::new(&world);
    let long = "x".repeat(60_000);
    for value in ["", "\u{fffd}", "é", "\"", "%00", "*", &long] {
        for name in
            ["If-Match", "If-None-Match", "X-Request-Id", "Accept", "Origin", "X-Forwarded-For", "Cookie"]
        {
            let answer = bench.owner.raw(Method::Get, "/api/v1/me", &[(name, value)], None);
            assert!(answer.status < 500, "{name}: {}", answer.status);
        }
        let bearer = format!("Bearer {value}");
        let nobody = world.nobody();
        let answer = nobody.raw(Method::Get, "/api/v1/me", &[("Authorization", &bearer)], None);
        answer.expect_problem(401, "invalid_token");
    }
}

/// Every route that takes no body refuses one, and does nothing.
#[test]
fn a_body_where_none_is_taken_is_not_passed_over() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("books");
    let shelf = Shelf::of(&owner);
    let without = |entry: &&Entry| entry.method != Method::Get && entry.body.is_empty();
    let routes: Vec<_> = ROUTES.iter().filter(without).collect();
    assert!(routes.len() > 10, "{}", routes.len());
    let before = world.sql().content("public").concat() + &world.sql().content(&owner.schema()).concat();
    let (json, text) = (ContentType::JSON, ContentType::Plain);
    for entry in &routes {
        let path = shelf.fill(entry.path);
        for (content_type, body, status, code) in [
            (&json, r#"{"amount": {"amount": 100}}"#, 422, "invalid_field"),
            (&json, r#"{"": null}"#, 422, "invalid_field"),
            (&json, "not json", 422, "invalid_field"),
            (&json, "[]", 422, "invalid_field"),
            (&json, "null", 422, "invalid_field"),
            (&json, "{} {}", 422, "invalid_field"),
            (&json, "\0", 422, "invalid_field"),
            (&text, "amount=100", 415, "unsupported_media_type"),
            (&ContentType::Form, "amount=100", 415, "unsupported_media_type"),
            (&ContentType::CSV, "a,b", 415, "unsupported_media_type"),
            (&ContentType::Any, "x", 415, "unsupported_media_type"),
        ] {
            let body = Some((content_type.clone(), body.as_bytes().to_vec()));
            let answer = owner.raw(entry.method, &path, &[], body);
            answer.expect_problem(status, code);
        }
        // Who, before how much.
        let body = Some((json.clone(), b"{\"x\": 1}".to_vec()));
        world.nobody().raw(entry.method, &path, &[], body).expect_problem(401, "unauthenticated");
    }
    let after = world.sql().content("public").concat() + &world.sql().content(&owner.schema()).concat();
    assert_eq!(after, before, "something was done");
    let product = owner.sells("Shirt");
    for nothing in ["", " \n", "{}", " { } "] {
        let order = owner.buys(&[(&variant(&product, 0), 1)]).expect(201);
        let path = format!("/api/v1/orders/{}/pay", order["id"].as_str().unwrap());
        owner.raw(Method::Post, &path, &[], Some((json.clone(), nothing.into()))).expect(200);
    }
}
