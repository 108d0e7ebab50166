//! Sending requests as a user, or as nobody.

use std::net::SocketAddr;

use rocket::http::{ContentType, Header, Method};
use rocket::local::blocking::Client;
use serde_json::Value;
use shophouse::http::BASE;
use shophouse::tenancy;

use super::{Answer, token};

/// A client with an access token, or without one.
#[derive(Clone)]
pub struct Caller<'w> {
    client: &'w Client,
    pub token: Option<String>,
    address: Option<SocketAddr>,
}

impl<'w> Caller<'w> {
    pub fn new(client: &'w Client, token: Option<String>) -> Self {
        Self { client, token, address: None }
    }

    /// The same caller with another token.
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// The same caller with a client address; others have none.
    pub fn from(&self, address: SocketAddr) -> Self {
        Self { address: Some(address), ..self.clone() }
    }

    /// Session and user of the token.
    pub fn as_caller(&self) -> tenancy::Caller {
        let claims = token::claims(self.token.as_deref().unwrap());
        let id = |name: &str| claims[name].as_str().unwrap().parse().unwrap();
        tenancy::Caller { session: id("sid"), user: id("sub") }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send(Method::Get, path, None)
    }

    pub fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::Post, path, Some(&body))
    }

    pub fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::Patch, path, Some(&body))
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send(Method::Delete, path, None)
    }

    /// A request to a path below the API's base.
    pub fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        match body {
            None => self.raw(method, &format!("{BASE}{path}"), &[], None),
            Some(body) => {
                let body = (ContentType::JSON, body.to_string().into_bytes());
                self.raw(method, &format!("{BASE}{path}"), &[], Some(body))
            }
        }
    }

    /// A request to any path, with any headers and any body.
    pub fn raw(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<(ContentType, Vec<u8>)>,
    ) -> Answer {
        let (content_type, bytes) = body.unzip();
        let content_type = content_type.map(|kind| kind.to_string());
        let content_type = content_type.as_deref().map(|kind| ("Content-Type", kind));
        let headers: Vec<_> = headers.iter().copied().chain(content_type).collect();
        self.raw_bytes(method, path, &headers, &bytes.unwrap_or_default())
    }

    /// A request with exactly these headers, besides the token.
    pub fn raw_bytes(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = self.client.req(method, path);
        if let Some(token) = &self.token {
            request.add_header(Header::new("Authorization", format!("Bearer {token}")));
        }
        if let Some(address) = self.address {
            request.set_remote(address);
        }
        for (name, value) in headers {
            request.add_header(Header::new((*name).to_owned(), (*value).to_owned()));
        }
        request.set_body(body);
        Answer::read(format!("{method} {path}"), request.dispatch())
    }
}
