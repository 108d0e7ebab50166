//! Bad addresses: malformed ids, percent-encoding, parameters, cursors of other lists and forged ones.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rocket::http::Method;
use serde_json::{Value, json};

use crate::bad_input_bench::{Bench, is_discreet};
use crate::routes::{IDS, ROUTES};
use crate::support::world::text;
use crate::support::{Tenants, World};

const LISTS: [&str; 10] = [
    "/api/v1/products",
    "/api/v1/orders",
    "/api/v1/shops",
    "/api/v1/variants/{variant}/stock",
    "/api/v1/customers",
    "/api/v1/storefront/{slug}/products",
    "/api/v1/shops/{shop}/members",
    "/api/v1/shops/{shop}/invitations",
    "/api/v1/me/sessions",
    "/api/v1/me/keys",
];

#[test]
fn what_is_nearly_an_id_is_not_found() {
    let world = World::new();
    let bench = Bench::new(&world);
    let before = bench.content();
    let id = bench.shelf.fill("{product}");
    let long = "a".repeat(8_000);
    let junk = [
        &id[1..],
        &format!("{id}0"),
        &format!("{id}%00"),
        &format!("{id}%20"),
        &format!("%20{id}"),
        &format!("{id}."),
        &id.replace('-', "_"),
        &format!("{}g", &id[..35]),
        &format!("{}%ff", &id[..35]),
        &format!("{id}%ff"),
        "%00",
        "%ff",
        "%ed%a0%80",
        "%zz",
        "%",
        "%2e%2e",
        "%2e",
        "%2f",
        "'",
        "%22",
        "%3B--",
        "null",
        "0",
        "-1",
        &long,
    ];
    for entry in ROUTES.iter().filter(|entry| entry.path.contains('{')) {
        for place in IDS.into_iter().chain(["{slug}", "{handle}"]).filter(|place| entry.path.contains(place))
        {
            for id in junk {
                let path = bench.shelf.fill(&entry.path.replace(place, id));
                let body = (!entry.body.is_empty())
                    .then(|| (rocket::http::ContentType::JSON, bench.shelf.fill(entry.body).into_bytes()));
                let answer = bench.owner.raw(entry.method, &path, &[], body);
                // Rocket refuses a malformed address before it looks for a route.
                let code = if answer.status == 404 { "not_found" } else { "invalid_field" };
                assert!([400, 404, 422].contains(&answer.status), "{answer}");
                answer.expect_problem(answer.status, code);
                is_discreet(&answer);
            }
        }
    }
    assert_eq!(bench.content(), before, "something was written");
}

#[test]
fn addresses_of_any_shape_are_answered() {
    let world = World::new();
    let bench = Bench::new(&world);
    let long = format!("/api/v1/{}", "x/".repeat(4_000));
    for path in [
        "/%00",
        "/%ff",
        "/api/v1/%00",
        "/api/v1//products//x/y",
        "/api/v1/products/%2e%2e/me",
        "/api/../../etc/passwd",
        &long,
    ] {
        for method in [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete, Method::Head] {
            let answer = bench.owner.raw(method, path, &[], None);
            assert!((400..500).contains(&answer.status), "{method} {path}: {}", answer.status);
        }
    }
}

#[test]
fn parameters_that_are_wrong_are_refused_by_every_list() {
    let world = World::new();
    let bench = Bench::new(&world);
    let long = "x".repeat(8_000);
    let everywhere = [
        "limit=",
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=1.5",
        "limit=1e1",
        "limit=18446744073709551616",
        "limit=%00",
        "limit=%ff",
        "limit=%zz",
        "limit=1&limit=1",
        "limit",
        "LIMIT=1",
        "limit[]=1",
        "colour=red",
        "%00=1",
        "%ff=1",
        "=1",
        "=",
        "cursor=&cursor=",
        &long,
    ];
    let own: [(&str, &[&str]); 2] = [
        (
            "/api/v1/products",
            &[
                "status=",
                "status=Active",
                "status=%00",
                "sort=",
                "sort=id",
                "vendor=%00",
                "vendor=a&vendor=b",
                "product_type=a%00b",
            ],
        ),
        (
            "/api/v1/orders",
            &[
                "status=lost",
                "customer_id=",
                "customer_id=x",
                "customer_id=%00",
                "sort=title",
                "created_from=",
                "created_from=2026-01-31",
                "created_from=2026-13-01T00:00:00Z",
                "created_from=-0001-01-01T00:00:00Z",
                "created_to=%2B10000-01-01T00:00:00Z",
                "created_to=%2B262142-12-31T23:59:59Z",
                "created_from=-262143-01-01T00:00:00Z",
                "created_to=now",
                "created_to=infinity",
                "created_to=1&created_to=2",
            ],
        ),
    ];
    for list in LISTS {
        let path = bench.shelf.fill(list);
        let others = own.iter().filter(|(of, _)| *of == list).flat_map(|(_, queries)| queries.iter());
        for query in everywhere.iter().chain(others) {
            let answer = bench.owner.raw(Method::Get, &format!("{path}?{query}"), &[], None);
            answer.expect_problem(422, "invalid_parameter");
            is_discreet(&answer);
        }
        for query in ["", "&", "&&limit=1&", "limit=100", "limit=%31"] {
            bench.owner.raw(Method::Get, &format!("{path}?{query}"), &[], None).expect(200);
        }
    }
    for query in [
        "vendor=%ff",
        "vendor=%F0%9F%8E%A9",
        "vendor=%zz",
        "vendor=%",
        &format!("vendor={long}"),
        "vendor=a=b",
        "vendor=",
    ] {
        bench.owner.get(&format!("/products?{query}")).expect(200);
    }
    for year in ["0000", "9999"] {
        bench.owner.get(&format!("/orders?created_from={year}-01-01T00:00:00Z")).expect(200);
    }
}

