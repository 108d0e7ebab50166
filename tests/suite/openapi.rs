//! The API's own description: complete, true, and browsable.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use rocket::http::{ContentType, Method};
use serde_json::{Value, json};

use crate::routes::{Entry, ROUTES, Shelf, Who};
use crate::support::described::{DOCUMENT, resolve};
use crate::support::process::Process;
use crate::support::world::Person;
use crate::support::{Answer, Database, Tenants, World, browser, factor};

/// Every operation with its method and path.
pub fn operations() -> impl Iterator<Item = (String, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, item)| {
        let operations = item.as_object().unwrap();
        operations
            .iter()
            .map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
    })
}

/// As OpenAPI writes a route.
pub fn normalised(method: Method, route: &str) -> String {
    format!("{method} {}", route.replace('<', "{").replace('>', "}"))
}

/// Whether a route is for people, and no operation of the API.
fn is_for_people(operation: &str) -> bool {
    let path = operation.split_once(' ').unwrap().1;
    path == "/" || path == "/openapi.json" || path.starts_with("/docs")
}

fn described_entries() -> impl Iterator<Item = &'static Entry> {
    ROUTES.iter().filter(|entry| !is_for_people(&normalised(entry.method, entry.route)))
}

#[test]
fn every_mounted_route_is_described_and_nothing_else() {
    let world = World::new();
    let mounted: BTreeSet<String> =
        world.routes().map(|route| normalised(route.method, &route.uri.to_string())).collect();
    let described: BTreeSet<String> = operations().map(|(name, _)| name).collect();
    let mounted: BTreeSet<String> = mounted.into_iter().filter(|name| !is_for_people(name)).collect();
    let missing: Vec<_> = mounted.difference(&described).collect();
    let gone: Vec<_> = described.difference(&mounted).collect();
    assert!(missing.is_empty(), "these are mounted and not described: {missing:?}");
    assert!(gone.is_empty(), "these are described and not mounted: {gone:?}");
}

#[test]
fn the_description_is_served_openly_and_may_be_kept() {
    let tenants = Tenants::new();
    let answer = tenants.nobody().raw(Method::Get, "/openapi.json", &[], None);
    assert_eq!(answer.expect(200), *DOCUMENT);
    assert_eq!(answer.header("Cache-Control"), Some("public, max-age=300"), "{answer}");
    assert_eq!(answer.header("Content-Type"), Some("application/json"), "{answer}");
    assert!(DOCUMENT["openapi"].as_str().unwrap().starts_with("3.1."), "{}", DOCUMENT["openapi"]);
}

#[test]
fn the_command_prints_it_without_database_or_configuration() {
    let elsewhere = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_shophouse"))
        .arg("openapi")
        .current_dir(&elsewhere)
        .env_clear()
        .env("DATABASE_URL", "nonsense")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap(), *DOCUMENT);
    assert_eq!(std::fs::read_dir(&elsewhere).unwrap().count(), 0, "it left something behind");
}

#[test]
fn every_operation_has_a_summary_a_tag_and_a_name_of_its_own() {
    let mut names = BTreeMap::new();
    let tags: Vec<&Value> = DOCUMENT["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    for (operation, described) in operations() {
        assert!(described["summary"].as_str().is_some_and(|text| !text.is_empty()), "{operation}");
        assert!(described["description"].as_str().is_some_and(|text| !text.is_empty()), "{operation}");
        assert!(tags.contains(&&described["tags"][0]), "{operation}: {}", described["tags"]);
        let name = described["operationId"].as_str().unwrap();
        assert_eq!(names.insert(name, operation.clone()), None, "{operation}: {name} is another's");
    }
}

#[test]
fn every_body_and_every_answer_of_a_named_form_has_an_example() {
    for (operation, described) in operations() {
        let answers = described["responses"].as_object().unwrap();
        let well = answers.iter().filter(|(status, _)| status.starts_with('2')).map(|(_, answer)| answer);
        let contents = well.chain([&described["requestBody"]]).filter_map(|part| part["content"].as_object());
        for (kind, content) in contents.flatten() {
            let needs_one = !content["schema"]["$ref"].is_null();
            assert!(!needs_one || !content["example"].is_null(), "{operation}: {kind} has no example");
        }
        let location = &described["responses"]["201"]["headers"]["Location"];
        assert!(location.is_null() || location["example"].is_string(), "{operation}: no example of Location");
    }
}

#[test]
fn every_reference_points_at_something() {
    fn walk(value: &'static Value) {
        resolve(value);
        match value {
            Value::Array(items) => items.iter().for_each(walk),
            Value::Object(fields) => fields.values().for_each(walk),
            _ => {}
        }
    }
    walk(&DOCUMENT);
}

