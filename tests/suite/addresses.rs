//! Addresses that people and simple clients try first: the root, a shop's slug in place of its id, DELETE without a body.

use rocket::http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Tenants, World};

fn at_root(tenants: &Tenants, accept: &str) -> Answer {
    tenants.nobody().raw(Method::Get, "/", &[("Accept", accept)], None)
}

#[test]
fn the_root_leads_to_the_page_of_the_api_and_gives_links_to_programs() {
    let tenants = Tenants::new();
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    for accept in [browser, "*/*", "", "text/html, application/json;q=0.5", "nonsense"] {
        let answer = at_root(&tenants, accept);
        assert_eq!((answer.status, answer.header("Location")), (303, Some("/docs")), "{answer}");
    }
    tenants.nobody().raw(Method::Get, "/docs", &[], None).expect_page();
    let links = tenants.nobody().get("/").expect(200)["links"].clone();
    for accept in ["application/json", "application/json, text/plain, */*"] {
        assert_eq!(at_root(&tenants, accept).expect(200)["links"], links);
    }
    for link in links.as_object().unwrap().values() {
        let answer = tenants.nobody().raw(Method::Get, link.as_str().unwrap(), &[], None);
        assert_eq!(answer.status, 200, "{answer}");
    }
}

#[test]
fn the_type_of_a_problem_opens_a_page_that_explains_it() {
    let tenants = Tenants::new();
    let problem = tenants.nobody().get("/me").expect_problem(401, "unauthenticated");
    let (path, code) = problem["type"].as_str().unwrap().split_once('#').unwrap();
    let page = tenants.nobody().raw(Method::Get, path, &[], None);
    assert!(page.expect_page().contains(&format!("id=\"{code}\"")), "{page}");
    assert!(!page.body.contains("<script") && !page.body.contains("style="), "{page}");
    assert!(!page.body.contains("<td></td>"), "a code has no advice: {page}");
}

#[test]
fn a_response_in_json_has_no_headers_that_are_for_pages() {
    let tenants = Tenants::new();
    for answer in [tenants.nobody().get("/"), tenants.nobody().get("/me"), tenants.nobody().get("/nowhere")] {
        assert_eq!(answer.header("X-Content-Type-Options"), Some("nosniff"), "{answer}");
        for name in ["Permissions-Policy", "X-Frame-Options"] {
            assert_eq!(answer.header(name), None, "{answer}");
        }
    }
    let page = tenants.nobody().raw(Method::Get, "/docs", &[], None);
    assert_eq!(page.header("X-Frame-Options"), Some("DENY"), "{page}");
}

#[test]
fn a_shop_is_named_in_a_path_by_its_id_or_by_its_slug() {
    let world = World::new();
    let ada = world.user("ada").opens_shop("books");
    let member = ada.joined_by("cleo", "staff");
    let user = member.as_caller().user;
    let id = ada.shop_id();
    for path in ["", "/members"] {
        let by_id = ada.get(&format!("/shops/{id}{path}")).expect(200);
        assert_eq!(ada.get(&format!("/shops/books{path}")).expect(200), by_id);
    }
    ada.patch("/shops/books", json!({ "name": "Books" })).expect(200);
    let new = json!({ "email": "clerk@example.com", "role": "staff" });
    ada.post("/shops/books/members", new).expect(201);
    ada.patch(&format!("/shops/books/members/{user}"), json!({ "role": "customer" })).expect(200);
    ada.delete(&format!("/shops/books/members/{user}")).expect(204);
    ada.send(Method::Delete, "/shops/books", Some(&json!({ "slug": "books" }))).expect(200);
    assert_eq!(ada.send(Method::Post, "/shops/books/restore", None).expect(200)["id"], json!(id));
    // A stranger learns nothing, and what is no name is not there.
    let bob = world.user("bob").opens_shop("tools");
    for name in ["books", "nobodys", "Books", "b", "books%20", &id.to_string()] {
        for path in ["", "/members"] {
            bob.get(&format!("/shops/{name}{path}")).expect_problem(404, "not_found");
        }
        bob.patch(&format!("/shops/{name}"), json!({ "name": "Mine" })).expect_problem(404, "not_found");
        let path = format!("/shops/{name}?slug=books");
        bob.send(Method::Delete, &path, None).expect_problem(404, "not_found");
        bob.send(Method::Post, &format!("/shops/{name}/restore"), None).expect_problem(404, "not_found");
    }
}

