//! Compressed answers: the same as those without a coding, named by tags of their own, and never those that hold a secret.

use std::collections::BTreeSet;

use rocket::http::{ContentType, Method};
use serde_json::{Value, json};
use shophouse::http::BASE;

use crate::support::connection::Connection;
use crate::support::described::{DOCUMENT, operation, resolve};
use crate::support::factor::code;
use crate::support::installation::Installation;
use crate::support::world::{ORIGIN, PASSWORD, text};
use crate::support::{Answer, Caller, Member, Tenants, World};

/// What browsers send.
const BROWSER: &str = "gzip, deflate, br, zstd";

fn ask(caller: &Caller<'_>, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    caller.raw(method, path, headers, None)
}

fn accepting(caller: &Caller<'_>, path: &str, codings: &str) -> Answer {
    ask(caller, Method::Get, path, &[("Accept-Encoding", codings)])
}

fn coding(answer: &Answer) -> Option<&str> {
    answer.header("Content-Encoding")
}

/// Whether a cache is told that other codings have other answers.
fn varies(answer: &Answer) -> bool {
    let is_so = |(name, value): &(String, String)| {
        name.eq_ignore_ascii_case("Vary") && value.split(',').any(|name| name.trim() == "Accept-Encoding")
    };
    answer.headers.iter().any(is_so)
}

/// A product of which an answer is worth compressing, and its address.
fn large(owner: &Member<'_>) -> (Value, String) {
    let body = json!({
        "title": "Shirt", "handle": "shirt", "description": "<p>Washed linen.</p>".repeat(200), "price": { "amount": 1 },
    });
    let product = owner.post("/products", body).expect(201);
    let path = format!("{BASE}/products/{}", text(&product["id"]));
    (product, path)
}

#[test]
fn an_answer_has_the_coding_that_the_client_likes_best() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let (_, path) = large(&owner);
    let list = format!("{BASE}/products");
    let storefront = format!("{BASE}/storefront/loft/products");
    for path in [
        path.as_str(),
        &list,
        &storefront,
        "/openapi.json",
        "/docs",
        "/docs/problems",
        "/docs/swagger-ui.css",
    ] {
        let plain = ask(&owner, Method::Get, path, &[]);
        assert_eq!((plain.status, coding(&plain)), (200, None), "{path}");
        assert!(varies(&plain) && plain.body.len() > 1024, "{path}");
        for (codings, expected) in [
            ("gzip", Some("gzip")),
            ("GZIP;q=0.3", Some("gzip")),
            ("*", Some("gzip")),
            ("identity;q=0, *;q=0.1", Some("gzip")),
            ("zstd", Some("zstd")),
            ("zstd;q=0, gzip", Some("gzip")),
            ("br", None),
            ("identity", None),
            ("identity;q=0", None),
            ("*;q=0", None),
            ("gzip;q=0", None),
            ("", None),
        ] {
            let answer = accepting(&owner, path, codings);
            assert_eq!((answer.status, coding(&answer)), (200, expected), "{path} {codings}");
            assert_eq!(answer.body, plain.body, "{path} {codings}");
            assert_eq!(answer.header("Content-Type"), plain.header("Content-Type"), "{path}");
            assert!(varies(&answer), "{path}");
        }
        // What is kept compressed is sent as it is kept.
        let expected = if path.starts_with("/api") { "zstd" } else { "gzip" };
        assert_eq!(coding(&accepting(&owner, path, BROWSER)), Some(expected), "{path}");
    }
    let headers = [("Accept-Encoding", "br"), ("Accept-Encoding", "gzip"), ("Origin", ORIGIN)];
    let answer = ask(&owner, Method::Get, &path, &headers);
    assert_eq!(coding(&answer), Some("gzip"), "{answer}");
    assert!(
        varies(&answer) && answer.headers.contains(&("Vary".to_owned(), "Origin".to_owned())),
        "{answer}"
    );
}

#[test]
fn what_is_small_is_sent_as_it_is() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let problem = accepting(&owner, &format!("{BASE}/products/none"), BROWSER);
    problem.expect_problem(404, "not_found");
    for answer in [accepting(&owner, &format!("{BASE}/me"), BROWSER), problem] {
        assert_eq!(coding(&answer), None, "{answer}");
    }
}