/// Cursors of all lists, each with its list; every list has more than one page.
fn cursors(bench: &Bench<'_>, tenants: &Tenants) -> Vec<(String, String)> {
    let owner = &bench.owner;
    let order = bench.shelf.fill(r#"{"lines": [{"variant_id": "{variant}", "quantity": 1}]}"#);
    owner.post("/orders", serde_json::from_str(&order).unwrap()).expect(201);
    owner.sells("Hat");
    owner.joined_by("cleo", "customer");
    let key = bench.shelf.fill(r#"{"name": "k", "shop": "{shop}", "role": "customer"}"#);
    owner.post("/me/keys", serde_json::from_str(&key).unwrap()).expect(201);
    tenants.user("bob").opens_shop("more");
    owner.post("/shops", json!({ "name": "Second", "slug": "second" })).expect(201);
    owner
        .post(&bench.shelf.fill("/variants/{variant}/stock"), json!({ "delta": 1, "reason": "r" }))
        .expect(201);
    let mut lists: Vec<String> = LISTS.iter().map(|list| bench.shelf.fill(list)).collect();
    lists.push("/api/v1/products?sort=title".to_owned());
    let cursor = |list: String| {
        let glue = if list.contains('?') { '&' } else { '?' };
        let page = owner.raw(Method::Get, &format!("{list}{glue}limit=1"), &[], None).expect(200);
        let cursor = text(&page["next_cursor"]);
        owner.raw(Method::Get, &format!("{list}{glue}cursor={cursor}"), &[], None).expect(200);
        (list, cursor)
    };
    lists.into_iter().map(cursor).collect()
}

/// A cursor with its key changed.
fn forged(cursor: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut said = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cursor).unwrap()).unwrap();
    change(&mut said);
    URL_SAFE_NO_PAD.encode(said.to_string())
}

/// Replaces every string in a value for which `of` has a replacement.
fn swap(value: &mut Value, of: &dyn Fn(&str) -> Option<String>) {
    match value {
        Value::String(text) => *text = of(text).unwrap_or_else(|| text.clone()),
        Value::Array(items) => items.iter_mut().for_each(|item| swap(item, of)),
        Value::Object(fields) => fields.values_mut().for_each(|item| swap(item, of)),
        _ => {}
    }
}

#[test]
fn a_cursor_is_one_that_the_list_gave_out() {
    let world = World::new();
    let bench = Bench::new(&world);
    let cursors = cursors(&bench, &world);
    let json = [
        "null",
        "{}",
        "[]",
        "7",
        "\"x\"",
        "[null,null]",
        "[\"x\",1]",
        "{\"id\":\"x\"}",
        "[[],[]]",
        "\"\\u0000\"",
        "1e999",
        "[\"9999-12-31T00:00:00Z\",\"0198c0de-0000-7000-8000-000000000000\"]",
    ];
    let mut junk: Vec<String> = json.iter().map(|json| URL_SAFE_NO_PAD.encode(json)).collect();
    let coded = [
        URL_SAFE_NO_PAD.encode(b"\xff\0\xfe"),
        STANDARD.encode(b"\xff\xff\xff?"),
        URL_SAFE_NO_PAD.encode("[".repeat(5_000)),
    ];
    junk.extend(coded.map(|coded| coded.replace('/', "%2F").replace('+', "%2B")));
    junk.extend(["", "x", "!!!!", "%00", "%ff", "%zz", "a%20b", "===="].map(str::to_owned));
    for (list, own) in &cursors {
        let others = cursors.iter().filter(|(other, _)| other != list).map(|(_, cursor)| cursor.clone());
        let time = |text: &str| text.ends_with('Z') && text.starts_with("20");
        let with = |new: &str| {
            let new = new.to_owned();
            forged(own, |said| swap(said, &|text| time(text).then(|| new.clone())))
        };
        let mut bad: Vec<String> = junk.iter().cloned().chain(others).collect();
        bad.push(forged(own, |said| swap(said, &|text| Some(format!("{text}\0")))));
        bad.push(own[..own.len() - 4].to_owned());
        bad.push(format!("{own}%00"));
        if with("") != *own {
            bad.extend(
                ["+262142-12-31T23:59:59Z", "-262143-01-01T00:00:00Z", "+10000-01-01T00:00:00Z", "infinity"]
                    .map(with),
            );
        }
        let glue = if list.contains('?') { '&' } else { '?' };
        for cursor in bad {
            let answer = bench.owner.raw(Method::Get, &format!("{list}{glue}cursor={cursor}"), &[], None);
            answer.expect_problem(422, "invalid_parameter");
            is_discreet(&answer);
        }
    }
    // A title with NUL, where everything else is right.
    let (list, own) = cursors.last().unwrap();
    let nul = forged(own, |said| {
        swap(said, &|text| (text == "Hat" || text == "Shirt").then(|| format!("{text}\0")));
    });
    assert_ne!(nul, *own);
    bench
        .owner
        .raw(Method::Get, &format!("{list}&cursor={nul}"), &[], None)
        .expect_problem(422, "invalid_parameter");
}