#[test]
fn it_says_who_may_call_as_the_table_does() {
    let described: BTreeMap<String, &Value> = operations().collect();
    for Entry { method, route, who, .. } in described_entries() {
        let operation = described[&normalised(*method, route)];
        let asks = operation["security"] == json!([{ "bearerAuth": [] }]);
        assert!(asks || operation["security"] == json!([]), "{method} {route}: {}", operation["security"]);
        assert_eq!(asks, *who != Who::Anyone, "{method} {route}");
        let least = match who {
            Who::AtLeast(role) => json!(role),
            Who::Anyone | Who::SignedIn => Value::Null,
        };
        assert_eq!(operation["x-least-role"], least, "{method} {route}");
    }
}

#[test]
fn it_is_the_description_that_was_reviewed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/openapi.snapshot.json");
    let now = format!("{:#}\n", *DOCUMENT);
    if std::env::var_os("UPDATE_SNAPSHOT").is_some() {
        std::fs::write(&path, now).unwrap();
        return;
    }
    let then = std::fs::read_to_string(&path).unwrap();
    let differs = then.lines().zip(now.lines()).position(|(then, now)| then != now);
    let line = differs.unwrap_or_else(|| then.lines().count().min(now.lines().count()));
    assert!(
        then == now,
        "the description has changed, first at line {}. When that is meant: UPDATE_SNAPSHOT=1 cargo test --test \
         suite openapi, and commit what `git diff` shows of {}",
        line + 1,
        path.display()
    );
}

/// Calls an operation as its description says, with the ids of things that are there.
fn call_as_described(
    world: &World,
    ada: &Person<'_>,
    entry: &Entry,
    operation: &'static Value,
    number: usize,
) -> Answer {
    let shop = ada.opens_shop(&format!("shop-{number}"));
    let caller = match entry.who {
        Who::AtLeast(role) => shop.joined_by(&format!("user-{number}"), role),
        _ if ends_its_caller(entry) || entry.is_for_the_invited() => {
            shop.joined_by(&format!("user-{number}"), "customer")
        }
        _ => shop.clone(),
    };
    let is_customer = entry.who == Who::AtLeast("customer") || entry.is_for_the_invited();
    let customer = if is_customer { &caller } else { &shop };
    let shelf = Shelf::of_customer(&shop, customer);
    let path = shelf.fill(entry.path);
    let needs_payment = ["/fulfil", "/fulfill", "/refund"];
    if let Some(order) = needs_payment.iter().find_map(|act| path.strip_suffix(act)) {
        shop.raw(Method::Post, &format!("{order}/pay"), &[], None).expect(200);
    }
    if entry.path.ends_with("/restore") {
        shop.shop_becomes("deleting");
    }
    let content = operation["requestBody"]["content"].as_object();
    let body = content.and_then(|content| content.iter().next()).map(|(content_type, content)| {
        let mut example = content["example"].clone();
        if let Some(token) = example.get_mut("refresh_token") {
            *token = json!(ada.refresh_token);
        }
        if entry.method == Method::Delete && example["slug"].is_string() {
            example["slug"] = json!(format!("shop-{number}"));
        }
        if entry.route.ends_with("/auth/verify") {
            example["token"] = json!(world.proof_token(&format!("user-{number}")));
        }
        if entry.route.ends_with("/auth/reset") {
            example["token"] = json!(world.reset_token(&format!("user-{number}@example.com")));
        }
        if let Some(code) = example.get_mut("code").filter(|_| entry.route.contains("/factors/")) {
            *code = json!(factor::given(world, &shop.user, entry.method != Method::Post));
        }
        if entry.is_for_the_invited() {
            example["token"] = json!(shelf.fill("token-{offer}"));
        }
        if let Some(variant) = example.pointer_mut("/lines/0/variant_id") {
            *variant = json!(shelf.fill("{variant}"));
        }
        let text = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
        (content_type.parse::<ContentType>().unwrap(), text.into_bytes())
    });
    caller.raw(entry.method, &path, &[], body)
}

/// Whether a route ends the session that it is called with, or changes the password.
fn ends_its_caller(entry: &Entry) -> bool {
    let ends = ["/auth/logout", "/auth/reset", "/me/password"];
    ends.iter().any(|end| entry.route.ends_with(end))
        || (entry.method, entry.route) == (Method::Delete, "/api/v1/me")
}