#[test]
fn a_compressed_representation_has_a_tag_of_its_own_which_names_the_same_resource() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let (_, path) = large(&owner);
    let plain = text(&json!(ask(&owner, Method::Get, &path, &[]).header("ETag")));
    for (path, change) in
        [(path.as_str(), true), ("/openapi.json", false), ("/docs", false), ("/docs/docs.js", false)]
    {
        let plain = ask(&owner, Method::Get, path, &[]).header("ETag").unwrap().to_owned();
        let codings: &[&str] = if change { &["gzip", "zstd"] } else { &["gzip"] };
        for coding in codings {
            let answer = accepting(&owner, path, coding);
            let tag = format!("{}-{coding}\"", plain.trim_end_matches('"'));
            assert_eq!(answer.header("ETag"), Some(tag.as_str()), "{answer}");
            let ask_again = |known: &str, codings: &str| {
                let headers = [("If-None-Match", known), ("Accept-Encoding", codings)];
                let answer = ask(&owner, Method::Get, path, &headers);
                assert!(varies(&answer), "{answer}");
                (answer.status, answer.header("ETag").unwrap().to_owned())
            };
            for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
                assert_eq!(ask_again(&known, coding), (304, tag.clone()), "{known}");
            }
            // A cache may name all that it has: it is told which one serves this client.
            let all = format!("{plain}, {tag}");
            assert_eq!(ask_again(&all, "identity"), (304, plain.clone()));
            assert_eq!(ask_again(&tag, "identity"), (200, plain.clone()));
            assert_eq!(ask_again("*", coding), (304, plain.clone()));
            assert_eq!(ask_again("\"other-gzip\"", coding), (200, tag.clone()));
        }
    }
    let change = |tag: &str, title: &str| {
        let body = Some((ContentType::JSON, json!({ "title": title }).to_string().into_bytes()));
        owner.raw(Method::Patch, &path, &[("If-Match", tag), ("Accept-Encoding", "gzip")], body)
    };
    let tag = format!("{}-zstd\"", plain.trim_end_matches('"'));
    change(&format!("W/{tag}"), "Hat").expect_problem(412, "precondition_failed");
    let changed = change(&tag, "Hat");
    changed.expect(200);
    assert_eq!(coding(&changed), Some("gzip"), "{changed}");
    change(&tag, "Cap").expect_problem(412, "precondition_failed");
    change(changed.header("ETag").unwrap(), "Cap").expect(200);
}

#[test]
fn the_answer_to_head_and_the_length_are_right() {
    let installation = Installation::with_cluster();
    let server = installation.start();
    let mut connection = Connection::to(&server.address);
    for path in ["/openapi.json", "/docs", "/docs/docs.css", "/docs/swagger-ui-bundle.js"] {
        for codings in ["identity", "gzip", "zstd"] {
            // On one connection: with a wrong length the next answer could not be read.
            let headers = [("Accept-Encoding", codings)];
            let get = connection.ask("GET", path, &headers, 0);
            let head = connection.ask("HEAD", path, &headers, 0);
            assert_eq!((get.status, head.status, head.body.len()), (200, 200, 0), "{path} {codings}");
            for name in ["Content-Length", "Content-Encoding", "Content-Type", "ETag", "Vary"] {
                assert_eq!(get.header(name), head.header(name), "{path} {codings} {name}");
            }
            let sent: usize = get.header("Content-Length").unwrap().parse().unwrap();
            assert_eq!(sent < get.body.len(), coding(&get).is_some(), "{path} {codings}");
        }
    }
}

#[test]
fn a_file_under_the_name_of_its_version_is_kept_for_ever() {
    let tenants = Tenants::new();
    let page = accepting(&tenants.nobody(), "/docs", BROWSER);
    assert_eq!(page.header("Cache-Control"), Some("public, max-age=300"), "{page}");
    let files: Vec<&str> =
        page.body.split('"').filter(|text| text.starts_with("/docs/") && text.contains('.')).collect();
    assert_eq!(files.len(), 4, "{files:?}");
    for file in files {
        let answer = accepting(&tenants.nobody(), file, BROWSER);
        let kept = Some("public, max-age=31536000, immutable");
        assert_eq!((answer.status, answer.header("Cache-Control")), (200, kept), "{file}");
        let [before, version, after] = file.splitn(3, '.').collect::<Vec<_>>().try_into().unwrap();
        let bare = accepting(&tenants.nobody(), &format!("{before}.{after}"), BROWSER);
        assert_eq!(bare.header("Cache-Control"), Some("public, max-age=300"), "{file}");
        assert_eq!((bare.header("ETag"), &bare.body), (answer.header("ETag"), &answer.body), "{file}");
        let wrong = accepting(&tenants.nobody(), &file.replace(version, "AAAAAAAAAA"), BROWSER);
        wrong.expect_problem(404, "not_found");
    }
}

