//! Bad input: whatever a field contains, the response is a problem that points at it, and nothing is written.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rocket::http::Method;
use serde_json::{Value, json};

use crate::bad_input_bench::{Bench, is_discreet};
use crate::bad_input_fields::{Case, Field, Kind, Then, cases};
use crate::openapi::{normalised, operations};
use crate::routes::ROUTES;
use crate::support::{Answer, World};

/// A placeholder for raw text in a body.
const PLACE: &str = "the place";

/// A 4xx that points at a field.
#[track_caller]
fn refused(answer: &Answer, code: &str, pointer: &str) {
    let problem = answer.expect_problem(422, code);
    is_discreet(answer);
    assert_eq!(problem["errors"].as_array().map(Vec::len), Some(1), "{answer}");
    let error = &problem["errors"][0];
    assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)), "{answer}");
    assert!(error["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{answer}");
}

pub fn quoted(text: impl AsRef<str>) -> String {
    json!(text.as_ref()).to_string()
}

/// JSON values that a field of this kind refuses. `null` has its own column in the table.
fn bad(kind: Kind) -> Vec<String> {
    let mut bad = vec![];
    let types = [r#""text""#, "7", "1.5", "true", "[]", "[7]", "{}", r#"{"active": null}"#, "-0"];
    let own = |raw: &&str| match kind {
        // Minus nothing is nothing.
        Kind::Whole(..) => matches!(*raw, "7" | "-0"),
        Kind::Flag => *raw == "true",
        Kind::List(..) => raw.starts_with('['),
        Kind::Object | Kind::Map => raw.starts_with('{'),
        _ => raw.starts_with('"'),
    };
    bad.extend(types.iter().filter(|raw| !own(raw)).map(|raw| (*raw).to_owned()));
    let texts = |texts: &[&str]| texts.iter().map(quoted).collect::<Vec<_>>();
    bad.extend(match kind {
        Kind::Text(min, max) => {
            let blank = if min > 0 { texts(&["", " \n "]) } else { vec![] };
            [blank, vec![quoted("x".repeat(max + 1)), quoted("é".repeat(max + 1))]].concat()
        }
        Kind::Status => texts(&["", "Active", "sold", " active"]),
        Kind::Email => texts(&["", "ada", "@b.c", "a@", "a@b..c", "a b@c.d", "a@b\n.c"]),
        Kind::Password => vec![quoted("7 chars"), quoted("x".repeat(129))],
        Kind::Slug => {
            texts(&["", "ab", "-abc", "a--b", "Abc", "a b", "schön", "0198c0de-0000-7000-8000-000000000000"])
        }
        Kind::ShopName => texts(&["", "ab", "Abc", "a b"]),
        Kind::Handle => [texts(&["", "A", "a b", "a/b", "a?"]), vec![quoted("x".repeat(256))]].concat(),
        Kind::Currency => texts(&["", "usd", "US", "USDX", "XAU", "XXX", "ZZZ", "DEM"]),
        Kind::Url => texts(&["", "x", "/x", "ftp://a.b/c", "javascript:alert(1)", "https://a b"]),
        Kind::Uuid => {
            texts(&["", "x", "0198c0de-0000-7000-8000-00000000000", "0198c0de-0000-7000-8000-00000000000g"])
        }
        Kind::Whole(least, most) => {
            let beyond = [i128::from(least) - 1, i128::from(most) + 1, 1 << 63, -(1 << 63) - 1, 1 << 64];
            // 1.0 and 1e3 are whole numbers, and taken.
            let odd = ["0.5", "1e-3", "1e300", "-1e300", "\"5\""].map(str::to_owned);
            [beyond.map(|number| number.to_string()).to_vec(), odd.to_vec()].concat()
        }
        Kind::Time => texts(&[
            "",
            "x",
            "2999-12-31",
            "2999-13-01T00:00:00Z",
            "+12345-01-01T00:00:00Z",
            "2000-01-01T00:00:00Z",
        ]),
        Kind::Token | Kind::Flag | Kind::List(..) | Kind::Object | Kind::Map => vec![],
    });
    if !matches!(kind, Kind::Token) {
        bad.push(quoted("a\0b"));
    }
    bad
}

/// Raw text that makes the body invalid JSON.
const NO_JSON: &[&str] = &["1e400", r#""\ud800""#, r#""\udc00x""#, "01", "+1", "NaN", "'x'", "\"\n\"", "nul"];

fn parse(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"))
}

/// The body with raw text at a pointer.
pub fn with(body: &str, pointer: &str, raw: &str) -> String {
    let mut body = parse(body);
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap_or_else(|| panic!("no place for {pointer}"));
    match parent {
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = json!(PLACE),
        other => other[name] = json!(PLACE),
    }
    body.to_string().replace(&quoted(PLACE), raw)
}

/// The body without the field.
fn without(body: &str, pointer: &str) -> String {
    let mut body = parse(body);
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).and_then(Value::as_object_mut).unwrap().remove(name);
    body.to_string()
}

/// Sends all that must be refused for one field.
fn refuse_field(bench: &Bench<'_>, case: &Case, field: &Field) {
    let Field { pointer, kind, absent, null } = field;
    let send = |raw: &str| bench.send(case, with(&bench.fill(case.body), pointer, raw));
    for raw in bad(*kind) {
        refused(&send(&raw), "invalid_field", pointer);
    }
    for raw in NO_JSON {
        let answer = send(raw);
        answer.expect_problem(400, "invalid_json");
        is_discreet(&answer);
    }
    if let Kind::List(least, most) = *kind {
        let list = parse(&bench.fill(case.body)).pointer(pointer).unwrap().clone();
        let numbered = |number: usize| match &list[0] {
            Value::String(text) => json!(format!("{text}{number}")),
            other => other.clone(),
        };
        let too_many = json!((0..=most).map(numbered).collect::<Vec<_>>()).to_string();
        let few = if least > 0 { "[]".to_owned() } else { too_many.clone() };
        for raw in [few, too_many] {
            let answer = send(&raw);
            answer.expect_problem(422, "invalid_field");
            is_discreet(&answer);
        }
    }
    if let Then::Wrong(at) = null {
        refused(&send("null"), "invalid_field", at);
    }
    match absent {
        Then::Missing => {
            refused(&bench.send(case, without(&bench.fill(case.body), pointer)), "missing_field", pointer);
        }
        Then::Wrong(at) => {
            refused(&bench.send(case, without(&bench.fill(case.body), pointer)), "invalid_field", at);
        }
        Then::Fine | Then::Unasked => {}
    }
}

#[track_caller]
fn succeeded(answer: &Answer) {
    assert!((200..300).contains(&answer.status), "{answer}");
}

/// Paths whose routes have their own test; these tests run in parallel.
const APART: [&str; 5] =
    ["/api/v1/auth", "/api/v1/shops", "/api/v1/products", "/api/v1/variants", "/api/v1/orders"];

/// Sends text of nearly the length that a body may have, once for each kind of field.
fn refuse_huge_texts(bench: &Bench<'_>, cases: &[Case]) {
    let huge = quoted("x".repeat(900_000));
    let mut kinds = HashSet::new();
    for case in cases {
        for Field { pointer, kind, .. } in &case.fields {
            if !matches!(kind, Kind::Token) && kinds.insert(std::mem::discriminant(kind)) {
                let answer = bench.send(case, with(&bench.fill(case.body), pointer, &huge));
                refused(&answer, "invalid_field", pointer);
            }
        }
    }
}

/// The cases of the routes below a path.
fn hold(below: &str) {
    let cases: Vec<Case> = cases().into_iter().filter(|case| case.route.starts_with(below)).collect();
    assert!(!cases.is_empty(), "there is nothing below {below}");
    hold_all(&cases);
}

/// Refusals first: they change no row.
fn hold_all(cases: &[Case]) {
    let world = World::new();
    let bench = Bench::new(&world);
    let before = bench.content();
    for case in cases.iter().filter(|case| !case.makes_rows()) {
        case.fields.iter().for_each(|field| refuse_field(&bench, case, field));
    }
    assert_eq!(bench.content(), before, "something was written");
    // Each of these needs a new token, so new rows are expected.
    for case in cases.iter().filter(|case| case.makes_rows()) {
        case.fields.iter().for_each(|field| refuse_field(&bench, case, field));
    }
    refuse_huge_texts(&bench, cases);
    for case in cases {
        let bench = bench.refilled();
        succeeded(&bench.send(case, bench.fill(case.body)));
        for Field { pointer, absent, null, .. } in &case.fields {
            if matches!(null, Then::Fine) {
                succeeded(&bench.send(case, with(&bench.fill(case.body), pointer, "null")));
            }
            if matches!(absent, Then::Fine) {
                succeeded(&bench.send(case, without(&bench.fill(case.body), pointer)));
            }
        }
    }
}

#[test]
fn of_people() {
    hold(APART[0]);
}

#[test]
fn of_me() {
    hold("/api/v1/me");
}

#[test]
fn of_shops() {
    hold(APART[1]);
}

#[test]
fn of_products() {
    hold(APART[2]);
}

#[test]
fn of_stock() {
    hold(APART[3]);
}

#[test]
fn of_orders() {
    hold(APART[4]);
}

/// All other routes of the table.
#[test]
fn of_all_the_rest() {
    let apart = |case: &Case| APART.iter().any(|below| case.route.starts_with(below));
    let cases: Vec<Case> = cases().into_iter().filter(|case| !apart(case)).collect();
    hold_all(&cases);
}

/// The objects of a body with fields of their own, by pointer.
fn objects(case: &Case) -> impl Iterator<Item = String> {
    let inner = case.fields.iter().filter(|field| matches!(field.kind, Kind::Object));
    std::iter::once(String::new()).chain(inner.map(|field| field.pointer.clone()))
}

/// Asks a route which fields an object has.
fn known(bench: &Bench<'_>, case: &Case, object: &str) -> BTreeSet<String> {
    let unknown = format!("{object}/no_such_field");
    let answer = bench.send(case, with(&bench.fill(case.body), &unknown, "1"));
    refused(&answer, "unknown_field", &unknown);
    let problem = answer.json();
    let (_, names) = problem["detail"].as_str().unwrap().rsplit_once("known fields are: ").unwrap();
    names.trim_end_matches('.').split(", ").map(str::to_owned).collect()
}

#[test]
fn the_table_has_every_field_of_every_body() {
    let world = World::new();
    let bench = Bench::new(&world);
    let (mut of_table, mut of_routes) = (BTreeMap::new(), BTreeMap::new());
    for case in cases() {
        for object in objects(&case) {
            let place = (case.method.as_str(), case.route, object.clone());
            of_routes.insert(place.clone(), known(&bench, &case, &object));
            let names =
                case.fields.iter().filter_map(|field| field.pointer.strip_prefix(&format!("{object}/")));
            let names = names.filter(|name| !name.contains('/')).map(str::to_owned);
            of_table.entry(place).or_insert_with(BTreeSet::new).extend(names);
        }
    }
    assert_eq!(
        of_table, of_routes,
        "left, the fields that tests/suite/bad_input_fields.rs lists; right, those there are"
    );
}

/// A route that takes a body refuses another content type; a route without a body ignores it.
#[test]
fn the_table_has_every_route_that_takes_a_body() {
    // The document's bodies come from the handlers' types.
    let described: BTreeMap<String, &Value> = operations().collect();
    for entry in ROUTES.iter().filter(|entry| entry.method != Method::Get) {
        let takes_one = described[&normalised(entry.method, entry.route)].get("requestBody").is_some();
        let in_table = cases().iter().any(|case| (case.method, case.route) == (entry.method, entry.route));
        let route = format!("{} {}", entry.method, entry.route);
        assert_eq!(
            takes_one,
            in_table || entry.route.ends_with("/import"),
            "{route}: tests/suite/bad_input_fields.rs has each route that takes a body, and no other"
        );
    }
}
