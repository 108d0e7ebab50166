//! Responses, and checks of them.

use std::io::Read;

use flate2::read::GzDecoder;
use rocket::http::Status;
use rocket::local::blocking::LocalResponse;
use serde_json::Value;

use super::described;

/// A complete response.
#[derive(Clone, Debug)]
pub struct Answer {
    pub request: String,
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// Decoded, if it came compressed.
    pub body: String,
}

impl Answer {
    pub fn read(request: String, response: LocalResponse<'_>) -> Self {
        let Status { code: status } = response.status();
        let headers =
            response.headers().iter().map(|header| (header.name.to_string(), header.value.to_string()));
        let headers: Vec<_> = headers.collect();
        let is_coding = |(name, _): &&(String, String)| name.eq_ignore_ascii_case("Content-Encoding");
        let coding = headers.iter().find(is_coding).map(|(_, value)| value.as_str());
        let body = decoded(coding, &response.into_bytes().unwrap_or_default());
        described::check(&request, status, &body);
        Self { request, status, headers, body }
    }

    /// A header by its name, without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null when there is none.
    pub fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// The JSON of a response that must have this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self}");
        self.json()
    }

    /// The HTML of a response that must be a page.
    #[track_caller]
    pub fn expect_page(&self) -> &str {
        assert_eq!(self.status, 200, "{self}");
        assert_eq!(self.header("Content-Type"), Some("text/html; charset=utf-8"), "{self}");
        assert!(self.header("Content-Security-Policy").is_some(), "{self}");
        &self.body
    }

    /// The JSON of a problem with this status and this code. Every problem has the same form.
    #[track_caller]
    pub fn expect_problem(&self, status: u16, code: &str) -> Value {
        let problem = self.expect(status);
        assert_eq!(problem["code"], code, "{self}");
        assert_eq!(self.header("Content-Type"), Some("application/problem+json"), "{self}");
        assert_eq!(problem["status"], status, "{self}");
        assert_eq!(problem["type"], format!("/docs/problems#{code}"), "{self}");
        for text in ["title", "detail"] {
            assert!(problem[text].as_str().is_some_and(|text| !text.is_empty()), "{text}: {self}");
        }
        assert!(problem["request_id"].is_string(), "{self}");
        assert_eq!(problem["request_id"].as_str(), self.header("X-Request-Id"), "{self}");
        // RFC 6750 and RFC 9470: what is wrong with what was sent, if anything was.
        let realm = "Bearer realm=\"shophouse\"";
        let expected = match code {
            "insufficient_user_authentication" | "insufficient_scope" => format!("Bearer error=\"{code}\", "),
            "invalid_token" | "token_expired" | "session_revoked" => {
                format!("{realm}, error=\"invalid_token\", ")
            }
            _ if status == 401 => realm.to_owned(),
            _ => String::new(),
        };
        let sent = self.header("WWW-Authenticate").unwrap_or_default();
        let is_of_header = code == "invalid_header" && sent == "Bearer error=\"invalid_request\"";
        let has_more = expected.ends_with(", ");
        assert!(
            if has_more { sent.starts_with(&expected) } else { sent == expected || is_of_header },
            "{self}"
        );
        problem
    }
}

/// What a client shows of a body; nothing of one that is no text.
pub fn decoded(coding: Option<&str>, body: &[u8]) -> String {
    let mut text = Vec::new();
    let read = match coding {
        // An answer to HEAD, or a 304.
        Some(_) if body.is_empty() => Ok(0),
        Some("gzip") => GzDecoder::new(body).read_to_end(&mut text),
        Some("zstd") => zstd::Decoder::new(body).unwrap().read_to_end(&mut text),
        Some(other) => panic!("{other} is no coding"),
        None => {
            text.extend_from_slice(body);
            Ok(0)
        }
    };
    read.unwrap_or_else(|error| panic!("{coding:?}: {error}"));
    String::from_utf8(text).unwrap_or_default()
}

impl std::fmt::Display for Answer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} → {} {:?} {}", self.request, self.status, self.headers, self.body)
    }
}
