//! Headers that say how a body is to be read: its content type, its character set and its content coding.

use rocket::http::{ContentType, Method};

use crate::routes::{Entry, ROUTES, Shelf, Who};
use crate::support::{Answer, Member, Tenants};

/// A request to a route with its body, or one that the route does not take.
fn send(owner: &Member<'_>, shelf: &Shelf, entry: &Entry, headers: &[(&str, &str)]) -> Answer {
    let body = if entry.body.is_empty() { "{}".to_owned() } else { shelf.fill(entry.body) };
    let kind = if body.starts_with('{') { ContentType::JSON } else { ContentType::CSV };
    owner.raw(entry.method, &shelf.fill(entry.path), headers, Some((kind, body.into_bytes())))
}

fn that_may_have_a_body() -> impl Iterator<Item = &'static Entry> {
    ROUTES.iter().filter(|entry| entry.method != Method::Get)
}

#[test]
fn a_body_in_a_content_coding_is_refused_by_every_route() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("books");
    let shelf = Shelf::of(&owner);
    for entry in that_may_have_a_body() {
        for coding in
            ["gzip", "GZip", "br", "deflate", "zstd", "identity, gzip", "gzip, gzip", "x-unknown", " gzip "]
        {
            let answer = send(&owner, &shelf, entry, &[("Content-Encoding", coding)]);
            answer.expect_problem(415, "unsupported_media_type");
            assert_eq!(answer.header("Accept-Encoding"), Some("identity"), "{answer}");
        }
        let two = [("Content-Encoding", "identity"), ("content-encoding", "gzip")];
        send(&owner, &shelf, entry, &two).expect_problem(415, "unsupported_media_type");
    }
    owner.get("/me").expect(200);
}

/// Who asks is known before anything of a body is looked at.
#[test]
fn a_caller_who_is_unknown_is_told_that_first() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("books");
    let shelf = Shelf::of(&owner);
    for entry in that_may_have_a_body().filter(|entry| entry.who != Who::Anyone) {
        let headers = [("Content-Encoding", "gzip"), ("Content-Type", "application/json; charset=utf-16")];
        let answer = tenants.nobody().raw(entry.method, &shelf.fill(entry.path), &headers, None);
        answer.expect_problem(401, "unauthenticated");
    }
}

#[test]
fn the_coding_identity_is_none() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("books");
    let product = br#"{"title": "Hat", "price": {"amount": 1}}"#;
    for coding in ["identity", "Identity", "", "identity, identity", " identity ,"] {
        let body = Some((ContentType::JSON, product.to_vec()));
        owner.raw(Method::Post, "/api/v1/products", &[("Content-Encoding", coding)], body).expect(201);
    }
    // Without a body there is nothing in a coding.
    owner.raw(Method::Get, "/api/v1/products", &[("Content-Encoding", "gzip")], None).expect(200);
    let none = [("Content-Encoding", "gzip"), ("Content-Length", "0")];
    let shop = owner.shop_id();
    owner
        .raw(Method::Post, &format!("/api/v1/shops/{shop}/restore"), &none, None)
        .expect_problem(409, "not_restorable");
}

#[test]
fn a_body_is_in_utf_8() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("books");
    let files: [(&str, &str, &[u8], u16); 2] = [
        ("/api/v1/products", "application/json", br#"{"title": "Hat", "price": {"amount": 1}}"#, 201),
        (
            "/api/v1/products/import?on_conflict=update",
            "text/csv",
            b"Handle,Title,Variant Price\na,A,1\n",
            200,
        ),
    ];
    for (path, kind, body, done) in files {
        let send = |headers: &[(&str, &str)]| {
            let answer = owner.raw_bytes(Method::Post, path, headers, body);
            (answer.status, answer)
        };
        for charset in
            ["utf-16", "UTF-16LE", "latin1", "\"iso-8859-1\"", "us-ascii", "windows-1252", "utf-7", "\"\""]
        {
            let (_, answer) = send(&[("Content-Type", &format!("{kind}; charset={charset}"))]);
            let problem = answer.expect_problem(415, "unsupported_media_type");
            assert!(problem["detail"].as_str().unwrap().contains("UTF-8"), "{answer}");
        }
        for header in [
            format!("{kind}; charset=utf-8; charset=utf-16"),
            format!("{kind}; CHARSET=utf-16"),
            format!("{kind}, {kind}"),
            format!("{kind}x"),
            format!("{kind}/x"),
            "json".to_owned(),
            String::new(),
        ] {
            let (_, answer) = send(&[("Content-Type", &header)]);
            let problem = answer.expect_problem(415, "unsupported_media_type");
            assert!(!problem["detail"].as_str().unwrap().contains("missing"), "{answer}");
        }
        let (_, answer) = send(&[("Content-Type", kind), ("Content-Type", kind)]);
        answer.expect_problem(415, "unsupported_media_type");
        let (_, answer) = send(&[]);
        answer.expect_problem(415, "unsupported_media_type");
        for header in [
            format!("{kind}; charset=utf-8"),
            format!("{kind};charset=UTF-8"),
            format!("{kind}; Charset=\"Utf-8\""),
            format!("{kind}; header=present"),
            format!("{kind};"),
            kind.to_uppercase(),
        ] {
            let (status, answer) = send(&[("Content-Type", &header)]);
            assert_eq!(status, done, "{header}: {answer}");
        }
    }
}

#[test]
fn a_body_that_is_not_there_is_called_missing() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("books");
    for (path, kind) in [("/api/v1/products", "application/json"), ("/api/v1/products/import", "text/csv")] {
        let answer = owner.raw_bytes(Method::Post, path, &[], b"");
        let problem = answer.expect_problem(415, "unsupported_media_type");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("missing") && detail.contains(kind), "{answer}");
    }
    let answer =
        owner.raw_bytes(Method::Post, "/api/v1/products", &[("Content-Type", "application/json")], b"");
    let problem = answer.expect_problem(400, "invalid_json");
    assert!(problem["detail"].as_str().unwrap().contains("missing"), "{answer}");
}
