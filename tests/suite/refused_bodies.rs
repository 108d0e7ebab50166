//! Bodies of requests that are refused before they are read, over real connections: the client can send to the
//! end, reads the answer, and goes on with the same connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use crate::support::installation::Installation;

/// One connection, and what is read from it.
struct Connection(BufReader<TcpStream>);

impl Connection {
    fn to(address: &str) -> Self {
        Self(BufReader::new(TcpStream::connect(address.trim_start_matches("http://")).unwrap()))
    }

    /// Sends the whole request and only then reads; the answer's status and body.
    fn ask(&mut self, method: &str, path: &str, content_type: &str, length: usize) -> (u16, String) {
        let socket = self.0.get_mut();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: shop\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n"
        );
        socket.write_all(head.as_bytes()).unwrap();
        let piece = vec![b' '; 64 << 10];
        let mut left = length;
        while left > 0 {
            let sent = socket.write(&piece[..left.min(piece.len())]);
            left -= sent.unwrap_or_else(|error| panic!("{method} {path}: {error}, {left} bytes left"));
        }
        self.answer()
    }

    fn answer(&mut self) -> (u16, String) {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap_or_else(|| panic!("no answer: {line:?}")).parse().unwrap();
        let mut length = 0;
        loop {
            line.clear();
            self.0.read_line(&mut line).unwrap();
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        (status, String::from_utf8(body).unwrap())
    }
}

#[test]
fn a_client_that_is_refused_can_send_to_the_end_and_go_on() {
    let installation = Installation::new();
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
        let (answered, body) = connection.ask(method, &format!("/api/v1{path}"), content_type, length);
        assert_eq!(answered, status, "{method} {path}: {body}");
        assert!(body.contains(&format!("\"code\":\"{code}\"")), "{method} {path}: {body}");
        let (answered, _) = connection.ask("GET", "/api/v1/", "text/plain", 0);
        assert_eq!(answered, 200, "{method} {path}: the connection is of no more use");
    }
}