#[test]
fn a_shop_is_deleted_with_its_slug_in_the_query_or_in_the_body() {
    let world = World::new();
    let ada = world.user("ada").opens_shop("books");
    let delete = |query: &str, body: Option<Value>| {
        ada.send(Method::Delete, &format!("/shops/{}{query}", ada.shop_id()), body.as_ref())
    };
    delete("", None).expect_problem(415, "unsupported_media_type");
    delete("?slug=other", None).expect_problem(422, "invalid_field");
    delete("?slug=other", Some(json!({ "slug": "books" }))).expect_problem(422, "invalid_field");
    delete("?slug=books", Some(json!({ "slug": "other" }))).expect_problem(422, "invalid_field");
    delete("?slug=books", Some(json!({ "slag": "books" }))).expect_problem(422, "unknown_field");
    delete("?slug=x", None).expect_problem(422, "invalid_parameter");
    delete("?slug=books&slug=books", None).expect_problem(422, "invalid_parameter");
    delete("?name=books", None).expect_problem(422, "invalid_parameter");
    ada.get("/shops/books").expect(200);
    for (query, body) in [("?slug=books", None), ("", Some("books")), ("?slug=books", Some("books"))] {
        delete(query, body.map(|slug| json!({ "slug": slug }))).expect(200);
        ada.send(Method::Post, "/shops/books/restore", None).expect(200);
    }
    let json = [("Content-Type", "application/json")];
    ada.raw(Method::Delete, "/api/v1/shops/books?slug=books", &json, None).expect(200);
}

#[test]
fn a_user_is_erased_with_the_password_in_a_header_or_in_the_body() {
    let tenants = Tenants::new();
    let right = [("X-Confirm-Password", "correct horse")];
    let body = |password: &str| {
        let body = json!({ "password": password }).to_string().into_bytes();
        Some((rocket::http::ContentType::JSON, body))
    };
    let user = tenants.user("ada");
    user.raw(Method::Delete, "/api/v1/me", &[], None).expect_problem(415, "unsupported_media_type");
    user.raw(Method::Delete, "/api/v1/me", &right, body("another horse"))
        .expect_problem(422, "invalid_field");
    let twice = [right[0], right[0]];
    user.raw(Method::Delete, "/api/v1/me", &twice, None).expect_problem(400, "invalid_header");
    let wrong = [("X-Confirm-Password", "wrong")];
    user.raw(Method::Delete, "/api/v1/me", &wrong, None).expect_problem(422, "wrong_password");
    user.get("/me").expect(200);
    for (name, headers, body) in [
        ("bob", right.as_slice(), None),
        ("cy", &[], body("correct horse")),
        ("dee", right.as_slice(), body("correct horse")),
    ] {
        let user = tenants.user(name);
        user.raw(Method::Delete, "/api/v1/me", headers, body).expect(204);
        user.get("/me").expect_problem(401, "session_revoked");
    }
}

#[test]
fn an_unknown_parameter_is_answered_with_a_whole_sentence() {
    let tenants = Tenants::new();
    let ada = tenants.user("ada").opens_shop("books");
    for (path, part) in [
        ("/products/export?format=json", "takes none."),
        ("/products?page=2", "known parameters are: limit, cursor"),
    ] {
        let answer = ada.get(path);
        let problem = answer.expect_problem(422, "invalid_parameter");
        assert!(problem["detail"].as_str().unwrap().contains(part), "{answer}");
        assert!(!answer.body.contains(": ."), "{answer}");
    }
}
