//! CORS: which web pages of other origins may call from a browser.

use rocket::http::Method;

use crate::support::world::ORIGIN;
use crate::support::{Tenants, World};

const PREFLIGHT: (&str, &str) = ("Access-Control-Request-Method", "PATCH");

#[test]
fn a_page_of_the_configured_origin_may_call_and_read() {
    let tenants = Tenants::new();
    let answer = tenants.nobody().raw(Method::Get, "/api/v1/", &[("Origin", ORIGIN)], None);
    answer.expect(200);
    assert_eq!(answer.header("Access-Control-Allow-Origin"), Some(ORIGIN));
    assert!(answer.header("Access-Control-Expose-Headers").unwrap().contains("X-Request-Id"));
    assert!(answer.headers.contains(&("Vary".to_owned(), "Origin".to_owned())), "{answer}");
    assert_eq!(answer.header("Access-Control-Allow-Credentials"), None);
}

#[test]
fn it_is_told_before_what_it_may_send() {
    let tenants = Tenants::new();
    let headers = [("Origin", ORIGIN), PREFLIGHT];
    let answer = tenants.nobody().raw(Method::Options, "/api/v1/products/7", &headers, None);
    answer.expect(204);
    assert_eq!(answer.body, "");
    assert_eq!(answer.header("Access-Control-Allow-Origin"), Some(ORIGIN));
    assert_eq!(answer.header("Access-Control-Allow-Methods"), Some("DELETE, GET, HEAD, OPTIONS, PATCH, PUT"));
    assert!(answer.header("Access-Control-Allow-Headers").unwrap().contains("Authorization"));
}

#[test]
fn it_may_read_why_it_was_refused() {
    let tenants = Tenants::new();
    let answer = tenants.nobody().raw(Method::Get, "/api/v1/products", &[("Origin", ORIGIN)], None);
    answer.expect_problem(401, "unauthenticated");
    assert_eq!(answer.header("Access-Control-Allow-Origin"), Some(ORIGIN));
}

#[test]
fn pages_of_other_origins_may_not() {
    let tenants = Tenants::new();
    for origin in ["https://elsewhere.example", "https://storefront.example.elsewhere.example", "null"] {
        let answer = tenants.nobody().raw(Method::Get, "/api/v1/", &[("Origin", origin)], None);
        assert_eq!(answer.header("Access-Control-Allow-Origin"), None, "{origin}");
        let headers = [("Origin", origin), PREFLIGHT];
        let answer = tenants.nobody().raw(Method::Options, "/api/v1/products/7", &headers, None);
        answer.expect(204);
        assert_eq!(answer.header("Access-Control-Allow-Methods"), None, "{origin}");
        assert_eq!(answer.header("Access-Control-Allow-Origin"), None, "{origin}");
    }
}

#[test]
fn an_address_that_is_not_there_has_no_preflight() {
    let tenants = Tenants::new();
    let headers = [("Origin", ORIGIN), PREFLIGHT];
    tenants.nobody().raw(Method::Options, "/api/v1/nowhere", &headers, None).expect_problem(404, "not_found");
}

/// A cache gives the answer that one client got to others, also to pages.
#[test]
fn what_every_page_may_read_says_so_to_everybody() {
    let world = World::new();
    world.user("ada").opens_shop("loft").sells("Shirt");
    for path in ["/openapi.json", "/api/v1/storefront/loft/products", "/api/v1//storefront/loft/products"] {
        for headers in [[].as_slice(), &[("Origin", "https://elsewhere.example")]] {
            let answer = world.nobody().raw(Method::Get, path, headers, None);
            answer.expect(200);
            assert_eq!(answer.header("Access-Control-Allow-Origin"), Some("*"), "{path}");
            assert!(!answer.headers.contains(&("Vary".to_owned(), "Origin".to_owned())), "{path}");
        }
    }
    let answer =
        world.nobody().raw(Method::Get, "/openapi.json/", &[("Origin", "https://elsewhere.example")], None);
    assert_eq!(answer.header("Access-Control-Allow-Origin"), Some("*"), "{answer}");
}
