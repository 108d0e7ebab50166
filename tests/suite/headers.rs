//! Headers: one that cannot be read is refused and never passed over, and what means the same is taken for the same.

use rocket::http::{ContentType, Method};
use serde_json::{Value, json};
use shophouse::http::BASE;

use crate::routes::{ROUTES, Shelf};
use crate::support::connection::Connection;
use crate::support::goods::{order_of, variant};
use crate::support::process::Process;
use crate::support::world::text;
use crate::support::{Answer, Caller, Tenants, World};

/// Sends a request of which one header is not UTF-8.
fn send_raw(to: &mut Connection, method: &str, path: &str, token: &str, header: &[u8], body: &str) -> Answer {
    let length = body.len();
    let head = format!(
        "{method} {BASE}{path} HTTP/1.1\r\nHost: shop\r\nContent-Length: {length}\r\nAuthorization: Bearer {token}\r\n"
    );
    let kind: &[u8] =
        if header.starts_with(b"Content-Type") { b"" } else { b"Content-Type: application/json\r\n" };
    to.send(&[head.as_bytes(), kind, header, b"\r\n\r\n", body.as_bytes()].concat());
    to.answer(&format!("{method} {BASE}{path}"))
}

#[test]
fn a_header_that_cannot_be_read_is_refused() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let product = owner.sells("Shirt");
    let order = order_of(&[(&variant(&product, 0), 1)]).to_string();
    let product = format!("/products/{}", text(&product["id"]));
    let server = Process::serve(&world.database);
    let token = owner.token.as_deref().unwrap();
    let mut connection = Connection::to(server.address());
    for (method, path, header, body) in [
        ("POST", "/orders", b"Idempotency-Key: \xd7\xf8".as_slice(), order.as_str()),
        ("POST", "/orders", b"Content-Type: application/json; x=\xff", &order),
        ("POST", "/orders", b"content-encoding: \xff", &order),
        // Not checked here, and refused for that as well.
        ("POST", "/orders", b"If-Match: \"\xe9\"", &order),
        ("PATCH", product.as_str(), b"If-Match: \"\xe9\"", r#"{"title": "Hat"}"#),
        ("GET", &product, b"If-None-Match: \"\xe9\"", ""),
        ("GET", &product, b"AUTHORIZATION: Bearer \xe9", ""),
        ("DELETE", "/me", b"X-Confirm-Password: \xe9", ""),
    ] {
        let shown = String::from_utf8_lossy(header);
        let answer = send_raw(&mut connection, method, path, token, header, body);
        assert_eq!(answer.status, 400, "{shown}: {answer}");
        answer.expect_problem(400, "invalid_header");
        // Rocket calls no fairing for a method that it does not know: nothing of it stays for the next request.
        let unknown = send_raw(&mut connection, "BREW", path, token, header, "");
        unknown.expect_problem(405, "method_not_allowed");
    }
    assert!(owner.all("/orders?limit=100").is_empty());
    assert_eq!(owner.get(&product).expect(200)["title"], "Shirt");
    // What changes nothing of the answer may be anything.
    for header in
        [b"User-Agent: Caf\xe9".as_slice(), b"Referer: /\xff", b"X-Request-Id: \xff", b"X-Any: \xff"]
    {
        send_raw(&mut connection, "GET", &product, token, header, "").expect(200);
    }
    server.stopped();
}

/// The trusted proxy's word on who sends a request cannot be passed over either: it would count for the proxy.
#[test]
fn a_proxy_that_cannot_be_understood_is_refused() {
    let world = World::new();
    let settings = [("SHOPHOUSE_TRUSTED_PROXIES", "127.0.0.1")];
    let server = Process::serve_with(&world.database, &settings);
    let mut connection = Connection::to(server.address());
    let header = b"X-Forwarded-For: \xff, 192.0.2.1";
    send_raw(&mut connection, "GET", "/shops", "none", header, "").expect_problem(401, "invalid_token");
    let login = json!({ "email": "ada@example.com", "password": "correct horse" }).to_string();
    let answer = send_raw(&mut connection, "POST", "/auth/login", "none", header, &login);
    answer.expect_problem(400, "invalid_header");
    server.stopped();
}

fn ordering(owner: &Caller<'_>, path: &str, key: &str, order: &Value) -> Answer {
    let body = (ContentType::JSON, order.to_string().into_bytes());
    owner.raw(Method::Post, path, &[("Idempotency-Key", key)], Some(body))
}

#[test]
fn a_key_is_one_key_however_it_and_the_address_are_written() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let order = order_of(&[(&variant(&owner.sells("Shirt"), 0), 1)]);
    let first = ordering(&owner, "/api/v1/orders", "k", &order).expect(201);
    for (path, key) in [
        ("/api/v1/orders", "\"k\""),
        ("/api/v1/orders/", "k"),
        ("/api/v1//orders", "k"),
        ("/api/v1/%6Frders", "\"\\k\""),
    ] {
        let again = ordering(&owner, path, key, &order);
        if key.contains('\\') {
            again.expect_problem(400, "invalid_header");
            continue;
        }
        assert_eq!((again.status, again.json()), (201, first.clone()), "{path} {key}");
        assert_eq!(again.header("Idempotency-Replayed"), Some("true"), "{path} {key}");
    }
    let pay = |id: &str| ordering(&owner, &format!("/api/v1/orders/{id}/pay"), "p", &json!({}));
    let id = text(&first["id"]);
    pay(&id).expect(200);
    let again = pay(&id.to_uppercase());
    assert_eq!(again.header("Idempotency-Replayed"), Some("true"), "{again}");
    assert_ne!(ordering(&owner, "/api/v1/orders", "\"k 1\"", &order).expect(201)["id"], first["id"]);
    let twice = [("Idempotency-Key", "k"), ("Idempotency-Key", "k")];
    let body = Some((ContentType::JSON, order.to_string().into_bytes()));
    owner.raw(Method::Post, "/api/v1/orders", &twice, body).expect_problem(400, "invalid_header");
}

