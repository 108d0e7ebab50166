//! Bad bodies: invalid JSON, other types than an object, content types, encodings, repeated names.

use std::collections::BTreeMap;

use rocket::http::{ContentType, Method};
use serde_json::{Value, json};

use crate::bad_input::with;

use crate::bad_input_bench::{Bench, is_discreet};
use crate::bad_input_fields::{Field, Kind, Then, cases};
use crate::routes::{Entry, ROUTES, Shelf};
use crate::support::World;
use crate::support::goods::variant;
use crate::support::world::text;

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

/// The name as it is, and with its first letter escaped.
fn spellings(name: &str) -> [String; 2] {
    let first = name.chars().next().unwrap();
    [name.to_owned(), format!("\\u{:04x}{}", u32::from(first), &name[first.len_utf8()..])]
}

#[test]
fn a_field_that_comes_twice_is_refused() {
    let world = World::new();
    let bench = Bench::new(&world);
    let before = bench.content();
    let cases = cases();
    for case in cases.iter().filter(|case| !case.makes_rows()) {
        for field in &case.fields {
            let (parent, name) = field.pointer.rsplit_once('/').unwrap();
            let body = bench.fill(case.body);
            let body: Value = serde_json::from_str(&body).unwrap();
            let Some(Value::Object(fields)) = body.pointer(parent) else { continue };
            let Some(raw) = fields.get(name).map(Value::to_string) else { continue };
            for (first, name) in
                spellings(name).into_iter().flat_map(|name| [("null", name.clone()), (raw.as_str(), name)])
            {
                // At the pointer of the second field, the text of both.
                let twice = with(&body.to_string(), &field.pointer, &format!("{first}, \"{name}\": {raw}"));
                let answer = bench.send(case, twice);
                let problem = answer.expect_problem(400, "invalid_json");
                assert_eq!(problem["errors"].as_array().map(Vec::len), Some(1), "{answer}");
                assert_eq!(problem["errors"][0]["pointer"], field.pointer, "{answer}");
                is_discreet(&answer);
            }
        }
    }
    for case in cases.iter().filter(|case| !case.makes_rows()) {
        let body = bench.fill(case.body);
        let unknown = body.replacen('{', r#"{"x": {"y": [{"z": 1, "\u007a": 1}]},"#, 1);
        let answer = bench.send(case, unknown);
        let problem = answer.expect_problem(400, "invalid_json");
        assert_eq!(problem["errors"][0]["pointer"], "/x/y/0/z", "{answer}");
    }
    assert_eq!(bench.content(), before, "something was written");
}

#[test]
fn all_errors_of_a_body_are_told_at_once() {
    let world = World::new();
    let bench = Bench::new(&world);
    let before = bench.content();
    for case in cases().iter().filter(|case| !case.makes_rows()) {
        let mut body: Value = serde_json::from_str(&bench.fill(case.body)).unwrap();
        let mut expected = BTreeMap::new();
        // Every field at the top is wrong: those that must be there are missing, the others have another type.
        for Field { pointer, kind, absent, .. } in &case.fields {
            let Some(name) = pointer.strip_prefix('/').filter(|name| !name.contains('/')) else { continue };
            if matches!(absent, Then::Missing) {
                body.as_object_mut().unwrap().remove(name);
                expected.insert(pointer.clone(), "missing_field");
            } else if body.get(name).is_some() {
                body[name] = if matches!(kind, Kind::Flag) { json!("x") } else { json!(true) };
                expected.insert(pointer.clone(), "invalid_field");
            }
        }
        for name in ["unknown_1", "unknown_2"] {
            body[name] = json!(1);
            expected.insert(format!("/{name}"), "unknown_field");
        }
        let answer = bench.send(case, body.to_string());
        let told: BTreeMap<String, String> = answer.json()["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| (text(&error["pointer"]), text(&error["code"])))
            .collect();
        let expected: BTreeMap<String, String> =
            expected.into_iter().map(|(pointer, code)| (pointer, code.to_owned())).collect();
        assert_eq!(told, expected, "{answer}");
        assert_eq!(answer.status, 422, "{answer}");
        for error in answer.json()["errors"].as_array().unwrap() {
            let detail = text(&error["detail"]);
            assert!(detail.starts_with("This field ") && detail.ends_with('.'), "{detail}");
        }
    }
    assert_eq!(bench.content(), before, "something was written");
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
