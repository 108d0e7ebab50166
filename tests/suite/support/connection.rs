//! HTTP written by hand over one TCP connection, also in ways that no normal client uses.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::answer::decoded;
use super::{Answer, described};

/// Much longer than any response takes; a missing response fails the test.
const PATIENCE: Duration = Duration::from_mins(1);

/// A TCP connection.
pub struct Connection(BufReader<TcpStream>);

impl Connection {
    /// Connects to an address such as `http://127.0.0.1:40123`.
    pub fn to(address: &str) -> Self {
        let stream = TcpStream::connect(address.trim_start_matches("http://")).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(BufReader::new(stream))
    }

    /// Sends a complete request whose body is `length` blanks, and then reads the response.
    pub fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], length: usize) -> Answer {
        let length_text = length.to_string();
        let headers = [headers, &[("Content-Length", length_text.as_str())]].concat();
        self.begin(method, path, &headers);
        let chunk = vec![b' '; 64 << 10];
        let mut left = length;
        while left > 0 {
            let now = left.min(chunk.len());
            self.send(&chunk[..now]);
            left -= now;
        }
        self.answer(&format!("{method} {path}"))
    }

    /// Sends the head of a request.
    pub fn begin(&mut self, method: &str, path: &str, headers: &[(&str, &str)]) {
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        self.send(format!("{method} {path} HTTP/1.1\r\nHost: shop\r\n{headers}\r\n").as_bytes());
    }

    #[track_caller]
    pub fn send(&mut self, bytes: &[u8]) {
        let sent = self.0.get_mut().write_all(bytes);
        sent.unwrap_or_else(|error| {
            panic!("{error}: the server closed the connection while the client was sending")
        });
    }

    /// Sends bytes; the server may close the connection meanwhile.
    pub fn tries_to_send(&mut self, bytes: &[u8]) {
        let _ = self.0.get_mut().write_all(bytes);
    }

    /// The status of the next response; none when the server has closed the connection.
    pub fn status(&mut self) -> Option<u16> {
        let mut line = String::new();
        self.0.read_line(&mut line).ok()?;
        line.split(' ').nth(1).map(|status| status.parse().unwrap())
    }

    /// Whether something of a response has arrived.
    pub fn has_answered(&mut self) -> bool {
        let stream = self.0.get_ref();
        stream.set_nonblocking(true).unwrap();
        let arrived = stream.peek(&mut [0]).is_ok();
        stream.set_nonblocking(false).unwrap();
        arrived
    }

    /// The body of a response whose status was read.
    pub fn rest_of_answer(&mut self) -> Vec<u8> {
        let mut length = 0;
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(':') else { break };
            if name.eq_ignore_ascii_case("Content-Length") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        body
    }

    /// The next response. `request` is its method and its path.
    pub fn answer(&mut self, request: &str) -> Answer {
        let status = self.line();
        let status = status.split(' ').nth(1).unwrap_or_else(|| panic!("{request}: no answer: {status:?}"));
        let mut answer = Answer {
            request: request.to_owned(),
            status: status.parse().unwrap(),
            headers: vec![],
            body: String::new(),
        };
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(':') else { break };
            answer.headers.push((name.to_owned(), value.trim().to_owned()));
        }
        let length = answer.header("Content-Length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; if request.starts_with("HEAD ") { 0 } else { length }];
        self.0.read_exact(&mut body).unwrap();
        answer.body = decoded(answer.header("Content-Encoding"), &body);
        described::check(request, answer.status, &answer.body);
        answer
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}