/// Whether an answer has the form of its example: the same fields, holding the same kinds of values.
fn assert_alike(example: &Value, answer: &Value, at: &str) {
    match (example, answer) {
        // A field that may be null is described by its type.
        (Value::Null, _) | (_, Value::Null) => {}
        (Value::Object(example), Value::Object(answer)) => {
            let keys = |object: &serde_json::Map<String, Value>| object.keys().cloned().collect::<Vec<_>>();
            assert_eq!(keys(example), keys(answer), "{at}");
            for (name, value) in example {
                // Whose names are the shop's own, or the event's.
                if name != "options" && name != "details" {
                    assert_alike(value, &answer[name], &format!("{at}/{name}"));
                }
            }
        }
        (Value::Array(example), Value::Array(answer)) => {
            if let (Some(example), Some(answer)) = (example.first(), answer.first()) {
                assert_alike(example, answer, &format!("{at}/0"));
            }
        }
        (example, answer) => {
            let (one, other) = (std::mem::discriminant(example), std::mem::discriminant(answer));
            assert_eq!(one, other, "{at}: {example} {answer}");
        }
    }
}

#[test]
fn what_is_sent_as_described_is_answered_as_described() {
    let world = World::new();
    let ada = world.user("ada");
    ada.opens_shop_in("the-loft", "EUR");
    let described: BTreeMap<String, &'static Value> = operations().collect();
    for (number, entry) in described_entries().enumerate() {
        let operation = described[&normalised(entry.method, entry.route)];
        let answer = call_as_described(&world, &ada, entry, operation, number);
        let expected = &operation["responses"][answer.status.to_string()];
        assert!((200..400).contains(&answer.status) && !expected.is_null(), "{answer}");
        for name in expected["headers"].as_object().unwrap().keys().filter(|name| *name != "Link") {
            assert!(answer.header(name).is_some(), "{name}: {answer}");
        }
        if let Some(example) = expected["content"]["application/json"].get("example") {
            assert_alike(example, &answer.json(), &answer.request);
        } else if let Some(content) = expected["content"].as_object() {
            let served = answer.header("Content-Type").unwrap();
            let known = content.keys().any(|known| known == "*/*" || served.starts_with(known.as_str()));
            assert!(known, "{served}: {}", answer.request);
        } else {
            assert!(answer.body.is_empty(), "{answer}");
        }
    }
}

#[test]
fn every_word_that_a_parameter_knows_is_taken() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    for (name, operation) in operations().filter(|(name, _)| name.starts_with("GET ")) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let (place, words) = (&parameter["in"], parameter["schema"]["enum"].as_array());
            for word in words.into_iter().flatten().map(|word| word.as_str().unwrap()) {
                let (path, known) = (&name["GET ".len()..], parameter["name"].as_str().unwrap());
                let address = if place == "path" {
                    path.replace(&format!("{{{known}}}"), word)
                } else {
                    let path = path.replace("{slug}", "books").replace("/shops/{id}", "/shops/books");
                    format!("{path}?{known}={word}")
                };
                let answer = shop.raw(Method::Get, &address, &[], None);
                assert_eq!(answer.status, 200, "{answer}");
            }
        }
    }
}

#[test]
fn the_page_may_load_only_what_stands_beside_it() {
    let tenants = Tenants::new();
    let page = tenants.nobody().raw(Method::Get, "/docs", &[], None);
    let policy = page.header("Content-Security-Policy").unwrap();
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    let html = &page.body;
    assert!(!html.contains("<script>") && !html.contains("<style") && !html.contains("//"), "{html}");
    let loaded: Vec<&str> = html.split(['"']).filter(|text| text.starts_with('/')).collect();
    // Four files, and the three pages.
    assert_eq!(loaded.len(), 7, "{loaded:?}");
    for file in loaded {
        let answer = tenants.nobody().raw(Method::Get, file, &[], None);
        assert_eq!((answer.status, answer.header("Content-Security-Policy")), (200, Some(policy)), "{file}");
    }
    tenants.nobody().raw(Method::Get, "/docs/none", &[], None).expect_problem(404, "not_found");
}

#[test]
fn a_browser_shows_every_operation() {
    let database = Database::new();
    let server = Process::serve(&database);
    let base = server.url("");
    let (page, log) = browser::open(&format!("{}/docs", base.strip_suffix(shophouse::http::BASE).unwrap()));
    for (name, operation) in operations() {
        let summary = operation["summary"].as_str().unwrap();
        assert!(page.contains(&format!(">{summary}<")), "{name}: {summary} is not on the page; {log}");
    }
    assert!(page.contains("id=\"sign-in\""), "there is no form to sign in");
    assert!(!log.contains("Content Security Policy"), "{log}");
}