#[test]
fn an_export_is_compressed_too() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    large(&owner);
    let path = format!("{BASE}/products/export");
    let plain = ask(&owner, Method::Get, &path, &[]);
    assert!(coding(&plain).is_none() && varies(&plain) && plain.body.starts_with("Handle,"), "{plain}");
    for codings in ["gzip", "zstd"] {
        let answer = accepting(&owner, &path, codings);
        assert_eq!((answer.status, coding(&answer)), (200, Some(codings)), "{answer}");
        assert_eq!(answer.body, plain.body);
        assert_eq!(answer.header("Content-Type"), plain.header("Content-Type"), "{answer}");
        assert_eq!(answer.header("Content-Disposition"), plain.header("Content-Disposition"), "{answer}");
    }
}

/// Fields whose value lets somebody in.
const SECRETS: [&str; 5] = ["access_token", "key", "recovery_codes", "secret", "token"];

/// Whether a schema of an answer has such a field, wherever it stands.
fn holds_secret(schema: &'static Value) -> bool {
    let schema = resolve(schema);
    let parts = ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|all| schema[all].as_array()).flatten();
    let fields = schema["properties"].as_object().into_iter().flatten();
    parts.chain([&schema["items"]]).filter(|part| part.is_object()).any(holds_secret)
        || fields.into_iter().any(|(name, field)| {
            // Where it is a number, it only says how many there are.
            SECRETS.contains(&name.as_str()) && field["type"] != "integer" || holds_secret(field)
        })
}

/// The operations whose answers hold secrets, by the document.
fn secret_operations() -> BTreeSet<&'static str> {
    let paths = DOCUMENT["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|item| item.as_object().unwrap().values());
    let answers = |operation: &'static Value| operation["responses"].as_object().unwrap().iter();
    let is_secret = |operation: &&'static Value| {
        answers(operation)
            .filter(|(status, _)| status.starts_with('2'))
            .any(|(_, answer)| holds_secret(&resolve(answer)["content"]["application/json"]["schema"]))
    };
    operations.filter(is_secret).map(|operation| operation["operationId"].as_str().unwrap()).collect()
}

#[test]
fn what_holds_a_secret_is_never_compressed() {
    let world = World::new();
    let ada = world.user("ada");
    let owner = ada.opens_shop("loft");
    let seen = std::cell::RefCell::new(BTreeSet::new());
    let send = |caller: &Caller<'_>, method: Method, path: &str, body: Option<Value>| {
        let body = body.map(|body| (ContentType::JSON, body.to_string().into_bytes()));
        let path = format!("{BASE}{path}");
        let answer = caller.raw(method, &path, &[("Accept-Encoding", BROWSER)], body);
        assert!(answer.status < 300 && coding(&answer).is_none() && !varies(&answer), "{answer}");
        seen.borrow_mut().insert(operation(method.as_str(), &path).unwrap()["operationId"].as_str().unwrap());
        answer
    };
    let post = |caller: &Caller<'_>, path: &str, body: Option<Value>| send(caller, Method::Post, path, body);
    let login = json!({ "email": ada.email, "password": PASSWORD });
    let pair = post(&world.nobody(), "/auth/login", Some(login)).json();
    post(&world.nobody(), "/auth/refresh", Some(json!({ "refresh_token": pair["refresh_token"] })));
    post(&ada, "/auth/switch", Some(json!({ "shop": "loft" })));
    // Long enough to be worth it, if it could be.
    let key = json!({ "name": "青".repeat(255), "shop": "loft", "role": "staff", "password": PASSWORD });
    let key = post(&owner, "/me/keys", Some(key));
    assert!(key.body.len() > 1024, "{key}");
    post(
        &owner,
        &format!("/me/keys/{}/rotate", text(&key.json()["id"])),
        Some(json!({ "password": PASSWORD })),
    );
    let invited = json!({ "email": "bob@example.com", "role": "staff" });
    let invitation = post(&owner, "/shops/loft/members", Some(invited)).json();
    world.sql().run("DELETE FROM invitation_counts");
    post(&owner, &format!("/shops/loft/invitations/{}/resend", text(&invitation["id"])), None);
    let begun = post(&ada, "/me/factors/totp", Some(json!({ "password": PASSWORD }))).json();
    let secret = text(&begun["secret"]);
    post(&ada, "/me/factors/totp/confirm", Some(json!({ "code": code(&secret, 0) })));
    let both = json!({ "password": PASSWORD, "code": code(&secret, 1) });
    send(&ada, Method::Put, "/me/factors/totp/recovery-codes", Some(both));
    assert_eq!(*seen.borrow(), secret_operations());
}