#[test]
fn every_route_answers_head_and_options() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("books");
    let shelf = Shelf::of(&owner);
    for entry in ROUTES {
        let path = shelf.fill(entry.path);
        let answer = tenants.nobody().raw(Method::Options, &path, &[], None);
        assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{answer}");
        let allowed: Vec<&str> = answer.header("Allow").unwrap().split(", ").collect();
        assert!(allowed.contains(&entry.method.as_str()) && allowed.contains(&"OPTIONS"), "{answer}");
        let takes_patches = answer.header("Accept-Patch").is_some();
        assert_eq!(takes_patches, allowed.contains(&"PATCH"), "{answer}");
        for method in [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete] {
            if !allowed.contains(&method.as_str()) {
                let refused = owner.raw(method, &path, &[], None);
                refused.expect_problem(405, "method_not_allowed");
                assert_eq!(refused.header("Allow"), answer.header("Allow"), "{refused}");
            }
        }
        if entry.method == Method::Get {
            let [get, head] = [Method::Get, Method::Head].map(|method| owner.raw(method, &path, &[], None));
            assert_eq!((head.status, head.body.as_str()), (get.status, ""), "{head}");
        }
    }
    tenants.nobody().raw(Method::Options, "/nowhere", &[], None).expect_problem(404, "not_found");
}

#[test]
fn an_address_of_its_own_is_nothing_with_an_id() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("books");
    for (method, path, allowed) in [
        (Method::Put, "/products/export", "GET, HEAD, OPTIONS"),
        (Method::Get, "/products/import", "OPTIONS, POST"),
        (Method::Head, "/products/import", "OPTIONS, POST"),
        (Method::Delete, "/products/import/", "OPTIONS, POST"),
    ] {
        let answer = owner.raw(method, &format!("{BASE}{path}"), &[], None);
        assert_eq!((answer.status, answer.header("Allow")), (405, Some(allowed)), "{answer}");
    }
    owner.raw(Method::Get, "/api/v1/products/other", &[], None).expect_problem(404, "not_found");
}

#[test]
fn a_content_type_is_read_as_http_has_it() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let send = |method, path: &str, kind: &str| {
        let body = if method == Method::Patch {
            r#"{"title": "Hat"}"#
        } else {
            r#"{"title": "Hat", "price": {"amount": 5900.0}}"#
        };
        owner.raw_bytes(method, &format!("{BASE}{path}"), &[("Content-Type", kind)], body.as_bytes())
    };
    for kind in [
        "application/json",
        "application/JSON",
        "Application/Json;",
        "application/json; ; charset=utf-8",
        "application/json ; Charset=\"UTF-8\" ;",
    ] {
        let made = send(Method::Post, "/products", kind).expect(201);
        assert_eq!(made["variants"][0]["price"]["amount"], 5_900, "{kind}");
    }
    send(Method::Post, "/products", "application/merge-patch+json")
        .expect_problem(415, "unsupported_media_type");
    let product = format!("/products/{}", text(&owner.sells("Shirt")["id"]));
    for kind in
        ["application/merge-patch+json", "Application/Merge-Patch+JSON; charset=utf-8", "application/json"]
    {
        assert_eq!(send(Method::Patch, &product, kind).expect(200)["title"], "Hat", "{kind}");
    }
    let refused = send(Method::Patch, &product, "application/json-patch+json");
    refused.expect_problem(415, "unsupported_media_type");
    let taken = refused.header("Accept-Patch");
    assert_eq!(taken, Some("application/json, application/merge-patch+json"), "{refused}");
}

#[test]
fn a_refused_token_is_told_what_is_wrong_with_it() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let none = tenants.nobody().get("/me");
    assert_eq!(none.header("WWW-Authenticate"), Some("Bearer realm=\"shophouse\""), "{none}");
    let wrong = tenants.nobody().with_token("nonsense").get("/me");
    wrong.expect_problem(401, "invalid_token");
    assert!(wrong.header("WWW-Authenticate").unwrap().contains("error=\"invalid_token\""), "{wrong}");
    owner.is_signed_out();
    let ended = owner.get("/me");
    ended.expect_problem(401, "session_revoked");
    assert!(ended.header("WWW-Authenticate").unwrap().contains("error=\"invalid_token\""), "{ended}");
    let two = [("Authorization", "Bearer other")];
    let twice = owner.raw(Method::Get, "/api/v1/me", &two, None);
    twice.expect_problem(400, "invalid_header");
    assert_eq!(twice.header("WWW-Authenticate"), Some("Bearer error=\"invalid_request\""), "{twice}");
}
