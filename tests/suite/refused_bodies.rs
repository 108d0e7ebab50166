//! Bodies of requests that are refused before they are read, over real connections: the client can send the whole body,
//! reads the response, and continues with the same connection.

use crate::support::connection::Connection;
use crate::support::installation::Installation;

#[test]
fn a_client_that_is_refused_can_send_to_the_end_and_go_on() {
    let installation = Installation::with_cluster();
    let server = installation.start();
    for (method, path, content_type, length, status, code) in [
        ("POST", "/products", "application/json", 1 << 20, 401, "unauthenticated"),
        ("POST", "/products/import", "text/csv", 32 << 20, 401, "unauthenticated"),
        ("POST", "/nowhere", "application/json", 1 << 20, 404, "not_found"),
        ("PUT", "/products", "application/json", 1 << 20, 405, "method_not_allowed"),
        ("POST", "/auth/login", "text/plain", 1 << 20, 415, "unsupported_media_type"),
        ("POST", "/auth/login", "application/json", 8 << 20, 413, "body_too_large"),
    ] {
        let mut connection = Connection::to(&server.address);
        let path = format!("/api/v1{path}");
        connection.ask(method, &path, &[("Content-Type", content_type)], length).expect_problem(status, code);
        // The connection still works.
        connection.ask("GET", "/api/v1/", &[], 0).expect(200);
    }
}

#[test]
fn a_body_in_chunks_is_read_to_its_end_too() {
    let installation = Installation::with_cluster();
    let server = installation.start();
    for (path, content_type, status, code) in [
        ("/api/v1/products/import", "text/csv", 401, "unauthenticated"),
        ("/api/v1/nowhere", "text/csv", 404, "not_found"),
        ("/api/v1/auth/login", "text/csv", 415, "unsupported_media_type"),
        ("/api/v1/auth/login", "application/json", 413, "body_too_large"),
    ] {
        let mut connection = Connection::to(&server.address);
        let headers = [("Content-Type", content_type), ("Transfer-Encoding", "chunked")];
        connection.begin("POST", path, &headers);
        let piece = format!("10000\r\n{}\r\n", " ".repeat(0x1_0000));
        for _ in 0..128 {
            connection.send(piece.as_bytes());
        }
        connection.send(b"0\r\n\r\n");
        connection.answer(&format!("POST {path}")).expect_problem(status, code);
        connection.ask("GET", "/api/v1/", &[], 0).expect(200);
    }
}

/// A client that sends `Expect: 100-continue` waits before it sends its body.
#[test]
fn a_client_that_asks_before_it_sends_is_answered() {
    let installation = Installation::with_cluster();
    let server = installation.start();
    let mut connection = Connection::to(&server.address);
    let headers = [("Content-Type", "text/csv"), ("Content-Length", "4"), ("Expect", "100-continue")];
    connection.begin("POST", "/api/v1/products/import", &headers);
    assert_eq!(connection.answer("POST /api/v1/products/import").status, 100);
    connection.send(b"a,b\n");
    connection.answer("POST /api/v1/products/import").expect_problem(401, "unauthenticated");
}
