//! What only a client on the network can see: every header as it is sent, and methods that Rocket does not know.

use crate::support::Answer;
use crate::support::connection::Connection;
use crate::support::installation::Installation;
use crate::support::world::ORIGIN;

/// Sends a request over a new connection.
fn ask(address: &str, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    Connection::to(address).ask(method, path, headers, 0)
}

#[test]
fn every_answer_has_its_headers_and_none_that_tells_of_the_inside() {
    let installation = Installation::with_cluster();
    let server = installation.start();
    for (method, path, status) in [
        ("GET", "/api/v1/", 200),
        ("HEAD", "/api/v1/", 200),
        ("GET", "/health/live", 204),
        ("GET", "/docs", 200),
        ("GET", "/api/v1/me", 401),
        ("GET", "/nowhere", 404),
        ("GET", "/api/v1/%zz", 404),
        ("OPTIONS", "*", 404),
        ("DELETE", "/api/v1/auth/login", 405),
        ("TRACE", "/api/v1/me", 405),
        ("BREW", "/api/v1/me", 405),
        ("BREW", "/nowhere", 404),
        ("POST", "/api/v1/auth/login", 415),
    ] {
        let answer = ask(&server.address, method, path, &[("X-Request-Id", "on-the-wire")]);
        assert_eq!(answer.status, status, "{answer}");
        assert_eq!(answer.header("X-Request-Id"), Some("on-the-wire"), "{answer}");
        assert_eq!(answer.header("X-Content-Type-Options"), Some("nosniff"), "{answer}");
        assert!(answer.header("Cache-Control").is_some(), "{answer}");
        for meaningless in ["Server", "Permissions-Policy"] {
            assert_eq!(answer.header(meaningless), None, "{answer}");
        }
        let is_page = answer.header("Content-Type").is_some_and(|kind| kind.starts_with("text/html"));
        assert_eq!(answer.header("X-Frame-Options").is_some(), is_page, "{answer}");
        let problem = answer.header("Content-Type") == Some("application/problem+json");
        assert_eq!(problem, status >= 400, "{answer}");
    }
    let page = ask(&server.address, "GET", "/docs", &[]);
    assert_eq!(page.header("X-Frame-Options"), Some("DENY"), "{page}");
    assert!(page.header("Content-Security-Policy").is_some(), "{page}");
    let log = server.stopped().stderr;
    assert!(log.contains("\"method\":\"?\",\"route\":\"-\",\"status\":405"), "not logged: {log}");
}

#[test]
fn a_wrong_method_is_told_which_are_right_also_one_that_nobody_knows() {
    let installation = Installation::with_cluster();
    let server = installation.start();
    for method in ["PUT", "TRACE", "PROPFIND", "brew"] {
        let answer = ask(&server.address, method, "/api/v1/shops", &[]);
        answer.expect_problem(405, "method_not_allowed");
        assert_eq!(answer.header("Allow"), Some("GET, HEAD, OPTIONS, POST"), "{answer}");
    }
}

#[test]
fn a_page_of_another_origin_may_call_where_it_was_configured() {
    let installation = Installation::with_cluster();
    let server = installation.start_with(&[("SHOPHOUSE_CORS_ORIGINS", ORIGIN)]);
    let preflight = [
        ("Origin", ORIGIN),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "authorization, content-type"),
    ];
    let mut connection = Connection::to(&server.address);
    let answer = connection.ask("OPTIONS", "/api/v1/shops", &preflight, 0);
    assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{answer}");
    assert_eq!(answer.header("Access-Control-Allow-Origin"), Some(ORIGIN), "{answer}");
    assert_eq!(answer.header("Access-Control-Allow-Methods"), Some("GET, HEAD, OPTIONS, POST"), "{answer}");
    assert!(answer.header("Access-Control-Allow-Headers").unwrap().contains("Authorization"), "{answer}");
    assert_eq!(answer.header("Content-Type"), None, "{answer}");
    // Then the request itself, on the same connection; the page can also read why it is refused.
    let answer = connection.ask("POST", "/api/v1/shops", &[("Origin", ORIGIN)], 1 << 20);
    answer.expect_problem(401, "unauthenticated");
    assert_eq!(answer.header("Access-Control-Allow-Origin"), Some(ORIGIN), "{answer}");
    assert!(answer.header("Access-Control-Expose-Headers").unwrap().contains("X-Request-Id"), "{answer}");
    assert_eq!(answer.header("Vary"), Some("Origin"), "{answer}");
    let answer = connection.ask("GET", "/api/v1/", &[("Origin", "https://elsewhere.example")], 0);
    assert_eq!(answer.header("Access-Control-Allow-Origin"), None, "{answer}");
    drop(connection);
    let log = server.stopped().stderr;
    assert!(
        log.contains("\"method\":\"OPTIONS\",\"route\":\"-\",\"status\":204"),
        "not as it was answered: {log}"
    );

    let server = installation.start();
    let answer = ask(&server.address, "OPTIONS", "/api/v1/shops", &preflight);
    assert_eq!(answer.status, 204, "{answer}");
    assert_eq!(answer.header("Access-Control-Allow-Origin"), None, "{answer}");
}
